import ArgumentParser
import Atlas

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the atlas in a browser on this machine.",
        discussion: """
            Prints the address of the atlas on standard output and serves it until Ctrl-C, from memory: no file is \
            written. The pages are those that `arbor-ledger atlas` would write for the commit of --at (default: HEAD). A \
            later commit changes them only after a restart.

            Only programs on this machine can reach the server, and only with the address that is printed: it contains \
            a random token.

            Examples:
              arbor-ledger serve
              arbor-ledger serve --at HEAD~10 --port 8000
            """)

    @OptionGroup var options: AtlasOptions

    @Option(help: ArgumentHelp("The port to listen on (default: any free port).", valueName: "number"))
    var port = 0

    func validate() throws {
        guard 0...65535 ~= port else { throw ValidationError("--port must be between 0 and 65535") }
    }

    func run() async throws {
        try await withWorkspace { workspace in
            let site = Site(atlasFiles(try workspace.atlasState(options)))
            let signals = interrupts()
            let server = try await AtlasServer(site, port: port)
            writeOutput("\(site.address(port: server.port))\n")
            for await _ in signals { break }
            try await server.stop()
            return .success
        }
    }
}
