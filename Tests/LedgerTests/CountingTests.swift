import Records
import Testing

@testable import Evidence

/// Returns all misses, then all hits. The order matters, since counting stops once the claim is decided.
private func outcomes(hits: Int, misses: Int) -> [Bool] {
    Array(repeating: false, count: misses) + Array(repeating: true, count: hits)
}

private func flipped(_ outcomes: [Bool]) -> [Bool] { outcomes.map { !$0 } }

/// Returns P(Bin(n, p) = k) for every k, computed with Pascal's triangle.
private func binomials(_ n: Int, _ p: Double) -> [Double] {
    (0..<n).reduce([1.0]) { row, _ in
        zip([0] + row, row + [0]).map { fewer, same in fewer * p + same * (1 - p) }
    }
}

@Suite struct CountingTests {
    /// From 20 runs on, a count states the chance that further runs decide the claim. If the chance is under 2 %, it advises
    /// the author. The chances come from a separate program in Python.
    @Test(arguments: [
        (41, 78, "under 1 %", true), (10, 19, nil, false), (10, 20, "17 %", false), (13, 20, "56 %", false),
        (24, 40, "29 %", false), (20, 40, "3 %", false), (32, 60, "under 1 %", true), (64, 128, nil, true),
    ])
    func predictsWhetherAnAuditWillDecide(hits: Int, runs: Int, chance: String?, isHopeless: Bool) throws {
        let state = TestLedger(
            finding(
                "even", "  - {quantity: accuracy, value: [0.6, 0.7], tested: {model: r1, task: countdown, layer: 4}}"))
        let claim = try #require((baseLedger + state).check().state.findings["even"]?.claims.first)
        let count = Count(verdict: .open, hits: hits, runs: runs, evidenceFor: 1, evidenceAgainst: 1)
        let tally = ClaimTally(claim: claim, cell: ["layer": "4"], count: count, alpha: 0.05)
        #expect(
            tally.phrase == "even#1 at layer 4: \(hits) of \(runs) hit, open"
                + (chance.map { ", \($0) chance that 128 runs decide" } ?? ""))
        let share = hits * 2 == runs ? 50 : 53
        let advice = "at \(share) % hits, 128 runs will not decide this; widen the range or withdraw the claim"
        #expect(tally.outlook == (isHopeless ? advice : nil))
        #expect(claim.outlook(after: count, alpha: 0.05) == tally.outlook)
    }

    /// For each number of misses, the table lists the smallest number of hits that verifies a claim.
    @Test func verifiesAtTheTabulatedHits() {
        var table: [String] = []
        for misses in 0...7 {
            let runs = (misses...128).first { runs in
                countRuns(outcomes(hits: runs - misses, misses: misses), reliability: 0.5, alpha: 0.05).verdict
                    == .verified
            }
            table.append("\(runs! - misses) of \(runs!)")
        }
        #expect(
            table == [
                "8 of 8", "11 of 12", "14 of 16", "16 of 19", "18 of 22", "20 of 25", "22 of 28", "24 of 31",
            ])
    }

    @Test(arguments: [(8, 8), (11, 12), (14, 16), (16, 19), (18, 22), (20, 25)])
    func oneHitFewerDoesNotVerify(hits: Int, runs: Int) {
        let misses = runs - hits
        let enough = countRuns(outcomes(hits: hits, misses: misses), reliability: 0.5, alpha: 0.05)
        #expect((enough.verdict, enough.hits, enough.runs) == (.verified, hits, runs))
        #expect(enough.evidenceFor >= 40)
        let fewer = countRuns(outcomes(hits: hits - 1, misses: misses), reliability: 0.5, alpha: 0.05)
        #expect((fewer.verdict, fewer.hits, fewer.runs) == (.open, hits - 1, runs - 1))
        let swapped = countRuns(outcomes(hits: hits - 1, misses: misses + 1), reliability: 0.5, alpha: 0.05)
        #expect(swapped.verdict == .open)
    }

    @Test(arguments: [(8, 8), (11, 12), (14, 16), (16, 19), (18, 22), (20, 25)])
    func refutingIsTheMirrorImage(hits: Int, runs: Int) {
        let verified = countRuns(outcomes(hits: hits, misses: runs - hits), reliability: 0.5, alpha: 0.05)
        let refuted = countRuns(flipped(outcomes(hits: hits, misses: runs - hits)), reliability: 0.5, alpha: 0.05)
        #expect((refuted.verdict, refuted.hits, refuted.runs) == (.refuted, runs - hits, runs))
        #expect(refuted.evidenceAgainst == verified.evidenceFor)
        #expect(refuted.evidenceFor == verified.evidenceAgainst)
        #expect(
            countRuns(flipped(outcomes(hits: hits - 1, misses: runs - hits)), reliability: 0.5, alpha: 0.05).verdict
                == .open)
    }

    /// Compares E+ with P(Bin(n+1, rho) ≤ x) / [(1-rho)(n+1) P(Bin(n, rho) = x)], and E- with its mirror image.
    @Test(arguments: [0.5, 0.6, 0.75, 0.9, 0.95])
    func evidenceMatchesTheFormula(reliability rho: Double) {
        func naive(_ x: Int, _ row: [Double], _ next: [Double], _ rho: Double) -> Double {
            next[...x].reduce(0, +) / ((1 - rho) * Double(row.count) * row[x])
        }
        var wrong: [String] = []
        for n in [0, 1, 2, 3, 7, 8, 16, 25, 48] {
            let rows = (binomials(n, rho), binomials(n + 1, rho), binomials(n, 1 - rho), binomials(n + 1, 1 - rho))
            for x in 0...n {
                let (fast, slow) = (evidenceFor(hits: x, runs: n, reliability: rho), naive(x, rows.0, rows.1, rho))
                let against = evidenceAgainst(hits: x, runs: n, reliability: rho)
                let mirrored = naive(n - x, rows.2, rows.3, 1 - rho)
                if abs(fast - slow) > 1e-9 * slow { wrong.append("E+ of \(x) of \(n): \(fast), not \(slow)") }
                if abs(against - mirrored) > 1e-9 * mirrored {
                    wrong.append("E- of \(x) of \(n): \(against), not \(mirrored)")
                }
            }
        }
        #expect(wrong == [])
    }

    /// E is a martingale: at the boundary rate, its expected value after the next run equals its current value.
    @Test(arguments: [0.5, 0.8]) func evidenceIsAMartingaleAtTheBoundary(reliability: Double) {
        var wrong: [String] = []
        for n in 0...24 {
            for x in 0...n {
                let now = evidenceFor(hits: x, runs: n, reliability: reliability)
                let next =
                    reliability * evidenceFor(hits: x + 1, runs: n + 1, reliability: reliability)
                    + (1 - reliability) * evidenceFor(hits: x, runs: n + 1, reliability: reliability)
                if abs(next - now) > 1e-9 * now { wrong.append("\(x) of \(n): \(now) becomes \(next)") }
            }
        }
        #expect(wrong == [])
    }

    @Test func higherReliabilityNeedsMoreRuns() {
        let runs = ["0.5", "0.6", "0.7", "0.8", "0.9", "0.95"].map { reliability in
            (1...128).first {
                countRuns(outcomes(hits: $0, misses: 0), reliability: Double(reliability)!, alpha: 0.05).verdict
                    == .verified
            }
        }
        #expect(runs == [8, 11, 15, 24, 51, 105])
        let misses = ["0.5", "0.6", "0.7", "0.8", "0.9", "0.95"].map { reliability in
            (1...128).first {
                countRuns(outcomes(hits: 0, misses: $0), reliability: Double(reliability)!, alpha: 0.05).verdict
                    == .refuted
            }
        }
        #expect(misses == [8, 6, 5, 4, 3, 2])
    }

    /// Computes the exact probability that a verdict is wrong after any of the 128 runs, by updating the distribution
    /// after each run.
    @Test(arguments: [0.5, 0.7, 0.95]) func wrongVerdictsAtTheBoundaryAreAtMostOneInForty(rate: Double) {
        var open = [0: 1.0]
        var (verified, refuted) = (0.0, 0.0)
        for n in 1...runLimit {
            var next: [Int: Double] = [:]
            for (hits, probability) in open {
                next[hits + 1, default: 0] += probability * rate
                next[hits, default: 0] += probability * (1 - rate)
            }
            for (x, probability) in next {
                if evidenceFor(hits: x, runs: n, reliability: rate) >= 40 {
                    verified += probability
                } else if evidenceAgainst(hits: x, runs: n, reliability: rate) >= 40 {
                    refuted += probability
                } else {
                    continue
                }
                next[x] = nil
            }
            open = next
        }
        #expect(verified <= 1.0 / 40 && verified > 0)
        #expect(refuted <= 1.0 / 40 && refuted > 0)
    }

    @Test func simulatedWrongVerdictsAreAtMostOneInForty() {
        var random = SeededGenerator(1)
        let trials = 1000
        var verdicts: [Verdict: Int] = [:]
        for _ in 0..<trials {
            verdicts[
                countRuns((0..<runLimit).map { _ in random.chance(0.5) }, reliability: 0.5, alpha: 0.05).verdict,
                default: 0
            ] += 1
        }
        #expect(verdicts[.verified, default: 0] <= trials / 40)
        #expect(verdicts[.refuted, default: 0] <= trials / 40)
        #expect(verdicts[.open, default: 0] >= trials * 19 / 20)
    }

    @Test func laterRunsNeverChangeAVerdict() {
        var random = SeededGenerator(2)
        for _ in 0..<100 {
            let rate = Double.random(in: 0...1, using: &random)
            let runs = (0..<40).map { _ in random.chance(rate) }
            var decided: Count?
            for length in 0...runs.count {
                let now = countRuns(runs.prefix(length), reliability: 0.5, alpha: 0.05)
                if let decided { #expect(now == decided) }
                if now.verdict == .verified || now.verdict == .refuted { decided = decided ?? now }
            }
        }
    }

    @Test func countsNoRunsBeyondTheLimit() {
        let alternating = (0..<400).map { $0.isMultiple(of: 2) }
        let all = countRuns(alternating, reliability: 0.5, alpha: 0.05)
        #expect((all.verdict, all.hits, all.runs) == (.open, 64, 128))
        #expect(countRuns([], reliability: 0.5, alpha: 0.05).verdict == .none)
    }

    @Test func fewestRunsToDecideIsExact() {
        #expect(fewestRuns(toDecideAfter: [], reliability: 0.5, alpha: 0.05) == 8)
        #expect(fewestRuns(toDecideAfter: [true, true, false], reliability: 0.5, alpha: 0.05) == 9)
        #expect(fewestRuns(toDecideAfter: outcomes(hits: 8, misses: 0), reliability: 0.5, alpha: 0.05) == nil)
        #expect(fewestRuns(toDecideAfter: (0..<128).map { $0.isMultiple(of: 2) }, reliability: 0.5, alpha: 0.05) == nil)
        var random = SeededGenerator(3)
        for _ in 0..<40 {
            let before = (0..<Int.random(in: 0..<40, using: &random)).map { _ in random.chance(0.5) }
            guard let more = fewestRuns(toDecideAfter: before, reliability: 0.5, alpha: 0.05),
                before.count + more <= runLimit
            else { continue }
            let decided = [true, false].map { outcome in
                (1...more).first { extra in
                    let verdict = countRuns(
                        before + Array(repeating: outcome, count: extra), reliability: 0.5, alpha: 0.05
                    )
                    .verdict
                    return verdict == .verified || verdict == .refuted
                }
            }
            if before.count + more < runLimit { #expect(decided.compactMap(\.self).min() == more) }
        }
    }
}
