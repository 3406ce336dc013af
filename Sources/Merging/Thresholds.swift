import Records

/// A way to read an ordered condition: it compares the values up to one of them with all later ones.
package struct Threshold: Sendable, Equatable {
    package var condition: String
    /// The last tested value of the lower part and the first one of the upper part. No tested value is between them.
    package var upTo: String
    package var from: String

    /// A phrase such as `layer (up to 19 against from 27)`.
    package var phrase: String { "\(condition) (up to \(upTo) against from \(from))" }
}

/// An ordered condition of the claims on one quantity.
struct OrderedCondition: Sendable {
    /// The tested values in their order.
    let values: [String]
    /// For each claim, the indices of its first and last value. nil if the claim records no value, or one that has no
    /// place in the order.
    let places: [ClosedRange<Int>?]

    /// Returns nil unless the values of the condition are numbers or are declared to be ordered.
    init?(_ name: String, _ members: [Member], _ vocabulary: Vocabulary) {
        guard let condition = vocabulary.conditions[name] else { return nil }
        let tested = members.map { $0.testedValues(of: name) }
        let used = Set(tested.joined())
        let named: [String]
        switch condition.values {
        case .closed(let all): named = all
        case .numbers: named = used.subtracting([Condition.notApplicable]).sorted()
        case .open: return nil
        }
        let numbers = named.compactMap { Number($0) }
        if numbers.count == named.count {
            values = zip(named, numbers).sorted { $0.1 < $1.1 }.map(\.0).filter(used.contains)
        } else if condition.isOrdered {
            values = named.filter(used.contains)
        } else {
            return nil
        }
        guard values.count > 2 else { return nil }
        let place = Dictionary(uniqueKeysWithValues: zip(values, values.indices))
        places = tested.map { tested in
            let known = tested.compactMap { place[$0] }
            guard known.count == tested.count, let first = known.min(), let last = known.max() else { return nil }
            return first...last
        }
    }

    /// The part into which a threshold after the value at `place` puts a claim.
    enum Part: Int { case lower, upper, neither }

    func part(of claim: Int, after place: Int) -> Part {
        guard let values = places[claim] else { return .neither }
        return values.upperBound <= place ? .lower : values.lowerBound > place ? .upper : .neither
    }

    /// Returns the thresholds that put two of the claims into different parts.
    func thresholds(separating claims: [Int]) -> Range<Int> {
        let places = claims.compactMap { self.places[$0] }
        guard let first = places.map(\.upperBound).min(), let last = places.map(\.lowerBound).max(), first < last else {
            return 0..<0
        }
        return first..<last
    }

    /// Returns the number of blocks for each threshold of a range. The claims are in the given groups, which the
    /// threshold splits further.
    func blockCounts(_ thresholds: Range<Int>, _ groups: Blocks.Groups, _ claims: [Int]) -> [Int] {
        guard let first = thresholds.first else { return [] }
        var sizes = [Int](repeating: 0, count: 3 * groups.count)
        var count = 0
        func enter(_ key: Int) {
            count += sizes[key] == 0 ? 1 : 0
            sizes[key] += 1
        }
        func leave(_ key: Int) {
            sizes[key] -= 1
            count -= sizes[key] == 0 ? 1 : 0
        }
        /// The positions of the claims whose part changes at a threshold.
        var moving: [Int: [Int]] = [:]
        for (position, claim) in claims.enumerated() {
            enter(3 * groups.ofClaims[position] + part(of: claim, after: first).rawValue)
            guard let places = places[claim] else { continue }
            for place in Set([places.lowerBound, places.upperBound]) { moving[place, default: []].append(position) }
        }
        return thresholds.map { threshold in
            guard threshold > first else { return count }
            for position in moving[threshold, default: []] {
                let group = 3 * groups.ofClaims[position]
                leave(group + part(of: claims[position], after: threshold - 1).rawValue)
                enter(group + part(of: claims[position], after: threshold).rawValue)
            }
            return count
        }
    }

    /// Returns the gap between the values of the claims below a threshold and those above it.
    func gap(_ name: String, after threshold: Int, _ claims: [Int]) -> Threshold? {
        let parts = Dictionary(grouping: claims) { part(of: $0, after: threshold) }
        guard let upTo = parts[.lower]?.compactMap({ places[$0]?.upperBound }).max(),
            let from = parts[.upper]?.compactMap({ places[$0]?.lowerBound }).min()
        else { return nil }
        return Threshold(condition: name, upTo: values[upTo], from: values[from])
    }
}

/// A way to split claims into blocks by a set of names.
struct Reading {
    var blockCount: Int
    var threshold: Threshold?
}

/// Claims that an explanation must separate: a discordant pair, or a set of claims without a common label.
struct DiscordantGroup: Sendable {
    var claims: [Int]
    /// The names in which some of the claims differ.
    var differs: BitSet
}

extension Discord {
    /// Returns the reading of an explanation with the fewest blocks. Of its ordered conditions, one can be read as a
    /// threshold if the explanation then still separates everything that it separates without it.
    func reading(of explanation: BitSet, _ blocks: Blocks, _ claims: [Int]) -> Reading {
        var best = Reading(blockCount: blocks.count(explanation), threshold: nil)
        for name in explanation {
            guard let order = ordered[name] else { continue }
            let others = explanation.elements.filter { $0 != name }
            let rest = BitSet(others, capacity: comparison.names.count)
            var thresholds = 0..<order.values.count - 1
            for group in groups where group.differs.contains(name) && group.differs.isDisjoint(with: rest) {
                thresholds = thresholds.clamped(to: order.thresholds(separating: group.claims))
                if thresholds.isEmpty { break }
            }
            let split = others.reduce(blocks.whole) { blocks.split($0, by: $1) }
            let counts = order.blockCounts(thresholds, split, claims)
            guard let fewest = counts.min(), fewest < best.blockCount, let place = counts.firstIndex(of: fewest),
                let gap = order.gap(comparison.names[name], after: thresholds.lowerBound + place, claims)
            else { continue }
            best = Reading(blockCount: fewest, threshold: gap)
        }
        return best
    }
}
