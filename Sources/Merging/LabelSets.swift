/// Sets of claims that each two or more of can hold, and not all: {a, b}, {b, c} and {a, c} leave no label.
struct LabelSets {
    /// Ascending indices, sorted.
    var sets: [[Int]] = []
    var isTruncated = false
}

/// The most sets that are listed, the most claims that they name, and the most claims that are looked at to find them.
private let setLimit = 256
private let setMemberLimit = 8_192
private let stepLimit = 1_000_000

extension Comparison {
    /// Minimal inconsistent sets of three or more claims that all cover some one cell.
    ///
    /// Each label must be left out by some claim of the set, and each claim must be the only one to leave some label out:
    /// minimal covers of the labels by what claims leave out. Claims of one label set and scope stand for one another, but
    /// every combination is listed.
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
                // A pair that shares no label is told of as a pair, and every set with it is larger than need be.
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

    /// Boxes that meet two by two need not all meet.
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
