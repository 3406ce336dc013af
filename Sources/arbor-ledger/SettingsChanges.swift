import Checking
import Git
import Records
import Signatures
import Words

extension Workspace {
    /// Compares the settings and the signers of two states.
    func settingsChanges(from before: Snapshot, to after: Snapshot) throws -> [BasisChange] {
        try [(settingsPath, changesOfSettings), (signersPath, changesOfSigners)].compactMap { path, changes in
            let (old, new) = (try content(of: path, at: before), try content(of: path, at: after))
            guard old != new else { return nil }
            let found =
                (old == nil ? ["it was added"] : new == nil ? ["it was removed"] : []) + changes(old ?? [], new ?? [])
            return BasisChange(
                kind: .settings, name: path,
                change: escapeHidden(found.isEmpty ? "its text changed" : listed(found)),
                path: path)
        }
    }

    /// Returns the bytes of a file, or nil if a state has no such file.
    private func content(of path: String, at snapshot: Snapshot) throws -> [UInt8]? {
        switch snapshot {
        case .revision(let revision):
            let repository = try repository()
            let tree = try repository.tree(of: repository.resolve(revision))
            guard let entry = try repository.entry(at: path, inTree: tree),
                entry.mode == .file || entry.mode == .executable
            else { return nil }
            return try repository.blob(entry.id, limit: recordByteLimit)
        case .workTree, .staged:
            guard fileExists("\(root)/\(path)"),
                case .bytes(let bytes) = try readFile("\(root)/\(path)", limit: recordByteLimit)
            else { return nil }
            return bytes
        }
    }
}

private func changesOfSettings(from old: [UInt8], to new: [UInt8]) -> [String] {
    let (old, new) = (decodeSettings(old).settings, decodeSettings(new).settings)
    var changes: [String] = []
    if old.auditBranch != new.auditBranch {
        changes.append("its \"audit_branch\" is \(new.auditBranch) instead of \(old.auditBranch)")
    }
    if old.alpha != new.alpha { changes.append("its \"alpha\" is \(new.alpha) instead of \(old.alpha)") }
    return changes
}

private func changesOfSigners(from old: [UInt8], to new: [UInt8]) -> [String] {
    func lines(_ bytes: [UInt8]) -> [Signer] {
        decodeSigners(bytes).signers.entries.map { entry in
            var entry = entry
            entry.line = 0
            return entry
        }
    }
    let (old, new) = (lines(old), lines(new))
    func described(_ signer: Signer) -> String {
        "\(signer.name) with \(signer.key.fingerprint) for \(listed(signer.namespaces))"
    }
    return old.filter { !new.contains($0) }.map { "it no longer lists \(described($0))" }
        + new.filter { !old.contains($0) }.map { "it now lists \(described($0))" }
}
