import Testing

@testable import Merging

@Suite struct LabellingTests {
    /// Applies the definition until nothing changes. A node is *out* if all sources of some attack on it are *in*, and
    /// *in* if every attack on it has a source that is *out*.
    private func naive(_ graph: AttackGraph, out: Set<Int>, waiting: Set<Int>) -> [ClaimStatus] {
        var labels = (0..<graph.count).map { out.contains($0) ? ClaimStatus.out : .undecided }
        while true {
            let before = labels
            for node in 0..<graph.count where labels[node] == .undecided {
                let attacks = graph.attacks.filter { $0.target == node }
                if attacks.contains(where: { $0.sources.allSatisfy { before[$0] == .in } }) {
                    labels[node] = .out
                } else if !waiting.contains(node),
                    attacks.allSatisfy({ $0.sources.contains { before[$0] == .out } })
                {
                    labels[node] = .in
                }
            }
            if labels == before { return labels }
        }
    }

    @Test(arguments: Array(UInt64(1)...200)) func labelsMatchTheDefinition(seed: UInt64) {
        var random = SeededGenerator(seed)
        let count = Int.random(in: 1...12, using: &random)
        var graph = AttackGraph(count: count)
        for _ in 0..<Int.random(in: 0...(2 * count), using: &random) {
            let sources = (0..<random.pick([1, 1, 1, 2, 3])).map { _ in random.below(count) }
            graph.add(sources, on: random.below(count))
        }
        let out = Set((0..<count).filter { _ in random.chance(0.1) })
        let waiting = Set((0..<count).filter { _ in random.chance(0.1) })
        #expect(graph.groundedLabels(out: out, waiting: waiting) == naive(graph, out: out, waiting: waiting))
    }

    /// Attacks that are computed on demand give the same labels as attacks that are listed.
    @Test(arguments: Array(UInt64(1)...100)) func scannedAttacksEqualListedOnes(seed: UInt64) {
        var random = SeededGenerator(seed)
        let count = Int.random(in: 2...12, using: &random)
        var (listed, scanned) = (AttackGraph(count: count), AttackGraph(count: count))
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let nodes = (0..<count).filter { _ in random.chance(0.5) }
            let matrix = nodes.map { _ in nodes.map { _ in random.chance(0.25) } }
            for i in nodes.indices {
                for j in nodes.indices where i != j && matrix[i][j] { listed.add([nodes[i]], on: nodes[j]) }
            }
            scanned.add(
                AttackGraph.Scan(
                    nodes: nodes,
                    attackerCounts: nodes.indices.map { target in
                        nodes.indices.count { $0 != target && matrix[$0][target] }
                    }, rivals: { $1 }, attacks: { matrix[$0][$1] }))
        }
        for _ in 0..<random.below(4) {
            let (sources, target) = ([random.below(count), random.below(count)], random.below(count))
            listed.add(sources, on: target)
            scanned.add(sources, on: target)
        }
        let out = Set((0..<count).filter { _ in random.chance(0.1) })
        let waiting = Set((0..<count).filter { _ in random.chance(0.1) })
        let labels = listed.groundedLabels(out: out, waiting: waiting)
        #expect(scanned.groundedLabels(out: out, waiting: waiting) == labels)
        #expect(labels == naive(listed, out: out, waiting: waiting))
        for node in 0..<count { #expect(Set(scanned.targets(of: node)) == Set(listed.targets(of: node))) }
    }

    @Test func labelsALongChain() {
        let count = 50_000
        var graph = AttackGraph(count: count)
        for node in 1..<count { graph.add([node - 1], on: node) }
        for node in 3..<count { graph.add([node - 1, node - 3], on: node) }
        #expect(graph.attacks.count == 99_996)
        #expect(graph.groundedLabels().enumerated().allSatisfy { $1 == ($0 % 2 == 0 ? .in : .out) })
        // The first node attacks itself through the second, so all nodes remain undecided.
        graph.add([1], on: 0)
        #expect(graph.groundedLabels().allSatisfy { $0 == .undecided })
    }
}

extension AttackGraph {
    fileprivate func targets(of node: Int) -> [Int] {
        var scanned: [Int] = []
        forEachScannedTarget(of: node, among: places { _ in true }) { scanned.append($0) }
        return listedTargets(of: node) + scanned
    }
}
