internal import CLibgit2
import Glibc
import Synchronization

extension Repository {
    /// Owner validation is one switch for the whole process, so opening is one at a time.
    private static let opening = Mutex(())

    static func openHandle(_ path: String) throws(GitError) -> OpaquePointer {
        let (handle, error) = opening.withLock { _ in tryOpening(path) }
        if let error { throw error }
        guard let handle else { throw GitError(.failed, "cannot open '\(path)'") }
        return handle
    }

    private static func tryOpening(_ path: String) -> (OpaquePointer?, GitError?) {
        var handle: OpaquePointer?
        var code = git_repository_open_ext(&handle, path, 0, nil)
        guard code < 0 else { return (handle, nil) }
        let refusal = explain(code, GitError.lastText(), path)
        guard refusal.code == .foreignOwner, isTrusted(ownedFolder(from: path)) else { return (nil, refusal) }
        _ = arbor_git_set_owner_validation(0)
        defer { _ = arbor_git_set_owner_validation(1) }
        code = git_repository_open_ext(&handle, path, 0, nil)
        return code < 0 ? (nil, explain(code, GitError.lastText(), path)) : (handle, nil)
    }

    private static func explain(_ code: Int32, _ text: String, _ path: String) -> GitError {
        if code == GIT_EOWNER.rawValue || text.contains("safe.directory") {
            let folder = ownedFolder(from: path)
            return GitError(
                .foreignOwner,
                "the repository '\(folder)' belongs to another user, and git trusts it only when told to",
                remedy: "git config --global --add safe.directory \(shellQuoted(folder))")
        }
        if code == GIT_ENOTFOUND.rawValue {
            return GitError(
                .notARepository, "'\(path)' is not in a git repository", remedy: "run in a clone, or 'git init' first")
        }
        if text.contains("extensions.objectformat") {
            return GitError(
                .unsupportedRepository,
                "the repository of '\(path)' names its objects by SHA-256, and only SHA-1 repositories can be read",
                remedy: "clone it into one made by 'git init --object-format=sha1'")
        }
        if text.contains("extensions.refstorage") {
            return GitError(
                .unsupportedRepository,
                "the repository of '\(path)' keeps its branches in the reftable format, and only the files format "
                    + "can be read",
                remedy: "git refs migrate --ref-format=files")
        }
        return GitError(.unsupportedRepository, "cannot open the repository of '\(path)': \(text)")
    }

    /// The folder whose owner git checks: the one that holds `.git`, or the bare repository itself.
    private static func ownedFolder(from path: String) -> String {
        var folder = realPath(path) ?? path
        while !folder.isEmpty {
            if exists("\(folder)/.git") || (exists("\(folder)/HEAD") && exists("\(folder)/objects")) { return folder }
            guard let slash = folder.utf8.lastIndex(of: UInt8(ascii: "/")) else { break }
            folder = String(folder[..<slash])
        }
        return path
    }

    private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether the user's or the system's own configuration lists the folder; unlike git, libgit2 1.5 ignores `*`.
    private static func isTrusted(_ folder: String) -> Bool {
        var config: OpaquePointer?
        guard git_config_open_default(&config) == 0 else { return false }
        defer { git_config_free(config) }
        var iterator: OpaquePointer?
        var trusted = false
        guard git_config_multivar_iterator_new(&iterator, config, "safe.directory", nil) == 0 else { return false }
        defer { git_config_iterator_free(iterator) }
        var entry: UnsafeMutablePointer<git_config_entry>?
        while git_config_next(&entry, iterator) == 0, let value = entry?.pointee.value {
            let value = String(cString: value)
            if value.isEmpty { trusted = false }  // an empty value takes back what stands before it
            // By bytes: to a String, two spellings of a folder's name are one.
            if value == "*" || value.utf8.elementsEqual(folder.utf8) { trusted = true }
        }
        return trusted
    }
}

/// `text` as one word of a command line to copy.
public func shellQuoted(_ text: String) -> String {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./".utf8)
    if !text.isEmpty, text.utf8.allSatisfy(plain.contains) { return text }
    // By scalars: a quote with an accent on it is no quote to a String, and one to a shell.
    let inside = text.unicodeScalars.reduce(into: "") { result, scalar in
        if scalar == "'" { result += "'\\''" } else { result.unicodeScalars.append(scalar) }
    }
    return "'\(inside)'"
}
