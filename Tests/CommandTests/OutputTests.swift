import Foundation
import Testing

@Suite struct OutputTests {
    /// A line may be longer than 80 columns only if it is a single word, such as a long id or path.
    private func fitsEightyColumns(_ line: Substring) -> Bool {
        line.count <= 80 || !line.drop { $0 == " " }.contains(" ")
    }

    private let reports = [
        ["check"], ["check", "--all"], ["fix"], ["merge"], ["diff"], ["conflicts"], ["conflicts", "search"],
        ["show", "."],
        ["show", "tinyzero"], ["show", "tinyzero-user-run#1"], ["show", "verification"], ["show", "board-probe-error"],
        ["show", "superposition-geometry"], ["show", "superposition-intro", "--train"],
        ["show", "superposition-geometry/dimensionality"], ["show", "model"],
        ["show", "contrastive-features-are-parts"], ["show", "othello-linear-board"], ["show", "cd3b"],
        ["show", "encoding"],
    ]

    @Test func everyReportFitsEightyColumns() throws {
        let ledger = try ShippedLedger.unchanged()
        for report in reports {
            for line in try ledger.run(report).output.split(separator: "\n") where !fitsEightyColumns(line) {
                Issue.record("\(report): \(line.count) columns: \(line)")
            }
        }
    }

    /// If output does not go to a terminal, output, remarks and errors have no colours for any TERM.
    @Test(arguments: [
        [:], ["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], ["TERM": "xterm-256color", "FORCE_HYPERLINK": "1"],
    ])
    func printsNoEscapesWithoutATerminal(_ extra: [String: String]) throws {
        let ledger = try ShippedLedger.copy()
        try ledger.write("Findings/bad.yaml", finding("Bad", value: "[0.9, 3]"))
        for report in [
            ["check", "--all"], ["fix"], ["merge"], ["diff"], ["conflicts"], ["show", "tinyzero"], ["show", "nothing"],
            ["--help"],
            ["show", "superposition-intro", "--train"],
        ] {
            let printed = try ledger.run(report, extra: extra)
            #expect(!(printed.output + printed.errors).contains("\u{1B}"), "\(report)")
        }
        let example = try TemporaryLedger.example()
        let printed = try example.run(["verify"], extra: extra)
        #expect(!(printed.output + printed.errors).contains("\u{1B}"))
        #expect(!printed.errors.contains("\r"))
    }

    /// Output to a terminal is coloured unless NO_COLOR is set; `script` provides the terminal.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")))
    func terminalHasColourUnlessDisabled() throws {
        let ledger = try TemporaryLedger.example()
        func shown(_ extra: [String: String]) throws -> String {
            let environment = ledger.environment.merging(
                extra.merging(["TERM": "xterm", "GIT_PAGER": "cat"]) { one, _ in one }
            ) { $1 }
            let command = "'\(binary)' check"
            return try RunningProcess("/usr/bin/script", ["-qec", command, "/dev/null"], in: ledger.path, environment)
                .wait()
                .output
        }
        #expect(try shown([:]).contains("\u{1B}[32m0 errors\u{1B}[0m"))
        #expect(!(try shown(["NO_COLOR": "1"]).contains("\u{1B}")))
        #expect(!(try shown(["TERM": "dumb"]).contains("\u{1B}")))
    }

    @Test func escapesControlCharactersInNames() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/red\u{1B}[31m\u{202E}\nhidden.yaml", finding("Red"))
        let name = "Findings/red\\u{1b}[31m\\u{202e}\\u{a}hidden.yaml"
        try ledger.commit("Red")
        for arguments in [["check"], ["check", "--staged"], ["check", "--at", "HEAD"]] {
            let printed = try ledger.run(arguments)
            #expect(printed.status == 1)
            #expect(printed.output.hasPrefix("\(name)\n"), "\(arguments)")
            #expect(!printed.output.contains("\u{1B}"))
            #expect(!printed.output.contains("\u{202E}"))
        }
    }

    @Test func escapesControlCharactersInArguments() throws {
        let ledger = try TemporaryLedger.example()
        for arguments in [
            ["show", "\u{1B}[31m"], ["check", "\u{1B}[31m"], ["check", "--at", "\u{1B}[31m"],
            ["conflicts", "\u{1B}[31m"], ["verify", "\u{1B}[31m"], ["submit", "\u{1B}[31m"], ["-C", "\u{1B}[31m"],
        ] {
            let printed = try ledger.run(arguments)
            #expect(printed.status != 0)
            #expect(!(printed.output + printed.errors).contains("\u{1B}"), "\(arguments)")
        }
    }

    @Test func closedPipeIsNoError() throws {
        let ledger = try ShippedLedger.unchanged()
        let command = "'\(binary)' merge | head -n 1; echo ${PIPESTATUS[0]}"
        let printed = try RunningProcess("/bin/bash", ["-c", command], in: ledger.path, ledger.environment).wait()
        #expect(printed.errors == "")
        #expect(printed.output.hasSuffix("\n0\n"))
    }

    private static let commands = [
        [], ["init"], ["check"], ["verify"], ["submit"], ["try"], ["merge"], ["diff"], ["conflicts"], ["show"],
        ["list"], ["find"], ["overview"], ["tasks"],
        ["tasks", "take"], ["tasks", "run"], ["traces"], ["annotations"], ["annotations", "import"],
        ["annotations", "export"],
        ["annotations", "match"], ["agreement"], ["annotate"], ["atlas"], ["serve"], ["new"], ["new", "question"],
        ["new", "vote"],
        ["new", "assumption"],
        ["new", "quantity"], ["new", "condition"], ["new", "value"], ["new", "model"], ["new", "measurement"],
        ["new", "finding"], ["new", "trace"], ["new", "codebook"], ["new", "resource"], ["resources"], ["fetch"],
        ["export"],
        ["allow"], ["new", "kernel"],
        ["schema"], ["signers"], ["signers", "list"],
        ["signers", "add"], ["demo"], ["doctor"], ["fix"],
        ["hook"], ["hook", "install"], ["hook", "uninstall"], ["hook", "run"],
    ]

    @Test(arguments: commands) func helpHasAnExample(_ command: [String]) throws {
        let printed = try TemporaryLedger().run(command + ["--help"])
        #expect(printed.status == 0)
        #expect(printed.errors == "")
        #expect(printed.output.firstMatch(of: /Examples?( \(.*\))?:\s+(git|arbor-ledger)/) != nil)
        let call = (["arbor-ledger"] + command).joined(separator: " ")
        #expect(command.isEmpty || printed.output.contains(call))
    }

    /// Runs the examples in the help as printed, in a ledger that `init` wrote. Placeholders are in capitals, only
    /// `new finding` needs a terminal, and `serve` and `annotate` do not end by themselves.
    @Test func helpExamplesWork() throws {
        let ledger = try TemporaryLedger.example()
        let tools = "\(ledger.root)/tools"
        try FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: "\(tools)/arbor-ledger", withDestinationPath: binary)
        var environment = ledger.environment
        environment["PATH"] = "\(tools):\(environment["PATH"] ?? "")"
        for command in Self.commands {
            let help = try ledger.run(command + ["--help"]).output.split(separator: "USAGE:")[0]
            let lines = help.replacing("\\\n", with: " ").replacing("Example: ", with: "").split(separator: "\n")
            for line in lines.map({ $0.drop { $0 == " " } })
            where line.hasPrefix("arbor-ledger ")
                && line.firstMatch(of: /BRANCH|SLUG|KERNEL|QUANTITY|CONDITION|KEY|LEDGER|TEXT|CODEBOOK/) == nil
                && !line.hasPrefix("arbor-ledger serve") && !line.hasPrefix("arbor-ledger annotate ")
                && line != "arbor-ledger new finding"
            {
                let printed = try RunningProcess("/bin/bash", ["-c", String(line)], in: ledger.path, environment).wait()
                #expect(printed.status == 0, "\(line)\n\(printed)")
            }
        }
    }

    /// A new subcommand must be added to the list above.
    @Test func listsEveryCommand() throws {
        let help = try TemporaryLedger().run("--help").output
        let listed = help.split(separator: "\n", omittingEmptySubsequences: false).drop { $0 != "SUBCOMMANDS:" }
            .dropFirst().prefix { !$0.isEmpty }.filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }.compactMap {
                $0.split(separator: " ").first
            }
        let commands =
            "overview init check fix verify submit try allow merge diff conflicts show list find tasks traces annotate annotations agreement"
            + " resources fetch atlas serve export new schema signers demo doctor hook"
        #expect(listed.joined(separator: " ") == commands)
    }

    @Test func printsTheVersion() throws {
        let printed = try TemporaryLedger().run("--version")
        #expect(printed.output.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
    }
}
