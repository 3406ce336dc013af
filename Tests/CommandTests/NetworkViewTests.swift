import Foundation
import Testing

private let model = "superposition-geometry"

/// Returns the lines that begin with the title of a section.
private func section(_ title: String, _ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.drop { $0 != "  \(title)" }.joined(separator: "\n")
}

/// `show` draws the trained networks of a toy model.
@Suite struct NetworkViewTests {
    @Test func suggestsTheCommandWithoutANetwork() throws {
        let ledger = try TemporaryLedger.example()
        let printed = try ledger.run("show", model)
        #expect(printed.errors == "")
        #expect(
            section("trained networks", printed.output) == """
                  trained networks
                    no trained network is cached at density 0.3; `arbor-ledger show
                      superposition-geometry --train` trains it in about 1 s

                """)
        #expect(ledger.names(in: networksFolder) == [])
    }

    @Test func trainsANetworkOnceAndStoresIt() throws {
        let ledger = try TemporaryLedger.example()
        let first = try ledger.run("show", model, "--train")
        #expect(first.status == 0)
        #expect(first.errors.hasPrefix("1 run of 1 study, 1 training, about 1 s on "))
        let files = ledger.networkFiles()
        #expect(files.count == 1)
        for arguments in [["show", model], ["show", model, "--train"]] {
            let again = try ledger.run(arguments)
            #expect(again.errors == "")
            #expect(again.output == first.output.replacingOccurrences(of: "trained now", with: "cached"))
        }
        #expect(ledger.networkFiles() == files)
        // In another ledger, the same toy model gets the same network.
        #expect(try TemporaryLedger.example().run("show", model, "--train").output == first.output)
        // Training for `show` does not count as a run of an audit.
        #expect(ledger.names(in: receiptsFolder) == [] && ledger.storedRuns() == [])
        #expect(try ledger.git("status", "--porcelain") == "")
    }

    @Test func exportsNetworksForOtherPrograms() throws {
        let ledger = try TemporaryLedger.example()
        let folder = ledger.place("toys")
        let untrained = try ledger.run("show", model, "--export", folder)
        #expect(untrained.status == 64 && untrained.errors.contains("add --train to train it first"))
        #expect(!ledger.exists("toys"))

        let printed = try ledger.run("show", model, "--train", "--export", folder)
        #expect(printed.status == 0 && printed.output.contains("exported to"))
        let names = ["config.json", "example.json", "load.py", "model.safetensors"]
        #expect(ledger.names(in: "toys/density-0.3").sorted() == names)
        let bytes = try Data(contentsOf: URL(filePath: "\(folder)/density-0.3/model.safetensors"))
        let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = JSON(try JSONSerialization.jsonObject(with: Data(bytes.dropFirst(8).prefix(length))))
        #expect(length % 8 == 0 && header.keys == ["W", "b_final"])
        #expect(header["W"]["shape"].items.map(\.number) == [1, 60, 10])
        #expect(header["W"]["data_offsets"].items.map(\.number) == [0, 2400])
        #expect(bytes.count == 8 + length + 4 * (60 * 10 + 60))

        let again = try ledger.run("show", model, "--export", folder)
        #expect(again.status == 64 && again.errors.contains("is not empty"))
        #expect(try ledger.run("show", "half-a-dimension", "--export", folder).status == 64)
    }

    @Test func prefersNetworksOfAudits() throws {
        let ledger = try TemporaryLedger.example()
        _ = try ledger.run("show", model, "--train")
        let report = try ledger.run("verify", "--format", "json").json()
        let run = try #require(report["runs"].items.first { !($0["control"].number == 1) && $0["index"].number == 0 })
        let shown = try ledger.run("show", model, "--format", "json").json()
        let networks = shown["toy_model"]["seen"]["networks"]
        #expect(networks.items.map { $0["seed"].text } == [run["seed"].text])
        #expect(networks.items[0]["kept"].number == 1)
    }

    @Test func jsonHoldsTheDataOfPictures() throws {
        let ledger = try TemporaryLedger.example()
        let printed = try ledger.run("show", model, "--train", "--format", "json")
        let toy = try printed.json()["toy_model"]
        #expect(
            toy.keys == [
                "abstracts", "bridges", "caveats", "claims", "config", "cost", "kernel", "measurements", "question",
                "seen",
            ])
        let network = toy["seen"]["networks"].items[0]
        #expect(network["cell"].description == "{density: 0.3}")
        #expect(toy["seen"]["missing"].items.isEmpty && toy["seen"]["failures"].items.isEmpty)
        let bars = network["pictures"].items[0]["content"]["bars"]
        #expect(bars.keys == ["from", "items", "to"])
        #expect(bars["items"].items.allSatisfy { $0.keys == ["label", "value"] })
        #expect(bars["items"].items.compactMap { $0["value"].number }.max() == bars["to"].number)
        let defaults = toy["config"].items.filter { $0["default"].number == 1 }.map { $0["name"].text }
        #expect(
            defaults == ["importance_decay", "restarts", "selection_batch", "density_grid", "importance_grid"])
        #expect(toy["claims"].items.map { "\($0["claim"]) \($0["general"])" } == ["half-a-dimension#1 untold"])
    }

    @Test func doesNotDrawADamagedNetwork() throws {
        let ledger = try TemporaryLedger.example()
        let intact = try ledger.run("show", model, "--train").output
        let name = ledger.names(in: networksFolder)[0]
        let handle = try #require(FileHandle(forWritingAtPath: ledger.place("\(networksFolder)/\(name)")))
        try handle.seek(toOffset: 200)
        handle.write(Data("damage".utf8))
        try handle.close()
        let printed = try ledger.run("show", model)
        #expect(printed.status == 0)
        #expect(
            section("trained networks", printed.output) == """
                  trained networks
                    No run: superposition-geometry/dimensionality at density 0.3, seed 0: the
                      cached network is damaged or missing

                """)
        // Training the network again gives the same result.
        let again = try ledger.run("show", model, "--train").output
        #expect(section("inside", again) == section("inside", intact) && again.contains("\n  inside\n"))
        #expect(section("inside", try ledger.run("show", model).output) == section("inside", intact))
    }

    @Test func reportsAFailedTraining() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.edit(modelFile, "learning_rate: 3e-2", "learning_rate: 1e9")
        let printed = try ledger.run("show", model, "--train")
        #expect(printed.status == 0)
        let text = section("trained networks", printed.output)
        #expect(text.contains(", trained now, training diverged: no\n      restart has finite weights\n"), "\(text)")
        #expect(!text.contains("inside"))
    }

    /// If no claim names a density, the densities come from the vocabulary. Their pictures fit next to each other.
    @Test func showsVocabularyValuesWithoutAClaim() throws {
        let ledger = try TemporaryLedger.example()
        try FileManager.default.removeItem(atPath: ledger.place(exampleFinding))
        try ledger.edit(modelFile, "features: 60\n  dimensions: 10", "features: 5\n  dimensions: 2")
        let printed = try ledger.run("show", model, "--train")
        let text = section("trained networks", printed.output)
        #expect(text.contains("density 1: seed ") && text.contains("density 0.1: seed "))
        #expect(text.contains("\n      density 1               density 0.3             density 0.1\n"), "\(text)")
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    /// Draws a transformer's loss, its chain, and how its answers depend on the chain.
    @Test func drawsATransformer() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write(
            "Verifiers/chains/model.yaml",
            """
            title: A chain of thought
            contributors: [your name]
            abstracts: superposition
            kernel: chain-of-thought
            config: {layers: 1, heads: 2, width: 16, hidden_width: 32, steps: 60, batch: 16, maps: 2, problems: 20}
            budget: {minutes: 2, memory_gib: 1}

            """)
        try ledger.write(
            "Verifiers/chains/rise.yaml",
            """
            measurement: early-answering-rise
            measures: [early-answering-rise]
            conditions: [network]
            control: {network: untrained}

            """)
        try ledger.write(
            "Claims/vocabulary/conditions/network.yaml", "title: Network\nvalues: [trained, untrained]\n")
        try ledger.write(
            "Claims/vocabulary/quantities/early-answering-rise.yaml",
            "title: Rise\nrange: [-1, 1]\ndefinition: How it rises.\nconditions: [model]\n")
        let printed = try ledger.run("show", "chains", "--train")
        // The control's network is not drawn.
        #expect(printed.errors.hasPrefix("1 run of 1 study, 1 training, "))
        let text = section("inside", printed.output)
        for line in [
            "    loss in nats over 60 steps of training", "    share of unchanged answers",
            "      after   true state  the network's",
        ] {
            #expect(text.contains("\n\(line)\n"), "\(text)")
        }
        #expect(!printed.output.contains("\u{1B}"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test func reportsAKernelWithoutPictures() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.addCoin()
        let printed = try ledger.run("show", "coin", "--train")
        #expect(printed.status == 0)
        #expect(
            section("trained networks", printed.output).replacing(/seed [0-9a-f]{16}/, with: "seed 0") == """
                  trained networks
                    seed 0, trained now
                    the kernel draws no pictures of this network

                """)
    }

    @Test(arguments: [("half-a-dimension", "finding"), ("superposition-geometry/dimensionality", "measurement")])
    func trainsOnlyToyModels(id: String, kind: String) throws {
        expect(
            try TemporaryLedger.example().run("show", id, "--train"),
            says: """
                ! arbor-ledger: "\(id)" is a \(kind); only a toy model can be trained or exported
                !   -> omit --train
                exit 64

                """)
    }
}
