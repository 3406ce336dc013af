import Foundation
import Testing

@testable import Git

@Test func readsTheIndexNamedByGit() throws {
    let repository = try TemporaryRepository()
    try repository.commit(["Findings/a": "1", "Other/x": "x"])
    try repository.write("Findings/a", "2")
    try repository.write("Findings/staged", "s")
    try repository.git("add", "Findings/staged")
    // `git commit Findings/a` gives its pre-commit hook a temporary index that changes only this file.
    try repository.git(["read-tree", "HEAD"], extra: ["GIT_INDEX_FILE": ".git/next-index.lock"])
    try repository.git(["add", "Findings/a"], extra: ["GIT_INDEX_FILE": ".git/next-index.lock"])
    let git = try repository.open()

    let own = try git.stagedEntries(under: ["Findings"])
    #expect(own.map(\.line) == ["file Findings/a", "file Findings/staged"])
    #expect(try git.blob(own[0].id, limit: 9) == Array("1".utf8))
    let named = try git.stagedEntries(indexFile: ".git/next-index.lock", currentDirectory: repository.path)
    #expect(named.map(\.line) == ["file Findings/a", "file Other/x"])
    #expect(try git.blob(named[0].id, limit: 9) == Array("2".utf8))
    #expect(try git.stagedEntries(indexFile: "\(repository.path)/.git/next-index.lock") == named)
    #expect(try git.stagedEntries(indexFile: "\(repository.path)/absent") == [])
}

@Test func seesChangesStagedByAnotherProcess() throws {
    let repository = try TemporaryRepository()
    let git = try repository.open()
    #expect(try git.stagedEntries() == [])
    try repository.write("a", "a")
    try repository.write("promised", "later")
    try repository.git("add", "a")
    try repository.git("add", "-N", "promised")
    #expect(try git.stagedEntries().map(\.line) == ["file a"])
}

@Test func rejectsAnIndexWithConflicts() throws {
    let repository = try TemporaryRepository()
    try repository.commit(["Findings/a": "1", "b": "b"])
    try repository.git("checkout", "-qb", "side")
    try repository.commit(["Findings/a": "2"])
    try repository.git("checkout", "-q", "main")
    try repository.commit(["Findings/a": "3"])
    _ = try? repository.git("merge", "-q", "side")
    let git = try repository.open()
    #expect(
        failure { try git.stagedEntries() }?.description
            == "'Findings/a' has a merge conflict in the index; resolve it, then 'git add' the file")
    #expect(try git.stagedEntries(under: ["b"]).map(\.line) == ["file b"])
}

@Test func rejectsABrokenIndex() throws {
    let repository = try TemporaryRepository()
    try repository.write(".git/index", "DIRC nonsense that is long enough to look at")
    #expect(failure { try repository.open().stagedEntries() }?.code == .unsupportedIndex)
}
