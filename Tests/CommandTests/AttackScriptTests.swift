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
    /// A ledger that Ada has audited without a signature, from which Mallory learns what receipts look like.
    private static let audited = Result {
        let ledger = try TemporaryLedger.community()
        guard try ledger.person("ada").runUnsigned("verify").status == 0 else {
            throw Failure(description: "verify failed")
        }
        return ledger
    }

    private func forger(_ ledger: TemporaryLedger) throws -> Forger {
        try Forger(ledger, from: Self.audited.get())
    }

    /// A ledger on whose first commit Bob and Cem are runners. Bob has audited its claim.
    private static let controlled = Result {
        let ledger = try TemporaryLedger.community(runners: ["bob", "cem"])
        try ledger.person("bob").audit()
        return ledger
    }

    private func controlled() throws -> TemporaryLedger { try TemporaryLedger(copyOf: Self.controlled.get()) }

    private let falseClaim = finding(
        "Features do not share", value: "[1.5, 2]", more: "verify: superposition-geometry/dimensionality"
    ).replacing("[B. Body]", with: "[Mallory <mallory@example.org>]")

    // MARK: Typed receipts

    /// Without signers nobody's runs count for more than own runs, so the typed ones attack nothing that was re-run.
    /// They pass the server's gate, together with the claim.
    @Test func typedReceiptsAreOwnRunsWithoutSigners() throws {
        let ledger = try TemporaryLedger.community()
        let mallory = ledger.person("mallory")
        try ledger.serve()
        try ledger.write("Findings/no-superposition.yaml", falseClaim)
        try mallory.commit("Features do not share")
        let salt = try ledger.git("rev-parse", "HEAD")
        for formula in [nil, Statement.Seeding()] {
            try forger(ledger).type(1.75, salt: salt, seeding: formula)
            try forger(ledger).type(0.5, isControl: true, salt: salt, seeding: formula)
        }
        try mallory.commit("Receipts")
        #expect(try ledger.push("main").status == 0)
        try ledger.expectStanding("- own run, control refuted, toy", of: "no-superposition#1")
        #expect(
            try ledger.run("merge").output.words.contains(
                "1 by own runs only, which rest on trust in their contributors"))
        // Once the ledger lists runners, an independent re-run beats the typed one. Bob's runs for Ada's claim refute
        // Mallory's, too, because the two claims now have one salt.
        try ledger.list(["bob"])
        try ledger.person("ada").commit("List Bob")
        try ledger.person("bob").audit("half-a-dimension")
        try ledger.expectStanding("+ controlled, toy")
        try ledger.expectStanding(". refuted, toy", of: "no-superposition#1")
    }

    /// A stranger's typed runs refute a claim of a ledger without signers, until somebody signs runs of it.
    @Test func signedRunsOutrankTypedOnes() throws {
        let ledger = try TemporaryLedger.community()
        let ada = ledger.person("ada")
        try forger(ledger).type(1.75, salt: try ledger.git("rev-parse", "HEAD"))
        try ledger.person("mallory").commit("Receipts")
        try ledger.expectStanding("- refuted by own run, toy")
        try ledger.list(["ada"])
        try ada.commit("List myself")
        try ada.audit("--again")
        try ledger.expectStanding("+ own run, control refuted, toy")
        // Typed runs that enter now count for nothing.
        try forger(ledger).type(1.75, salt: try ledger.git("rev-parse", "HEAD~1"))
        try ledger.person("mallory").commit("More receipts")
        try ledger.expectStanding("+ own run, control refuted, toy")
    }

    /// Who is said to have made typed runs, and with which seeds.
    enum Disguise: CaseIterable {
        case nobody, firstFormula, bobWithoutKey, bobsKey, bobsSeeds, copiedSignature, ownKey, ownKeyAsBob
    }

    /// The runs of an unlisted key decide nothing, except that a contributor of the claim makes own runs.
    @Test(arguments: Disguise.allCases) func typedReceiptsDecideNothingBesideSigners(disguise: Disguise) throws {
        let ledger = try controlled()
        let mallory = ledger.person("mallory")
        let bob = ledger.person("bob")
        try ledger.write("Findings/no-superposition.yaml", falseClaim)
        try mallory.commit("Features do not share")
        let salt = try ledger.git("rev-parse", "HEAD")
        let forger = try forger(ledger)
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

    /// Receipts that say that Bob made the runs, without his key. `check` refuses each of them.
    @Test func seedsNeedTheRunnersKey() throws {
        let ledger = try controlled()
        let (bob, mallory) = (ledger.person("bob"), ledger.person("mallory"))
        let forger = try forger(ledger)
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
            let receipt = try forger(ledger).type(
                value, isControl: isControl, salt: salt, seeding: .init(altered), token: SeedSource.token(altered),
                by: "Cem <cem@example.org>")
            try ledger.sign(receipt, by: cem)
        }
        try cem.commit("Runs with chosen seeds")
        #expect(try Set(ledger.errors()) == ["bad-receipt"])
        try ledger.expectStanding("+ reported, toy")
    }

    /// Mallory types receipts in Bob's name, with his public signature of the salt. Bob's `verify --sign` signs only what
    /// was made in his clone.
    @Test func nobodySignsTypedReceiptsByAccident() throws {
        let ledger = try controlled()
        let bob = ledger.person("bob")
        let salt = try #require(try ledger.receipts().first?.predicate.salt)
        for isControl in [false, true] {
            try forger(ledger).type(
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

    /// Typed receipts of single runs, on any platform and with any seeds, take nothing away from Bob's runs.
    @Test func typedRunsTakeNothingAway() throws {
        let ledger = try controlled()
        let (bob, mallory) = (ledger.person("bob"), ledger.person("mallory"))
        let forger = try forger(ledger)
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
        // There is still nothing to do for Cem, and nothing to settle.
        let printed = try ledger.person("cem").run("verify", "--format", "json")
        #expect(try printed.json()["receipts"].items.isEmpty)
        #expect(try printed.json()["unsettled"].number == 0)
    }

    /// A typed control that passes does not make a re-run claim uninformative.
    @Test(arguments: [true, false]) func typedControlsTakeNothingAway(isEarly: Bool) throws {
        let ledger = try TemporaryLedger.community(runners: isEarly ? [] : ["bob"])
        let (bob, mallory) = (ledger.person("bob"), ledger.person("mallory"))
        let salt = try ledger.git("rev-parse", "HEAD")
        let name = try forger(ledger).type(
            0.5, isControl: true, salt: salt, seedsOf: mallory, by: "Ada <ada@example.org>")
        try ledger.sign(name, by: mallory)
        try mallory.commit("A control")
        if isEarly {
            try ledger.list(["bob"])
            try ledger.person("ada").commit("List Bob")
        }
        #expect(try bob.run("verify").status == 0)
        // Bob keeps the receipt of his control to himself.
        let runs = try ledger.receipts(of: bob).filter { !$0.statement.predicate.isControl }
        for (name, _) in runs {
            try ledger.git(
                "add", "\(receiptsFolder)/\(name).json", "\(receiptsFolder)/\(name).\(try bob.key.digest).sig")
        }
        try bob.git("commit", "-q", "-m", "Audit by Bob")
        try ledger.git("stash", "-q", "-u")
        try ledger.expectStanding("+ re-run, toy")
    }

    /// One hit that flips on another processor takes nothing away from an honest runner's evidence.
    @Test func aFlippedHitOnAnotherProcessorTakesNothingAway() throws {
        let ledger = try controlled()
        let bob = ledger.person("bob")
        let salt = try #require(try ledger.receipts().first?.predicate.salt)
        let forger = try forger(ledger)
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

    // MARK: Grinding

    private static let coinFile = "Verifiers/coin/model.yaml"

    /// Adds a coin with 100 flips, of which 70 are heads on average, and commits a claim that is false: at least 73
    /// heads in more than half of all runs. The share of such runs is 0.3.
    private func addCoinClaim(_ ledger: TemporaryLedger) throws {
        try ledger.addCoin()
        try ledger.edit(Self.coinFile, "{bias: 0.7}", "{bias: 0.7, flips: 100}")
        try ledger.person("ada").commit("Add a coin")
        try ledger.write(
            "Findings/loaded.yaml",
            """
            title: The coin is loaded
            authors: [Mallory]
            contributors: [Mallory <mallory@example.org>]
            date: 2024-05-06
            source: a note
            north_star: Nothing is new.
            claims:
              - {quantity: heads-share, value: [0.73, 1], tested: {model: coin}, verify: coin/heads}

            """)
        try ledger.git("add", "-A")
    }

    private func isHit(_ seed: UInt64) throws -> Bool {
        let coin = try #require(kernel(named: "coin"))
        let job = KernelJob(
            config: Settings(["bias": "0.7", "flips": "100"]), measurement: "heads",
            settings: Settings(["coin": "biased"]), seed: seed)
        return try #require(try coin.measure(job, of: coin.train(job) { _ in })["heads-share"]) >= 0.73
    }

    /// The digest of the coin as receipts name it, read from a receipt.
    private func coinDigest(_ ledger: TemporaryLedger) throws -> String {
        let folder = "Verifiers/coin/receipts"
        let name = try #require(ledger.names(in: folder).first { $0.hasSuffix(".json") })
        let statement = try JSONDecoder().decode(
            Statement.self, from: Data(try ledger.read("\(folder)/\(name)").utf8))
        return statement.subject[0].digest.sha256
    }

    /// Returns whether the first eight seeds of a source all hit.
    private func allHit(_ seeds: SeedSource, _ digest: String) throws -> Bool {
        try (0..<8).allSatisfy { try isHit(seeds.seed(modelDigest: digest, index: $0)) }
    }

    /// A key that signs nothing but this test. With a new key in each test run, Bob's seeds would be new too, and his
    /// runs might decide nothing.
    private static let fixedKey = """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
        QyNTUxOQAAACCnAzXLuTIMI5so4q4gQbZ25kc5Y8nm6spWlSZ377hJEwAAAIi2Hcm9th3J
        vQAAAAtzc2gtZWQyNTUxOQAAACCnAzXLuTIMI5so4q4gQbZ25kc5Y8nm6spWlSZ377hJEw
        AAAEABrvRVDetuxD/Dn9XqNG4RvAMbibHdC0nTWL0TVJZ1IacDNcu5MgwjmyjiriBBtnbm
        RzljyebqylaVJnfvuEkTAAAAAAECAwQF
        -----END OPENSSH PRIVATE KEY-----

        """

    /// Mallory tries committer dates until the first eight seeds of her unsigned runs hit. What she gets is an own run,
    /// and an independent runner's seeds differ.
    @Test func groundCommitsGainNothingBeyondOwnRuns() throws {
        let ledger = try TemporaryLedger.community()
        let mallory = ledger.person("mallory")
        try addCoinClaim(ledger)
        let digest = try {
            let scratch = try TemporaryLedger(copyOf: ledger)
            try scratch.person("mallory").commit("Claim")
            #expect(try scratch.person("mallory").runUnsigned("verify", "loaded").status == 0)
            return try coinDigest(scratch)
        }()
        let (tree, parent) = (try ledger.git("write-tree"), try ledger.git("rev-parse", "HEAD"))
        let person = "Mallory <mallory@example.org>"
        var ground: String?
        for second in 1_700_000_000..<1_700_100_000 where ground == nil {
            let text = """
                tree \(tree)
                parent \(parent)
                author \(person) 1700000000 +0000
                committer \(person) \(second) +0000

                The coin is loaded

                """
            let id = Insecure.SHA1.hash(data: Data("commit \(text.utf8.count)\0\(text)".utf8))
                .map { String(format: "%02x", $0) }.joined()
            if try allHit(SeedSource(salt: id), digest) {
                ground = id
                try ledger.write("\(ledger.root)/commit", text)
                #expect(try ledger.git("hash-object", "-t", "commit", "-w", "\(ledger.root)/commit") == id)
            }
        }
        try ledger.git("reset", "-q", "--hard", try #require(ground))
        let printed = try mallory.runUnsigned("verify", "loaded")
        #expect(printed.output.contains("8 of 8 runs hit"), "\(printed)")
        try mallory.commit("Audit")
        #expect(try ledger.run("show", "loaded#1").output.contains("verified: own run, control refuted\n"))
        #expect(try mallory.run("verify", "--repeat", "loaded").status == 0, "the runs are real")

        try ledger.write("../bob", Self.fixedKey)
        try ledger.write(
            "../bob.pub", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKcDNcu5MgwjmyjiriBBtnbmRzljyebqylaVJnfvuEkT\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(ledger.root)/bob")
        try ledger.list(["bob"])
        try ledger.person("ada").commit("List Bob")
        try ledger.person("bob").audit("loaded")
        let evidence = try ledger.run("show", "loaded#1").output.words
        // Bob's runs are listed. Whether they refute the claim or leave it undecided depends on his seeds.
        let folder = "Verifiers/coin/receipts"
        let statements = try ledger.names(in: folder).filter { $0.hasSuffix(".json") }.map { name in
            try JSONDecoder().decode(Statement.self, from: Data(try ledger.read("\(folder)/\(name)").utf8))
        }
        let bobsKey = try ledger.person("bob").key.text
        let bobsRuns = statements.map(\.predicate).filter { $0.runnerKey == bobsKey && !$0.isControl }.flatMap(\.runs)
        let hits = try bobsRuns.count { try isHit(try #require(UInt64($0.seed, radix: 16))) }
        #expect(bobsRuns.count >= 8)
        #expect(evidence.contains("\(hits) of \(bobsRuns.count) "), "\(evidence)")
        #expect(evidence.contains("bob@example.org"), "\(evidence)")
        #expect(!evidence.contains("verified: re-run") && !evidence.contains("verified: controlled"), "\(evidence)")
    }

    /// Mallory tries keys until the first eight seeds of the claim's salt hit, and has the key listed under another
    /// name. Its salt is the commit that lists it, which she cannot foresee.
    @Test func groundKeysGetTheSaltOfTheirListing() throws {
        let ledger = try TemporaryLedger.community()
        let mallory = ledger.person("mallory")
        try addCoinClaim(ledger)
        try mallory.commit("The coin is loaded")
        let salt = try ledger.git("rev-parse", "HEAD")
        #expect(try mallory.runUnsigned("verify", "loaded").status == 0)
        let digest = try coinDigest(ledger)
        let folder = "Verifiers/coin/receipts"
        let name = try #require(
            ledger.names(in: folder).first { try ledger.read("\(folder)/\($0)").contains("\"isControl\" : false") })
        var statement = try JSONDecoder().decode(
            Statement.self, from: Data(try ledger.read("\(folder)/\(name)").utf8))
        try FileManager.default.removeItem(atPath: ledger.place(folder))

        var found: (signer: TestSigner, seeds: SeedSource, signature: SSHSignature)?
        for number in 0..<100_000 where found == nil {
            let signer = TestSigner("sock-\(number)@example.org")
            let signature = signer.sign(SeedSource.message(salt: salt), SeedSource.namespace)
            let seeds = SeedSource(salt: salt, token: SeedSource.token(signature))
            if try allHit(seeds, digest) { found = (signer, seeds, signature) }
        }
        let (signer, seeds, signature) = try #require(found)
        try ledger.write(".arbor-ledger/signers", signer.line())
        try ledger.person("ada").commit("List a new runner")
        statement.predicate.seeding = .init(signature)
        statement.predicate.runBy = "Sock <\(signer.principal)>"
        statement.predicate.runnerKey = signer.publicKey.text
        statement.predicate.runs = (0..<8).map { index in
            Statement.Run(
                index: index, seed: seeds.seedText(modelDigest: digest, index: index), seconds: 0.25,
                values: ["heads-share": Statement.Run.Value(0.75)], failure: nil)
        }
        let (receipt, bytes) = try Receipt.encode(statement)
        try ledger.write("\(folder)/\(receipt).json", String(decoding: bytes, as: UTF8.self))
        try ledger.write(
            "\(folder)/\(receipt).\(signer.publicKey.digest).sig",
            String(decoding: signer.sign(bytes, ReceiptSignature.namespace).armored, as: UTF8.self))
        try mallory.commit("Audit")
        #expect(try ledger.errors() == [])
        #expect(try ledger.run("show", "loaded#1").output.contains("can be re-run; no run counts yet\n"))
    }

    // MARK: Laundering

    /// A refuted claim is not made new by a small change of its toy model, and a copy of it says that runs refuted it.
    @Test func refutationsStick() throws {
        let ledger = try TemporaryLedger.community(runners: ["bob"])
        let ada = ledger.person("ada")
        try ledger.write("Findings/whole.yaml", falseClaim)
        try ada.commit("Claim too much")
        try ledger.person("bob").audit("whole")
        try ledger.expectStanding(". refuted, toy", of: "whole#1")
        try ledger.edit(modelFile, "steps: 200", "steps: 201")
        try ada.commit("Train longer")
        #expect(try ledger.errors("HEAD~1..HEAD") == ["changed-verifier"])
        try ledger.git("reset", "-q", "--hard", "HEAD~1")

        try ledger.write("Findings/again.yaml", falseClaim.replacing("[1.5, 2]", with: "[1.5, 1.9]"))
        try ada.commit("Claim it again")
        let warnings = try ledger.run("check", "HEAD~1..HEAD", "--format", "json").json()["diagnostics"].items
            .filter { $0["code"].text == "refuted-before" }
        #expect(warnings.map(\.["path"].text) == ["Findings/again.yaml"])
        #expect(
            warnings.first?["message"].text == "of the 8 recorded runs, 0 lie in this range, which refutes it")
    }

    /// Typed receipts do not put a claim under suspicion either.
    @Test func typedReceiptsAreNoRecordedRuns() throws {
        let ledger = try controlled()
        let salt = try ledger.git("rev-parse", "HEAD")
        try forger(ledger).type(1.75, runs: 0..<20, salt: salt)
        try ledger.person("mallory").commit("Receipts")
        try ledger.write("Findings/wide.yaml", falseClaim.replacing("[1.5, 2]", with: "[0.4, 0.6]"))
        try ledger.person("ada").commit("A wider range")
        let found = try ledger.run("check", "--all", "--format", "json").json()["diagnostics"].items
            .filter { $0["path"].text == "Findings/wide.yaml" }
        #expect(
            found.filter { ["recorded-runs", "refuted-before"].contains($0["code"].text) }.map(\.["message"].text)
                == ["of the 8 recorded runs, 8 lie in this range"])
    }

    // MARK: Repeats

    /// A repeat names the forged receipt and its runner. Recorded, it outvotes the receipt.
    @Test func repeatsExposeTypedReceipts() throws {
        let ledger = try TemporaryLedger.community()
        let (bob, mallory) = (ledger.person("bob"), ledger.person("mallory"))
        try ledger.write("Findings/no-superposition.yaml", falseClaim)
        try mallory.commit("Features do not share")
        let receipt = try forger(ledger).type(1.75, salt: try ledger.git("rev-parse", "HEAD"))
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

    // MARK: Names

    /// Contributors are compared by address, not by name.
    @Test(arguments: ["Bob <BOB@Example.org>", "Somebody Else <bob@example.org>", "Bob"])
    func anotherSpellingOfAContributorMakesOwnRuns(contributor: String) throws {
        let ledger = try TemporaryLedger.community(runners: ["bob"])
        try ledger.edit(exampleFinding, "[Ada <ada@example.org>]", "[\(contributor)]")
        try ledger.git("add", "-A")
        try ledger.git("commit", "-q", "--amend", "-m", "Begin")
        let printed = try ledger.person("bob").run(
            ["verify"], key: ledger.person("bob").keyFile,
            extra: ["GIT_AUTHOR_NAME": "bOB", "GIT_AUTHOR_EMAIL": "other@example.org"])
        #expect(printed.output.contains("verified: own run, control refuted\n"), "\(printed)")
        try ledger.person("bob").commit("Audit")
        try ledger.expectStanding("+ own run, control refuted, toy")
    }

    /// "Your Name" and "your name", the placeholder of `init`, make own runs only, even with a listed key.
    @Test func placeholderNamesMakeOwnRuns() throws {
        let ledger = try TemporaryLedger.community(runners: ["bob"])
        try ledger.edit(exampleFinding, "[Ada <ada@example.org>]", "[your name]")
        try ledger.git("add", "-A")
        try ledger.git("commit", "-q", "--amend", "-m", "Begin")
        let bob = ledger.person("bob")
        let printed = try bob.run(["verify"], key: bob.keyFile, extra: ["GIT_AUTHOR_NAME": "Your Name"])
        #expect(printed.status == 0, "\(printed)")
        #expect(try ledger.receipts(of: bob).map(\.statement.predicate.runBy).contains { $0.hasPrefix("Your Name <") })
        try bob.commit("Audit")
        try ledger.expectStanding("+ own run, control refuted, toy")
    }

    // MARK: Edits

    /// Edits of what conclusions rest on, pushed by Mallory after the audit. The server refuses them.
    @Test(arguments: [
        ("sed -i s/0.05/0.5/ .arbor-ledger.yaml", "[changed-settings]"),
        ("sed 's/bob@/mallory@/' .arbor-ledger/signers >> .arbor-ledger/signers", "[changed-settings]"),
        ("sed -i '/git/d' .arbor-ledger/signers", "[changed-settings]"),
        ("sed -i 's/^range: .*/range: [0, 3]/' Claims/vocabulary/quantities/*.yaml", "[changed-meaning]"),
        ("sed -i 's/Ada <ada@/Mallory <mallory@/' Findings/half-a-dimension.yaml", "[strangers-edit]"),
        ("sed -i '/^caveats:/,$d' Findings/half-a-dimension.yaml", "[strangers-edit]"),
        ("echo 'retracted: I do not like it.' >> Findings/half-a-dimension.yaml", "[strangers-edit]"),
        ("git rm -q Verifiers/*/receipts/*.sig", "[removed-receipt]"),
        ("for file in Verifiers/*/receipts/*.sig; do echo >> $file; done", "[altered-receipt]"),
    ])
    func serverRefusesEdits(change: String, expected: String) throws {
        let ledger = try controlled()
        let mallory = ledger.person("mallory")
        try ledger.serve()
        let before = try ledger.git("--git-dir", TemporaryLedger.server, "rev-parse", "main")
        let shell = try RunningProcess("/bin/sh", ["-c", change], in: ledger.path, ledger.environment).wait()
        #expect(shell.status == 0, "\(shell)")
        try mallory.commit("Edit", signed: true)
        let printed = try ledger.push("main")
        #expect(printed.status == 1 && printed.errors.contains(expected), "\(printed)")
        #expect(try ledger.git("--git-dir", TemporaryLedger.server, "rev-parse", "main") == before)
    }

    /// Mallory lists herself for one commit, in which her receipts enter. At the tip the signers file is as it was.
    @Test func serverRefusesAListingForOneCommit() throws {
        let ledger = try controlled()
        let mallory = ledger.person("mallory")
        try ledger.serve()
        let before = try ledger.read(".arbor-ledger/signers")
        try ledger.write(".arbor-ledger/signers", before + mallory.line())
        try mallory.commit("List myself", signed: true)
        let commit = try ledger.git("rev-parse", "--short=12", "HEAD")
        try mallory.audit("--again")
        #expect(try ledger.receipts(of: mallory).count == 2)
        try ledger.write(".arbor-ledger/signers", before)
        try mallory.commit("Restore the signers", signed: true)
        let printed = try ledger.push("main")
        #expect(printed.status == 1)
        #expect(
            printed.errors.contains("[changed-settings]") && printed.errors.contains("commit \(commit) (List myself)"),
            "\(printed)")
    }

    /// In the folder of another toy model, Bob's receipts would be stale.
    @Test func serverRefusesMovedReceipts() throws {
        let ledger = try controlled()
        let mallory = ledger.person("mallory")
        try ledger.serve()
        let moved = ledger.names(in: receiptsFolder)
        #expect(moved.count == 4)
        try ledger.write("Verifiers/zzz/model.yaml", try ledger.read(modelFile))
        try FileManager.default.createDirectory(
            atPath: ledger.place("Verifiers/zzz/receipts"), withIntermediateDirectories: true)
        for name in moved { try ledger.git("mv", "\(receiptsFolder)/\(name)", "Verifiers/zzz/receipts/\(name)") }
        try mallory.commit("Tidy up")
        let found = try ledger.run("check", "HEAD~1..HEAD", "--format", "json").json()["diagnostics"].items
            .filter { $0["code"].text == "removed-receipt" }
        #expect(found.map(\.["path"].text) == moved.map { "\(receiptsFolder)/\($0)" })
        let printed = try ledger.push("main")
        #expect(printed.status == 1 && printed.errors.contains("[removed-receipt]"), "\(printed)")
    }

    // MARK: Votes

    /// Votes of people who are not listed do not count, and a listed person has one vote, however many files name them.
    ///
    /// Votes are not signed. Of several files that name Bob, the first by name counts, so `aaa.yaml` takes the place of
    /// his own vote, whoever wrote it.
    @Test func sockPuppetsHaveNoVote() throws {
        let ledger = try controlled()
        func vote(_ handle: String, _ weight: Int, _ who: String? = nil) throws {
            try ledger.write(
                "Claims/superposition/votes/\(handle).yaml",
                "\(who.map { "who: \($0)\n" } ?? "")weight: \(weight)\nreason: It matters.\ndate: 2026-01-05\n")
        }
        try vote("bob", 3, "Bob <bob@example.org>")
        for number in 1...100 { try vote("sock-\(number)", 10) }
        for number in 1...100 { try vote("twin-\(number)", 10, "Bob <BOB@example.org>") }
        try ledger.person("mallory").commit("Vote")
        #expect(try ledger.errors() == [])
        func expectVotes(_ sum: Int, others: Int) throws {
            let votes = try ledger.run("show", "superposition", "--format", "json").json()["votes"]
            #expect(votes["sum"].number == Double(sum))
            #expect(
                try ledger.run("show", "superposition").output.words.contains(
                    "\(sum) in 1 vote; \(others) further votes do not count: the voters are not listed, or have another "
                        + "vote here"))
        }
        try expectVotes(3, others: 200)
        try vote("aaa", 10, "Bob <bob@example.org>")
        try ledger.person("mallory").commit("Vote as Bob")
        #expect(try ledger.errors() == [])
        try expectVotes(10, others: 201)
    }

    // MARK: Shallow clones

    /// In a shallow clone salts cannot be checked. A salt that is no commit id counts nothing, typed receipts do not
    /// hide signed ones, and every report says once that salts are unchecked.
    @Test func shallowClonesCountNoInventedSalt() throws {
        let ledger = try controlled()
        let forger = try forger(ledger)
        try ledger.write("Findings/no-superposition.yaml", falseClaim)
        for salt in ["anything I like", String(repeating: "a", count: 40)] {
            try forger.type(1.75, runs: 0..<100, salt: salt)
            try forger.type(0.5, runs: 0..<100, isControl: true, salt: salt)
        }
        try ledger.person("mallory").commit("Claim and receipts")
        let clone = "\(ledger.root)/shallow"
        try ledger.git("clone", "-q", "--depth", "1", "file://\(ledger.path)", clone)
        try ledger.expectStanding("+ own run, control refuted, toy", in: clone)
        // Bob's runs are of the same study, although this claim has another salt.
        try ledger.expectStanding(". refuted by own run, toy", of: "no-superposition#1", in: clone)
        for report in [["merge"], ["conflicts"], ["tasks"], ["show", "half-a-dimension#1"]] {
            let output = try ledger.run(report, in: clone).output
            let words = output.words.lowercased()
            #expect(words.components(separatedBy: "not checked").count == 2, "\(report): \(output)")
        }
    }

    @Test func shallowClonesWithoutSignersCountNoInventedSalt() throws {
        let ledger = try TemporaryLedger.community()
        try forger(ledger).type(0.5, salt: "anything I like")
        try ledger.person("mallory").commit("Receipts")
        let clone = "\(ledger.root)/shallow"
        try ledger.git("clone", "-q", "--depth", "1", "file://\(ledger.path)", clone)
        try ledger.expectStanding("+ reported, toy", in: clone)
        try ledger.expectStanding("+ reported, toy")
    }
}

extension TemporaryLedger {
    static let server = "../server.git"

    /// Creates a bare repository with the pre-receive hook of docs/gate.md, to which `origin` refers.
    func serve() throws {
        let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../docs/gate.md")
        let text = try String(contentsOf: docs, encoding: .utf8)
        let script = try #require(
            text.components(separatedBy: "```sh\n").dropFirst().first?.components(separatedBy: "```").first)
        let tools = URL(fileURLWithPath: binary).deletingLastPathComponent().path
        try git("clone", "-q", "--bare", ".", Self.server)
        try git("remote", "add", "origin", Self.server)
        let hook = "\(root)/server.git/hooks/pre-receive"
        try write(hook, script.replacingOccurrences(of: "#!/bin/sh\n", with: "#!/bin/sh\nPATH=\(tools):$PATH\n"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
    }

    func push(_ arguments: String...) throws -> ProcessResult { try tryGit(["push", "-q", "origin"] + arguments) }
}
