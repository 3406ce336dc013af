import Foundation

extension Workspace {
    /// A path that the user typed, from the ledger's root; empty for the root itself.
    func ledgerPath(_ typed: String) throws(Refusal) -> String {
        let absolute = typed.hasPrefix("/") ? typed : "\(startDirectory)/\(typed)"
        let path = normalised(absolute)
        let top = normalised(root)
        if path == top { return "" }
        guard path.hasPrefix(top + "/") else {
            throw Refusal(message: "\"\(typed)\" is outside the ledger at \(top)", exitCode: 64)
        }
        return String(path.dropFirst(top.count + 1))
    }
}

/// Without `.`, `..` and empty parts, as far as the text alone tells.
private func normalised(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") {
        if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
}
