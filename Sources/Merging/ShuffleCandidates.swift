/// The maximum numbers of readings that compete with the best explanation, and of sets that are examined for this.
private let candidateLimit = 4_096
private let subsetLimit = 16_384

/// The names in which each two claims differ, as a bit matrix for each name.
struct DifferenceTable {
    let claimCount: Int
    let nameCount: Int
    /// The numbers of words in a row and in a matrix.
    private let width: Int
    private let size: Int
    private var words: [UInt64]

    init(_ comparison: Comparison) {
        claimCount = comparison.members.count
        nameCount = comparison.names.count
        width = (claimCount + 63) / 64
        size = claimCount * width
        words = [UInt64](repeating: 0, count: nameCount * size)
        for name in comparison.names.indices {
            let groups = comparison.valueGroups(of: name)
            for (place, group) in groups.enumerated() {
                for other in groups[..<place] where group.values.isDisjoint(with: other.values) {
                    insert(name, group.claims, other.claims)
                }
            }
        }
    }

    private mutating func insert(_ name: Int, _ some: [Int], _ others: [Int]) {
        for i in some {
            for j in others {
                words[name * size + i * width + j / 64] |= 1 << UInt64(j % 64)
                words[name * size + j * width + i / 64] |= 1 << UInt64(i % 64)
            }
        }
    }

    func contains(_ name: Int, _ i: Int, _ j: Int) -> Bool {
        words[name * size + i * width + j / 64] >> UInt64(j % 64) & 1 == 1
    }

    /// Returns the number of names in which two claims differ.
    func count(_ i: Int, _ j: Int) -> Int { (0..<nameCount).count { contains($0, i, j) } }

    /// Returns whether some claims differ in a name.
    func separates(_ name: Int) -> Bool { matrix(name).contains { $0 != 0 } }

    /// Returns whether the same claims differ in two names.
    func areAlike(_ a: Int, _ b: Int) -> Bool { matrix(a).elementsEqual(matrix(b)) }

    private func matrix(_ name: Int) -> ArraySlice<UInt64> { words[name * size..<(name + 1) * size] }

    /// Returns the claims that differ in one of some names, as a bit matrix.
    fileprivate func relation(_ names: [Int]) -> [UInt64] {
        var relation = [UInt64](repeating: 0, count: size)
        for name in names {
            for word in 0..<size { relation[word] |= words[name * size + word] }
        }
        return relation
    }

    fileprivate func insert(_ i: Int, _ j: Int, to relation: inout [UInt64]) {
        relation[i * width + j / 64] |= 1 << UInt64(j % 64)
    }

    /// Returns a number for each claim that depends on values, settings and differences, but on no name.
    func nameless(_ comparison: Comparison) -> [Int] {
        func ranks<Key: Hashable>(_ keys: [Key], _ areInOrder: (Key, Key) -> Bool) -> [Int] {
            let distinct = Set(keys).sorted(by: areInOrder)
            let rank = Dictionary(uniqueKeysWithValues: zip(distinct, distinct.indices))
            return keys.map { rank[$0] ?? 0 }
        }
        let own = zip(comparison.members, comparison.rows).map { member, row in
            ["\(row.lower) \(row.upper) \(row.labels.elements) \(row.assumptions.count)"] + member.namelessSettings
        }
        let first = ranks(own) { $0.lexicographicallyPrecedes($1) }
        let around = first.indices.map { i in
            [first[i]] + first.indices.map { j in first[j] * (nameCount + 1) + count(i, j) }.sorted()
        }
        return ranks(around) { $0.lexicographicallyPrecedes($1) }
    }
}

extension Comparison {
    /// Returns the claims that record a name, in groups with equal values. For an assumption, every claim is in one of
    /// two groups: it makes the assumption or not.
    fileprivate func valueGroups(of name: Int) -> [(values: BitSet, claims: [Int])] {
        if isAssumption(name) {
            let making = rows.indices.filter { rows[$0].assumptions.contains(name) }
            let others = rows.indices.filter { !rows[$0].assumptions.contains(name) }
            return [(BitSet([0], capacity: 2), others), (BitSet([1], capacity: 2), making)]
        }
        var numbers: [BitSet: Int] = [:]
        var groups: [(values: BitSet, claims: [Int])] = []
        for (claim, row) in rows.enumerated() {
            guard let values = row.recorded.first(where: { $0.name == name })?.values else { continue }
            if let number = numbers[values] {
                groups[number].claims.append(claim)
            } else {
                numbers[values] = groups.count
                groups.append((values, [claim]))
            }
        }
        return groups
    }
}

/// Readings of sets of names, which separate claims.
struct Readings {
    /// Some names and, perhaps, a further ordered condition that is read as a threshold after one of its values.
    struct Reading {
        var names: [Int]
        var threshold: (name: Int, after: Int)?
    }

    let table: DifferenceTable
    private let ordered: [Int: OrderedCondition]
    private let limit: Int
    private(set) var all: [Reading] = []
    /// What the readings separate. This is computed only if they may be too many.
    private var relations: Set<[UInt64]>?
    private(set) var isTruncated = false

    fileprivate init(_ table: DifferenceTable, _ ordered: [Int: OrderedCondition], limit: Int) {
        (self.table, self.ordered, self.limit) = (table, ordered, limit)
    }

    /// Adds a reading unless an earlier one separates the same claims.
    fileprivate mutating func insert(_ reading: Reading) {
        guard !isTruncated else { return }
        if relations == nil, all.count == limit {
            var seen: Set<[UInt64]> = []
            all = all.filter { seen.insert(relation($0)).inserted }
            relations = seen
        }
        if relations != nil {
            let relation = relation(reading)
            guard relations?.insert(relation).inserted ?? true else { return }
        }
        isTruncated = all.count == limit
        all.append(reading)
    }

    private func relation(_ reading: Reading) -> [UInt64] {
        var relation = table.relation(reading.names)
        guard let threshold = reading.threshold, let order = ordered[threshold.name] else { return relation }
        let parts = (0..<table.claimCount).map { order.part(of: $0, after: threshold.after) }
        for i in parts.indices where parts[i] == .lower {
            for j in parts.indices where parts[j] == .upper {
                table.insert(i, j, to: &relation)
                table.insert(j, i, to: &relation)
            }
        }
        return relation
    }
}

/// The readings that separate each two claims, as one bit for each reading.
struct SeparatingReadings {
    let table: DifferenceTable
    let count: Int
    /// The number of words that hold one bit for each reading.
    let width: Int
    /// For each name, the readings that contain it.
    private var byName: [UInt64]
    private var orders: [Order] = []

    /// An ordered condition that some readings read as a threshold.
    private struct Order {
        var name: Int
        /// The first and last value of each claim. A claim without a value in this order is in neither part.
        var places: [(first: Int, last: Int)]
        /// For each value, the readings with a threshold after it.
        var byThreshold: [UInt64]
    }

    init(_ readings: Readings, _ ordered: [Int: OrderedCondition]) {
        table = readings.table
        count = readings.all.count
        width = (count + 63) / 64
        byName = [UInt64](repeating: 0, count: table.nameCount * width)
        for (number, reading) in readings.all.enumerated() {
            let (word, bit) = (number / 64, UInt64(1) << UInt64(number % 64))
            for name in reading.names { byName[name * width + word] |= bit }
            guard let threshold = reading.threshold, let order = ordered[threshold.name] else { continue }
            let place = orders.firstIndex { $0.name == threshold.name } ?? orders.count
            if place == orders.count {
                orders.append(
                    Order(
                        name: threshold.name,
                        places: order.places.map { $0.map { ($0.lowerBound, $0.upperBound) } ?? (.min, .max) },
                        byThreshold: [UInt64](repeating: 0, count: order.values.count * width)))
            }
            orders[place].byThreshold[threshold.after * width + word] |= bit
        }
    }

    /// Sets the bits of the readings that separate two claims, from an index on. Returns whether the claims differ in
    /// no name.
    func insert(_ i: Int, _ j: Int, to masks: inout [UInt64], at start: Int) -> Bool {
        var isIndistinct = true
        for name in 0..<table.nameCount where table.contains(name, i, j) {
            isIndistinct = false
            for word in 0..<width { masks[start + word] |= byName[name * width + word] }
        }
        for order in orders.indices {
            let (a, b) = (orders[order].places[i], orders[order].places[j])
            for (last, first) in [(a.last, b.first), (b.last, a.first)] where last < first {
                for word in last * width..<first * width {
                    masks[start + word % width] |= orders[order].byThreshold[word]
                }
            }
        }
        return isIndistinct
    }
}

extension Discord {
    /// Returns the readings of all sets of names that are as simple as an explanation: with fewer names, or with the same
    /// number of names and no more blocks. Ordered conditions can be read as thresholds. Returns nil if there are too
    /// many.
    func candidates(as best: Explanation, _ table: DifferenceTable) -> Readings? {
        let all = Array(comparison.members.indices)
        let blocks = Blocks(comparison, all)
        let size = best.conditions.count
        let mostBlocks = reading(
            of: BitSet(best.conditions.compactMap(comparison.names.firstIndex), capacity: comparison.names.count),
            blocks, all
        ).blockCount
        let names = distinctNames(table, blocks)
        guard subsetCount(of: names.count, upTo: size) <= subsetLimit else { return nil }
        var found = Readings(table, ordered, limit: min(candidateLimit, relationLimit / all.count))
        func extend(_ chosen: [Int], _ groups: Blocks.Groups, from first: Int) {
            guard !found.isTruncated else { return }
            // Smaller sets separate less, so only the largest ones below the full size are needed.
            if chosen.count == min(size - 1, names.count) { found.insert(Readings.Reading(names: chosen)) }
            guard chosen.count < size else {
                if groups.count <= mostBlocks {
                    found.insert(Readings.Reading(names: chosen))
                } else {
                    addThresholds(chosen, blocks, mostBlocks: mostBlocks, to: &found)
                }
                return
            }
            for place in names.indices.dropFirst(first) {
                extend(chosen + [names[place]], blocks.split(groups, by: names[place]), from: place + 1)
            }
        }
        extend([], blocks.whole, from: 0)
        return found.isTruncated ? nil : found
    }

    /// Adds what a set of names separates if one of its ordered conditions is read as a threshold.
    private func addThresholds(_ chosen: [Int], _ blocks: Blocks, mostBlocks: Int, to found: inout Readings) {
        let all = Array(comparison.members.indices)
        for name in chosen {
            guard let order = ordered[name] else { continue }
            let others = chosen.filter { $0 != name }
            let thresholds = 0..<order.values.count - 1
            let counts = order.blockCounts(thresholds, others.reduce(blocks.whole) { blocks.split($0, by: $1) }, all)
            for (threshold, count) in zip(thresholds, counts) where count <= mostBlocks && !found.isTruncated {
                found.insert(Readings.Reading(names: others, threshold: (name, threshold)))
            }
        }
    }

    /// Returns the names that separate some claims, without those that separate and split the same claims as another
    /// name.
    private func distinctNames(_ table: DifferenceTable, _ blocks: Blocks) -> [Int] {
        struct Effect: Hashable {
            var blocks: Blocks.Groups
            var places: [ClosedRange<Int>?]?
        }
        var seen: [Effect: [Int]] = [:]
        return comparison.names.indices.filter { name in
            guard table.separates(name) else { return false }
            let effect = Effect(blocks: blocks.split(blocks.whole, by: name), places: ordered[name]?.places)
            guard !seen[effect, default: []].contains(where: { table.areAlike($0, name) }) else { return false }
            seen[effect, default: []].append(name)
            return true
        }
    }
}

/// Returns the number of subsets with at most `size` of `count` elements, including the empty set. The result is
/// inexact above a billion.
private func subsetCount(of count: Int, upTo size: Int) -> Int {
    var (sum, binomial) = (1, 1)
    for chosen in stride(from: 1, through: min(size, count), by: 1) where sum < 1_000_000_000 {
        binomial = binomial * (count - chosen + 1) / chosen
        sum += binomial
    }
    return sum
}

extension Member {
    /// The tested values of each condition, sorted, without the names of the conditions.
    var namelessSettings: [String] {
        claim.tested.sides.map { testedValues(of: $0.condition.value).joined(separator: ",") }.sorted()
    }
}
