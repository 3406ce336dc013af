import Foundation
import Testing

@Suite struct TryTests {
    private let measurement = "superposition-geometry/dimensionality"

    @Test func printsTheValuesOfEachSeed() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.addCoin()
        let printed = try ledger.run("try", "coin")
        // Seed i of a toy model is the same on every machine, and so are the flips of a coin.
        #expect(printed.status == 0)
        #expect(printed.errors.hasPrefix("5 runs of 1 study, 5 trainings, about 1 s on "))
        let numbers = /seeds 0 to 4: ([0-9. ]+)\n {4}sorted: ([0-9. ]+)\n/
        let found = try #require(printed.output.firstMatch(of: numbers))
        let values = found.1.split(separator: " ").compactMap { Double($0) }
        #expect(values.count == 5)
        #expect(found.2.split(separator: " ").compactMap { Double($0) } == values.sorted())
        #expect(printed.output.words.contains("all 5 values lie in"))
        #expect(printed.output.words.contains("These runs are no evidence: anyone can choose such seeds"))
        // For five values, (5 - 1) / (5 + 1).
        #expect(printed.output.words.contains("the largest of 5 values in about 67 % of cases."))
        #expect(!printed.output.contains("verified"))
        let named = try ledger.run("try", "coin/heads", "--format", "json").json()["cells"].items[0]
        #expect(named["summaries"].items[0]["values"].items.compactMap(\.number) == values.sorted())
    }

    /// A condition without a chosen value is tried at each value of its closed list.
    @Test func triesEachValueOfACondition() throws {
        let ledger = try TemporaryLedger.example()
        let all = try ledger.run("try", measurement, "--seeds", "2", "--format", "json").json()
        #expect(all["cells"].items.map { $0["cell"]["density"].text } == ["1", "0.3", "0.1"])
        #expect(
            all["notes"].texts == [
                "density has 3 values, which were all tried; --set density=VALUE chooses one: 1, 0.3 or 0.1."
            ])
        let two = try ledger.run(
            ["try", measurement, "--seeds", "2", "--set", "density=0.10", "--set", "density=0.3", "--format", "json"]
        ).json()
        #expect(two["cells"].items.map { $0["cell"]["density"].text } == ["0.1", "0.3"])
        #expect(two["notes"].texts == [])
        #expect(two["cells"].items[0]["runs"].items.map(\.description).count == 2)
        #expect(two["cells"].items[1]["summaries"].description == all["cells"].items[1]["summaries"].description)
    }

    /// The seeds are those of the self-check, never those of an audit. Trained networks are kept, and nothing is written to
    /// the ledger.
    @Test func usesNoAuditSeeds() throws {
        let ledger = try TemporaryLedger.example()
        let arguments = ["try", measurement, "--set", "density=0.3", "--format", "json"]
        let tried = try ledger.run(arguments).json()
        #expect(try ledger.git("status", "--short") == "")
        let networks = ledger.names(in: networksFolder)
        #expect(networks.count == 5)
        #expect(try ledger.run(arguments).json()["cells"].items[0]["runs"].items.count == 5)
        #expect(ledger.names(in: networksFolder) == networks)
        let audited = try ledger.run("verify", "--format", "json").json()
        let seeds = Set(audited["runs"].items.map { $0["seed"].text })
        #expect(seeds.isDisjoint(with: tried["cells"].items[0]["runs"].items.map { $0["seed"].text }))
    }

    @Test(arguments: [
        (["superposition-geometri"], "there is no toy model \"superposition-geometri\"", "superposition-geometry"),
        (["superposition-geometri/dims"], "there is no toy model", "superposition-geometry/dims"),
        (
            ["superposition-geometry/dimensionalty"], "there is no measurement",
            "superposition-geometry/dimensionality"
        ),
        (["superposition-geometry", "--set", "densty=1"], "takes no condition \"densty\"", "density"),
        (["superposition-geometry", "--set", "density=0.4"], "\"density\" has no value \"0.4\"", "0.1"),
    ])
    func suggestsNames(_ arguments: [String], _ message: String, _ suggestion: String) throws {
        let ledger = try TemporaryLedger.example()
        let printed = try ledger.run(["try"] + arguments)
        #expect(printed.status == 64)
        #expect(printed.errors.contains(message), "\(printed)")
        #expect(printed.errors.contains("-> did you mean \"\(suggestion)\"?"), "\(printed)")
        #expect(printed.output == "")
    }

    /// A measurement of annotated traces needs values of its conditions, and enough traces.
    @Test func saysWhatTracesAMeasurementNeeds() throws {
        let ledger = try ShippedLedger.copy()
        let open = try ledger.run("try", "trace-agreement/agreement")
        #expect(open.status == 64)
        #expect(open.errors.contains("measures annotated traces and has more than 32 settings"), "\(open)")
        #expect(open.errors.contains("choose values with --set CONDITION=VALUE: "), "\(open)")
        let few = try ledger.run(
            ["try", "trace-agreement/agreement"]
                + ["codebook=four-behaviours", "label=backtracking", "annotators=human-human", "model=r1"].flatMap {
                    ["--set", $0]
                })
        #expect(few.status == 64)
        #expect(few.errors.contains(" needs 10 annotated traces, and the ledger has "), "\(few)")
        #expect(few.errors.contains("-> label more texts: `arbor-ledger annotate`"), "\(few)")
    }

    @Test func stopsAtAnInterrupt() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.trainLonger()
        let running = try ledger.start(["try", measurement, "--set", "density=0.3", "--seeds", "60"])
        let deadline = Date.now.addingTimeInterval(60)
        while ledger.names(in: networksFolder).isEmpty && running.isRunning && Date.now < deadline { usleep(2000) }
        kill(running.id, SIGINT)
        let printed = try running.wait()
        #expect(printed.status == 128 + SIGINT)
        #expect(printed.output == "")
        #expect(printed.errors.hasSuffix("\narbor-ledger: stopped; trained networks are kept\n"))
        #expect(try ledger.git("status", "--short") == "")
    }

    @Test(arguments: [
        ["--seeds", "0"], ["--seeds", "129"], ["--set", "density"], ["--set", "=1"], ["--set", "density="],
    ])
    func refusesWrongOptions(_ options: [String]) throws {
        let printed = try TemporaryLedger.example().run(["try", measurement] + options)
        #expect(printed.status == 64)
    }
}
