import Foundation
import Testing

/// What the ledger knows of the sources of its resources.
extension FetchTests {
    @Test func listsDeadSourcesAsTasks() throws {
        let ledger = try ledger(
            sources:
                "https://data.example.org/1.0/a, https://data.example.org/1.0/gone, https://data.example.org/1.0/closed"
        )
        let server = try ScriptedServer { request in
            switch request.line {
            case "HEAD /1.0/a": Response(head: "HTTP/1.1 200 OK\nContent-Length: 100000\n\n")
            case "HEAD /1.0/gone": .status("404 Not Found")
            default: .status("403 Forbidden")
            }
        }
        let options = ["--links", "--test-server", "data.example.org=127.0.0.1:\(server.port)"]
        let asked = try ledger.run(["resources", "--format", "json"] + options)
        #expect(server.requests.map(\.line) == ["HEAD /1.0/a", "HEAD /1.0/closed", "HEAD /1.0/gone"])
        let report = try asked.json()
        #expect(report["tasks"].items.map { $0["id"].text } == ["replace-source:data"])
        let sources = report["resources"].items[0]["sources"].items
        #expect(sources.map { $0["problem"].text } == ["<null>", "the server answered 404", "the server answered 403"])
        #expect(sources.map { $0["dead"].description } == ["0", "1", "0"])
        // Later calls show the answers without asking again.
        #expect(try ledger.run("resources", "--format", "json").output == asked.output)
        #expect(server.requests.count == 3)
    }

    @Test func escapesWhatServersSend() throws {
        let ledger = try ledger()
        let server = try ScriptedServer { _ in .redirect("https://a\u{1B}[31m/") }
        let option = "data.example.org=127.0.0.1:\(server.port)"
        for arguments in [["fetch", "data"], ["resources", "--links"]] {
            let printed = try ledger.run(arguments + ["--test-server", option])
            #expect((printed.output + printed.errors).contains("\\u{1b}[31m"), "\(printed)")
            #expect(!(printed.output + printed.errors).contains("\u{1B}"))
        }
    }

    @Test func keepsTheAnswersOfSourcesIfNothingAnswers() throws {
        let ledger = try ledger()
        let port = try ScriptedServer { _ in .status("200 OK") }.port
        let printed = try ledger.run("resources", "--links", "--test-server", "data.example.org=127.0.0.1:\(port)")
        #expect(printed.status == 1)
        #expect(printed.errors.hasPrefix("arbor-ledger: no source answered; https://data.example.org/1.0/a: "))
    }

    @Test func trainsTheNetworksOfToyModels() throws {
        let ledger = try TemporaryLedger.example()
        func write(_ more: String) throws {
            try ledger.write(
                "Resources/network.yaml",
                "title: A network\nkind: checkpoint\nlicence: CC0-1.0\n\(more)made_by: {verifier: superposition-geometry, "
                    + "seed: 00000000000000ab, settings: {density: 0.3}}\n")
        }
        try write("")
        let printed = try ledger.run("fetch", "network")
        #expect(printed.status == 0, "\(printed)")
        let digest = try #require(printed.output.firstMatch(of: /sha256: ([0-9a-f]{64})\n/)?.1)
        let bytes = try #require(stored(ledger, String(digest)))
        // A safetensors file begins with the length of its header, which begins with a brace.
        #expect(bytes[8] == UInt8(ascii: "{"))
        try write("sha256: \(digest)\n")
        #expect(try ledger.run("fetch", "network").output.hasPrefix("stored  network, "))
        try write("sha256: \(Self.digest)\n")
        let other = try ledger.run("fetch", "network")
        #expect(other.status == 1)
        #expect(other.output.contains("its SHA-256 is \(digest), and the record says \(Self.digest)"))
    }

    @Test func showsWhatRestsOnAResource() throws {
        let ledger = try ledger()
        try ledger.write(
            "Findings/rests.yaml", finding("Rests") + "resources:\n  - {kind: data, name: data}\n")
        try ledger.write(
            "Findings/by-digest.yaml",
            finding("By digest", value: "[0.4, 0.6]") + "resources:\n  - {kind: data, sha256: \(Self.digest)}\n")
        #expect(try ledger.run("check").output.contains("0 errors"))
        let shown = try ledger.run("show", "resource:data")
        expect(
            shown,
            says: """
                Some numbers
                  resource data, Resources/data.yaml

                  kind
                    data

                  SHA-256
                    \(Self.digest)

                  licence
                    CC0-1.0

                  sources
                    https://data.example.org/1.0/a

                  what rests on it
                    finding by-digest
                    finding rests

                """)
        let rests = try ledger.run("show", "rests").output
        #expect(rests.contains("  resources\n    data: Some numbers (resource data), SHA-256\n"))
        #expect(try ledger.run("resources").output.contains("needed by finding by-digest\n"))
    }
}
