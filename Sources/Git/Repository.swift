internal import CLibgit2
import Glibc

/// An open git repository. It is not `Sendable`: the handles of libgit2 belong to one thread, so each worker must open
/// the repository itself.
package final class Repository {
    let handle: OpaquePointer
    let objects: OpaquePointer

    /// The folder of the checked-out files; nil in a bare repository.
    package let workDirectory: String?
    /// The git directory of this work tree, which contains its HEAD and index.
    package let gitDirectory: String
    /// The git directory that all linked work trees share, which contains the branches and objects.
    package let commonDirectory: String

    package var isBare: Bool { workDirectory == nil }
    package var isShallow: Bool { git_repository_is_shallow(handle) == 1 }

    /// Opens the repository that contains the folder `path`, ignoring environment variables.
    ///
    /// A bare repository is opened only if `path` is its own folder, because a parent folder that looks like a bare
    /// repository may consist of committed files. Throws `notARepository`, `foreignOwner`, `unsupportedRepository` or
    /// `bareRepository`.
    package static func discover(from path: String) throws(GitError) -> Repository {
        try requireNoNUL(path, "path")
        try Library.start()
        let repository = try Repository(owning: openHandle(path))
        if repository.isBare, let start = realPath(path), start != realPath(repository.gitDirectory) {
            throw GitError(
                .bareRepository, "'\(path)' is inside the bare repository '\(repository.gitDirectory)'",
                remedy: "to use that repository, name its own folder")
        }
        return repository
    }

    /// Takes ownership of the handle, even if this initialiser throws.
    init(owning handle: OpaquePointer) throws(GitError) {
        var objects: OpaquePointer?
        do throws(GitError) {
            let gitDirectory = try Self.path(git_repository_path(handle))
            let commonDirectory = try Self.path(git_repository_commondir(handle))
            let workDirectory: String? =
                git_repository_workdir(handle) == nil ? nil : try Self.path(git_repository_workdir(handle))
            try check(git_repository_odb(&objects, handle), "open the objects of '\(gitDirectory)'")
            guard let objects else { throw GitError(.failed, "cannot open the objects of '\(gitDirectory)'") }
            self.gitDirectory = gitDirectory
            self.commonDirectory = commonDirectory
            self.workDirectory = workDirectory
            self.objects = objects
            self.handle = handle
        } catch {
            git_repository_free(handle)
            throw error
        }
    }

    deinit {
        git_odb_free(objects)
        git_repository_free(handle)
    }

    /// Returns the value of a git setting; nil if the setting is absent.
    package func configValue(_ key: String) -> String? {
        var config: OpaquePointer?
        guard !key.utf8.contains(0), git_repository_config_snapshot(&config, handle) == 0 else { return nil }
        defer { git_config_free(config) }
        var text: UnsafePointer<CChar>?
        guard git_config_get_string(&text, config, key) == 0, let text else { return nil }
        return String(validatingCString: text)
    }

    /// Returns whether a boolean git setting is true, in any spelling that git accepts.
    package func configFlag(_ key: String) -> Bool { Self.flag(key, handle) }

    /// Returns the value of a path setting with `~` expanded; nil if the setting is absent.
    package func configPath(_ key: String) -> String? {
        var config: OpaquePointer?
        guard !key.utf8.contains(0), git_repository_config_snapshot(&config, handle) == 0 else { return nil }
        defer { git_config_free(config) }
        var path = git_buf()
        guard git_config_get_path(&path, config, key) == 0 else { return nil }
        defer { git_buf_dispose(&path) }
        return path.ptr.flatMap { String(validatingCString: $0) }
    }

    /// Returns the path of a directory from libgit2 without its final slash.
    private static func path(_ text: UnsafePointer<CChar>?) throws(GitError) -> String {
        guard let text else { throw GitError(.failed, "the repository has no git directory") }
        guard let path = String(validatingCString: text) else {
            throw GitError(.invalidName, "the repository's path '\(String(cString: text))' is not valid UTF-8")
        }
        return path.utf8.count > 1 && path.utf8.last == UInt8(ascii: "/") ? String(path.dropLast()) : path
    }
}

func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// Returns `path` with symbolic links, `.` and `..` resolved; nil if the path does not exist.
func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
}
