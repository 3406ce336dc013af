import Foundation
import Testing

/// Stored results do not change any output.
@Suite struct StoreTests {
    private static let folder = ".git/arbor-ledger/store"

    private static let reports = [
        ["check"], ["check", "--all"], ["check", "--format", "json"], ["check", "--format", "sarif"],
        ["check", "Findings"], ["merge"], ["merge", "--format", "json"], ["merge", "--without", "none"],
        ["conflicts"], ["conflicts", "--format", "json"], ["conflicts", "superposition", "--fail-on", "conflict"],
        ["tasks", "--all"], ["tasks", "--format", "json"], ["show", "half-a-dimension"],
        ["show", "dimensions-per-feature", "--format", "json"], ["diff", "HEAD"],
    ]

    /// Compares the output of two runs that use the store with the output of a run without the store.
    private func expectSame(
        _ ledger: TemporaryLedger, _ report: [String], _ step: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let first = try ledger.run(report).description
        let second = try ledger.run(report).description
        let fresh = try ledger.run(report, extra: ["ARBOR_LEDGER_NO_CACHE": "1"]).description
        #expect(first == fresh, "\(step): \(report)", sourceLocation: sourceLocation)
        #expect(second == fresh, "\(step), repeated: \(report)", sourceLocation: sourceLocation)
    }

    private func expectSame(_ ledger: TemporaryLedger, _ step: String) throws {
        for report in Self.reports {
            try expectSame(ledger, report, step)
            if report[0] != "diff" { try expectSame(ledger, report + ["--at", "HEAD"], step) }
        }
    }

    /// Makes 500 edits in all and writes one report after each. Most reports therefore find stored results from several
    /// edits earlier.
    @Test(arguments: 1...5) func reportsAfterRandomEditsMatchAnEmptyStore(seed: UInt64) throws {
        let ledger = try TemporaryLedger.example()
        var editor = RandomEditor(seed: seed)
        var report = Self.reports[0]
        for number in 0..<100 {
            let edit = try editor.edit(ledger)
            // The report is often the same as before the edit, because otherwise its stored result could not be stale.
            if editor.below(4) == 0 {
                report = Self.reports[editor.below(Self.reports.count)]
                if report[0] != "diff", editor.below(2) == 0 { report += ["--at", "HEAD"] }
                if report[0] == "check", report.count == 1, editor.below(2) == 0 { report += ["--staged"] }
            }
            try expectSame(ledger, report, "seed \(seed), edit \(number) (\(edit))")
        }
    }

    /// Every report runs directly after every edit, when the stored result of the previous state could be mistaken for
    /// the current one.
    @Test func everyReportSeesTheSmallestEdits() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/other.yaml", finding("Other", value: "[0.9, 1.1]", more: "assumes: [a]"))
        try ledger.write("Claims/vocabulary/assumptions/a.yaml", "statement: It holds.\n")
        try ledger.commit("Add a finding")
        usleep(80_000)
        try expectSame(ledger, "begun")
        let title = "title: At density 0.3 features come in antipodal pairs, half a dimension each"
        for (file, old, new) in [
            ("Findings/other.yaml", "title: Other", title),
            ("Findings/other.yaml", "date: 2024", "date: 2021"),
            ("Findings/other.yaml", "model: superposition-geometry", "model: r1"),
            ("Claims/vocabulary/conditions/model/r1.yaml", "general: true\n", ""),
            ("Claims/vocabulary/assumptions/a.yaml", "holds.\n", "holds.\ntested_by: superposition\n"),
            ("Claims/superposition/question.yaml", "Do sparse", "How do sparse"),
        ] {
            try ledger.edit(file, old, new)
            usleep(80_000)
            try expectSame(ledger, "\(old) to \(new)")
        }
    }

    @Test func ignoresDamagedFiles() throws {
        let ledger = try TemporaryLedger.example()
        try expectSame(ledger, "sound")
        let files = ledger.names(in: Self.folder).map { URL(filePath: ledger.place("\(Self.folder)/\($0)")) }
        #expect(files.count > Self.reports.count)
        let contents = try files.map { try Data(contentsOf: $0) }
        func damage(_ step: String, _ change: (Int, Data) -> Data) throws {
            for (index, file) in files.enumerated() { try change(index, contents[index]).write(to: file) }
            try expectSame(ledger, step)
        }
        try damage("last byte flipped") { _, bytes in bytes.dropLast() + [bytes[bytes.count - 1] ^ 1] }
        try damage("cut short") { $1.prefix(50) }
        try damage("empty") { _, _ in Data() }
        try damage("under another name") { index, _ in contents[(index + 1) % contents.count] }
        try FileManager.default.removeItem(atPath: ledger.place(Self.folder))
        try Data().write(to: URL(filePath: ledger.place(Self.folder)))
        try expectSame(ledger, "a file in place of the folder")
    }

    /// Ensures that results are read from the store; otherwise the other tests would pass without testing anything.
    @Test func usesStoredResultsAndParsedFiles() throws {
        let ledger = try TemporaryLedger.example()
        usleep(80_000)
        _ = try ledger.run("merge")
        // One file contains the parsed files of the work tree; the other contains the report.
        #expect(ledger.names(in: Self.folder).count == 2)
        _ = try ledger.run("merge")
        #expect(ledger.names(in: Self.folder).count == 2)
        _ = try ledger.run("conflicts")
        #expect(ledger.names(in: Self.folder).count == 3)
        _ = try ledger.run("merge", "--at", "HEAD")
        #expect(ledger.names(in: Self.folder).count == 5)
    }

    @Test func receiptsCountByTheHistory() throws {
        let ledger = try TemporaryLedger.example()
        #expect(try ledger.run("verify").status == 0)
        try ledger.git("switch", "-q", "-c", "audit")
        try ledger.commit("Receipts")
        try expectSame(ledger, "offered")
        try ledger.git("switch", "-q", "main")
        try ledger.git("merge", "-q", "--ff-only", "audit")
        // The commit is the same, but its receipts count now.
        try expectSame(ledger, "counted")
        try ledger.write("Findings/wide.yaml", finding("Wide", value: "[0.2, 0.3]"))
        try ledger.commit("Add a finding")
        try expectSame(ledger, "added")
        try ledger.edit(".arbor-ledger.yaml", "alpha: 0.05", "alpha: 0.01")
        try ledger.commit("Change the settings")
        try expectSame(ledger, "other settings")
    }

    @Test func noticesGeneratedReadmes() throws {
        let ledger = try TemporaryLedger.example()
        #expect(try ledger.run("merge", "--write").status == 0)
        usleep(80_000)
        try expectSame(ledger, ["check", "--all"], "written")
        try ledger.write("Findings/high.yaml", finding("High", value: "[0.9, 1.1]"))
        usleep(80_000)
        try expectSame(ledger, ["check", "--all"], "out of date")
        try ledger.write("Claims/README.md", "My own page\n")
        usleep(80_000)
        try expectSame(ledger, ["check", "--all"], "replaced")
    }

    @Test func concurrentReportsAreEqual() throws {
        let ledger = try TemporaryLedger.example()
        let report = ["conflicts", "--at", "HEAD"]
        let expected = try ledger.run(report, extra: ["ARBOR_LEDGER_NO_CACHE": "1"]).description
        for _ in 0..<3 {
            let started = try (0..<6).map { _ in try ledger.start(report) }
            for process in started { #expect(try process.wait().description == expected) }
            try FileManager.default.removeItem(atPath: ledger.place(Self.folder))
        }
    }

    @Test func limitsTheSizeOfTheStore() throws {
        let ledger = try TemporaryLedger.example()
        for number in 0..<36 {
            try ledger.write("Findings/f.yaml", finding("Number \(number)"))
            try ledger.commit("Change it")
            _ = try ledger.run("merge", "--at", "HEAD")
        }
        #expect(ledger.names(in: Self.folder).count == 32)
    }
}

/// Edits a ledger at random by adding, changing, breaking, moving and removing findings, questions and vocabulary.
private struct RandomEditor {
    private var state: UInt64
    private var names: [String] = []

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    /// Returns a random number below the bound, using xorshift64* (Vigna 2016).
    mutating func below(_ bound: Int) -> Int {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int((state &* 2_685_821_657_736_338_717) >> 33) % bound
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// Makes one edit and returns its description; sometimes commits or stages everything afterwards.
    mutating func edit(_ ledger: TemporaryLedger) throws -> String {
        let what = try change(ledger)
        switch below(6) {
        case 0, 1:
            try ledger.git("add", "-A")
            try ledger.git("commit", "-q", "--allow-empty", "-m", what)
            return "\(what), committed"
        case 2:
            try ledger.git("add", "-A")
            return "\(what), staged"
        // The state of the work tree is stored only after this delay.
        case 3: usleep(60_000)
        default: break
        }
        return what
    }

    private mutating func change(_ ledger: TemporaryLedger) throws -> String {
        let present = names.filter(ledger.exists)
        switch present.isEmpty ? 0 : below(12) {
        case 0, 1, 2:
            let name = "Findings/\(pick(["", "deep/", "other/"]))f\(below(12)).yaml"
            if !names.contains(name) { names.append(name) }
            try ledger.write(name, randomFinding(present))
            return "write \(name)"
        case 3:
            let name = pick(present)
            try ledger.write(name, try ledger.read(name).replacingOccurrences(of: "0.4", with: "0.5"))
            return "change \(name)"
        case 4:
            let name = pick(present)
            try ledger.write(name, try ledger.read(name).replacingOccurrences(of: "quantity", with: "quanity"))
            return "break \(name)"
        case 5:
            let name = pick(present)
            try FileManager.default.removeItem(atPath: ledger.place(name))
            return "remove \(name)"
        case 6:
            let (old, new) = (pick(present), "Findings/moved/m\(below(4)).yaml")
            let text = try ledger.read(old)
            try FileManager.default.removeItem(atPath: ledger.place(old))
            try ledger.write(new, text)
            names.append(new)
            return "move \(old)"
        case 7:
            let end = pick(["0.54", "0.55", "0.6"])
            let file = "Claims/superposition/question.yaml"
            let text = try ledger.read(file)
            try ledger.write(file, text.replacing(/yes: \[0\.45, [0-9.]+\]/, with: "yes: [0.45, \(end)]"))
            return "ask for \(end)"
        case 8:
            let file = "Claims/vocabulary/assumptions/a\(below(3)).yaml"
            try ledger.write(file, "statement: It is number \(below(3)).\ntested_by: superposition\n")
            return "write \(file)"
        case 9:
            let (from, to) = (pick(present), pick(present))
            let title = try ledger.read(from).prefix { $0 != "\n" }
            try ledger.write(to, String(title + (try ledger.read(to)).drop { $0 != "\n" }))
            return "copy the title of \(from) to \(to)"
        case 10:
            let name = pick(present)
            let text = try ledger.read(name)
            try ledger.write(name, text.replacingOccurrences(of: "model: superposition-geometry", with: "model: r1"))
            return "test \(name) on r1"
        default:
            let name = pick(present)
            try ledger.write(name, try ledger.read(name))
            return "touch \(name)"
        }
    }

    private mutating func randomFinding(_ present: [String]) -> String {
        let slugs = present.map { String($0.split(separator: "/").last!.dropLast(5)) } + ["half-a-dimension"]
        let slug = pick(slugs)
        let rest = pick([
            "", "", "builds_on: [\(slug)]\n", "supersedes: [\(slug)]\n", "same_as: [\(slug)]\n",
            "retracted: It was wrong.\n", "status: planned\nuntil: 2999-01-01\n",
            "caveats:\n  - {text: No., against: {claim: \(slug)#1}, shown_by: f\(below(12))#1}\n",
        ])
        return finding(
            "Number \(below(5))", value: pick(["[0.4, 0.6]", "[0.9, 1.1]", "[0.45, 0.55]", "{at_most: 0.4}"]),
            tested: "{model: superposition-geometry, density: \(pick(["0.3", "1", "0.1"]))}",
            more: pick(["", "holds_for: {}", "assumes: [a\(below(3))]"]), rest: rest)
    }
}
