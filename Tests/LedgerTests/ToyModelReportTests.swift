import Checking
import Evidence
import Records
import Reports
import Testing
import Words

/// The base ledger, except for the question whose name is also the name of the toy model.
private let ledgerWithToy = TestLedger(
    try! fixtureText("base").replacing("Claims/toy/", with: "Claims/sharing/")
        .replacing("abstracts: toy", with: "abstracts: sharing"))

/// Returns the output of `show toy`, beginning with the named section.
private func shown(_ ledger: TestLedger, _ id: String = "toy", from title: String) throws -> String {
    let text = try #require(RecordView(id, in: ledger.merge())).written()
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.drop { $0 != "  \(title)" }.joined(separator: "\n")
}

@Suite struct ToyModelReportTests {
    @Test func listsRecordedValuesByCell() throws {
        var ledger =
            ledgerWithToy
            + TestLedger(
                finding(
                    "sweep",
                    """
                      - quantity: dims
                        value: [0, 0.6]
                        tested: {model: toy, density: [0.9, 0.05, 0.3]}
                        verify: toy/dims
                    """, "caveats: [{text: Only one size., against: {verifier: toy}}]"))
        // The cells of a claim are sorted by density: 0.05, 0.3, 0.9.
        try ledger.addRuns(of: "sweep", [0.25, 0.25], cell: 0)
        try ledger.addRuns(of: "sweep", [0.5, 0.4, nil, 0.6], cell: 1)
        try ledger.addRuns(of: "sweep", [1, 1.25], cell: 1, isControl: true)
        try ledger.addRuns(of: "sweep", [1.5], cell: 2)
        // A seed that is recorded twice counts once.
        try ledger.addRuns(of: "sweep", [0.25], cell: 0, blasCore: "SkylakeX")
        let text = try shown(ledger, from: "config")
        #expect(
            text == """
                  config
                    features       20              how many features the inputs have
                    learning_rate  0.001  default  of the optimiser

                  budget of one run
                    2 min, 1 GiB

                  cost of one run
                    dims: estimated 20.00 s to train, 0.94 s to measure, 4 MiB; 1.00 s on
                      average, 1.00 s at most over 8 recorded runs

                  bridges
                    to r1, assuming toy-is-r1: Feature sharing in the toy is the sharing in R1.

                  claims
                    half#1: dims is 0.45 to 0.55, open after 1 of 4
                    sweep#1: dims is 0 to 0.6, open after 5 of 7
                    no general model takes a side on the questions of these claims

                  caveats
                    Only one size. (sweep, against verifier toy)

                  toy/dims
                    measures dims by density; control: network untrained
                    1 to 4 runs per cell, of which 1 failed, 2 runs of the control

                  toy/dims, means over the runs
                    dims by density
                      0.05  ███·····················  0.250
                      0.3   ██████··················  0.500  0.400 to 0.600; control 1.13
                      0.9   ██████████████████······   1.50

                  other records with this name
                    kernel: arbor-ledger show kernel:toy

                """)
    }

    @Test func writesEqualBarsInOneLine() throws {
        var ledger =
            ledgerWithToy
            + TestLedger(
                finding(
                    "sweep",
                    """
                      - quantity: dims
                        value: [0, 0.6]
                        tested: {model: toy, density: [0.3, 0.9]}
                        verify: toy/dims
                    """))
        for cell in 0...1 { try ledger.addRuns(of: "sweep", [0.5], cell: cell) }
        let text = try shown(ledger, "toy/dims", from: "recorded runs")
        #expect(
            text == """
                  recorded runs
                    1 run per cell

                  toy/dims, means over the runs
                    dims by density: 0.500 throughout

                """)
    }

    @Test func statesCommonSettingsOnce() throws {
        var ledger = ledgerWithToy
        try ledger.addRuns(of: "half", [0.5, 1])
        let text = try shown(ledger, "toy/dims", from: "recorded runs")
        #expect(
            text == """
                  recorded runs
                    2 runs per cell

                  toy/dims, means over the runs
                    dims at density 0.3
                      █████████···············  0.750  0.500 to 1

                """)
    }

    @Test func drawsNothingWithoutReceipts() throws {
        let text = try shown(ledgerWithToy, from: "toy/dims")
        #expect(
            text == """
                  toy/dims
                    measures dims by density; control: network untrained
                    no recorded run

                  other records with this name
                    kernel: arbor-ledger show kernel:toy

                """)
    }

    /// The report compares sides instead of numbers: 0.5 and 0.46 give the same answer.
    @Test(arguments: [
        ("[0.46, 0.47]", "half#1: dims is 0.45 to 0.55, reported, agrees with general models"),
        ("[0.7, 0.8]", "half#1: dims is 0.45 to 0.55, reported, differs from general models"),
        ("[0.5, 0.8]", "half#1: dims is 0.45 to 0.55, reported"),
    ]) func generalModelsAgreeBySide(value: String, line: String) throws {
        let ledger =
            ledgerWithToy
            + TestLedger(
                finding(
                    "general",
                    """
                      - quantity: dims
                        value: \(value)
                        tested: {model: r1, density: 0.9}
                    """))
        let summary =
            line.hasSuffix("models")
            ? "\(line.contains("agrees") ? 1 : 0) of 1 claim \(line.contains("agrees") ? "agrees" : "agree") with general models, \(line.contains("agrees") ? "0 differ" : "1 differs")"
            : "no general model takes a side on the questions of this claim"
        let lines = try shown(ledger, from: "claims").split(separator: "\n").map { $0.drop { $0 == " " } }
        #expect(lines.prefix(3) == ["claims", line[...], summary[...]])
    }

    @Test func showsTheNetworksOfClaims() {
        func cells(_ ledger: TestLedger) -> [[String: String]] {
            let checked = ledger.check()
            return checked.studiesToShow(checked.state.models["toy"]!).map(\.cell)
        }
        #expect(cells(ledgerWithToy) == [["density": "0.3"]])
        let without = TestLedger(files: ledgerWithToy.files.filter { $0.path != "Findings/half.yaml" })
        #expect(cells(without) == [["density": "0.05"], ["density": "0.3"], ["density": "0.9"]])
    }
}
