import ArgumentParser
import Git
import Records
import Reports
import Words

/// Everything that a command prints about one state of a ledger, and the conditions that decide its exit status.
struct FinishedReport: Sendable, Equatable {
    var output: [UInt8]
    /// The messages for standard error.
    var notes = ""
    var conditions: Set<ReportCondition> = []
}

/// A condition under which a report's command exits with 1.
enum ReportCondition: String {
    /// The command always exits with 1.
    case error
    /// The command exits with 1 only if `--fail-on` names the condition.
    case conflict, unexplained, refuted
}

/// A value of `--fail-on`.
enum FailOn: String, ExpressibleByArgument, CaseIterable {
    case conflict, unexplained, refuted

    var condition: ReportCondition {
        switch self {
        case .conflict: .conflict
        case .unexplained: .unexplained
        case .refuted: .refuted
        }
    }
}

extension FinishedReport {
    /// Makes a report on a merged ledger.
    init(_ loaded: LoadedLedger, _ totals: DiscordTotals, output: [UInt8]) {
        self.init(output: output, notes: errorNote(loaded.ledger) ?? "", conditions: conditionsMet(loaded, totals))
    }

    /// Prints the report and its notes; returns the exit status.
    func show(_ failing: FailOptions? = nil) -> ExitCode {
        writeError(notes)
        writePaged(output)
        return conditions.contains(.error) ? .failure : failing?.exitCode(conditions) ?? .success
    }
}

func conditionsMet(_ loaded: LoadedLedger, _ totals: DiscordTotals) -> Set<ReportCondition> {
    var conditions: Set<ReportCondition> = []
    if totals.inConflict > 0 { conditions.insert(.conflict) }
    if totals.unexplained > 0 { conditions.insert(.unexplained) }
    if loaded.hasRefuted { conditions.insert(.refuted) }
    return conditions
}

extension Workspace {
    /// Returns what this command line reports on one state, either from the store or newly computed.
    ///
    /// `compute` must depend only on the command line, the state, the audit branch, today's date and `others`. These
    /// determine the name of a stored result.
    func report(
        of snapshot: Snapshot, and others: [String] = [], compute: (LedgerSource) throws -> FinishedReport
    ) throws -> FinishedReport {
        let source = try LedgerSource(snapshot, in: self)
        guard let store = Store(self), let name = try nameOfResult(source, others) else { return try compute(source) }
        if let stored = store.read(name).flatMap(FinishedReport.init) { return stored }
        let report = try compute(source)
        guard !sawCarriageReturn.isOn else { return report }
        store.write(report.chunks, as: name)
        return report
    }

    private func nameOfResult(_ source: LedgerSource, _ others: [String]) throws -> String? {
        guard let identity = source.identity else { return nil }
        let repository = try repository()
        let branch = try auditBranch()
        let style = Terminal.current.style
        let parts =
            ["report"] + commandLine + [
                startDirectory, "\(style.width) \(style.hasColour) \(style.links ?? "")",
                "\(source.snapshot.kind) \(identity)",
                branch.map { "\($0.name) \($0.tip)" } ?? "", "\(try isOnAuditBranch(branch)) \(repository.isShallow)",
                today(),
            ] + others
        return parts.map { "\($0.utf8.count) \($0)\n" }.joined()
    }
}

extension Snapshot {
    var kind: String {
        switch self {
        case .workTree: "work tree"
        case .staged: "staged"
        case .revision: "commit"
        }
    }
}

extension FinishedReport {
    fileprivate init?(_ file: StoredFile) {
        guard file.count == 2, let head = file[0], let output = file[1] else { return nil }
        var unpacker = Unpacker(head[...])
        guard let notes = try? unpacker.text(), let names = try? unpacker.text() else { return nil }
        let conditions = names.split(separator: " ").compactMap { ReportCondition(rawValue: String($0)) }
        self.init(output: output, notes: notes, conditions: Set(conditions))
    }

    fileprivate var chunks: [[UInt8]] {
        var head = Packer()
        head.add(notes)
        head.add(conditions.map(\.rawValue).sorted().joined(separator: " "))
        return [head.bytes, output]
    }
}
