import Crypto
import Foundation
import KernelInterface
import Records
import Signatures
import Testing

@testable import arbor_ledger

/// Attempts to choose the seeds by trying many commits or keys.
@Suite struct GrindingTests {
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

    /// A key that is used only in this test. With a new key in each test run, Bob's seeds would be new too, and his
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

    /// Mallory tries committer dates until the first eight seeds of her unsigned runs hit. The result counts as an own
    /// run only, and an independent runner has other seeds.
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
        #expect(printed.output.contains("8 of 8 hit, decisive"), "\(printed)")
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
}
