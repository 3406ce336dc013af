/// A set of the first 256 explanations.
typealias ExplanationSet = SIMD4<UInt64>

extension ExplanationSet {
    static var limit: Int { 256 }

    init(_ places: some Sequence<Int>) {
        self = .zero
        for place in places { self[place / 64] |= 1 << UInt64(place % 64) }
    }

    var size: Int {
        var size = 0
        for index in indices where self[index] != 0 { size += self[index].nonzeroBitCount }
        return size
    }
}

/// Which explanations remain after each outcome of a run. A class, because it is used at every cell.
final class OutcomeTrials {
    let comparison: Comparison
    private let sets: [BitSet]
    /// Indices of the names that are assumptions.
    private let assumptions: BitSet
    private let all: ExplanationSet
    private let smallest: ExplanationSet
    /// For each outcome, the claims that it is discordant with.
    private let outcomes: [[Int]]

    struct Effect {
        /// The most of the smallest explanations that an outcome leaves.
        var worst = 0
        /// The sum over outcomes of remaining explanations, weighted by the remaining smallest ones.
        var left = 0
        /// Whether some outcome rules out an explanation.
        var isInformative = false
    }

    var smallestCount: Int { smallest.size }

    init(_ comparison: Comparison, _ sets: [BitSet], smallest: Int, outcomes: [[Int]]) {
        self.comparison = comparison
        self.sets = sets
        assumptions = BitSet(
            comparison.names.indices.filter(comparison.isAssumption), capacity: comparison.names.count)
        self.outcomes = outcomes
        all = ExplanationSet(sets.indices)
        self.smallest = ExplanationSet(0..<min(smallest, sets.count))
    }

    /// For each claim, the explanations that distinguish a row from it, by recorded values or by assumptions too.
    func hits(_ row: Comparison.Row, assumptionsToo: Bool) -> [ExplanationSet] {
        comparison.rows.map { other in
            var difference = comparison.differences(row, other)
            if !assumptionsToo { difference = difference.subtracting(assumptions) }
            var hits = ExplanationSet.zero
            for (place, set) in sets.enumerated() where !set.isDisjoint(with: difference) {
                hits[place / 64] |= 1 << UInt64(place % 64)
            }
            return hits
        }
    }

    /// Returns nil where some outcome leaves more than `limit` of the smallest explanations. More hits never lessen the
    /// effect.
    func effect(of hits: ArraySlice<ExplanationSet>, worst limit: Int = .max) -> Effect? {
        var effect = Effect()
        for outcome in outcomes {
            var remaining = all
            for other in outcome { remaining &= hits[hits.startIndex + other] }
            let remainingSmallest = (remaining & smallest).size
            guard remainingSmallest <= limit else { return nil }
            effect.worst = max(effect.worst, remainingSmallest)
            effect.left += remainingSmallest * remaining.size
            if remaining != all { effect.isInformative = true }
        }
        return effect
    }
}

/// Calls `body` with every choice of one option per setting within the change limit, and with the explanations that
/// distinguish it from each claim.
///
/// `isWorthwhile` decides from a prefix of the settings whether to continue; further settings only add hits and
/// changes.
func forEachCell(
    fixed: [ExplanationSet], options: [[[ExplanationSet]]], isChange: [[Bool]], changeLimit: Int,
    where isWorthwhile: (_ changeCount: Int, _ hits: ArraySlice<ExplanationSet>) -> Bool,
    _ body: (_ chosen: [Int], _ changeCount: Int, _ hits: ArraySlice<ExplanationSet>) -> Void
) {
    let claims = fixed.count
    /// The hits of the fixed settings, then with one more chosen setting each.
    var hits = Array(repeatElement(fixed, count: options.count + 1).joined())
    var chosen = Array(repeating: 0, count: options.count)
    func extend(_ count: Int, _ changes: Int) {
        let start = count * claims
        guard count < options.count else { return body(chosen, changes, hits[start..<start + claims]) }
        guard isWorthwhile(changes, hits[start..<start + claims]) else { return }
        for (value, option) in options[count].enumerated() {
            let changes = changes + (isChange[count][value] ? 1 : 0)
            guard changes <= changeLimit else { continue }
            for index in 0..<claims { hits[start + claims + index] = hits[start + index] | option[index] }
            chosen[count] = value
            extend(count + 1, changes)
        }
    }
    extend(0, 0)
}
