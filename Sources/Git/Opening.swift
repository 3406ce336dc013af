internal import CLibgit2
import Glibc
import Synchronization

extension Repository {
    /// A lock for opening repositories. libgit2 turns owner validation on or off for the whole process, so only one
    /// thread may open a repository at a time.
    private static let opening = Mutex(())

    static func openHandle(_ path: String, flags: UInt32 = 0) throws(GitError) -> OpaquePointer {
        let (handle, error) = opening.withLock { _ in tryOpen(path, flags) }
        if let error { throw error }
        guard let handle else { throw GitError(.failed, "cannot open '\(path)'") }
        return handle
    }

    private static func tryOpen(_ path: String, _ flags: UInt32) -> (OpaquePointer?, GitError?) {
        var handle: OpaquePointer?
        var code = git_repository_open_ext(&handle, path, flags, nil)
        guard code < 0 else { return accept(handle, path) }
        let refusal = explain(code, GitError.lastText(), path)
        guard refusal.code == .foreignOwner, isTrusted(ownedFolder(from: path)) else { return (nil, refusal) }
        _ = arbor_git_set_owner_validation(0)
        defer { _ = arbor_git_set_owner_validation(1) }
        code = git_repository_open_ext(&handle, path, flags, nil)
        return code < 0 ? (nil, explain(code, GitError.lastText(), path)) : accept(handle, path)
    }

    private static func accept(_ opened: OpaquePointer?, _ path: String) -> (OpaquePointer?, GitError?) {
        guard var handle = opened else { return (nil, nil) }
        if let name = misplacedExtension(handle) {
            git_repository_free(handle)
            return (nil, explain(GIT_ERROR.rawValue, name, path))
        }
        guard addWorkTreeSettings(handle), git_repository_is_worktree(handle) == 0 else { return (handle, nil) }
        // libgit2 ignored these settings when it opened the repository, and assumed that the parent folder is the work
        // tree.
        if flag("core.bare", handle), git_repository_is_bare(handle) == 0 {
            var bare: OpaquePointer?
            let code = git_repository_open_bare(&bare, git_repository_path(handle))
            let text = GitError.lastText()
            git_repository_free(handle)
            guard code == 0, let bare else { return (nil, explain(code, text, path)) }
            handle = bare
            _ = addWorkTreeSettings(handle)
        }
        return (handle, nil)
    }

    private static func explain(_ code: Int32, _ text: String, _ path: String) -> GitError {
        if code == GIT_EOWNER.rawValue || text.contains("safe.directory") {
            let folder = ownedFolder(from: path)
            return GitError(
                .foreignOwner,
                "the repository '\(folder)' belongs to another user, and git does not trust it",
                remedy: "git config --global --add safe.directory \(shellQuoted(folder))")
        }
        if code == GIT_ENOTFOUND.rawValue {
            return GitError(
                .notARepository, "'\(path)' is not in a git repository", remedy: "change to a clone, or run 'git init'")
        }
        if text.contains("extensions.objectformat") {
            return GitError(
                .unsupportedRepository,
                "the repository of '\(path)' uses SHA-256 object ids, and only SHA-1 is supported",
                remedy: "git init --object-format=sha1 COPY && git -C \(shellQuoted(ownedFolder(from: path))) "
                    + "fast-export --all | git -C COPY fast-import, which changes commit ids")
        }
        if text.contains("extensions.refstorage") {
            return GitError(
                .unsupportedRepository,
                "the repository of '\(path)' stores its branches in the reftable format, and only the files format "
                    + "is supported",
                remedy: "git refs migrate --ref-format=files, with git 2.46 or later")
        }
        if text.contains("extension") || text.contains("version") {
            return GitError(
                .unsupportedRepository, "the repository of '\(path)' has an unsupported format: \(text)",
                remedy: "git clone \(shellQuoted(ownedFolder(from: path))) COPY, with a git that can read it")
        }
        return GitError(.unsupportedRepository, "cannot open the repository of '\(path)': \(text)")
    }

    /// Returns the folder whose owner git checks: the parent of `.git`, or the bare repository.
    private static func ownedFolder(from path: String) -> String {
        var folder = realPath(path) ?? path
        while !folder.isEmpty {
            if exists("\(folder)/.git") || (exists("\(folder)/HEAD") && exists("\(folder)/objects")) { return folder }
            guard let slash = folder.utf8.lastIndex(of: UInt8(ascii: "/")) else { break }
            folder = String(folder[..<slash])
        }
        return path
    }

    /// Whether git itself trusts the folder. libgit2 1.5 supports neither `*` in safe.directory nor settings from the
    /// environment. Asking git is safe, because git refuses an untrusted folder before it reads the repository.
    private static func isTrusted(_ folder: String) -> Bool {
        let question = try? Command(
            ["-c", "safe.bareRepository=all", "rev-parse", "--git-dir"], in: folder, inheriting: isAboutTrust)
        return (try? question?.bytes("look at '\(folder)'")) != nil
    }

    /// Whether a variable affects git's trust settings without naming a repository.
    private static func isAboutTrust(_ name: String) -> Bool {
        name.utf8.starts(with: "GIT_CONFIG_".utf8) || name == "GIT_TEST_ASSUME_DIFFERENT_OWNER"
    }

    /// Adds the settings of a single work tree, which libgit2 1.5 does not read; the file that is added last has
    /// precedence. Returns whether the repository enables such settings.
    private static func addWorkTreeSettings(_ handle: OpaquePointer) -> Bool {
        var config: OpaquePointer?
        guard turnsOnWorkTreeSettings(handle), let folder = git_repository_path(handle),
            git_repository_config(&config, handle) == 0
        else { return false }
        defer { git_config_free(config) }
        return git_config_add_file_ondisk(
            config, String(cString: folder) + "config.worktree", GIT_CONFIG_LEVEL_APP, handle, 1) == 0
    }

    /// Whether the repository enables settings of a single work tree. git reads extensions only from the repository's
    /// settings, not from the user's.
    private static func turnsOnWorkTreeSettings(_ handle: OpaquePointer) -> Bool {
        var all: OpaquePointer?
        guard git_repository_config(&all, handle) == 0 else { return false }
        defer { git_config_free(all) }
        var own: OpaquePointer?
        guard git_config_open_level(&own, all, GIT_CONFIG_LEVEL_LOCAL) == 0 else { return false }
        defer { git_config_free(own) }
        var isOn: Int32 = 0
        return git_config_get_bool(&isOn, own, "extensions.worktreeConfig") == 0 && isOn != 0
    }

    static func flag(_ key: String, _ handle: OpaquePointer) -> Bool {
        var config: OpaquePointer?
        guard git_repository_config(&config, handle) == 0 else { return false }
        defer { git_config_free(config) }
        var isOn: Int32 = 0
        return git_config_get_bool(&isOn, config, key) == 0 && isOn != 0
    }

    /// Returns the name of an extension that git refuses even in repository format 0, or nil if there is none. libgit2
    /// ignores extensions in this format.
    private static func misplacedExtension(_ handle: OpaquePointer) -> String? {
        var config: OpaquePointer?
        guard git_repository_config_snapshot(&config, handle) == 0 else { return nil }
        defer { git_config_free(config) }
        for (key, usual) in [("extensions.objectformat", "sha1"), ("extensions.refstorage", "files")] {
            var value: UnsafePointer<CChar>?
            if git_config_get_string(&value, config, key) == 0, let value, String(cString: value) != usual {
                return key
            }
        }
        return nil
    }
}

/// Quotes `text` as one word for a shell.
package func shellQuoted(_ text: String) -> String {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./@:,+%".utf8)
    if !text.isEmpty, text.utf8.allSatisfy(plain.contains) { return text }
    // Compares scalars, because a shell treats a quote with a combining accent as a quote, but `String` does not.
    let inside = text.unicodeScalars.reduce(into: "") { result, scalar in
        if scalar == "'" { result += "'\\''" } else { result.unicodeScalars.append(scalar) }
    }
    return "'\(inside)'"
}
