/// Minimal inconsistent sets of claims: the claims of a set have no label in common, but the claims of every proper
/// subset have one. For example, {a, b}, {b, c} and {a, c} share no label, but any two of them do.
struct LabelSets {
    /// The sets, sorted. Each is a list of ascending indices of claims.
    var sets: [[Int]] = []
    var isTruncated = false
}

/// The maximum numbers of listed sets, of claims in these sets, and of steps in the search.
private let setLimit = 256
private let setMemberLimit = 8_192
private let stepLimit = 1_000_000

extension Comparison {
    /// Finds the minimal inconsistent sets of three or more claims that share a cell.
    ///
    /// Each claim excludes some labels. In a minimal inconsistent set, every label is excluded by some claim, and every
    /// claim is the only one that excludes some label. All such sets are listed, even those that differ only in claims
    /// with equal labels and scopes.
    func inconsistentSets() -> LabelSets {
        let everything = BitSet(filledTo: labels.count)
        let leftOut = rows.map { everything.subtracting($0.labels) }
        var found = LabelSets()
        var known: Set<[Int]> = []
        var (steps, named) = (0, 0)
        func extend(_ chosen: [Int], _ covered: BitSet) {
            guard !found.isTruncated else { return }
            steps += 1 + chosen.count
            guard steps <= stepLimit, found.sets.count <= setLimit, named <= setMemberLimit else {
                found.isTruncated = true
                return
            }
            guard let open = everything.subtracting(covered).elements.first else {
                if chosen.count > 2, isMinimal(chosen, leftOut), known.insert(chosen.sorted()).inserted {
                    found.sets.append(chosen.sorted())
                    named += chosen.count
                }
                return
            }
            guard chosen.count < labels.count else { return }
            for next in rows.indices where leftOut[next].contains(open) {
                // Two claims without a common label are listed as a pair, and no larger set that contains both is
                // minimal.
                let fits = chosen.allSatisfy { !isDisjoint($0, next) && areCompatible($0, next) }
                if fits, shareACell(chosen + [next]) {
                    extend(chosen + [next], covered.union(leftOut[next]))
                }
            }
        }
        guard labels.count > 2 else { return found }
        extend([], BitSet(capacity: labels.count))
        found.sets.sort { $0.lexicographicallyPrecedes($1) }
        if found.sets.count > setLimit { found.sets.removeLast(found.sets.count - setLimit) }
        return found
    }

    private func isMinimal(_ set: [Int], _ leftOut: [BitSet]) -> Bool {
        set.allSatisfy { one in
            let others = set.filter { $0 != one }.map { leftOut[$0] }
            let union = others.dropFirst().reduce(others[0]) { $0.union($1) }
            return union.count < labels.count
        }
    }

    /// Returns whether all scopes share a cell. Scopes that overlap pairwise need not do so.
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
