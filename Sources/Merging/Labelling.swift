/// The status of a claim after the attacks on it: `in` if it survives them, `out` if one of them succeeds, else
/// undecided.
package enum ClaimStatus: String, Sendable, Codable, CaseIterable, Comparable {
    case `in`, out, undecided

    /// A better status is greater: `out`, then undecided, then `in`.
    package static func < (a: ClaimStatus, b: ClaimStatus) -> Bool { a.order < b.order }

    private var order: Int {
        switch self {
        case .out: 0
        case .undecided: 1
        case .in: 2
        }
    }
}

/// Attacks between the nodes 0..<count. An attack with several sources succeeds only if all of them are `in`.
package struct AttackGraph: Sendable {
    struct Attack: Sendable {
        var sources: [Int]
        var target: Int
    }

    package let count: Int
    private(set) var attacks: [Attack] = []
    /// For each node, the attacks of which it is a source, and the attacks on it.
    private var outgoing: [[Int]]
    private var incoming: [[Int]]
    /// The groups that have too many attacks to list. Their attacks are computed on demand.
    private(set) var scans: [Scan] = []
    /// For each node, its positions in the scans.
    private var places: [Int: [(scan: Int, place: Int)]] = [:]

    /// A group of nodes whose attacks are computed on demand. A node is identified by its position in the group.
    struct Scan: Sendable {
        var nodes: [Int]
        /// The number of attackers, by position.
        var attackerCounts: [Int]
        /// Returns the positions in the second argument that may attack the first argument or be attacked by it.
        var rivals: @Sendable (_ of: Int, _ among: BitSet) -> BitSet
        /// Returns whether the first position attacks the second.
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

    /// Returns the listed attacks on a node.
    func attacks(on node: Int) -> [Attack] { incoming[node].map { attacks[$0] } }

    /// Returns the targets of a node's listed attacks.
    func listedTargets(of node: Int) -> [Int] { outgoing[node].map { attacks[$0].target } }

    /// Calls `body` with each target that a node attacks within a scan. `places` contains the positions of possible
    /// targets, by scan.
    func forEachScannedTarget(of node: Int, among places: [BitSet], _ body: (Int) -> Void) {
        for (number, place) in self.places[node, default: []] where !places[number].isEmpty {
            let scan = scans[number]
            for target in scan.rivals(place, places[number]) where target != place && scan.attacks(place, target) {
                body(scan.nodes[target])
            }
        }
    }

    /// Returns the first attackers of a node within each scan, at most `limit` + 1 for each scan. `places` contains the
    /// positions of possible attackers, by scan.
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

    /// Returns the positions of the nodes that satisfy a condition, by scan.
    func places(where isWanted: (Int) -> Bool) -> [BitSet] {
        scans.map { scan in
            BitSet(scan.nodes.indices.filter { isWanted(scan.nodes[$0]) }, capacity: scan.nodes.count)
        }
    }

    /// Removes a node from the positions of every scan.
    func remove(_ node: Int, from places: inout [BitSet]) {
        for (number, place) in self.places[node, default: []] { places[number].remove(place) }
    }

    /// Returns the grounded labelling (Dung 1995; joint attacks as in Nielsen and Parsons 2006). A node is `in` if
    /// every attack on it fails, `out` if all sources of an attack on it are `in`, and else undecided. The time is
    /// linear in the number of nodes and attacks.
    ///
    /// Nodes in the argument `out` are `out` from the start. Nodes in `waiting` never become `in`.
    package func groundedLabels(out: Set<Int> = [], waiting: Set<Int> = []) -> [ClaimStatus] {
        var labels = [ClaimStatus](repeating: .undecided, count: count)
        /// For each attack, `missing` is the number of sources that are not `in` yet, and `isDead` tells whether the
        /// attack has failed. For each node, `live` is the number of attacks that may still succeed.
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
