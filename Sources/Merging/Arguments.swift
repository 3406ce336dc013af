import Evidence
import Records
import Words

/// The arguments in the attacks between claims. An argument speaks for some cells of a claim. At all of them, the claim
/// has the same rank and the same attackers.
struct Arguments: Sendable {
    /// The claim of each argument.
    private var members: [Member] = []
    /// The cells of each argument. Empty if they are all cells of the claim.
    private(set) var boxes: [[Scope]] = []
    /// Whether the claim was tested at some of these cells.
    private(set) var isTested: [Bool] = []
    /// The rank at these cells.
    private(set) var ranks: [Int] = []
    private(set) var nodesByMember: [Member: [Int]] = [:]
    private var attacks: [AttackGraph.Attack] = []
    private var scans: [AttackGraph.Scan] = []
    private let state: LedgerState

    init(_ state: LedgerState) {
        self.state = state
    }

    var graph: AttackGraph {
        var graph = AttackGraph(count: members.count)
        for attack in attacks { graph.add(attack.sources, on: attack.target) }
        for scan in scans { graph.add(scan) }
        return graph
    }

    func nodes(of member: Member) -> [Int] { nodesByMember[member] ?? [] }

    /// Returns the arguments for the tested cells or, if there are none, all arguments of a claim.
    func testedNodes(of member: Member) -> [Int] {
        let nodes = nodes(of: member)
        let tested = nodes.filter { isTested[$0] }
        return tested.isEmpty ? nodes : tested
    }

    /// Returns the arguments of the claims that make an assumption.
    func resting(on assumption: String) -> [Int] {
        members.indices.filter { members[$0].rests(on: assumption) }
    }

    mutating func add(_ sources: [Int], on target: Int) {
        attacks.append(AttackGraph.Attack(sources: sources, target: target))
    }

    /// Adds an argument for all cells of a claim that has none yet.
    mutating func addWhole(_ member: Member) {
        if nodesByMember[member] == nil { _ = node(member, [], isTested: true, rank: member.attackRank) }
    }

    private mutating func node(_ member: Member, _ boxes: [Scope], isTested: Bool, rank: Int) -> Int {
        members.append(member)
        self.boxes.append(boxes)
        self.isTested.append(isTested)
        ranks.append(rank)
        nodesByMember[member, default: []].append(members.count - 1)
        return members.count - 1
    }

    /// Adds the attacks of undercuts on the arguments whose rank is not higher. Returns whether there are any.
    mutating func add(_ undercuts: [Undercut]) -> Bool {
        let count = attacks.count
        for undercut in undercuts {
            let sources = testedNodes(of: undercut.shownBy)
            for target in undercut.targets.flatMap(nodes) where ranks[target] <= undercut.shownBy.attackRank {
                add(sources, on: target)
            }
        }
        return attacks.count > count
    }

    // MARK: Conflicts

    /// Adds the attacks between the claims on one quantity. A claim does not attack a claim that has a higher rank at
    /// the same cell. Claims whose settings are not recorded take no part.
    mutating func add(_ members: [Member], _ discord: Discord?, refuted: [Member]) {
        if let discord, discord.isTruncated {
            addByClaim(members, discord, refuted: refuted)
        } else if !addByCell(members, discord, refuted: refuted), let discord {
            addByClaim(members, discord, refuted: refuted)
        }
    }

    /// Returns false if the cells must be split into too many boxes.
    private mutating func addByCell(_ members: [Member], _ discord: Discord?, refuted: [Member]) -> Bool {
        let conflict = PartyConflicts(members, discord, refuted: refuted, state)
        guard !conflict.parties.isEmpty else { return true }
        let sets = conflict.sets
        guard let map = RegionMap(conflict.parties, opponents: conflict.opponents, sets: sets, state.vocabulary)
        else { return false }
        for (number, boxes) in map.uncontested.enumerated() where !boxes.isEmpty {
            _ = node(conflict.parties[number], boxes, isRanked: true)
        }
        for region in map.regions {
            let boxes = region.boxes
            let nodes = Dictionary(
                uniqueKeysWithValues: region.parties.map { number in
                    let party = conflict.parties[number]
                    return (
                        number,
                        node(
                            party, boxes.map { party.scope.restricted(to: $0.sides) },
                            isRanked: region.ranked.contains(number))
                    )
                })
            for (number, target) in nodes.sorted(by: { $0.key < $1.key }) {
                for rival in conflict.opponents[number].intersection(region.parties) {
                    if let source = nodes[rival], ranks[source] >= ranks[target] { add([source], on: target) }
                }
            }
            for set in sets where set.isSubset(of: region.parties) {
                for number in set {
                    let others = set.filter { $0 != number }.compactMap { nodes[$0] }
                    // The rank of a joint attack is the lowest rank of its sources.
                    guard let target = nodes[number], let lowest = others.map({ ranks[$0] }).min(),
                        lowest >= ranks[target]
                    else { continue }
                    add(others, on: target)
                }
            }
        }
        return true
    }

    private mutating func node(_ party: Party, _ boxes: [Scope], isRanked: Bool) -> Int {
        let isTested = boxes.contains { party.tested.overlaps($0) }
        return node(party.member, boxes, isTested: isTested, rank: isRanked && isTested ? party.rank : 0)
    }

    /// Adds attacks between whole claims, for quantities with too many pairs or boxes. A claim has its rank against all
    /// claims that cover a cell at which it was tested.
    private mutating func addByClaim(_ members: [Member], _ discord: Discord, refuted: [Member]) {
        let comparison = discord.comparison
        let places = comparison.members.map { node($0, [], isTested: true, rank: $0.attackRank) }
        for member in refuted where !member.hasUnknownSettings { addWhole(member) }
        let (all, state) = (comparison.members, state)
        scans.append(
            comparison.scan(places) { i, j in
                if all[i].attackRank == 0 && all[j].attackRank == 0 { return true }
                return all[i].rank(within: all[j].scope, in: state) >= all[j].rank(within: all[i].scope, in: state)
            })
        for set in discord.sets {
            let joint = set.compactMap(comparison.index)
            guard !joint.contains(where: { all[$0].hasUnknownSettings }) else { continue }
            for target in joint {
                let others = joint.filter { $0 != target }
                let lowest = others.map { all[$0].rank(within: all[target].scope, in: state) }.min() ?? 0
                let own = others.map { all[target].rank(within: all[$0].scope, in: state) }.max() ?? 0
                if lowest >= own { add(others.map { places[$0] }, on: places[target]) }
            }
        }
        for party in refuted.filter({ !$0.hasUnknownSettings }).flatMap({ $0.complements(state) }) {
            guard let source = nodes(of: party.member).first else { continue }
            for (place, other) in all.enumerated() where party.contradicts(other) && other.scope.overlaps(party.scope) {
                let rank = other.rank(within: party.scope, in: state)
                if party.rank >= rank { add([source], on: places[place]) }
                if rank >= party.rank { add([places[place]], on: source) }
            }
        }
    }
}

/// The parties to the conflicts on one quantity, and which of them contradict each other.
private struct PartyConflicts {
    var parties: [Party] = []
    var opponents: [BitSet] = []
    /// The sets of parties that contradict each other only together.
    var sets: [BitSet] = []

    init(_ members: [Member], _ discord: Discord?, refuted: [Member], _ state: LedgerState) {
        let complements = refuted.filter { !$0.hasUnknownSettings }.flatMap { $0.complements(state) }
        let claims = discord?.comparison.members ?? []
        let rivals = discord?.opponents() ?? []
        var names = Set(claims.indices.filter { !rivals[$0].isEmpty }.map { claims[$0] })
        names.formUnion(
            (discord?.sets ?? []).joined().compactMap { discord?.comparison.index(of: $0) }.map { claims[$0] })
        names.formUnion(members.filter { member in complements.contains { $0.contradicts(member) } })
        let involved = sortedByID(names.filter { !$0.hasUnknownSettings })
        parties =
            involved.map { member in
                Party(
                    member: member, isComplement: false, scope: member.scope,
                    tested: Scope(member.claim.tested, vocabulary: state.vocabulary), rank: member.attackRank)
            } + complements
        let count = parties.count
        let numbers = Dictionary(uniqueKeysWithValues: involved.enumerated().map { ($1.id, $0) })
        opponents = Array(repeating: BitSet(capacity: count), count: count)
        for (place, set) in rivals.enumerated() {
            guard let number = numbers[claims[place].id] else { continue }
            for other in set { if let rival = numbers[claims[other].id] { opponents[number].insert(rival) } }
        }
        for (offset, complement) in complements.enumerated() {
            for (number, member) in involved.enumerated() where complement.contradicts(member) {
                opponents[number].insert(involved.count + offset)
                opponents[involved.count + offset].insert(number)
            }
        }
        sets = (discord?.sets ?? []).compactMap { set in
            let places = set.compactMap { numbers[$0] }
            return places.count == set.count ? BitSet(places, capacity: count) : nil
        }
    }
}

extension Party {
    /// Returns whether a claim's range is inside the range that runs refuted.
    fileprivate func contradicts(_ other: Member) -> Bool {
        guard isComplement, other.canDisagree, let range = member.values, let allowed = other.allowed else {
            return false
        }
        return range.contains(allowed) && scope.overlaps(other.scope)
    }
}

extension Member {
    /// Returns the complements of a refuted claim, one for each cell at which runs refuted it.
    fileprivate func complements(_ state: LedgerState) -> [Party] {
        evidence.cells.filter { $0.verdict == .refuted }.map { cell in
            let scope = Scope(cell: cell.cell, model: claim.tested[Condition.model])
            return Party(member: self, isComplement: true, scope: scope, tested: scope, rank: cell.rank)
        }
    }
}

extension Comparison {
    /// Returns the members as a group whose attacks are computed on demand. `attacks` must be true in both directions
    /// for two claims of rank 0. Claims whose settings are not recorded take no part.
    fileprivate func scan(_ nodes: [Int], _ attacks: @escaping @Sendable (Int, Int) -> Bool) -> AttackGraph.Scan {
        var counts = pairCounts().inConflict
        let isSpecial = members.map { $0.attackRank > 0 || $0.hasUnknownSettings }
        let isUnknown = members.map(\.hasUnknownSettings)
        @Sendable func isAttack(_ i: Int, _ j: Int) -> Bool { !isUnknown[i] && !isUnknown[j] && attacks(i, j) }
        for i in members.indices where isSpecial[i] {
            for j in members.indices where j != i && isConflict(i, j) && (j < i || !isSpecial[j]) {
                if !isAttack(i, j) { counts[j] -= 1 }
                if !isAttack(j, i) { counts[i] -= 1 }
            }
        }
        let index = BitmapIndex(self, Array(members.indices))
        return AttackGraph.Scan(
            nodes: nodes, attackerCounts: counts,
            rivals: { [self] place, places in index.compatible(with: rows[place]).intersection(places) },
            attacks: { [self] in isConflict($0, $1) && isAttack($0, $1) })
    }
}

extension Member {
    /// The rank in attacks at the tested cells.
    var attackRank: Int { evidence.evidence.rank }
}

// MARK: Labels

extension AttackGraph {
    /// Returns the undecided nodes whose status may still change when waiting nodes are decided.
    func pending(_ labels: [ClaimStatus], _ waiting: Set<Int>) -> Set<Int> {
        var pending = waiting.filter { labels[$0] == .undecided }
        var queue = Array(pending)
        var openPlaces = places { labels[$0] == .undecided && !pending.contains($0) }
        while let node = queue.popLast() {
            func reach(_ target: Int) {
                guard pending.insert(target).inserted else { return }
                queue.append(target)
                remove(target, from: &openPlaces)
            }
            for target in listedTargets(of: node) where labels[target] == .undecided { reach(target) }
            forEachScannedTarget(of: node, among: openPlaces, reach)
        }
        return pending
    }
}

/// The maximum number of attackers that a reason names.
private let namedAttackerLimit = 3

extension Arguments {
    /// Returns the reason for the status of each argument that is not `in`.
    func reasons(_ labels: [ClaimStatus], _ failedAssumptions: Set<String>) -> [Int: String] {
        let graph = graph
        let (winners, rivals) = (graph.places { labels[$0] == .in }, graph.places { labels[$0] == .undecided })
        var reasons: [Int: String] = [:]
        for (node, member) in members.enumerated() where labels[node] != .in {
            var attackers = Set(
                graph.attacks(on: node).filter { $0.sources.allSatisfy { labels[$0] != .out } }
                    .filter { labels[node] == .undecided || $0.sources.allSatisfy { labels[$0] == .in } }
                    .flatMap(\.sources))
            attackers.formUnion(
                graph.scannedAttackers(
                    of: node, limit: namedAttackerLimit, among: labels[node] == .out ? winners : rivals))
            let assumptions = member.claim.assumes.map(\.value).filter(failedAssumptions.contains)
            if labels[node] == .out, attackers.isEmpty, !assumptions.isEmpty {
                reasons[node] = "rests on \(listed(assumptions)), which failed"
                continue
            }
            let names = Set(attackers.map(attackerName)).sorted()
            let shown =
                names.count > namedAttackerLimit ? Array(names.prefix(namedAttackerLimit)) + ["others"] : names
            reasons[node] = labels[node] == .out ? "defeated by \(listed(shown))" : "attacked by \(listed(shown))"
        }
        return reasons
    }

    private func attackerName(_ node: Int) -> String {
        let attacker = members[node]
        if attacker.isRefuted { return "the runs of \(attacker.id)" }
        return ranks[node] > 0 ? "\(attacker.id) (\(attacker.evidence.evidence.phrase))" : attacker.id.description
    }
}

/// Joins boxes that differ in a single condition.
func joinedBoxes(_ boxes: [Scope]) -> [Scope] {
    var boxes = Array(Set(boxes)).sorted { $0.sortKey.lexicographicallyPrecedes($1.sortKey) }
    guard !boxes.contains(where: \.sides.isEmpty) else { return boxes.isEmpty ? [] : [boxes[0]] }
    var next = 0
    while next < boxes.count {
        if let other = boxes.indices.first(where: { $0 != next && boxes[next].differsInOneCondition(from: boxes[$0]) })
        {
            boxes[min(next, other)] = boxes[next].joined(with: boxes[other])
            boxes.remove(at: max(next, other))
            next = 0
        } else {
            next += 1
        }
    }
    return boxes
}

extension Scope {
    var sortKey: [String] { sides.flatMap { [$0.condition] + $0.values } }

    fileprivate func differsInOneCondition(from other: Scope) -> Bool {
        guard sides.map(\.condition) == other.sides.map(\.condition) else { return false }
        return zip(sides, other.sides).count { $0.values != $1.values } == 1
    }

    fileprivate func joined(with other: Scope) -> Scope {
        var joined = self
        for index in joined.sides.indices where joined.sides[index].values != other.sides[index].values {
            joined.sides[index].values = Set(joined.sides[index].values + other.sides[index].values).sorted()
        }
        return joined
    }
}
