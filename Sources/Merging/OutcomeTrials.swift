/// A set of explanations, by their places in a list.
protocol ExplanationSet: Equatable, Sendable {
    /// The number of explanations that a set can contain.
    static var limit: Int { get }
    static var empty: Self { get }
    var size: Int { get }

    init(_ places: some Sequence<Int>)
    static func & (a: Self, b: Self) -> Self
    static func | (a: Self, b: Self) -> Self
    static func ^ (a: Self, b: Self) -> Self
}

extension UInt64: ExplanationSet {
    static var limit: Int { 64 }
    static var empty: UInt64 { 0 }
    var size: Int { nonzeroBitCount }

    init(_ places: some Sequence<Int>) {
        self = 0
        for place in places { self |= 1 << UInt64(place) }
    }
}

/// A set of the first 256 explanations.
extension SIMD4<UInt64>: ExplanationSet {
    static var limit: Int { 256 }
    static var empty: Self { .zero }

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
final class OutcomeTrials<Explanations: ExplanationSet> {
    let comparison: Comparison
    private let sets: [BitSet]
    /// The indices of the names that are assumptions.
    private let assumptions: BitSet
    private let all: Explanations
    private let smallest: Explanations
    /// The claims with which each outcome is discordant, one outcome after the other, and where each outcome ends.
    private let discordant: [Int]
    private let ends: [Int]

    var smallestCount: Int { smallest.size }

    init(_ comparison: Comparison, _ sets: [BitSet], smallest: Int, outcomes: [[Int]]) {
        self.comparison = comparison
        self.sets = sets
        assumptions = BitSet(
            comparison.names.indices.filter(comparison.isAssumption), capacity: comparison.names.count)
        discordant = Array(outcomes.joined())
        ends = outcomes.reduce(into: []) { $0.append(($0.last ?? 0) + $1.count) }
        all = Explanations(sets.indices)
        self.smallest = Explanations(0..<min(smallest, sets.count))
    }

    /// Returns the explanations that distinguish a row from each claim, by recorded values and, if `assumptionsToo` is
    /// true, by assumptions.
    func hits(_ row: Comparison.Row, assumptionsToo: Bool) -> [Explanations] {
        comparison.rows.map { other in
            var difference = comparison.differences(row, other)
            if !assumptionsToo { difference = difference.subtracting(assumptions) }
            return Explanations(sets.indices.lazy.filter { !self.sets[$0].isDisjoint(with: difference) })
        }
    }

    /// Returns the effect of a run, or nil if some outcome leaves more than `limit` of the smallest explanations. The
    /// hits of the run are those in `hits` from a given index on, and those of an option. If explanations are added to
    /// them, the numbers in the result do not decrease.
    func effect(
        of hits: [Explanations], from start: Int, adding option: [Explanations], worst limit: Int = .max
    ) -> RunEffect? {
        var effect = RunEffect()
        var first: Explanations?
        var place = 0
        for end in ends {
            var remaining = all
            while place < end, remaining != .empty {
                let other = discordant[place]
                remaining = remaining & (hits[start + other] | option[other])
                place += 1
            }
            place = end
            let remainingSmallest = (remaining & smallest).size
            guard remainingSmallest <= limit else { return nil }
            effect.worst = max(effect.worst, remainingSmallest)
            effect.left += remainingSmallest * remaining.size
            let difference = remaining ^ (first ?? remaining)
            if difference != .empty { effect.isInformative = true }
            if difference & smallest != .empty { effect.tellsSmallestApart = true }
            first = first ?? remaining
        }
        return effect
    }
}

/// The effect of a run on the explanations.
struct RunEffect {
    /// The largest number of the smallest explanations that remain after an outcome.
    var worst = 0
    /// The sum, over all outcomes, of the number of remaining explanations times the number of remaining smallest
    /// explanations.
    var left = 0
    /// Whether different outcomes rule out different explanations, and whether they rule out different ones of the
    /// smallest explanations.
    var isInformative = false
    var tellsSmallestApart = false
}

/// Calls `body` with every choice of one option for each setting within the change limit. Also passes the explanations
/// that distinguish the cell from each claim: those in a list from a given index on, and those of the last option.
///
/// Before each choice, `isWorthwhile` decides whether to continue with further settings. Each further setting can only
/// add hits and changes.
func forEachCell<Explanations: ExplanationSet>(
    fixed: [Explanations], options: [[[Explanations]]], isChange: [[Bool]], changeLimit: Int,
    where isWorthwhile: (_ changeCount: Int, _ hits: [Explanations], _ start: Int) -> Bool,
    _ body: (
        _ chosen: [Int], _ changeCount: Int, _ hits: [Explanations], _ start: Int, _ option: [Explanations]
    ) -> Void
) {
    let claims = fixed.count
    /// The hits of the fixed settings, followed by the hits with one chosen setting, with two, and so on.
    var hits = Array(repeatElement(fixed, count: max(options.count, 1)).joined())
    var chosen = Array(repeating: 0, count: options.count)
    func extend(_ count: Int, _ changes: Int) {
        let start = count * claims
        guard isWorthwhile(changes, hits, start) else { return }
        for (value, option) in options[count].enumerated() {
            let changes = changes + (isChange[count][value] ? 1 : 0)
            guard changes <= changeLimit else { continue }
            chosen[count] = value
            if count + 1 == options.count {
                body(chosen, changes, hits, start, option)
            } else {
                for index in 0..<claims { hits[start + claims + index] = hits[start + index] | option[index] }
                extend(count + 1, changes)
            }
        }
    }
    if options.isEmpty {
        body(chosen, 0, hits, 0, fixed)
    } else {
        extend(0, 0)
    }
}
