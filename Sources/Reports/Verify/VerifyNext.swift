import Evidence
import Records

/// The facts about the repository from which `verify` chooses the next command to suggest.
package struct VerifySurroundings: Sendable {
    /// The present command.
    package var command: String
    /// Whether receipts of the claims are not committed.
    package var hasUncommitted: Bool
    package var branch: String?
    package var auditBranch: String
    /// The remote repository to which git would push the branch.
    package var remote: String?

    package init(command: String, hasUncommitted: Bool, branch: String?, auditBranch: String, remote: String?) {
        (self.command, self.hasUncommitted, self.branch) = (command, hasUncommitted, branch)
        (self.auditBranch, self.remote) = (auditBranch, remote)
    }

    /// The commands that bring new receipts to the audit branch.
    fileprivate var commit: String {
        let commit = "git add Verifiers && git commit -m 'Add runs'"
        guard let branch, branch != auditBranch else {
            return remote == nil ? "\(commit), then arbor-ledger merge" : "\(commit) && git push"
        }
        return remote.map { "\(commit) && git push -u \($0) \(branch), and propose to merge it" }
            ?? "\(commit) && git switch \(auditBranch) && git merge \(branch)"
    }
}

extension VerifyReport {
    /// Returns the command that comes next.
    package func next(_ surroundings: VerifySurroundings) -> String {
        if left.runs > 0, continuation == .sameCommand { return surroundings.command }
        if signatureProblem != nil { return "arbor-ledger verify --sign, when git can sign" }
        if !receipts.isEmpty || surroundings.hasUncommitted { return surroundings.commit }
        let unsettled =
            verdicts.first { [.refuted, .split].contains($0.evidence.verdict) }
            ?? verdicts.first { $0.evidence.verdict == .open }
        if let unsettled { return "arbor-ledger show \(unsettled.claim.id)" }
        return verdicts.isEmpty ? "arbor-ledger tasks" : "arbor-ledger merge"
    }
}

extension RepeatReport {
    /// Returns the command that comes next.
    package func next(_ surroundings: VerifySurroundings) -> String {
        if left.runs > 0 { return surroundings.command }
        if signatureProblem != nil { return "arbor-ledger verify --sign, when git can sign" }
        if !receipts.isEmpty { return surroundings.commit }
        if let differing = repeats.first(where: { $0.mustAgree && !$0.isIdentical }) {
            return "arbor-ledger show \(differing.claim)"
        }
        return "arbor-ledger merge"
    }
}
