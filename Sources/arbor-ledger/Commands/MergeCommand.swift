import ArgumentParser
import Records
import Reports
import Words

struct MergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Answer every question from the claims, merged up the question tree.",
        discussion: """
            Each question gets one line: its status, how much of it was re-run, on which models, and the assumptions \
            it rests on.

            With QUESTION it prints only this question and those below it.

            With BRANCH it previews what merging a branch into HEAD would change. The merge is made in memory; nothing \
            is written. The exit status is 1 if git cannot merge a file or the merged ledger would have new errors. \
            If a name is both a question and a branch, write question: or branch: before it.

            --brief prints one screen: for each part of the north star, the answers for general models, the answers \
            for special-purpose models only, the open questions, the people who made runs, and the next task.

            --write regenerates the README.md of every question folder, for browsing on a forge. It works only on the \
            audit branch, does not change READMEs that it did not write, and does not commit.

            --without shows what would change if an assumption failed; repeat it for several.

            Examples (replace BRANCH):
              arbor-ledger merge
              arbor-ledger merge --brief
              arbor-ledger merge superposition
              arbor-ledger merge --without toy-superposition-is-r1s
              arbor-ledger merge --at HEAD --format json
              arbor-ledger merge BRANCH
              arbor-ledger merge --write
            """)

    @OptionGroup var report: ReportOptions<MergeReport>
    @OptionGroup var length: LengthOption
    @OptionGroup var failing: FailOptions

    @Flag(name: .customLong("write"), help: "Regenerate the README.md of every question folder.")
    var writes = false

    @Flag(name: .customLong("brief"), help: "Print the state of knowledge on one screen.")
    var isBrief = false

    @Option(help: ArgumentHelp("Show what would change if this assumption failed.", valueName: "assumption"))
    var without: [String] = []

    @Argument(
        help: ArgumentHelp(
            "Only this question; or preview the merge of this branch, or any commit, into HEAD.",
            valueName: "question or branch"),
        completion: .names(\.questions))
    var name: String?

    func validate() throws {
        if writes { try report.format.requireFormat(of: WrittenReadmes.self) }
        if isBrief { try report.format.requireFormat(of: BriefReport.self) }
        if isBrief && (writes || name != nil || !without.isEmpty) {
            throw ValidationError("--brief cannot be combined with --write, --without, a question or a branch")
        }
        if writes && (length.isWhole || !failing.failOn.isEmpty) {
            throw ValidationError("--write prints no report, so it cannot be combined with --all or --fail-on")
        }
        if isBrief && length.isWhole { throw ValidationError("--brief prints one screen; --all prints everything") }
        if writes && report.at != nil { throw ValidationError("--write and --at exclude each other") }
        if writes && !without.isEmpty { throw ValidationError("--write and --without exclude each other") }
        guard name != nil else { return }
        if !without.isEmpty { throw ValidationError("--without and a question or branch exclude each other") }
        if writes { throw ValidationError("--write and a question or branch exclude each other") }
    }

    func run() async throws {
        try await withWorkspace { workspace in
            if writes { return try await write(workspace) }
            let chosen = try name.map { try Chosen($0, report.snapshot, workspace) }
            if case .branch(let branch)? = chosen { return try preview(branch, workspace) }
            return try workspace.report(of: report.snapshot) { source in
                let loaded = try workspace.load(source)
                for name in without { try requireAssumption(name, loaded.ledger.state) }
                let merge = loaded.merge(failing: Set(without))
                if isBrief {
                    return FinishedReport(
                        loaded, merge.totals,
                        output: try report.format.written(BriefReport(merge, today: today()), style: length.style))
                }
                let question: String? = if case .question(let id)? = chosen { id } else { nil }
                let value = MergeReport(
                    merge, comparedWith: without.isEmpty ? nil : loaded.merge(), below: question)
                return FinishedReport(
                    loaded, merge.totals, output: try report.format.written(value, style: length.style))
            }.show(failing)
        }
    }

    /// The question or branch to which a name refers.
    private enum Chosen {
        case question(String)
        case branch(String)

        /// A kind can precede the name. Without it, a name of a question and a branch is refused.
        init(_ name: String, _ snapshot: Snapshot, _ workspace: Workspace) throws {
            if let id = name.withoutBeginning("question:") {
                try requireQuestion(id, workspace.load(snapshot).ledger.state)
                self = .question(id)
                return
            }
            if let branch = name.withoutBeginning("branch:") {
                self = .branch(branch)
                return
            }
            // A bare repository has no work tree, but branches to preview.
            let state = try? workspace.load(snapshot).ledger.state
            let isRevision = (try? workspace.repository().resolve(name)) != nil
            guard state?.questions[name] != nil else {
                if !isRevision, let near = state?.nearestQuestion(to: name) {
                    throw Refusal(
                        message: "there is no question, commit, branch or tag \"\(name)\"",
                        remedy: "did you mean \"\(near)\"?", exitCode: 64)
                }
                self = .branch(name)
                return
            }
            guard !isRevision else {
                throw Refusal(
                    message: "\"\(name)\" is a question and a branch",
                    remedy: "write question:\(name) or branch:\(name)", exitCode: 64)
            }
            self = .question(name)
        }
    }

    private func preview(_ branch: String, _ workspace: Workspace) throws -> ExitCode {
        try report.format.requireFormat(of: BranchPreview.self)
        guard report.at == nil, !length.isWhole else {
            throw Refusal(
                message: "\(report.at == nil ? "--all" : "--at") and a branch to preview exclude each other",
                exitCode: 64)
        }
        let (preview, before, after) = try workspace.preview(of: branch)
        warnAboutErrors(before.ledger, in: "HEAD")
        try report.format.print(preview)
        guard preview.unmerged.isEmpty, preview.newErrors.isEmpty else { return .failure }
        return failing.exitCode(conditionsMet(after, after.merge().totals))
    }

    private func write(_ workspace: Workspace) async throws -> ExitCode {
        let done = try await workspace.writeReadmes()
        for path in done.refused {
            writeError("arbor-ledger: left \(escapeHidden(path)) unchanged: `merge --write` did not write it\n")
        }
        try report.format.print(done)
        return .success
    }
}

private func requireAssumption(_ name: String, _ state: LedgerState) throws(Refusal) {
    guard state.assumptions[name] == nil else { return }
    throw Refusal(
        message: "there is no assumption \"\(name)\"",
        remedy: state.nearestAssumption(to: name).map { "did you mean \"\($0)\"?" }, exitCode: 64)
}
