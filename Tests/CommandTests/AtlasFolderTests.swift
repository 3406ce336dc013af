import Foundation
import Records
import Testing

@testable import Atlas
@testable import arbor_ledger

@Suite struct AtlasFolderTests {
    private let folder = try? ScratchFolder()
    private var path: String { folder?.path ?? "" }

    private func write(_ files: [String: String]) throws -> AtlasFolder.Written {
        try AtlasFolder(path: "\(path)/site").write(
            files.sorted { $0.key < $1.key }.map { name, text in AtlasFile(name) { Array(text.utf8) } })
    }

    private func read(_ name: String) -> String? {
        try? String(contentsOfFile: "\(path)/site/\(name)", encoding: .utf8)
    }

    private func change(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/site/\(name)"))
    }

    private var names: [String] {
        (FileManager.default.enumerator(atPath: "\(path)/site")?.allObjects as? [String] ?? []).sorted()
    }

    @Test func writesWhatChangedAndRemovesWhatIsGone() throws {
        let first = try write(["index.html": "1", "q/a/b.html": "2", "q/c.html": "3"])
        #expect((first.files, first.changed, first.removed) == (4, 3, 0))
        #expect(names == ["atlas.sums", "index.html", "q", "q/a", "q/a/b.html", "q/c.html"])
        let again = try write(["index.html": "1", "q/a/b.html": "2", "q/c.html": "3"])
        #expect((again.changed, again.removed) == (0, 0))
        let next = try write(["index.html": "one", "q/c.html": "3", "f/d.html": "4"])
        #expect((next.files, next.changed, next.removed) == (4, 2, 1))
        #expect(names == ["atlas.sums", "f", "f/d.html", "index.html", "q", "q/c.html"])
        #expect(read("index.html") == "one")
        #expect(
            read("atlas.sums") == """
                \(sha256("4"))  f/d.html
                \(sha256("one"))  index.html
                \(sha256("3"))  q/c.html

                """)
    }

    @Test func repairsFilesThatSomebodyChanged() throws {
        _ = try write(["index.html": "1", "q/c.html": "3"])
        try change("index.html", "x")
        try FileManager.default.removeItem(atPath: "\(path)/site/q/c.html")
        #expect(try write(["index.html": "1", "q/c.html": "3"]).changed == 2)
        #expect((read("index.html"), read("q/c.html")) == ("1", "3"))
    }

    /// A list that was changed by hand never makes the tool remove a file that is no page of an atlas.
    @Test func keepsFilesThatItDidNotWrite() throws {
        _ = try write(["index.html": "1"])
        try change("notes.html", "mine")
        try change("data.yaml", "mine")
        try change("CNAME", "atlas.example.org")
        try Data("secret".utf8).write(to: URL(fileURLWithPath: "\(path)/outside.html"))
        let list = try #require(read("atlas.sums"))
        let lines = [
            "\(sha256("other"))  notes.html", "\(sha256("mine"))  data.yaml", "\(sha256("secret"))  ../outside.html",
            "\(sha256("secret"))  q/../../outside.html", "\(sha256("secret"))  \(path)/outside.html",
            "short  notes.html", "\(sha256("x"))  ", "\(sha256("x"))  a\0b.html",
        ]
        try change("atlas.sums", list + lines.joined(separator: "\n") + "\n")
        #expect(try write(["index.html": "1"]).removed == 0)
        #expect(names.filter { $0 != "q" } == ["CNAME", "atlas.sums", "data.yaml", "index.html", "notes.html"])
        #expect(FileManager.default.fileExists(atPath: "\(path)/outside.html"))
        #expect(read("atlas.sums") == list)
    }

    @Test func goesOnAfterAnInterruption() throws {
        _ = try write(["index.html": "1", "q/a.html": "2"])
        // The list of an interrupted build names all files that the build may have written.
        let unknown = String(repeating: "0", count: 64)
        try change("atlas.sums", "\(sha256("1"))  index.html\n\(unknown)  q/a.html\n\(unknown)  q/b.html\n")
        try change("q/a.html", "ha")
        #expect(try write(["index.html": "1"]).removed == 1)
        #expect(names == ["atlas.sums", "index.html"])
    }

    @Test func refusesFoldersOfOthers() throws {
        let manager = FileManager.default
        func refusal() -> String? {
            do {
                _ = try write(["index.html": "1", "q/a.html": "2"])
                return nil
            } catch let error as Refusal {
                return error.message.replacingOccurrences(of: path, with: "")
            } catch { return "\(error)" }
        }
        try manager.createDirectory(atPath: "\(path)/site", withIntermediateDirectories: true)
        #expect(refusal() == nil)
        for name in [".git", "Findings", ".arbor-ledger.yaml"] {
            try change(name, "")
            #expect(refusal() == "/site holds \(name)")
            try manager.removeItem(atPath: "\(path)/site/\(name)")
        }
        try manager.removeItem(atPath: "\(path)/site/atlas.sums")
        #expect(refusal() == "/site is not empty and holds no atlas")
        #expect(read("index.html") == "1")
    }

    @Test func followsNoLink() throws {
        let manager = FileManager.default
        _ = try write(["index.html": "1", "q/a.html": "2"])
        try manager.createDirectory(atPath: "\(path)/elsewhere", withIntermediateDirectories: true)
        try Data("secret".utf8).write(to: URL(fileURLWithPath: "\(path)/elsewhere/a.html"))
        // A link in place of a file is replaced.
        try manager.removeItem(atPath: "\(path)/site/index.html")
        try manager.createSymbolicLink(atPath: "\(path)/site/index.html", withDestinationPath: "../elsewhere/a.html")
        #expect(try write(["index.html": "1", "q/a.html": "2"]).changed == 1)
        // A link in place of a folder ends the build.
        try manager.removeItem(atPath: "\(path)/site/q")
        try manager.createSymbolicLink(atPath: "\(path)/site/q", withDestinationPath: "../elsewhere")
        for files in [["index.html": "1", "q/a.html": "2"], ["index.html": "1"]] {
            #expect(throws: Refusal.self) { try write(files) }
        }
        // So does a link in place of the list.
        try manager.removeItem(atPath: "\(path)/site/q")
        try manager.moveItem(atPath: "\(path)/site/atlas.sums", toPath: "\(path)/elsewhere/list")
        try manager.createSymbolicLink(atPath: "\(path)/site/atlas.sums", withDestinationPath: "../elsewhere/list")
        #expect(throws: FileError.self) { try write(["index.html": "1"]) }
        #expect(try String(contentsOfFile: "\(path)/elsewhere/a.html", encoding: .utf8) == "secret")
    }
}

/// A folder that is removed at the end.
private final class ScratchFolder {
    let path = "\(temporaryFolder)/atlas-folder-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
