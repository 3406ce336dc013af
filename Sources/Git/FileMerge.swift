internal import CLibgit2

extension Repository {
    /// Merges three versions of a text line by line, as git does; returns nil if both sides changed the same lines.
    ///
    /// `ancestor` is nil if both sides added the file.
    package static func mergeTexts(
        ancestor: [UInt8]?, ours: [UInt8], theirs: [UInt8]
    ) throws(GitError) -> [UInt8]? {
        try Library.start()
        var result = git_merge_file_result()
        let code = withInput(ancestor ?? []) { base in
            withInput(ours) { ours in
                withInput(theirs) { theirs in
                    withUnsafePointer(to: base) { base in
                        withUnsafePointer(to: ours) { ours in
                            withUnsafePointer(to: theirs) { theirs in
                                git_merge_file(&result, ancestor == nil ? nil : base, ours, theirs, nil)
                            }
                        }
                    }
                }
            }
        }
        try check(code, "merge a file")
        defer { git_merge_file_result_free(&result) }
        guard result.automergeable == 1 else { return nil }
        return Array(UnsafeRawBufferPointer(start: result.ptr, count: result.len))
    }

    private static func withInput(_ bytes: [UInt8], _ body: (git_merge_file_input) -> Int32) -> Int32 {
        // libgit2 requires an address, but an empty array has none.
        (bytes + [0]).withUnsafeBytes { buffer in
            var input = git_merge_file_input()
            let code = git_merge_file_input_init(&input, UInt32(GIT_MERGE_FILE_INPUT_VERSION))
            guard code == 0 else { return code }
            input.ptr = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            input.size = bytes.count
            return body(input)
        }
    }
}
