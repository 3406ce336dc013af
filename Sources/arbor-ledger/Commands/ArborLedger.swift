import ArgumentParser
import Reports

struct ArborLedger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "arbor-ledger",
        abstract: "A git-backed ledger of findings about how reasoning models work.",
        discussion: """
            Contributors commit findings. The tool checks them, re-runs their toy models, merges their claims up the \
            question tree, and reports where contributors disagree because they studied different settings.

            Without a command it shows the ledger on one screen.

            Every command takes -C DIR, before or after its name, to run as if started in DIR.

            Examples:
              arbor-ledger
              arbor-ledger conflicts
            """,
        version: toolVersion,
        subcommands: [
            Init.self, Check.self, Fix.self, Verify.self, Submit.self, Try.self, MergeCommand.self, Diff.self,
            Conflicts.self, Show.self, ListCommand.self, FindCommand.self, Tasks.self, TracesCommand.self,
            Annotate.self, AnnotationsCommand.self, AgreementCommand.self, Resources.self, Fetch.self,
            AtlasCommand.self, Serve.self, New.self, Schema.self, SignersCommand.self, DemoCommand.self, Doctor.self,
            Hook.self, RunChild.self, MachineChild.self,
        ])

    @OptionGroup var overview: ReportOptions<OverviewReport>
}

let toolVersion = "0.1.0"
