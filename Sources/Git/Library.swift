internal import CLibgit2
import Glibc

/// libgit2's process-wide state: started on first use and never shut down, because threads may outlive any owner.
enum Library {
    /// Extensions of the repository format that do not affect this module.
    private static let harmlessExtensions = ["worktreeconfig", "preciousobjects", "relativeworktrees", "partialclone"]

    /// The size up to which libgit2 caches tree objects. The default of 4 KiB is too small: the tree of a folder with
    /// thousands of files has hundreds of KiB and would be read and verified for each of them.
    private static let treeCacheLimit = 4 << 20

    private static let startCode: Int32 = {
        let count = git_libgit2_init()
        guard count > 0 else { return count }
        var names: [UnsafeMutablePointer<CChar>?] = harmlessExtensions.map { strdup($0) }
        defer { for name in names { free(name) } }
        _ = arbor_git_set_extensions(&names, names.count)
        _ = arbor_git_set_strict_hash_verification(1)
        _ = arbor_git_set_tree_cache_limit(treeCacheLimit)
        _ = arbor_git_set_fsync(1)
        return 0
    }()

    static func start() throws(GitError) { try check(startCode, "start libgit2") }
}

/// Throws libgit2's error for a negative code; `doing` completes the sentence "cannot …".
@discardableResult
func check(_ code: Int32, _ doing: @autoclosure () -> String) throws(GitError) -> Int32 {
    guard code < 0 else { return code }
    throw GitError.last(code, doing())
}

/// Returns the handle from a libgit2 call; the caller must free it.
func acquire(
    _ doing: @autoclosure () -> String, _ call: (inout OpaquePointer?) -> Int32
) throws(GitError) -> OpaquePointer {
    var handle: OpaquePointer?
    try check(call(&handle), doing())
    guard let handle else { throw GitError(.failed, "cannot \(doing()): libgit2 returned no object") }
    return handle
}

/// Refuses texts with a NUL byte, at which C would truncate them.
func requireNoNUL(_ text: String, _ what: String) throws(GitError) {
    if text.utf8.contains(0) { throw GitError(.invalidName, "the \(what) contains a NUL byte") }
}
