import Foundation
import Testing

@testable import Git

/// Checks that a rejected commit changes nothing that git can see; returns its error.
private func refusal(
    _ repository: TemporaryRepository, newBranch: String? = nil, _ files: [String: String] = ["new": "n"]
) throws -> String? {
    let state = { try repository.git("status", "--porcelain", "-b") + repository.git("for-each-ref") }
    let before = try state()
    let error = failure { try repository.open().submit(files, newBranch: newBranch) }
    #expect(try state() == before)
    return error?.description
}

@Test func rejectsUnsuitableHeads() throws {
    let repository = try TemporaryRepository()
    let unborn = failure { try repository.open().submit(["new": "n"]) }?.description
    #expect(
        unborn == "the branch 'main' has no commit yet; git commit --allow-empty -m 'Begin the ledger'")
    try repository.commit(["a": "1"])
    try repository.git("checkout", "-q", "--detach")
    #expect(try refusal(repository) == "no branch is checked out; git switch -c NAME")
    #expect(try refusal(repository, newBranch: "x") == "no branch is checked out; git switch -c NAME")
    try repository.git("clone", "-q", "--bare", ".", "../bare")
    let bare = try Repository.discover(from: "\(repository.root)/bare")
    #expect(failure { try bare.submit(["new": "n"]) }?.code == .bareRepository)
}

@Test func rejectsACommitDuringAMerge() throws {
    let repository = try TemporaryRepository()
    try repository.commit(["a": "1"])
    try repository.git("checkout", "-qb", "side")
    try repository.commit(["a": "2"])
    try repository.git("checkout", "-q", "main")
    try repository.commit(["a": "3"])
    _ = try? repository.git("merge", "-q", "side")
    #expect(
        try refusal(repository)
            == "a merge, rebase or similar operation is unfinished; run 'git status' to see how to finish or abort it")
    try FileManager.default.removeItem(atPath: "\(repository.path)/.git/MERGE_HEAD")
    #expect(try refusal(repository) == "'a' has a merge conflict in the index; resolve it, then 'git add' the file")
}

@Test func namesALockedIndexAndLeavesIt() throws {
    let repository = try TemporaryRepository()
    try repository.commit(["a": "1"])
    try repository.write(".git/index.lock", "")
    let lock = "\(repository.path)/.git/index.lock"
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -10_000)], ofItemAtPath: lock)
    #expect(
        try refusal(repository) == "'\(lock)' has existed for 2 hours: another git process is running here, or was "
            + "killed; wait for it; if none is running, remove that file")
    #expect(repository.exists(".git/index.lock"))
}

@Test func namesALockedBranchAndRestoresTheIndex() throws {
    let repository = try TemporaryRepository()
    try repository.commit(["a": "1"])
    let lock = "\(repository.path)/.git/refs/heads/main.lock"
    try repository.write(".git/refs/heads/main.lock", "")
    #expect(try refusal(repository)?.hasPrefix("'\(lock)' has existed for ") == true)
    #expect(repository.exists(".git/refs/heads/main.lock"))
    let head = "\(repository.path)/.git/HEAD.lock"
    try repository.write(".git/HEAD.lock", "")
    #expect(try refusal(repository, newBranch: "finding/x")?.hasPrefix("'\(head)' has existed for ") == true)
}

@Test func doesNotOverwriteAMovedBranch() throws {
    let repository = try TemporaryRepository()
    let first = try repository.commit(["a": "1"])
    let second = try repository.commit(["a": "2"])
    let git = try repository.open()
    let moved = GitError(
        .moved, "the branch 'main' was moved by another process", remedy: "run the command again")
    #expect(failure { try git.moveBranch("main", from: first, to: first, log: "x") } == moved)
    #expect(failure { try git.moveBranch("gone", from: first, to: second, log: "x") }?.code == .moved)
    try git.moveBranch("main", from: second, to: first, log: "x")
    #expect(try git.reference("refs/heads/main") == first)
    #expect(try git.reference("refs/heads/gone") == nil)
    try git.createBranch("other", at: second)
    #expect(failure { try git.setHead(toBranch: "main", from: "other") }?.code == .moved)
    #expect(try git.headBranch() == "main")
}

@Test func namesABranchThatBlocksTheNewOne() throws {
    let repository = try TemporaryRepository()
    try repository.commit(["a": "1"])
    try repository.git("branch", "finding/x")
    try repository.git("branch", "taken")
    #expect(
        try refusal(repository, newBranch: "finding/x")
            == "the branch 'finding/x' already exists; git switch finding/x")
    #expect(try refusal(repository, newBranch: "taken/x")?.contains("'taken/x'") == true)
    #expect(try refusal(repository, newBranch: "-x") == "'-x' is not a branch name that git allows")
    #expect(try refusal(repository, newBranch: "a..b") == "'a..b' is not a branch name that git allows")
}

@Test func rejectsFilesAlreadyCommitted() throws {
    let repository = try TemporaryRepository()
    try repository.commit(["a": "1"])
    #expect(try refusal(repository, ["a": "1"]) == "the last commit already contains these files unchanged")
    #expect(try refusal(repository, newBranch: "x", [:]) == "the last commit already contains these files unchanged")
}

@Test func rejectsUnsafePaths() throws {
    let repository = try TemporaryRepository()
    try FileManager.default.createSymbolicLink(atPath: "\(repository.path)/link", withDestinationPath: "/etc/passwd")
    try repository.commit(["file": "f", "folder/x": "x"])
    for path in ["", "/x", "x/", "a//b", "../x", "a/./b", ".git/config", "a/.GIT/x"] {
        #expect(try refusal(repository, [path: "n"]) == "'\(path)' is not a path that git can store")
    }
    #expect(
        try ["link", "folder", "file/x", "link/x"].map { try refusal(repository, [$0: "n"]) } == [
            "'link' is a link, a submodule or a folder in the last commit",
            "'folder' is a link, a submodule or a folder in the last commit",
            "'file/x' cannot be added: 'file' is not a folder in the last commit",
            "'link/x' cannot be added: 'link' is not a folder in the last commit",
        ])
    try repository.write("staged", "s")
    try repository.git("add", "staged")
    #expect(
        try refusal(repository, ["staged/x": "n"])
            == "a staged file has the path of a needed folder, or a staged folder that of a file; "
            + "run 'git restore --staged' on it first")
}

@Test func readsTheIdentityFromTheEnvironmentThenTheSettings() throws {
    let repository = try TemporaryRepository()
    let git = try repository.open()
    // Empty settings override the settings of the user who runs the tests.
    for key in ["user.name", "user.email"] { try repository.git("config", key, "") }
    let missing = GitError(
        .missingIdentity, "git does not know who you are",
        remedy: "git config --global user.name 'Your Name'; git config --global user.email you@example.org")
    #expect(failure { try git.identity(.author, environment: [:]) } == missing)
    try repository.git("config", "user.name", "Grace")
    try repository.git("config", "user.email", "grace@example.org")
    try repository.git("config", "committer.name", "Robot")
    #expect(try git.identity(.author, environment: [:]).name == "Grace")
    #expect(try git.identity(.committer, environment: [:]).name == "Robot")
    #expect(try git.identity(.author, environment: repository.environment) == ada)
    let bad = ["GIT_AUTHOR_DATE": "yesterday"]
    #expect(failure { try git.identity(.author, environment: bad) }?.code == .invalidName)
    #expect(try git.identity(.author, environment: ["GIT_AUTHOR_DATE": "@5 -0330"]).offsetMinutes == -210)
}
