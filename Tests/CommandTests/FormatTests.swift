import Foundation
import Reports
import Testing

/// Every command can print each format in its table, and its help lists them all.
@Suite struct FormatTests {
    private struct Command: Sendable {
        var arguments: [String]
        var help: String
        var names: [String]

        init(_ arguments: [String], _ report: (some Report).Type) {
            (self.arguments, help, names) = (arguments, report.formatHelp, report.formatNames)
        }
    }

    private static let commands = [
        Command(["merge"], MergeReport.self), Command(["conflicts"], ConflictReport.self),
        Command(["diff", "HEAD"], LedgerDiff.self), Command(["tasks", "list"], TaskReport.self),
        Command(["check"], CheckReport.self), Command(["verify"], VerifyReport.self),
        Command(["show", "superposition-geometry"], RecordView.self), Command(["doctor"], DoctorReport.self),
        Command(["agreement"], AgreementReport.self), Command(["resources"], ResourceReport.self),
        Command(["merge", "HEAD"], BranchPreview.self), Command(["verify", "--repeat"], RepeatReport.self),
    ]

    @Test func helpListsEveryFormat() throws {
        let ledger = try TemporaryLedger.example()
        for command in Self.commands.prefix(10) {
            let help = try ledger.run(command.arguments.prefix(command.arguments[0] == "tasks" ? 2 : 1) + ["--help"])
                .output
                .split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(help.contains("Output format: \(command.help). (default: text)"), "\(command.arguments)")
        }
    }

    @Test func everyFormatCanBePrinted() throws {
        let ledger = try TemporaryLedger.example()
        for command in Self.commands {
            for name in command.names {
                let printed = try ledger.run(command.arguments + ["--format", name])
                #expect(!printed.output.isEmpty, "\(command.arguments) in \(name): \(printed)")
                #expect(
                    printed.status == 0 || command.arguments == ["doctor"],
                    "\(command.arguments) in \(name): \(printed)")
            }
        }
    }

    @Test func rejectsAnUnknownFormatAndListsTheKnownOnes() throws {
        let ledger = try TemporaryLedger.example()
        let merge = try ledger.run("merge", "--format", "html")
        #expect(merge.status == 64 && merge.output.isEmpty)
        #expect(merge.errors.hasPrefix("Error: merge has no format \"html\"; it has text, json, markdown and csv\n"))
        let write = try ledger.run("merge", "--write", "--format", "csv")
        #expect(write.errors.hasPrefix("Error: merge --write has no format \"csv\"; it has text and json\n"))
        expect(
            try ledger.run("show", "density", "--format", "csv"),
            says: """
                ! arbor-ledger: condition density has no format "csv"; it has text, json and markdown
                exit 64

                """)
    }
}
