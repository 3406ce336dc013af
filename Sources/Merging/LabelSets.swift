/// Inconsistent sets of labels whose proper subsets are consistent: {a, b}, {b, c} and {a, c} share no label.
struct LabelSets {
    /// Ascending indices, sorted.
    var sets: [[Int]] = []
    var isTruncated = false
}

/// The most sets that are listed, the most claims in them, and the most steps of the search.
private let setLimit = 256
private let setMemberLimit = 8_192
private let stepLimit = 1_000_000

extension Comparison {
    /// Minimal inconsistent sets of three or more claims that share a cell.
    ///
    /// These are the minimal covers of the labels by the labels that each claim excludes: some claim of the set
    /// excludes each label, and each claim is the only one to exclude some label. Every combination is listed, also
    /// where claims have equal labels and scopes.
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
                // A pair without a common label is listed as a pair, and no set with it is minimal.
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

    /// Boxes that meet pairwise need not have a cell in common.
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
