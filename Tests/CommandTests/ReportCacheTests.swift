import Foundation
import Testing

/// What is kept of reports changes nothing that is told.
@Suite struct ReportCacheTests {
    private static let reports = [
        ["merge", "--at", "HEAD"], ["merge", "--at", "HEAD", "--format", "json"], ["conflicts", "--at", "HEAD"],
        ["conflicts", "--at", "HEAD", "--format", "json"],
    ]

    private func expectSame(_ ledger: TemporaryLedger, _ step: String) throws {
        for report in Self.reports {
            let kept = try ledger.run(report)
            let again = try ledger.run(report)
            let whole = try ledger.run(report, extra: ["ARBOR_LEDGER_NO_CACHE": "1"])
            #expect(kept.output == whole.output && again.output == whole.output, "\(step): \(report)")
            #expect(kept.errors == whole.errors && kept.status == whole.status, "\(step): \(report)")
        }
    }

    @Test func everyChangeIsToldAsFromAllRecords() throws {
        let ledger = try TemporaryLedger.example()
        try expectSame(ledger, "begun")
        let steps: [(String, () throws -> Void)] = [
            ("agrees", { try ledger.write("Findings/near.yaml", finding("Near", value: "[0.4, 0.6]")) }),
            ("disagrees", { try ledger.write("Findings/high.yaml", finding("High", value: "[0.9, 1.1]")) }),
            ("changes", { try ledger.edit("Findings/high.yaml", "[0.9, 1.1]", "[0.8, 1]") }),
            (
                "a caveat that is shown",
                {
                    try ledger.write(
                        "Findings/doubt.yaml",
                        finding(
                            "Doubt", value: "[0.45, 0.5]",
                            rest: "caveats:\n  - {text: No., against: {claim: high#1}, shown_by: doubt#1}\n"))
                }
            ),
            (
                "is planned",
                {
                    try ledger.write(
                        "Findings/plan.yaml",
                        finding("Plan", value: "[1.5, 1.6]", rest: "status: planned\nuntil: 2999-01-01\n"))
                }
            ),
            (
                "supersedes",
                {
                    try ledger.write(
                        "Findings/newer.yaml", finding("Newer", value: "[0.7, 0.9]", rest: "supersedes: [high]\n"))
                }
            ),
            (
                "builds on it",
                {
                    try ledger.write(
                        "Findings/upon.yaml", finding("Upon", value: "[0.7, 0.8]", rest: "builds_on: [high]\n"))
                }
            ),
            ("retracts", { try ledger.edit("Findings/newer.yaml", "supersedes: [high]", "retracted: It was wrong.") }),
            ("breaks", { try ledger.edit("Findings/near.yaml", "dimensions-per-feature", "no-such-thing") }),
            ("heals", { try ledger.edit("Findings/near.yaml", "no-such-thing", "dimensions-per-feature") }),
            ("elsewhere", { try ledger.edit("Findings/near.yaml", "density: 0.3", "density: 1") }),
            ("moves", { _ = try ledger.git("mv", "Findings/near.yaml", "Findings/moved.yaml") }),
            (
                "goes",
                { _ = try ledger.git("rm", "-q", "Findings/high.yaml", "Findings/upon.yaml", "Findings/doubt.yaml") }
            ),
            (
                "asks otherwise",
                { try ledger.edit("Claims/superposition/question.yaml", "yes: [0.45, 0.55]", "yes: [0.4, 0.5]") }
            ),
        ]
        for (step, change) in steps {
            try change()
            try ledger.commit(step)
            try expectSame(ledger, step)
        }
    }

    @Test func whatIsDamagedIsMadeAnew() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/high.yaml", finding("High", value: "[0.9, 1.1]"))
        try ledger.commit("Disagree")
        try expectSame(ledger, "sound")
        let folder = "\(ledger.path)/.git/arbor-ledger/reports"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).map { URL(filePath: "\(folder)/\($0)") }
        #expect(!files.isEmpty)
        for file in files {
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count - 1] ^= 1
            try bytes.write(to: file)
        }
        try expectSame(ledger, "flipped")
        for file in files { try Data(contentsOf: file).prefix(50).write(to: file) }
        try expectSame(ledger, "cut short")
        for file in files { try FileManager.default.removeItem(at: file) }
        try FileManager.default.removeItem(atPath: folder)
        try Data().write(to: URL(filePath: folder))
        try expectSame(ledger, "in the way")
    }

    private static let folder = ".git/arbor-ledger/reports"

    /// Inodes by name: a report from all records leaves new pieces in the place of the old ones.
    private func files(_ ledger: TemporaryLedger) -> [String: Int] {
        Dictionary(
            uniqueKeysWithValues: ledger.names(in: Self.folder).map { name in
                let path = ledger.place("\(Self.folder)/\(name)")
                let attributes = try? FileManager.default.attributesOfItem(atPath: path)
                return (name, attributes?[.systemFileNumber] as? Int ?? 0)
            })
    }

    /// Otherwise all of this would only show that everything is read every time.
    @Test func changedFindingsAreToldFromThePieces() throws {
        let ledger = try TemporaryLedger.example()
        try expectSame(ledger, "begun")
        let pieces = files(ledger)
        #expect(pieces.count == 2 * Self.reports.count)
        try ledger.write("Findings/wide.yaml", finding("Wide", value: "[0.2, 0.3]"))
        try ledger.commit("Add a finding")
        try expectSame(ledger, "added")
        try ledger.write("Findings/later.yaml", finding("Later", value: "[0.7, 0.9]", rest: "supersedes: [wide]\n"))
        try ledger.commit("Replace it")
        try expectSame(ledger, "replaced")
        let now = files(ledger)
        #expect(pieces.allSatisfy { now[$0.key] == $0.value } && now.count == 2 * pieces.count)
    }

    @Test func receiptsCountAsTheHistorySays() throws {
        let ledger = try TemporaryLedger.example()
        #expect(try ledger.run("verify").status == 0)
        try ledger.git("switch", "-q", "-c", "audit")
        try ledger.commit("Receipts")
        try expectSame(ledger, "offered")
        try ledger.git("switch", "-q", "main")
        try ledger.git("merge", "-q", "--ff-only", "audit")
        // The same commit, and now its receipts count.
        try expectSame(ledger, "counted")
        try ledger.write("Findings/wide.yaml", finding("Wide", value: "[0.2, 0.3]"))
        try ledger.commit("Add a finding")
        try expectSame(ledger, "added")
        try ledger.edit(".arbor-ledger.yaml", "alpha: 0.05", "alpha: 0.01")
        try ledger.commit("Change the settings")
        try expectSame(ledger, "other settings")
    }

    @Test func whatStandsUnderAnotherNameIsMadeAnew() throws {
        let ledger = try TemporaryLedger.example()
        try expectSame(ledger, "sound")
        let names = ledger.names(in: Self.folder)
        let contents = try names.map { try Data(contentsOf: URL(filePath: ledger.place("\(Self.folder)/\($0)"))) }
        for (name, content) in zip(names, contents.dropFirst() + contents.prefix(1)) {
            try content.write(to: URL(filePath: ledger.place("\(Self.folder)/\(name)")))
        }
        try expectSame(ledger, "exchanged")
    }

    @Test func manyMayReportAtOnce() throws {
        let ledger = try TemporaryLedger.example()
        let report = ["conflicts", "--at", "HEAD"]
        let expected = try ledger.run(report, extra: ["ARBOR_LEDGER_NO_CACHE": "1"]).description
        for _ in 0..<3 {
            let started = try (0..<6).map { _ in try ledger.start(report) }
            for process in started { #expect(try process.wait().description == expected) }
            try FileManager.default.removeItem(atPath: ledger.place(Self.folder))
        }
    }

    @Test func onlySoManyAreKept() throws {
        let ledger = try TemporaryLedger.example()
        for number in 0..<36 {
            try ledger.write("Findings/f.yaml", finding("Number \(number)"))
            try ledger.commit("Change it")
            _ = try ledger.run("merge", "--at", "HEAD")
        }
        #expect(ledger.names(in: Self.folder).count == 32)
        try expectSame(ledger, "many")
    }
}
