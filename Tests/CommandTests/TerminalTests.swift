import Foundation
import Testing

/// Output to a terminal: its width, the pager, colours and links; and plain output elsewhere. `script` provides the
/// terminal.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"))) struct TerminalTests {
    /// Runs the command on a terminal of some width.
    private func shown(
        _ arguments: [String], in ledger: TemporaryLedger, columns: Int = 80, _ extra: [String: String] = [:]
    ) throws -> String {
        let environment = ledger.environment.merging(["TERM": "xterm", "GIT_PAGER": "cat"]) { $1 }.merging(extra) { $1 }
        let call = (["'\(binary)'"] + arguments.map { "'\($0)'" }).joined(separator: " ")
        let command = "stty cols \(columns) rows 24; \(call)"
        return try RunningProcess("/usr/bin/script", ["-qec", command, "/dev/null"], in: ledger.path, environment)
            .wait().output.replacing("\r\n", with: "\n")
    }

    private let reports = [
        [], ["check"], ["merge"], ["merge", "--brief"], ["conflicts"], ["tasks"],
        ["show", "tinyzero"], ["show", "r1"], ["show", "kernel:othello"], ["show", "verification"], ["list", "claims"],
        ["list", "questions"], ["find", "wait"], ["resources"], ["agreement"], ["help", "terms"],
    ]

    /// No line is wider than the terminal, unless it is one word, and no word is broken.
    @Test(arguments: [40, 200]) func reportsHaveTheWidthOfTheTerminal(_ columns: Int) throws {
        let ledger = try ShippedLedger.unchanged()
        var widest = 0
        // Wide terminals show more within the limit of lines.
        let whole = [["merge", "--all"], ["conflicts", "--all"]]
        let words = Set(try (reports + whole).flatMap { try ledger.run($0).output.split { $0 == " " || $0.isNewline } })
        for report in reports {
            let text = try shown(report + ["--color", "never"], in: ledger, columns: columns)
            for line in text.split(separator: "\n") {
                widest = max(widest, line.count)
                let isOneWord = !line.drop { $0 == " " }.contains(" ")
                if line.count > columns, !isOneWord { Issue.record("\(report) at \(columns): \(line)") }
                // Long names in narrow columns may lose their beginnings, which an ellipsis replaces. Counts of lines
                // depend on the width.
                for word in line.split(separator: " ")
                where !word.contains("…") && !words.contains(word) && Int(word) == nil && !word.contains("·") {
                    Issue.record("\(report) at \(columns) breaks a word: \(word)")
                }
            }
        }
        if columns > 80 { #expect(widest > 80) }
    }

    @Test func pagerFollowsGit() throws {
        let ledger = try TemporaryLedger.example()
        let plain = try shown(["list", "findings"], in: ledger)
        #expect(plain.contains("half-a-dimension"))
        func pages(_ extra: [String: String], _ options: [String] = []) throws -> Bool {
            try shown(["list", "findings"] + options, in: ledger, extra).contains("HALF-A-DIMENSION")
        }
        let loud = "tr a-z A-Z"
        #expect(try pages(["GIT_PAGER": loud]))
        #expect(try !pages(["GIT_PAGER": loud], ["--no-pager"]))
        #expect(try !pages(["GIT_PAGER": loud, "TERM": "dumb"]))
        #expect(try !pages(["GIT_PAGER": "", "PAGER": loud]))
        // If the pager cannot be run, the report is still printed.
        #expect(
            try shown(["list", "findings"], in: ledger, ["GIT_PAGER": "no-such-pager"]).contains("half-a-dimension"))
        // Nothing is paged without a terminal.
        #expect(try ledger.run(["list", "findings"], extra: ["GIT_PAGER": loud]).output.contains("half-a-dimension"))
        try ledger.git("config", "core.pager", loud)
        let environment = ["PAGER": "cat"]
        let paged = try RunningProcess(
            "/usr/bin/script", ["-qec", "'\(binary)' list findings", "/dev/null"], in: ledger.path,
            ledger.environment.merging(["TERM": "xterm"]) { $1 }.merging(environment) { $1 }
        ).wait().output
        #expect(paged.contains("HALF-A-DIMENSION"))
    }

    /// A pager that ends early, as after the key q, is no error.
    @Test func pagerMayEndEarly() throws {
        let ledger = try ShippedLedger.unchanged()
        let text = try shown(["merge"], in: ledger, ["GIT_PAGER": "head -n 1"])
        #expect(text.split(separator: "\n").count == 1)
        #expect(!text.contains("cannot write"))
    }

    @Test func colourIsChosen() throws {
        let ledger = try TemporaryLedger.example()
        func hasEscapes(_ options: [String], _ extra: [String: String] = [:]) throws -> Bool {
            try ledger.run(["list", "findings"] + options, extra: extra).output.contains("\u{1B}[")
        }
        #expect(try !hasEscapes([]))
        #expect(try hasEscapes(["--color", "always"]))
        #expect(try hasEscapes(["--color=always"], ["NO_COLOR": "1"]))
        #expect(try hasEscapes([], ["CLICOLOR_FORCE": "1"]))
        #expect(try !hasEscapes(["--color", "never"], ["CLICOLOR_FORCE": "1"]))
        #expect(try !hasEscapes(["--color", "auto"]))
        #expect(try !shown(["list", "findings", "--color", "never"], in: ledger).contains("\u{1B}["))
        let wrong = try ledger.run("list", "findings", "--color", "blue")
        #expect(wrong.status == 64)
        #expect(wrong.errors.contains("--color takes auto, always or never"))
    }

    @Test func linksAreShownWhereTheTerminalKnowsThem() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/web.yaml", finding("Web").replacing("a note", with: "https://example.org/paper?a=1"))
        let link = "\u{1B}]8;;"
        let text = try shown(["show", "web"], in: ledger, ["FORCE_HYPERLINK": "1"])
        #expect(
            text.contains("\(link)https://example.org/paper?a=1\u{1B}\\https://example.org/paper?a=1\(link)\u{1B}\\"))
        #expect(text.contains("\(link)file://\(ledger.path)/Findings/web.yaml\u{1B}\\"))
        #expect(try !shown(["show", "web"], in: ledger).contains(link))
        #expect(try !ledger.run(["show", "web"], extra: ["FORCE_HYPERLINK": "1"]).output.contains(link))
    }

    @Test(arguments: [
        (["conflct"], "did you mean \"conflicts\"?"), (["help", "term"], "did you mean \"terms\"?"),
        (["hlep"], "did you mean \"help\"?"), (["xyzzy"], "`arbor-ledger help` lists the commands"),
    ])
    func unknownCommandsAreNamed(_ arguments: [String], _ remedy: String) throws {
        let printed = try TemporaryLedger().run(arguments)
        #expect(printed.status == 64)
        #expect(printed.errors.contains("there is no command \"\(arguments.last ?? "")\""))
        #expect(printed.errors.contains(remedy))
    }

    /// The legend explains every status and level that reports print.
    @Test func legendHasTheWordsOfReports() throws {
        let text = try TemporaryLedger().run("help", "terms").output
        for word in [
            "supported", "refuted", "depends", "contested", "open", "answered", "reported", "own run", "re-run",
            "controlled", "replicated", "verified", "split", "silent", "cell", "bridge", "offered",
        ] {
            #expect(text.contains("\n  \(word) "), "\(word)")
        }
    }
}
