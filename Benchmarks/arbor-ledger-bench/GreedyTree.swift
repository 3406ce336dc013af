import Glibc
import Words

/// A decision tree that predicts levels from recorded conditions. It is grown by information gain until no split is
/// left (Quinlan 1986). An unrecorded condition is treated as a separate value.
struct GreedyTree {
    private indirect enum Node {
        case leaf(counts: [Int: Int])
        case split(condition: Int, branches: [Int?: Node])
    }

    private let findings: [PlantedWorld.Finding]
    private let root: Node
    /// The tree grown without the condition of the first split.
    private let runnerUp: Node

    init(_ findings: [PlantedWorld.Finding]) {
        self.findings = findings
        let all = Array((findings.first?.recorded ?? []).indices)
        root = Self.grow(findings, all)
        if case .split(let first, _) = root {
            runnerUp = Self.grow(findings, all.filter { $0 != first })
        } else {
            runnerUp = root
        }
    }

    /// The conditions of the tree's splits, ascending.
    var conditions: [Int] {
        func conditions(_ node: Node) -> Set<Int> {
            switch node {
            case .leaf: []
            case .split(let condition, let branches):
                branches.values.reduce([condition]) { $0.union(conditions($1)) }
            }
        }
        return conditions(root).sorted()
    }

    /// Returns the most uncertain candidate cell. The candidates are random cells, and cells that differ from a
    /// finding's cell in one condition. Cells for which the tree and its runner-up predict different levels come first,
    /// then cells with fewer findings in their leaf, then cells with fewer changes.
    func mostUncertainCell(seen: [[Int]], _ random: inout SplitMix64) -> [Int]? {
        let tested = Set(findings.map(\.recorded))
        var best: (cell: [Int], rank: [Int])?
        func take(_ cell: [Int], changes: Int) {
            guard !tested.contains(cell) else { return }
            let (leaf, other) = (Self.leaf(of: cell, root), Self.leaf(of: cell, runnerUp))
            let differ = Self.predicted(leaf) != Self.predicted(other)
            let rank = [differ ? 0 : 1, leaf.values.reduce(0, +), changes]
            if best.map({ rank.lexicographicallyPrecedes($0.rank) }) ?? true { best = (cell, rank) }
        }
        for finding in findings {
            let base = zip(finding.recorded, seen).map { $0 ?? random.pick($1) }
            for condition in base.indices {
                for value in seen[condition] where value != base[condition] {
                    var cell = base
                    cell[condition] = value
                    take(cell, changes: 1)
                }
            }
        }
        for _ in 0..<100 { take(seen.map { random.pick($0) }, changes: 2) }
        return best?.cell
    }

    private static func grow(_ findings: [PlantedWorld.Finding], _ conditions: [Int]) -> Node {
        let counts = count(findings)
        guard counts.count > 1 else { return .leaf(counts: counts) }
        var best: (condition: Int, groups: [Int?: [PlantedWorld.Finding]], rest: Double)?
        for condition in conditions {
            let groups = Dictionary(grouping: findings) { $0.recorded[condition] }
            guard groups.count > 1 else { continue }
            // The terms are sorted, so that the sum does not depend on the dictionary's order.
            let rest = groups.values.map { Double($0.count) * entropy($0) }.sorted().reduce(0, +)
            if best.map({ rest < $0.rest - 1e-9 }) ?? true { best = (condition, groups, rest) }
        }
        guard let best else { return .leaf(counts: counts) }
        let others = conditions.filter { $0 != best.condition }
        return .split(condition: best.condition, branches: best.groups.mapValues { grow($0, others) })
    }

    /// Returns how many findings of each level are in a cell's leaf; empty if the tree has no branch for the cell.
    private static func leaf(of cell: [Int], _ node: Node) -> [Int: Int] {
        switch node {
        case .leaf(let counts): counts
        case .split(let condition, let branches): branches[cell[condition]].map { leaf(of: cell, $0) } ?? [:]
        }
    }

    private static func predicted(_ counts: [Int: Int]) -> Int? {
        counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    private static func count(_ findings: [PlantedWorld.Finding]) -> [Int: Int] {
        Dictionary(grouping: findings, by: \.level).mapValues(\.count)
    }

    private static func entropy(_ findings: [PlantedWorld.Finding]) -> Double {
        count(findings).values.map { count in
            let share = Double(count) / Double(findings.count)
            return -share * log2(share)
        }.sorted().reduce(0, +)
    }
}
