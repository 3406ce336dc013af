import ArgumentParser

struct ArborLedger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "arbor-ledger",
        abstract: "The git-backed ledger of findings about how reasoning models work.",
        discussion: """
            Contributors commit findings; the tool checks them, re-runs the toy models they refer to, merges their \
            claims up the question tree and reports where contributors disagree because each touched another part.

            Every command takes -C DIR, before or after its name, to run as if started there.

            Example: arbor-ledger conflicts
            """,
        version: toolVersion,
        subcommands: [
            Init.self, Check.self, Verify.self, Submit.self, MergeCommand.self, Diff.self, Conflicts.self, Show.self,
            Tasks.self, New.self, Schema.self, Doctor.self, Hook.self, RunChild.self, MachineChild.self,
        ])
}

let toolVersion = "0.1.0"
