import ArgumentParser
import FoundationEssentials
import Reports
import Words

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check this machine's set-up and suggest fixes.",
        discussion: """
            Changes nothing. Exits with 1 if something that a command needs is broken.

            Example: arbor-ledger doctor --format json
            """)

    @OptionGroup var format: FormatOption<DoctorReport>

    func run() async throws {
        let examination = SetupChecks(
            environment: ProcessInfo.processInfo.environment, folder: FileManager.default.currentDirectoryPath)
        let checks = await examination.checks()
        try format.print(DoctorReport(checks))
        if checks.contains(where: { $0.state == .broken }) { throw ExitCode.failure }
    }
}
