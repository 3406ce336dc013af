import ArgumentParser
import Evidence
import Records
import Reports
import Words

struct Try: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a measurement of a model with a few seeds, before any claim exists.",
        discussion: """
            Measures the model with each seed, and prints the values and their range. A toy model is trained first, \
            and its networks are cached, as with `verify`. If --set gives no value for a condition, each value of its \
            list is tried, or the kernel's default. Nothing is written to the ledger.

            These runs are no evidence, and an audit never uses their seeds.

            Examples:
              arbor-ledger try superposition-geometry/dimensionality
              arbor-ledger try superposition-geometry/dimensionality --set density=0.3
              arbor-ledger try superposition-geometry --seeds 2 --format csv
            """)

    @OptionGroup var report: ReportOptions<TrialReport>

    @OptionGroup var kernels: KernelOptions

    @Option(help: ArgumentHelp("Number of seeds for each setting.", valueName: "n"))
    var seeds = 5

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("A value of a condition; repeat for several.", valueName: "condition=value"))
    var settings: [String] = []

    @Argument(help: ArgumentHelp("The measurement: toy-model/measurement."), completion: .names(\.measurements))
    var measurement: String

    func validate() throws {
        if !(1...runLimit).contains(seeds) { throw ValidationError("--seeds takes 1 to \(runLimit)") }
        if let wrong = settings.first(where: { chosen($0) == nil }) {
            throw ValidationError("--set takes CONDITION=VALUE, such as density=0.3, not \"\(wrong)\"")
        }
    }

    private func chosen(_ text: String) -> (condition: String, value: String)? {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty ? (parts[0], parts[1]) : nil
    }

    func run() async throws {
        try await withWorkspace { workspace in
            let loaded = try workspace.load(report.snapshot)
            warnAboutErrors(loaded.ledger)
            warnAboutChangedPrograms(loaded.ledger)
            let trial: Trial
            let studies: [StudyToRun]
            do throws(TrialMistake) {
                trial = try loaded.ledger.trial(of: measurement, at: settings.compactMap(chosen))
                studies = try trial.studies(TraceSamples(loaded.ledger, loaded.trail))
            } catch {
                throw Refusal(message: error.message, remedy: error.remedy, exitCode: 64)
            }
            let trains = studies.contains { $0.verification.kernel.program == nil }
            onInterrupt("arbor-ledger: stopped\(trains ? "; trained networks are kept" : "")\n")
            let made = try await workspace.makeUnsaltedRuns(
                seeds, of: studies, kernels.choice, isQuiet: report.format.isQuiet)
            try report.format.print(
                TrialReport(trial, made.runs, failures: made.failures, in: loaded.ledger))
            return made.runs.contains { !$0.isEmpty } ? .success : .failure
        }
    }
}
