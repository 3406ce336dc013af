import Foundation
import Records
import Testing

@testable import arbor_ledger

/// Every test talks to a server on this machine through `--test-server`.
@Suite struct FetchTests {
    typealias Response = ScriptedServer.Response

    static let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 251) }
    static let digest = sha256(content)

    /// Returns a ledger with a resource `data`.
    func ledger(
        _ more: String = "sha256: \(digest)", sources: String = "https://data.example.org/1.0/a"
    ) throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        try ledger.write(
            "Resources/data.yaml",
            "title: Some numbers\nkind: data\n\(more)\nsources: [\(sources)]\nlicence: CC0-1.0\n")
        return ledger
    }

    func fetch(
        _ ledger: TemporaryLedger, _ server: ScriptedServer, _ options: String...,
        hosts: [String] = ["data.example.org"]
    ) throws -> ProcessResult {
        let servers = hosts.flatMap { ["--test-server", "\($0)=127.0.0.1:\(server.port)"] }
        return try ledger.run(["fetch", "data"] + options + servers)
    }

    func stored(_ ledger: TemporaryLedger, _ digest: String = digest) -> [UInt8]? {
        let path = ledger.place(".git/arbor-ledger/resources/\(digest.prefix(2))/\(digest)")
        return FileManager.default.contents(atPath: path).map(Array.init)
    }

    func partial(_ ledger: TemporaryLedger) -> [UInt8]? {
        let path = ledger.place(".git/arbor-ledger/resources/partial/\(Self.digest)")
        return FileManager.default.contents(atPath: path).map(Array.init)
    }

    func write(_ bytes: [UInt8], asPartOf ledger: TemporaryLedger) throws {
        try ledger.write(".git/arbor-ledger/resources/partial/\(Self.digest)", "")
        try Data(bytes).write(
            to: URL(fileURLWithPath: ledger.place(".git/arbor-ledger/resources/partial/\(Self.digest)")))
    }

    @Test func storesTheContentByItsDigest() throws {
        let ledger = try ledger()
        let server = try ScriptedServer { _ in Response(Self.content) }
        let printed = try fetch(ledger, server)
        let path = ".git/arbor-ledger/resources/\(Self.digest.prefix(2))/\(Self.digest)"
        expect(printed, says: "fetched data, 98 KiB: \(ledger.path)/\(path)\n")
        #expect(stored(ledger) == Self.content)
        let mode = try FileManager.default.attributesOfItem(atPath: ledger.place(path))[.posixPermissions] as? Int
        #expect(mode == 0o444)
        #expect(ledger.names(in: ".git/arbor-ledger/resources/partial") == [])
        #expect(server.requests.map(\.line) == ["GET /1.0/a"])
        #expect(server.requests.map(\.host) == ["data.example.org:\(server.port)"])
        // The second call sends no request.
        expect(try fetch(ledger, server), says: "stored  data, 98 KiB: \(ledger.path)/\(path)\n")
        #expect(server.requests.count == 1)
        // Another work tree has the same store. A digest names the resource too.
        try ledger.commit("Describe the data")
        try ledger.git("worktree", "add", "-q", "../other")
        let other = try ledger.run(["fetch", Self.digest], in: "\(ledger.root)/other")
        #expect(other.output.hasPrefix("stored  data, 98 KiB: "))
    }

    @Test func replacesDamagedContent() throws {
        let ledger = try ledger()
        let server = try ScriptedServer { _ in Response(Self.content) }
        #expect(try fetch(ledger, server).status == 0)
        let path = ledger.place(".git/arbor-ledger/resources/\(Self.digest.prefix(2))/\(Self.digest)")
        try FileManager.default.removeItem(atPath: path)
        try Data("damaged".utf8).write(to: URL(fileURLWithPath: path))
        let verified = try ledger.run("resources", "--verify")
        #expect(verified.status == 1)
        #expect(verified.output.contains("damaged:"))
        #expect(try fetch(ledger, server).errors == "arbor-ledger: the stored data is damaged and is fetched again\n")
        #expect(stored(ledger) == Self.content)
        #expect(try ledger.run("resources", "--verify").status == 0)
    }

    @Test func refusesAnotherContent() throws {
        let ledger = try ledger()
        let server = try ScriptedServer { _ in Response(Array("other".utf8)) }
        expect(
            try fetch(ledger, server),
            says: """
                ! arbor-ledger: the resource "data" was not fetched: https://data.example.org/1.0/a: the content has the SHA-256 \
                \(sha256("other")) instead of \(Self.digest)
                !   -> try again later, or get the file and run `arbor-ledger fetch data --from FILE`
                exit 1

                """)
        #expect(stored(ledger) == nil && partial(ledger) == nil)
    }

    /// Content that is compressed for transport is stored without decompression, so that it cannot grow.
    @Test func decodesNoContent() throws {
        let bytes = Array(repeating: UInt8(0), count: 100)
        let ledger = try ledger("sha256: \(sha256(bytes))")
        let server = try ScriptedServer { _ in Response(bytes, type: "Content-Encoding: gzip\n") }
        #expect(try fetch(ledger, server).status == 0)
        #expect(stored(ledger, sha256(bytes)) == bytes)
    }

    @Test func continuesWhereAConnectionBroke() throws {
        let ledger = try ledger()
        let server = try ScriptedServer { request in
            guard request.start == 0 else { return Response(Self.content, from: request.start) }
            return Response(
                head: "HTTP/1.1 200 OK\nContent-Length: \(Self.content.count)\n\n",
                body: Array(Self.content.prefix(40_000)))
        }
        let broken = try fetch(ledger, server)
        #expect(broken.status == 1)
        #expect(broken.errors.contains("https://data.example.org/1.0/a: (18) "))
        #expect(partial(ledger) == Array(Self.content.prefix(40_000)))
        #expect(try ledger.run("resources").output.contains("fetched in part, 39 KiB"))
        #expect(try fetch(ledger, server).status == 0)
        #expect(server.requests.map(\.start) == [0, 40_000])
        #expect(stored(ledger) == Self.content)
    }

    /// The cases: the rest belongs to another content; the server ignores the range, lacks it, or sends another range.
    @Test(arguments: ["changed", "ignored", "refused", "elsewhere"])
    func startsAgainIfTheRestDoesNotFit(_ behaviour: String) throws {
        let ledger = try ledger()
        try write(Array("something else".utf8), asPartOf: ledger)
        let server = try ScriptedServer { request in
            switch (behaviour, request.start) {
            case ("changed", _), (_, 0): Response(Self.content, from: request.start)
            case ("refused", _): .status("416 Range Not Satisfiable")
            case ("elsewhere", _): Response(Self.content, from: 1)
            default: Response(Self.content)
            }
        }
        #expect(try fetch(ledger, server).status == 0)
        #expect(server.requests.map(\.start) == (behaviour == "ignored" ? [14] : [14, 0]))
        #expect(stored(ledger) == Self.content)
    }

    @Test func needsNoServerIfTheDownloadIsComplete() throws {
        let ledger = try ledger()
        try write(Self.content, asPartOf: ledger)
        let server = try ScriptedServer { _ in .status("404 Not Found") }
        #expect(try fetch(ledger, server).status == 0)
        #expect(server.requests.isEmpty)
    }

    @Test func followsRedirectsToOtherHosts() throws {
        let ledger = try ledger()
        let server = try ScriptedServer { request in
            switch request.line {
            case "GET /1.0/a": .redirect("https://cdn.example.net/b?X-Amz-Signature=1")
            case "GET /b?X-Amz-Signature=1": .redirect("c")
            default: Response(Self.content)
            }
        }
        #expect(try fetch(ledger, server, hosts: ["data.example.org", "cdn.example.net"]).status == 0)
        #expect(server.requests.map(\.line) == ["GET /1.0/a", "GET /b?X-Amz-Signature=1", "GET /c"])
    }

    /// The addresses of the redirect and what is said about each.
    private static let redirects = [
        ("http://data.example.org/a", "the address does not begin with https://"),
        ("ftp://data.example.org/a", "the address does not begin with https://"),
        ("https://10.0.0.1/a", "the address names a machine by number"),
        ("https://169.254.169.254/latest/meta-data", "the address names a machine by number"),
        ("//[::1]/a", "is not written in letters"), ("https://localhost/a", "belongs to a private network"),
        ("https://ada:secret@data.example.org/a", "contains a user name"),
        ("/../../etc/passwd", "the path contains"), ("https://data.example.org/1.0/a", "redirects more than 5 times"),
    ]

    @Test(arguments: redirects) func followsNoOtherRedirects(_ location: String, _ message: String) throws {
        let ledger = try ledger()
        let server = try ScriptedServer { _ in .redirect(location) }
        let printed = try fetch(ledger, server)
        #expect(printed.status == 1)
        #expect(printed.errors.contains(message), "\(printed)")
        #expect(server.requests.count == (location.hasSuffix("/1.0/a") ? 6 : 1))
    }

    @Test func refusesTooMuch() throws {
        let server = try ScriptedServer { request in
            request.line == "GET /1.0/endless"
                ? Response(head: "HTTP/1.1 200 OK\n\n", body: Array(Self.content), isEndless: true)
                : Response(Self.content)
        }
        let endless = "https://data.example.org/1.0/endless"
        let small = try ledger(sources: endless)
        #expect(
            try fetch(small, server, "--max-bytes", "250000").errors.contains(
                "the content exceeds the 250000 bytes of --max-bytes"))
        #expect(partial(small) == nil)
        let recorded = try ledger("sha256: \(Self.digest)\nbytes: 250000", sources: endless)
        #expect(try fetch(recorded, server).errors.contains("the content exceeds the 250000 bytes of the record"))
        // If a response states a length above the limit, it is refused before its content is read.
        let announced = try ledger("sha256: \(Self.digest)")
        #expect(
            try fetch(announced, server, "--max-bytes", "99999").errors.contains(
                "100000 bytes exceed the 99999 bytes of --max-bytes"))
        let huge = try ledger("sha256: \(Self.digest)\nbytes: 4294967296")
        let count = server.requests.count
        #expect(try fetch(huge, server).errors.contains("\"data\" has 4.0 GiB, more than --max-bytes allows"))
        #expect(server.requests.count == count)
        let shorter = try ledger("sha256: \(Self.digest)\nbytes: 100001")
        #expect(try fetch(shorter, server).errors.contains("the content has 100000 bytes instead of 100001"))
    }

    @Test func givesUpOnASilentServer() throws {
        let ledger = try ledger()
        let server = try ScriptedServer { request in
            Response(
                head: request.line == "GET /1.0/a" ? "HTTP/1.1 200 OK\nContent-Length: 100000\n\n" : "",
                body: Array(Self.content.prefix(10)), isSilent: true)
        }
        let printed = try fetch(ledger, server, "--timeout", "1")
        #expect(printed.status == 1)
        #expect(printed.errors.contains("(28) "), "\(printed)")
        #expect(partial(ledger) == Array(Self.content.prefix(10)))
    }

    @Test(arguments: ["", "nonsense\n\n", "HTTP/1.1 404 Not Found\nContent-Length: 0\n\n", "HTTP/1.1 200 OK\nX: "])
    func reportsUselessResponses(_ head: String) throws {
        let ledger = try ledger()
        let isLong = head.hasSuffix("X: ")
        let server = try ScriptedServer { _ in
            Response(head: head, body: isLong ? [UInt8](repeating: 0x61, count: 90_000) : [])
        }
        let printed = try fetch(ledger, server)
        #expect(printed.status == 1)
        #expect(stored(ledger) == nil)
        if head.contains("404") { #expect(printed.errors.contains("the server answered 404")) }
    }

    @Test func takesTheFirstSourceThatHasTheContent() throws {
        let ledger = try ledger(
            sources:
                "\"oci:ghcr.io/org/name@sha256:\(Self.digest)\", https://data.example.org/1.0/gone, https://data.example.org/1.0/a"
        )
        let server = try ScriptedServer { request in
            request.line == "GET /1.0/a" ? Response(Self.content) : .status("410 Gone")
        }
        #expect(try fetch(ledger, server).status == 0)
        #expect(server.requests.map(\.line) == ["GET /1.0/gone", "GET /1.0/a"])
    }

    @Test func fetchesWithoutADigestOnlyOnRequest() throws {
        let ledger = try ledger("bytes: 100000")
        let server = try ScriptedServer { _ in Response(Self.content) }
        let refused = try fetch(ledger, server)
        #expect(refused.status == 64)
        #expect(refused.errors.contains("has no digest"))
        let printed = try fetch(ledger, server, "--no-digest")
        #expect(
            printed.output.hasSuffix(
                "  write into Resources/data.yaml:\n    sha256: \(Self.digest)\n    bytes: 100000\n"))
        #expect(stored(ledger) == Self.content)
    }

    @Test func takesLocalCopies() throws {
        let ledger = try ledger()
        try Data(Self.content).write(to: URL(fileURLWithPath: ledger.place("copy")))
        #expect(try ledger.run("fetch", "data", "--from", "copy").status == 0)
        #expect(stored(ledger) == Self.content)
        try ledger.write("copy", "other")
        let ignored = try ledger.run("fetch", "data", "--from", "copy")
        #expect(
            ignored.status == 1 && ignored.errors.contains("copy is not data, which is stored already"), "\(ignored)")
        let other = try self.ledger()
        try other.write("copy", "other")
        let printed = try other.run("fetch", "data", "--from", "copy")
        #expect(printed.status == 1)
        #expect(printed.errors.contains("the content has the SHA-256 \(sha256("other")) instead of"))
        #expect(other.names(in: ".git/arbor-ledger/resources/partial") == [])
    }

    @Test func needsCurl() throws {
        let printed = try ledger().run(["fetch", "data"], extra: ["PATH": "/nonexistent"])
        #expect(printed.status == 2)
        #expect(printed.errors.hasPrefix("arbor-ledger: resources are downloaded with curl, which is not in PATH\n"))
    }

    @Test func testServersMustBeOnThisMachine() throws {
        for server in [
            "data.example.org=10.0.0.1:80", "data.example.org=example.net:80", "data.example.org", "a=127.0.0.1:x",
        ] {
            let printed = try ledger().run("fetch", "data", "--test-server", server)
            #expect(printed.status == 64, "\(server)")
        }
    }

    @Test func namesUnknownResources() throws {
        let printed = try ledger().run("fetch", "date")
        #expect(printed.status == 64)
        #expect(printed.errors == "arbor-ledger: there is no resource \"date\"\n  -> did you mean \"data\"?\n")
    }
}
