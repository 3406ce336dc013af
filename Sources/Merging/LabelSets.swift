/// Minimal inconsistent sets of claims: the claims of a set have no label in common, but the claims of every proper
/// subset have one. For example, {a, b}, {b, c} and {a, c} share no label, but any two of them do.
struct LabelSets {
    /// The sets, sorted. Each is a list of ascending indices of claims.
    private(set) var sets: [[Int]] = []
    var isTruncated = false

    /// Adds a set unless it is already listed or comes after the last set of a full list.
    fileprivate mutating func insert(_ set: [Int]) {
        let place = sets.partitioningIndex { !$0.lexicographicallyPrecedes(set) }
        guard place == sets.count || sets[place] != set else { return }
        isTruncated = isTruncated || sets.count == setLimit
        guard place < setLimit else { return }
        sets.insert(set, at: place)
        if sets.count > setLimit { sets.removeLast() }
    }
}

/// The maximum number of listed sets, and of comparisons in the search.
private let setLimit = 256
private let comparisonLimit = 4_000_000

extension Comparison {
    /// Finds the minimal inconsistent sets of three or more claims: those that share a cell and those that share none.
    /// Lists the first ones in the order of claims. The status of a claim does not depend on these lists.
    ///
    /// Each claim excludes some labels. In a minimal inconsistent set, every label is excluded by some claim, and every
    /// claim is the only one that excludes some label. All such sets are listed, even those that differ only in claims
    /// with equal labels and scopes.
    func inconsistentSets() -> (inConflict: LabelSets, apart: LabelSets) {
        var (inConflict, apart) = (LabelSets(), LabelSets())
        guard labels.count > 2 else { return (inConflict, apart) }
        let joint = JointConflicts(labels: rows.map(\.labels), labelCount: labels.count)
        let all = BitSet(filledTo: rows.count)
        let candidates = joint.contradicted(all, by: all).elements
        let everything = BitSet(filledTo: labels.count)
        let leftOut = rows.map { everything.subtracting($0.labels) }
        // Sets that share a cell have a separate limit, so that other sets cannot crowd them out.
        var comparisons = (inConflict: 0, apart: 0)
        func extend(_ chosen: [Int], _ covered: BitSet, sharingACell: Bool) {
            guard (sharingACell ? comparisons.inConflict : comparisons.apart) <= comparisonLimit else { return }
            guard let open = everything.subtracting(covered).first(where: { _ in true }) else {
                guard chosen.count > 2, isMinimal(chosen, leftOut) else { return }
                if sharingACell { inConflict.insert(chosen.sorted()) } else { apart.insert(chosen.sorted()) }
                return
            }
            guard chosen.count < labels.count else { return }
            let count = candidates.count * (1 + chosen.count)
            if sharingACell { comparisons.inConflict += count } else { comparisons.apart += count }
            for next in candidates where leftOut[next].contains(open) {
                // Two claims without a common label are listed as a pair, and no larger set that contains both is
                // minimal.
                guard chosen.allSatisfy({ !isDiscordant($0, next) }) else { continue }
                extend(
                    chosen + [next], covered.union(leftOut[next]),
                    sharingACell: sharingACell && canMeet(chosen + [next]))
            }
        }
        if !candidates.isEmpty { extend([], BitSet(capacity: labels.count), sharingACell: true) }
        if comparisons.inConflict > comparisonLimit { inConflict.isTruncated = true }
        if comparisons.apart > comparisonLimit { apart.isTruncated = true }
        return (inConflict, apart)
    }

    /// Returns whether all scopes share a cell and no two claims make assumptions that exclude each other.
    private func canMeet(_ set: [Int]) -> Bool {
        set.enumerated().allSatisfy { place, i in set[..<place].allSatisfy { areCompatible($0, i) } } && shareACell(set)
    }

    private func isMinimal(_ set: [Int], _ leftOut: [BitSet]) -> Bool {
        set.allSatisfy { one in
            let others = set.filter { $0 != one }.map { leftOut[$0] }
            let union = others.dropFirst().reduce(others[0]) { $0.union($1) }
            return union.count < labels.count
        }
    }

    /// Returns whether all scopes share a cell. Scopes that overlap pairwise need not have a common cell.
    private func shareACell(_ set: [Int]) -> Bool {
        var common: [Int: BitSet] = [:]
        for index in set {
            for side in rows[index].scope {
                let values = common[side.name].map { $0.intersection(side.values) } ?? side.values
                guard !values.isEmpty else { return false }
                common[side.name] = values
            }
        }
        return true
    }
}
