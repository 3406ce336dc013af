import ArgumentParser
import Atlas
import FoundationEssentials
import Words

@main struct Docs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "arbor-ledger-docs",
        abstract: "Write the documentation of this repository as a folder of web pages.",
        discussion: """
            A broken link ends the build.

            Example:
              arbor-ledger --experimental-dump-help > commands.json
              arbor-ledger-docs site --commands commands.json
            """)

    @Argument(help: "The folder to write.")
    var folder: String

    @Option(help: "The repository.")
    var repository = "."

    @Option(help: "A file with the output of `arbor-ledger --experimental-dump-help`, for the pages of commands.")
    var commands: String?

    @Option(help: "The address of the repository's files, such as https://github.com/lab/ledger/blob/main/.")
    var files: String?

    @Option(help: "The path of an atlas from the folder, or its address on the web.")
    var atlas: String?

    func validate() throws {
        guard let files, webAddress(files) == nil || !files.endsWithBytes("/") else { return }
        throw ValidationError("\(files) is no address on the web that ends with a slash")
    }

    func run() throws {
        let dump = try commands.map { path in
            try JSONDecoder().decode(CommandDump.self, from: Data(contentsOf: URL(filePath: path)))
        }
        let site = try Site(
            of: Repository(root: repository), tool: dump?.command, files: files,
            atlas: atlas.map { Link.web($0) ?? .page($0) })
        guard site.problems.isEmpty else { throw BrokenPages(problems: site.problems) }
        for file in site.files {
            let target = URL(filePath: "\(folder)/\(file.path)")
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.render()).write(to: target)
        }
        print("\(site.files.count) files in \(folder). Open \(folder)/index.html.")
    }
}

private struct BrokenPages: Error, CustomStringConvertible {
    var problems: [PageProblem]

    var description: String { "the pages have problems:\n" + problems.map(\.description).joined(separator: "\n") }
}
