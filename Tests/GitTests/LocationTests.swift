import Foundation
import Testing

@testable import Git

@Suite struct LocationTests {
    private func open(_ folder: String, _ environment: [String: String] = [:]) throws(GitError) -> Repository {
        try RepositoryLocation(environment: environment, currentDirectory: folder).open()
    }

    @Test func findsTheRepositoryFromTheFolderWithoutVariables() throws {
        let repository = try TemporaryRepository()
        try repository.write("sub/file", "")
        for environment in [[:], ["GIT_DIR": "", "GIT_WORK_TREE": ""], ["GIT_INDEX_FILE": "/nowhere"]] {
            #expect(try open("\(repository.path)/sub", environment).workDirectory == repository.path)
        }
    }

    @Test func readsTheLocationFromGitsVariables() throws {
        let repository = try TemporaryRepository()
        let id = try repository.commit(["a": "a"])
        let elsewhere = "\(repository.root)/elsewhere"
        try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)
        for (directory, workTree) in [
            ("\(repository.path)/.git", elsewhere),
            ("../\(URL(fileURLWithPath: repository.path).lastPathComponent)/.git", "."),
        ] {
            let opened = try open(elsewhere, ["GIT_DIR": directory, "GIT_WORK_TREE": workTree])
            #expect(opened.workDirectory == elsewhere)
            #expect(opened.gitDirectory == "\(repository.path)/.git")
            #expect(try opened.head() == id)
        }
        // Without GIT_WORK_TREE, the current directory is the work tree.
        #expect(try open(elsewhere, ["GIT_DIR": "\(repository.path)/.git"]).workDirectory == elsewhere)
        #expect(
            failure { try open(elsewhere, ["GIT_DIR": elsewhere]) }?.description
                == "GIT_DIR names '\(elsewhere)', which is not a git repository; unset GIT_DIR")
        #expect(
            failure { try open(elsewhere, ["GIT_DIR": "\(repository.path)/.git", "GIT_WORK_TREE": "absent"]) }?.code
                == .failed)
    }

    @Test func bareRepositoryStaysBareUnlessAWorkTreeIsNamed() throws {
        let repository = try TemporaryRepository()
        try repository.commit(["a": "a"])
        let bare = "\(repository.root)/bare.git"
        try repository.git("clone", "-q", "--bare", ".", bare)
        #expect(try open(bare, ["GIT_DIR": "."]).isBare)
        #expect(
            try open(repository.root, ["GIT_DIR": bare, "GIT_WORK_TREE": repository.path]).workDirectory
                == repository.path)
    }

    @Test func rejectsACommonDirectoryOfAnotherRepository() throws {
        let (one, two) = (try TemporaryRepository(), try TemporaryRepository())
        #expect(try open(one.path, ["GIT_COMMON_DIR": ".git"]).workDirectory == one.path)
        #expect(failure { try open(one.path, ["GIT_COMMON_DIR": "\(two.path)/.git"]) }?.code == .unsupportedRepository)
    }

    /// In a pre-receive hook, git keeps incoming objects in a separate folder.
    @Test func readsObjectsInQuarantine() throws {
        let (one, two) = (try TemporaryRepository(), try TemporaryRepository())
        let id = try two.commit(["a": "only there"])
        #expect(failure { try open(one.path).commit(id) }?.code == .missingObject)
        let environment = [
            "GIT_OBJECT_DIRECTORY": "\(one.path)/.git/objects",
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": "\(two.path)/.git/objects:/nowhere",
        ]
        #expect(try open(one.path, environment).commit(id).id == id)
        let quarantine = ["GIT_OBJECT_DIRECTORY": "\(two.path)/.git/objects"]
        #expect(try open(one.path, quarantine).commit(id).id == id)
    }

    @Test func rangesOmitHiddenCommits() throws {
        let repository = try TemporaryRepository()
        let root = try repository.commit(["a": "1"])
        let base = try repository.commit(["a": "2"])
        let tip = try repository.commit(["a": "3"])
        let clone = "\(repository.root)/clone"
        try repository.git("clone", "-q", "--depth", "2", "file://\(repository.path)", clone)
        for (path, all) in [(repository.path, [tip, base, root]), (clone, [tip, base])] {
            let git = try open(path)
            #expect(try git.commits(from: tip, hiding: []) == all)
            #expect(try git.commits(from: tip, hiding: [base]) == [tip])
            #expect(try git.commits(from: base, hiding: [tip]) == [])
            #expect(try git.isAncestor(base, of: tip))
            #expect(try git.isAncestor(tip, of: tip))
            #expect(try !git.isAncestor(tip, of: base))
        }
    }
}
