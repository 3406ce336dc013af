import Checking
import Merging
import Records
import Reports

/// A report of one commit in the pieces that it was made of, with what of the ledger tells which of them a later commit
/// changes. Read lazily: answering touches the pieces of a few quantities, whatever the size of the ledger.
///
/// Only ledgers without errors have one: every name in it leads somewhere.
package struct ReportBase: Sendable {
    /// What is the same for every report that can be made from it.
    package struct Header: Sendable, Equatable {
        /// Everything but the tree that the report depends on.
        package var stamp: String
        /// Of the root, by its id.
        package var tree: String
        /// Of the audit branch, where receipts make its history matter; else empty.
        package var auditTip: String
        /// Whether receipts of the commit itself count, as they do on the audit branch.
        package var countsOwnReceipts: Bool

        package init(stamp: String, tree: String, auditTip: String, countsOwnReceipts: Bool) {
            self.stamp = stamp
            self.tree = tree
            self.auditTip = auditTip
            self.countsOwnReceipts = countsOwnReceipts
        }
    }

    package let header: Header
    /// What holds for the claims that no change concerned.
    let settled: Settled
    let totals: DiscordTotals
    package let hasRefuted: Bool
    /// Toy model and measurement of every receipt, as `runKey` writes them.
    let runKeys: Set<String>
    /// Questions at and below those that test an assumption.
    let testingQuestions: [String]
    let questions: PackedTable
    let quantities: PackedTable
    let findings: PackedTable
    let content: Content

    /// What is told, `merge` by place, `conflicts` by quantity.
    enum Content: Sendable {
        case merge(places: [QuestionPlace], blocks: PackedPieces, ends: MergeEnds)
        case conflicts(blocks: PackedPieces, parts: PackedPieces, superseded: [Superseded])
    }
}

struct QuestionRow {
    var isActive: Bool
    /// Sorted, active or not.
    var parts: [String]
    /// By index: where it is told.
    var places: [Int]
    var answer: PartAnswer
    var weight: Weight
}

struct QuantityRow {
    /// Questions that ask about it.
    var leaves: [String]
    /// Findings with a claim on it, by index.
    var findings: [Int]
    /// Quantities whose claims can be attacked by claims on this one through a caveat, or attack them.
    var linked: [String]
    /// Some receipt may tell of a claim on it.
    var hasRuns: Bool
    /// What becomes of an assumption that a question tests hangs on its claims.
    var isTesting: Bool
}

struct FindingRow {
    /// Findings that supersede it, by index.
    var superseders: [Int] = []
    /// Findings with a caveat against a claim of it, or shown by one.
    var critics: [Int] = []
    /// Findings that build on it or call themselves the same.
    var others: [Int] = []
}

/// What a report has for a change to be told from: a finding's name as it looks, then its path.
func findingKey(path: String) -> String {
    guard case .finding(let slug)? = RecordPlace(path: path) else { return path }
    return findingKey(slug: slug) + path
}

func findingKey(slug: String) -> String { skeleton(slug) + "\n" }

func runKey(model: String, measurement: String) -> String { "\(model) \(measurement)" }

extension ReportBase {
    private enum Kind: String {
        case merge, conflicts
    }

    /// nil where the bytes are not those of a base.
    package init?(_ bytes: ArraySlice<UInt8>) {
        do throws(UnpackingError) {
            var unpacker = Unpacker(bytes)
            header = try unpacker.header()
            settled = try unpacker.settled()
            totals = try unpacker.totals()
            hasRefuted = try unpacker.flag()
            runKeys = Set(try unpacker.texts())
            testingQuestions = try unpacker.texts()
            questions = try unpacker.table()
            quantities = try unpacker.table()
            findings = try unpacker.table()
            switch try unpacker.choice(Kind.self) {
            case .merge:
                content = .merge(
                    places: try unpacker.list { unpacker throws(UnpackingError) in try unpacker.place() },
                    blocks: try unpacker.pieces(), ends: try unpacker.mergeEnds())
            case .conflicts:
                content = .conflicts(
                    blocks: try unpacker.pieces(), parts: try unpacker.pieces(),
                    superseded: try unpacker.list { unpacker throws(UnpackingError) in try unpacker.superseded() })
            }
        } catch {
            return nil
        }
    }

    /// A base of `merge` as bytes.
    package static func packed(
        _ report: MergeReport, _ answers: [String: Answer], _ merge: Merge, _ header: Header
    ) -> [UInt8] {
        var packer = Packer()
        packer.addLedger(merge, header, answers, report.places)
        packer.add(Kind.merge.rawValue)
        packer.add(report.places) { $0.add($1) }
        packer.addPieces(report.blocks)
        packer.add(report.ends)
        return packer.bytes
    }

    /// A base of `conflicts` as bytes.
    package static func packed(
        _ report: ConflictPieces, _ merge: Merge, _ format: ReportFormat, _ header: Header
    ) throws -> [UInt8] {
        var packer = Packer()
        packer.addLedger(merge, header, [:], [])
        packer.add(Kind.conflicts.rawValue)
        let quantities = sortedByBytes(merge.state.quantities.keys)
        let blocks = Dictionary(report.blocks.map { ($0.quantity, $0.bytes) }, uniquingKeysWith: { first, _ in first })
        packer.addPieces(quantities.map { blocks[$0]?[...] ?? [] })
        // Also of constructs with one quantity: another may join it.
        packer.addPieces(
            try quantities.map { quantity in
                try ConstructPart(quantity, merge, format).map { part in Packer.packed { $0.add(part) }[...] } ?? []
            })
        packer.add(report.ends.superseded) { $0.add($1) }
        return packer.bytes
    }
}
