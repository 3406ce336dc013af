import ArgumentParser
import Checking
import Git
import Reports
import Words

/// One branch that a push updates.
struct PushedBranch {
    /// The full name of the branch at the remote.
    var name: String
    var range: RangeArgument
}

extension Workspace {
    /// Checks the range of each pushed branch. Blocks the push if one of the checks fails.
    func checkPush(_ branches: [PushedBranch]) async throws -> ExitCode {
        var code = ExitCode.success
        for branch in branches {
            guard let range = try resolve(branch.range) else { continue }
            let rangeCheck = try await checkRange(range, updating: branch.name)
            writeError(rangeCheck.notes)
            guard !rangeCheck.blocking.isEmpty else { continue }
            writeError(
                checkText(rangeCheck.ledger.summary, showing: rangeCheck.blocking, style: Terminal.current.errorStyle))
            writeError(
                "arbor-ledger: \(escapeHidden(branch.name)) is not pushed. Correct the errors above in a new commit, and push again\n"
            )
            code = .failure
        }
        return code
    }

    /// Reads the branches that git writes to the pre-push hook's standard input.
    func pushedBranches() throws -> [PushedBranch] {
        try pushedBranches(String(decoding: readStandardInput(), as: UTF8.self))
    }

    /// Parses the lines that git writes. Only branches are checked; tags and other references are skipped.
    private func pushedBranches(_ input: String) throws(Refusal) -> [PushedBranch] {
        var branches: [PushedBranch] = []
        for line in input.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 4 else {
                throw Refusal(
                    message: "standard input is not in the format of git's pre-push hook: \"\(line)\"",
                    remedy: "let git run it, or use `arbor-ledger check BASE..TIP`", exitCode: 64)
            }
            guard words[2].hasPrefix("refs/heads/") else { continue }
            branches.append(PushedBranch(name: words[2], range: RangeArgument(base: words[3], tip: words[1])))
        }
        return branches
    }

    /// Returns the range that pre-commit or prek names for a push or for `run --from-ref --to-ref`. Returns nil if
    /// neither tool names a range.
    ///
    /// For a push that includes the root commit, these tools name only the branches.
    func frameworkRange() -> PushedBranch? {
        func named(_ name: String) -> String? { environment["PRE_COMMIT_\(name)"].flatMap { $0.isEmpty ? nil : $0 } }
        let branch = named("REMOTE_BRANCH")
        if let base = named("FROM_REF"), let tip = named("TO_REF") {
            return PushedBranch(name: branch ?? "the range", range: RangeArgument(base: base, tip: tip))
        }
        guard let branch, let tip = named("LOCAL_BRANCH") else { return nil }
        return PushedBranch(name: branch, range: RangeArgument(base: RangeArgument.nothing, tip: tip))
    }
}
