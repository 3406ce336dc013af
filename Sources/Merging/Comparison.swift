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
        /// Codes of the ends of its range, such that two ranges meet unless one's upper code is below the other's lower.
        let lower: Int
        let upper: Int
        /// Of a label-valued quantity; empty otherwise.
        let labels: BitSet
        /// By index into `names`: the tested values. Not there: unknown.
        let recorded: [(name: Int, values: BitSet)]
        /// As indices into `names`, bridges left out.
        let assumptions: BitSet
        /// What it covers, by condition; unrestricted ones are left out.
        let scope: [(condition: Int, values: BitSet)]
        let coversNothing: Bool
        /// Assumptions and those that cannot hold beside one of them, bridges too.
        let assumed: BitSet
        let excluded: BitSet
        let leavesSomethingUnknown: Bool

        init(
            lower: Int, upper: Int, labels: BitSet, recorded: [(name: Int, values: BitSet)], assumptions: BitSet,
            scope: [(condition: Int, values: BitSet)], coversNothing: Bool, assumed: BitSet, excluded: BitSet,
            leavesSomethingUnknown: Bool
        ) {
            self.lower = lower
            self.upper = upper
            self.labels = labels
            self.recorded = recorded
            self.assumptions = assumptions
            self.scope = scope
            self.coversNothing = coversNothing
            self.assumed = assumed
            self.excluded = excluded
            self.leavesSomethingUnknown = leavesSomethingUnknown
        }

        /// The same claim tested elsewhere.
        func recording(_ recorded: [(name: Int, values: BitSet)]) -> Row {
            Row(
                lower: lower, upper: upper, labels: labels, recorded: recorded, assumptions: assumptions, scope: scope,
                coversNothing: coversNothing, assumed: assumed, excluded: excluded,
                leavesSomethingUnknown: leavesSomethingUnknown)
        }
    }

    let labels: [String]
    private let coder: Coder
    /// nil where each pair is looked at by itself.
    let kinds: Kinds?

    /// Of very many pairs those of claims that are alike are looked at together.
    init(_ members: some Sequence<Member>, hasManyPairs: Bool, quantity: Quantity?, in state: LedgerState) {
        let members = members.filter(\.canDisagree).sorted { $0.id < $1.id }
        self.members = members
        let conditions = Set(members.flatMap { $0.recorded.map(\.name) })
        let assumptions = Set(members.flatMap(\.assumptions))
        names = (conditions + assumptions.map { assumptionPrefix + $0 }).sorted()
        if case .labels(let all)? = quantity?.range { labels = all } else { labels = [] }
        coder = Coder(members, names: names, labels: labels, state)
        let needed = (quantity?.conditions ?? []) + (quantity?.laterConditions ?? [])
        rows = members.map { [coder] member in
            coder.row(
                member,
                leavesSomethingUnknown: needed.contains { condition in
                    guard case .values? = member.claim.tested[condition.value] else { return true }
                    return false
                })
        }
        kinds = hasManyPairs ? Kinds(rows) : nil
    }

    /// Claims that are alike in all that is compared but their values: each two kinds are compared once, however many claims
    /// there are.
    struct Kinds: Sendable {
        /// Of each claim.
        let ofClaims: [Int]
        let count: Int
        /// By kind and kind.
        let canMeet: [Bool]
        /// A claim of each kind.
        let examples: [Int]

        private static let limit = 1_024

        private struct Key: Hashable {
            var recorded: [Int: BitSet]
            var scope: [Int: BitSet]
            var assumptions: BitSet
            var assumed: BitSet
            var coversNothing: Bool

            init(_ row: Row) {
                recorded = Dictionary(row.recorded.map { ($0.name, $0.values) }) { first, _ in first }
                scope = Dictionary(row.scope.map { ($0.condition, $0.values) }) { first, _ in first }
                (assumptions, assumed, coversNothing) = (row.assumptions, row.assumed, row.coversNothing)
            }
        }

        /// nil where claims are of so many kinds that few are alike.
        init?(_ rows: [Row]) {
            var numbers: [Key: Int] = [:]
            var examples: [Int] = []
            ofClaims = rows.enumerated().map { index, row in
                let key = Key(row)
                if let number = numbers[key] { return number }
                numbers[key] = examples.count
                examples.append(index)
                return examples.count - 1
            }
            guard examples.count <= Self.limit else { return nil }
            self.examples = examples
            count = examples.count
            canMeet = examples.flatMap { a in examples.map { b in rows[a].canMeet(rows[b]) } }
        }
    }

    /// What a claim's row would be with other tested values; of values that no claim has only that they are others.
    func row(recording recorded: [(name: String, values: [String])], like member: ClaimID) -> Row? {
        guard let index = members.firstIndex(where: { $0.id == member }) else { return nil }
        return rows[index].recording(coder.codes(recorded))
    }

    func isDisjoint(_ i: Int, _ j: Int) -> Bool {
        labels.isEmpty
            ? rows[i].upper < rows[j].lower || rows[j].upper < rows[i].lower
            : rows[i].labels.isDisjoint(with: rows[j].labels)
    }

    /// Some cell is in both scopes and the assumptions can hold together.
    func canMeet(_ i: Int, _ j: Int) -> Bool {
        guard let kinds else { return rows[i].canMeet(rows[j]) }
        return kinds.canMeet[kinds.ofClaims[i] * kinds.count + kinds.ofClaims[j]]
    }

    func isConflict(_ i: Int, _ j: Int) -> Bool { isDisjoint(i, j) && canMeet(i, j) }

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

    func isAssumption(_ name: Int) -> Bool { names[name].hasPrefix(assumptionPrefix) }

    func names(_ set: BitSet) -> [String] { set.elements.map { names[$0] } }

    /// Where a claim stands on each name, as a number that claims which stand alike share.
    func blocks(of name: Int) -> [Int] {
        var codes: [BitSet: Int] = [:]
        return rows.map { row in
            if isAssumption(name) { return row.assumptions.contains(name) ? 1 : 0 }
            guard let values = row.recorded.first(where: { $0.name == name })?.values else { return -1 }
            if let code = codes[values] { return code }
            codes[values] = codes.count
            return codes.count - 1
        }
    }
}

extension Comparison.Row {
    fileprivate func canMeet(_ other: Comparison.Row) -> Bool {
        guard !coversNothing, !other.coversNothing, excluded.isDisjoint(with: other.assumed) else { return false }
        var (i, j) = (0, 0)
        while i < scope.count && j < other.scope.count {
            if scope[i].condition == other.scope[j].condition {
                if scope[i].values.isDisjoint(with: other.scope[j].values) { return false }
                (i, j) = (i + 1, j + 1)
            } else if scope[i].condition < other.scope[j].condition {
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
    private var nameIndex: [String: Int] = [:]
    private var valueIndex: [String: [String: Int]] = [:]
    private var scopeIndex: [String: Int] = [:]
    private var scopeValueIndex: [String: [String: Int]] = [:]
    private var labelIndex: [String: Int] = [:]
    private var endIndex: [Number: Int] = [:]
    private var assumedIndex: [String: Int] = [:]
    private var excludes: [[Int]] = []

    init(_ members: [Member], names: [String], labels: [String], _ state: LedgerState) {
        nameIndex = indexed(names)
        labelIndex = indexed(labels)
        var values: [String: Set<String>] = [:]
        var scopeValues: [String: Set<String>] = [:]
        var ends: Set<Number> = []
        for member in members {
            for (name, tested) in member.recorded { values[name, default: []].formUnion(tested) }
            for side in member.scope.sides { scopeValues[side.condition, default: []].formUnion(side.values) }
            if case .interval(let interval)? = member.values {
                ends.formUnion([interval.lower, interval.upper].compactMap(\.self))
            }
        }
        valueIndex = values.mapValues { indexed($0.sorted()) }
        scopeIndex = indexed(scopeValues.keys.sorted())
        scopeValueIndex = scopeValues.mapValues { indexed($0.sorted()) }
        endIndex = indexed(ends.sorted())
        let assumed = Set(members.flatMap { $0.claim.assumes.map(\.value) }).sorted()
        assumedIndex = indexed(assumed)
        excludes = assumed.map { one in
            assumed.indices.filter { state.areExclusive([one], [assumed[$0]]) }
        }
    }

    func codes(_ recorded: [(name: String, values: [String])]) -> [(name: Int, values: BitSet)] {
        recorded.compactMap { name, values in
            guard let index = nameIndex[name], let codes = valueIndex[name] else { return nil }
            return (index, BitSet(values.compactMap { codes[$0] }, capacity: codes.count))
        }.sorted { $0.name < $1.name }
    }

    func row(_ member: Member, leavesSomethingUnknown: Bool) -> Comparison.Row {
        let assumed = member.claim.assumes.compactMap { assumedIndex[$0.value] }
        var (lower, upper) = (Int.min, Int.max)
        var labels = BitSet(capacity: labelIndex.count)
        switch member.values {
        case .labels(let said)?:
            labels = BitSet(said.compactMap { labelIndex[$0] }, capacity: labelIndex.count)
        case .interval(let interval)?:
            // Three codes an end: an open upper end, a closed end, an open lower end.
            if let end = interval.lower.flatMap({ endIndex[$0] }) { lower = 3 * end + (interval.includesLower ? 1 : 2) }
            if let end = interval.upper.flatMap({ endIndex[$0] }) { upper = 3 * end + (interval.includesUpper ? 1 : 0) }
        case nil: break
        }
        let scope = member.scope.sides.compactMap { side -> (condition: Int, values: BitSet)? in
            guard let index = scopeIndex[side.condition], let codes = scopeValueIndex[side.condition] else {
                return nil
            }
            return (index, BitSet(side.values.compactMap { codes[$0] }, capacity: codes.count))
        }.sorted { $0.condition < $1.condition }
        return Comparison.Row(
            lower: lower, upper: upper, labels: labels, recorded: codes(member.recorded),
            assumptions: BitSet(
                member.assumptions.compactMap { nameIndex[assumptionPrefix + $0] }, capacity: nameIndex.count),
            scope: scope, coversNothing: member.scope.sides.contains(where: \.values.isEmpty),
            assumed: BitSet(assumed, capacity: assumedIndex.count),
            excluded: BitSet(assumed.flatMap { excludes[$0] }, capacity: assumedIndex.count),
            leavesSomethingUnknown: leavesSomethingUnknown)
    }
}

private func indexed<Name: Hashable>(_ names: [Name]) -> [Name: Int] {
    Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
}

/// Conditions as a sentence names them.
package func named(_ conditions: [String]) -> String {
    listed(
        conditions.map { name in
            name.hasPrefix(assumptionPrefix) ? "the assumption \(name.dropFirst(assumptionPrefix.count))" : name
        })
}
