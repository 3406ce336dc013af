import Foundation
import Testing

@testable import Git

/// Creates a repository with two committed files, one staged file and one file added with `--intent-to-add`.
private func repositoryWithStagedWork() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.commit(["Findings/a": "1", "Other/x": "x"])
    try repository.write("Findings/staged", "s")
    try repository.write("Findings/promised", "p")
    try repository.git("add", "Findings/staged")
    try repository.git("add", "-N", "Findings/promised")
    return repository
}

@Test func readsSplitIndexesThroughGit() throws {
    let repository = try repositoryWithStagedWork()
    let whole = try repository.open().stagedEntries()
    try repository.git("update-index", "--split-index")
    let git = try repository.open()
    #expect(try git.stagedEntries() == whole)
    #expect(try git.stagedEntries(under: ["Findings"]).map(\.line) == ["file Findings/a", "file Findings/staged"])
    // `git commit -a` gives its hook an index of this kind.
    try FileManager.default.copyItem(
        atPath: "\(repository.path)/.git/index", toPath: "\(repository.path)/.git/index.lock")
    #expect(try git.stagedEntries(indexFile: ".git/index.lock", currentDirectory: repository.path) == whole)
    try FileManager.default.removeItem(atPath: "\(repository.path)/.git/index.lock")
    let refused = failure { try git.submit(["new": "n"]) }?.description
    #expect(
        refused == "the index '\(repository.path)/.git/index' is split over two files; "
            + "git update-index --no-split-index")
    try repository.git("update-index", "--no-split-index")
    #expect(try git.stagedEntries() == whole)
    _ = try git.submit(["new": "n"])
}

@Test func readsSparseIndexesThroughGit() throws {
    let repository = try TemporaryRepository()
    try repository.commit(["Findings/a": "1", "Other/x": "x", "Other/y/z": "z"])
    let whole = try repository.open().stagedEntries()
    try repository.git("sparse-checkout", "set", "--cone", "--sparse-index", "Findings")
    let git = try repository.open()
    #expect(try git.stagedEntries() == whole)
    #expect(try git.fileExcludedBySparseCheckout(under: ["Findings"]) == nil)
    #expect(try git.fileExcludedBySparseCheckout(under: ["Findings", "Other"]) == "Other/x")
    #expect(
        failure { try git.submit(["new": "n"]) }?.description
            == "the index '\(repository.path)/.git/index' is sparse; "
            + "git sparse-checkout reapply --no-sparse-index")
    try repository.git("sparse-checkout", "reapply", "--no-sparse-index")
    #expect(try repository.open().stagedEntries() == whole)
    #expect(try repository.open().fileExcludedBySparseCheckout(under: ["Other"]) == "Other/x")
    try repository.git("sparse-checkout", "add", "Other")
    #expect(try repository.open().fileExcludedBySparseCheckout(under: ["Other"]) == nil)
}

@Test func rejectsConflictsInASplitIndex() throws {
    let repository = try TemporaryRepository()
    try repository.commit(["Findings/a": "1", "b": "b"])
    try repository.git("checkout", "-qb", "side")
    try repository.commit(["Findings/a": "2"])
    try repository.git("checkout", "-q", "main")
    try repository.commit(["Findings/a": "3"])
    try repository.git("update-index", "--split-index")
    _ = try? repository.git("merge", "-q", "side")
    let git = try repository.open()
    #expect(
        failure { try git.stagedEntries() }?.description
            == "'Findings/a' has a merge conflict in the index; resolve it, then 'git add' the file")
    #expect(try git.stagedEntries(under: ["b"]).map(\.line) == ["file b"])
}

@Test(arguments: [["--index-version", "4"], ["--untracked-cache"], ["--fsmonitor"]])
func readsAndCommitsToOtherKindsOfIndex(_ kind: [String]) throws {
    let repository = try repositoryWithStagedWork()
    try repository.write("monitor", "#!/bin/sh\nprintf 'token\\0/\\0'\n")
    chmod("\(repository.path)/monitor", 0o755)
    if kind == ["--fsmonitor"] { try repository.git("config", "core.fsmonitor", "./monitor") }
    try repository.git(["update-index", "--force-untracked-cache"] + kind)
    try repository.git("status")
    let git = try repository.open()
    #expect(try git.stagedEntries().map(\.line) == ["file Findings/a", "file Findings/staged", "file Other/x"])
    _ = try git.submit(["Findings/new": "n"])
    try repository.write("Findings/new", "n")
    #expect(
        try repository.git("status", "--short")
            == " A Findings/promised\nA  Findings/staged\n?? monitor")
}

/// A lower-case first letter marks a required extension. git does not know the extension in this test either.
@Test func namesUnknownIndexExtensions() throws {
    let repository = try repositoryWithStagedWork()
    let path = "\(repository.path)/.git/index"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path)).dropLast(20)
    bytes += Data("zzzz\0\0\0\0".utf8)
    try bytes.write(to: URL(fileURLWithPath: path))
    // git has no command that computes the SHA-1 digest of a file.
    let sum = try repository.git("-c", "alias.sum=!sha1sum .git/index", "sum").prefix(40)
    let id = try #require(ObjectID(hex: String(sum)))
    try (bytes + Data(id.bytes)).write(to: URL(fileURLWithPath: path))
    let refused = failure { try repository.open().stagedEntries() }
    #expect(refused?.code == .unsupportedIndex)
    #expect(refused?.message.contains("'zzzz'") == true)
    #expect(
        refused?.remedy == "run git read-tree HEAD to rebuild it from the last commit, then stage changes again")
    try repository.git("read-tree", "HEAD")
    #expect(try repository.open().stagedEntries().map(\.line) == ["file Findings/a", "file Other/x"])
}

@Test func treatsAMissingIndexAsEmpty() throws {
    let repository = try repositoryWithStagedWork()
    try FileManager.default.removeItem(atPath: "\(repository.path)/.git/index")
    let git = try repository.open()
    #expect(try git.stagedEntries() == [])
    let commit = try git.submit(["new": "n"])
    #expect(
        try git.entries(ofTree: git.tree(of: commit)).map(\.line) == ["file Findings/a", "file Other/x", "file new"])
    #expect(try git.stagedEntries().map(\.line) == ["file new"])
}
