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

    /// The groups of nodes that attack each other together. Their attacks are computed on demand.
    private var councils: [Council] = []
    /// For each node in a council, the council and the node's position in it.
    private var seats: [Int: (council: Int, place: Int)] = [:]

    /// A group of nodes that attack each other together, if the rank of the sources is no lower than that of the
    /// target. A node is identified by its position in the group.
    struct Council: Sendable {
        var nodes: [Int]
        var ranks: [Int]
        var conflicts: JointConflicts

        /// Returns the targets that some of the sources attack together.
        func attacked(_ targets: BitSet, by sources: BitSet) -> BitSet {
            Set(ranks).reduce(into: BitSet(capacity: nodes.count)) { found, rank in
                let equals = BitSet(targets.filter { ranks[$0] == rank }, capacity: nodes.count)
                found.formUnion(conflicts.contradicted(equals, by: strong(sources, rank)))
            }
        }

        /// Returns sources that attack a target together.
        func attackers(of target: Int, among sources: BitSet) -> BitSet {
            conflicts.attackers(of: target, among: strong(sources, ranks[target]))
        }

        private func strong(_ sources: BitSet, _ rank: Int) -> BitSet {
            rank == 0 ? sources : BitSet(sources.filter { ranks[$0] >= rank }, capacity: nodes.count)
        }

        func places(where isWanted: (Int) -> Bool) -> BitSet {
            BitSet(nodes.indices.filter { isWanted(nodes[$0]) }, capacity: nodes.count)
        }
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

    mutating func add(_ council: Council) {
        for (place, node) in council.nodes.enumerated() { seats[node] = (councils.count, place) }
        councils.append(council)
    }

    /// Returns sources that attack a node together with others, among the nodes of its council that satisfy a condition.
    func jointAttackers(of node: Int, where isWanted: (Int) -> Bool) -> [Int] {
        guard let (number, place) = seats[node] else { return [] }
        let council = councils[number]
        return council.attackers(of: place, among: council.places(where: isWanted)).map { council.nodes[$0] }
    }

    /// Returns the nodes in the council of a node that it may attack, if only the nodes that satisfy a condition take
    /// part.
    func jointTargets(of node: Int, where isWanted: (Int) -> Bool) -> [Int] {
        guard let (number, _) = seats[node] else { return [] }
        let places = councils[number].places(where: isWanted)
        return councils[number].attacked(places, by: places).map { councils[number].nodes[$0] }
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
        /// For each council, the nodes that may still be attacked in it.
        var exposed = councils.map { council in
            let all = BitSet(filledTo: council.nodes.count)
            return council.attacked(all, by: all)
        }
        for (council, exposed) in zip(councils, exposed) {
            for place in exposed { live[council.nodes[place]] += 1 }
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
        func fail(on target: Int) {
            live[target] -= 1
            if live[target] == 0 { settle(target, .in) }
        }
        func propagate(from node: Int) {
            let isIn = labels[node] == .in
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
        while next < queue.count {
            while next < queue.count {
                propagate(from: queue[next])
                next += 1
            }
            for (number, council) in councils.enumerated() {
                for place in council.attacked(exposed[number], by: council.places { labels[$0] == .in }) {
                    settle(council.nodes[place], .out)
                }
                let still = council.attacked(exposed[number], by: council.places { labels[$0] != .out })
                let safe = exposed[number].subtracting(still)
                exposed[number] = still
                for place in safe { fail(on: council.nodes[place]) }
            }
        }
        return labels
    }
}
