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
}
