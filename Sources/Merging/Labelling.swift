/// Whether a claim survives the attacks on it.
package enum ClaimStatus: String, Sendable, Codable, CaseIterable {
    case `in`, out, undecided
}

/// Attacks between the nodes 0..<count. An attack with several sources succeeds only if all of them are in.
package struct AttackGraph: Sendable {
    struct Attack: Sendable {
        var sources: [Int]
        var target: Int
    }

    package let count: Int
    private(set) var attacks: [Attack] = []
    /// By node: the attacks that it is a source of, and the attacks on it.
    private var outgoing: [[Int]]
    private var incoming: [[Int]]
    /// Groups with too many attacks to list; their attacks are computed on demand.
    private(set) var scans: [Scan] = []
    /// By node: its position in each scan.
    private var places: [Int: [(scan: Int, place: Int)]] = [:]

    /// A group of nodes whose attacks are computed on demand. Nodes are identified by their positions in it.
    struct Scan: Sendable {
        var nodes: [Int]
        /// By position: the number of attackers.
        var attackerCounts: [Int]
        /// The positions among some that may attack a position or be attacked by it.
        var rivals: @Sendable (_ of: Int, _ among: BitSet) -> BitSet
        /// Whether the first position attacks the second.
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

    /// The listed attacks on a node.
    func attacks(on node: Int) -> [Attack] { incoming[node].map { attacks[$0] } }

    /// The targets of a node's listed attacks.
    func listedTargets(of node: Int) -> [Int] { outgoing[node].map { attacks[$0].target } }

    /// Calls `body` with each node at the given positions that a node attacks within a scan.
    func forEachScannedTarget(of node: Int, among places: [BitSet], _ body: (Int) -> Void) {
        for (number, place) in self.places[node, default: []] where !places[number].isEmpty {
            let scan = scans[number]
            for target in scan.rivals(place, places[number]) where target != place && scan.attacks(place, target) {
                body(scan.nodes[target])
            }
        }
    }

    /// The first nodes at the given positions that attack a node within a scan, at most `limit` + 1 per scan.
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

    /// By scan: the positions of nodes that satisfy a condition.
    func places(where isWanted: (Int) -> Bool) -> [BitSet] {
        scans.map { scan in
            BitSet(scan.nodes.indices.filter { isWanted(scan.nodes[$0]) }, capacity: scan.nodes.count)
        }
    }

    /// Removes a node from the positions of every scan.
    func remove(_ node: Int, from places: inout [BitSet]) {
        for (number, place) in self.places[node, default: []] { places[number].remove(place) }
    }

    /// The grounded labelling (Dung 1995; joint attacks as in Nielsen and Parsons 2006): a node is in when every attack
    /// on it fails, out when all sources of one attack are in, else undecided. Linear in nodes and attacks.
    ///
    /// Nodes in `out` start as out; nodes in `waiting` never become in.
    package func groundedLabels(out: Set<Int> = [], waiting: Set<Int> = []) -> [ClaimStatus] {
        var labels = [ClaimStatus](repeating: .undecided, count: count)
        /// By attack: sources that are not in yet. By node: attacks that may still succeed.
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
