import Foundation
import NIOCore
import NIOEmbedded
import Testing

@testable import Atlas
@testable import arbor_ledger

@Suite struct ServeTests {
    @Test func servesThePagesOfTheAtlas() throws {
        let ledger = try TemporaryLedger.example()
        #expect(try ledger.run("atlas", "site").status == 0)
        let server = try RunningServer(ledger)
        for (file, type) in [
            ("index.html", "text/html; charset=utf-8"), ("about.html", "text/html; charset=utf-8"),
            ("atlas.css", "text/css; charset=utf-8"), ("atlas.js", "text/javascript; charset=utf-8"),
        ] {
            let response = try server.get("/\(server.token)/\(file)")
            #expect(response.status == 200)
            #expect(response.body == (try ledger.read("site/\(file)")))
            #expect(response.headers["content-type"] == type)
            #expect(response.headers["x-content-type-options"] == "nosniff")
            #expect(response.headers["cache-control"] == "no-store")
            #expect(response.headers["referrer-policy"] == "no-referrer")
            #expect(response.headers["content-security-policy"]?.hasPrefix("default-src 'none';") == true)
        }
        #expect(try server.get("/\(server.token)/").body == server.get("/\(server.token)/index.html").body)
        #expect(try server.get("/\(server.token)/index.html?a=b").status == 200)
        let head = try server.send("HEAD /\(server.token)/about.html HTTP/1.1\r\nHost: \(server.host)\r\n")
        #expect(head.status == 200 && head.body.isEmpty)
        #expect(head.headers["content-length"] == "\(try ledger.read("site/about.html").utf8.count)")
        #expect(try server.interrupt().status == 0)
    }

    @Test func refusesWhatIsNotItsOwn() throws {
        let server = try RunningServer(.example())
        let page = "/\(server.token)/index.html"
        func status(_ line: String, host: String? = nil, _ more: String = "") throws -> Int {
            try server.send("\(line) HTTP/1.1\r\nHost: \(host ?? server.host)\r\n\(more)").status
        }
        #expect(try status("GET \(page)") == 200)
        #expect(try status("GET \(page)", host: "localhost:\(server.port)") == 200)
        #expect(try status("GET \(page)", host: "example.org") == 403)
        #expect(try status("GET \(page)", host: "127.0.0.1") == 403)
        #expect(try status("GET \(page)", host: "127.0.0.1:1") == 403)
        #expect(try server.send("GET \(page) HTTP/1.0\r\n").status == 400)
        #expect(try status("GET \(page)", "Host: example.org\r\n") == 400)
        #expect(try status("GET \(page)", "Origin: http://\(server.host)\r\n") == 200)
        #expect(try status("GET \(page)", "Origin: http://example.org\r\n") == 403)
        #expect(try status("GET \(page)", "Origin: null\r\n") == 403)
        #expect(try status("GET http://example.org\(page)") == 400)
        for path in [
            "/", "/index.html", "/\(server.token)", "/\(String(repeating: "0", count: 32))/index.html",
            "/\(server.token)0/index.html", "\(page)/", "/\(server.token)/../index.html",
            "/\(server.token)//index.html",
            "/\(server.token)/..%2f..%2fetc/passwd", "/\(server.token)/.git/config", "/\(server.token)/atlas.sums/",
            "/\(server.token)/%00", "//\(server.token)/index.html",
        ] { #expect(try status("GET \(path)") == 404, "\(path)") }
        let post = try server.send("POST \(page) HTTP/1.1\r\nHost: \(server.host)\r\nContent-Length: 3\r\n\r\nabc")
        #expect(post.status == 405)
        #expect(post.headers["allow"] == "GET, HEAD")
        for method in ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"] {
            #expect(try status("\(method) \(page)") == 405, "\(method)")
        }
        #expect(try status("GET \(page)", "Content-Length: 3\r\n\r\nabc") == 413)
        #expect(try status("GET \(page)", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == 413)
        #expect(try status("GET \(page)", "Long: \(String(repeating: "a", count: 9000))\r\n") == 400)
        #expect(try status("GET \(page)", String(repeating: "A: b\r\n", count: 100)) == 400)
        #expect(try status("GET /\(String(repeating: "a", count: 9000))") == 400)
        #expect(try server.send("nonsense\r\n").status == 400)
        #expect(try status("GET \(page)") == 200)
    }

    /// The system knows of no listener on the other addresses of this machine.
    @Test func listensOnlyOnThisMachine() throws {
        let server = try RunningServer(.example())
        let suffix = String(format: ":%04X", server.port)
        var addresses: [Substring] = []
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            for line in try String(contentsOfFile: table, encoding: .utf8).split(separator: "\n") {
                let fields = line.split(separator: " ")
                let isListener = fields.count > 3 && fields[3] == "0A"
                if isListener && fields[1].hasSuffix(suffix) { addresses.append(fields[1].dropLast(5)) }
            }
        }
        #expect(addresses == ["0100007F"])
    }

    @Test func takesAnotherCommitAndAPortThatIsFree() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.edit("Claims/question.yaml", "How does the model reason?", "How do models reason?")
        try ledger.commit("Reword")
        let old = try RunningServer(ledger, "--at", "HEAD~1")
        #expect(try old.get("/\(old.token)/").body.contains("How does the model reason?"))
        let taken = try ledger.run("serve", "--port", "\(old.port)")
        #expect(taken.status == 2)
        #expect(taken.errors.hasPrefix("arbor-ledger: cannot listen on port \(old.port) of 127.0.0.1: "))
        #expect(try ledger.run("serve", "--port", "65536").status == 64)
        #expect(try ledger.run("serve", "--at", "missing").status == 64)
        let other = try RunningServer(ledger)
        #expect(other.token != old.token)
        #expect(other.token.utf8.count == 32)
    }

    /// The test controls the time of an embedded channel.
    @Test func closesConnectionsThatKeepItWaiting() throws {
        let site = Site([AtlasFile("index.html") { Array("<p>".utf8) }], token: "token")
        func connect() throws -> EmbeddedChannel {
            let channel = EmbeddedChannel()
            try channel.pipeline.syncOperations.addSiteHandlers(site, port: 80)
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
            return channel
        }
        let silent = try connect()
        silent.embeddedEventLoop.advanceTime(by: .seconds(14))
        #expect(silent.isActive)
        silent.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!silent.isActive)

        // Single bytes from time to time do not keep a connection open; a whole request does.
        let slow = try connect()
        for byte in "GET /token/ HTTP/1.1\r\nHost: localhost:80\r\n\r\n".utf8.prefix(15) {
            slow.embeddedEventLoop.advanceTime(by: .seconds(1))
            if slow.isActive { try slow.writeInbound(ByteBuffer(bytes: [byte])) }
        }
        #expect(!slow.isActive)

        let patient = try connect()
        for _ in 0..<3 {
            patient.embeddedEventLoop.advanceTime(by: .seconds(10))
            try patient.writeInbound(ByteBuffer(string: "GET /token/ HTTP/1.1\r\nHost: localhost:80\r\n\r\n"))
            let head = try #require(try patient.readOutbound(as: ByteBuffer.self))
            #expect(String(buffer: head).hasPrefix("HTTP/1.1 200 OK\r\n"))
            while try patient.readOutbound(as: ByteBuffer.self) != nil {}
        }
        #expect(patient.isActive)
    }
}
