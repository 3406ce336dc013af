import Foundation
import Testing

@testable import Git

@Test func listsTreesBelowTheGivenEntries() throws {
    let repository = try TemporaryRepository()
    try repository.write("Findings/run.sh", "#!/bin/sh\n")
    try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: "\(repository.path)/Findings/run.sh")
    try FileManager.default.createSymbolicLink(
        atPath: "\(repository.path)/Findings/link.yaml", withDestinationPath: "/etc/passwd")
    try repository.commit(["Findings/a/b.yaml": "b", "Findings/a.yaml": "a", "README": "r", "Other/c": "c"])
    try repository.git("update-index", "--add", "--cacheinfo", "160000,\(repository.id("HEAD")),Findings/sub")
    try repository.git("commit", "-qm", "a submodule")
    let git = try repository.open()
    let tree = try git.tree(of: git.resolve("HEAD"))

    let entries = try git.entries(ofTree: tree, under: ["Findings", "README", "absent"])
    #expect(
        entries.map(\.line) == [
            "file Findings/a.yaml", "file Findings/a/b.yaml", "symlink Findings/link.yaml",
            "executable Findings/run.sh", "submodule Findings/sub", "file README",
        ])
    #expect(try git.blob(entries[1].id, limit: 10) == Array("b".utf8))
    #expect(try git.entries(ofTree: tree).count == 7)
    #expect(try git.entry(at: "Findings/a", inTree: tree)?.line == "tree Findings/a")
    #expect(try git.entry(at: "Findings/z", inTree: tree) == nil)
    let listed = try git.stagedEntries().map(\.line)
    #expect(try git.entries(ofTree: tree).map(\.line) == listed)
}

@Test func reportsNamesThatAreNotUTF8() throws {
    let repository = try TemporaryRepository()
    let blob = try repository.git(["hash-object", "-w", "--stdin"], input: "x")
    let name = Data("100644 blob \(blob)\tFindings/".utf8) + [0xFF] + Data(".yaml\n".utf8)
    try name.write(to: URL(fileURLWithPath: "\(repository.root)/list"))
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", "git update-index --index-info < ../list && git commit -qm odd"]
    shell.currentDirectoryURL = URL(fileURLWithPath: repository.path)
    shell.environment = repository.environment
    try shell.run()
    shell.waitUntilExit()

    let git = try repository.open()
    let entry = TreeEntry(
        path: "Findings/\u{FFFD}.yaml", pathIsUTF8: false, id: try #require(ObjectID(hex: blob)), mode: .file)
    #expect(try git.entries(ofTree: git.tree(of: git.resolve("HEAD"))) == [entry])
    #expect(try git.stagedEntries() == [entry])
}

@Test func rejectsExponentiallyLargeTrees() throws {
    let repository = try TemporaryRepository()
    let blob = try repository.git(["hash-object", "-w", "--stdin"], input: "x")
    var wide = try repository.git(["mktree"], input: "100644 blob \(blob)\tx\n")
    var deep = wide
    for _ in 0..<8 {
        wide = try repository.git(["mktree"], input: (0..<9).map { "040000 tree \(wide)\t\($0)\n" }.joined())
    }
    for _ in 0..<70 { deep = try repository.git(["mktree"], input: "040000 tree \(deep)\td\n") }
    let git = try repository.open()
    let (wideID, deepID) = try (#require(ObjectID(hex: wide)), #require(ObjectID(hex: deep)))
    #expect(failure { try git.entries(ofTree: wideID) }?.message == "the tree has more than 2000000 entries")
    #expect(failure { try git.entries(ofTree: deepID) }?.message.hasSuffix("nested more than 64 folders deep") == true)
    #expect(failure { try git.changes(from: nil, to: deepID) }?.code == .tooLarge)
}

@Test func rejectsLargeBlobsByTheirHeader() throws {
    let repository = try TemporaryRepository()
    try repository.commit(["big": String(repeating: "x", count: 3_000_000)])
    let git = try repository.open()
    let blob = try repository.id("HEAD:big")
    #expect(try git.blobSize(blob) == 3_000_000)
    #expect(try git.blob(blob, limit: 3_000_000).count == 3_000_000)
    #expect(
        failure { try git.blob(blob, limit: 1 << 20) }
            == GitError(.tooLarge, "the blob \(blob) has 3000000 bytes, more than the 1048576 allowed"))
    let tree = try repository.id("HEAD^{tree}")
    #expect(failure { try git.blobSize(tree) } == GitError(.wrongKind, "the object \(tree) is not a blob"))
}

@Test func namesMissingObjects() throws {
    let repository = try TemporaryRepository()
    try repository.commit(["a": "a"])
    let absent = try #require(ObjectID(hex: String(repeating: "5", count: 40)))
    let git = try repository.open()
    #expect(
        failure { try git.blob(absent, limit: 9) }?.description
            == "the blob \(absent) is missing from the repository; git fsck shows what is damaged")
    #expect(failure { try git.commit(absent) }?.code == .missingObject)
    #expect(failure { try git.tree(of: absent) }?.code == .missingObject)
    #expect(failure { try git.entries(ofTree: absent) }?.code == .missingObject)
}

@Test func partialClonesReportMissingObjects() throws {
    let origin = try TemporaryRepository()
    try origin.commit(["a": "a"])
    try origin.git("config", "uploadpack.allowFilter", "true")
    let clone = "\(origin.root)/clone"
    try origin.git("clone", "-q", "--no-checkout", "--filter=blob:none", "file://\(origin.path)", clone)
    let git = try Repository.discover(from: clone)
    let blob = try origin.id("HEAD:a")
    #expect(try git.entries(ofTree: git.tree(of: git.resolve("HEAD"))).map(\.id) == [blob])
    #expect(
        failure { try git.blob(blob, limit: 9) }?.description
            == "the blob \(blob) is not in this partial clone; git fetch --refetch --no-filter")
    try origin.git("-C", clone, "fetch", "-q", "--refetch", "--no-filter")
    #expect(try Repository.discover(from: clone).blob(blob, limit: 9) == Array("a".utf8))
}

@Test func hashesAndStoresBlobsAsGitDoes() throws {
    let repository = try TemporaryRepository()
    let git = try repository.open()
    let expected = try repository.git(["hash-object", "--stdin"], input: "text\r\n")
    #expect(try Repository.hashOfBlob(Array("text\r\n".utf8)).description == expected)
    #expect(try git.writeBlob(Array("text\r\n".utf8)).description == expected)
    #expect(try repository.git("cat-file", "-p", expected) == "text\r")
    #expect(try git.blob(git.writeBlob([]), limit: 0) == [])
}
