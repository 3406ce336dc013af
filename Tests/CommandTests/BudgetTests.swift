import Foundation
import Testing

/// `verify` stops when its budget is used up and keeps the runs that have finished.
@Suite struct BudgetTests {
    /// Returns the example with a second toy model, whose training run would take an hour.
    private func withALongTraining() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        let measurement = try ledger.read("Verifiers/superposition-geometry/dimensionality.yaml")
        try ledger.write("Verifiers/long/dimensionality.yaml", measurement)
        try ledger.write(
            "Verifiers/long/model.yaml",
            smallModel.replacingOccurrences(of: "steps: 200", with: "steps: 1000000")
                .replacingOccurrences(of: "batch: 64", with: "batch: 8192")
                .replacingOccurrences(of: "minutes: 2", with: "minutes: 100"))
        try ledger.write("Findings/long.yaml", finding("Long", tested: "{model: long, density: 0.3}"))
        try ledger.git("add", "-A")
        try ledger.git("commit", "-q", "--amend", "-m", "Begin")
        return ledger
    }

    @Test func doesNotStartRunsThatExceedTheBudget() throws {
        let ledger = try withALongTraining()
        let printed = try ledger.run("verify", "--budget", "2", "--jobs", "2")
        #expect(printed.status == 0)
        #expect(
            printed.output.contains(
                """
                half-a-dimension#1
                  dimensions-per-feature is 0.45 to 0.55, by
                    superposition-geometry/dimensionality
                  density 0.3: 8 of 8 hit, decisive; control refuted: 0 of 8
                  verified: own run, control refuted
                long#1
                  dimensions-per-feature is 0.45 to 0.55, by long/dimensionality
                  density 0.3: no run yet
                  no run yet

                """))
        #expect(
            printed.output.replacing("\n", with: " ").contains(
                /Out of time: at least 16 runs of 2 studies, 8 trainings, about [0-9 hmin]+ on 2 cores left; run the same/
            ))
        #expect(
            printed.output.contains(
                "2 receipts written under Verifiers/; they count once they are committed on the\naudit branch.\n"))

        let again = try ledger.run("verify", "--budget", "0.5", "--jobs", "2", "--format", "json")
        #expect(again.status == 0)
        let json = try again.json()
        #expect(json["receipts"].items.isEmpty)
        #expect(["runs", "studies", "trainings", "cores"].map { json["left"][$0].text } == ["16", "2", "8", "2"])
        #expect(try #require(json["left"]["seconds"].number) > 600)
    }

    /// The test suspends the child. The child therefore exceeds the budget, although its estimate is short.
    @Test func stopsRunsAtTheEndOfTheBudget() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.trainLonger()
        let verify = try ledger.start(["verify", "--budget", "0.1", "--jobs", "1", "--format", "json"])
        while verify.isRunning {
            if ledger.storedRuns().count >= 2 {
                // A child that has not become a worker yet would stop its parent, too.
                for child in children(of: verify.id) where isWorker(child) { kill(child, SIGSTOP) }
            }
            usleep(2000)
        }
        let printed = try verify.wait()
        #expect(printed.status == 0)
        #expect(!printed.errors.contains("no run"))
        let report = try printed.json()
        let runs = try #require(Int(report["verdicts"].items[0]["runs"].text))
        #expect(runs < 8)
        #expect(report["receipts"].items.count == min(runs, 1))
        #expect(report["left"]["runs"].text == "\(16 - runs)")
        #expect(report["failures"].items.isEmpty)
        #expect(ledger.storedRuns() == [])

        let rest = try ledger.run("verify", "--format", "json").json()
        #expect(rest["verdicts"].items.map { "\($0["verdict"].text) \($0["runs"])" } == ["verified 8"])
        #expect(rest["left"]["runs"].text == "0")
        #expect(rest["receipts"].items.count == 2)
        #expect(ledger.names(in: receiptsFolder).count == 2 + min(runs, 1))
        #expect(try ledger.run("check").status == 0)
    }

    @Test func budgetAppliesToRepeats() throws {
        let ledger = try TemporaryLedger.example()
        #expect(try ledger.run("verify").status == 0)
        let printed = try ledger.run("verify", "--repeat", "--budget", "1e-9", "--jobs", "2")
        #expect(printed.status == 0)
        #expect(
            printed.output == """

                0 of 0 repeated values identical to the last bit (controls included); no hit
                flips.
                Out of time: 16 runs of 2 studies, 8 trainings, about 1 s on 2 cores left.
                Next: arbor-ledger verify --repeat --budget 1e-9 --jobs 2

                """)
    }

    @Test(arguments: ["0", "-1", "nan", "inf", "1e999", "-0"]) func rejectsABudgetThatIsNotPositive(_ minutes: String)
        throws
    {
        let printed = try TemporaryLedger().run("verify", "--budget", minutes)
        #expect(printed.status == 64)
        #expect(
            printed.errors.hasPrefix("Error: --budget must be a positive number of minutes, such as 30 or 0.5\n"))
    }

    @Test func rejectsABudgetThatIsNotANumber() throws {
        let printed = try TemporaryLedger().run("verify", "--budget", "soon")
        #expect(printed.status == 64)
        #expect(printed.errors.hasPrefix("Error: The value 'soon' is invalid for '--budget <minutes>'\n"))
    }
}

/// Returns the running child processes of a process.
func children(of parent: pid_t) -> [pid_t] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap(pid_t.init).filter { id in
        let state = stateAndParent(id)
        return state.count == 2 && state[0] != "Z" && state[1] == "\(parent)"
    }
}

/// Returns whether a process is running; a zombie process does not count as running.
func isRunning(_ id: pid_t) -> Bool {
    let state = stateAndParent(id)
    return state.count == 2 && state[0] != "Z"
}

private func stateAndParent(_ id: pid_t) -> [Substring] {
    guard let data = FileManager.default.contents(atPath: "/proc/\(id)/stat") else { return [] }
    // The process name is in parentheses and may contain any characters, so the fields are read after it.
    return Array(
        String(decoding: data, as: UTF8.self).split(separator: ")").last?.split(separator: " ").prefix(2) ?? [])
}

/// Whether a process has become the worker of a compiled kernel.
private func isWorker(_ process: pid_t) -> Bool {
    let line = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/cmdline"))) ?? Data()
    return line.split(separator: 0).contains(Data("__kernel".utf8))
}
