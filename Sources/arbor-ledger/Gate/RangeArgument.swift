import Git

/// `BASE..TIP` or `BASE...TIP` as a user or git writes it; HEAD where a side is left out.
struct RangeArgument {
    var base: String
    var tip: String
    /// `...`: what TIP did since it parted from BASE.
    var isFromMergeBase: Bool

    /// How git names a commit that is not there.
    static let nothing = String(repeating: "0", count: 40)

    init(base: String, tip: String) {
        (self.base, self.tip, isFromMergeBase) = (base, tip, false)
    }

    /// nil for what has no `..`, or has it as the name of a folder above.
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
    /// As the user named it; for messages.
    var baseName: String
    /// nil: the range begins with nothing, as a new branch does.
    var base: ObjectID?
    var tip: ObjectID
    /// Where both come from; BASE itself unless BASE has commits that TIP lacks.
    var start: ObjectID?
    /// BASE has commits that TIP lacks, and the range does not ask to look past them.
    var hasDiverged: Bool
}

extension Workspace {
    /// The commits that a range names; nil where TIP is all zeros, as git writes a branch that is deleted.
    ///
    /// Throws a refusal with exit status 64 where a revision names none.
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
                remedy: "name a base that '\(range.tip)' comes from", exitCode: 64)
        }
        return CommitRange(
            baseName: range.base, base: base, tip: tip, start: start, hasDiverged: !range.isFromMergeBase)
    }

    private func commit(_ revision: String, in repository: Repository) throws -> ObjectID {
        do throws(GitError) {
            return try repository.resolve(revision)
        } catch {
            guard [.unknownRevision, .missingObject, .wrongKind].contains(error.code) else { throw error }
            let fetch = "git fetch origin \(revision), or name another: see 'git branch --all'"
            throw Refusal(
                message: error.message,
                remedy: repository.isShallow ? unshallow : error.remedy ?? (error.code == .wrongKind ? nil : fetch),
                exitCode: 64)
        }
    }
}

private let unshallow = "this clone is shallow: git fetch --unshallow, or in CI check out with fetch-depth: 0"

/// The id that git hands to hooks for a branch that is not there.
private func isNoCommit(_ revision: String) -> Bool {
    [40, 64].contains(revision.utf8.count) && revision.utf8.allSatisfy { $0 == UInt8(ascii: "0") }
}
