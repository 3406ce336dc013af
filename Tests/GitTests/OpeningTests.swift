import Foundation
import Testing

@testable import Git

@Test func findsTheRepositoryInAParentFolder() throws {
    let repository = try TemporaryRepository()
    try repository.write("Findings/a/b", "b")
    let git = try Repository.discover(from: "\(repository.path)/Findings/a")
    #expect(git.workDirectory == repository.path)
    #expect(git.gitDirectory == "\(repository.path)/.git")
    #expect(git.commonDirectory == "\(repository.path)/.git")
    #expect(!git.isBare)
    #expect(
        failure { try Repository.discover(from: repository.root) }?.description
            == "'\(repository.root)' is not in a git repository; change to a clone, or run 'git init'")
    #expect(failure { try Repository.discover(from: "\(repository.root)/absent") }?.code == .notARepository)
    #expect(failure { try Repository.discover(from: "/\0") }?.code == .invalidName)
}

@Test func linkedWorkTreesShareTheCommonDirectory() throws {
    let repository = try TemporaryRepository()
    try repository.commit(["a": "a"])
    try repository.git("worktree", "add", "-q", "-b", "side", "../linked")
    let git = try Repository.discover(from: "\(repository.root)/linked")
    #expect(git.workDirectory == "\(repository.root)/linked")
    #expect(git.gitDirectory == "\(repository.path)/.git/worktrees/linked")
    #expect(git.commonDirectory == "\(repository.path)/.git")
    #expect(try git.headBranch() == "side")
    #expect(try git.stagedEntries().map(\.line) == ["file a"])
}

@Test func opensABareRepositoryOnlyByItsOwnFolder() throws {
    let repository = try TemporaryRepository()
    let bare = "\(repository.root)/bare.git"
    let id = try repository.commit(["a": "a"])
    try repository.git("clone", "-q", "--bare", ".", bare)
    let git = try Repository.discover(from: bare)
    #expect(git.isBare)
    #expect(git.workDirectory == nil)
    #expect(try git.head() == id)
    #expect(
        failure { try Repository.discover(from: "\(bare)/objects") }?.description
            == "'\(bare)/objects' is inside the bare repository '\(bare)'; to use that repository, name its own folder")
}

@Test func opensWithHarmlessExtensions() throws {
    let repository = try TemporaryRepository()
    let id = try repository.commit(["a": "a"])
    try repository.git("config", "core.repositoryFormatVersion", "1")
    for name in ["worktreeConfig", "preciousObjects", "relativeWorktrees"] {
        try repository.git("config", "extensions.\(name)", "true")
    }
    #expect(try repository.open().head() == id)
}

@Test func namesAnUnsupportedFormat() throws {
    let sha256 = try TemporaryRepository("--object-format=sha256")
    #expect(
        failure(sha256.open)?.description
            == "the repository of '\(sha256.path)' uses SHA-256 object ids, and only SHA-1 "
            + "is supported; git init --object-format=sha1 COPY && git -C \(sha256.path) fast-export --all "
            + "| git -C COPY fast-import, which changes commit ids")
    let reftable = try TemporaryRepository()
    try reftable.git("config", "core.repositoryFormatVersion", "1")
    try reftable.git("config", "extensions.refStorage", "reftable")
    #expect(
        failure(reftable.open)?.description
            == "the repository of '\(reftable.path)' stores its branches in the reftable format, "
            + "and only the files format is supported; git refs migrate --ref-format=files, with git 2.46 or later")
    let future = try TemporaryRepository()
    try future.git("config", "core.repositoryFormatVersion", "9")
    #expect(failure(future.open)?.code == .unsupportedRepository)
}

@Test(.enabled(if: getuid() == 0)) func repositoriesOfOtherOwnersNeedTrust() throws {
    let repository = try TemporaryRepository()
    try repository.commit(["a": "a"])
    for folder in ["", "/.git"] {
        #expect(chown(repository.path + folder, 12345, 12345) == 0)
    }
    #expect(
        failure(repository.open)?.description
            == "the repository '\(repository.path)' belongs to another user, and git "
            + "does not trust it; git config --global --add safe.directory \(repository.path)")
}

@Test func readsSettings() throws {
    let repository = try TemporaryRepository()
    try repository.git("config", "arbor.key", "value")
    let git = try repository.open()
    #expect(git.configValue("arbor.key") == "value")
    #expect(git.configValue("arbor.absent") == nil)
    #expect(git.configValue("not a key") == nil)
}

@Test func quotesWordsForTheShell() {
    #expect(shellQuoted("/srv/a-b_c.git") == "/srv/a-b_c.git")
    #expect(shellQuoted("it's $HOME") == "'it'\\''s $HOME'")
}
