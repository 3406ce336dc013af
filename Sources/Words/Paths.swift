/// Splits a path at slash bytes, as git does, even if a combining mark follows the slash.
package func pathParts(_ path: String) -> [String] {
    Array(path.utf8).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
}

/// Removes `.`, `..` and empty parts from an absolute path, without resolving links.
package func normalisedPath(_ path: String) -> String {
    var parts: [String] = []
    for part in pathParts(path) where !part.isEmpty && part != "." {
        if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
}
