import Checking
import Evidence
import Foundation
import Incremental
import Merging
import Records
import Reports
import Words

/// What caches hold may be anything: it is read, or it is as good as absent; what is read is written as it was.
func cachesViolation(_ bytes: [UInt8]) -> String? {
    guard let choice = bytes.first else { return nil }
    let content = bytes.dropFirst()
    switch choice % 4 {
    case 0:
        guard let report = FinishedReport(packed: content) else { return nil }
        let packed = report.packed.flatMap(\.self)
        if FinishedReport(packed: packed[...]) != report { return "a report packed is another one" }
    case 1:
        guard let base = ReportBase(content) else { return nil }
        for format in [ReportFormat.json, .text(TextStyle(width: 80, hasColour: false))] {
            // Pieces of a base that is not one may be told or not; nothing more is asked of them.
            _ = try? base.told(format)
        }
    case 2:
        guard let run = try? JSONDecoder().decode(Statement.Run.self, from: Data(content)) else { return nil }
        _ = run.values?.mapValues(\.double)
    default:
        return recordsChangeViolation(content)
    }
    return nil
}

/// Bytes changed in a base that a report was packed into: what is told of it then does not matter, a trap does.
private func recordsChangeViolation(_ edits: ArraySlice<UInt8>) -> String? {
    for (packed, format) in packedBases {
        var bytes = packed
        var edits = edits
        while let high = edits.popFirst(), let low = edits.popFirst(), let value = edits.popFirst() {
            bytes[(Int(high) << 8 | Int(low)) % bytes.count] = value
        }
        guard let base = ReportBase(bytes[...]) else { continue }
        _ = try? base.told(format)
        let change = changedFinding()
        let reach = try? ReportReach(before: [change.before], after: [change.after], vocabulary: [], of: base) { path in
            baseTexts.first { $0.path == path }.map { decode(SourceFile(path: $0.path, bytes: Array($0.text.utf8))) }
        }
        guard let reach else { continue }
        let told = ReportChange(
            quantities: reach.quantities, findings: reach.findings, before: reach.files.before,
            after: reach.files.after, of: base, kernels: kernels, today: today, trail: AuditTrail(),
            settings: LedgerSettings())
        if let told { _ = try? base.told(told, format) }
    }
    return nil
}

private func changedFinding() -> (before: DecodedFile, after: DecodedFile) {
    let (path, text) = baseTexts[baseTexts.count - 1]
    let after = text.replacingOccurrences(of: "0.6", with: "0.5")
    return (
        decode(SourceFile(path: path, bytes: Array(text.utf8))),
        decode(SourceFile(path: path, bytes: Array(after.utf8)))
    )
}

private let packedBases: [(bytes: [UInt8], format: ReportFormat)] = {
    let files = baseTexts.map { decode(SourceFile(path: $0.path, bytes: Array($0.text.utf8))) }
    let ledger = check(files, kernels: kernels, today: today)
    let merge = Merge(ledger, weigh(ledger, trail: AuditTrail(), settings: LedgerSettings()))
    let header = ReportBase.Header(
        stamp: "stamp", tree: String(repeating: "0", count: 40), auditTip: "", countsOwnReceipts: false)
    var bases: [(bytes: [UInt8], format: ReportFormat)] = []
    for format in [ReportFormat.json, .text(TextStyle(width: 80, hasColour: false))] {
        let answers = merge.answers()
        if let report = try? MergeReport(merge, answers, format: format) {
            bases.append((ReportBase.packed(report, answers, merge, header), format))
        }
        if let pieces = try? ConflictPieces(ConflictReport(merge), merge, format),
            let packed = try? ReportBase.packed(pieces, merge, format, header)
        {
            bases.append((packed, format))
        }
    }
    return bases
}()
