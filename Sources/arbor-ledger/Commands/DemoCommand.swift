import ArgumentParser
import FoundationEssentials
import Git
import Words

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show on a temporary ledger how two contributors settle a disagreement.",
        discussion: """
            Two made-up contributors disagree. The demo shows the conflict, its explanation, the run that decides, the \
            audits and the answer. It runs real commands of this program and of git, with keys that it makes, in a \
            temporary folder that it removes at the end; the next demo removes the folder of a killed one. It needs no network, asks nothing, and takes less than two minutes.

            Examples (replace LEDGER by the name of a new folder):
              arbor-ledger demo
              arbor-ledger demo --keep LEDGER
            """)

    @Option(
        help: ArgumentHelp("Keep the repositories in this new folder, to look around.", valueName: "folder"),
        completion: .directory)
    var keep: String?

    func run() async throws {
        try await reportingErrors {
            let environment = ProcessInfo.processInfo.environment
            removeAbandonedDemos()
            let folder = try keep.map(keptFolder) ?? makeDemoFolder()
            let processes = DemoProcesses()
            let isKept = keep != nil
            @Sendable func cleanUp() {
                processes.stop()
                if !isKept { try? FileManager.default.removeItem(atPath: folder) }
            }
            onInterrupt("arbor-ledger: stopped\n", cleanUp)
            defer { cleanUp() }
            let stage = try DemoStage(
                folder: folder, tool: LocalExecutor.executablePath(), environment: environment, processes: processes,
                style: Terminal.current.style, write: { writeOutput($0) })
            try await Demo(stage: stage, story: .standard).play()
            if isKept {
                stage.narrate("Look around", "The clones of Ada and Bo are kept.")
                writeOutput("arbor-ledger -C \(escapeHidden(shellQuoted("\(folder)/bo"))) show superposition\n")
            } else {
                stage.narrate("Your own ledger", "The temporary folder is removed now. In a new folder, begin with:")
                writeOutput("git init && arbor-ledger init\n")
            }
            return .success
        }
    }

    /// Makes the folder in which the repositories are kept, and returns its absolute path.
    private func keptFolder(_ path: String) throws -> String {
        let start = FileManager.default.currentDirectoryPath
        let folder = path.startsWithBytes("/") ? path : "\(start)/\(path)"
        try makeEmptyFolder(folder, for: "the demo")
        return folder
    }
}
