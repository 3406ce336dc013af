import Records

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
