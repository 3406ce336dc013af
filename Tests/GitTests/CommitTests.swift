import Foundation
import Testing

@testable import Git

let ada = Identity(name: "Ada", email: "ada@example.org", timeSeconds: 1_700_000_000, offsetMinutes: 60)

extension Repository {
    func submit(_ files: [String: String], newBranch: String? = nil) throws(GitError) -> ObjectID {
        let files = files.sorted { $0.key < $1.key }.map { NewFile(path: $0.key, bytes: Array($0.value.utf8)) }
        return try commit(files, message: "Add a finding", author: ada, committer: ada, newBranch: newBranch)
    }
}

/// Creates a repository with every kind of change that a commit of `Findings/new.yaml` must not touch.
func repositoryAtWork() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.commit(["Findings/old.yaml": "1\n", "a": "1\n", "b": "1\n", "c": "1\n", "d": "1\n"])
    try repository.write("a", "staged\n")
    try repository.write("staged-new", "s\n")
    try repository.git("rm", "-q", "--cached", "d")
    try repository.git("add", "a", "staged-new")
    try repository.write("a", "staged, then changed\n")
    try repository.write("b", "changed\n")
    try repository.write("promised", "p\n")
    try repository.git("add", "-N", "promised")
    try repository.git("update-index", "--skip-worktree", "c")
    try repository.write("Findings/new.yaml", "new\n")
    return repository
}

let statusAtWork = "MM a\n M b\nD  d\n A promised\nA  staged-new\n?? d"

@Test func commitLeavesOtherChangesAlone() throws {
    let repository = try repositoryAtWork()
    let before = try repository.git("status", "--porcelain", "-uall")
    #expect(before == "MM a\n M b\nD  d\n A promised\nA  staged-new\n?? Findings/new.yaml\n?? d")
    let stagedBefore = try repository.git("ls-files", "--stage", "-v")
    let parent = try repository.id("HEAD")

    let commit = try repository.open().submit(["Findings/new.yaml": "new\n"])
    #expect(try repository.id("refs/heads/main") == commit)
    #expect(
        try repository.git("log", "-1", "--format=%P %an %ae %ad %cn %s")
            == "\(parent) Ada ada@example.org Tue Nov 14 23:13:20 2023 +0100 Ada Add a finding")
    #expect(try repository.git("diff-tree", "-r", "--name-status", "--no-commit-id", "HEAD") == "A\tFindings/new.yaml")
    #expect(try repository.git("status", "--porcelain", "-uall") == statusAtWork)
    let staged = try repository.git("ls-files", "--stage", "-v").split(separator: "\n")
    #expect(staged.filter { !$0.hasSuffix("Findings/new.yaml") } == stagedBefore.split(separator: "\n"))
    #expect(try repository.git("fsck", "--strict") == "")
    #expect(!repository.exists(".git/index.lock"))
    let inGit = try FileManager.default.contentsOfDirectory(atPath: repository.path + "/.git")
    #expect(inGit.filter { $0.contains("index") } == ["index"])
}

@Test func createsAndSwitchesToANewBranch() throws {
    let repository = try repositoryAtWork()
    let main = try repository.id("main")
    let commit = try repository.open().submit(
        ["Findings/new.yaml": "new\n", "Claims/x/question.yaml": "q\n"], newBranch: "finding/new")
    #expect(try repository.git("symbolic-ref", "HEAD") == "refs/heads/finding/new")
    #expect(try repository.id("finding/new") == commit)
    #expect(try repository.id("main") == main)
    // The second file is not in the work tree, and the commit does not create it there.
    #expect(try repository.git("status", "--porcelain", "-uall") == " D Claims/x/question.yaml\n" + statusAtWork)
    try repository.git("reset", "-q", "--hard")
    try repository.git("checkout", "-q", "-")
    #expect(try repository.git("symbolic-ref", "HEAD") == "refs/heads/main")
    #expect(!repository.exists("Findings/new.yaml"))
}

@Test func keepsTheExecutableBitOfAReplacedFile() throws {
    let repository = try TemporaryRepository()
    try repository.commit(["run.sh": "1\n", "other/x": "x\n"])
    try repository.git("update-index", "--chmod=+x", "run.sh")
    try repository.git("commit", "-qm", "executable")
    _ = try repository.open().submit(["run.sh": "2\n", "other/y/z": "3\n"])
    let git = try repository.open()
    let lines = ["file other/x", "file other/y/z", "executable run.sh"]
    #expect(try git.entries(ofTree: git.tree(of: git.resolve("HEAD"))).map(\.line) == lines)
    #expect(try git.stagedEntries().map(\.line) == lines)
}

@Test func linkedWorkTreeCommitsToItsOwnBranchAndIndex() throws {
    let repository = try repositoryAtWork()
    try repository.git("worktree", "add", "-q", "-b", "side", "../linked")
    let before = try repository.git("status", "--porcelain", "-uall", "-b")
    let linked = "\(repository.root)/linked"
    let commit = try Repository.discover(from: linked).submit(["Findings/new.yaml": "new\n"], newBranch: "finding/x")
    #expect(try repository.git("-C", linked, "status", "--porcelain", "-b") == "## finding/x\n D Findings/new.yaml")
    #expect(try repository.id("finding/x") == commit)
    #expect(try repository.git("status", "--porcelain", "-uall", "-b") == before)
}

/// A killed commit leaves the repository in one of these states, which are listed in their order of occurrence.
@Test func everyStepLeavesAConsistentRepository() throws {
    let repository = try repositoryAtWork()
    let before = try repository.git("status", "--porcelain", "-uall")
    let git = try repository.open()
    let parent = try git.resolve("HEAD")
    let file = NewFile(path: "Findings/new.yaml", bytes: Array("new\n".utf8))

    let commit = try git.writeCommit([file], onto: parent, message: "m", author: ada, committer: ada)
    #expect(try repository.git("status", "--porcelain", "-uall") == before)

    let entry = try #require(try git.entry(at: file.path, inTree: git.tree(of: commit)))
    let change = try git.stage([entry])
    #expect(try repository.git("status", "--porcelain", "-uall") == "A  Findings/new.yaml\n" + statusAtWork)

    try git.createBranch("finding/new", at: commit)
    #expect(try repository.git("status", "--porcelain", "-uall") == "A  Findings/new.yaml\n" + statusAtWork)

    git.restoreIndex(change)
    #expect(try repository.git("status", "--porcelain", "-uall") == before)

    // The next attempt uses the branch that was left behind, although its time and message differ.
    #expect(try git.submit(["Findings/new.yaml": "new\n"], newBranch: "finding/new") == commit)
    #expect(try repository.git("status", "--porcelain", "-uall") == statusAtWork)
    #expect(try git.headBranch() == "finding/new")
}

@Test func detectsAChangeWithinTheSecondOfTheIndex() throws {
    let repository = try TemporaryRepository()
    try repository.commit(["a": "1\n"])
    try repository.write("a", "2\n")
    for file in ["a", ".git/index"] {
        var times = [timespec(tv_sec: 1_700_000_000, tv_nsec: 0), timespec(tv_sec: 1_700_000_000, tv_nsec: 0)]
        if file == "a" {
            // The staged file has the time stamp and the length that its later content will have.
            try repository.write("a", "1\n")
            utimensat(AT_FDCWD, "\(repository.path)/a", &times, 0)
            try repository.git("add", "a")
            try repository.write("a", "2\n")
        }
        utimensat(AT_FDCWD, "\(repository.path)/\(file)", &times, 0)
    }
    _ = try repository.open().submit(["b": "b\n"])
    let status = try repository.git(
        "-c", "core.trustctime=false", "-c", "core.checkStat=minimal", "status", "--porcelain")
    #expect(status == " M a\n D b")
}
