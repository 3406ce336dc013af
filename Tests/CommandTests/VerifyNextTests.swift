import Foundation
import Testing

/// The line of `verify` that names the next command, and the E values on request.
@Suite struct VerifyNextTests {
    private func next(_ printed: ProcessResult) -> String {
        let lines = printed.output.split(separator: "\n", omittingEmptySubsequences: true)
        guard let start = lines.lastIndex(where: { $0.hasPrefix("Next: ") }) else { return "" }
        return lines[start...].map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
    }

    @Test func namesWhatToDoWithTheRuns() throws {
        let ledger = try TemporaryLedger.example()
        let outOfTime = try ledger.run("verify", "--budget", "0.0001", "half-a-dimension")
        #expect(next(outOfTime) == "Next: arbor-ledger verify --budget 0.0001 half-a-dimension", "\(outOfTime)")
        let written = try ledger.run("verify")
        let commit = "Next: git add Verifiers && git commit -m 'Add runs'"
        #expect(next(written) == "\(commit), then arbor-ledger merge", "\(written)")
        // The receipts are still not committed.
        #expect(try next(ledger.run("verify")) == "\(commit), then arbor-ledger merge")
        try ledger.git("switch", "-q", "-c", "runs")
        #expect(try next(ledger.run("verify")) == "\(commit) && git switch main && git merge runs")
        try ledger.git("remote", "add", "origin", "/nowhere")
        #expect(
            try next(ledger.run("verify")) == "\(commit) && git push -u origin runs, and propose to merge it")
        try ledger.git("switch", "-q", "main")
        #expect(try next(ledger.run("verify")) == "\(commit) && git push")
        try ledger.commit("Add runs")
        #expect(try next(ledger.run("verify")) == "Next: arbor-ledger merge")
        #expect(try next(ledger.run("verify", "--repeat")) == "Next: arbor-ledger merge")
        for format in ["json", "csv", "markdown"] {
            #expect(try !ledger.run("verify", "--format", format).output.contains("Next:"))
        }
    }

    @Test func namesTheClaimThatNeedsAttention() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.edit(exampleFinding, "value: [0.45, 0.55]", "value: [0.1, 0.2]")
        try ledger.commit("A wrong claim")
        _ = try ledger.run("verify")
        try ledger.commit("Add runs")
        let printed = try ledger.run("verify")
        #expect(next(printed) == "Next: arbor-ledger show half-a-dimension#1", "\(printed)")
    }

    @Test func scoresAreShownOnRequest() throws {
        let ledger = try TemporaryLedger.example()
        let plain = try ledger.run("verify")
        #expect(plain.output.contains("\n  density 0.3: 8 of 8 hit, decisive; control refuted: 0 of 8\n"), "\(plain)")
        #expect(!plain.output.contains("E+"))
        try ledger.commit("Add runs")
        let verbose = try ledger.run("verify", "--verbose").output
        #expect(verbose.contains("0 of 8\n  density 0.3: E+ 56.78, E- 0.11\n"), "\(verbose)")
        for (name, line) in [
            ("half-a-dimension", "half-a-dimension#1, density 0.3: E+ 56.78, E- 0.11"),
            ("half-a-dimension#1", "density 0.3: E+ 56.78, E- 0.11"),
        ] {
            #expect(try ledger.run("show", name, "--verbose").output.hasSuffix("\n  E values\n    \(line)\n"))
            #expect(try !ledger.run("show", name).output.contains("E+"))
            let scores = try ledger.run("show", name, "--format", "json").json()["e_values"].items
            #expect(scores.count == 1 && scores[0]["claim"].text == "half-a-dimension#1")
            #expect((scores[0]["e_for"].number ?? 0) > 56)
        }
        let terms = try ledger.run("help", "terms").output
        #expect(terms.contains("decisive") && terms.contains("E+, E-"))
    }
}
