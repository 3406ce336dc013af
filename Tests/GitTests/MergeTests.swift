import Foundation
import Testing

@testable import Git

private func merged(_ ancestor: String?, _ ours: String, _ theirs: String) throws -> String? {
    try Repository.mergeTexts(
        ancestor: ancestor.map { Array($0.utf8) }, ours: Array(ours.utf8), theirs: Array(theirs.utf8)
    )
    .map { String(decoding: $0, as: UTF8.self) }
}

@Test func mergesTextsLineByLine() throws {
    #expect(try merged("a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nc\nD\n") == "A\nb\nc\nD\n")
    #expect(try merged("a\nb\n", "A\nb\n", "X\nb\n") == nil)
    #expect(try merged("a\n", "b\n", "b\n") == "b\n")
    #expect(try merged(nil, "a\n", "b\n") == nil)
    #expect(try merged("", "", "b") == "b")
    #expect(try merged("a\nb", "", "a\nb") == "")
}

@Test func mergeBasesAreTheBestCommonAncestors() throws {
    let repository = try TemporaryRepository()
    let first = try repository.commit(["a": "1"])
    try repository.git("checkout", "-qb", "side")
    let side = try repository.commit(["b": "1"])
    try repository.git("checkout", "-q", "main")
    let main = try repository.commit(["a": "2"])
    let git = try repository.open()
    #expect(try git.mergeBases(main, side) == [first])
    #expect(try git.mergeBases(main, first) == [first])
    // Each branch merges the other. There are thus two merge bases, and neither is an ancestor of the other.
    try repository.git("merge", "-q", "-m", "in", side.description)
    let here = try repository.id("HEAD")
    try repository.git("checkout", "-q", "side")
    try repository.git("merge", "-q", "-m", "in", main.description)
    #expect(try Set(git.mergeBases(here, repository.id("HEAD"))) == [main, side])
    try repository.git("checkout", "-q", "--orphan", "other")
    #expect(try git.mergeBases(here, repository.commit(["c": "1"])) == [])
}

@Test func shallowCloneReportsMissingHistory() throws {
    let origin = try TemporaryRepository()
    try origin.commit(["a": "1"])
    try origin.git("checkout", "-qb", "side")
    try origin.commit(["b": "1"])
    try origin.git("checkout", "-q", "main")
    try origin.commit(["a": "2"])
    let clone = "\(origin.root)/clone"
    try origin.git("clone", "-q", "--depth", "1", "--no-single-branch", "file://\(origin.path)", clone)
    let git = try Repository.discover(from: clone)
    let error = failure { try git.mergeBases(git.resolve("origin/main"), git.resolve("origin/side")) }
    #expect(
        error?.description
            == "this shallow clone lacks the merge base of the two histories; git fetch --unshallow")
}

/// Merges two branches that differ in every possible way, both with git and in memory, and compares the results.
@Suite struct TreeMergeTests {
    private let base = [
        "Findings/ours": "1\n2\n3\n4\n5\n", "Findings/theirs": "t\n", "Findings/both": "1\n2\n3\n4\n5\n",
        "Findings/same": "1\n", "Findings/gone-here": "1\n", "Findings/gone-there": "2\n",
        "Findings/moved-here": "m\nn\no\np\n", "Findings/moved-there": "q\nr\ns\nt\n", "Other/x": "x\n",
    ]

    private func branches(
        _ ours: [String: String?], _ theirs: [String: String?], base: [String: String]
    ) throws -> (TemporaryRepository, TreeMerge) {
        let repository = try TemporaryRepository()
        try repository.commit(base)
        for (branch, changes) in [("theirs", theirs), ("ours", ours)] {
            try repository.git("checkout", "-qb", branch, "main")
            for (file, text) in changes where text == nil { try repository.git("rm", "-q", file) }
            try repository.commit(changes.compactMapValues(\.self))
        }
        let git = try repository.open()
        let bases = try git.mergeBases(repository.id("ours"), repository.id("theirs"))
        return (
            repository,
            try git.mergeTrees(
                base: git.tree(of: bases[0]), ours: repository.id("ours^{tree}"),
                theirs: repository.id("theirs^{tree}"),
                under: ["Findings"])
        )
    }

    @Test func producesTheSameTreeAsGit() throws {
        let (repository, merge) = try branches(
            [
                "Findings/ours": "1\n2\n3\n4\nfive\n", "Findings/both": "one\n2\n3\n4\n5\n", "Findings/same": "2\n",
                "Findings/gone-here": nil, "Findings/new/here": "h\n", "Findings/moved-here": nil,
                "Findings/sub/moved-here": "m\nn\no\np\n", "Findings/moved-there": "q\nr\ns\nT\n",
            ],
            [
                "Findings/theirs": "T\n", "Findings/both": "1\n2\n3\n4\nfive\n", "Findings/same": "2\n",
                "Findings/gone-there": nil, "Findings/new/there": "th\n", "Findings/moved-here": "m\nn\no\nP\n",
                "Findings/moved-there": nil, "Findings/sub/moved-there": "q\nr\ns\nt\n", "Other/x": "y\n",
            ], base: base)
        #expect(merge.unmerged == [])
        #expect(merge.texts.map(\.path) == ["Findings/both"])
        try repository.git("merge", "-q", "-m", "merged", "theirs")
        let expected = try repository.git("ls-tree", "-r", "--format=%(path) %(objectname)", "HEAD", "Findings")
        let texts = try merge.texts.map { ($0.path, try Repository.hashOfBlob($0.bytes)) }
        let found = (merge.entries.map { ($0.path, $0.id) } + texts).map { "\($0) \($1)" }.sorted()
        #expect(found == expected.split(separator: "\n").map(String.init).sorted())
    }

    @Test func keepsOurVersionWhereGitReportsAConflict() throws {
        let (repository, merge) = try branches(
            [
                "Findings/both": "ours\n2\n3\n4\n5\n", "Findings/gone-here": nil, "Findings/gone-there": "changed\n",
                "Findings/added": "a\n", "Findings/folder": "file\n", "Findings/deep/down": "x\n", "Other/x": "o\n",
                "Findings/same": "\0ours",
            ],
            [
                "Findings/both": "theirs\n2\n3\n4\n5\n", "Findings/gone-here": "changed\n", "Findings/gone-there": nil,
                "Findings/added": "b\n", "Findings/folder/inside": "x\n", "Findings/deep": "file\n", "Other/x": "t\n",
                "Findings/same": "\0theirs",
            ], base: base)
        #expect(
            merge.unmerged.map { "\($0.path) \($0.reason)" } == [
                "Findings/added sameLines", "Findings/both sameLines", "Findings/deep folder",
                "Findings/folder/inside folder", "Findings/gone-here removed", "Findings/gone-there removed",
                "Findings/same notText", "Other/x sameLines",
            ])
        #expect(merge.texts == [])
        #expect(
            try merge.entries == repository.open().entries(ofTree: repository.id("ours^{tree}"), under: ["Findings"]))
        #expect((try? repository.git("merge", "-q", "-m", "merged", "theirs")) == nil)
    }

    @Test func replacesAFileByAFolder() throws {
        let (_, merge) = try branches(
            ["Findings/new": "n\n"], ["Findings/ours": nil, "Findings/ours/inside": "x\n"], base: base)
        #expect(merge.unmerged == [])
        #expect(merge.entries.map(\.path).contains("Findings/ours/inside"))
        #expect(!merge.entries.map(\.path).contains("Findings/ours"))
    }
}
