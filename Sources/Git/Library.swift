internal import CLibgit2
import Glibc

/// The state of libgit2 in this process. libgit2 is started on first use and never shut down, because threads may
/// outlive any owner.
enum Library {
    /// Extensions of the repository format that do not affect this module.
    private static let harmlessExtensions = ["worktreeconfig", "preciousobjects", "relativeworktrees", "partialclone"]

    /// The maximum size of tree objects that libgit2 caches. The default of 4 KiB is too small: the tree of a folder
    /// with thousands of files has hundreds of KiB, and libgit2 would read and verify it again for each file.
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

/// Throws `invalidName` if a text contains a NUL byte, at which C would truncate the text.
func requireNoNUL(_ text: String, _ what: String) throws(GitError) {
    if text.utf8.contains(0) { throw GitError(.invalidName, "the \(what) contains a NUL byte") }
}
