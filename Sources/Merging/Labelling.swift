/// Whether a claim survives the attacks on it.
package enum ClaimStatus: String, Sendable, Codable, CaseIterable {
    case `in`, out, undecided
}

/// Who attacks whom, over nodes 0..<count: an attack has several sources where only all of them together defeat its target.
package struct AttackGraph: Sendable {
    struct Attack: Sendable {
        var sources: [Int]
        var target: Int
    }

    package let count: Int
    private(set) var attacks: [Attack] = []
    /// By node: attacks that it is a source of, and those on it.
    private var outgoing: [[Int]]
    private var incoming: [[Int]]
    /// Groups with more attacks than are worth listing: asked anew for the targets of one node.
    private(set) var scans: [Scan] = []
    /// By node: where it stands in which of them.
    private var places: [Int: [(scan: Int, place: Int)]] = [:]

    /// A group of nodes in which attacks of one node on another are found by looking; nodes go by their places in it.
    struct Scan: Sendable {
        var nodes: [Int]
        /// How many others attack each.
        var attackerCounts: [Int]
        /// Those of some places that may attack a place or be attacked by it.
        var rivals: @Sendable (_ of: Int, _ among: BitSet) -> BitSet
        /// Whether the first attacks the second.
        var attacks: @Sendable (Int, Int) -> Bool
    }

    package init(count: Int) {
        self.count = count
        outgoing = Array(repeating: [], count: count)
        incoming = Array(repeating: [], count: count)
    }

    package mutating func add(_ sources: [Int], on target: Int) {
        let sources = Set(sources).sorted()
        for source in sources { outgoing[source].append(attacks.count) }
        incoming[target].append(attacks.count)
        attacks.append(Attack(sources: sources, target: target))
    }

    mutating func add(_ scan: Scan) {
        for (place, node) in scan.nodes.enumerated() { places[node, default: []].append((scans.count, place)) }
        scans.append(scan)
    }

    /// The attacks on a node that are listed.
    func attacks(on node: Int) -> [Attack] { incoming[node].map { attacks[$0] } }

    /// The targets of listed attacks that a node takes part in.
    func listedTargets(of node: Int) -> [Int] { outgoing[node].map { attacks[$0].target } }

    /// Calls `body` with each node at some places of each scan that a node attacks there.
    func forEachScannedTarget(of node: Int, among places: [BitSet], _ body: (Int) -> Void) {
        for (number, place) in self.places[node, default: []] where !places[number].isEmpty {
            let scan = scans[number]
            for target in scan.rivals(place, places[number]) where target != place && scan.attacks(place, target) {
                body(scan.nodes[target])
            }
        }
    }

    /// The first nodes at some places of each scan that attack a node there, one more than `limit` at most.
    func scannedAttackers(of node: Int, limit: Int, among places: [BitSet]) -> [Int] {
        self.places[node, default: []].flatMap { number, place in
            let scan = scans[number]
            var attackers: [Int] = []
            for rival in scan.rivals(place, places[number]) where rival != place && scan.attacks(rival, place) {
                attackers.append(scan.nodes[rival])
                if attackers.count > limit { break }
            }
            return attackers
        }
    }

    /// By scan, the places of nodes that fulfil a condition.
    func places(where isWanted: (Int) -> Bool) -> [BitSet] {
        scans.map { scan in
            BitSet(scan.nodes.indices.filter { isWanted(scan.nodes[$0]) }, capacity: scan.nodes.count)
        }
    }

    /// A node has no part any longer.
    func remove(_ node: Int, from places: inout [BitSet]) {
        for (number, place) in self.places[node, default: []] { places[number].remove(place) }
    }

    /// The grounded labelling (Dung 1995; joint attacks as in Nielsen and Parsons 2006): a node is in when every attack on
    /// it fails, out when all sources of one are in, and undecided where neither follows. Linear in nodes and attacks.
    ///
    /// Nodes in `out` are out from the start; those in `waiting` never become in.
    package func groundedLabels(out: Set<Int> = [], waiting: Set<Int> = []) -> [ClaimStatus] {
        var labels = [ClaimStatus](repeating: .undecided, count: count)
        /// Of each attack, sources that are not in yet; of each node, attacks that may still succeed.
        var missing = attacks.map { $0.sources.count }
        var isDead = [Bool](repeating: false, count: attacks.count)
        var live = incoming.map(\.count)
        for scan in scans {
            for (node, count) in zip(scan.nodes, scan.attackerCounts) { live[node] += count }
        }
        var openPlaces = places { _ in true }
        var queue: [Int] = []
        func settle(_ node: Int, _ label: ClaimStatus) {
            guard labels[node] == .undecided, label == .out || !waiting.contains(node) else { return }
            labels[node] = label
            remove(node, from: &openPlaces)
            queue.append(node)
        }
        for node in 0..<count {
            if out.contains(node) { settle(node, .out) } else if live[node] == 0 { settle(node, .in) }
        }
        var next = 0
        while next < queue.count {
            let node = queue[next]
            next += 1
            let isIn = labels[node] == .in
            func fail(on target: Int) {
                live[target] -= 1
                if live[target] == 0 { settle(target, .in) }
            }
            for index in outgoing[node] where !isDead[index] {
                if isIn {
                    missing[index] -= 1
                    if missing[index] == 0 { settle(attacks[index].target, .out) }
                } else {
                    isDead[index] = true
                    fail(on: attacks[index].target)
                }
            }
            forEachScannedTarget(of: node, among: openPlaces) { target in
                if isIn { settle(target, .out) } else { fail(on: target) }
            }
        }
        return labels
    }
}
