import KernelInterface
import Records

/// A schema file for editors, which select it by the path of the edited file.
package struct EditorSchema: Sendable {
    /// The path of the schema file, relative to the ledger's root.
    package var path: String
    /// Patterns for the files to which the schema applies, relative to the ledger's root. No two patterns match the
    /// same file, because older editors do not support exclusions.
    package var globs: [String]
    package var kinds: [RecordKind]

    package static let all = [
        EditorSchema(["/Claims/**/question.yaml"], .question),
        EditorSchema(["/Claims/**/votes/*.yaml"], .vote),
        EditorSchema(["/Claims/vocabulary/quantities/*.yaml"], .quantity),
        EditorSchema(["/Claims/vocabulary/conditions/*.yaml"], .condition),
        EditorSchema(["/Claims/vocabulary/conditions/*/*.yaml"], .conditionValue),
        EditorSchema(["/Claims/vocabulary/assumptions/**/*.yaml"], .assumption),
        EditorSchema(["/Claims/vocabulary/constraints/*.yaml"], .constraint),
        EditorSchema(["/Findings/**/*.yaml"], .finding),
        EditorSchema(["/Verifiers/*/*.yaml"], .model, .measurement, name: "verifier"),
        EditorSchema(["/Verifiers/*/receipts/*.json"], .receipt),
        EditorSchema(["/Traces/*/trace.yaml"], .trace),
        EditorSchema(["/Traces/*/annotations/*/*/*.json"], .annotation),
        EditorSchema(["/Codebooks/*.yaml"], .codebook),
        EditorSchema(["/Kernels/*/kernel.yaml"], .kernel),
        EditorSchema(["/Resources/*.yaml"], .resource),
        EditorSchema(["/.arbor-ledger.yaml"], .settings),
    ]

    private init(_ globs: [String], _ kinds: RecordKind..., name: String? = nil) {
        path = ".arbor-ledger/schemas/\(name ?? kinds[0].rawValue).json"
        self.globs = globs
        self.kinds = kinds
    }

    /// Returns the schema. In a folder that contains two kinds of files, a file belongs to the first kind if it has a
    /// required key that the second kind does not have.
    package func schema(kernels: [KernelDescription], names: KnownNames? = nil) -> JSONValue {
        let comment = JSONValue.text(Self.comment(withNames: names != nil))
        guard kinds.count == 2 else {
            return jsonSchema(of: kinds[0], kernels: kernels, names: names).adding(["$comment": comment])
        }
        let others = kinds[1].shape?.keys.map(\.name) ?? []
        let own = (kinds[0].shape?.keys ?? []).filter { $0.isRequired && !others.contains($0.name) }
            .map { key in JSONValue.object(["required": [.text(key.name)]]) }
        let writer = SchemaWriter(kernels: kernels, names: names)
        return writer.complete([
            "$comment": comment, "$schema": draft, "title": "arbor-ledger: model or measurement",
            "if": ["anyOf": .list(own)], "then": writer.body(of: kinds[0]), "else": writer.body(of: kinds[1]),
            // Editors do not look for the snippets of an empty file in `then` and `else`.
            "defaultSnippets": .list(kinds.flatMap(writer.snippets)),
        ])
    }

    /// Returns the schema file for a kind of record.
    package static func of(_ kind: RecordKind) -> EditorSchema? { all.first { $0.kinds.contains(kind) } }

    /// Returns the comment that names the schema for yaml-language-server, which works in every editor.
    package func comment(forFileAt file: String) -> String {
        let up = String(repeating: "../", count: file.utf8.count { $0 == UInt8(ascii: "/") })
        return "# yaml-language-server: $schema=\(up)\(path)"
    }

    /// Returns whether a schema file was written with the names of its ledger.
    package static func hasNames(_ text: String) -> Bool { text.contains(comment(withNames: true)) }

    private static func comment(withNames: Bool) -> String { "Written by `\(command(withNames: withNames))`." }

    /// The command that writes all schemas.
    package static func command(withNames: Bool) -> String {
        "arbor-ledger schema --write\(withNames ? " --here" : "")"
    }
}
