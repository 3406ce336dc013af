import ArgumentParser
import Checking
import Evidence
import Git
import Incremental
import Merging
import Records
import Reports
import Words

/// What is reported of a whole ledger.
enum ReportSubject: Sendable {
    /// What would change if assumptions failed, where some are named.
    case merge(without: [String])
    /// Below a question, where one is named.
    case conflicts(below: String?)

    /// Apart for each two that may tell differently.
    fileprivate var key: String {
        switch self {
        case .merge(let without): "merge \(Set(without).sorted().joined(separator: " "))"
        case .conflicts(let question): "conflicts \(question ?? "")"
        }
    }

    /// Whether it is put together from pieces that outlive a change.
    fileprivate var isWhole: Bool {
        switch self {
        case .merge(let without): without.isEmpty
        case .conflicts(let question): question == nil
        }
    }
}

extension Workspace {
    /// A report of one state of the ledger: kept from an earlier run, or from the pieces of one that changed findings do not
    /// concern, or from all records.
    func report(_ subject: ReportSubject, _ format: Format, of snapshot: Snapshot) async throws -> FinishedReport {
        guard case .revision(let revision) = snapshot, let cache = ReportCache(self) else {
            return try await fullReport(subject, format, of: snapshot).report
        }
        let state = try CommittedState(revision, in: self)
        let stamp = "\(subject.key)\n\(format.key)\n\(state.audit)"
        let name = "report\n\(stamp)\n\(state.identity)"
        if let kept = cache.read(name).flatMap(FinishedReport.init(packed:)) { return kept }
        let base = subject.isWhole ? cache.read("base\n\(stamp)").flatMap(ReportBase.init) : nil
        // What keeps it from being told from pieces, if anything is wrong, is met again where all is read.
        if let base, let told = try? changedReport(base, stamp, format, state) {
            cache.write(name, told.packed)
            return told
        }
        let made = try await fullReport(subject, format, of: .revision(state.commit.description), state.header(stamp))
        cache.write(name, made.report.packed)
        if let base = made.base { cache.write("base\n\(stamp)", [base[...]]) }
        return made.report
    }

    /// A report from all records, and its pieces for later ones, where a header for them is given and no record has an
    /// error.
    private func fullReport(
        _ subject: ReportSubject, _ format: Format, of snapshot: Snapshot, _ header: ReportBase.Header? = nil
    ) async throws -> (report: FinishedReport, base: [UInt8]?) {
        let loaded = try await load(snapshot)
        var header = loaded.ledger.hasErrors || !subject.isWhole ? nil : header
        if case .commit(let commit) = try standpoint(of: snapshot) {
            header?.countsOwnReceipts = loaded.trail.commits.contains(commit.description)
        }
        let written = format.written
        let (bytes, totals): ([UInt8], DiscordTotals)
        var base: [UInt8]?
        switch subject {
        case .merge(let without):
            for name in without { try requireAssumption(name, loaded.ledger.state) }
            let merge = loaded.merge(failing: Set(without))
            totals = merge.totals
            if case .text(let style) = written, !without.isEmpty {
                let diff = LedgerDiff(from: loaded.merge(), to: merge, changes: [])
                bytes = Array(diffText(diff, style: style).utf8)
            } else {
                let answers = merge.answers()
                let report = try MergeReport(merge, answers, format: written)
                bytes = try report.bytes(written)
                base = header.map { ReportBase.packed(report, answers, merge, $0) }
            }
        case .conflicts(let question):
            let merge = loaded.merge()
            if let question { try requireQuestion(question, loaded.ledger.state) }
            let report = ConflictReport(merge, below: question)
            let pieces = try ConflictPieces(report, merge, written)
            totals = pieces.totals
            bytes = try pieces.bytes(written)
            base = try header.map { try ReportBase.packed(pieces, merge, written, $0) }
        }
        let report = FinishedReport(
            bytes: bytes[...], notes: noteOfErrors(loaded.ledger) ?? "", totals: totals, hasRefuted: loaded.hasRefuted)
        return (report, base)
    }

    /// The report of a commit by what differs from the one that a base was made of; nil where that cannot be told.
    private func changedReport(
        _ base: ReportBase, _ stamp: String, _ format: Format, _ state: CommittedState
    ) throws -> FinishedReport? {
        let repository = try repository()
        guard base.header.stamp == stamp, let old = ObjectID(hex: base.header.tree),
            try state.hasSameAudit(as: base.header, in: repository)
        else { return nil }
        func finished(_ told: ReportChange.Told) -> FinishedReport {
            FinishedReport(bytes: told.bytes[...], notes: "", totals: told.totals, hasRefuted: base.hasRefuted)
        }
        let changes = try repository.changes(from: old, to: state.tree, under: ledgerFolders)
            .filter { ($0.old?.concernsLedger ?? false) || ($0.new?.concernsLedger ?? false) }
        guard !changes.isEmpty else { return finished(try base.told(format.written)) }
        guard changes.count <= changeLimit,
            changes.allSatisfy({ [$0.old, $0.new].compactMap(\.self).allSatisfy(\.isFinding) })
        else { return nil }
        func decoded(_ entries: [TreeEntry]) throws -> [DecodedFile] {
            try entries.filter(\.concernsLedger).map { decode(try repository.sourceFile($0)) }
        }
        let vocabulary = try decoded(
            repository.vocabularyEntries(inTree: state.tree).filter { !$0.path.contains("/receipts/") })
        let reach = try ReportReach(
            before: decoded(changes.compactMap(\.old)), after: decoded(changes.compactMap(\.new)),
            vocabulary: vocabulary, of: base
        ) { path in
            guard let entry = try repository.entry(at: path, inTree: state.tree) else { return nil }
            return decode(try repository.sourceFile(entry))
        }
        guard let reach else { return nil }
        var trail = AuditTrail()
        trail.branch = state.branch?.name
        trail.isShallow = repository.isShallow
        let files = reach.files
        let change = ReportChange(
            quantities: reach.quantities, findings: reach.findings, before: files.before, after: files.after, of: base,
            kernels: kernelDescriptions, today: today(), trail: trail,
            settings: state.branch?.settings ?? LedgerSettings())
        return try change.flatMap { try base.told($0, format.written) }.map(finished)
    }
}

/// More changed findings are not worth looking at one by one.
private let changeLimit = 500

/// One commit, and all else in the repository that a report of it depends on.
struct CommittedState {
    var commit: ObjectID
    var tree: ObjectID
    var branch: AuditBranch?
    /// The audit branch as far as it is no matter of receipts: name and settings, and whether history was cut off.
    var audit: String
    /// The ledger's folders, and with receipts all that says which of them count.
    var identity: String
    private(set) var hasReceipts: Bool

    init(_ revision: String, in workspace: Workspace) throws(GitError) {
        let repository = try workspace.repository()
        commit = try repository.resolve(revision)
        tree = try repository.tree(of: commit)
        branch = try workspace.auditBranch()
        var settings: ObjectID?
        if let branch { settings = try repository.entry(at: settingsPath, inTree: repository.tree(of: branch.tip))?.id }
        audit = "\(branch?.name ?? "")\n\(settings?.description ?? "")\n\(repository.isShallow)"
        var folders: [String] = []
        for folder in ledgerFolders {
            folders.append(try repository.entry(at: folder, inTree: tree)?.id.description ?? "-")
        }
        hasReceipts = try repository.entries(ofTree: tree, under: ["Verifiers"]).contains {
            $0.path.contains("/receipts/")
        }
        if hasReceipts { folders += [commit.description, branch?.tip.description ?? "-"] }
        identity = folders.joined(separator: "\n")
    }

    /// For pieces of its report.
    func header(_ stamp: String) -> ReportBase.Header {
        ReportBase.Header(
            stamp: stamp, tree: tree.description, auditTip: hasReceipts ? branch?.tip.description ?? "" : "",
            countsOwnReceipts: false)
    }

    /// Whether the audit branch says the same of receipts as for a base whose verifiers are the same: it only grew, and this
    /// commit stands to it as that of the base did.
    func hasSameAudit(as base: ReportBase.Header, in repository: Repository) throws(GitError) -> Bool {
        guard hasReceipts else { return base.auditTip.isEmpty }
        guard let branch else { return base.auditTip.isEmpty && !base.countsOwnReceipts }
        guard let oldTip = ObjectID(hex: base.auditTip) else { return false }
        func verifiers(_ commit: ObjectID) throws(GitError) -> ObjectID? {
            try repository.entry(at: "Verifiers", inTree: repository.tree(of: commit))?.id
        }
        guard try verifiers(oldTip) == verifiers(branch.tip) else { return false }
        var (isGrown, isOn) = (false, false)
        var next: ObjectID? = branch.tip
        for _ in 0..<historyLimit {
            guard let id = next else { return isGrown && isOn == base.countsOwnReceipts }
            isGrown = isGrown || id == oldTip
            isOn = isOn || id == commit
            if isGrown && isOn { return base.countsOwnReceipts }
            next = try repository.firstParent(of: id)
        }
        return false
    }
}

/// How far back the audit branch is followed for a report from pieces.
private let historyLimit = 10_000

extension Format {
    fileprivate var key: String {
        switch self {
        case .text: "text \(Terminal.current.style.width) \(Terminal.current.style.hasColour)"
        case .json: "json"
        }
    }
}

extension TreeEntry {
    fileprivate var isFinding: Bool { pathIsUTF8 && path.hasPrefix("Findings/") && mode != .tree }
}

extension Repository {
    /// The files of conditions, values, assumptions, toy models, measurements and receipts.
    func vocabularyEntries(inTree tree: ObjectID) throws(GitError) -> [TreeEntry] {
        var found: [TreeEntry] = []
        for folder in ["Claims/vocabulary/conditions", "Claims/vocabulary/assumptions", "Verifiers"] {
            guard let entry = try entry(at: folder, inTree: tree), entry.mode == .tree else { continue }
            for var file in try entries(ofTree: entry.id) {
                file.path = "\(folder)/\(file.path)"
                found.append(file)
            }
        }
        return found
    }
}

func requireAssumption(_ name: String, _ state: LedgerState) throws(Refusal) {
    guard state.assumptions[name] == nil else { return }
    throw Refusal(
        message: "there is no assumption \"\(name)\"",
        remedy: state.nearestAssumption(to: name).map { "did you mean \"\($0)\"?" }, exitCode: 64)
}
