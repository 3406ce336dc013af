import Editing
import Words

/// What `init` writes for editors, from the ledger's root: a schema for each kind of file, and where each kind stands.
func editorFiles() throws -> [(path: String, text: String)] {
    try EditorSchema.all.map { ($0.path, try json($0.schema())) } + [
        (".vscode/settings.json", try json(editorSettings))
    ]
}

/// Settings of VS Code, which Neovim's yaml-language-server takes in the same words; paths, so that it works offline.
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
