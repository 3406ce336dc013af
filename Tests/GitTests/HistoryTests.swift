import Testing

@testable import Git

@Test func resolvesRevisionsToCommits() throws {
    let repository = try TemporaryRepository()
    let git = try repository.open()
    #expect(try git.head() == nil)
    #expect(try git.headBranch() == "main")
    let first = try repository.commit(["a": "1"])
    let second = try repository.commit(["a": "2"])
    try repository.git("tag", "-a", "-m", "v1", "v1", "HEAD~1")

    #expect(try git.head() == second)
    #expect(try git.reference("refs/heads/main") == second)
    #expect(try git.reference("refs/heads/other") == nil)
    #expect(try ["main", "HEAD", "\(second)", "main@{0}"].map(git.resolve) == [second, second, second, second])
    #expect(try ["v1", "main~1", "\(first.description.prefix(12))"].map(git.resolve) == [first, first, first])

    let messages = ["", "--all", "nope", "a\0b", "HEAD:a", "main~9", "..", "v1^{tree}"]
        .map { revision in failure { try git.resolve(revision) }?.description }
    #expect(
        messages == [
            "'' is not a revision: it is empty or begins with '-'",
            "'--all' is not a revision: it is empty or begins with '-'",
            "there is no commit, branch or tag 'nope'",
            "the revision contains a NUL byte",
            "'HEAD:a' names a blob, not a commit",
            "there is no commit, branch or tag 'main~9'",
            "there is no commit, branch or tag '..'",
            "'v1^{tree}' names a tree, not a commit",
        ])
    try repository.git("checkout", "-q", "--detach")
    #expect(try git.headBranch() == nil)
    #expect(try git.head() == second)
}

@Test func historyFollowsFirstParents() throws {
    let repository = try TemporaryRepository()
    let first = try repository.commit(["a": "1"], "Add a\n\nThe body.")
    try repository.git("checkout", "-qb", "side")
    let side = try repository.commit(["b": "1"])
    try repository.git("checkout", "-q", "main")
    let second = try repository.commit(["a": "2"])
    try repository.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    let merge = try repository.id("HEAD")
    let git = try repository.open()

    #expect(try git.firstParentHistory(from: merge) == [merge, second, first])
    #expect(try git.firstParent(of: first) == nil)
    #expect(try git.commit(merge).parents == [second, side])
    #expect(
        try git.commit(first)
            == Commit(
                id: first, tree: repository.id("\(first)^{tree}"), parents: [], authorName: "Ada",
                authorEmail: "ada@example.org", authorTimeSeconds: 1_700_000_000,
                committerTimeSeconds: 1_700_000_000, summary: "Add a"))
    let blob = try repository.id("HEAD:a")
    #expect(failure { try git.commit(blob) } == GitError(.wrongKind, "the object \(blob) is not a commit"))
}

@Test func shallowHistoryEndsAtTheCut() throws {
    let origin = try TemporaryRepository()
    for text in ["1", "2", "3"] { try origin.commit(["a": text]) }
    let clone = "\(origin.root)/clone"
    try origin.git("clone", "-q", "--depth", "2", "file://\(origin.path)", clone)
    let git = try Repository.discover(from: clone)
    #expect(git.isShallow)
    let expected = [try origin.id("HEAD"), try origin.id("HEAD~1")]
    #expect(try git.firstParentHistory(from: git.resolve("HEAD")) == expected)
    #expect(failure { try git.resolve("HEAD~2") }?.remedy?.contains("git fetch --unshallow") == true)
    #expect(try !origin.open().isShallow)
}

@Test func changesMatchGitDiff() throws {
    let repository = try TemporaryRepository()
    try repository.commit([
        "Findings/same/a": "a", "Findings/gone/b": "b", "Findings/changed": "1", "Findings/file": "f",
        "Findings/folder/inner": "i", "Other/x": "1",
    ])
    try repository.git("rm", "-qr", "Findings/gone", "Findings/file", "Findings/folder")
    try repository.commit([
        "Findings/changed": "2", "Findings/file/inside": "f", "Findings/folder": "i", "Findings/new": "n",
        "Other/x": "2",
    ])
    let git = try repository.open()
    let (old, new) = try (repository.id("HEAD~1^{tree}"), repository.id("HEAD^{tree}"))
    #expect(
        try git.changes(from: old, to: new, under: ["Findings"]).map(\.line) == [
            "file -> file Findings/changed",
            "- file Findings/file",
            "+ file Findings/file/inside",
            "+ file Findings/folder",
            "- file Findings/folder/inner",
            "- file Findings/gone/b",
            "+ file Findings/new",
        ])
    #expect(try git.changes(from: old, to: old) == [])
    #expect(try git.changes(from: nil, to: old).compactMap(\.new) == git.entries(ofTree: old))
    #expect(try git.changes(from: old, to: new).count == 8)
}
