import Foundation
import Testing

/// A second measurement of the example's toy model, and a claim that uses it. The first measurement is from the same
/// commit.
let secondMeasurement = [
    "Verifiers/superposition-geometry/represented.yaml": """
    measurement: dimensionality
    measures: [features-represented]
    conditions: [density]

    """,
    "Claims/vocabulary/quantities/features-represented.yaml": """
    title: Features represented
    unit: features
    range: [0, 1024]
    definition: How many features have a norm above a half.
    conditions: [model, density]

    """,
    "Findings/represented.yaml": """
    title: Most features are represented
    authors: [B. Body]
    contributors: [B. Body]
    date: 2024-05-06
    source: a note
    north_star: One more measurement of the same thing.
    claims:
      - quantity: features-represented
        value: [15, 60]
        tested: {model: superposition-geometry, density: 0.3}
        verify: superposition-geometry/represented

    """,
]

extension TemporaryLedger {
    /// The example with two measurements of its toy model.
    static func withTwoMeasurements() throws -> TemporaryLedger {
        let ledger = try example()
        for (path, text) in secondMeasurement { try ledger.write(path, text) }
        try ledger.git("add", "-A")
        try ledger.git("commit", "-q", "--amend", "-m", "Begin")
        return ledger
    }

    /// Makes training last about a quarter of a second.
    func trainLonger() throws {
        try edit(modelFile, "features: 60", "features: 100")
        try edit(modelFile, "batch: 64", "batch: 512")
        try edit(exampleFinding, "[0.45, 0.55]", "[0.3, 0.7]")
        try git("commit", "-q", "-a", "--amend", "-m", "Begin")
    }

    /// Returns every stored network with its file's identity, since another training run would create another file.
    func networkFiles() -> Set<String> {
        Set(
            names(in: networksFolder).filter { !$0.hasSuffix(".tmp") }.compactMap { name in
                let attributes = try? FileManager.default.attributesOfItem(atPath: place("\(networksFolder)/\(name)"))
                return (attributes?[.systemFileNumber] as? Int).map { "\(name) \($0)" }
            })
    }

    /// Returns the finished runs that are not yet in a receipt.
    func storedRuns() -> [String] {
        let folder = ".git/arbor-ledger/runs"
        return names(in: folder).flatMap { study in
            names(in: "\(folder)/\(study)").filter { $0.hasSuffix(".json") }.map { "\(folder)/\(study)/\($0)" }
        }
    }

    /// Returns the values in the receipts without run times, each as `settings, seed, quantity hex`.
    func receivedValues() throws -> Set<String> {
        var values: Set<String> = []
        for name in names(in: receiptsFolder) {
            let receipt = try JSON(JSONSerialization.jsonObject(with: Data(read("\(receiptsFolder)/\(name)").utf8)))
            let predicate = receipt["predicate"]
            for run in predicate["runs"].items {
                for quantity in run["values"].keys {
                    let hex = run["values"][quantity]["hex"]
                    values.insert("\(predicate["settings"]), \(run["seed"]), \(quantity) \(hex)")
                }
            }
        }
        return values
    }
}

/// A network is trained once for all measurements, and no process trains it again.
@Suite struct SharedNetworkTests {
    @Test func measurementsShareNetworks() throws {
        let ledger = try TemporaryLedger.withTwoMeasurements()
        let printed = try ledger.run("verify", "--jobs", "6", "--format", "json")
        #expect(
            printed.errors.hasPrefix(
                "at least 24 runs of 3 studies, 8 trainings, about 1 s on 6 cores; at most 384 runs, about "))
        let report = try printed.json()
        #expect(
            report["verdicts"].items.map { "\($0["claim"].text) \($0["verdict"].text)" }
                == ["half-a-dimension#1 verified", "represented#1 verified"])
        // Eight networks are trained and eight are untrained.
        #expect(ledger.networkFiles().count == 16)
    }

    /// A later command with another measurement uses the same network files.
    @Test func laterMeasurementUsesTheStoredNetworks() throws {
        let ledger = try TemporaryLedger.withTwoMeasurements()
        #expect(try ledger.run("verify", "half-a-dimension").status == 0)
        let before = ledger.networkFiles()
        let printed = try ledger.run("verify", "represented", "--format", "json")
        #expect(printed.errors.hasPrefix("at least 8 runs of 1 study, 0 trainings, about 1 s on "))
        #expect(try printed.json()["verdicts"].items[0]["verdict"].text == "verified")
        #expect(ledger.networkFiles() == before)
    }

    /// Of two concurrent commands, one trains each network and the other uses it.
    @Test func concurrentProcessesTrainNoNetworkTwice() throws {
        let ledger = try TemporaryLedger.withTwoMeasurements()
        try ledger.trainLonger()
        let both = try ["half-a-dimension", "represented"].map { try ledger.start(["verify", $0, "--jobs", "2"]) }
        var seen: Set<String> = []
        while both.contains(where: \.isRunning) {
            seen.formUnion(ledger.networkFiles())
            usleep(500)
        }
        for process in both { #expect(try process.wait().status == 0) }
        #expect(seen.union(ledger.networkFiles()).count == ledger.names(in: networksFolder).count)
    }

    /// Each network has its own lock, so one network can be trained while another is trained for a long time.
    @Test func trainsTwoNetworksConcurrently() throws {
        let ledger = try TemporaryLedger.withTwoMeasurements()
        let quick = try String(contentsOfFile: ledger.place(modelFile), encoding: .utf8)
        let longer = quick.replacing(/steps: [0-9]+/, with: "steps: 1000000").replacing(
            /minutes: [0-9]+/, with: "minutes: 999")
        try ledger.write("Verifiers/slow/model.yaml", longer)
        try FileManager.default.copyItem(
            atPath: ledger.place("Verifiers/superposition-geometry/dimensionality.yaml"),
            toPath: ledger.place("Verifiers/slow/dimensionality.yaml"))
        let slow = try ledger.start(["show", "slow", "--train"])
        defer { kill(slow.id, SIGKILL) }
        // Once the process has created the file, it holds the lock.
        while !FileManager.default.fileExists(atPath: ledger.place(networksFolder + ".lock")) && slow.isRunning {
            usleep(10_000)
        }
        #expect(try ledger.run("show", "superposition-geometry", "--train").output.contains(", trained now"))
        #expect(slow.isRunning)
    }

    @Test func cacheMayBeDeletedAtAnyTime() throws {
        let ledger = try TemporaryLedger.withTwoMeasurements()
        _ = try ledger.run("verify")
        let expected = try ledger.receivedValues()
        #expect(expected.count == 16 * 9)
        try FileManager.default.removeItem(atPath: ledger.place(receiptsFolder))
        let verify = try ledger.start(["verify", "--jobs", "3"])
        while verify.isRunning {
            try? FileManager.default.removeItem(atPath: ledger.place(networksFolder))
            usleep(5000)
        }
        #expect(try verify.wait().status == 0)
        #expect(try ledger.receivedValues() == expected)
    }

    /// If the stored networks exceed 2 GiB, the least recently used ones are removed.
    @Test func limitsTheSizeOfStoredNetworks() throws {
        let ledger = try TemporaryLedger.example()
        try FileManager.default.createDirectory(
            atPath: ledger.place(networksFolder), withIntermediateDirectories: true)
        for (age, name) in ["newest", "older", "oldest"].enumerated() {
            let path = ledger.place("\(networksFolder)/\(name)")
            try Data().write(to: URL(fileURLWithPath: path))
            // A sparse file takes no space on the disk.
            #expect(truncate(path, 900 << 20) == 0)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000 - 1000 * Double(age))], ofItemAtPath: path
            )
        }
        #expect(try ledger.run("verify").status == 0)
        let names = ledger.names(in: networksFolder)
        #expect(names.contains("newest") && names.contains("older") && !names.contains("oldest"))
        #expect(names.count == 16 + 2)
    }

    /// Values are equal to the last bit, whether or not other runs are running at the same time.
    @Test func concurrentRunsDoNotChangeARun() throws {
        let ledger = try TemporaryLedger.withTwoMeasurements()
        for number in 1...3 {
            let slug = "crowd-\(number)"
            for file in ["model", "dimensionality"] {
                let text = try ledger.read("Verifiers/superposition-geometry/\(file).yaml")
                try ledger.write(
                    "Verifiers/\(slug)/\(file).yaml",
                    text.replacingOccurrences(of: "features: 60", with: "features: \(60 + number)"))
            }
            try ledger.write(
                "Findings/\(slug).yaml", finding("Crowd \(number)", tested: "{model: \(slug), density: 0.3}"))
        }
        try ledger.git("add", "-A")
        try ledger.git("commit", "-q", "--amend", "-m", "Begin")
        _ = try ledger.run("verify", "half-a-dimension", "--jobs", "1")
        let alone = try ledger.receivedValues()
        #expect(alone.count == 16 * 9)
        for folder in [receiptsFolder, networksFolder] {
            try FileManager.default.removeItem(atPath: ledger.place(folder))
        }
        let crowd = try ledger.run("verify", "--jobs", "8", "--format", "json")
        #expect(crowd.errors.hasPrefix("at least 72 runs of 9 studies, 32 trainings, "))
        #expect(alone.isSubset(of: try ledger.receivedValues()))
    }

    /// The kernel fails only once for a network, and every measurement of the network counts the failure. If all
    /// trainings fail in this way, they are no evidence.
    @Test func divergedNetworksAreTrainedOnce() throws {
        let ledger = try TemporaryLedger.withTwoMeasurements()
        try ledger.edit(modelFile, "learning_rate: 3e-2", "learning_rate: 1e9")
        try ledger.commit("Diverge")
        let report = try ledger.run("verify", "--format", "json").json()
        #expect(
            report["verdicts"].items.map { "\($0["verdict"].text) \($0["hits"]) \($0["runs"])" }
                == ["open 0 8", "open 0 8"])
        let reasons = report["runs"].items.map(\.["failure"].text)
        #expect(reasons.count == 16)
        #expect(Set(reasons) == ["training diverged: no restart has finite weights"])
        // Receipts also record the failure, and they count once they are committed.
        for name in ledger.names(in: receiptsFolder) {
            #expect(try ledger.read("\(receiptsFolder)/\(name)").contains("\"failure\" : \"\(reasons[0])\""))
        }
        #expect(ledger.networkFiles().count == 8)
        try ledger.commit("Audit")
        #expect(try ledger.run("merge").output.contains("half-a-dimension#1  open, every training diverged, toy\n"))
    }
}
