import Git
import Glibc
import Ledger

/// The pre-commit hook on disk, with the one that it keeps and runs first.
struct HookFile {
    private let path: String
    private let kept: String
    private let executable: String

    /// How our own hook is known again.
    private static let marker = "# arbor-ledger hook"

    init(_ workspace: Workspace) throws {
        let repository = try workspace.repository()
        let folder =
            repository.configPath("core.hooksPath")
            .map { $0.hasPrefix("/") ? $0 : "\(workspace.root)/\($0)" } ?? "\(repository.commonDirectory)/hooks"
        path = "\(folder)/pre-commit"
        kept = "\(path).before-arbor-ledger"
        executable = try LocalExecutor.ownPath()
    }

    private var script: String {
        """
        #!/bin/sh
        \(Self.marker); remove it with: arbor-ledger hook uninstall
        previous="$0.before-arbor-ledger"
        if [ -x "$previous" ]; then "$previous" "$@" || exit $?; fi
        tool=\(shellQuoted(executable))
        [ -x "$tool" ] || tool=$(command -v arbor-ledger) || {
            echo "arbor-ledger is not installed here, so this commit is not checked" >&2
            exit 0
        }
        exec "$tool" hook run

        """
    }

    func install() throws -> String {
        let current = try content(path)
        if current == script { return "The hook is installed already: \(path)" }
        if let current, !isOurs(current) {
            guard try content(kept) == nil else {
                throw Refusal(message: "\(kept) is in the way", remedy: "move it aside and try again")
            }
            guard unsafe rename(path, kept) == 0 else { throw FileError(path: path, doing: "set aside", code: errno) }
        }
        try writeFile(path, Array(script.utf8), mode: 0o755)
        let chained = try content(kept) == nil ? "" : "; the hook that was there is kept and runs first"
        return "Installed \(path)\(chained)."
    }

    func uninstall() throws -> String {
        guard let current = try content(path), isOurs(current) else {
            return "No hook of arbor-ledger is installed here."
        }
        if try content(kept) != nil {
            guard unsafe rename(kept, path) == 0 else { throw FileError(path: path, doing: "put back", code: errno) }
            return "Removed the hook and put back the one that was there before: \(path)"
        }
        try removeFile(path)
        return "Removed \(path)"
    }

    private func isOurs(_ text: String) -> Bool { text.contains("\n\(Self.marker)") }

    private func content(_ path: String) throws -> String? {
        guard fileExists(path) else { return nil }
        guard case .bytes(let bytes) = try readFile(path, limit: recordByteLimit) else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }
}
