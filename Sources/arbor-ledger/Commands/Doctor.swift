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

    @OptionGroup var format: FormatOption<DoctorReport>

    func run() async throws {
        let examination = SetupChecks(
            environment: ProcessInfo.processInfo.environment, folder: FileManager.default.currentDirectoryPath)
        let checks = await examination.checks()
        try format.print(DoctorReport(checks))
        if checks.contains(where: { $0.state == .broken }) { throw ExitCode.failure }
    }
}
