import Checking
import Evidence
import Foundation
import Records
import Signatures
import Testing

/// Tests votes of repeats, and what earlier runs show about a new claim.
@Suite struct RunnerRepeatTests {
    private func repeated(
        _ ledger: inout TestLedger, _ name: String, _ value: Double, by voter: TestSigner?, of runner: TestSigner?
    ) throws {
        try ledger.addRuns(of: "half", [value], from: 3, by: voter, seedSigner: runner, repeats: name)
    }

    @Test func moreDenialsThanConfirmationsVoidAReceipt() throws {
        var ledger = runnerLedger([.bob, .cem, .dee])
        let receipt = try ledger.addRuns(of: "half", hits8, by: .bob)
        try repeated(&ledger, receipt, 1.9, by: .cem, of: .bob)
        // One against one: the run counts as recorded and is marked.
        #expect(ledger.half() == "verified, re-run, 8 of 8")
        #expect(ledger.evidence().claims.values.first?.cells.first?.main.isTied == true)
        #expect(
            ledger.notes() == [
                "disputed-run: run 3 is contradicted by cem@example.org; the run counts as recorded until it is settled"
            ])
        // A second vote of the same principal changes nothing.
        try ledger.addRuns(of: "half", [1.8], from: 3, by: .cem, seedSigner: .bob, repeats: receipt)
        #expect(ledger.half() == "verified, re-run, 8 of 8")
        var confirmed = ledger
        try repeated(&confirmed, receipt, 0.5, by: .dee, of: .bob)
        #expect(confirmed.half() == "verified, re-run, 8 of 8")
        #expect(confirmed.evidence().claims.values.first?.cells.first?.main.isTied == false)
        let value = ledger.check().state.receipts.first { $0.predicate.repeats != nil }!
            .predicate.runs[0].values!["dims"]!.double!
        try repeated(&ledger, receipt, value, by: .dee, of: .bob)
        #expect(ledger.half() == "none, reported, 0 of 0")
        #expect(
            ledger.notes().contains(
                "disputed-run: run 3 is contradicted by cem@example.org and dee@example.org; the receipt does not count"
            ))
    }

    @Test func onePersonWithTwoKeysHasOneVote() throws {
        let second = TestSigner("CEM@Example.org")
        var ledger = runnerLedger([.bob, .cem, second])
        let receipt = try ledger.addRuns(of: "half", hits8, by: .bob)
        try repeated(&ledger, receipt, 1.9, by: .cem, of: .bob)
        try repeated(&ledger, receipt, 1.9, by: second, of: .bob)
        #expect(ledger.half() == "verified, re-run, 8 of 8")
        #expect(
            ledger.notes() == [
                "disputed-run: run 3 is contradicted by cem@example.org; the run counts as recorded until it is settled"
            ])
    }

    /// A listed runner's repeat outvotes a receipt that no listed person has signed. Repeats without a listed
    /// signature, or on another platform, have no vote.
    @Test func onlyListedRepeatsOnTheSamePlatformVote() throws {
        var ledger = runnerLedger([])
        let receipt = try ledger.addRuns(of: "half", hits8, salt: commitID(0))
        for (voter, core) in [(nil, "Haswell"), (TestSigner.dee, "Haswell"), (.bob, "SkylakeX"), (.bob, "Haswell")] {
            var copy = ledger
            let name = try copy.addRuns(
                of: "half", [1.9], from: 3, salt: commitID(0), blasCore: core, by: voter, repeats: receipt)
            let steps = [
                AuditStep(), AuditStep(receipts: [receipt]), AuditStep(signers: signers([.bob])),
                AuditStep(receipts: [name]),
            ]
            let counts = voter?.principal == "bob@example.org" && core == "Haswell"
            #expect(copy.half(steps) == (counts ? "none, reported, 0 of 0" : "verified, own run, 8 of 8"))
        }
    }

    /// The law: no set of receipts without a listed signature changes the verdict or the evidence of any claim.
    @Test(arguments: 0..<20) func unsignedReceiptsTakeNothingAway(_ seed: Int) throws {
        var random = SeededGenerator(UInt64(seed))
        var ledger = runnerLedger([.bob, .cem])
        func values(_ count: Int) -> [Double?] {
            (0..<count).map { _ in random.chance(0.1) ? nil : random.chance(0.6) ? 0.5 : 1.9 }
        }
        var originals: [(name: String, signer: TestSigner)] = []
        for signer in [TestSigner.bob, .cem] where random.chance(0.8) {
            originals.append(
                (try ledger.addRuns(of: "half", random.chance(0.5) ? hits8 : values(20), by: signer), signer))
            try ledger.addRuns(of: "half", random.chance(0.5) ? misses8 : values(20), isControl: true, by: signer)
        }
        let before = ledger.half()
        for _ in 0..<6 {
            let signer: TestSigner? = random.chance(0.5) ? .dee : nil
            let original = random.chance(0.5) ? originals.randomElement(using: &random) : nil
            try ledger.addRuns(
                of: "half", values(Int.random(in: 1...20, using: &random)), from: Int.random(in: 0...8, using: &random),
                isControl: original == nil && random.chance(0.3), by: signer, seedSigner: original?.signer,
                repeats: original?.name)
        }
        #expect(ledger.half() == before)
    }

    // MARK: Earlier runs

    /// For a claim without runs, reports say what recorded runs of the same study show about it.
    @Test func recordedRunsSpeakOfANewClaim() throws {
        var ledger = addressedLedger
        try ledger.addRuns(of: "half", misses8 + [0.5, 1.9, 1.9, 1.9])
        ledger =
            ledger
            + TestLedger(
                [("again", "[0.45, 0.55]"), ("other", "[1.8, 2]")].map { name, value in
                    finding(
                        name,
                        "  - {quantity: dims, value: \(value), tested: {model: toy, density: 0.3}, reliability: 0.6}")
                }.joined())
        // The receipts have the salt of the first commit, at which the new claims had not entered.
        var trail = AuditTrail()
        trail.branch = "main"
        let all = ledger.check()
        trail.add(commit: TestLedger.auditCommit, date: 0)
        trail.add(ledger.audits(all).filter { $0.claim.slug == "half" })
        for receipt in all.state.receipts { trail.add(.receipt(model: receipt.folder, name: receipt.name)) }
        trail.add(commit: commitID(1), date: 0)
        trail.add(ledger.audits(all).filter { $0.claim.slug != "half" })
        let evidence = recomputeEvidence(all, trail: trail, settings: LedgerSettings())
        let notes = evidenceNotes(all, evidence).filter { $0.code != .unverified }
        #expect(
            notes.map { "\($0.path) \($0.code.name): \($0.message)" }.sorted() == [
                "Findings/again.yaml refuted-before: of the 12 recorded runs, 1 lies in this range, which refutes it",
                "Findings/other.yaml recorded-runs: of the 12 recorded runs, 11 lie in this range",
            ])
    }
}
