import Foundation
import Testing

/// After any interruption of `verify`, the finished runs are stored and are not run again.
@Suite struct InterruptionTests {
    private func slow() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        try ledger.trainLonger()
        return ledger
    }

    /// Starts `verify`, sends the signal once two runs have finished, and returns the stored runs.
    private func interrupt(_ ledger: TemporaryLedger, with number: Int32) throws -> (
        ProcessResult, stored: [String: String]
    ) {
        let verify = try ledger.start(["verify", "--jobs", "1"])
        let deadline = Date.now.addingTimeInterval(60)
        while ledger.storedRuns().count < 2 {
            guard verify.isRunning, Date.now < deadline else { throw Failure(description: "\(try verify.wait())") }
            usleep(2000)
        }
        kill(verify.id, number)
        let printed = try verify.wait()
        let stored = ledger.storedRuns()
        return (printed, try Dictionary(uniqueKeysWithValues: stored.map { ($0, try ledger.read($0)) }))
    }

    @Test(arguments: [SIGKILL, SIGINT, SIGTERM]) func keepsFinishedRunsAfterAnInterrupt(_ number: Int32) throws {
        let ledger = try slow()
        let (printed, stored) = try interrupt(ledger, with: number)
        #expect(printed.status == 128 + number)
        #expect(printed.output == "")
        if number != SIGKILL {
            #expect(
                printed.errors.contains(
                    "\narbor-ledger: stopped; finished runs are saved, and the same command resumes\n"))
            #expect(!printed.errors.contains("SWIFT"))
        }
        #expect((2..<8).contains(stored.count))
        #expect(!ledger.exists(receiptsFolder))
        #expect(try ledger.git("status", "--short") == "")

        let shown = try ledger.run("show", "half-a-dimension").output
        #expect(shown.contains("Finished runs without a receipt\n"))
        #expect(
            shown.words.contains(
                "half-a-dimension#1: \(stored.count) runs are kept on this machine and in no receipt: \(stored.count) of "
                    + "\(stored.count) hit; `arbor-ledger verify half-a-dimension#1` continues"), "\(shown)")
        #expect(!shown.contains("not committed"))

        let report = try ledger.run("verify", "--format", "json").json()
        #expect(
            report["verdicts"].items.map { "\($0["verdict"].text) \($0["hits"]) \($0["runs"])" } == ["verified 8 8"])
        #expect(report["receipts"].items.count == 2)
        let after = try ledger.run("show", "half-a-dimension").output
        #expect(!after.contains("without a receipt"))
        #expect(after.words.contains("2 receipts are not committed; `git add Verifiers && git commit` keeps them"))
        try ledger.commit("Receipts")
        #expect(!(try ledger.run("show", "half-a-dimension#1").output).contains("not committed"))
        #expect(ledger.storedRuns() == [], "a run in a receipt need not be stored")
        // Equal times show that the run was not repeated, since a repeated run would hardly take the same number of
        // nanoseconds.
        let receipts = try ledger.names(in: receiptsFolder).map { try ledger.read("\(receiptsFolder)/\($0)") }.joined()
        for (_, text) in stored {
            // The first line is the HMAC of the remaining text.
            let content = text.drop { $0 != "\n" }
            let run = try JSON(JSONSerialization.jsonObject(with: Data(content.utf8)))["run"]
            #expect(receipts.contains("\"seed\" : \"\(run["seed"].text)\""))
            #expect(receipts.contains("\"seconds\" : \(run["seconds"])"))
        }
    }

    /// A stored run whose seed was altered is not used.
    @Test func ignoresATamperedStoredRun() throws {
        let ledger = try slow()
        let (_, stored) = try interrupt(ledger, with: SIGKILL)
        for path in stored.keys { try ledger.edit(path, "\"seed\":\"", "\"seed\":\"0") }
        let report = try ledger.run("verify", "--format", "json").json()
        #expect(report["runs"].items.filter { $0["control"].description == "0" }.count == 8)
        #expect(report["runs"].items.allSatisfy { $0["seed"].text.count == 16 })
    }

    /// If its parent dies, a child ends too, however long its training would take.
    @Test func noChildOutlivesItsParent() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.edit(modelFile, "steps: 200", "steps: 1000000")
        try ledger.edit(modelFile, "batch: 64", "batch: 2048")
        try ledger.edit(modelFile, "minutes: 2", "minutes: 100")
        try ledger.commit("Train for minutes")
        let verify = try ledger.start(["verify", "--jobs", "1"])
        let deadline = Date.now.addingTimeInterval(60)
        while children(of: verify.id).isEmpty && Date.now < deadline { usleep(2000) }
        let orphans = children(of: verify.id)
        #expect(orphans.count == 1)
        kill(verify.id, SIGKILL)
        #expect(try verify.wait().status == 128 + SIGKILL)
        while orphans.contains(where: isRunning) && Date.now < deadline { usleep(20_000) }
        #expect(!orphans.contains(where: isRunning))
    }
}
