import Checking
import Evidence
import Records
import Testing
import Words

@testable import Reports

/// The base ledger with labels that derive from the measured number.
private let ledger =
    baseLedger
    + TestLedger(
        """
        --- Claims/vocabulary/quantities/sharing.yaml
        title: How features share dimensions
        definition: Read off the dimensions per feature.
        labels: [alone, pairs]
        conditions: [model, density]
        --- Verifiers/toy/kinds.yaml
        measurement: dimensionality
        measures: [dims]
        conditions: [density]
        labels:
          sharing: {of: dims, means: {alone: {at_least: 0.9}, pairs: [0.4, 0.6]}}

        """)

private func report(_ values: [Double?]) throws -> TrialReport {
    let ledger = ledger.check()
    let trial = try ledger.trial(of: "toy/kinds", at: [("density", "0.3")])
    let studies = try trial.studies(TraceSamples(ledger, AuditTrail()))
    let runs = values.enumerated().map { index, value in
        Statement.Run(
            index: index, seed: studies[0].network(index).seed, seconds: 0.5,
            values: value.map { ["dims": Statement.Run.Value($0)] }, failure: value == nil ? "it diverged" : nil)
    }
    return TrialReport(trial, [runs], failures: [], in: ledger)
}

private func written(_ report: TrialReport, as format: String) -> String {
    let bytes = report.written(as: format, style: TextStyle(width: 80, hasColour: false)) ?? []
    return String(decoding: bytes, as: UTF8.self)
}

@Suite struct TrialTests {
    @Test func listsValuesLabelsAndTheRange() throws {
        #expect(
            written(try report([0.52, 0.481, 0.95, nil, 0.7]), as: "text") == """
                toy/kinds at density 0.3
                  5 runs, 2.50 s of one core
                  seed 3: it diverged
                  dims
                    seeds 0 to 4: 0.52 0.481 0.95 none 0.7
                    sharing: alone 1, pairs 2, no label 1
                    sorted: 0.481 0.52 0.7 0.95
                    mean 0.66275, median 0.61; all 4 values lie in 0.48 to 0.95
                These runs are no evidence: anyone can choose such seeds, but no one can choose
                those of an audit. A further run lies between the smallest and the largest of 4
                values in about 60 % of cases.

                """)
        #expect(
            written(try report([0.5, 0.5]), as: "text").hasPrefix(
                """
                toy/kinds at density 0.3
                  2 runs, 1 s of one core
                  dims
                    seeds 0 to 1: 0.5 0.5
                    sharing: pairs 2
                    all 2 values are 0.5
                These runs are no evidence
                """))
    }

    /// Many values are drawn as a strip of 32 columns.
    @Test func drawsManyValues() throws {
        let values: [Double?] = (0..<64).map { (index: Int) -> Double in
            let place = index % 16 == 0 ? 0 : index
            return 0.4 + Double(place) / 315
        }
        let text = written(try report(values), as: "text")
        #expect(text.contains("    seeds 0 to 11: 0.4 0.403175 0.406349"))
        #expect(text.contains("; 52 more, which --format csv\n      lists\n"), "\(text)")
        #expect(text.contains("    0.4 █▄▄▄▄▄▄▄▂▄▄▄▄▄▄▄▂▄▄▄▄▄▄▄▂▄▄▄▄▄▄▄ 0.6\n"), "\(text)")
    }

    @Test func writesARowForEachRun() throws {
        let rows = written(try report([0.52, nil]), as: "csv").split(separator: "\n").dropFirst()
            .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(rows.map { "\($0[4]) \($0[5]) \($0[7])" } == ["dims 0.52 ", "dims  it diverged"])
        #expect(written(try report([0.52]), as: "json").contains("\"range\" : \"[0.52, 0.52]\""))
    }

    /// The ends are rounded outwards to two digits of the width, so that a claim can use them.
    @Test(arguments: [
        ([0.4812, 0.5187], "[0.481, 0.519]"), ([12.3, 87.7], "[12, 88]"), ([-0.25, 0.25], "[-0.25, 0.25]"),
        ([1234.5, 4321.7], "[1234, 4322]"), ([0.1, 0.1], "[0.1, 0.1]"), ([0, 1e-9], "[0, 1e-9]"),
    ])
    func roundsARangeOutwards(_ values: [Double], _ range: String) {
        #expect(roundedRange(values, within: nil).yaml == range)
    }

    @Test func keepsTheRangeOfTheQuantity() {
        let shares = ValueSet.interval(Interval(lower: Number(0), upper: Number("0.875")))
        #expect(roundedRange([0.1111, 0.8749], within: shares).yaml == "[0.11, 0.875]")
    }

    @Test func usesSeedsWithoutASalt() throws {
        let checked = ledger.check()
        let trial = try checked.trial(of: "toy/kinds", at: [])
        let studies = try trial.studies(TraceSamples(checked, AuditTrail()))
        #expect(studies.allSatisfy { $0.seeds == SeedSource(salt: "") && !$0.study.isControl })
    }
}
