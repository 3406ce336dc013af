import Git

/// `BASE..TIP` or `BASE...TIP`, as a user or git writes it. If a side is missing, it is HEAD.
struct RangeArgument {
    var base: String
    var tip: String
    /// Whether the range is written with `...` and starts at the merge base.
    var isFromMergeBase: Bool

    /// git's id for "no commit".
    static let nothing = String(repeating: "0", count: 40)

    init(base: String, tip: String) {
        (self.base, self.tip, isFromMergeBase) = (base, tip, false)
    }

    /// Parses a range. Returns nil if the text has no `..`, or if `..` is a component of a path.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let dots = text.firstRange(of: ".."), !parts.contains("..") else { return nil }
        var rest = text[dots.upperBound...]
        isFromMergeBase = rest.hasPrefix(".")
        if isFromMergeBase { rest = rest.dropFirst() }
        func named(_ side: Substring) -> String { side.isEmpty ? "HEAD" : String(side) }
        base = named(text[..<dots.lowerBound])
        tip = named(rest)
    }
}

/// A range whose ends are commits.
struct CommitRange {
    /// BASE as the user wrote it, for messages.
    var baseName: String
    /// The commit of BASE; nil for a new branch.
    var base: ObjectID?
    var tip: ObjectID
    /// The merge base. It is BASE itself unless BASE has commits that TIP lacks.
    var start: ObjectID?
    /// Whether the range is written with `..` but BASE has commits that TIP lacks.
    var hasDiverged: Bool
}

extension Workspace {
    /// Resolves the commits of a range. Returns nil if TIP is all zeros, which is git's id for a deleted branch.
    ///
    /// Throws a refusal with exit status 64 for an unknown revision.
    func resolve(_ range: RangeArgument) throws -> CommitRange? {
        guard !isNoCommit(range.tip) else { return nil }
        let repository = try repository()
        let tip = try commit(range.tip, in: repository)
        guard !isNoCommit(range.base) else {
            return CommitRange(baseName: "a new branch", base: nil, tip: tip, start: nil, hasDiverged: false)
        }
        let base = try commit(range.base, in: repository)
        if try repository.isAncestor(base, of: tip) {
            return CommitRange(baseName: range.base, base: base, tip: tip, start: base, hasDiverged: false)
        }
        let start: ObjectID?
        do throws(GitError) {
            start = try repository.mergeBases(base, tip).first
        } catch {
            guard error.code == .missingObject else { throw error }
            throw Refusal(message: error.message, remedy: unshallow, exitCode: 64)
        }
        if range.isFromMergeBase, start == nil {
            throw Refusal(
                message: "'\(range.base)' and '\(range.tip)' have no common history",
                remedy: "name an ancestor of '\(range.tip)'", exitCode: 64)
        }
        return CommitRange(
            baseName: range.base, base: base, tip: tip, start: start, hasDiverged: !range.isFromMergeBase)
    }

    private func commit(_ revision: String, in repository: Repository) throws -> ObjectID {
        do throws(GitError) {
            return try repository.resolve(revision)
        } catch {
            guard [.unknownRevision, .missingObject, .wrongKind].contains(error.code) else { throw error }
            let fetch = "git fetch origin \(revision), or name another revision: see 'git branch --all'"
            throw Refusal(
                message: error.message,
                remedy: repository.isShallow ? unshallow : error.remedy ?? (error.code == .wrongKind ? nil : fetch),
                exitCode: 64)
        }
    }
}

private let unshallow = "this clone is shallow: git fetch --unshallow, or in CI check out with fetch-depth: 0"

/// Returns whether a revision is the id that git passes to hooks for a missing branch.
private func isNoCommit(_ revision: String) -> Bool {
    [40, 64].contains(revision.utf8.count) && revision.utf8.allSatisfy { $0 == UInt8(ascii: "0") }
}
