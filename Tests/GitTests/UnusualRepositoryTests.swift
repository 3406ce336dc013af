import Foundation
import Testing

@testable import Git

@Test func readsSettingsOfOneWorkTree() throws {
    let repository = try TemporaryRepository()
    let id = try repository.commit(["a": "a"])
    try repository.git("worktree", "add", "-q", "../linked")
    try repository.git("config", "user.name", "Grace")
    try repository.git("config", "extensions.worktreeConfig", "true")
    try repository.git("config", "--worktree", "arbor.here", "main")
    try repository.git("-C", "../linked", "config", "--worktree", "arbor.here", "linked")
    try repository.git("-C", "../linked", "config", "--worktree", "user.name", "Ada")
    let linked = try Repository.discover(from: "\(repository.root)/linked")
    let main = try repository.open()
    #expect(main.configValue("arbor.here") == "main")
    #expect(main.configValue("user.name") == "Grace")
    #expect(linked.configValue("arbor.here") == "linked")
    #expect(linked.configValue("user.name") == "Ada")
    #expect(try linked.head() == id)
}

/// A bare repository has a linked work tree; git may move `core.bare` to the settings of a single work tree.
@Test func linkedWorkTreesOfABareRepositoryAreNotBare() throws {
    let repository = try TemporaryRepository()
    let id = try repository.commit(["a": "a"])
    try repository.git("clone", "-q", "--bare", ".", "../bare.git")
    try repository.git("-C", "../bare.git", "worktree", "add", "-q", "../linked", "main")
    for sets in [false, true] {
        if sets { try repository.git("-C", "../linked", "sparse-checkout", "set", "--no-cone", "/*") }
        let linked = try Repository.discover(from: "\(repository.root)/linked")
        #expect(linked.workDirectory == "\(repository.root)/linked")
        #expect(try linked.stagedEntries().map(\.line) == ["file a"])
        #expect(try linked.head() == id)
        #expect(try Repository.discover(from: "\(repository.root)/bare.git").isBare)
    }
}

@Test func followsAGitFile() throws {
    let repository = try TemporaryRepository()
    let id = try repository.commit(["a": "a"])
    try repository.git("init", "-q", "--separate-git-dir", "../elsewhere.git")
    let git = try repository.open()
    #expect(git.workDirectory == repository.path)
    #expect(git.gitDirectory == "\(repository.root)/elsewhere.git")
    #expect(try git.head() == id)
}

@Test func namesUnknownExtensions() throws {
    let repository = try TemporaryRepository()
    let id = try repository.commit(["a": "a"])
    try repository.git("config", "extensions.fromTheFuture", "true")
    #expect(try repository.open().head() == id, "format 0 knows no extensions, so git ignores it")
    try repository.git("config", "core.repositoryFormatVersion", "1")
    #expect(
        failure(repository.open)?.description
            == "the repository of '\(repository.path)' has an unsupported format: unsupported extension name "
            + "extensions.fromthefuture; git clone \(repository.path) COPY, with a git that can read it")
}

@Test(arguments: [("objectFormat", "sha256"), ("refStorage", "reftable")])
func namesExtensionsInFormatZero(_ name: String, _ value: String) throws {
    let repository = try TemporaryRepository()
    try repository.commit(["a": "a"])
    try repository.git("config", "extensions.\(name)", value)
    #expect(failure(repository.open)?.code == .unsupportedRepository)
    // With this setting, git itself can no longer read the repository, not even its configuration.
    let usual = value == "sha256" ? "sha1" : "files"
    try repository.git("config", "--file", ".git/config", "extensions.\(name)", usual)
    #expect(try repository.open().head() != nil)
}

/// The suggested conversion of a SHA-256 repository works.
@Test func remedyCopiesASHA256Repository() throws {
    let repository = try TemporaryRepository("--object-format=sha256")
    try repository.write("a", "a")
    try repository.git("add", "-A")
    try repository.git("commit", "-q", "-m", "change")
    let remedy = try #require(failure(repository.open)?.remedy)
    let words = try #require(remedy.split(separator: ",").first).replacing("COPY", with: "../copy")
    try repository.git("-c", "alias.told=!\(words)", "told")
    let copy = try Repository.discover(from: "\(repository.root)/copy")
    let head = try #require(try copy.reference("refs/heads/main"))
    #expect(try copy.entries(ofTree: copy.tree(of: head)).map(\.line) == ["file a"])
}

@Test func missingObjectsOfAPartialCloneAreErrors() throws {
    let repository = try TemporaryRepository()
    try repository.commit(["Findings/x/a": "old"])
    let old = try repository.id("HEAD:Findings/x/a")
    let first = try repository.id("HEAD")
    try repository.commit(["Findings/x/a": "new"])
    try repository.git("config", "uploadpack.allowFilter", "true")
    for (filter, clone) in [("blob:none", "blobless"), ("tree:0", "treeless")] {
        try repository.git(
            "clone", "-q", "--filter=\(filter)", "file://\(repository.path)", "\(repository.root)/\(clone)")
        let git = try Repository.discover(from: "\(repository.root)/\(clone)")
        #expect(try git.blob(repository.id("HEAD:Findings/x/a"), limit: 9) == Array("new".utf8))
        let missing = failure {
            let tree = try git.tree(of: first)
            _ = try git.entry(at: "Findings/x/a", inTree: tree)
            return try git.blob(old, limit: 9)
        }
        #expect(missing?.code == .missingObject)
        #expect(
            missing?.description.hasSuffix(" is not in this partial clone; git fetch --refetch --no-filter") == true)
        #expect(failure { try git.changes(from: first, to: git.tree(of: first)) }?.code == .missingObject)
        try repository.git("-C", "\(repository.root)/\(clone)", "fetch", "-q", "--refetch", "--no-filter")
        #expect(try git.blob(old, limit: 9) == Array("old".utf8))
        #expect(try git.entry(at: "Findings/x/a", inTree: git.tree(of: first))?.id == old)
    }
}

@Test func readsAlternatesAndNamesAMissingOne() throws {
    let repository = try TemporaryRepository()
    let id = try repository.commit(["a": "a"])
    try repository.git("clone", "-q", "--shared", repository.path, "../borrower")
    let borrower = "\(repository.root)/borrower"
    let git = try Repository.discover(from: borrower)
    #expect(try git.entries(ofTree: git.tree(of: id)).map(\.line) == ["file a"])
    try FileManager.default.moveItem(atPath: repository.path, toPath: "\(repository.root)/moved")
    #expect(
        failure { try Repository.discover(from: borrower).tree(of: id) }?.description
            == "the commit \(id) is missing: this repository borrows objects from '\(repository.path)/.git/objects', "
            + "which does not exist; restore it, or write its new path to \(borrower)/.git/objects/info/alternates")
}
