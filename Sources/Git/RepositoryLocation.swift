internal import CLibgit2
import Glibc

/// The location of a repository: a folder in it, or the paths in git's environment variables. Any thread can open the
/// repository from this location.
///
/// git sets variables for hooks (githooks(5), git-receive-pack(1)). It sets GIT_DIR if the current folder does not
/// determine the repository (`--git-dir`, linked work trees, submodules, bare repositories). It sets GIT_WORK_TREE if
/// `--work-tree` is given. For the hook pre-receive, git also sets variables that name the folders in which it
/// quarantines pushed objects.
package struct RepositoryLocation: Sendable {
    /// A folder in the repository or, if `isNamed` is true, its git directory.
    private var path: String
    private var isNamed = false
    private var workTree: String?
    private var commonDirectory: String?
    private var objectFolders: [String] = []
    private var currentDirectory: String

    /// Reads the location from the environment. As in git, empty variables count as unset, and paths are relative to
    /// `currentDirectory`.
    package init(environment: [String: String], currentDirectory: String) {
        func place(_ name: String) -> String? {
            guard let value = environment[name], !value.isEmpty else { return nil }
            return absolute(value, from: currentDirectory)
        }
        self.currentDirectory = currentDirectory
        path = currentDirectory
        if let directory = place("GIT_DIR") {
            path = directory
            isNamed = true
            workTree = place("GIT_WORK_TREE")
        }
        commonDirectory = place("GIT_COMMON_DIR")
        objectFolders = [place("GIT_OBJECT_DIRECTORY")].compactMap(\.self)
        objectFolders += (environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] ?? "").split(separator: ":")
            .map { absolute(String($0), from: currentDirectory) }
    }

    /// Opens the repository. Throws the errors of `Repository.discover`, and `unsupportedRepository` if GIT_COMMON_DIR
    /// names another repository.
    package func open() throws(GitError) -> Repository {
        let repository = try isNamed ? openNamed() : Repository.discover(from: path)
        for folder in objectFolders { try repository.addObjects(in: folder) }
        if let commonDirectory, realPath(commonDirectory) != realPath(repository.commonDirectory) {
            throw GitError(
                .unsupportedRepository,
                "GIT_COMMON_DIR names '\(commonDirectory)', not the '\(repository.commonDirectory)' of the repository",
                remedy: "unset GIT_COMMON_DIR")
        }
        return repository
    }

    private func openNamed() throws(GitError) -> Repository {
        for name in [path, workTree ?? ""] { try requireNoNUL(name, "path") }
        try Library.start()
        let handle = try openHandle()
        // If neither GIT_WORK_TREE nor core.worktree is set, the work tree for GIT_DIR is the current directory.
        let isPlain = git_repository_is_bare(handle) == 0 && !setsWorkTree(handle)
        if let folder = workTree ?? (isPlain ? currentDirectory : nil),
            git_repository_set_workdir(handle, folder, 0) < 0
        {
            let text = GitError.lastText()
            git_repository_free(handle)
            throw GitError(.failed, "cannot use '\(folder)' as the work tree: \(text)")
        }
        return try Repository(owning: handle)
    }

    private func openHandle() throws(GitError) -> OpaquePointer {
        do throws(GitError) {
            return try Repository.openHandle(path, flags: GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue)
        } catch  where error.code == .notARepository {
            throw GitError(
                .notARepository, "GIT_DIR names '\(path)', which is not a git repository", remedy: "unset GIT_DIR")
        }
    }

    private func setsWorkTree(_ handle: OpaquePointer) -> Bool {
        var config: OpaquePointer?
        guard git_repository_config_snapshot(&config, handle) == 0 else { return false }
        defer { git_config_free(config) }
        var text: UnsafePointer<CChar>?
        return git_config_get_string(&text, config, "core.worktree") == 0
    }
}

extension Repository {
    /// Makes the repository also read the objects in another folder, if the folder exists.
    fileprivate func addObjects(in folder: String) throws(GitError) {
        try requireNoNUL(folder, "object folder's name")
        try check(git_odb_add_disk_alternate(objects, folder), "read the objects in '\(folder)'")
    }
}

private func absolute(_ path: String, from folder: String) -> String {
    path.utf8.first == UInt8(ascii: "/") ? path : path == "." ? folder : "\(folder)/\(path)"
}
