import Editing
import Reports
import Words

extension SetupChecks {
    /// Checks that the schema files are those that this program would write for the ledger as it is.
    ///
    /// This is a check of `doctor`, because it reads the whole ledger and matters to people who edit in an editor only;
    /// `check` runs in every hook.
    func schemas(_ workspace: Workspace) async throws -> HealthCheck {
        let written = EditorSchema.all.compactMap { schema -> (path: String, text: String)? in
            guard !workspace.isBare,
                let content = try? readFile("\(workspace.root)/\(schema.path)", limit: schemaByteLimit),
                case .bytes(let bytes) = content
            else { return nil }
            return (schema.path, String(decoding: bytes, as: UTF8.self))
        }
        guard !written.isEmpty else {
            return HealthCheck(
                "editor schemas", .ok, "none", remedy: EditorSchema.command(withNames: true))
        }
        let hasNames = written.contains { EditorSchema.hasNames($0.text) }
        let command = EditorSchema.command(withNames: hasNames)
        let current = schemaFiles(names: hasNames ? try await workspace.knownNames() : nil)
        let old = written.filter { file in !current.contains { $0.path == file.path && $0.text == file.text } }
        let missing = current.count - written.count
        guard !old.isEmpty || missing > 0 else {
            return HealthCheck(
                "editor schemas", .ok,
                hasNames ? "current, with the ledger's names" : "current, without the ledger's names")
        }
        let parts =
            (old.isEmpty
                ? []
                : ["\(counted(old.count, "file")) older than the ledger or the program: \(shortened(old.map(\.path)))"])
            + (missing == 0 ? [] : ["\(counted(missing, "file")) missing"])
        return HealthCheck("editor schemas", .warning, parts.joined(separator: "; "), remedy: command)
    }

    private func shortened(_ paths: [String]) -> String {
        listed(paths.prefix(3) + (paths.count > 3 ? ["\(paths.count - 3) more"] : []), "and")
    }
}

/// The largest schema file that is read.
private let schemaByteLimit = 64 << 20
