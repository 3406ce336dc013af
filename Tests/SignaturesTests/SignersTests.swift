import Testing

@testable import Signatures

private let ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDt3Vb5iSAKFSnCiQjUQkO5d4dGX4oIw5oHQM6vdrxoB"
private let other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDt3Vb5iSAKFSnCiQjUQkO5d4dGX4oIw5oHQM6vdrxoC"

private func problems(_ text: String) -> [String] {
    parseSigners(Array(text.utf8)).problems.map { "\($0.line):\($0.column): \($0.message)" }
}

@Suite struct SignersTests {
    @Test func `a line gives principals, options and a key`() throws {
        let file = """
            # runners

            ada@example.org namespaces="arbor-ledger,arbor-seed" \(ed25519) Ada's laptop
            \t"grace@example.org,grace" NameSpaces="git",valid-after="20260101Z",valid-before="20261231235959Z" \(other)
            """
        let (signers, problems) = parseSigners(Array(file.utf8))
        #expect(problems.isEmpty)
        #expect(
            signers.entries == [
                Signer(
                    principals: ["ada@example.org"], namespaces: ["arbor-ledger", "arbor-seed"],
                    key: try #require(PublicKey(text: ed25519)), line: 3),
                Signer(
                    principals: ["grace@example.org", "grace"], namespaces: ["git"], validAfter: 1_767_225_600,
                    validBefore: 1_798_761_599, key: try #require(PublicKey(text: other)), line: 4),
            ])
        #expect(signers.hasRunners && signers.hasMaintainers)
        #expect(!Signers().hasRunners && !Signers().hasMaintainers)
    }

    @Test func `a key may sign for the namespaces of its line, while the line is valid`() throws {
        let file = """
            ada,a namespaces="arbor-ledger,arbor-seed",valid-after="20260101Z",valid-before="20260201Z" \(ed25519)
            ada,a namespaces="arbor-ledger" \(ed25519)
            """
        let (signers, problems) = parseSigners(Array(file.utf8))
        #expect(problems.isEmpty)
        let key = try #require(PublicKey(text: ed25519))
        func name(_ namespaces: [String], _ time: Int64) -> String? {
            signers.principal(of: key, for: namespaces, at: time)
        }
        #expect(name(["arbor-ledger", "arbor-seed"], 1_767_225_599) == nil)
        #expect(name(["arbor-ledger", "arbor-seed"], 1_767_225_600) == "ada,a")
        #expect(name(["arbor-ledger", "arbor-seed"], 1_769_904_000) == "ada,a")
        #expect(name(["arbor-ledger", "arbor-seed"], 1_769_904_001) == nil)
        #expect(name(["arbor-ledger"], 0) == "ada,a")
        #expect(name(["git"], 1_767_225_600) == nil)
        #expect(!signers.isListed(try #require(PublicKey(text: other)), for: ["arbor-ledger"], at: 0))
        #expect(!signers.hasMaintainers)
    }

    @Test(
        arguments: [
            ("19700101000001Z", 1), ("19700102Z", 86_400), ("20000229Z", 951_782_400), ("20240301Z", 1_709_251_200),
            ("210003010000Z", 4_107_542_400), ("99991231235959Z", 253_402_300_799),
        ] as [(String, Int64)])
    func `times are in UTC`(text: String, seconds: Int64) {
        let signers = parseSigners(Array("a namespaces=\"git\",valid-after=\"\(text)\" \(ed25519)".utf8)).signers
        #expect(signers.entries.map(\.validAfter) == [seconds])
    }

    @Test func `a line that could allow too much or is unclear is refused with its reason`() {
        let namespaces = "namespaces=\"git\""
        let cases: [(String, String)] = [
            ("a \(ed25519)", "1:3: the line does not say what the key may sign"),
            ("a valid-after=\"20260101Z\" \(ed25519)", "1:3: the line does not say what the key may sign"),
            (
                "* \(namespaces) \(ed25519)",
                "1:1: the principal \"*\" is a pattern, which could match anyone or anything"
            ),
            (
                "a,!b \(namespaces) \(ed25519)",
                "1:1: the principal \"!b\" is a pattern, which could match anyone or anything"
            ),
            (
                "a namespaces=\"arbor-*\" \(ed25519)",
                "1:3: the namespace \"arbor-*\" is a pattern, which could match anyone or anything"
            ),
            ("a, \(namespaces) \(ed25519)", "1:1: the principal \"\" is empty or contains a space"),
            ("\"a b\" \(namespaces) \(ed25519)", "1:1: the principal \"a b\" is empty or contains a space"),
            ("a,a \(namespaces) \(ed25519)", "1:1: the principal \"a\" is given twice"),
            ("\"a \(ed25519)", "1:1: the quote is not closed"),
            ("a namespaces=\"\" \(ed25519)", "1:3: the namespace \"\" is empty or contains a space"),
            ("a namespaces=\"git", "1:14: the quote is not closed"),
            ("a namespaces=git \(ed25519)", "1:3: the value of namespaces is not in quotes"),
            ("a namespaces \(ed25519)", "1:3: the value of namespaces is not in quotes"),
            ("a \(namespaces),\(namespaces) \(ed25519)", "1:20: namespaces is given twice"),
            ("a \(namespaces)\(ed25519)", "1:19: an option is followed by other text"),
            ("a cert-authority,\(namespaces) \(ed25519)", "1:3: certificates are not supported"),
            ("a no-touch-required \(ed25519)", "1:3: \"no-touch-required\" is neither an option nor the type of a key"),
            (
                "a \(namespaces),valid-after=\"20260101\" \(ed25519)",
                "1:20: the time \"20260101\" depends on the time zone of the computer that reads it"
            ),
            ("a \(namespaces),valid-after=\"20260230Z\" \(ed25519)", "1:20: \"20260230Z\" is not a time"),
            ("a \(namespaces),valid-after=\"19700101Z\" \(ed25519)", "1:20: \"19700101Z\" is not a time"),
            ("a \(namespaces),valid-after=\"2026-01-01\" \(ed25519)", "1:20: \"2026-01-01\" is not a time"),
            (
                "a \(namespaces),valid-after=\"20260102Z\",valid-before=\"20260102Z\" \(ed25519)",
                "1:3: valid-after is not before valid-before"
            ),
            ("a", "1:2: the line has no key"),
            ("a \(namespaces)", "1:19: the line has no key"),
            ("a \(namespaces) ssh-ed25519", "1:20: the line has no key"),
            ("ä \(namespaces) ssh-ed25519 AAAA!", "1:20: the key is not in base64"),
            ("a \(namespaces) ssh-ed25519 AAAA", "1:20: the key is cut short"),
            (
                "a \(namespaces) \(ed25519.replacing("ssh-ed25519", with: "ssh-rsa"))",
                "1:20: the key is of the type ssh-ed25519, not ssh-rsa"
            ),
            (
                "a \(namespaces) ssh-ed25519-cert-v01@openssh.com AAAA",
                "1:20: the key is a certificate, and certificates are not supported"
            ),
        ]
        for (line, expected) in cases {
            #expect(problems(line) == [expected])
            #expect(parseSigners(Array(line.utf8)).signers == Signers())
        }
        #expect(
            problems("a \(namespaces) ssh-dss AAAA").first?.contains("the key's type \"ssh-dss\" is not supported")
                == true)
        #expect(parseSigners([0x61, 0xFF]).problems.map(\.message) == ["the line is not UTF-8"])
        #expect(parseSigners(Array("a \(ed25519)".utf8)).problems.first?.fix?.contains("namespaces=\"git\"") == true)
    }

    @Test func `a repeated line and a key of two people are refused, and the first line counts`() {
        let line = "a namespaces=\"git\" \(ed25519)\n"
        #expect(problems(line + line) == ["2:1: this line repeats line 1"])
        let shared =
            line + "b namespaces=\"arbor-ledger,git\" \(ed25519)\n" + "b namespaces=\"arbor-ledger\" \(ed25519)\n"
        #expect(
            problems(shared) == [
                "2:1: for \"git\", the key already belongs to \"a\" (line 1), so it cannot belong to \"b\""
            ])
        #expect(parseSigners(Array(shared.utf8)).signers.entries.map(\.line) == [1, 3])
        // A person may renew a key, and may have several keys.
        #expect(problems(line + "a namespaces=\"git\",valid-before=\"20260101Z\" \(ed25519)\n").isEmpty)
        #expect(problems(line + "a namespaces=\"git\" \(other)\n").isEmpty)
    }

    @Test func `ssh-keygen reads the same lines`() throws {
        let folder = try KeyFolder()
        let key = try folder.makeKey("a", ["-t", "ed25519"])
        let message = Array("message".utf8)
        _ = try folder.sign(message, by: "a", for: "git")
        for options in ["namespaces=\"git\"", "namespaces=\"file,git\",valid-after=\"20200101Z\""] {
            let line = "\"ada,a\" \(options) \(key.text) comment\n"
            #expect(problems(line).isEmpty)
            try line.write(toFile: "\(folder.path)/signers", atomically: true, encoding: .utf8)
            let found = try folder.keygen([
                "-Y", "find-principals", "-f", "\(folder.path)/signers", "-s", "\(folder.path)/message.sig",
            ])
            #expect(found == "ada\na\n")
        }
    }
}
