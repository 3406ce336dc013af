import Records
import Words

package enum Verdict: String, Sendable, Codable, CaseIterable {
    case verified, refuted
    /// Sequences of runs of the same grade decided the claim differently.
    case split
    case open, none
}

/// The number of hits among the runs of a study, and the verdict on the claim.
package struct Count: Sendable, Equatable {
    package var verdict: Verdict
    package var hits: Int
    package var runs: Int
    /// The number of these runs whose training diverged.
    package var diverged = 0
    /// The evidence for and against a hit rate above the required share.
    package var evidenceFor: Double
    package var evidenceAgainst: Double

    /// The verdict on the claim. If every training diverged, the runs are no evidence, and the claim stays open.
    package var conclusion: Verdict { isVoid ? .open : verdict }

    /// Whether the runs would decide the claim if not every training had diverged.
    package var isVoid: Bool { diverged == runs && (verdict == .verified || verdict == .refuted) }

    package var isDecided: Bool { conclusion == .verified || conclusion == .refuted }
}

/// Returns the evidence, as a betting score, that the hit rate is above `reliability` if `hits` of the `runs` are hits.
///
/// E+ = P(Bin(n+1, ρ) ≤ x) / [(1-ρ)(n+1) P(Bin(n, ρ) = x)] is the likelihood ratio against ρ, averaged uniformly over
/// the rates above ρ. If the true rate is at most ρ, the expectation of E+ is at most 1. By Ville's inequality, the
/// probability that E+ ever reaches 2/α is then at most α/2.
package func evidenceFor(hits: Int, runs: Int, reliability: Double) -> Double {
    // The sum runs downwards from k = x, so that every factor stays small and positive.
    let odds = (1 - reliability) / reliability
    var term = 1 / Double(runs + 1 - hits)
    var sum = term
    for k in stride(from: hits, to: 0, by: -1) {
        term *= Double(k) / Double(runs + 2 - k) * odds
        sum += term
    }
    return sum
}

/// Returns the evidence that the hit rate is below `reliability`: `evidenceFor` with hits and misses exchanged.
package func evidenceAgainst(hits: Int, runs: Int, reliability: Double) -> Double {
    evidenceFor(hits: runs - hits, runs: runs, reliability: 1 - reliability)
}

/// Counts the runs in order until the evidence for or against the claim reaches 2/alpha. This decides the verdict, and
/// later runs are ignored.
package func countRuns(_ outcomes: some Sequence<Bool>, reliability: Double, alpha: Double) -> Count {
    var count = Count(verdict: .none, hits: 0, runs: 0, evidenceFor: 1, evidenceAgainst: 1)
    for isHit in outcomes.prefix(runLimit) {
        count.runs += 1
        count.hits += isHit ? 1 : 0
        count.evidenceFor = evidenceFor(hits: count.hits, runs: count.runs, reliability: reliability)
        count.evidenceAgainst = evidenceAgainst(hits: count.hits, runs: count.runs, reliability: reliability)
        if count.evidenceFor >= 2 / alpha {
            count.verdict = .verified
            return count
        }
        if count.evidenceAgainst >= 2 / alpha {
            count.verdict = .refuted
            return count
        }
        count.verdict = .open
    }
    return count
}

extension Claim {
    /// Counts runs by the rule for the claim's kind.
    package func count(_ outcomes: [Bool], alpha: Double) -> Count {
        switch kind {
        case .mostRuns: countRuns(outcomes, reliability: reliability.doubleValue, alpha: alpha)
        case .witness: countWitness(outcomes)
        }
    }

    /// Returns the smallest number of further runs that could decide the claim. Returns nil if the claim is decided or
    /// the limit is reached.
    package func fewestRunsToDecide(after outcomes: [Bool], alpha: Double) -> Int? {
        switch kind {
        case .mostRuns:
            fewestRuns(toDecideAfter: outcomes, reliability: reliability.doubleValue, alpha: alpha)
        case .witness: outcomes.contains(true) || outcomes.count >= runLimit ? nil : 1
        }
    }
}

/// Counts the runs of a witness. One hit verifies it, and no run refutes it.
private func countWitness(_ outcomes: some Sequence<Bool>) -> Count {
    var count = Count(verdict: .none, hits: 0, runs: 0, evidenceFor: 1, evidenceAgainst: 1)
    for isHit in outcomes.prefix(runLimit) {
        count.runs += 1
        count.verdict = isHit ? .verified : .open
        if isHit {
            count.hits = 1
            return count
        }
    }
    return count
}

/// Returns the smallest number of further runs that would decide the claim if all of them were hits or all were misses.
/// If no number within the limit is sufficient, returns the number of remaining runs. Returns nil if the claim is
/// decided or the limit is reached.
package func fewestRuns(toDecideAfter outcomes: [Bool], reliability: Double, alpha: Double) -> Int? {
    let now = countRuns(outcomes, reliability: reliability, alpha: alpha)
    guard now.verdict == .open || now.verdict == .none else { return nil }
    return fewestRuns(toDecideAfter: now, reliability: reliability, alpha: alpha)
}

/// Returns the smallest number of further runs after an undecided count.
package func fewestRuns(toDecideAfter now: Count, reliability: Double, alpha: Double) -> Int? {
    let remaining = runLimit - now.runs
    return (1...max(1, remaining)).first { extra in
        guard extra <= remaining else { return false }
        let runs = now.runs + extra
        return evidenceFor(hits: now.hits + extra, runs: runs, reliability: reliability) >= 2 / alpha
            || evidenceAgainst(hits: now.hits, runs: runs, reliability: reliability) >= 2 / alpha
    } ?? (remaining > 0 ? remaining : nil)
}
