internal import CLibgit2

/// Returns the version of the loaded libgit2, such as `1.5.1`.
package func libgit2Version() -> String {
    var (major, minor, revision) = (CInt(0), CInt(0), CInt(0))
    git_libgit2_version(&major, &minor, &revision)
    return "\(major).\(minor).\(revision)"
}
