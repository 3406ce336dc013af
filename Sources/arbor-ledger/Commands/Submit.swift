import ArgumentParser
import Checking
import Evidence
import FoundationEssentials
import Git
import Records
import Reports
import Subprocess
import SystemPackage
import Words

struct Submit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check and self-check a finding, and commit it with the new records that it names.",
        discussion: """
            Checks the ledger as if FILE were committed. Then runs the self-check: a few runs with unsalted seeds for \
            each claim that has a verifier. These runs are not recorded. Then commits FILE and the new records that \
            FILE names; other staged files stay staged. On the audit branch it first switches to a new branch \
            finding/SLUG. A file with an error is not committed. With --push it then runs git push for the branch, to \
            the remote repository that git would choose.

            Examples (replace SLUG by a finding that you wrote):
              arbor-ledger submit Findings/SLUG.yaml
              arbor-ledger submit --push Findings/SLUG.yaml
            """)

    @Option(
        name: .customLong("self-check"),
        help: ArgumentHelp("Number of seeds of the self-check (0: none).", valueName: "seeds"))
    var selfCheck = 3

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The commit message (default: the finding's title).", valueName: "text")
    )
    var message: String?

    @OptionGroup var kernels: KernelOptions

    @Flag(help: "Push the branch of the commit to the remote repository.")
    var push = false

    @Argument(help: ArgumentHelp("The finding's file.", valueName: "file"), completion: .file(extensions: ["yaml"]))
    var file: String

    func validate() throws {
        if !(0...runLimit).contains(selfCheck) { throw ValidationError("--self-check takes 0 to \(runLimit)") }
    }

    func run() async throws {
        try await withWorkspace { try await submit($0) }
    }

    private func submit(_ workspace: Workspace) async throws -> ExitCode {
        let repository = try workspace.repository()
        guard let head = try repository.head() else {
            throw Refusal(
                message: "this repository has no commit yet, so there is nothing to submit to",
                remedy: "git commit --allow-empty -m 'Begin the ledger', or commit what `arbor-ledger init` wrote")
        }
        let path = try workspace.ledgerPath(file)
        let submission = try await Submission(of: path, in: workspace)
        let style = Terminal.current.style
        let loaded = try workspace.load(submission.after, depth: .everything)
        let submitted = Set(submission.files.map(\.path))
        let before = try workspace.load(submission.before)
        let known = Set(before.ledger.errors)
        let errors = loaded.ledger.errors.filter { submitted.contains($0.path) || !known.contains($0) }
        let shown = loaded.ledger.diagnostics.filter { submitted.contains($0.path) && $0.severity != .note } + errors
        let unique = Array(Set(shown)).sorted()
        if !unique.isEmpty { writeOutput(checkText(loaded.ledger.summary, showing: unique, style: style)) }
        guard errors.isEmpty else {
            writeError("arbor-ledger: nothing was committed\n")
            return .failure
        }
        guard try await passesSelfCheck(submission, loaded, workspace) else {
            writeError("arbor-ledger: nothing was committed; --self-check 0 skips the self-check\n")
            return .failure
        }
        let branch = try commit(submission, loaded.ledger, checked: head, workspace)
        writeOutput("Changes in the merged tree:\n")
        let diff = LedgerDiff(from: before.merge(), to: loaded.merge(), changes: submission.changes)
        writeOutput(changesText(diff, style: style))
        guard let branch else { return .success }
        let remote = repository.pushRemote(of: branch)
        guard push else {
            let main = try workspace.auditBranch()?.name ?? LedgerSettings.defaultAuditBranch
            writeNext(
                remote.map { "git push -u \($0) \(branch), and propose to merge it" }
                    ?? "git switch \(main) && git merge \(branch), then arbor-ledger verify")
            return .success
        }
        guard let remote else {
            throw Refusal(
                message: "the commit was made, but this repository has no remote repository to push to",
                remedy: "git remote add origin URL && git push -u origin \(branch)")
        }
        guard try await pushes(branch, to: remote, workspace) else {
            throw Refusal(
                message: "the commit was made, but git could not push \(branch) to \(remote)",
                remedy: "git push -u \(remote) \(branch)")
        }
        writeNext("propose to merge \(branch)")
        return .success
    }

    /// Runs `git push` on the user's terminal, because it may ask for a password.
    private func pushes(_ branch: String, to remote: String, _ workspace: Workspace) async throws -> Bool {
        let run = try await Subprocess.run(
            .name("git"),
            arguments: ["-C", workspace.root, "push", "--set-upstream", "--", remote, "refs/heads/\(branch)"],
            input: .fileDescriptor(.standardInput, closeAfterSpawningProcess: false),
            output: .fileDescriptor(.standardError, closeAfterSpawningProcess: false),
            error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
        return run.terminationStatus.isSuccess
    }

    /// Makes a few runs with unsalted seeds. Returns whether more than half of the runs of each cell were hits.
    private func passesSelfCheck(_ submission: Submission, _ loaded: LoadedLedger, _ workspace: Workspace) async throws
        -> Bool
    {
        let paths = Set(submission.files.map(\.path))
        var claims: [AuditedClaim] = []
        for finding in loaded.ledger.state.findings.values.sorted(by: { $0.slug < $1.slug })
        where paths.contains(finding.path) && !finding.isPlanned {
            for claim in finding.claims {
                guard let verification = loaded.ledger.verification(of: claim) else { continue }
                claims.append(
                    AuditedClaim(
                        claim: claim, finding: finding, verification: verification, seeds: SeedSource(salt: "")))
            }
        }
        guard selfCheck > 0, !claims.isEmpty else { return true }
        let studies = studiesToRun(claims, TraceSamples(loaded.ledger, loaded.trail)).filter { !$0.study.isControl }
        onInterrupt("arbor-ledger: stopped; nothing was submitted\n")
        let made = try await workspace.makeUnsaltedRuns(selfCheck, of: studies, kernels.choice)
        let runs = Dictionary(zip(studies.map(\.study), made.runs), uniquingKeysWith: { first, _ in first })
        var passes = true
        for audited in claims {
            for cell in audited.verification.cells {
                let check = SelfCheck(of: audited, at: cell, runs[cell.study] ?? [])
                if !check.passes { passes = false }
                writeOutput(Terminal.current.style.wrapped(check.sentence, indent: 2, first: 0) + "\n")
            }
        }
        return passes
    }

    /// Commits the files; returns the branch of the commit, or nil if HEAD is detached.
    private func commit(
        _ submission: Submission, _ ledger: CheckedLedger, checked: ObjectID, _ workspace: Workspace
    ) throws -> String? {
        let repository = try workspace.repository()
        let branch = try repository.headBranch()
        let auditBranch = try workspace.auditBranch()?.name ?? LedgerSettings.defaultAuditBranch
        let slug = slugOfSubmission(submission)
        let newBranch = branch == auditBranch ? "finding/\(slug)" : nil
        let title = ledger.state.findings[slug]?.title ?? "Add \(slug)"
        if repository.configFlag("commit.gpgSign") {
            writeError("arbor-ledger: this commit is not signed; sign it with `git commit --amend -S --no-edit`\n")
        }
        let commit = try repository.commit(
            submission.files.map { NewFile(path: $0.path, bytes: $0.bytes) }, checked: checked,
            message: (message ?? title) + "\n",
            author: repository.identity(.author, environment: workspace.environment),
            committer: repository.identity(.committer, environment: workspace.environment), newBranch: newBranch)
        let place = newBranch.map { "on the new branch \($0)" } ?? "on \(branch ?? "HEAD")"
        writeOutput("Committed \(commit.description.prefix(12)) \(place):\n")
        for file in submission.files { writeOutput("  \(escapeHidden(file.path))\n") }
        return newBranch ?? branch
    }

    private func slugOfSubmission(_ submission: Submission) -> String {
        let file = submission.files[0].path.split(separator: "/").last.map(String.init) ?? "record"
        return file.hasSuffix(".yaml") ? String(file.dropLast(5)) : file
    }
}
