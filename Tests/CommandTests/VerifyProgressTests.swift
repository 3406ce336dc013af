import Foundation
import Testing

/// What `verify` says while runs go on.
@Suite struct VerifyProgressTests {
    /// A claim for which half of the runs hit cannot be decided. `verify` says this long before the limit, and again at
    /// the end.
    @Test func advisesWhereRunsWillNotDecide() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.addCoin()
        // The share of heads among 1000 flips with the bias 0.7 is at most 0.699 with a probability of 0.486.
        try ledger.write(
            "Findings/even.yaml",
            finding("Half", value: "[0, 0.699]", tested: "{model: coin}", more: "verify: coin/heads")
                .replacingOccurrences(of: "dimensions-per-feature", with: "heads-share"))
        try ledger.commit("A claim that half of the runs hit")
        let printed = try ledger.run("verify", "even")
        let lines = printed.errors.split(separator: "\n")
        #expect(lines[0].hasPrefix("at least 16 runs of 2 studies, 16 trainings, about "))
        let counts = /even#1: [0-9]+ of ([0-9]+) hit, open, (?:under )?1 % chance that 128 runs decide; at/
        let advice = try #require(printed.errors.firstMatch(of: counts))
        let runs = try #require(Int(advice.1))
        #expect((20..<100).contains(runs))
        let sentence = " % hits, 128 runs will not decide this; widen the range or withdraw the claim"
        #expect(printed.errors.components(separatedBy: sentence).count == 2, "the advice is given once")
        #expect(printed.output.words.contains(sentence))
        let report = try ledger.run("verify", "even", "--format", "json").json()
        #expect(report["verdicts"].items.map { $0["verdict"].text } == ["open"])
        #expect(report["outlooks"].items.map { $0["claim"].text } == ["even#1"])
    }

    /// On a terminal, the counts of open claims stand below the bar; `script` provides the terminal.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")))
    func boardShowsTheCountOfEachClaim() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.trainLonger()
        let command = "'\(binary)' verify --jobs 1"
        let environment = ledger.environment.merging(["TERM": "xterm"]) { $1 }
        let printed = try RunningProcess(
            "/usr/bin/script", ["-qec", command, "/dev/null"], in: ledger.path, environment
        ).wait().output
        let frames = printed.components(separatedBy: "\u{1B}[J")
        let board = frames.filter { $0.contains("█") || $0.contains("·") }
        #expect(board.contains { $0.contains(" of at least 16 runs, about ") })
        let frame = /runs, about [^\n]* left\r\n  half-a-dimension#1 at density 0.3: [0-9] of [0-9] hit, open/
        #expect(board.contains { $0.firstMatch(of: frame) != nil }, "\(printed)")
        // Each frame with two lines is erased from its first line on.
        #expect(printed.contains("\r\u{1B}[1A\u{1B}[J"))
        #expect(printed.contains("  half-a-dimension#1 at density 0.3: 8 of 8 hit, verified\r\n"))
    }
}
