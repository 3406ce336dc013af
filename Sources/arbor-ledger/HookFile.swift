import Git
import Glibc
import Records
import Words

/// The git hooks that check a ledger.
enum HookName: String, CaseIterable {
    case preCommit = "pre-commit"
    /// git runs this hook instead of pre-commit for a merge without conflicts.
    case preMergeCommit = "pre-merge-commit"
    case prePush = "pre-push"
}

/// The folder from which git runs this repository's hooks.
struct HookFolder {
    private let path: String
    private let executable: String

    init(_ workspace: Workspace) throws {
        let repository = try workspace.repository()
        let configured = repository.configPath("core.hooksPath")
        path =
            configured.map { $0.hasPrefix("/") ? $0 : "\(workspace.root)/\($0)" }
            ?? "\(repository.commonDirectory)/hooks"
        executable = try LocalExecutor.executablePath()
        if configured == "/dev/null" {
            throw Refusal(
                message: "core.hooksPath is /dev/null, so git runs no hooks here",
                remedy: "git config --unset core.hooksPath")
        }
    }

    /// Installs hooks and returns a line for each. If something prevents one of them, refuses before anything is
    /// written.
    func install(_ names: [HookName], in workspace: Workspace) throws -> String {
        try requireUnsharedFolder(in: workspace, names)
        try makeFolder(path, survivesPowerLoss: true)
        return try whileLocked {
            let files = names.map(file)
            for file in files { try file.requireNoObstacle() }
            return try files.map { escapeHidden(try $0.install()) + "\n" }.joined()
        }
    }

    /// Removes all hooks of this tool.
    func uninstall() throws -> String {
        let removed = try whileLocked { try HookName.allCases.compactMap { try file($0).uninstall() } }
        return removed.isEmpty
            ? "No hook of arbor-ledger is installed here.\n" : removed.map { escapeHidden($0) + "\n" }.joined()
    }

    /// Runs `body` while no other process changes the hooks. Between reading and replacing a hook, another process could
    /// otherwise replace it.
    private func whileLocked<Result>(_ body: () throws -> Result) throws -> Result {
        // Some network file systems cannot lock a folder, and a missing folder has no hooks to remove.
        let lock = try? lockFolder(path, waits: true)
        defer { if let lock { close(lock) } }
        return try body()
    }

    func path(of name: HookName) -> String { "\(path)/\(name.rawValue)" }

    func state(of name: HookName) throws -> HookState { try file(name).state() }

    private func file(_ name: HookName) -> HookFile {
        HookFile(name: name, path: path(of: name), executable: executable)
    }

    /// Refuses a folder that is committed or that husky writes. Such a folder is shared, but our hooks contain a path
    /// on this machine.
    private func requireUnsharedFolder(in workspace: Workspace, _ names: [HookName]) throws {
        guard !workspace.isBare, path.hasPrefix("\(workspace.root)/") else { return }
        let inside = path.dropFirst(workspace.root.count + 1)
        let isHuskys = inside == ".husky/_" || inside == ".husky"
        let isTracked = try workspace.repository().stagedEntries(under: [String(inside.prefix { $0 != "/" })])
            .contains { $0.path.hasPrefix("\(inside)/") }
        guard isHuskys || isTracked else { return }
        let folder = isHuskys ? ".husky" : String(inside)
        let lines = names.map { "arbor-ledger hook run \($0.rawValue) in \(folder)/\($0.rawValue)" }
        throw Refusal(
            message: "core.hooksPath is \(inside), which \(isHuskys ? "husky writes" : "is committed")",
            remedy: "add the line \(lines.joined(separator: ", "))")
    }
}

/// The state of the file at a hook's path.
enum HookState: Equatable {
    case nothing
    case ours(current: Bool)
    case foreign
}

/// One hook on disk, with the previous hook that it runs first.
///
/// The previous hook is renamed, and later restored by another rename. This preserves its bytes, mode and link target.
/// After an interruption at any moment, the command can be repeated.
private struct HookFile {
    var name: HookName
    var path: String
    var executable: String

    private var saved: String { "\(path).before-arbor-ledger" }

    /// The comment that identifies our own hooks.
    static let marker = "# arbor-ledger hook"

    private var script: String {
        """
        #!/bin/sh
        \(Self.marker); remove it with: arbor-ledger hook uninstall
        name=\(name.rawValue)
        previous="${0%/*}/$name.before-arbor-ledger"
        tool=\(shellQuoted(executable))
        \(name == .prePush ? Self.readingInput : Self.plain)
        """
    }

    private static let lookup = """
        [ -x "$tool" ] || tool=$(command -v arbor-ledger) || {
            echo "arbor-ledger is not installed here, so this is not checked" >&2
            exit 0
        }
        """

    private static let plain = """
        if [ -x "$previous" ]; then "$previous" "$@" || exit $?; fi
        \(lookup)
        exec "$tool" hook run "$name" "$@"

        """

    /// git writes the pushed ranges to standard input, which both hooks must read.
    private static let readingInput = """
        input=$(cat)
        hear() { [ -z "$input" ] || printf '%s\\n' "$input"; }
        if [ -x "$previous" ]; then hear | "$previous" "$@" || exit $?; fi
        \(lookup)
        hear | "$tool" hook run "$name" "$@"

        """

    func requireNoObstacle() throws {
        if kind(path) == .folder {
            throw Refusal(message: "\(path) is a folder", remedy: "move it aside and try again")
        }
        guard try state() == .foreign, kind(saved) != nil, !isAlreadySaved else { return }
        throw Refusal(message: "\(saved) is in the way", remedy: "move it aside and try again")
    }

    func install() throws -> String {
        removeAbandonedFiles(in: folder)
        switch try state() {
        case .ours(current: true): return "The hook is installed already: \(path)"
        case .foreign: try saveExisting()
        case .ours(current: false), .nothing: break
        }
        try writeFile(path, Array(script.utf8), mode: 0o755)
        let chained = kind(saved) == nil ? "" : "; the previous hook is saved and runs first"
        return "Installed \(path)\(chained)."
    }

    /// Removes our hook. Returns nil if it is not installed.
    func uninstall() throws -> String? {
        removeAbandonedFiles(in: folder)
        let state = try state()
        if state == .foreign, isAlreadySaved { try removeFile(saved) }
        guard state != .foreign, state != .nothing || kind(saved) != nil else { return nil }
        if kind(saved) != nil {
            guard unsafe rename(saved, path) == 0 else { throw FileError(path: path, doing: "put back", code: errno) }
            try syncFolder(folder)
            return "Removed the hook and restored the previous one: \(path)"
        }
        try removeFile(path)
        return "Removed \(path)"
    }

    func state() throws -> HookState {
        switch kind(path) {
        case nil: return .nothing
        case .file:
            guard case .bytes(let bytes) = try readFile(path, limit: recordByteLimit) else { return .foreign }
            let text = String(decoding: bytes, as: UTF8.self)
            return text.containsBytes("\n\(Self.marker)") ? .ours(current: text == script) : .foreign
        case .folder, .link, .other: return .foreign
        }
    }

    /// Links the existing hook to a second name. The hook keeps its first name until ours replaces it, so that an
    /// interruption never leaves git without a hook.
    private func saveExisting() throws {
        if isAlreadySaved { return }
        if unsafe link(path, saved) == 0 { return }
        // Hard links may be unsupported, or forbidden for files of another user. The hook is then renamed, and for a
        // moment git has no hook.
        guard [EPERM, EMLINK, EOPNOTSUPP, ENOSYS, EXDEV].contains(errno), unsafe rename(path, saved) == 0 else {
            throw FileError(path: path, doing: "set aside", code: errno)
        }
    }

    /// Whether an interrupted attempt has already linked the hook to its second name.
    private var isAlreadySaved: Bool {
        var (mine, other) = (stat(), stat())
        return unsafe lstat(path, &mine) == 0 && lstat(saved, &other) == 0 && mine.st_ino == other.st_ino
            && mine.st_dev == other.st_dev
    }

    private var folder: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }

    private func kind(_ path: String) -> FileKind? { try? kindOfFile(path) }
}
