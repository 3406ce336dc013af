import Checking
import Evidence
import Foundation
import KernelInterface
import Kernels
import Merging
import Records
import Words

/// The times of the stages for one ledger size, measured in one process.
struct ScalingRow: Codable {
    var name: String
    var count: Int
    /// The stages, in the order in which they ran.
    var stages: [Stage]
    var notes: String

    struct Stage: Codable {
        var name: String
        var seconds: Double
    }

    mutating func time<Value>(_ name: String, _ body: () -> Value) -> Value {
        let clock = ContinuousClock()
        let start = clock.now
        let value = body()
        stages.append(Stage(name: name, seconds: (clock.now - start) / .seconds(1)))
        return value
    }
}

/// Measures synthetic ledgers in memory, without git and disk.
func scalingRow(_ kind: String, _ count: Int) throws -> ScalingRow {
    switch kind {
    case "ledger": syntheticRow(count)
    case "hostile": hostileRow(count, isApart: false)
    case "hostile-apart": hostileRow(count, isApart: true)
    case "attacks": attackRow(count)
    default: throw ChildFailure(description: "unknown kind of scaling: \(kind)")
    }
}

private let decodeBatchSize = 20_000

private func syntheticRow(_ count: Int) -> ScalingRow {
    var row = ScalingRow(name: "synthetic ledger", count: count, stages: [], notes: "")
    var files: [DecodedFile] = []
    var texts: [SourceFile] = []
    var parsing = 0.0
    let clock = ContinuousClock()
    func decodeTexts() {
        let start = clock.now
        files += texts.concurrentMap { decode($0) }
        parsing += (clock.now - start) / .seconds(1)
        texts.removeAll(keepingCapacity: true)
    }
    SyntheticLedger(findingCount: count).forEachFile { path, text in
        guard path != ".arbor-ledger.yaml" else { return }
        texts.append(SourceFile(path: path, bytes: Array(text.utf8)))
        if texts.count == decodeBatchSize { decodeTexts() }
    }
    decodeTexts()
    row.stages.append(ScalingRow.Stage(name: "parse", seconds: parsing))
    evaluate(files, &row)
    return row
}

private func evaluate(_ files: [DecodedFile], _ row: inout ScalingRow) {
    let ledger = row.time("check") {
        check(files, kernels: kernels.map(\.description), today: "2026-01-01", depth: .errors)
    }
    let evidence = row.time("weigh") { recomputeEvidence(ledger, trail: AuditTrail(), settings: LedgerSettings()) }
    let merge = row.time("merge") { Merge(ledger, evidence) }
    let answers = row.time("answers") { merge.answers() }
    let found = row.time("conflicts") { merge.disagreements() }
    let conflicts = found.reduce(0) { $0 + $1.conflictCount }
    let listed = found.reduce(0) { $0 + $1.pairs.count }
    let misses = found.reduce(0) { $0 + $1.nearMissCount }
    row.notes =
        "\(answers.count) questions, \(conflicts) conflicting pairs and \(misses) near misses, \(listed) listed, \(ledger.counts.errors) errors"
}

/// Measures findings on one quantity whose ranges are disjoint. Either every finding claims all settings, or each
/// finding claims a different setting.
private func hostileRow(_ count: Int, isApart: Bool) -> ScalingRow {
    let settings = isApart ? "each at different settings" : "holding everywhere"
    var row = ScalingRow(
        name: "hostile ledger: all on one quantity, all disjoint, \(settings)", count: count, stages: [], notes: "")
    let vocabulary = [
        ("Claims/question.yaml", "question: What?\nwhy: So.\n"),
        (
            "Claims/low/question.yaml",
            "question: Is it low?\nwhy: So.\nquantity: q\nyes: {at_most: \(count / 2)}\ncovers: {model: [big]}\n"
        ),
        (
            "Claims/vocabulary/quantities/q.yaml",
            "title: Q\ndefinition: A number.\nrange: [0, \(4 * count)]\nconditions: [model, layer, head]\n"
        ),
        ("Claims/vocabulary/conditions/layer.yaml", "title: Layer\nvalues: {from: 0, to: 199}\n"),
        ("Claims/vocabulary/conditions/head.yaml", "title: Head\nvalues: {from: 0, to: 199}\n"),
        ("Claims/vocabulary/conditions/model/big.yaml", "title: Big\ngeneral: true\n"),
    ]
    let findings = (0..<count).map { index in
        (
            "Findings/f\(index % 100)/f\(index).yaml",
            """
            title: Finding \(index)
            authors: [A]
            contributors: [A]
            date: 2025
            source: \(index)
            north_star: None.
            claims:
              - quantity: q
                value: [\(2 * index), \(2 * index + 1)]
                tested: {model: big, layer: \(index % (isApart ? 200 : 4)), head: \(isApart ? index / 200 : 0)}
            \(isApart ? "" : "    holds_for: {model: [big]}")

            """
        )
    }
    let texts = (vocabulary + findings).map { SourceFile(path: $0.0, bytes: Array($0.1.utf8)) }
    let files = row.time("parse") { texts.concurrentMap { decode($0) } }
    evaluate(files, &row)
    return row
}

/// Measures the labelling of random attacks. There are two attacks per claim, and one attack in ten is joint.
private func attackRow(_ count: Int) -> ScalingRow {
    var row = ScalingRow(name: "grounded labelling, two attacks per claim", count: count, stages: [], notes: "")
    var random = SplitMix64(stream: "attacks", index: count)
    var graph = AttackGraph(count: count)
    for target in 1..<count {
        for _ in 0..<2 {
            let sources = random.happens(0.1) ? 2 : 1
            // Nearly all attacks come from earlier claims, so that labels propagate far.
            let reach = random.happens(0.01) ? count : target
            graph.add((0..<sources).map { _ in random.below(reach) }, on: target)
        }
    }
    let labels = row.time("label") { graph.groundedLabels() }
    let counts = ClaimStatus.allCases.map { status in
        "\(labels.count { $0 == status }) \(status.rawValue)"
    }
    row.notes = counts.joined(separator: ", ")
    return row
}

/// Renders rows with the peak memory of their processes.
func scalingMarkdown(_ rows: [(row: ScalingRow, peakMebibytes: Double)], machine: String, date: String) -> String {
    var lines = [
        "# How time grows with a ledger, \(date)", "", machine, "",
        "Made by `arbor-ledger-bench scaling`: records are generated, parsed and merged in memory, without git and disk; each",
        "row is a separate process. Wall seconds; *µs each*: of all stages per finding, or per claim of an attack graph.",
    ]
    for name in rows.map(\.row.name).uniqued() {
        let group = rows.filter { $0.row.name == name }
        let stages = group[0].row.stages.map(\.name)
        lines += [
            "", "## \(name)", "", "| count | \(stages.joined(separator: " | ")) | all | µs each | peak MiB | what |",
        ]
        lines.append("|---:|\(stages.map { _ in "---:|" }.joined())---:|---:|---:|---|")
        for (row, peak) in group {
            let all = row.stages.reduce(0) { $0 + $1.seconds }
            let cells =
                ["\(row.count)"] + row.stages.map { String(format: "%.3f", $0.seconds) }
                + [String(format: "%.3f", all), String(format: "%.1f", all * 1e6 / Double(row.count))]
                + [String(format: "%.0f", peak), row.notes]
            lines.append("| \(cells.joined(separator: " | ")) |")
        }
    }
    return lines.joined(separator: "\n") + "\n"
}

extension Array where Element: Hashable {
    fileprivate func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
