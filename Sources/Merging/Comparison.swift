import Checking
import Records
import Words

/// The claims on one quantity that can disagree, coded so that two of them are compared in a few machine words.
///
/// A reference: it is made once and asked of thousands of pairs.
final class Comparison: Sendable {
    /// Sorted by id.
    let members: [Member]
    /// What findings can differ in: conditions, attributes and `assume:` names, sorted.
    let names: [String]
    let rows: [Row]

    /// A reference: a row is put beside thousands of others.
    final class Row: Sendable {
        /// A condition or a name, by its number, with some of its values.
        struct Side: Hashable {
            var name: Int
            var values: BitSet
        }

        /// Codes of the ends of its range, such that two ranges meet unless one's upper code is below the other's lower.
        let lower: Int
        let upper: Int
        /// Of a label-valued quantity; empty otherwise.
        let labels: BitSet
        /// By index into `names`, ascending: the tested values. Not there: unknown.
        let recorded: [Side]
        /// As indices into `names`, bridges left out.
        let assumptions: BitSet
        /// What it covers, by condition; unrestricted ones are left out.
        let scope: [Side]
        let hasEmptyScope: Bool
        /// Assumptions and those that cannot hold beside one of them, bridges too.
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

        /// The same claim tested elsewhere.
        func recording(_ recorded: [Side]) -> Row {
            Row(
                lower: lower, upper: upper, labels: labels, recorded: recorded, assumptions: assumptions, scope: scope,
                hasEmptyScope: hasEmptyScope, assumed: assumed, excluded: excluded,
                hasUnknownConditions: hasUnknownConditions)
        }
    }

    let labels: [String]
    private let coder: Coder
    /// By index into `names`.
    private let areAssumptions: [Bool]

    init(_ members: [Member], quantity: Quantity?, in state: LedgerState) {
        let members = sortedByID(members.filter { $0.canDisagree })
        self.members = members
        if case .labels(let all)? = quantity?.range { labels = all } else { labels = [] }
        let recorded = members.map { state.recorded($0.claim.tested) }
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

    /// Where a claim stands in `members`, which are sorted.
    func index(of claim: ClaimID) -> Int? {
        let place = members.partitioningIndex { $0.id >= claim }
        return place < members.count && members[place].id == claim ? place : nil
    }

    /// What a claim's row would be with other tested values; of values that no claim has only that they are others.
    func row(recording recorded: [(name: String, values: [String])], like member: ClaimID) -> Row? {
        guard let index = index(of: member) else { return nil }
        return rows[index].recording(coder.codes(recorded))
    }

    func isDisjoint(_ i: Int, _ j: Int) -> Bool {
        labels.isEmpty
            ? rows[i].upper < rows[j].lower || rows[j].upper < rows[i].lower
            : rows[i].labels.isDisjoint(with: rows[j].labels)
    }

    /// Some cell is in both scopes and the assumptions can hold together.
    func areCompatible(_ i: Int, _ j: Int) -> Bool { rows[i].isCompatible(with: rows[j]) }

    func isConflict(_ i: Int, _ j: Int) -> Bool { isDisjoint(i, j) && areCompatible(i, j) }

    /// What is recorded on both sides without a common value, and the assumptions that only one side makes.
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

    /// Where a claim stands on each name, as a number that claims which stand alike share, from 0.
    func blocks(of name: Int) -> [Int] {
        if isAssumption(name) { return rows.map { $0.assumptions.contains(name) ? 1 : 0 } }
        var codes: [BitSet: Int] = [:]
        return rows.map { row in
            // What is unknown stands by itself.
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

/// How explanations name an assumption that only one side makes.
let assumptionPrefix = "assume:"

/// Numbers for the names, values, labels and ends of ranges that the claims on one quantity use.
private struct Coder: Sendable {
    /// Conditions, attributes and `assume:` names, sorted.
    let names: [String]
    private var nameNumbers = Numbering()
    /// By number of the name.
    private var values: [Numbering]
    private var scopeNumbers = Numbering()
    private var scopeValues: [Numbering] = []
    private var labelNumbers: Numbering
    private let scale: ScaleCodes
    private var assumed = Numbering()
    /// By number in `assumed`: those that cannot hold beside it, and its number among the names, nil for a bridge.
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
                if number == scopeValues.count { scopeValues.append(Numbering()) }
                for value in side.values { scopeValues[number].add(value) }
            }
            for assumption in member.claim.assumes { assumed.add(assumption.value) }
        }
        scale = ScaleCodes(members)
        let all = assumed.names
        excludes = all.map { one in all.indices.filter { state.areExclusive([one], [all[$0]]) } }
        assumptionNames = all.map { name in
            assumptions.number(of: name).flatMap { _ in nameNumbers.number(of: assumptionPrefix + name) }
        }
    }

    /// Of what is recorded, sorted by name.
    func codes(_ recorded: [(name: String, values: [String])]) -> [Comparison.Row.Side] {
        recorded.compactMap { name, tested in
            nameNumbers.number(of: name).map { Comparison.Row.Side(name: $0, values: values[$0].set(of: tested)) }
        }
    }

    private func codes(_ scope: Scope) -> [Comparison.Row.Side] {
        scope.sides.compactMap { side in
            scopeNumbers.number(of: side.condition).map {
                Comparison.Row.Side(name: $0, values: scopeValues[$0].set(of: side.values))
            }
        }.sorted { $0.name < $1.name }
    }

    /// `recorded` is what the claim records, sorted by name.
    func row(
        _ member: Member, _ recorded: [(name: String, values: [String])], hasUnknownConditions: Bool
    ) -> Comparison.Row {
        var (lower, upper) = (Int.min, Int.max)
        var labels = BitSet(capacity: labelNumbers.count)
        switch member.values {
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
            scope: codes(member.scope), hasEmptyScope: member.scope.sides.contains { $0.values.isEmpty },
            assumed: assumed, excluded: excluded, hasUnknownConditions: hasUnknownConditions)
    }

}

/// Codes for the ends of intervals, in the order of the numbers.
struct ScaleCodes: Sendable {
    /// Sorted.
    private let ends: [Number]

    init(_ members: [Member]) {
        var ends: [Number] = []
        for case .interval(let interval)? in members.lazy.map(\.values) {
            if let lower = interval.lower { ends.append(lower) }
            if let upper = interval.upper { ends.append(upper) }
        }
        self.ends = ends.sorted()
    }

    /// Two intervals meet unless one's upper code is below the other's lower, and one with anything in it lies in another
    /// whose codes are no nearer on either side.
    func codes(of interval: Interval) -> (lower: Int, upper: Int) {
        // Three codes an end: an open upper end, a closed end, an open lower end.
        (
            interval.lower.map { 3 * place(of: $0) + (interval.includesLower ? 1 : 2) } ?? .min,
            interval.upper.map { 3 * place(of: $0) + (interval.includesUpper ? 1 : 0) } ?? .max
        )
    }

    /// The first place of an end among all of them.
    private func place(of end: Number) -> Int { ends.partitioningIndex { $0 >= end } }
}

extension Array {
    /// The first place from which on a condition holds, which does not hold before.
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
    /// The numbers of those names that have one.
    func set(of names: [String]) -> BitSet {
        var set = BitSet(capacity: count)
        for name in names {
            if let number = number(of: name) { set.insert(number) }
        }
        return set
    }
}

/// Conditions as a sentence names them.
package func named(_ conditions: [String]) -> String {
    listed(
        conditions.map { name in
            name.hasPrefix(assumptionPrefix) ? "the assumption \(name.dropFirst(assumptionPrefix.count))" : name
        })
}
