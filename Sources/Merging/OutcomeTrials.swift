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

/// Determines which explanations remain after each outcome of a run. This is a class because it is used for every cell
/// and should not be copied.
final class OutcomeTrials {
    let comparison: Comparison
    private let sets: [BitSet]
    /// The indices of the names that are assumptions.
    private let assumptions: BitSet
    private let all: ExplanationSet
    private let smallest: ExplanationSet
    /// The claims with which each outcome is discordant, by outcome.
    private let outcomes: [[Int]]

    struct Effect {
        /// The largest number of the smallest explanations that remain after an outcome.
        var worst = 0
        /// The sum, over all outcomes, of the number of remaining explanations times the number of remaining smallest
        /// explanations.
        var left = 0
        /// Whether different outcomes rule out different explanations, and different ones of the smallest.
        var isInformative = false
        var tellsSmallestApart = false
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

    /// Returns the explanations that distinguish a row from each claim, by recorded values and, if `assumptionsToo` is
    /// true, by assumptions.
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

    /// Returns the effect of a run, or nil if some outcome leaves more than `limit` of the smallest explanations. If
    /// explanations are added to `hits`, the numbers in the result do not decrease.
    func effect(of hits: ArraySlice<ExplanationSet>, worst limit: Int = .max) -> Effect? {
        var effect = Effect()
        var first: ExplanationSet?
        for outcome in outcomes {
            var remaining = all
            for other in outcome { remaining &= hits[hits.startIndex + other] }
            let remainingSmallest = (remaining & smallest).size
            guard remainingSmallest <= limit else { return nil }
            effect.worst = max(effect.worst, remainingSmallest)
            effect.left += remainingSmallest * remaining.size
            let difference = remaining ^ (first ?? remaining)
            if difference != .zero { effect.isInformative = true }
            if difference & smallest != .zero { effect.tellsSmallestApart = true }
            first = first ?? remaining
        }
        return effect
    }
}

/// Calls `body` with every choice of one option for each setting within the change limit. Also passes the explanations
/// that distinguish the chosen cell from each claim.
///
/// After each choice, `isWorthwhile` decides whether to continue with further settings. Each further setting can only
/// add hits and changes.
func forEachCell(
    fixed: [ExplanationSet], options: [[[ExplanationSet]]], isChange: [[Bool]], changeLimit: Int,
    where isWorthwhile: (_ changeCount: Int, _ hits: ArraySlice<ExplanationSet>) -> Bool,
    _ body: (_ chosen: [Int], _ changeCount: Int, _ hits: ArraySlice<ExplanationSet>) -> Void
) {
    let claims = fixed.count
    /// The hits of the fixed settings, followed by the hits with one chosen setting, with two, and so on.
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
