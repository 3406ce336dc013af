import Checking
import Evidence
import KernelInterface
import Merging
import Records
import Reports
import Words

let today = "2026-03-18"

/// A kernel for these targets only.
let kernels = [
    KernelDescription(
        name: "toy", version: 1, summary: "a toy",
        parameters: [Parameter("features", .integers(1...1024), default: nil, "how many features the inputs have")],
        measurements: [
            KernelMeasurement(
                name: "dimensionality", quantities: ["dims"],
                settings: [
                    Parameter("density", .numbers(0...1), default: nil, "the share of features that are on"),
                    Parameter("network", .words(["trained", "untrained"]), default: "trained", "which network"),
                ], trainingSettings: ["density"], measure: { _, _ in [:] })
        ],
        cost: { _, _, _ in RunCost(trainingSeconds: 1, measuringSeconds: 1, bytes: 1) })
]

/// A small ledger with every kind of record, as paths and texts. Inputs replace files of this ledger or add files to
/// it.
let baseTexts: [(path: String, text: String)] = [
    ("Claims/question.yaml", "question: How does R1 reason?\nwhy: It is the north star.\n"),
    (
        "Claims/toy/question.yaml",
        "question: Half?\nwhy: It matters.\nquantity: dims\nyes: [0.45, 0.55]\ncovers: {density: [0.3, 0.9]}\n"
    ),
    (
        "Claims/order/question.yaml",
        "question: Depth first?\nwhy: It matters.\nquantity: order\nyes: {any_of: [dfs]}\nalso_under: [toy]\n"
    ),
    ("Claims/toy/votes/ada.yaml", "weight: 3\nreason: It matters.\ndate: 2026-01-01\n"),
    (
        "Claims/vocabulary/quantities/dims.yaml",
        "title: Dimensions\ndefinition: m.\nconstruct: s\nrange: [0, 2]\nconditions: [model, density]\n"
    ),
    (
        "Claims/vocabulary/quantities/order.yaml",
        "title: Order\ndefinition: o.\nlabels: [bfs, dfs, none]\nconditions: [model]\nlater_conditions: [layer]\n"
    ),
    ("Claims/vocabulary/conditions/density.yaml", "title: Density\nvalues: [0.05, 0.3, 0.9]\nordered: true\n"),
    ("Claims/vocabulary/conditions/layer.yaml", "title: Layer\nvalues: {from: 0, to: 127}\n"),
    ("Claims/vocabulary/conditions/model.yaml", "title: Model\nattributes: [family]\n"),
    ("Claims/vocabulary/conditions/model/r1.yaml", "title: R1\ngeneral: true\nfamily: deepseek\n"),
    ("Claims/vocabulary/conditions/model/cd3b.yaml", "title: Qwen\nfamily: qwen\n"),
    (
        "Claims/vocabulary/assumptions/toy-is-r1.yaml",
        "statement: Alike.\nbridge: {from: [toy], to: [r1]}\ntested_by: order\nexcludes: [faithful]\n"
    ),
    ("Claims/vocabulary/assumptions/faithful.yaml", "statement: A probe reads what is used.\n"),
    (
        "Verifiers/toy/model.yaml",
        "title: Toy\ncontributors: [A]\nabstracts: toy\nkernel: toy\nconfig: {features: 20}\n"
            + "budget: {minutes: 2, memory_gib: 1}\n"
    ),
    (
        "Verifiers/toy/dims.yaml",
        "measurement: dimensionality\nmeasures: [dims]\nconditions: [density]\ncontrol: {network: untrained}\n"
    ),
    (
        "Findings/half.yaml",
        """
        title: Half
        authors: [E]
        contributors: [A]
        date: 2022-09-14
        source: arXiv:2209.10652
        north_star: Says when.
        claims:
          - quantity: dims
            value: [0.45, 0.55]
            tested: {model: toy, density: 0.3}
            assumes: [toy-is-r1]
            verify: toy/dims
          - quantity: order
            value: {any_of: [dfs]}
            tested: {model: toy}

        """
    ),
    (
        "Findings/other.yaml",
        """
        title: Other
        authors: [P]
        contributors: [B]
        date: 2025-01
        source: https://example.org/
        north_star: Says more.
        claims:
          - quantity: dims
            value: {above: 0.6}
            tested: {model: r1, density: [0.3, 0.9]}
            holds_for: {density: [0.3, 0.9]}
            reported: {value: 0.7, se: 0.01}
          - quantity: order
            value: {any_of: [bfs, none]}
            tested: {model: [r1, cd3b], layer: {from: 4, to: 8}}
        caveats:
          - text: Uniform only.
            against: {claim: half#1}
            shown_by: other#1

        """
    ),
]

private let decodedBase = baseTexts.map { decode(SourceFile(path: $0.path, bytes: Array($0.text.utf8))) }

/// Checks and merges a ledger, and writes every report, which must be printable. Returns a violated property, if any.
func ledgerViolation(_ files: [DecodedFile]) -> String? {
    let replaced = Set(files.map(\.path))
    let all = (decodedBase.filter { !replaced.contains($0.path) } + files).sorted { $0.path < $1.path }
    let ledger = check(all, kernels: kernels, today: today)
    let broken = Set(ledger.diagnostics.filter { $0.severity == .error }.map(\.path))
    for finding in ledger.state.findings.values where broken.contains(finding.path) {
        return "\(finding.path) has an error but is not left out"
    }
    var trail = AuditTrail()
    trail.branch = "main"
    trail.add(commit: auditCommit, date: 0)
    trail.arrive(ledger.state)
    let evidence = recomputeEvidence(ledger, trail: trail, settings: LedgerSettings())
    let noted = ledger.adding(evidenceNotes(ledger, evidence))
    let merge = Merge(ledger, evidence)
    let checked = CheckReport(noted.summary, noted.diagnostics, isComplete: true, toolVersion: "0")
    let tasks = TaskReport(merge.tasks(today: today), shownCount: .max)
    let readmes = questionReadmes(merge).sorted { $0.key < $1.key }.map(\.value).joined()
    let views = ["half", "half#1", "toy", ".", "dims", "order", "toy-is-r1", "density", "toy/dims", "model"]
        .compactMap { RecordView($0, in: merge) }
    return writtenViolation(checked) ?? writtenViolation(MergeReport(merge)) ?? writtenViolation(ConflictReport(merge))
        ?? writtenViolation(tasks) ?? printingViolation(readmes.utf8, "a README")
        ?? views.lazy.compactMap { writtenViolation($0) }.first
}

/// Renders a report in each of its formats. Returns a violated property, if any.
private func writtenViolation(_ report: some Report) -> String? {
    let style = TextStyle(width: 80, hasColour: false)
    return report.renderers.lazy.compactMap { renderer in
        printingViolation(renderer.render(report, style), "\(type(of: report).name) in \(renderer.name)")
    }.first
}

let auditCommit = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"
