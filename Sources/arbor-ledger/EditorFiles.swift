import Editing
import Words

/// Returns the editor files that `init` writes, by path from the ledger's root: a schema for each kind of file, and
/// settings that map paths to schemas.
func editorFiles() -> [(path: String, text: String)] {
    schemaFiles() + [(".vscode/settings.json", String(decoding: json(editorSettings), as: UTF8.self))]
}

/// Returns the schema files, with the names of a ledger if they are given.
func schemaFiles(names: KnownNames? = nil) -> [(path: String, text: String)] {
    EditorSchema.all.map { schema in
        let value = schema.schema(kernels: kernelDescriptions, names: names)
        return (schema.path, String(decoding: json(value), as: UTF8.self))
    }
}

/// The settings of VS Code. Neovim's yaml-language-server accepts the same keys. Schemas are named by local paths, so
/// that they work offline.
private var editorSettings: JSONValue {
    func globs(_ schema: EditorSchema) -> JSONValue { .list(schema.globs.map(JSONValue.text)) }
    let yaml = EditorSchema.all.filter { $0.kinds != [.receipt] }
    return [
        "yaml.schemas": .object(Dictionary(uniqueKeysWithValues: yaml.map { ("./\($0.path)", globs($0)) })),
        "json.schemas": .list(
            EditorSchema.all.filter { $0.kinds == [.receipt] }.map { receipts in
                ["fileMatch": globs(receipts), "url": .text("./\(receipts.path)")]
            }),
    ]
}
