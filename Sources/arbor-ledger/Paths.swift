import Words

extension Workspace {
    /// Converts a path that the user typed to an absolute path.
    func absolutePath(_ typed: String) -> String {
        normalisedPath(typed.startsWithBytes("/") ? typed : "\(startDirectory)/\(typed)")
    }

    /// Converts a path that the user typed to a path from the ledger's root. The root itself becomes an empty path.
    func ledgerPath(_ typed: String) throws(Refusal) -> String {
        let path = absolutePath(typed)
        let top = normalisedPath(root)
        if path.hasSameBytes(as: top) { return "" }
        let folder = top == "/" ? top : top + "/"
        guard path.startsWithBytes(folder) else {
            throw Refusal(message: "\"\(typed)\" is outside the ledger at \(top)", exitCode: 64)
        }
        return String(decoding: path.utf8.dropFirst(folder.utf8.count), as: UTF8.self)
    }
}
