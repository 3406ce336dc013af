import Records
import Words

/// Returns the probability that further runs decide a claim that `hits` of the `runs` leave open, within the limit of
/// runs.
///
/// The hit rate has the posterior Beta(1 + hits, 1 + misses), so the next run is a hit with the probability
/// (1 + hits) / (2 + runs). The sum goes over the numbers of hits of the runs that are still open.
package func predictedChanceToDecide(hits: Int, runs: Int, reliability: Double, alpha: Double) -> Double {
    var open = [hits: 1.0]
    var decided = 0.0
    for run in runs..<max(runs, runLimit) {
        var next: [Int: Double] = [:]
        for (hits, probability) in open.sorted(by: { $0.key < $1.key }) {
            let chanceOfHit = Double(1 + hits) / Double(2 + run)
            for (hits, share) in [(hits, 1 - chanceOfHit), (hits + 1, chanceOfHit)] {
                let isDecided =
                    evidenceFor(hits: hits, runs: run + 1, reliability: reliability) >= 2 / alpha
                    || evidenceAgainst(hits: hits, runs: run + 1, reliability: reliability) >= 2 / alpha
                if isDecided { decided += probability * share } else { next[hits, default: 0] += probability * share }
            }
        }
        open = next
    }
    return decided
}

/// The probability below which further runs are called hopeless.
package let hopelessChance = 0.02

extension Claim {
    /// Returns the probability that further runs decide this claim after an open count, within the limit of runs. It is 1
    /// for a witness, for which one hit is enough.
    package func chanceToDecide(after count: Count, alpha: Double) -> Double {
        switch kind {
        case .mostRuns:
            predictedChanceToDecide(
                hits: count.hits, runs: count.runs, reliability: reliability.doubleValue, alpha: alpha)
        case .witness: 1
        }
    }

    /// Says that further runs of an open claim are hopeless, and what its author can do. Returns nil if they are not.
    package func outlook(after count: Count, alpha: Double) -> String? {
        ClaimTally(claim: self, cell: [:], count: count, alpha: alpha).outlook
    }
}

/// The count of a claim's runs at one cell while an audit goes on.
package struct ClaimTally: Sendable {
    package var claim: Claim
    package var cell: [String: String]
    package var count: Count
    /// The probability that further runs decide the claim. nil if the claim is decided or the runs are few.
    package var chance: Double?

    package init(claim: Claim, cell: [String: String], count: Count, alpha: Double) {
        (self.claim, self.cell, self.count) = (claim, cell, count)
        guard count.verdict == .open, count.runs >= fewestRunsForChance else { return }
        chance = claim.chanceToDecide(after: count, alpha: alpha)
    }

    /// A phrase such as `w#1 at layer 3: 24 of 40 hit, open, 29 % chance that 128 runs decide`.
    package var phrase: String {
        let outcome = "\(count.hits) of \(count.runs) hit, \(count.conclusion.rawValue)"
        let forecast = chance.map { chance in
            let percent = Int(100 * chance)
            return ", \(percent == 0 ? "under 1" : "\(percent)") % chance that \(runLimit) runs decide"
        }
        return "\(claim.id)\(cellSuffix(cell)): \(outcome)\(count.runs < runLimit ? forecast ?? "" : "")"
    }

    /// Says that further runs are hopeless, and what the author of the claim can do. nil if they are not.
    package var outlook: String? {
        guard let chance, chance < hopelessChance else { return nil }
        let share = fixed(100 * Double(count.hits) / Double(count.runs), digits: 0)
        return "at \(share) % hits, \(runLimit) runs will not decide this; widen the range or withdraw the claim"
    }
}

/// The hit share of fewer runs is too uncertain for a forecast.
private let fewestRunsForChance = 20
