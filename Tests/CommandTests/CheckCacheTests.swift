import Foundation
import Testing

/// What is kept of a check changes nothing that is told.
@Suite struct CheckCacheTests {
    /// Findings come, change, break, are mended and go, in the work tree and in commits.
    @Test func aKeptCheckTellsWhatAFreshOneTells() throws {
        let ledger = try TemporaryLedger.example()
        try expectSame(ledger)
        try ledger.write("Findings/more/other.yaml", finding("Another", value: "[0.5, 0.6]", more: "holds_for: {}"))
        try expectSame(ledger)
        try ledger.write("Findings/more/third.yaml", finding("A third", rest: "builds_on: [other]\n"))
        try expectSame(ledger)
        try ledger.commit("Two more")
        try expectSame(ledger)
        try ledger.edit("Findings/more/third.yaml", "[other]", "[no-such-finding]")
        try expectSame(ledger)
        try ledger.edit("Findings/more/third.yaml", "builds_on: [no-such-finding]", "same_as: [other]")
        try expectSame(ledger)
        try ledger.edit("Claims/superposition/question.yaml", "0.55", "0.54")
        try expectSame(ledger)
        try ledger.git("rm", "-qf", "Findings/more/other.yaml")
        try expectSame(ledger)
        try ledger.commit("One less, and an error")
        try expectSame(ledger)
        try FileManager.default.createSymbolicLink(
            atPath: ledger.place("Findings/link.yaml"), withDestinationPath: "/etc/passwd")
        try expectSame(ledger)
    }

    @Test func whatIsKeptIsUsedAndSurvivesDamage() throws {
        let ledger = try TemporaryLedger.example()
        try settle()
        let first = try ledger.run("check")
        let names = ledger.names(in: ".git/arbor-ledger/reports")
        #expect(names.count == 1)
        for damage in [Data(), Data("arbor-ledger pieces 2\n".utf8), Data(repeating: 0, count: 5000)] {
            try damage.write(to: URL(fileURLWithPath: ledger.place(".git/arbor-ledger/reports/\(names[0])")))
            #expect(try ledger.run("check").description == first.description)
        }
    }

    /// Every kind of report of both states, kept, told again and told in part, beside one without a cache.
    private func expectSame(_ ledger: TemporaryLedger, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try settle()
        for arguments in [["check"], ["check", "--all"], ["check", "--format", "json", "--at", "HEAD"]] {
            let fresh = try ledger.run(arguments, extra: ["ARBOR_LEDGER_NO_CACHE": "1"])
            for _ in 0..<2 {
                let kept = try ledger.run(arguments)
                #expect(kept.description == fresh.description, sourceLocation: sourceLocation)
            }
        }
    }

    /// Files that were touched just now are not taken for unchanged.
    private func settle() throws { usleep(80_000) }
}
