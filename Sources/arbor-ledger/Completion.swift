import ArgumentParser
import Editing
import FoundationEssentials
import Glibc
import Merging
import Records

extension CompletionKind {
    /// Completes names from the ledger in the shell's current folder. Offers only names that follow the naming rules.
    /// Such names need no quotes in any shell.
    static func names(_ chosen: KeyPath<KnownNames, [String]> & Sendable) -> CompletionKind {
        .custom { words, _, _ in pathNames(words)?[keyPath: chosen] ?? [] }
    }

    static func names(_ namespace: Shape.Namespace) -> CompletionKind {
        .custom { words, _, _ in pathNames(words)?.names(namespace) ?? [] }
    }

    /// Completes every id that `show` accepts and, after `slug#`, the claims of that finding.
    static let records = CompletionKind.custom { words, _, typed in
        guard let names = pathNames(words) else { return [] }
        if let hash = typed.utf8.firstIndex(of: UInt8(ascii: "#")) { return claims(of: String(typed[..<hash]), words) }
        return names.findings + names.questions + names.quantities + names.toyModels + names.measurements
            + names.traces + names.codebooks + names.assumptions + names.constraints + names.conditions
            + names.resources
    }

    /// Completes findings and, after `slug#`, the claims of that finding.
    static let findings = CompletionKind.custom { words, _, typed in
        if let hash = typed.utf8.firstIndex(of: UInt8(ascii: "#")) { return claims(of: String(typed[..<hash]), words) }
        return pathNames(words)?.findings ?? []
    }

    static let tasks = CompletionKind.custom { words, _, _ async in
        guard let workspace = workspace(words), let loaded = try? workspace.load(.workTree) else { return [] }
        let ids = loaded.merge().tasks(today: today()).map(\.id).filter(isPlain)
        // zsh treats the text after a colon as a description.
        return CompletionShell.requesting == .zsh ? ids.map { $0.replacing(":", with: "\\:") } : ids
    }
}

/// Opens the ledger that a command line refers to, and respects `-C DIR`.
private func workspace(_ words: [String]) -> Workspace? {
    for (word, next) in zip(words, words.dropFirst()) where word == "-C" {
        guard unsafe chdir(next) == 0 else { return nil }
    }
    return try? Workspace(
        environment: ProcessInfo.processInfo.environment, startDirectory: FileManager.default.currentDirectoryPath)
}

private func pathNames(_ words: [String]) -> KnownNames? {
    guard let workspace = workspace(words), !workspace.isBare, let files = try? WorkTree(workspace.root).list() else {
        return nil
    }
    return KnownNames(paths: files.map(\.path))
}

private func claims(of slug: String, _ words: [String]) -> [String] {
    guard let workspace = workspace(words), !workspace.isBare, let workTree = try? WorkTree(workspace.root),
        let file = try? workTree.list().first(where: { RecordPlace(path: $0.path) == .finding(slug: slug) }),
        isName(slug), case .finding(let finding)? = (try? workTree.read(file)).flatMap({ decode($0).record })
    else { return [] }
    return finding.claims.map(\.id.description)
}

/// Returns whether a text needs no quotes in any shell.
private func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { byte in
        switch byte {
        case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"),
            UInt8(ascii: ":"), UInt8(ascii: "#"), UInt8(ascii: "+"):
            true
        default: false
        }
    }
}
