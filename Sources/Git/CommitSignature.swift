internal import CLibgit2

/// The signature of a commit and the bytes that it signs.
package struct SignedCommit: Sendable, Equatable {
    /// The armored signature.
    package var signature: [UInt8]
    /// The commit object without its signature.
    package var content: [UInt8]
    package var committerTimeSeconds: Int64
}

extension Repository {
    /// Returns the signature of a commit, or nil if the commit has none.
    ///
    /// `git_commit_extract_signature` would also accept a signature in the commit's message, and would end the signed
    /// bytes at a NUL.
    package func signedCommit(_ id: ObjectID) throws(GitError) -> SignedCommit? {
        let commit = try lookupCommit(id)
        defer { git_commit_free(commit) }
        var raw = id.raw
        let object = try acquire("read the commit \(id)") { git_odb_read(&$0, objects, &raw) }
        defer { git_odb_object_free(object) }
        let bytes = Array(
            UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object)))
        guard let (signature, content) = splitSignature(from: bytes) else { return nil }
        return SignedCommit(
            signature: signature, content: content, committerTimeSeconds: git_commit_time(commit))
    }
}

/// Splits a commit object into the value of its header `gpgsig` and the rest. Returns nil if there is not exactly one
/// such header.
private func splitSignature(from bytes: [UInt8]) -> (signature: [UInt8], content: [UInt8])? {
    let (newline, space) = (UInt8(ascii: "\n"), UInt8(ascii: " "))
    let headersEnd = bytes.firstRange(of: [newline, newline]).map { $0.lowerBound + 1 } ?? bytes.endIndex
    let name = Array("gpgsig ".utf8)
    var (signature, content) = ([UInt8](), [UInt8]())
    var (signatureCount, isInSignature) = (0, false)
    var rest = bytes[..<headersEnd]
    while !rest.isEmpty {
        let end = rest.firstIndex(of: newline).map { $0 + 1 } ?? rest.endIndex
        let line = rest[..<end]
        rest = rest[end...]
        if line.starts(with: name) {
            signatureCount += 1
            isInSignature = true
            signature += line.dropFirst(name.count)
        } else if isInSignature, line.first == space {
            signature += line.dropFirst()
        } else {
            isInSignature = false
            content += line
        }
    }
    return signatureCount == 1 ? (signature, content + bytes[headersEnd...]) : nil
}
