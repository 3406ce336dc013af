internal import CLibgit2

extension Repository {
    /// Returns the size of a blob in bytes, read from its header.
    ///
    /// Throws `missingObject`, for example if a partial clone lacks the blob, or `wrongKind`.
    package func blobSize(_ id: ObjectID) throws(GitError) -> Int {
        var raw = id.raw
        var (size, type) = (0, GIT_OBJECT_INVALID)
        let code = git_odb_read_header(&size, &type, objects, &raw)
        if code == GIT_ENOTFOUND.rawValue { throw missing(id, "blob") }
        try check(code, "read the header of \(id)")
        guard type == GIT_OBJECT_BLOB else { throw GitError(.wrongKind, "the object \(id) is not a blob") }
        return size
    }

    /// Returns the bytes of a blob. A blob larger than `limit` bytes is refused before it is inflated.
    ///
    /// Throws `tooLarge`, `missingObject` or `wrongKind`.
    package func blob(_ id: ObjectID, limit: Int) throws(GitError) -> [UInt8] {
        let size = try blobSize(id)
        guard size <= limit else {
            throw GitError(.tooLarge, "the blob \(id) has \(size) bytes, more than the \(limit) allowed")
        }
        var raw = id.raw
        let object = try acquire("read the blob \(id)") { git_odb_read(&$0, objects, &raw) }
        defer { git_odb_object_free(object) }
        return Array(UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object)))
    }

    /// Returns the id that git gives to a blob with these bytes.
    package static func hashOfBlob(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
        try Library.start()
        var id = git_oid()
        try check(bytes.withUnsafeBytes { git_odb_hash(&id, $0.baseAddress, $0.count, GIT_OBJECT_BLOB) }, "hash a blob")
        return ObjectID(id)
    }

    /// Stores the bytes as a blob, without filters or line-end conversion.
    @discardableResult
    package func writeBlob(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
        var id = git_oid()
        try check(
            bytes.withUnsafeBytes { git_odb_write(&id, objects, $0.baseAddress, $0.count, GIT_OBJECT_BLOB) },
            "store a blob of \(bytes.count) bytes")
        return ObjectID(id)
    }

    /// Throws `tooLarge` if an object's header states a size above the limit. The object is not inflated. Ignores a
    /// missing object, which the caller must report.
    func requireSize(of id: ObjectID, atMost limit: Int) throws(GitError) {
        var raw = id.raw
        var (size, type) = (0, GIT_OBJECT_INVALID)
        guard git_odb_read_header(&size, &type, objects, &raw) == 0, size > limit else { return }
        throw GitError(.tooLarge, "the object \(id) has \(size) bytes, more than the \(limit) allowed")
    }

    func missing(_ id: ObjectID, _ kind: String) -> GitError {
        if isPartialClone {
            return GitError(
                .missingObject, "the \(kind) \(id) is not in this partial clone",
                remedy: "git fetch --refetch --no-filter")
        }
        if isShallow, kind == "commit" {
            return GitError(
                .missingObject, "the commit \(id) is not in this shallow clone", remedy: "git fetch --unshallow")
        }
        if let store = lostAlternate() {
            return GitError(
                .missingObject,
                "the \(kind) \(id) is missing: this repository borrows objects from '\(store)', which does not exist",
                remedy:
                    "restore it, or write its new path to \(shellQuoted("\(commonDirectory)/\(alternatesFile)"))")
        }
        return GitError(
            .missingObject, "the \(kind) \(id) is missing from the repository",
            remedy: "git fsck shows what is damaged")
    }

    private var alternatesFile: String { "objects/info/alternates" }

    /// Returns the path of a missing alternate object store that the repository names; nil if none is missing.
    private func lostAlternate() -> String? {
        guard let bytes = try? readFile("\(commonDirectory)/\(alternatesFile)") else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") }
            .first { !exists($0.hasPrefix("/") ? $0 : "\(commonDirectory)/objects/\($0)") }
    }

    private var isPartialClone: Bool {
        if configValue("extensions.partialClone") != nil { return true }
        var config: OpaquePointer?
        var iterator: OpaquePointer?
        guard git_repository_config_snapshot(&config, handle) == 0 else { return false }
        defer { git_config_free(config) }
        guard git_config_iterator_glob_new(&iterator, config, "^remote\\..*\\.promisor$") == 0 else { return false }
        defer { git_config_iterator_free(iterator) }
        var entry: UnsafeMutablePointer<git_config_entry>?
        return git_config_next(&entry, iterator) == 0
    }
}
