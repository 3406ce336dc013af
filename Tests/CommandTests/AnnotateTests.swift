import Crypto
import Foundation
import Testing

/// `annotate` and the saving of labels through its server.
@Suite struct AnnotateTests {
    private static let text = "First we add. Then 😀 we check.\nDone, e\u{301}?\n"
    private static let page = "t/sums/moves.html"
    private static let folder = "Traces/sums/annotations/moves/ada"

    private static func ledger(traces: [String] = ["sums"]) throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        try ledger.write(
            "Codebooks/moves.yaml",
            """
            title: Moves
            contributors: [Ada <ada@example.org>]
            scale: nominal
            unit: segment
            labels:
              plan: {definition: Says what comes., examples: [First I add., Then I go on.]}
              check: {definition: Tests a result., examples: [Is it so?, Let me test it.]}

            """)
        try ledger.write("../text.txt", text)
        for trace in traces {
            let made = try ledger.run(
                "new", "trace", trace, "--text", "../text.txt", "--title", "A text", "--model",
                "superposition-geometry", "--licence", "CC0-1.0")
            guard made.status == 0 else { throw Failure(description: made.description) }
        }
        try ledger.commit("Add texts")
        return ledger
    }

    /// Returns a file as the page writes it.
    private static func file(_ server: RunningServer, _ change: (inout [String: String]) -> Void = { _ in }) throws
        -> String
    {
        let page = try server.get("/\(server.token)/\(Self.page)").body
        let version = try #require(page.firstMatch(of: /data-version="([0-9a-f]{64})"/)?.1)
        let digest = try #require(page.firstMatch(of: /data-text="([0-9a-f]{64})"/)?.1)
        var members = [
            "annotator": "\"ada\"", "blind": "true", "by": "\"human\"", "codebook": "\"moves\"",
            "covers": "[\n    [0, 30]\n  ]",
            "labels":
                "[\n    [0, 13, \"plan\", \"First we add.\"],\n    [14, 30, \"check\", \"Then 😀 we check.\"]\n  ]",
            "links": "[]", "replaces": "[]", "text": "\"\(digest)\"", "tool": "\"test\"", "trace": "\"sums\"",
            "version": "\"\(version)\"",
        ]
        change(&members)
        let lines = members.sorted { $0.key < $1.key }.map { "  \"\($0.key)\": \($0.value)" }
        return "{\n\(lines.joined(separator: ",\n"))\n}\n"
    }

    private static func request(
        _ server: RunningServer, _ file: String, to page: String = page, host: String? = nil, origin: String? = nil,
        type: String = "application/json", token: String? = nil
    ) -> String {
        let origin = origin ?? "http://\(server.host)"
        return """
            POST /\(token ?? server.token)/\(page) HTTP/1.1\r
            Host: \(host ?? server.host)\r
            \(origin.isEmpty ? "" : "Origin: \(origin)\r\n")Content-Type: \(type)\r
            Content-Length: \(file.utf8.count)\r
            \r
            \(file)
            """
    }

    private static func post(
        _ server: RunningServer, _ file: String, to page: String = page, host: String? = nil, origin: String? = nil,
        type: String = "application/json", token: String? = nil
    ) throws -> Response {
        try server.send(request(server, file, to: page, host: host, origin: origin, type: type, token: token))
    }

    private static func name(_ file: String) -> String {
        SHA256.hash(data: Data(file.utf8)).map { String(format: "%02x", $0) }.joined().prefix(12) + ".json"
    }

    @Test func savesWhatCheckAccepts() throws {
        let ledger = try Self.ledger()
        let server = try RunningServer(ledger, command: ["annotate", "sums", "--annotator", "ada"])
        #expect(server.page == "\(Self.page)#annotator=ada")
        let head = try server.send("HEAD /\(server.token)/\(Self.page) HTTP/1.1\r\nHost: \(server.host)\r\n")
        #expect(head.headers["allow"] == "GET, HEAD, POST")
        #expect(head.headers["content-security-policy"]?.contains("connect-src 'self'") == true)
        #expect(try server.get("/\(server.token)/index.html").headers["allow"] == nil)
        let first = try Self.file(server)
        let saved = try Self.post(server, first)
        #expect(saved.status == 201)
        #expect(saved.body == "\(Self.folder)/\(Self.name(first))\n")
        #expect(try ledger.read("\(Self.folder)/\(Self.name(first))") == first)
        // Saving the same file again changes nothing; a second file replaces the first one.
        #expect(try Self.post(server, first).status == 201)
        let digest = SHA256.hash(data: Data(first.utf8)).map { String(format: "%02x", $0) }.joined()
        let second = try Self.file(server) { members in
            members["labels"] = "[]"
            members["replaces"] = "[\n    \"\(digest)\"\n  ]"
        }
        #expect(try Self.post(server, second).status == 201)
        #expect(ledger.names(in: Self.folder) == [Self.name(first), Self.name(second)].sorted())
        let check = try ledger.run("check")
        #expect(check.status == 0 && !check.output.contains("Traces/"), "\(check)")
        #expect(try server.interrupt().status == 0)
    }

    @Test(arguments: [
        ("labels", "[\n    [0, 13, \"plan\", \"First we sum.\"]\n  ]", "is not the quote"),
        ("labels", "[\n    [0, 5, \"plan\", \"First\"]\n  ]", "is not on a whole segment"),
        ("labels", "[\n    [0, 900, \"plan\", \"First\"]\n  ]", "ends after the text, which has 41 code points"),
        ("labels", "[\n    [0, 13, \"plam\", \"First we add.\"]\n  ]", "has no label"),
        ("labels", "[\n    [0, 13, \"plan\", 1, \"First we add.\"]\n  ]", "the scale is nominal"),
        ("labels", "[\n    [31, 40, \"plan\", \"Done, e\u{301}?\"]\n  ]", "outside the covered ranges"),
        ("links", "[\n    [0, 7, \"depends-on\"]\n  ]", "does not relate two of the 3 segments"),
        ("text", "\"\(String(repeating: "0", count: 64))\"", "is of another text"),
        ("version", "\"\(String(repeating: "0", count: 64))\"", "another version of the codebook"),
        ("replaces", "[\n    \"\(String(repeating: "0", count: 64))\"\n  ]", "which ada did not make"),
        ("annotator", "\"../ada\"", "a name that git does not allow"),
        ("annotator", "\"Ada\"", "not a valid record name"),
        ("annotator", "\"\"", "not a valid record name"),
        ("trace", "\"../../Claims\"", "not of this page's trace"), ("codebook", "\"others\"", "not of this page's"),
        ("links", "[ ]", "not in canonical form"), ("by", "\"someone\"", "human, model or rule"),
    ]) func refusesWhatCheckWouldRefuse(key: String, value: String, reason: String) throws {
        let ledger = try Self.ledger()
        let server = try RunningServer(ledger, command: ["annotate", "sums", "--annotator", "ada"])
        let answer = try Self.post(server, Self.file(server) { $0[key] = value })
        #expect(answer.status == 422)
        #expect(answer.body.contains(reason), "\(answer.body)")
        #expect(try ledger.git("status", "--porcelain") == "")
    }

    @Test func onlyItsOwnPagesMayPost() throws {
        let ledger = try Self.ledger()
        let server = try RunningServer(ledger, command: ["annotate", "sums", "--annotator", "ada"])
        let file = try Self.file(server)
        #expect(try Self.post(server, file, host: "example.org").status == 403)
        #expect(try Self.post(server, file, origin: "http://example.org").status == 403)
        #expect(try Self.post(server, file, origin: "null").status == 403)
        #expect(try Self.post(server, file, origin: "").status == 403)
        #expect(try Self.post(server, file, type: "text/plain").status == 415)
        #expect(try Self.post(server, file, token: String(repeating: "0", count: 32)).status == 404)
        for page in ["t/sums/none.html", "../sums/moves.html", "t/sums/..%2fmoves.html", "Traces/sums/trace.yaml"] {
            #expect(try Self.post(server, file, to: page).status == 404, "\(page)")
        }
        for page in ["index.html", "t/sums.html", "annotate.js"] {
            #expect(try Self.post(server, file, to: page).status == 405, "\(page)")
        }
        let address = "POST /\(server.token)/\(Self.page) HTTP/1.1\r\nHost: \(server.host)\r\n"
        let own = "Origin: http://\(server.host)\r\nContent-Type: application/json\r\n"
        #expect(try server.send("\(address)\(own)Content-Length: 99999999\r\n\r\n").status == 413)
        #expect(try server.send("\(address)\(own)Content-Length: 0\r\n\r\n").status == 413)
        #expect(try server.send("\(address)\(own)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n").status == 411)
        #expect(try server.send("\(address)\(own)Content-Length: 2\r\n\r\n{}").status == 422)
        #expect(try ledger.git("status", "--porcelain") == "")
        #expect(try Self.post(server, file).status == 201)
        // `serve` shows the page of a text that a person has begun to label, and saves nothing.
        try ledger.commit("Annotate")
        let other = try RunningServer(ledger)
        let head = try other.send("HEAD /\(other.token)/\(Self.page) HTTP/1.1\r\nHost: \(other.host)\r\n")
        #expect(head.status == 200 && head.headers["allow"] == nil)
        #expect(try Self.post(other, file).status == 405)
    }

    /// A folder that leads elsewhere is not followed.
    @Test func doesNotWriteThroughLinks() throws {
        let ledger = try Self.ledger()
        let server = try RunningServer(ledger, command: ["annotate", "sums", "--annotator", "ada"])
        let file = try Self.file(server)
        let outside = "\(ledger.root)/outside"
        try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: ledger.place("Traces/sums/annotations"), withDestinationPath: outside)
        #expect(try Self.post(server, file).status == 422)
        #expect(ledger.names(in: outside).isEmpty)
    }

    /// A process that is killed while it saves leaves the whole file or none.
    @Test func killedWhileSavingLeavesOldOrNew() throws {
        let ledger = try Self.ledger()
        for delay in [0, 2_000, 5_000, 10_000, 20_000] as [UInt32] {
            let server = try RunningServer(ledger, command: ["annotate", "sums", "--annotator", "ada"])
            let file = try Self.file(server) { $0["minutes"] = "\(1 + Int(delay))" }
            let connection = try server.begin(Self.request(server, file))
            usleep(delay)
            server.kill()
            close(connection)
            let names = ledger.names(in: Self.folder).filter { $0.hasSuffix(".json") }
            for name in names { #expect(Self.name(try ledger.read("\(Self.folder)/\(name)")) == name) }
        }
        #expect(try ledger.run("check").status == 0)
    }

    /// The next trace has the fewest annotators, and each annotator has a different order of traces.
    @Test func choosesTheNextTrace() throws {
        let ledger = try Self.ledger(traces: ["one", "three", "two"])
        func next(_ annotator: String) throws -> String {
            try RunningServer(ledger, command: ["annotate", "--next", "moves", "--annotator", annotator]).page
        }
        func order(_ annotator: String) -> [String] {
            ["one", "three", "two"].sorted { a, b in
                func digest(_ trace: String) -> String {
                    SHA256.hash(data: Data("\(annotator)\n\(trace)".utf8)).map { String(format: "%02x", $0) }.joined()
                }
                return digest(a) < digest(b)
            }
        }
        let (ada, bob) = (order("ada"), order("bob"))
        #expect(try next("ada") == "t/\(ada[0])/moves.html#annotator=ada")
        let server = try RunningServer(ledger, command: ["annotate", bob[0], "--annotator", "ada"])
        let page = try server.get("/\(server.token)/t/\(bob[0])/moves.html").body
        let version = try #require(page.firstMatch(of: /data-version="([0-9a-f]{64})"/)?.1)
        let digest = try #require(page.firstMatch(of: /data-text="([0-9a-f]{64})"/)?.1)
        let file = """
            {
              "annotator": "ada",
              "blind": true,
              "by": "human",
              "codebook": "moves",
              "covers": "all",
              "labels": [],
              "links": [],
              "replaces": [],
              "text": "\(digest)",
              "tool": "test",
              "trace": "\(bob[0])",
              "version": "\(version)"
            }

            """
        #expect(try Self.post(server, file, to: "t/\(bob[0])/moves.html").status == 201)
        #expect(try next("bob") == "t/\(bob[1])/moves.html#annotator=bob")
        #expect(try next("ada") == "t/\(ada.first { $0 != bob[0] } ?? "")/moves.html#annotator=ada")
    }

    @Test func saysWhatItNeeds() throws {
        let ledger = try Self.ledger()
        func refused(_ arguments: String...) throws -> String {
            let printed = try ledger.run(["annotate"] + arguments)
            #expect(printed.status == 64 && printed.output.isEmpty, "\(printed)")
            return printed.errors
        }
        #expect(try refused("sum").contains("the ledger has no trace \"sum\" without errors\n  -> did you mean"))
        #expect(
            try refused("sums", "--codebook", "move").contains("the ledger has no codebook \"move\" without errors"))
        #expect(try refused().contains("name a trace, or give --next and no --codebook"))
        #expect(try refused("sums", "--next", "moves").contains("name a trace, or give --next"))
        #expect(try refused("sums", "--annotator", "Ada B").contains("--annotator must have lower-case letters"))
        #expect(try refused("sums", "--port", "70000").contains("--port must be between 0 and 65535"))
        try ledger.write("Codebooks/more.yaml", try ledger.read("Codebooks/moves.yaml"))
        #expect(
            try refused("sums").contains(
                "the ledger has several codebooks\n  -> choose one with --codebook: more, moves"))
        try FileManager.default.removeItem(atPath: ledger.place("Traces/sums/text.txt"))
        let printed = try ledger.run("annotate", "sums", "--codebook", "moves")
        #expect(printed.status == 1)
        #expect(printed.errors.contains("the text of sums is not in the ledger"))
    }
}
