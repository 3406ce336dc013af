/// A set of the first 256 explanations.
typealias ExplanationSet = SIMD4<UInt64>

extension ExplanationSet {
    static var limit: Int { 256 }

    init(_ places: some Sequence<Int>) {
        self = .zero
        for place in places { self[place / 64] |= 1 << UInt64(place % 64) }
    }

    var size: Int { indices.reduce(0) { $0 + self[$1].nonzeroBitCount } }
}

/// What the outcomes of a run would leave of some explanations; a reference, since it is asked at every cell.
final class Trials {
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
        var worst: Int
        /// Of all of them, over the outcomes, each weighted with how many of the smallest foretell it.
        var left: Int
        /// Some outcome makes one fall.
        var tells: Bool
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
            return ExplanationSet(sets.indices.filter { !sets[$0].isDisjoint(with: difference) })
        }
    }

    func effect(of hits: [ExplanationSet]) -> Effect {
        var effect = Effect(worst: 0, left: 0, tells: false)
        for outcome in outcomes {
            var standing = all
            for other in outcome { standing &= hits[other] }
            let foretelling = (standing & smallest).size
            effect.worst = max(effect.worst, foretelling)
            effect.left += foretelling * standing.size
            if standing != all { effect.tells = true }
        }
        return effect
    }
}

/// Every choice of one option a setting that changes few enough of them, with what tells it from each claim: what the fixed
/// settings tell, and what each option does.
func forEachCell(
    fixed: [ExplanationSet], options: [[[ExplanationSet]]], isChange: [[Bool]], changeLimit: Int,
    _ body: (_ chosen: [Int], _ changeCount: Int, _ hits: [ExplanationSet]) -> Void
) {
    func extend(_ chosen: [Int], _ changes: Int, _ hits: [ExplanationSet]) {
        guard chosen.count < options.count else { return body(chosen, changes, hits) }
        for (value, option) in options[chosen.count].enumerated() {
            let changes = changes + (isChange[chosen.count][value] ? 1 : 0)
            guard changes <= changeLimit else { continue }
            var hits = hits
            for index in hits.indices { hits[index] |= option[index] }
            extend(chosen + [value], changes, hits)
        }
    }
    extend([], 0, fixed)
}
