import Checking
import Evidence
import Foundation
import Merging
import Records
import Testing
import Words

@testable import Reports

/// The base ledger, except for the question whose name is also the name of the toy model.
private let before = TestLedger(
    try! fixtureText("base").replacing("Claims/toy/", with: "Claims/sharing/")
        .replacing("abstracts: toy", with: "abstracts: sharing"))

/// A ledger with a disagreement, an error and a superseded finding. Some of its text tries to inject markup.
private let ledger =
    before
    + TestLedger(
        finding("whole", "  - {quantity: dims, value: [0.9, 1.1], tested: {model: toy, density: 0.3}}")
            + finding("old", "  - {quantity: accuracy, value: [0.1, 0.2], tested: {model: r1, task: maze}}")
            + finding(
                "new", "  - {quantity: accuracy, value: [0.2, 0.3], tested: {model: r1, task: maze}}",
                "supersedes: [old]")
            + finding("broken", "  - {quantity: dimms, value: [0, 1], tested: {model: toy, density: 0.3}}")
                + """
                --- Claims/skill/maze/question.yaml
                question: "=1+1 | <img src=x> @ada [x](https://evil.example) `code` #12, \\"quoted\\""
                why: "</summary></details><script>alert(1)</script>"
                quantity: accuracy
                yes: {above: 0.5}
                covers: {task: [maze]}

                """)

/// One report of each kind, to be written in every format.
private struct Examples {
    let merge = ledger.merge()

    var check: CheckReport {
        CheckReport(merge.ledger.summary, merge.ledger.diagnostics, isComplete: true, toolVersion: "1.2.3")
    }

    var diff: LedgerDiff {
        LedgerDiff(
            from: before.merge(), to: merge,
            changes: ["whole", "old", "new", "broken"].map { (slug: String) in
                FileChange(path: "Findings/" + slug + ".yaml", before: nil, after: slug)
            },
            settings: [
                BasisChange(
                    kind: .settings, name: settingsPath, change: "its \"audit_branch\" is a|<b> instead of main",
                    path: settingsPath)
            ], commits: ("0123456789abcdef", nil))
    }

    var preview: BranchPreview {
        BranchPreview(
            branch: "side|<b>", bases: ["0123456789abcdef", "fedcba9876543210"], isMerged: false,
            unmerged: [BranchPreview.Unmerged(path: "Findings/a|b.yaml", reason: "both changed the same lines")],
            diff: diff, newErrors: merge.ledger.diagnostics.filter { $0.severity == .error },
            summary: merge.ledger.summary)
    }

    var tasks: TaskReport { TaskReport(merge.tasks(today: TestLedger.today), shownCount: 3) }

    var claims: [AuditedClaim] {
        let finding = merge.state.findings["half"]!
        return finding.claims.map { claim in
            AuditedClaim(
                claim: claim, finding: finding, verification: merge.ledger.verification(of: claim)!,
                seeds: SeedSource(salt: TestLedger.auditCommit))
        }
    }

    var verify: VerifyReport {
        var left = Workload(cores: 2)
        left.runs = 3
        let ledger = try! runs([0.5, 0.5, 0.1])
        var report = VerifyReport(
            claims, ledger.sequences(), ledger.trail(ledger.check()), TraceSamples(ledger.check(), AuditTrail()),
            left: left, alpha: 0.05)
        report.skipped = [(claim: merge.state.findings["whole"]!.claims[0].id, reason: "no verifier | <b>")]
        report.receipts = ["Verifiers/toy/receipts/x.json"]
        report.failures = [FailedRun(run: "toy/dims, seed 3", reason: "=killed @ada")]
        return report
    }

    func runs(_ values: [Double]) throws -> TestLedger {
        var copy = before
        try copy.addRuns(of: "half", values)
        return copy
    }

    var repeated: RepeatReport {
        var report = RepeatReport(claims, [], left: Workload(cores: 1))
        report.repeats = [(0, 0.5, 0.5), (1, 0.5, 0.75)].map { index, recorded, repeated in
            RepeatReport.Line(
                claim: "half#1", cell: ["density": "0.3"], index: index, control: false, recorded: recorded,
                repeated: repeated, recordedHit: true, repeatedHit: repeated < 0.6, recordedCore: "Haswell",
                repeatedCore: "Zen", receipt: String(repeating: "ab", count: 32), runBy: "Ada | <ada@example.org>",
                mustAgree: index == 1, repeatsBytes: true, isIdentical: recorded == repeated)
        }
        return report
    }

    var views: [RecordView] {
        ["whole", "half#1", "skill/maze", "dims", "density", "toy", "toy/dims", "toy-is-r1"].map {
            RecordView($0, in: merge)!
        }
    }

    var doctor: DoctorReport {
        DoctorReport([HealthCheck("git", .ok, "2.39.5"), HealthCheck("cpu", .broken, "too old", remedy: "a newer one")])
    }

    var agreement: AgreementReport { AgreementReport(annotated.check().state) }

    var resources: ResourceReport {
        let state = described.check().state
        let uses = ResourceUses(state)
        let digest = String(repeating: "ab", count: 32)
        func row(_ slug: String, _ storage: ResourceReport.Storage, _ check: ResourceReport.LinkCheck?)
            -> ResourceReport.Row
        {
            let resource = state.resources[slug]!
            return ResourceReport.Row(
                resource, storage: storage, sources: resource.sources.map { ($0.text.value, check) },
                users: uses.users(of: slug))
        }
        let gone = ResourceReport.LinkCheck(date: "2026-01-05", problem: "=the server answered 404", isDead: true)
        return ResourceReport(
            [
                row("damaged", .damaged(path: "/tmp/a|b"), gone),
                row(
                    "partial", .partial(bytes: 2048),
                    ResourceReport.LinkCheck(date: "2026-01-05", problem: nil, isDead: false)),
                row("stored", .stored(path: "/tmp/\(digest)", bytes: 1_500_000), nil), row("toy-network", .absent, nil),
            ], unnamed: [ResourceReport.Unnamed(path: "/tmp/other", bytes: 12)], isVerified: true)
    }

    private let described =
        before
        + TestLedger(
            ["damaged", "partial", "stored"].map { slug in
                """
                --- Resources/\(slug).yaml
                title: "=1+1 | <img src=x> @ada [x](https://evil.example) `code`"
                kind: data
                sha256: \(sha256(slug))
                bytes: 1500000
                sources: ["https://example.org/1.0/a*b_c", "doi:10.5281/zenodo.1234567"]
                licence: "MIT | <b>"

                """
            }.joined()
                + """
                --- Resources/toy-network.yaml
                title: A network
                kind: checkpoint
                licence: CC0-1.0
                made_by: {verifier: toy, seed: 00000000000000ab, settings: {density: 0.3}}

                """
                + finding(
                    "rests", "  - {quantity: dims, value: [0.9, 1.1], tested: {model: toy, density: 0.3}}",
                    "resources: [{kind: data, name: stored}, {kind: data, sha256: \(sha256("damaged"))}]"))

    private let annotated = before + .annotated()

    /// Calls `visit` with each report.
    func visit(_ visit: (any Report) -> Void) {
        let without = MergeReport(ledger.merge(), comparedWith: before.merge())
        let reports: [any Report] = [
            MergeReport(merge), without, ConflictReport(merge), diff, preview, tasks, check, verify, repeated, doctor,
            agreement, resources,
        ]
        (reports + views).forEach(visit)
    }
}

private func formats(_ report: some Report) -> [(name: String, text: String)] {
    report.renderers.map { ($0.name, report.written($0.name)) }
}

/// Compares the complete output of every report in every format. `RECORD=1 swift test` writes the outputs again.
@Suite struct ReportFormatTests {
    private func compare(_ name: String, _ report: some Report) throws {
        let folder = fixturesFolder.appending(path: "formats")
        for (format, text) in formats(report) {
            let file = folder.appending(path: "\(name).\(format)")
            if ProcessInfo.processInfo.environment["RECORD"] == "1" {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try text.write(to: file, atomically: true, encoding: .utf8)
            } else {
                #expect(text == (try? String(contentsOf: file, encoding: .utf8)), "\(name) in \(format)")
            }
        }
    }

    @Test func everyFormatMatchesItsRecording() throws {
        let examples = Examples()
        try compare("merge", MergeReport(examples.merge))
        try compare("conflicts", ConflictReport(examples.merge))
        try compare("diff", examples.diff)
        try compare("preview", examples.preview)
        try compare("tasks", examples.tasks)
        try compare("verify", examples.verify)
        try compare("repeat", examples.repeated)
        try compare("doctor", examples.doctor)
        try compare("agreement", examples.agreement)
        try compare("resources", examples.resources)
        for view in examples.views where ["finding", "question", "toy model"].contains(view.kind.rawValue) {
            try compare("show-\(view.kind.rawValue.replacing(" ", with: "-"))", view)
        }
        // SARIF lists all rules, so it is tested in CheckFormatTests instead.
        var check = examples.check
        check.diagnostics = check.diagnostics.filter { $0.path == "Findings/broken.yaml" }
        for format in ["text", "json", "markdown", "csv", "github"] {
            let file = fixturesFolder.appending(path: "formats/check.\(format)")
            let text = check.written(format)
            if ProcessInfo.processInfo.environment["RECORD"] == "1" {
                try text.write(to: file, atomically: true, encoding: .utf8)
            } else {
                #expect(text == (try? String(contentsOf: file, encoding: .utf8)), "check in \(format)")
            }
        }
    }

    @Test func formatTablesStartWithTextAndHaveUniqueNames() {
        Examples().visit { report in
            let names = type(of: report).formatNames
            #expect(names.first == "text" && Set(names).count == names.count, "\(names)")
        }
    }

    @Test func offersCSVOnlyWithRows() {
        let kinds = Examples().views.map { view in
            "\(view.kind.rawValue): \(view.renderers.map(\.name).joined(separator: " "))"
        }
        #expect(
            kinds == [
                "finding: text json markdown csv", "claim: text json markdown csv", "question: text json markdown csv",
                "quantity: text json markdown csv", "condition: text json markdown",
                "toy model: text json markdown csv",
                "measurement: text json markdown", "assumption: text json markdown",
            ])
    }

    @Test func everyJSONParses() {
        Examples().visit { report in
            let text = formats(report).first { $0.name == "json" }?.text ?? ""
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
        }
    }

    /// All rows of a table have the same number of cells, and no cell is a formula.
    @Test func everyCSVParses() {
        Examples().visit { report in
            guard let text = formats(report).first(where: { $0.name == "csv" })?.text else { return }
            let rows = parsedCSV(text)
            #expect(Set(rows.map(\.count)).count == 1, "\(type(of: report)): \(rows)")
            for cell in rows.flatMap(\.self) where Double(cell) == nil {
                #expect(!"=+-@".contains(cell.first ?? " "), "\(cell)")
            }
        }
    }

    /// All folds are closed, all rows of a table have the same number of cells, and text from records adds no HTML,
    /// mention or link.
    @Test func noTextChangesTheMarkdown() {
        Examples().visit { report in
            guard let text = formats(report).first(where: { $0.name == "markdown" })?.text else { return }
            #expect(markdownMistakes(text) == [], "\(type(of: report)):\n\(text)")
            #expect(text.hasPrefix("## ") && text.hasSuffix("\n") && text.utf8.count < 65_536)
        }
    }

    @Test(arguments: [
        "@ada", "a@b.example", "see #12", "!12", "<b>", "<!-- x", "&lt;", "a | b", "`x`", "[x](y)", "![x](y)",
        "https://evil.example", "www.evil.example", "**b**", "_i_", "~~s~~", "$x$", "# h", "- a", "1. a", "\\",
        "a\n\nb",
        "| a |\n|---|", "```", "\u{202E}x", "{% x %}", "^x^",
    ])
    func escapesHostileText(_ text: String) {
        #expect(markdownMistakes("- \(markdown(text))\n") == [], "\(markdown(text))")
        #expect(markdownMistakes("- \(markdownCode(text))\n") == [], "\(markdownCode(text))")
        let cell = markdownTable(["a", "b"], [[markdown(text), markdownCode(text)]], noun: "row")
        #expect(markdownMistakes(cell) == [], "\(cell)")
        #expect(!htmlText(text).contains(/<(?!!-- -->)/), "\(htmlText(text))")
    }

    @Test func cellsRoundTrip() {
        let texts = [
            "", "a,b", "a \"b\"", "\"\u{301}", "a;b", "=1+1", " =1", "-1", "+1", "@a", "\u{FF1D}1", "plain", "é",
        ]
        let rows = parsedCSV(String(decoding: csv(["x", "y"], texts.map { [.text($0), .number(-1)] }), as: UTF8.self))
        #expect(rows.first == ["x", "y"])
        #expect(
            rows.dropFirst().map { $0[0] } == [
                "", "a,b", "a \"b\"", "\"\u{301}", "a;b", "'=1+1", "' =1", "'-1", "'+1", "'@a", "'\u{FF1D}1", "plain",
                "é",
            ])
        #expect(rows.dropFirst().allSatisfy { $0[1] == "-1" })
        #expect(String(decoding: csv(["x"], [[.text("a\nb\u{1B}")]]), as: UTF8.self) == "x\na\\u{a}b\\u{1b}\n")
    }
}
