import Foundation
import Testing

/// Tests the snippets of the schemas, the comments that name schemas, and the warning about old schemas.
@Suite struct EditorFileTests {
    /// Where a record of each kind can be added to the example ledger.
    static let places = [
        "question": "Claims/sharing/question.yaml", "vote": "Claims/superposition/votes/bea.yaml",
        "quantity": "Claims/vocabulary/quantities/sharing.yaml", "condition": "Claims/vocabulary/conditions/level.yaml",
        "condition-value": "Claims/vocabulary/conditions/model/r2.yaml",
        "assumption": "Claims/vocabulary/assumptions/sharing-is-general.yaml",
        "constraint": "Claims/vocabulary/constraints/densities.yaml", "finding": "Findings/pairs.yaml",
        "model": "Verifiers/small/model.yaml", "measurement": "Verifiers/superposition-geometry/sharing.yaml",
        "kernel": "Kernels/probes/kernel.yaml", "codebook": "Codebooks/behaviours.yaml",
        "resource": "Resources/self-reflection-count.yaml",
    ]

    /// Returns the text that remains if the user accepts every default of a snippet.
    private func filled(_ snippet: JSON) -> String {
        snippet["bodyText"].text.replacing(/\$\{[0-9]+:((?:[^\\}]|\\.)*)\}/) { match in
            String(match.1).replacing(/\\(.)/) { $0.1 }
        }
    }

    @Test func snippetsPassCheck() throws {
        let ledger = try TemporaryLedger.example()
        for (kind, path) in Self.places.sorted(by: { $0.key < $1.key }) {
            let snippets = try ledger.run("schema", kind).json()["defaultSnippets"].items
            #expect(snippets.count == 1, "\(kind)")
            try ledger.write(path, filled(try #require(snippets.first)))
        }
        // The program whose digest the snippet has.
        try ledger.write("Kernels/probes/probes.py", "import arbor_kernel\n")
        let checked = try ledger.run("check")
        #expect(checked.output.contains(": 0 errors, 0 warnings"), "\(checked.output)")
        #expect(try ledger.run("schema", "trace").json()["defaultSnippets"].items.isEmpty)
    }

    @Test func snippetsOfListsPassCheck() throws {
        let ledger = try TemporaryLedger.example()
        let properties = try ledger.run("schema", "finding").json()["properties"]
        let whole = try filled(ledger.run("schema", "finding").json()["defaultSnippets"].items[0])
        func item(_ key: String) throws -> String {
            let snippet = try #require(properties[key]["defaultSnippets"].items.first)
            return "\(key):\n  " + filled(snippet).replacing("\n", with: "\n  ") + "\n"
        }
        let resource = try filled(ledger.run("schema", "resource").json()["defaultSnippets"].items[0])
        try ledger.write("Resources/self-reflection-count.yaml", resource)
        let head = String(whole.prefix(upTo: try #require(whole.firstRange(of: "claims:")).lowerBound))
        try ledger.write("Findings/pairs.yaml", try head + item("claims") + item("caveats") + item("resources"))
        let checked = try ledger.run("check")
        #expect(checked.output.contains(": 0 errors, 0 warnings"), "\(checked.output)")
    }

    @Test func recordsOfTheExampleNameTheirSchemas() throws {
        let ledger = try TemporaryLedger()
        #expect(try ledger.run("init", "--no-hook").status == 0)
        let records = try ledger.git("ls-files", "--others").split(separator: "\n").map(String.init)
            .filter { $0.hasSuffix(".yaml") }
        #expect(records.count == 11)
        for record in records {
            let line = try #require(try ledger.read(record).split(separator: "\n").last)
            let schema = try #require(line.firstMatch(of: /^# yaml-language-server: \$schema=((?:\.\.\/)*)(.*)$/))
            #expect(schema.1.count == 3 * record.count { $0 == "/" }, "\(record)")
            #expect(ledger.exists(String(schema.2)), "\(record)")
        }
    }

    @Test func doctorReportsOldSchemas() throws {
        let ledger = try TemporaryLedger.example()
        func health() throws -> [String] {
            let check = try ledger.run("doctor", "--format", "json").json()["checks"].first("name", "editor schemas")
            return [check["state"].text, check["message"].text, check["remedy"].description]
        }
        #expect(try health() == ["ok", "current, without the ledger's names", "null"])
        #expect(try ledger.run("schema", "--write", "--here").status == 0)
        #expect(try health() == ["ok", "current, with the ledger's names", "null"])
        let condition = ["new", "condition", "layer", "--title", "Layer", "--values", "{from: 0, to: 9}"]
        #expect(try ledger.run(condition).status == 0)
        let old = try health()
        #expect(old[0] == "warning" && old[2] == "arbor-ledger schema --write --here")
        #expect(old[1].contains("older than the ledger or the program: .arbor-ledger/schemas/question.json"))
        #expect(try ledger.run("schema", "--write", "--here").status == 0)
        #expect(try health()[0] == "ok")
        try FileManager.default.removeItem(atPath: ledger.place(".arbor-ledger/schemas/vote.json"))
        #expect(try health() == ["warning", "1 file missing", "arbor-ledger schema --write --here"])
    }
}
