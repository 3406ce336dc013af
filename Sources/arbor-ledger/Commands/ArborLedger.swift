import ArgumentParser

struct ArborLedger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "arbor-ledger",
        abstract: "A git-backed ledger of findings about how reasoning models work.",
        discussion: """
            Contributors commit findings. The tool checks them, re-runs their toy models, merges their claims up the \
            question tree, and reports where contributors disagree because they studied different settings.

            Every command takes, before or after its name: -C DIR to run as if started in DIR, --color auto, always or \
            never, and --no-pager. `arbor-ledger help terms` explains the words of reports.

            Examples:
              arbor-ledger
              arbor-ledger conflicts
            """,
        version: toolVersion,
        subcommands: [
            Overview.self, Init.self, Check.self, Fix.self, Verify.self, Submit.self, Try.self, Allow.self,
            MergeCommand.self,
            Diff.self, Conflicts.self, Show.self, ListCommand.self, FindCommand.self, Tasks.self, TracesCommand.self,
            Annotate.self, AnnotationsCommand.self, AgreementCommand.self, Resources.self, Fetch.self,
            AtlasCommand.self, Serve.self, Export.self, New.self, Schema.self, SignersCommand.self, DemoCommand.self,
            Doctor.self,
            Hook.self, CompiledKernelChild.self, ConfineChild.self, MachineChild.self,
        ],
        defaultSubcommand: Overview.self)
}

let toolVersion = "0.1.0"
