import ArgumentParser
import FoundationEssentials
import Reports
import Words

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what works on this machine, and how to mend what does not.",
        discussion: """
            Changes nothing. Exits with 1 if something is broken that a command needs; a warning is no failure.

            Example: arbor-ledger doctor --format json
            """)

    @Option(help: "How to print: text or json.")
    var format = Format.text

    func run() async throws {
        let examination = Examination(
            environment: ProcessInfo.processInfo.environment, folder: FileManager.default.currentDirectoryPath)
        let checks = await examination.checks()
        switch format {
        case .text: writeOutput(doctorText(checks, style: Terminal.current.style))
        case .json: writeOutput(try json(DoctorJSON(checks)))
        }
        if checks.contains(where: { $0.state == .broken }) { throw ExitCode.failure }
    }
}
