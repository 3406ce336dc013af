import FoundationEssentials
import Words

/// The repository whose documentation becomes a site. Paths start at its top.
struct Repository {
    let root: String

    enum Kind { case file, folder }

    func kind(of path: String) -> Kind? {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder) else { return nil }
        return isFolder ? .folder : .file
    }

    func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(root)/\(path)")))
    }

    func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

    /// The Markdown files at the top, and those in `docs` and the folders in it, sorted.
    func markdownFiles() throws -> [String] {
        let top = try FileManager.default.contentsOfDirectory(atPath: root)
        let below = try FileManager.default.subpathsOfDirectory(atPath: "\(root)/docs").map { "docs/\($0)" }
        return (top + below).filter { $0.endsWithBytes(".md") }.sorted()
    }
}

/// A mistake in a page, which ends the build.
struct PageProblem: Error, Equatable, CustomStringConvertible {
    var file: String
    var line: Int
    var sentence: String
    var remedy: String

    var description: String { "\(file):\(line): \(sentence)\n  -> \(remedy)" }
}
