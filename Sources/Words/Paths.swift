/// Folders and file of a path; split at bytes, as git does, whatever combines with a slash.
package func pathParts(_ path: String) -> [String] {
    Array(path.utf8).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
}

/// An absolute path without `.`, `..` and empty parts, as far as the text alone tells.
package func normalisedPath(_ path: String) -> String {
    var parts: [String] = []
    for part in pathParts(path) where !part.isEmpty && part != "." {
        if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
}
