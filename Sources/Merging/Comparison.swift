import Checking
import Records
import Words

/// The comparable claims on one quantity, encoded so that two claims can be compared with a few machine instructions.
///
/// This is a class because many values share one comparison.
final class Comparison: Sendable {
    /// The claims, sorted by id.
    let members: [Member]
    /// The sorted names of everything in which findings can differ: conditions, attributes, and assumptions with the
    /// prefix `assume:`.
    let names: [String]
    let rows: [Row]

    /// The encoded form of a claim. This is a class because each row takes part in thousands of comparisons.
    final class Row: Sendable {
        /// A name with some of its values, as numbers.
        struct Side: Hashable {
            var name: Int
            var values: BitSet
        }

        /// The codes of the ends of the claim's span. Two spans overlap unless the upper code of one is below the lower
        /// code of the other.
        let lower: Int
        let upper: Int
        /// The claim's labels. Empty if the quantity is a number.
        let labels: BitSet
        /// The tested values, sorted by index into `names`. Names with unknown values are missing.
        let recorded: [Side]
        /// The claim's assumptions except bridges, as indices into `names`.
        let assumptions: BitSet
        /// The covered values, by condition. Unrestricted conditions are missing.
        let scope: [Side]
        let hasEmptyScope: Bool
        /// The numbers of the claim's assumptions and of the assumptions that these exclude. Both include bridges.
        let assumed: BitSet
        let excluded: BitSet
        let hasUnknownConditions: Bool

        init(
            lower: Int, upper: Int, labels: BitSet, recorded: [Side], assumptions: BitSet, scope: [Side],
            hasEmptyScope: Bool, assumed: BitSet, excluded: BitSet, hasUnknownConditions: Bool
        ) {
            self.lower = lower
            self.upper = upper
            self.labels = labels
            self.recorded = recorded
            self.assumptions = assumptions
            self.scope = scope
            self.hasEmptyScope = hasEmptyScope
            self.assumed = assumed
            self.excluded = excluded
            self.hasUnknownConditions = hasUnknownConditions
        }

        /// Returns the row of the same claim with other tested values.
        func recording(_ recorded: [Side]) -> Row {
            Row(
                lower: lower, upper: upper, labels: labels, recorded: recorded, assumptions: assumptions, scope: scope,
                hasEmptyScope: hasEmptyScope, assumed: assumed, excluded: excluded,
                hasUnknownConditions: hasUnknownConditions)
        }
    }

    let labels: [String]
    private let coder: Coder
    /// Whether each name is an assumption, by index into `names`.
    private let areAssumptions: [Bool]

    init(_ members: [Member], quantity: Quantity?, in state: LedgerState) {
        let members = sortedByID(members)
        self.members = members
        if case .labels(let all)? = quantity?.range { labels = all } else { labels = [] }
        let recorded = members.map { state.recorded($0.claim) }
        coder = Coder(members, recorded, labels: labels, state)
        names = coder.names
        areAssumptions = names.map { $0.hasPrefix(assumptionPrefix) }
        let needed = (quantity?.conditions ?? []) + (quantity?.laterConditions ?? [])
        rows = zip(members, recorded).map { [coder] member, recorded in
            coder.row(
                member, recorded,
                hasUnknownConditions: needed.contains { condition in
                    guard case .values? = member.claim.tested[condition.value] else { return true }
                    return false
                })
        }
    }

    /// Returns the index of a claim in `members`.
    func index(of claim: ClaimID) -> Int? {
        let place = members.partitioningIndex { $0.id >= claim }
        return place < members.count && members[place].id == claim ? place : nil
    }

    /// Returns the row of a claim with other tested values. If a value was tested by no claim, it simply differs from
    /// all recorded values.
    func row(recording recorded: [(name: String, values: [String])], like member: ClaimID) -> Row? {
        guard let index = index(of: member) else { return nil }
        return rows[index].recording(coder.codes(recorded))
    }

    /// Returns whether two claims are discordant.
    func isDiscordant(_ i: Int, _ j: Int) -> Bool {
        labels.isEmpty
            ? (rows[i].upper < rows[j].lower || rows[j].upper < rows[i].lower)
                && members[i].exceedsUncertainty(from: members[j])
            : rows[i].labels.isDisjoint(with: rows[j].labels)
    }

    /// Returns whether some cell is in both scopes and the assumptions are compatible.
    func areCompatible(_ i: Int, _ j: Int) -> Bool { rows[i].isCompatible(with: rows[j]) }

    func isConflict(_ i: Int, _ j: Int) -> Bool { isDiscordant(i, j) && areCompatible(i, j) }

    /// Returns the names for which both claims record values but no common value, and the assumptions that only one
    /// claim makes.
    func differences(_ i: Int, _ j: Int) -> BitSet { differences(rows[i], rows[j]) }

    func differences(_ a: Row, _ b: Row) -> BitSet {
        var differences = a.assumptions.symmetricDifference(b.assumptions)
        var (i, j) = (0, 0)
        while i < a.recorded.count && j < b.recorded.count {
            let (mine, theirs) = (a.recorded[i], b.recorded[j])
            if mine.name == theirs.name {
                if mine.values.isDisjoint(with: theirs.values) { differences.insert(mine.name) }
                (i, j) = (i + 1, j + 1)
            } else if mine.name < theirs.name {
                i += 1
            } else {
                j += 1
            }
        }
        return differences
    }

    func isAssumption(_ name: Int) -> Bool { areAssumptions[name] }

    func names(_ set: BitSet) -> [String] { set.elements.map { names[$0] } }

    /// Returns a block number for each claim. Claims have the same number if they have equal values of a name.
    func blocks(of name: Int) -> [Int] {
        if isAssumption(name) { return rows.map { $0.assumptions.contains(name) ? 1 : 0 } }
        var codes: [BitSet: Int] = [:]
        return rows.map { row in
            // Claims with unknown values form a separate block.
            guard let values = row.recorded.first(where: { $0.name == name })?.values else { return 0 }
            if let code = codes[values] { return code }
            codes[values] = codes.count + 1
            return codes.count
        }
    }
}

extension Comparison.Row {
    fileprivate func isCompatible(with other: Comparison.Row) -> Bool {
        guard !hasEmptyScope, !other.hasEmptyScope, excluded.isDisjoint(with: other.assumed) else { return false }
        var (i, j) = (0, 0)
        while i < scope.count && j < other.scope.count {
            if scope[i].name == other.scope[j].name {
                if scope[i].values.isDisjoint(with: other.scope[j].values) { return false }
                (i, j) = (i + 1, j + 1)
            } else if scope[i].name < other.scope[j].name {
                i += 1
            } else {
                j += 1
            }
        }
        return true
    }
}

/// The prefix of assumption names in explanations.
let assumptionPrefix = "assume:"

/// The prefix of the name by which an average over a condition differs from its parts and from other averages.
let averagePrefix = "averaged:"

/// Assigns numbers to the names, values, labels and range ends of the claims on one quantity.
private struct Coder: Sendable {
    /// The conditions, attributes and assumptions (with the prefix `assume:`), sorted.
    let names: [String]
    private var nameNumbers = Numbering()
    /// For each name, by its number, the numbers of its values.
    private var values: [Numbering]
    private var scopeNumbers = Numbering()
    private var scopeValues: [ScopeValues] = []
    private var labelNumbers: Numbering
    private let scale: ScaleCodes
    private var assumed = Numbering()
    /// For each number in `assumed`, the assumptions that this assumption excludes, and its index in `names` (nil for a
    /// bridge).
    private var excludes: [[Int]] = []
    private var assumptionNames: [Int?] = []

    init(
        _ members: [Member], _ recorded: [[(name: String, values: [String])]], labels: [String], _ state: LedgerState
    ) {
        var (conditions, assumptions) = (Numbering(), Numbering())
        for member in members {
            for name in member.assumptions { assumptions.add(name) }
        }
        for (name, _) in recorded.joined() { conditions.add(name) }
        names = (conditions.names + assumptions.names.map { assumptionPrefix + $0 }).sorted()
        for name in names { nameNumbers.add(name) }
        labelNumbers = Numbering(labels)
        values = Array(repeating: Numbering(), count: names.count)
        for (name, tested) in recorded.joined() {
            guard let number = nameNumbers.number(of: name) else { continue }
            for value in tested { values[number].add(value) }
        }
        for member in members {
            for side in member.scope.sides {
                let number = scopeNumbers.add(side.condition)
                if number == scopeValues.count { scopeValues.append(ScopeValues()) }
                scopeValues[number].add(side)
            }
            for assumption in member.claim.assumes { assumed.add(assumption.value) }
        }
        scale = ScaleCodes(members.lazy.map(\.span))
        let all = assumed.names
        excludes = all.map { one in all.indices.filter { state.areExclusive([one], [all[$0]]) } }
        assumptionNames = all.map { name in
            assumptions.number(of: name).flatMap { _ in nameNumbers.number(of: assumptionPrefix + name) }
        }
    }

    /// Encodes recorded values, which are sorted by name.
    func codes(_ recorded: [(name: String, values: [String])]) -> [Comparison.Row.Side] {
        recorded.compactMap { name, tested in
            nameNumbers.number(of: name).map { Comparison.Row.Side(name: $0, values: values[$0].set(of: tested)) }
        }
    }

    private func codes(_ scope: Scope) -> [Comparison.Row.Side] {
        scope.sides.compactMap { side in
            scopeNumbers.number(of: side.condition).map {
                Comparison.Row.Side(name: $0, values: scopeValues[$0].set(of: side))
            }
        }.sorted { $0.name < $1.name }
    }

    /// Encodes a claim. `recorded` must be sorted by name.
    func row(
        _ member: Member, _ recorded: [(name: String, values: [String])], hasUnknownConditions: Bool
    ) -> Comparison.Row {
        var (lower, upper) = (Int.min, Int.max)
        var labels = BitSet(capacity: labelNumbers.count)
        switch member.span {
        case .labels(let said)?: labels = labelNumbers.set(of: said)
        case .interval(let interval)?: (lower, upper) = scale.codes(of: interval)
        case nil: break
        }
        var assumptions = BitSet(capacity: names.count)
        var (assumed, excluded) = (BitSet(capacity: self.assumed.count), BitSet(capacity: self.assumed.count))
        for assumption in member.claim.assumes {
            guard let number = self.assumed.number(of: assumption.value) else { continue }
            assumed.insert(number)
            for other in excludes[number] { excluded.insert(other) }
            if let name = assumptionNames[number] { assumptions.insert(name) }
        }
        return Comparison.Row(
            lower: lower, upper: upper, labels: labels, recorded: codes(recorded), assumptions: assumptions,
            scope: codes(member.scope), hasEmptyScope: member.scope.isEmpty,
            assumed: assumed, excluded: excluded, hasUnknownConditions: hasUnknownConditions)
    }

}

/// Numbers for the values that scopes cover of one condition, and for the averages over its values. An average is a
/// value of its own, so it overlaps only with equal averages.
private struct ScopeValues: Sendable {
    private var values = Numbering()
    /// The numbers of the averages.
    private var averages: Set<Int> = []

    mutating func add(_ side: Scope.Side) {
        guard side.isAverage else {
            for value in side.values { values.add(value) }
            return
        }
        averages.insert(values.add(Self.name(side)))
    }

    func set(of side: Scope.Side) -> BitSet {
        guard side.isAverage else { return values.set(of: side.values) }
        // An average over unknown values may be any average.
        let numbers = side.values.isEmpty ? averages : Set([values.number(of: Self.name(side))].compactMap(\.self))
        return BitSet(numbers, capacity: values.count)
    }

    /// No value of a condition contains a line break.
    private static func name(_ side: Scope.Side) -> String { "average\n" + side.values.joined(separator: "\n") }
}

/// Integer codes for the ends of intervals, in numeric order.
struct ScaleCodes: Sendable {
    /// The ends of all intervals, sorted.
    private let ends: [Number]

    init(_ sets: some Sequence<ValueSet?>) {
        var ends: [Number] = []
        for case .interval(let interval)? in sets {
            if let lower = interval.lower { ends.append(lower) }
            if let upper = interval.upper { ends.append(upper) }
        }
        self.ends = ends.sorted()
    }

    /// Returns the codes of an interval's ends. Two intervals overlap unless the upper code of one is below the lower
    /// code of the other. A non-empty interval is inside another if its codes are between the codes of the other.
    func codes(of interval: Interval) -> (lower: Int, upper: Int) {
        // Each number has three codes: for an open upper end, a closed end, and an open lower end.
        (
            interval.lower.map { 3 * place(of: $0) + (interval.includesLower ? 1 : 2) } ?? .min,
            interval.upper.map { 3 * place(of: $0) + (interval.includesUpper ? 1 : 0) } ?? .max
        )
    }

    /// Returns the index of the first equal end.
    private func place(of end: Number) -> Int { ends.partitioningIndex { $0 >= end } }
}

extension Array {
    /// Returns the index of the first element for which a monotone condition is true (binary search).
    func partitioningIndex(where isAfter: (Element) -> Bool) -> Int {
        var range = indices
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = isAfter(self[middle]) ? range.lowerBound..<middle : (middle + 1)..<range.upperBound
        }
        return range.lowerBound
    }
}

extension Numbering {
    /// Returns the numbers of the given names. Names without a number are ignored.
    func set(of names: [String]) -> BitSet {
        var set = BitSet(capacity: count)
        for name in names {
            if let number = number(of: name) { set.insert(number) }
        }
        return set
    }
}

/// Joins the names of conditions and assumptions for use in a sentence.
package func named(_ conditions: [String]) -> String { listed(conditions.map(namedCondition)) }

func namedCondition(_ name: String) -> String {
    if name.hasPrefix(assumptionPrefix) { return "the assumption \(name.dropFirst(assumptionPrefix.count))" }
    return averagedCondition(name).map { "averaging over \($0)" } ?? name
}

/// Returns the condition whose average is this difference; nil if the name is not such a difference.
func averagedCondition(_ name: String) -> String? {
    name.hasPrefix(averagePrefix) ? String(name.dropFirst(averagePrefix.count)) : nil
}
