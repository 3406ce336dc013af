internal import CLibgit2

extension Repository {
    /// Returns the bytes of a file in the work tree as `git add` would store them. The setting `core.autocrlf` and
    /// git's attributes determine whether CR LF becomes LF. Does not run filter programs from attributes or settings.
    public func stored(_ bytes: [UInt8], path: String) throws(GitError) -> [UInt8] {
        try requireNoNUL(path, "path")
        var filters: OpaquePointer?
        let flags = UInt32(GIT_FILTER_ALLOW_UNSAFE.rawValue)
        try check(
            git_filter_list_load(&filters, handle, nil, path, GIT_FILTER_TO_ODB, flags),
            "read the attributes of '\(path)'")
        guard let filters else { return bytes }
        defer { git_filter_list_free(filters) }
        var buffer = git_buf()
        defer { git_buf_dispose(&buffer) }
        let code = bytes.withUnsafeBytes { content in
            git_filter_list_apply_to_buffer(
                &buffer, filters, content.baseAddress?.assumingMemoryBound(to: CChar.self), content.count)
        }
        try check(code, "convert the line ends of '\(path)'")
        return Array(UnsafeRawBufferPointer(start: buffer.ptr, count: buffer.size))
    }
}
