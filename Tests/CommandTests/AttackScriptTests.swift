import Crypto
import Foundation
import KernelInterface
import Records
import Signatures
import Testing

@testable import arbor_ledger

/// Attacks on evidence, each on a real repository. Mallory knows all that is public and may push; she holds only her own
/// keys.
@Suite struct AttackScriptTests {
    // MARK: Typed receipts

    /// Without signers, all runs are own runs, so made-up runs cannot attack a re-run claim. They pass the server's
    /// gate, together with the claim.
    @Test func typedReceiptsAreOwnRunsWithoutSigners() throws {
        let ledger = try TemporaryLedger.community()
        let mallory = ledger.person("mallory")
        try ledger.serve()
        try ledger.write("Findings/no-superposition.yaml", AttackedLedger.falseClaim)
        try mallory.commit("Features do not share")
        let salt = try ledger.git("rev-parse", "HEAD")
        for formula in [nil, Statement.Seeding()] {
            try AttackedLedger.forger(ledger).type(1.75, salt: salt, seeding: formula)
            try AttackedLedger.forger(ledger).type(0.5, isControl: true, salt: salt, seeding: formula)
        }
        try mallory.commit("Receipts")
        #expect(try ledger.push("main").status == 0)
        try ledger.expectStanding("- own run, control refuted, toy", of: "no-superposition#1")
        #expect(
            try ledger.run("merge").output.words.contains(
                "1 by own runs only, which rest on trust in their contributors"))
        // Once the ledger lists runners, an independent re-run prevails over made-up runs. Bob's runs for Ada's claim
        // refute Mallory's, too, because the two claims now have one salt.
        try ledger.list(["bob"])
        try ledger.person("ada").commit("List Bob")
        try ledger.person("bob").audit("half-a-dimension")
        try ledger.expectStanding("+ controlled, toy")
        try ledger.expectStanding(". refuted, toy", of: "no-superposition#1")
    }

    /// In a ledger without signers, a stranger's made-up runs refute a claim until a person signs runs of it.
    @Test func signedRunsOutrankTypedOnes() throws {
        let ledger = try TemporaryLedger.community()
        let ada = ledger.person("ada")
        try AttackedLedger.forger(ledger).type(1.75, salt: try ledger.git("rev-parse", "HEAD"))
        try ledger.person("mallory").commit("Receipts")
        try ledger.expectStanding("- refuted by own run, toy")
        try ledger.list(["ada"])
        try ada.commit("List myself")
        try ada.audit("--again")
        try ledger.expectStanding("+ own run, control refuted, toy")
        // Made-up runs that enter now do not count.
        try AttackedLedger.forger(ledger).type(1.75, salt: try ledger.git("rev-parse", "HEAD~1"))
        try ledger.person("mallory").commit("More receipts")
        try ledger.expectStanding("+ own run, control refuted, toy")
    }

    /// The runner and the seeds that a made-up receipt names.
    enum Disguise: CaseIterable {
        case nobody, firstFormula, bobWithoutKey, bobsKey, bobsSeeds, copiedSignature, ownKey, ownKeyAsBob
    }

    /// The runs of an unlisted key decide nothing, except that a contributor of the claim makes own runs.
    @Test(arguments: Disguise.allCases) func typedReceiptsDecideNothingBesideSigners(disguise: Disguise) throws {
        let ledger = try AttackedLedger.controlled()
        let mallory = ledger.person("mallory")
        let bob = ledger.person("bob")
        try ledger.write("Findings/no-superposition.yaml", AttackedLedger.falseClaim)
        try mallory.commit("Features do not share")
        let salt = try ledger.git("rev-parse", "HEAD")
        let forger = try AttackedLedger.forger(ledger)
        for (value, isControl) in [(1.75, false), (0.5, true)] {
            switch disguise {
            case .nobody: try forger.type(value, isControl: isControl, salt: salt)
            case .firstFormula: try forger.type(value, isControl: isControl, salt: salt, seeding: nil)
            case .bobWithoutKey:
                try forger.type(value, isControl: isControl, salt: salt, by: "Bob <bob@example.org>")
            case .bobsKey:
                let key = try bob.key.text
                try forger.type(value, isControl: isControl, salt: salt) { $0.runnerKey = key }
            case .bobsSeeds, .copiedSignature:
                // Bob's signature of the salt is public as soon as he publishes a receipt.
                let receipt = try forger.type(
                    value, isControl: isControl, salt: salt, seedsOf: bob, by: "Bob <bob@example.org>")
                guard disguise == .copiedSignature else { break }
                try ledger.writeSignature(try bob.sign(Array("another message".utf8), "arbor-ledger"), of: receipt)
            case .ownKey:
                let receipt = try forger.type(
                    value, isControl: isControl, salt: salt, seedsOf: mallory, by: "Mallory <mallory@example.org>")
                try ledger.sign(receipt, by: mallory)
            case .ownKeyAsBob:
                let receipt = try forger.type(
                    value, isControl: isControl, salt: salt, seedsOf: mallory, by: "Bob <bob@example.org>")
                try ledger.sign(receipt, by: mallory)
            }
        }
        try mallory.commit("Receipts")
        let expectedErrors: Set<String> =
            switch disguise {
            case .bobsKey: ["bad-receipt"]
            case .copiedSignature: ["bad-signature"]
            default: []
            }
        #expect(try Set(ledger.errors()) == expectedErrors)
        try ledger.expectStanding(
            disguise == .ownKey ? "- own run, control refuted, toy" : "- reported, toy", of: "no-superposition#1")
        #expect(try ledger.run("merge").output.words.contains("out: defeated by half-a-dimension#1 (controlled)"))
        try ledger.expectStanding("+ controlled, toy")
    }

    /// Receipts that name Bob as the runner but not his key. `check` refuses each of them.
    @Test func seedsNeedTheRunnersKey() throws {
        let ledger = try AttackedLedger.controlled()
        let (bob, mallory) = (ledger.person("bob"), ledger.person("mallory"))
        let forger = try AttackedLedger.forger(ledger)
        let salt = try #require(try ledger.receipts().first?.predicate.salt)
        let message = SeedSource.message(salt: salt)
        let own = try mallory.sign(message, SeedSource.namespace)
        let ofAnotherSalt = try bob.sign(SeedSource.message(salt: String(repeating: "a", count: 40)), "arbor-seed")
        let forAnotherPurpose = try bob.sign(message, "arbor-ledger")
        // Mallory's signature with Bob's key in its place.
        let (bobsKey, ownKey) = (try bob.key, try mallory.key)
        let at = try #require(own.blob.firstRange(of: ownKey.blob))
        let swapped = try SSHSignature(blob: own.blob.replacing(ownKey.blob, with: bobsKey.blob))
        #expect(swapped.key == bobsKey && at.count == bobsKey.blob.count)
        func refusal(_ signature: SSHSignature, _ change: (inout Statement.Seeding) -> Void = { _ in }) throws -> String
        {
            var seeding = Statement.Seeding(signature)
            change(&seeding)
            let receipt = try forger.type(
                1.75, salt: salt, seeding: seeding, token: SeedSource.token(signature), by: "Bob <bob@example.org>"
            ) { $0.runnerKey = bobsKey.text }
            let found = try ledger.run("check", "--format", "json").json()["diagnostics"].items.filter {
                $0["severity"].text == "error"
            }
            #expect(found.map(\.["code"].text) == ["bad-receipt"])
            // Although Bob's key is listed, the runs do not count.
            try mallory.commit("Receipts")
            try ledger.expectStanding("+ controlled, toy")
            try ledger.git("rm", "-q", "\(receiptsFolder)/\(receipt).json")
            return found.first?["message"].text ?? "nothing"
        }
        let misfit = "the signature from which the seeds derive does not fit the salt"
        #expect(try refusal(ofAnotherSalt) == misfit)
        #expect(try refusal(swapped) == misfit)
        #expect(try refusal(own) == "the seeds derive from another key than the runner's")
        #expect(try refusal(own) { $0.key = bobsKey.text } == "another key signed the salt")
        #expect(try refusal(forAnotherPurpose) == "the salt is signed in the namespace \"arbor-ledger\"")
        #expect(
            try refusal(own) { ($0.key, $0.signature) = (bobsKey.text, nil) }
                == "the seeds have a key without a signature, or a signature without a key")
        // A guess of the token gives other seeds than Bob's signature.
        let real = Statement.Seeding(try bob.sign(message, SeedSource.namespace))
        try forger.type(1.75, salt: salt, seeding: real, token: SeedSource.token(own), by: "Bob <bob@example.org>")
        let wrong = try ledger.run("check", "--format", "json").json()["diagnostics"].items.map(\.["message"].text)
        #expect(wrong.contains { $0.wholeMatch(of: /run 0 has a wrong seed; the right one is [0-9a-f]{16}/) != nil })
    }

    /// A listed runner who is dishonest cannot choose a token either: an invalid signature gives no seeds.
    @Test func aListedRunnerCannotChooseTheSeeds() throws {
        let ledger = try TemporaryLedger.community(runners: ["bob", "cem"])
        let cem = ledger.person("cem")
        let salt = try ledger.git("rev-parse", "HEAD")
        var blob = try cem.sign(SeedSource.message(salt: salt), SeedSource.namespace).blob
        blob[blob.count - 1] ^= 1
        let altered = try SSHSignature(blob: blob)
        for (value, isControl) in [(0.5, false), (1.75, true)] {
            let receipt = try AttackedLedger.forger(ledger).type(
                value, isControl: isControl, salt: salt, seeding: .init(altered), token: SeedSource.token(altered),
                by: "Cem <cem@example.org>")
            try ledger.sign(receipt, by: cem)
        }
        try cem.commit("Runs with chosen seeds")
        #expect(try Set(ledger.errors()) == ["bad-receipt"])
        try ledger.expectStanding("+ reported, toy")
    }

    /// Mallory writes receipts in Bob's name, with his public signature of the salt. Bob's `verify --sign` signs only
    /// what was made in his clone.
    @Test func nobodySignsTypedReceiptsByAccident() throws {
        let ledger = try AttackedLedger.controlled()
        let bob = ledger.person("bob")
        let salt = try #require(try ledger.receipts().first?.predicate.salt)
        for isControl in [false, true] {
            try AttackedLedger.forger(ledger).type(
                isControl ? 0.5 : 1.75, isControl: isControl, salt: salt, seedsOf: bob, by: "Bob <bob@example.org>"
            ) { $0.platform.blasCore = "Zen" }
        }
        try ledger.person("mallory").commit("Receipts for Bob to sign")
        expect(
            try bob.run("verify", "--sign"),
            says: """
                No receipt here waits for a signature of your key.
                2 unsigned receipts name your key, but were not made in this clone.

                """)
        #expect(try ledger.git("status", "--porcelain") == "")
        try ledger.expectStanding("+ controlled, toy")
    }

    // MARK: Taking evidence away

    /// Made-up receipts of single runs, on any platform and with any seeds, have no effect on Bob's runs.
    @Test func typedRunsTakeNothingAway() throws {
        let ledger = try AttackedLedger.controlled()
        let (bob, mallory) = (ledger.person("bob"), ledger.person("mallory"))
        let forger = try AttackedLedger.forger(ledger)
        let receipts = ledger.names(in: receiptsFolder).filter { $0.hasSuffix(".json") }
            .map { String($0.dropLast(".json".count)) }
        let salt = try #require(try ledger.receipts().first?.predicate.salt)
        for (number, value) in [1.75, 0.1, 0.5, 1.0].enumerated() {
            let runs = number..<(number + 1)
            try forger.type(value, runs: runs, salt: salt)
            try forger.type(value, runs: runs, salt: salt, seeding: nil)
            try forger.type(value, runs: runs, isControl: true, salt: salt, by: "Bob <bob@example.org>")
            try forger.type(value, runs: runs, salt: salt, seedsOf: bob, by: "Bob <bob@example.org>")
            try forger.type(value, runs: 0..<8, salt: salt, seedsOf: bob, by: "Bob <bob@example.org>") {
                $0.platform.blasCore = "Zen"
            }
            for receipt in receipts {
                for signer in [nil, mallory] {
                    let name = try forger.type(
                        value, runs: runs, salt: salt, seedsOf: bob, by: "Ada <ada@example.org>"
                    ) {
                        $0.repeats = receipt
                        $0.runnerKey = signer.map { try! $0.key.text }
                    }
                    if let signer { try ledger.sign(name, by: signer) }
                }
            }
            // With a contributor's address, runs neither refute the claim nor verify its control.
            for isControl in [false, true] {
                let name = try forger.type(
                    isControl ? 0.5 : value, isControl: isControl, salt: salt, seedsOf: mallory,
                    by: "Ada <ada@example.org>"
                )
                try ledger.sign(name, by: mallory)
            }
        }
        try mallory.commit("Many receipts")
        #expect(try ledger.errors() == [])
        try ledger.expectStanding("+ controlled, toy")
        // Cem still has no runs to make and no dispute to settle.
        let printed = try ledger.person("cem").run("verify", "--format", "json")
        #expect(try printed.json()["receipts"].items.isEmpty)
        #expect(try printed.json()["unsettled"].number == 0)
    }

    /// A made-up run of the control that passes does not make a re-run claim uninformative.
    @Test(arguments: [true, false]) func typedControlsTakeNothingAway(isEarly: Bool) throws {
        let ledger = try TemporaryLedger.community(runners: isEarly ? [] : ["bob"])
        let (bob, mallory) = (ledger.person("bob"), ledger.person("mallory"))
        let salt = try ledger.git("rev-parse", "HEAD")
        let name = try AttackedLedger.forger(ledger).type(
            0.5, isControl: true, salt: salt, seedsOf: mallory, by: "Ada <ada@example.org>")
        try ledger.sign(name, by: mallory)
        try mallory.commit("A control")
        if isEarly {
            try ledger.list(["bob"])
            try ledger.person("ada").commit("List Bob")
        }
        #expect(try bob.run("verify").status == 0)
        // Bob does not publish the receipt of his control.
        let runs = try ledger.receipts(of: bob).filter { !$0.statement.predicate.isControl }
        for (name, _) in runs {
            try ledger.git(
                "add", "\(receiptsFolder)/\(name).json", "\(receiptsFolder)/\(name).\(try bob.key.digest).sig")
        }
        try bob.git("commit", "-q", "-m", "Audit by Bob")
        try ledger.git("stash", "-q", "-u")
        try ledger.expectStanding("+ re-run, toy")
    }

    /// If one hit becomes a miss on another processor, an honest runner's evidence does not change.
    @Test func aFlippedHitOnAnotherProcessorTakesNothingAway() throws {
        let ledger = try AttackedLedger.controlled()
        let bob = ledger.person("bob")
        let salt = try #require(try ledger.receipts().first?.predicate.salt)
        let forger = try AttackedLedger.forger(ledger)
        for runs in [0..<3, 3..<4, 4..<8] {
            let receipt = try forger.type(
                runs == 3..<4 ? 0.56 : 0.5, runs: runs, salt: salt, seedsOf: bob, by: "Bob <bob@example.org>"
            ) { $0.platform.blasCore = "Zen" }
            try ledger.sign(receipt, by: bob)
        }
        try bob.commit("Audit on another machine")
        #expect(try ledger.errors() == [])
        try ledger.expectStanding("+ controlled, toy")
    }

    // MARK: Laundering

    /// A small change of its toy model does not reset a refuted claim, and `check` says of a copy that runs refuted it.
    @Test func refutationsStick() throws {
        let ledger = try TemporaryLedger.community(runners: ["bob"])
        let ada = ledger.person("ada")
        try ledger.write("Findings/whole.yaml", AttackedLedger.falseClaim)
        try ada.commit("Claim too much")
        try ledger.person("bob").audit("whole")
        try ledger.expectStanding(". refuted, toy", of: "whole#1")
        try ledger.edit(modelFile, "steps: 200", "steps: 201")
        try ada.commit("Train longer")
        #expect(try ledger.errors("HEAD~1..HEAD") == ["changed-verifier"])
        try ledger.git("reset", "-q", "--hard", "HEAD~1")

        try ledger.write("Findings/again.yaml", AttackedLedger.falseClaim.replacing("[1.5, 2]", with: "[1.5, 1.9]"))
        try ada.commit("Claim it again")
        let warnings = try ledger.run("check", "HEAD~1..HEAD", "--format", "json").json()["diagnostics"].items
            .filter { $0["code"].text == "refuted-before" }
        #expect(warnings.map(\.["path"].text) == ["Findings/again.yaml"])
        #expect(
            warnings.first?["message"].text == "of the 8 recorded runs, 0 lie in this range, which refutes it")
    }

    /// Made-up receipts do not make a claim disputed either.
    @Test func typedReceiptsAreNoRecordedRuns() throws {
        let ledger = try AttackedLedger.controlled()
        let salt = try ledger.git("rev-parse", "HEAD")
        try AttackedLedger.forger(ledger).type(1.75, runs: 0..<20, salt: salt)
        try ledger.person("mallory").commit("Receipts")
        try ledger.write("Findings/wide.yaml", AttackedLedger.falseClaim.replacing("[1.5, 2]", with: "[0.4, 0.6]"))
        try ledger.person("ada").commit("A wider range")
        let found = try ledger.run("check", "--all", "--format", "json").json()["diagnostics"].items
            .filter { $0["path"].text == "Findings/wide.yaml" }
        #expect(
            found.filter { ["recorded-runs", "refuted-before"].contains($0["code"].text) }.map(\.["message"].text)
                == ["of the 8 recorded runs, 8 lie in this range"])
    }

    // MARK: Repeats

    /// A repeat names the forged receipt and its runner. If the repeat is recorded, it outvotes the receipt.
    @Test func repeatsExposeTypedReceipts() throws {
        let ledger = try TemporaryLedger.community()
        let (bob, mallory) = (ledger.person("bob"), ledger.person("mallory"))
        try ledger.write("Findings/no-superposition.yaml", AttackedLedger.falseClaim)
        try mallory.commit("Features do not share")
        let receipt = try AttackedLedger.forger(ledger).type(1.75, salt: try ledger.git("rev-parse", "HEAD"))
        try mallory.commit("Receipts")
        try ledger.list(["bob"])
        try ledger.person("ada").commit("List Bob")
        try ledger.expectStanding("- own run, toy", of: "no-superposition#1")
        let sentence =
            "arbor-ledger: receipt \(receipt.prefix(12)) by Mallory <mallory@example.org> (as it says; no listed key signed it) is "
            + "contradicted: 8 seeds gave other values on the same kind of platform (first: seed 0)\n"

        let repeated = try bob.run("verify", "--repeat", "no-superposition")
        #expect(repeated.status == 1)
        #expect(repeated.errors.contains(sentence), "\(repeated)")
        #expect(try ledger.git("status", "--porcelain") == "")
        let sampled = try bob.run("verify", "--sample", "1", "no-superposition")
        #expect(sampled.status == 1)
        #expect(sampled.errors.contains("is contradicted: 1 seed gave other values"), "\(sampled)")

        let recorded = try bob.run("verify", "--repeat", "--record", "no-superposition")
        #expect(recorded.status == 1)
        try bob.commit("Deny a receipt")
        #expect(try ledger.errors() == [])
        try ledger.expectStanding("- reported, toy", of: "no-superposition#1")
        let notes = try ledger.run("check", "--all", "--format", "json").json()["diagnostics"].items
            .filter { $0["code"].text == "disputed-run" }
        #expect(
            notes.map(\.["message"].text) == [
                "run 0 is contradicted by bob@example.org; the receipt does not count"
            ])
        #expect(notes.first?["path"].text == "\(receiptsFolder)/\(receipt).json")
    }
}
