import Checking
import Evidence
import Foundation
import Records
import Signatures
import Testing

private let hits8 = Array(repeating: Optional(0.5), count: 8)
private let misses8 = Array(repeating: Optional(1.9), count: 8)

/// One commit of an audit branch. The ledger's claims enter with the first one.
private struct Step {
    var date: Int64 = 0
    /// A changed signers file.
    var signers: Signers?
    /// The receipts that enter, together with their signatures.
    var receipts: [String] = []
    /// The authors of the commits on `half` that enter.
    var authors: [String] = []
}

private func commit(_ number: Int) -> String { String(repeating: "\(number)", count: 40) }

extension TestLedger {
    fileprivate func trail(_ steps: [Step]) -> AuditTrail {
        let ledger = check()
        var trail = AuditTrail()
        trail.branch = "main"
        for (number, step) in steps.enumerated() {
            trail.add(commit: commit(number), date: step.date)
            if let signers = step.signers { trail.add(signers) }
            if number == 0 { trail.add(audits(ledger)) }
            for receipt in ledger.state.receipts where step.receipts.contains(receipt.name) {
                trail.add(.receipt(model: receipt.folder, name: receipt.name))
                for signature in ledger.state.signatures[receipt.name] ?? [] {
                    trail.add(
                        .signature(model: receipt.folder, receipt: receipt.name, key: signature.signature.key.digest))
                }
            }
            for author in step.authors { trail.add(author: author, of: "half", at: number) }
        }
        return trail
    }

    fileprivate func evidence(_ steps: [Step]) -> Evidence {
        recomputeEvidence(check(), trail: trail(steps), settings: LedgerSettings())
    }

    /// Returns the outline of the claim `half#1`.
    fileprivate func half(_ steps: [Step]? = nil) -> String {
        outline(steps.map(evidence) ?? evidence())[0].replacing("half#1 ", with: "")
    }

    /// Returns the codes and messages of notes on receipts.
    fileprivate func notes(_ steps: [Step]? = nil) -> [String] {
        let evidence = steps.map(evidence) ?? evidence()
        return evidenceNotes(check(), evidence).filter { $0.path.hasSuffix(".json") }
            .map { "\($0.code.name): \($0.message)" }.sorted()
    }
}

private func ledger(_ people: [TestSigner] = [.bob]) -> TestLedger {
    var ledger = addressedLedger
    ledger.signers = people
    return ledger
}

/// The codes of diagnostics that these tests show.
let runnerCodes: [Diagnostic.Code] = [.unnamedReceipt, .disputedRun, .refutedBefore, .recordedRuns]

@Suite struct RunnerTests {
    @Test func anIndependentRunnerReRunsAClaim() throws {
        var ledger = ledger()
        try ledger.addRuns(of: "half", hits8, by: .bob)
        #expect(ledger.half() == "verified, re-run, 8 of 8")
        #expect(ledger.evidence().claims.values.map(\.runners) == [["bob@example.org"]])
        try ledger.addRuns(of: "half", misses8, isControl: true, by: .bob)
        #expect(ledger.half() == "verified, controlled, 8 of 8, control refuted")
    }

    /// The level is *controlled* only if the control's runs are independent too.
    @Test func aContributorsControlDoesNotMakeAClaimControlled() throws {
        var ledger = ledger([.bob, TestSigner("a@example.org")])
        try ledger.addRuns(of: "half", hits8, by: .bob)
        try ledger.addRuns(of: "half", misses8, isControl: true, by: TestSigner("a@example.org"))
        #expect(ledger.half() == "verified, re-run, 8 of 8, control refuted")
    }

    @Test func aContributorMakesOwnRuns() throws {
        let author = TestSigner("A@Example.org")
        var ledger = ledger([author])
        try ledger.addRuns(of: "half", hits8, by: author)
        #expect(ledger.half() == "verified, own run, 8 of 8")
    }

    /// The author of a commit that wrote the finding is a contributor, but not the author of a later edit.
    @Test func authorsOfCommitsAreContributors() throws {
        var ledger = ledger()
        let receipt = try ledger.addRuns(of: "half", hits8, salt: commit(0), by: .bob)
        func half(_ first: [String], _ second: [String]) -> String {
            ledger.half([
                Step(signers: signers([.bob]), authors: first), Step(receipts: [receipt], authors: second),
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

    /// Runs that nobody listed has signed decide nothing once the ledger lists runners.
    @Test func runsWithoutAListedSignatureDecideNothing() throws {
        var unsigned = ledger()
        try unsigned.addRuns(of: "half", misses8)
        #expect(unsigned.half() == "none, reported, 0 of 0")
        #expect(unsigned.notes() == ["unnamed-receipt: its runs decide nothing, because it names no key of its runner"])

        var unfinished = ledger()
        try unfinished.addRuns(of: "half", hits8, by: .bob, isSigned: false)
        #expect(unfinished.half() == "none, reported, 0 of 0")
        #expect(
            unfinished.notes() == ["unnamed-receipt: its runs decide nothing, because its runner has not signed it"])

        var stranger = ledger()
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
        var hits = ledger()
        try hits.addRuns(of: "half", hits8, runBy: "A <a@example.org>", by: .cem)
        #expect(hits.half() == "verified, own run, 8 of 8")
        var misses = ledger()
        try misses.addRuns(of: "half", misses8, runBy: "A <a@example.org>", by: .cem)
        #expect(misses.half() == "open, reported, 0 of 8")
    }

    /// A file in the place of Bob's signature does not sign for Bob, although the gate did not refuse it.
    @Test func aSignatureThatDoesNotFitCountsAsNone() throws {
        var ledger = ledger()
        let receipt = try ledger.addRuns(of: "half", hits8, by: .bob, isSigned: false)
        let place = RecordPlace.signature(model: "toy", receipt: receipt, key: TestSigner.bob.publicKey.digest)
        ledger.files.append(
            SourceFile(
                path: place.path, bytes: TestSigner.bob.sign(Array("other".utf8), ReceiptSignature.namespace).armored))
        #expect(ledger.half() == "none, reported, 0 of 0")
    }

    /// The control of an unlisted key can be refuted, which supports the claim, but it cannot pass.
    @Test func unlistedKeysVerifyNoControl() throws {
        var ledger = ledger()
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
        var ledger = ledger([.bob, author])
        try ledger.addRuns(of: "half", hits8, isControl: true, by: author)
        try ledger.addRuns(of: "half", hits8, by: .bob)
        #expect(ledger.half() == "verified, re-run, 8 of 8")
        try ledger.addRuns(of: "half", hits8, isControl: true, by: .bob)
        #expect(ledger.half() == "verified, reported, 8 of 8, uninformative")
    }

    /// They count only if nothing else decides, so that a written address changes no verdict.
    @Test func unlistedKeysYieldToEveryOtherRun() throws {
        let ada = TestSigner("a@example.org")
        var early = ledger([])
        let first = try early.addRuns(of: "half", misses8, salt: commit(0))
        let forged = try early.addRuns(of: "half", hits8, runBy: "A <a@example.org>", salt: commit(0), by: .cem)
        let steps = [Step(receipts: [first]), Step(signers: signers([.bob])), Step(receipts: [forged])]
        #expect(early.half(steps) == "refuted, reported, 0 of 8")

        var listed = ledger([ada])
        try listed.addRuns(of: "half", misses8, by: ada)
        try listed.addRuns(of: "half", hits8, runBy: "A <a@example.org>", by: .cem)
        #expect(listed.half() == "refuted, reported, 0 of 8")
        #expect(listed.evidence().claims.values.map(\.isDisputed) == [false])
    }

    /// A signature that is added after runners were listed does not change what an early receipt is worth.
    @Test func lateSignaturesKeepEarlyReceipts() throws {
        var ledger = ledger([])
        let receipt = try ledger.addRuns(of: "half", hits8, salt: commit(0), by: .bob)
        var trail = AuditTrail()
        trail.branch = "main"
        let checked = ledger.check()
        trail.add(commit: commit(0), date: 0)
        trail.add(ledger.audits(checked))
        trail.add(.receipt(model: "toy", name: receipt))
        trail.add(commit: commit(1), date: 0)
        trail.add(signers([.bob]))
        trail.add(.signature(model: "toy", receipt: receipt, key: TestSigner.bob.publicKey.digest))
        let evidence = recomputeEvidence(checked, trail: trail, settings: LedgerSettings())
        #expect(outline(evidence) == ["half#1 verified, own run, 8 of 8"])
    }

    /// Whoever files the same claim again has the contributors of neither finding but their own.
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
        var ledger = ledger([bob])
        try ledger.addRuns(of: "half", hits8, by: bob)
        #expect(ledger.half() == "verified, own run, 8 of 8")
    }

    /// A signature of somebody who did not run anything changes nothing.
    @Test func coSignaturesChangeNothing() throws {
        var ledger = ledger()
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
        var ledger = ledger()
        let early = try ledger.addRuns(of: "half", hits8, salt: commit(0), by: .bob)
        let right = try ledger.addRuns(of: "half", hits8, salt: commit(1), by: .bob)
        func half(_ receipt: String) -> String {
            ledger.half([Step(), Step(signers: signers([.bob])), Step(receipts: [receipt])])
        }
        #expect(half(early) == "none, reported, 0 of 0, 8 offered")
        #expect(half(right) == "verified, re-run, 8 of 8")
    }

    /// A key that was removed and listed again has a new salt. What entered while it was listed keeps counting.
    @Test func aNewListingIsANewSequence() throws {
        var ledger = ledger()
        let first = try ledger.addRuns(of: "half", hits8, salt: commit(0), by: .bob)
        let second = try ledger.addRuns(of: "half", misses8, salt: commit(3), by: .bob)
        let steps = [
            Step(signers: signers([.bob])), Step(receipts: [first]), Step(signers: signers([])),
            Step(signers: signers([.bob])), Step(receipts: [second]),
        ]
        #expect(ledger.half(Array(steps.prefix(3))) == "verified, re-run, 8 of 8")
        #expect(ledger.half(steps) == "split, reported, 8 of 8")
        let replayed = try ledger.addRuns(of: "half", misses8, salt: commit(0), blasCore: "SkylakeX", by: .bob)
        let replay = steps.prefix(4) + [Step(receipts: [replayed])]
        #expect(ledger.half(Array(replay)) == "verified, re-run, 8 of 8")
    }

    @Test func removingAKeyKeepsItsRefutations() throws {
        var ledger = ledger()
        let receipt = try ledger.addRuns(of: "half", misses8, salt: commit(0), by: .bob)
        let steps = [Step(signers: signers([.bob])), Step(receipts: [receipt]), Step(signers: signers([.cem]))]
        #expect(ledger.half(steps) == "refuted, reported, 0 of 8")
    }

    @Test func expiredKeysDoNotCount() throws {
        var ledger = ledger()
        let receipt = try ledger.addRuns(of: "half", hits8, salt: commit(0), by: .bob)
        let line = TestSigner.bob.line("arbor-ledger,arbor-seed\",valid-before=\"20260101Z")
        let expiring = parseSigners(Array(line.utf8)).signers
        #expect(expiring.entries.count == 1)
        func half(_ date: Int64) -> String {
            ledger.half([Step(signers: expiring), Step(date: date, receipts: [receipt])])
        }
        #expect(half(1_700_000_000) == "verified, re-run, 8 of 8")
        #expect(half(1_800_000_000) == "none, reported, 0 of 0")
    }

    /// Receipts that entered before the first runner was listed remain own runs.
    @Test func earlyReceiptsRemainOwnRuns() throws {
        var ledger = ledger([])
        let early = try ledger.addRuns(of: "half", hits8, salt: commit(0))
        let late = try ledger.addRuns(of: "half", misses8, salt: commit(0), blasCore: "SkylakeX")
        let steps = [Step(), Step(receipts: [early]), Step(signers: signers([.bob])), Step(receipts: [late])]
        #expect(ledger.half(steps) == "verified, own run, 8 of 8")
    }

    // MARK: Sequences that disagree

    @Test func theHighestGradeDecides() throws {
        var ledger = ledger([.bob, TestSigner("a@example.org")])
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
        var ledger = ledger([.bob, .cem])
        try ledger.addRuns(of: "half", hits8, by: .bob)
        try ledger.addRuns(of: "half", Array(misses8.prefix(7)), by: .cem)
        #expect(ledger.half() == "verified, re-run, 8 of 8")
        try ledger.addRuns(of: "half", [1.9], from: 7, by: .cem)
        #expect(ledger.half() == "split, reported, 8 of 8")
    }

    /// In a ledger without runners, a file that somebody types later does not undo a verdict.
    @Test func theFirstUnsignedSequenceDecides() throws {
        var ledger = baseLedger
        let first = try ledger.addRuns(of: "half", hits8, salt: commit(0))
        let typed = try ledger.addRuns(of: "half", misses8, salt: commit(0), blasCore: "Zen")
        #expect(ledger.half([Step(), Step(receipts: [first]), Step(receipts: [typed])]) == "verified, own run, 8 of 8")
        #expect(ledger.half([Step(), Step(receipts: [typed]), Step(receipts: [first])]) == "refuted, reported, 0 of 8")
    }

    /// A contributor's signed runs decide before unsigned ones.
    @Test func signedOwnRunsDecideBeforeUnsignedOnes() throws {
        let author = TestSigner("a@example.org")
        var ledger = ledger([])
        let typed = try ledger.addRuns(of: "half", misses8, salt: commit(0))
        let signed = try ledger.addRuns(of: "half", hits8, salt: commit(1), by: author)
        let steps = [
            Step(receipts: [typed]), Step(signers: signers([author])), Step(receipts: [signed]),
        ]
        #expect(ledger.half(Array(steps.prefix(2))).hasPrefix("refuted, reported, 0 of 8"))
        #expect(ledger.half(steps) == "verified, own run, 8 of 8")
    }

    /// Results of two kinds of platform are two sequences, so that a flipped hit takes nothing away.
    @Test func anotherPlatformTakesNothingAway() throws {
        var ledger = baseLedger
        try ledger.addRuns(of: "half", hits8)
        try ledger.addRuns(of: "half", [0.5, 1.9], blasCore: "SkylakeX")
        #expect(ledger.half() == "verified, own run, 8 of 8")
    }

    /// Of two results of one run, the one that entered first counts.
    @Test func theFirstResultOfARunCounts() throws {
        var ledger = ledger()
        let first = try ledger.addRuns(of: "half", hits8, salt: commit(0), by: .bob)
        let second = try ledger.addRuns(of: "half", [1.9], from: 5, salt: commit(0), by: .bob)
        let steps = [Step(signers: signers([.bob])), Step(receipts: [first]), Step(receipts: [second])]
        #expect(ledger.half(steps) == "verified, re-run, 8 of 8")
        #expect(
            ledger.notes(steps) == [
                "disputed-run: run 5 has another result in an earlier receipt of the same runner; the earlier one counts"
            ])
    }

    // MARK: Repeats

    private func repeated(
        _ ledger: inout TestLedger, _ name: String, _ value: Double, by voter: TestSigner?, of runner: TestSigner?
    ) throws {
        try ledger.addRuns(of: "half", [value], from: 3, by: voter, seedSigner: runner, repeats: name)
    }

    @Test func moreDenialsThanConfirmationsVoidAReceipt() throws {
        var ledger = ledger([.bob, .cem, .dee])
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
        var ledger = ledger([.bob, .cem, second])
        let receipt = try ledger.addRuns(of: "half", hits8, by: .bob)
        try repeated(&ledger, receipt, 1.9, by: .cem, of: .bob)
        try repeated(&ledger, receipt, 1.9, by: second, of: .bob)
        #expect(ledger.half() == "verified, re-run, 8 of 8")
        #expect(
            ledger.notes() == [
                "disputed-run: run 3 is contradicted by cem@example.org; the run counts as recorded until it is settled"
            ])
    }

    /// A listed runner's repeat outvotes a receipt that nobody listed has signed. Repeats without a listed signature,
    /// or on another platform, have no vote.
    @Test func onlyListedRepeatsOnTheSamePlatformVote() throws {
        var ledger = ledger([])
        let receipt = try ledger.addRuns(of: "half", hits8, salt: commit(0))
        for (voter, core) in [(nil, "Haswell"), (TestSigner.dee, "Haswell"), (.bob, "SkylakeX"), (.bob, "Haswell")] {
            var copy = ledger
            let name = try copy.addRuns(
                of: "half", [1.9], from: 3, salt: commit(0), blasCore: core, by: voter, repeats: receipt)
            let steps = [Step(), Step(receipts: [receipt]), Step(signers: signers([.bob])), Step(receipts: [name])]
            let counts = voter?.principal == "bob@example.org" && core == "Haswell"
            #expect(copy.half(steps) == (counts ? "none, reported, 0 of 0" : "verified, own run, 8 of 8"))
        }
    }

    /// The law: no set of receipts without a listed signature changes the verdict or the evidence of any claim.
    @Test(arguments: 0..<20) func unsignedReceiptsTakeNothingAway(_ seed: Int) throws {
        var random = SeededGenerator(UInt64(seed))
        var ledger = ledger([.bob, .cem])
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

    /// A claim without runs is shown what recorded runs of the same study say of it.
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
        trail.add(commit: commit(1), date: 0)
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
