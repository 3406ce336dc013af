import Editing
import Foundation
import Records
import Testing
import Words

/// Compares the keys in schemas with the keys that decoding accepts. `make test-schemas` runs the schemas in a
/// validator.
@Suite struct SchemaTests {
    /// The path of a file of each kind, to which an unknown key can be added.
    static let places: [(kind: RecordKind, path: String)] = [
        (.question, "Claims/a/question.yaml"), (.vote, "Claims/votes/ada.yaml"),
        (.quantity, "Claims/vocabulary/quantities/a.yaml"), (.condition, "Claims/vocabulary/conditions/a.yaml"),
        (.assumption, "Claims/vocabulary/assumptions/a.yaml"), (.finding, "Findings/a.yaml"),
        (.model, "Verifiers/a/model.yaml"), (.measurement, "Verifiers/a/b.yaml"), (.resource, "Resources/a.yaml"),
    ]

    private static func keys(_ schema: JSONValue, _ path: [String] = []) -> Set<String>? {
        guard case .object(let members) = schema else { return nil }
        guard let next = path.first else {
            guard case .object(let properties)? = members["properties"] else { return nil }
            return Set(properties.keys)
        }
        return members[next].flatMap { keys($0, Array(path.dropFirst())) }
    }

    /// Returns the known keys. Decoding lists them if an unknown key resembles none of them.
    private static func known(_ path: String, _ text: String) -> Set<String>? {
        let found = decode(SourceFile(path: path, bytes: Array(text.utf8))).diagnostics
        let fix = found.first { $0.code == .unknownKey && $0.message.contains("zzzzzzzzzzzzzzzz") }?.fix
        return fix.map { Set($0.replacingOccurrences(of: "the keys are ", with: "").components(separatedBy: ", ")) }
    }

    @Test(arguments: places) func keysMatchDecoding(kind: RecordKind, path: String) throws {
        let keys = try #require(Self.keys(jsonSchema(of: kind, kernels: [])))
        // If a file has no key of its kind, it is assumed to belong to another program.
        let own = try #require(keys.min())
        #expect(Self.known(path, "\(own): 1\nzzzzzzzzzzzzzzzz: 1\n") == keys)
    }

    static let inside: [(path: [String], text: String)] = [
        (["claims", "items"], "claims: [{zzzzzzzzzzzzzzzz: 1}]"),
        (
            ["claims", "items", "properties", "reported"],
            "claims: [{quantity: q, tested: {}, reported: {zzzzzzzzzzzzzzzz: 1}}]"
        ),
        (["caveats", "items"], "caveats: [{zzzzzzzzzzzzzzzz: 1}]"),
        (["caveats", "items", "properties", "against"], "caveats: [{text: t, against: {zzzzzzzzzzzzzzzz: 1}}]"),
        (["resources", "items"], "resources: [{zzzzzzzzzzzzzzzz: 1}]"),
    ]

    @Test(arguments: inside) func keysInsideAFindingMatchDecoding(path: [String], text: String) throws {
        let known = try #require(Self.known("Findings/a.yaml", text + "\n"))
        #expect(Self.keys(jsonSchema(of: .finding, kernels: []), ["properties"] + path) == known)
    }

    @Test func settingsKeysMatchDecoding() {
        let found = decodeSettings(Array("zzzzzzzzzzzzzzzz: 1\n".utf8)).diagnostics.first?.fix
        #expect(found == "the keys are audit_branch, alpha, count_unsandboxed_runs")
        #expect(
            Self.keys(jsonSchema(of: .settings, kernels: [])) == ["audit_branch", "alpha", "count_unsandboxed_runs"])
    }

    @Test func completesNamesOfALedger() throws {
        let ledger = baseLedger.check()
        let names = KnownNames(ledger, paths: baseLedger.files.map(\.path))
        let schema = String(
            decoding: json(jsonSchema(of: .finding, kernels: ledger.kernels, names: names)), as: UTF8.self)
        for name in ["\"dims\"", "\"toy-is-r1\"", "\"toy/dims\"", "\"half#1\"", "\"model.family\"", "0.05", "\"maze\""]
        {
            #expect(schema.contains(name), "\(name)")
        }
        #expect(!String(decoding: json(jsonSchema(of: .finding, kernels: [])), as: UTF8.self).contains("\"dims\""))
    }

    /// A name that a shell would have to quote, or that could mislead an editor, is not completed.
    @Test func doesNotCompleteInvalidNames() {
        let names = KnownNames(paths: [
            "Findings/$(x).yaml", "Findings/a b.yaml", "Claims/a\u{301}/question.yaml", "Claims/$(x)/b/question.yaml",
            "Claims/vocabulary/quantities/-x.yaml", "Claims/question.yaml", "Claims/a/b/question.yaml",
            "Verifiers/$(x)/dims.yaml", "Claims/vocabulary/conditions/$(x)/b.yaml",
        ])
        #expect(names.findings == [])
        #expect(names.questions == [".", "a/b"])
        #expect(names.quantities == [])
        #expect(names.measurements == [])
        #expect(names.conditions == [])
    }
}
