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

/// What the outcomes of a run would leave of some explanations; a reference, since it is asked at every cell.
final class OutcomeTrials {
    let comparison: Comparison
    private let sets: [BitSet]
    /// Names that are assumptions.
    private let assumptions: BitSet
    private let all: ExplanationSet
    private let smallest: ExplanationSet
    /// For each outcome, the claims that it is discordant with.
    private let outcomes: [[Int]]

    struct Effect {
        /// Of the smallest explanations.
        var worst = 0
        /// Of all of them, over the outcomes, each weighted with how many of the smallest foretell it.
        var left = 0
        /// Some outcome makes one fall.
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

    /// For each claim, the explanations that tell a row from it, by what it records alone or by its assumptions too.
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

    /// nil where some outcome leaves more than so many of the smallest explanations. More hits never lessen an effect.
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

/// Every choice of one option a setting that changes few enough of them, with what isInformative it from each claim: what the fixed
/// settings tell, and what each option does.
///
/// `isWorthwhile` isInformative of the first settings alone whether to go on: what is chosen further only adds hits and changes.
func forEachCell(
    fixed: [ExplanationSet], options: [[[ExplanationSet]]], isChange: [[Bool]], changeLimit: Int,
    where isWorthwhile: (_ changeCount: Int, _ hits: ArraySlice<ExplanationSet>) -> Bool,
    _ body: (_ chosen: [Int], _ changeCount: Int, _ hits: ArraySlice<ExplanationSet>) -> Void
) {
    let claims = fixed.count
    /// Those of the fixed settings, then of one more chosen setting, and so on.
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
