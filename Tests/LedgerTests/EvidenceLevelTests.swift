import Evidence
import Foundation
import Merging
import Records
import Reports
import Testing

/// A ledger in which every evidence level and every kind of doubt appears, each at its own density.
///
/// Ada wrote all findings except two, and is listed like Bob, Cem and Dee.
private func everyLevel() throws -> TestLedger {
    let names = [
        "reported", "own-run", "own-run-control", "re-run", "controlled", "replicated", "refuted-by-own-run",
        "refuted-by-re-run", "split", "uninformative", "tied", "outvoted", "unsigned", "half-done",
    ]
    let densities = names.indices.map { "0.\(10 + $0)" }
    func claim(_ density: String, _ model: String = "toy") -> String {
        "  - {quantity: dims, value: [0.45, 0.55], tested: {model: \(model), density: \(density)}}"
    }
    var text = """
        --- Claims/vocabulary/conditions/density.yaml
        title: Share of features that are on
        values: [0.05, 0.3, 0.9, \(densities.joined(separator: ", "))]
        ordered: true
        --- Claims/toy/question.yaml
        question: Do sparse features settle into half a dimension each?
        why: A signal that shares dimensions cannot be read one neuron at a time.
        quantity: dims
        yes: [0.45, 0.55]
        covers: {density: [\(densities.joined(separator: ", "))]}
        --- Verifiers/other/model.yaml
        title: Another toy model of superposition
        contributors: [D. Handle]
        abstracts: toy
        kernel: other-toy
        config: {}
        budget: {minutes: 1, memory_gib: 1}
        --- Verifiers/other/dims.yaml
        measurement: dimensionality
        measures: [dims]
        conditions: [density]
        control: {network: untrained}

        """
    for (name, density) in zip(names, densities) { text += finding(name, by: "Ada <ada@example.org>", claim(density)) }
    // It replicates `replicated` and is replicated by it.
    text += finding("replication", by: "Eve <eve@example.org>", claim("0.15", "other"))
    // Claims of a paper that contradict the others, about toys and about the model that the paper studied.
    for (name, density) in [("own-run", "0.11"), ("re-run", "0.13"), ("controlled", "0.14"), ("split", "0.18")] {
        text += finding(
            "against-\(name)",
            """
              - quantity: dims
                value: [0.9, 1.1]
                tested: {model: cd3b, density: \(density)}
                holds_for: {model: [cd3b, toy], density: \(density)}
            """)
    }
    var ledger = addressedLedger + TestLedger(text)
    ledger.files.removeAll { $0.path == "Findings/half.yaml" }
    ledger.signers = [.ada, .bob, .cem, .dee]
    try ledger.addRuns(of: "own-run", hits8, by: .ada)
    try ledger.addRuns(of: "own-run-control", hits8, by: .ada)
    try ledger.addRuns(of: "own-run-control", misses8, isControl: true, by: .ada)
    try ledger.addRuns(of: "re-run", hits8, by: .bob)
    for name in ["controlled", "replicated", "replication"] {
        try ledger.addRuns(of: name, hits8, by: .bob)
        try ledger.addRuns(of: name, misses8, isControl: true, by: .bob)
    }
    try ledger.addRuns(of: "refuted-by-own-run", misses8, by: .ada)
    try ledger.addRuns(of: "refuted-by-re-run", misses8, by: .bob)
    try ledger.addRuns(of: "split", hits8, by: .bob)
    try ledger.addRuns(of: "split", misses8, by: .cem)
    try ledger.addRuns(of: "uninformative", hits8, by: .bob)
    try ledger.addRuns(of: "uninformative", hits8, isControl: true, by: .bob)
    let tied = try ledger.addRuns(of: "tied", hits8, by: .bob)
    try ledger.addRuns(of: "tied", [1.9], from: 3, by: .cem, seedSigner: .bob, repeats: tied)
    let outvoted = try ledger.addRuns(of: "outvoted", hits8, by: .bob)
    for voter in [TestSigner.cem, .dee] {
        try ledger.addRuns(of: "outvoted", [1.9], from: 3, by: voter, seedSigner: .bob, repeats: outvoted)
    }
    try ledger.addRuns(of: "unsigned", hits8, runBy: "Bob <bob@example.org>")
    try ledger.addRuns(of: "half-done", [0.5, 1.9, 0.5], by: .bob)
    return ledger
}

/// Compares reports on a ledger with every evidence level with their recordings. `RECORD=1 swift test` writes them
/// again.
@Suite struct EvidenceLevelTests {
    private func compare(_ name: String, _ text: String) throws {
        let file = fixturesFolder.appending(path: "levels/\(name)")
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        } else {
            #expect(text == (try? String(contentsOf: file, encoding: .utf8)), "\(name)")
        }
    }

    @Test func everyLevelAppears() throws {
        let ledger = try everyLevel()
        #expect(ledger.check().diagnostics.filter { $0.severity == .error } == [])
        let evidence = ledger.evidence()
        #expect(Set(evidence.claims.values.map(\.evidence)) == Set(EvidenceLevel.allCases))
        #expect(Set(evidence.claims.values.map(\.verdict)) == Set(Verdict.allCases))
        #expect(
            outline(evidence) == [
                "controlled#1 verified, controlled, 8 of 8, control refuted", "half-done#1 open, reported, 2 of 3",
                "outvoted#1 none, reported, 0 of 0", "own-run#1 verified, own run, 8 of 8",
                "own-run-control#1 verified, own run, 8 of 8, control refuted", "re-run#1 verified, re-run, 8 of 8",
                "refuted-by-own-run#1 refuted, reported, 0 of 8", "refuted-by-re-run#1 refuted, reported, 0 of 8",
                "replicated#1 verified, replicated, 8 of 8, control refuted",
                "replication#1 verified, replicated, 8 of 8, control refuted", "reported#1 none, reported, 0 of 0",
                "split#1 split, reported, 8 of 8", "tied#1 verified, re-run, 8 of 8",
                "uninformative#1 verified, reported, 8 of 8, uninformative", "unsigned#1 none, reported, 0 of 0",
            ])
        #expect(evidence.claims.filter { $0.value.isDisputed }.keys.map(\.slug).sorted() == ["split", "tied"])
    }

    @Test func reportsMatchTheirRecordings() throws {
        let ledger = try everyLevel()
        let merge = ledger.merge()
        for format in ["text", "json", "markdown"] {
            try compare("merge.\(format)", MergeReport(merge).written(format))
            try compare("conflicts.\(format)", ConflictReport(merge).written(format))
        }
        try compare("tasks.text", TaskReport(merge.tasks(today: TestLedger.today), shownCount: 40).written())
        var views = ""
        for claim in merge.evidence.claims.keys.sorted() {
            views += try #require(RecordView(claim.description, in: merge)).written() + "\n"
        }
        try compare("show.text", views)
        try compare("show.json", try #require(RecordView("toy", in: merge)).written("json"))
        try compare("README.md", try #require(questionReadmes(merge)["Claims/toy/README.md"]))
        try compare("check.text", ledger.diagnostics().joined(separator: "\n") + "\n")
    }
}
