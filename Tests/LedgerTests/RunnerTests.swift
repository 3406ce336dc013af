import Checking
import Evidence
import Foundation
import Records
import Signatures
import Testing

@Suite struct RunnerTests {
    @Test func anIndependentRunnerReRunsAClaim() throws {
        var ledger = runnerLedger()
        try ledger.addRuns(of: "half", hits8, by: .bob)
        #expect(ledger.half() == "verified, re-run, 8 of 8")
        #expect(ledger.evidence().claims.values.map(\.runners) == [["bob@example.org"]])
        try ledger.addRuns(of: "half", misses8, isControl: true, by: .bob)
        #expect(ledger.half() == "verified, controlled, 8 of 8, control refuted")
    }

    /// The level is *controlled* only if the control's runs are independent too.
    @Test func aContributorsControlDoesNotMakeAClaimControlled() throws {
        var ledger = runnerLedger([.bob, TestSigner("a@example.org")])
        try ledger.addRuns(of: "half", hits8, by: .bob)
        try ledger.addRuns(of: "half", misses8, isControl: true, by: TestSigner("a@example.org"))
        #expect(ledger.half() == "verified, re-run, 8 of 8, control refuted")
    }

    @Test func aContributorMakesOwnRuns() throws {
        let author = TestSigner("A@Example.org")
        var ledger = runnerLedger([author])
        try ledger.addRuns(of: "half", hits8, by: author)
        #expect(ledger.half() == "verified, own run, 8 of 8")
    }

    /// The author of a commit that wrote the finding is a contributor, but not the author of a later edit.
    @Test func authorsOfCommitsAreContributors() throws {
        var ledger = runnerLedger()
        let receipt = try ledger.addRuns(of: "half", hits8, salt: commitID(0), by: .bob)
        func half(_ first: [String], _ second: [String]) -> String {
            ledger.half([
                AuditStep(signers: signers([.bob]), authors: first), AuditStep(receipts: [receipt], authors: second),
            ])
        }
        #expect(half(["Bob@example.org"], []) == "verified, own run, 8 of 8")
        #expect(half(["cem@example.org"], ["bob@example.org"]) == "verified, re-run, 8 of 8")
    }

    @Test func nobodyIsIndependentOfAContributorWithoutAddress() throws {
        var ledger = baseLedger
        ledger.signers = [.bob]
        try ledger.addRuns(of: "half", hits8, by: .bob)
        #expect(ledger.half() == "verified, own run, 8 of 8")
    }

    /// Once the ledger lists runners, runs that no listed person has signed decide nothing.
    @Test func runsWithoutAListedSignatureDecideNothing() throws {
        var unsigned = runnerLedger()
        try unsigned.addRuns(of: "half", misses8)
        #expect(unsigned.half() == "none, reported, 0 of 0")
        #expect(unsigned.notes() == ["unnamed-receipt: its runs decide nothing, because it names no key of its runner"])

        var unfinished = runnerLedger()
        try unfinished.addRuns(of: "half", hits8, by: .bob, isSigned: false)
        #expect(unfinished.half() == "none, reported, 0 of 0")
        #expect(
            unfinished.notes() == ["unnamed-receipt: its runs decide nothing, because its runner has not signed it"])

        var stranger = runnerLedger()
        try stranger.addRuns(of: "half", hits8, by: .cem)
        #expect(stranger.half() == "none, reported, 0 of 0")
        #expect(
            stranger.notes() == [
                "unnamed-receipt: its key \(TestSigner.cem.publicKey.fingerprint) was not listed as a valid runner's key when the receipt entered main"
            ])
    }

    /// A key that is not listed can make own runs for its contributor. Since anybody can write an address into a
    /// receipt, such runs cannot refute.
    @Test func unlistedKeysMakeOwnRunsButRefuteNothing() throws {
        var hits = runnerLedger()
        try hits.addRuns(of: "half", hits8, runBy: "A <a@example.org>", by: .cem)
        #expect(hits.half() == "verified, own run, 8 of 8")
        var misses = runnerLedger()
        try misses.addRuns(of: "half", misses8, runBy: "A <a@example.org>", by: .cem)
        #expect(misses.half() == "open, reported, 0 of 8")
    }

    /// A file at the path of Bob's signature does not count as his signature, although the gate did not refuse it.
    @Test func aSignatureThatDoesNotFitCountsAsNone() throws {
        var ledger = runnerLedger()
        let receipt = try ledger.addRuns(of: "half", hits8, by: .bob, isSigned: false)
        let place = RecordPlace.signature(model: "toy", receipt: receipt, key: TestSigner.bob.publicKey.digest)
        ledger.files.append(
            SourceFile(
                path: place.path, bytes: TestSigner.bob.sign(Array("other".utf8), ReceiptSignature.namespace).armored))
        #expect(ledger.half() == "none, reported, 0 of 0")
    }

    /// The control of an unlisted key can be refuted, which supports the claim, but it cannot pass.
    @Test func unlistedKeysVerifyNoControl() throws {
        var ledger = runnerLedger()
        try ledger.addRuns(of: "half", hits8, runBy: "A <a@example.org>", by: .cem)
        var passes = ledger
        try passes.addRuns(of: "half", hits8, isControl: true, runBy: "A <a@example.org>", by: .cem)
        #expect(passes.half() == "verified, own run, 8 of 8")
        try ledger.addRuns(of: "half", misses8, isControl: true, runBy: "A <a@example.org>", by: .cem)
        #expect(ledger.half() == "verified, own run, 8 of 8, control refuted")
    }

    /// Weaker runs of a control do not make a claim uninformative.
    @Test func onlyControlsOfNoLowerGradeMakeAClaimUninformative() throws {
        let author = TestSigner("a@example.org")
        var ledger = runnerLedger([.bob, author])
        try ledger.addRuns(of: "half", hits8, isControl: true, by: author)
        try ledger.addRuns(of: "half", hits8, by: .bob)
        #expect(ledger.half() == "verified, re-run, 8 of 8")
        try ledger.addRuns(of: "half", hits8, isControl: true, by: .bob)
        #expect(ledger.half() == "verified, reported, 8 of 8, uninformative")
    }

    /// They count only if no other sequence decides, so that an address in a receipt changes no verdict.
    @Test func unlistedKeysYieldToEveryOtherRun() throws {
        let ada = TestSigner("a@example.org")
        var early = runnerLedger([])
        let first = try early.addRuns(of: "half", misses8, salt: commitID(0))
        let forged = try early.addRuns(of: "half", hits8, runBy: "A <a@example.org>", salt: commitID(0), by: .cem)
        let steps = [AuditStep(receipts: [first]), AuditStep(signers: signers([.bob])), AuditStep(receipts: [forged])]
        #expect(early.half(steps) == "refuted, reported, 0 of 8")

        var listed = runnerLedger([ada])
        try listed.addRuns(of: "half", misses8, by: ada)
        try listed.addRuns(of: "half", hits8, runBy: "A <a@example.org>", by: .cem)
        #expect(listed.half() == "refuted, reported, 0 of 8")
        #expect(listed.evidence().claims.values.map(\.isDisputed) == [false])
    }

    /// A signature that is added after runners were listed does not change the grade of an early receipt.
    @Test func lateSignaturesKeepEarlyReceipts() throws {
        var ledger = runnerLedger([])
        let receipt = try ledger.addRuns(of: "half", hits8, salt: commitID(0), by: .bob)
        var trail = AuditTrail()
        trail.branch = "main"
        let checked = ledger.check()
        trail.add(commit: commitID(0), date: 0)
        trail.add(ledger.audits(checked))
        trail.add(.receipt(model: "toy", name: receipt))
        trail.add(commit: commitID(1), date: 0)
        trail.add(signers([.bob]))
        trail.add(.signature(model: "toy", receipt: receipt, key: TestSigner.bob.publicKey.digest))
        let evidence = recomputeEvidence(checked, trail: trail, settings: LedgerSettings())
        #expect(outline(evidence) == ["half#1 verified, own run, 8 of 8"])
    }

    /// If a person records the same claim in another finding, each finding has only its own contributors.
    @Test func contributorsBelongToTheirFinding() throws {
        var ledger =
            addressedLedger
            + TestLedger(
                finding(
                    "again", by: "Bob <bob@example.org>",
                    "  - {quantity: dims, value: [0.45, 0.55], tested: {model: toy, density: 0.3}, verify: toy/dims}"))
        ledger.signers = [.bob]
        try ledger.addRuns(of: "half", hits8, by: .bob)
        #expect(
            outline(ledger.evidence()) == ["again#1 verified, own run, 8 of 8", "half#1 verified, re-run, 8 of 8"])
    }

    /// A principal without an address cannot be compared with contributors.
    @Test func aPrincipalWithoutAddressIsNotIndependent() throws {
        let bob = TestSigner("bob")
        var ledger = runnerLedger([bob])
        try ledger.addRuns(of: "half", hits8, by: bob)
        #expect(ledger.half() == "verified, own run, 8 of 8")
    }

    /// A signature by a person who made no runs changes nothing.
    @Test func coSignaturesChangeNothing() throws {
        var ledger = runnerLedger()
        let receipt = try ledger.addRuns(of: "half", hits8, runBy: "A <a@example.org>", by: .cem)
        let before = ledger.half()
        let bytes = ledger.files.first { $0.path.hasSuffix("\(receipt).json") }!.bytes
        let place = RecordPlace.signature(model: "toy", receipt: receipt, key: TestSigner.bob.publicKey.digest)
        ledger.files.append(
            SourceFile(path: place.path, bytes: TestSigner.bob.sign(bytes, ReceiptSignature.namespace).armored))
        #expect(ledger.check().state.signatures[receipt]?.count == 2)
        #expect(ledger.half() == before)
    }

    // MARK: Seeds and listings

    /// The seeds of a key that is listed after the claim derive from the commit that lists it.
    @Test func aLaterListingGivesTheSalt() throws {
        var ledger = runnerLedger()
        let early = try ledger.addRuns(of: "half", hits8, salt: commitID(0), by: .bob)
        let right = try ledger.addRuns(of: "half", hits8, salt: commitID(1), by: .bob)
        func half(_ receipt: String) -> String {
            ledger.half([AuditStep(), AuditStep(signers: signers([.bob])), AuditStep(receipts: [receipt])])
        }
        #expect(half(early) == "none, reported, 0 of 0, 8 offered")
        #expect(half(right) == "verified, re-run, 8 of 8")
    }

    /// A key that was removed and listed again has a new salt. Receipts that entered while the key was listed still
    /// count.
    @Test func aNewListingIsANewSequence() throws {
        var ledger = runnerLedger()
        let first = try ledger.addRuns(of: "half", hits8, salt: commitID(0), by: .bob)
        let second = try ledger.addRuns(of: "half", misses8, salt: commitID(3), by: .bob)
        let steps = [
            AuditStep(signers: signers([.bob])), AuditStep(receipts: [first]), AuditStep(signers: signers([])),
            AuditStep(signers: signers([.bob])), AuditStep(receipts: [second]),
        ]
        #expect(ledger.half(Array(steps.prefix(3))) == "verified, re-run, 8 of 8")
        #expect(ledger.half(steps) == "split, reported, 8 of 8")
        let replayed = try ledger.addRuns(of: "half", misses8, salt: commitID(0), blasCore: "SkylakeX", by: .bob)
        let replay = steps.prefix(4) + [AuditStep(receipts: [replayed])]
        #expect(ledger.half(Array(replay)) == "verified, re-run, 8 of 8")
    }

    @Test func removingAKeyKeepsItsRefutations() throws {
        var ledger = runnerLedger()
        let receipt = try ledger.addRuns(of: "half", misses8, salt: commitID(0), by: .bob)
        let steps = [
            AuditStep(signers: signers([.bob])), AuditStep(receipts: [receipt]), AuditStep(signers: signers([.cem])),
        ]
        #expect(ledger.half(steps) == "refuted, reported, 0 of 8")
    }

    @Test func expiredKeysDoNotCount() throws {
        var ledger = runnerLedger()
        let receipt = try ledger.addRuns(of: "half", hits8, salt: commitID(0), by: .bob)
        let line = TestSigner.bob.line("arbor-ledger,arbor-seed\",valid-before=\"20260101Z")
        let expiring = parseSigners(Array(line.utf8)).signers
        #expect(expiring.entries.count == 1)
        func half(_ date: Int64) -> String {
            ledger.half([AuditStep(signers: expiring), AuditStep(date: date, receipts: [receipt])])
        }
        #expect(half(1_700_000_000) == "verified, re-run, 8 of 8")
        #expect(half(1_800_000_000) == "none, reported, 0 of 0")
    }

    /// Receipts that entered before the first runner was listed remain own runs.
    @Test func earlyReceiptsRemainOwnRuns() throws {
        var ledger = runnerLedger([])
        let early = try ledger.addRuns(of: "half", hits8, salt: commitID(0))
        let late = try ledger.addRuns(of: "half", misses8, salt: commitID(0), blasCore: "SkylakeX")
        let steps = [
            AuditStep(), AuditStep(receipts: [early]), AuditStep(signers: signers([.bob])), AuditStep(receipts: [late]),
        ]
        #expect(ledger.half(steps) == "verified, own run, 8 of 8")
    }

    // MARK: Sequences that disagree

    @Test func theHighestGradeDecides() throws {
        var ledger = runnerLedger([.bob, TestSigner("a@example.org")])
        try ledger.addRuns(of: "half", misses8, by: TestSigner("a@example.org"))
        #expect(ledger.half() == "refuted, reported, 0 of 8")
        try ledger.addRuns(of: "half", Array(hits8.prefix(7)), by: .bob)
        #expect(ledger.half() == "refuted, reported, 0 of 8")
        #expect(ledger.evidence().claims.values.first?.cells.first?.main.pending.map(\.count.hits) == [7])
        try ledger.addRuns(of: "half", [0.5], from: 7, by: .bob)
        #expect(ledger.half() == "verified, re-run, 8 of 8")
        let cell = try #require(ledger.evidence().claims.values.first?.cells.first)
        #expect(cell.main.dissenting.map(\.grade) == [.own])
        #expect(ledger.evidence().decidedSequences == 2)
    }

    @Test func decidedSequencesOfOneGradeThatDisagreeAreSplit() throws {
        var ledger = runnerLedger([.bob, .cem])
        try ledger.addRuns(of: "half", hits8, by: .bob)
        try ledger.addRuns(of: "half", Array(misses8.prefix(7)), by: .cem)
        #expect(ledger.half() == "verified, re-run, 8 of 8")
        try ledger.addRuns(of: "half", [1.9], from: 7, by: .cem)
        #expect(ledger.half() == "split, reported, 8 of 8")
    }

    /// In a ledger without runners, a receipt that is made up later does not undo a verdict.
    @Test func theFirstUnsignedSequenceDecides() throws {
        var ledger = baseLedger
        let first = try ledger.addRuns(of: "half", hits8, salt: commitID(0))
        let typed = try ledger.addRuns(of: "half", misses8, salt: commitID(0), blasCore: "Zen")
        #expect(
            ledger.half([AuditStep(), AuditStep(receipts: [first]), AuditStep(receipts: [typed])])
                == "verified, own run, 8 of 8")
        #expect(
            ledger.half([AuditStep(), AuditStep(receipts: [typed]), AuditStep(receipts: [first])])
                == "refuted, reported, 0 of 8")
    }

    /// A contributor's signed runs decide before unsigned ones.
    @Test func signedOwnRunsDecideBeforeUnsignedOnes() throws {
        let author = TestSigner("a@example.org")
        var ledger = runnerLedger([])
        let typed = try ledger.addRuns(of: "half", misses8, salt: commitID(0))
        let signed = try ledger.addRuns(of: "half", hits8, salt: commitID(1), by: author)
        let steps = [
            AuditStep(receipts: [typed]), AuditStep(signers: signers([author])), AuditStep(receipts: [signed]),
        ]
        #expect(ledger.half(Array(steps.prefix(2))).hasPrefix("refuted, reported, 0 of 8"))
        #expect(ledger.half(steps) == "verified, own run, 8 of 8")
    }

    /// Results of two kinds of platform are two sequences, so a flipped hit on one does not affect the other.
    @Test func anotherPlatformTakesNothingAway() throws {
        var ledger = baseLedger
        try ledger.addRuns(of: "half", hits8)
        try ledger.addRuns(of: "half", [0.5, 1.9], blasCore: "SkylakeX")
        #expect(ledger.half() == "verified, own run, 8 of 8")
    }

    /// Of two results of one run, the one that entered first counts.
    @Test func theFirstResultOfARunCounts() throws {
        var ledger = runnerLedger()
        let first = try ledger.addRuns(of: "half", hits8, salt: commitID(0), by: .bob)
        let second = try ledger.addRuns(of: "half", [1.9], from: 5, salt: commitID(0), by: .bob)
        let steps = [AuditStep(signers: signers([.bob])), AuditStep(receipts: [first]), AuditStep(receipts: [second])]
        #expect(ledger.half(steps) == "verified, re-run, 8 of 8")
        #expect(
            ledger.notes(steps) == [
                "disputed-run: run 5 has another result in an earlier receipt of the same runner; the earlier one counts"
            ])
    }
}
