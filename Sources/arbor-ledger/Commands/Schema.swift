import ArgumentParser
import Editing
import Records
import Words

struct Schema: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the JSON Schema of a kind of file, for validation and completion in editors.",
        discussion: """
            Without a kind it lists the kinds. A schema describes each key with an example, lists the settings of each \
            kernel, and has a snippet for a new record. --here adds this ledger's names with their titles, so that an \
            editor completes quantities, conditions and their values, assumptions, claims and the measurements that can \
            re-run a claim. --write writes all schemas to .arbor-ledger/schemas/, where the editor files of `init` look \
            for them; `doctor` says when they are old. A schema covers one file; `check` covers the whole ledger.

            Examples:
              arbor-ledger schema finding
              arbor-ledger schema finding --here
              arbor-ledger schema --write --here
            """)

    @Flag(help: "List the kinds of files.")
    var list = false

    @Flag(help: "Include this ledger's names.")
    var here = false

    @Flag(help: "Write the schemas of all kinds, replacing existing ones.")
    var write = false

    @Argument(help: ArgumentHelp("The kind of file.", valueName: "kind"))
    var kind: RecordKind?

    func validate() throws {
        if list && (here || write || kind != nil) { throw ValidationError("--list takes no other argument") }
        if write && kind != nil { throw ValidationError("--write writes the schemas of all kinds") }
        if here && !write && kind == nil { throw ValidationError("--here needs a kind, or --write") }
    }

    func run() async throws {
        if !here && !write {
            if let kind {
                writeOutput(json(jsonSchema(of: kind, kernels: kernelDescriptions)))
            } else {
                writeOutput(RecordKind.allCases.map { $0.rawValue + "\n" }.joined())
            }
            return
        }
        try await withWorkspace { workspace in
            let names = here ? try await workspace.knownNames() : nil
            if let kind { writeOutput(json(jsonSchema(of: kind, kernels: kernelDescriptions, names: names))) }
            guard write else { return .success }
            try workspace.requireWorkTree()
            for schema in schemaFiles(names: names) {
                try writeFile("\(workspace.root)/\(schema.path)", Array(schema.text.utf8))
                writeOutput("wrote  \(schema.path)\n")
            }
            return .success
        }
    }
}

extension RecordKind: ExpressibleByArgument {}

extension Workspace {
    /// Returns the names of all records in the work tree.
    func knownNames() async throws -> KnownNames {
        let files = try files(.workTree)
        return KnownNames(check(files), paths: files.map(\.path))
    }
}
