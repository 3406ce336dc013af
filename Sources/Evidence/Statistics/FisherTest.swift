/// Returns the two-sided p of Fisher's exact test for two shares, each given by the numbers of hits and misses.
///
/// This is the probability, for fixed margins, of all tables that are at most as probable as the observed one. As in R,
/// probabilities that differ by a factor of less than 1 + 1e-7 count as equal. The probabilities are computed relative to
/// the largest one, so they need no factorials.
package func fisherTest(_ a: (hits: Int, misses: Int), _ b: (hits: Int, misses: Int)) -> Double {
    let (first, second, hits) = (a.hits + a.misses, b.hits + b.misses, a.hits + b.hits)
    let range = max(0, hits - second)...min(first, hits)
    /// Returns the ratio of the probability of x + 1 hits in the first share to that of x.
    func ratio(_ x: Int) -> Double {
        Double(first - x) / Double(x + 1) * (Double(hits - x) / Double(second - hits + x + 1))
    }
    // The probabilities rise up to the mode and fall from there.
    let mode = min(max((first + 1) * (hits + 1) / (first + second + 2), range.lowerBound), range.upperBound)
    func forEachProbability(_ body: (_ hits: Int, _ probability: Double) -> Void) {
        var (x, probability) = (mode, 1.0)
        while x <= range.upperBound, probability > 0 {
            body(x, probability)
            probability *= ratio(x)
            x += 1
        }
        (x, probability) = (mode, 1.0)
        while x > range.lowerBound, probability > 0 {
            x -= 1
            probability /= ratio(x)
            if probability > 0 { body(x, probability) }
        }
    }
    var observed = 0.0
    forEachProbability { if $0 == a.hits { observed = $1 } }
    var (all, extreme) = (0.0, 0.0)
    forEachProbability { _, probability in
        all += probability
        if probability <= observed * (1 + 1e-7) { extreme += probability }
    }
    return extreme / all
}
