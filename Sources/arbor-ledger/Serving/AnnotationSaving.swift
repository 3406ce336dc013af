import Annotations
import Atlas
import Checking
import Records
import Words

/// Writes annotation files that a page sent into the work tree.
struct AnnotationSaving: Sendable {
    let workspace: Workspace

    /// Why a file is not written. The page shows it.
    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    /// Checks a file as `check` does, together with the trace and the codebook in the work tree, and writes it. Returns
    /// its path.
    func save(_ bytes: [UInt8], from page: String) throws -> String {
        let annotation: Annotation
        do {
            annotation = try Annotation(encoded: bytes)
        } catch {
            throw Problem(description: "the annotation is not readable: \(error.message)")
        }
        guard page == annotatingPage(trace: annotation.trace, codebook: annotation.codebook) else {
            throw Problem(description: "the annotation is not of this page's trace and codebook")
        }
        let path = AnnotationFile.place(of: annotation, sha256: sha256(bytes)).path
        let tree = try WorkTree(workspace.root)
        let entries = try tree.list(below: ["Traces/\(annotation.trace)", "Codebooks"])
        let others = entries.filter { !$0.isReadme && $0.path != path }.map(LedgerEntry.init)
        let file = decode(SourceFile(path: path, bytes: bytes))
        let ledger = workspace.check(try workspace.decodedFiles(of: others, isWholeState: false) + [file])
        if let problem = ledger.diagnostics.first(where: {
            $0.path == path && $0.severity == .error
                || $0.code == .severalHeads && $0.path.hasPrefix(folder(of: path) + "/")
        }) {
            throw Problem(description: escapeHidden("\(problem.message)\(problem.fix.map { "; \($0)" } ?? "")"))
        }
        if let there = try tree.entry(at: path), there.kind != .file {
            throw Problem(description: "\(path) or one of its folders is a link")
        }
        try writeFile("\(workspace.root)/\(path)", bytes)
        return path
    }
}
