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
    private var councils: [AttackGraph.Council] = []
    private let state: LedgerState

    init(_ state: LedgerState) {
        self.state = state
    }

    var graph: AttackGraph {
        var graph = AttackGraph(count: members.count)
        for attack in attacks { graph.add(attack.sources, on: attack.target) }
        for scan in scans { graph.add(scan) }
        for council in councils { graph.add(council) }
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
                let cells = boxes[target].isEmpty ? [members[target].scope] : boxes[target]
                if undercut.covers(cells, state) { add(sources, on: target) }
            }
        }
        return attacks.count > count
    }

    // MARK: Conflicts

    /// Adds the attacks between the claims on one quantity. A claim does not attack a claim that has a higher rank at
    /// the same cell. Claims whose settings are not recorded take no part.
    mutating func add(_ members: [Member], _ discord: Discord?, refuted: [Member]) {
        let hasTooManyConflicts = discord.map { $0.conflictCount > QuantitySummary.pairLimit } ?? false
        if hasTooManyConflicts || !addByCell(members, discord, refuted: refuted) {
            addByClaim(members, discord, refuted: refuted)
        }
    }

    /// Returns false if the cells must be split into too many boxes.
    private mutating func addByCell(_ members: [Member], _ discord: Discord?, refuted: [Member]) -> Bool {
        let conflict = PartyConflicts(members, discord, refuted: refuted, state)
        guard !conflict.parties.isEmpty else { return true }
        let joint = conflict.joint
        guard let map = RegionMap(conflict.parties, opponents: conflict.opponents, joint, state.vocabulary)
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
            if let joint {
                let contradicted = joint.contradicted(region.parties, by: region.parties)
                addCouncil(nodes.filter { contradicted.contains($0.key) }, joint)
            }
        }
        return true
    }

    /// Adds the joint attacks between some arguments, by the positions of their parties.
    private mutating func addCouncil(_ nodes: [Int: Int], _ joint: JointConflicts) {
        guard !nodes.isEmpty else { return }
        let (positions, arguments) = (nodes.keys.sorted(), nodes.sorted { $0.key < $1.key }.map(\.value))
        councils.append(
            AttackGraph.Council(
                nodes: arguments, ranks: arguments.map { ranks[$0] }, conflicts: joint.among(positions)))
    }

    private mutating func node(_ party: Party, _ boxes: [Scope], isRanked: Bool) -> Int {
        let isTested = boxes.contains { party.tested.overlaps($0) }
        return node(party.member, boxes, isTested: isTested, rank: isRanked && isTested ? party.rank : 0)
    }

    /// Adds attacks between whole claims, for quantities with too many conflicts or boxes. A re-run claim has a second
    /// argument for its tested cells, so that claims of a lower rank do not attack it there.
    private mutating func addByClaim(_ members: [Member], _ discord: Discord?, refuted: [Member]) {
        let all = discord?.comparison.members ?? []
        let places = all.map { node($0, [], isTested: $0.attackRank == 0, rank: 0) }
        let tested = all.map { member -> Int? in
            guard member.attackRank > 0, !member.hasUnknownSettings else { return nil }
            let cells = [Scope(member.claim.tested, vocabulary: state.vocabulary)]
            return node(member, cells, isTested: true, rank: member.attackRank)
        }
        if let discord {
            scans.append(discord.comparison.scan(places))
            addRanked(discord.comparison, places, tested)
            let joint = discord.comparison.jointConflictsOfWholes { !all[$0].hasUnknownSettings }
            let everyone = BitSet(filledTo: all.count)
            let involved = joint.contradicted(everyone, by: everyone)
            addCouncil(Dictionary(uniqueKeysWithValues: involved.map { ($0, places[$0]) }), joint)
        }
        for party in refuted.filter({ !$0.hasUnknownSettings }).flatMap({ $0.complements(state) }) {
            let source = node(party.member, [party.scope], isTested: true, rank: party.rank)
            for other in members where party.contradicts(other) && other.scope.overlaps(party.scope) {
                addWhole(other)
                for target in nodes(of: other) {
                    let overlaps = boxes[target].isEmpty || boxes[target].contains { $0.overlaps(party.scope) }
                    if overlaps, party.rank >= ranks[target] { add([source], on: target) }
                    if overlaps, ranks[target] >= party.rank { add([target], on: source) }
                }
            }
        }
    }

    /// Adds the attacks of and on the tested cells of re-run claims.
    private mutating func addRanked(_ comparison: Comparison, _ places: [Int], _ tested: [Int?]) {
        for (i, mine) in tested.enumerated() {
            guard let mine else { continue }
            for j in comparison.members.indices where j != i && comparison.isConflict(i, j) {
                guard !comparison.members[j].hasUnknownSettings,
                    boxes[mine].contains(where: { comparison.members[j].scope.overlaps($0) })
                else { continue }
                add([mine], on: places[j])
                if let theirs = tested[j], ranks[mine] >= ranks[theirs],
                    boxes[theirs].contains(where: { $0.overlaps(boxes[mine][0]) })
                {
                    add([mine], on: theirs)
                }
            }
        }
    }
}

/// The parties to the conflicts on one quantity, and which of them contradict each other.
private struct PartyConflicts {
    var parties: [Party] = []
    var opponents: [BitSet] = []
    /// The parties that contradict each other only together. nil if there are none.
    var joint: JointConflicts?

    init(_ members: [Member], _ discord: Discord?, refuted: [Member], _ state: LedgerState) {
        let complements = refuted.filter { !$0.hasUnknownSettings }.flatMap { $0.complements(state) }
        let claims = discord?.comparison.members ?? []
        let rivals = discord?.opponents() ?? []
        var names = Set(claims.indices.filter { !rivals[$0].isEmpty }.map { claims[$0] })
        names.formUnion((discord?.comparison.jointlyContradicted() ?? []).map { claims[$0] })
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
        guard let comparison = discord?.comparison else { return }
        let found = comparison.jointConflicts(
            involved.map { comparison.index(of: $0.id) } + complements.map { _ in nil })
        let everyone = BitSet(filledTo: count)
        if !found.contradicted(everyone, by: everyone).isEmpty { joint = found }
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
    /// Returns the members as a group whose attacks are computed on demand. Two members in conflict attack each other.
    /// Claims whose settings are not recorded take no part.
    fileprivate func scan(_ nodes: [Int]) -> AttackGraph.Scan {
        var counts = pairCounts().inConflict
        let isUnknown = members.map(\.hasUnknownSettings)
        for i in members.indices where isUnknown[i] {
            counts[i] = 0
            for j in members.indices where !isUnknown[j] && isConflict(i, j) { counts[j] -= 1 }
        }
        let index = BitmapIndex(self, Array(members.indices))
        return AttackGraph.Scan(
            nodes: nodes, attackerCounts: counts,
            rivals: { [self] place, places in index.compatible(with: rows[place]).intersection(places) },
            attacks: { [self] in !isUnknown[$0] && !isUnknown[$1] && isConflict($0, $1) })
    }
}

extension Member {
    /// The rank in attacks at the tested cells.
    var attackRank: Int { evidence.evidence.rank }
    /// Whether the claim can show a caveat: it takes part in disagreements, and its settings are recorded.
    var canAttack: Bool { canDisagree && !hasUnknownSettings }
    /// Whether the claim, or its complement, can be attacked. Any other claim counts only if no such claim has a side.
    var takesPartInAttacks: Bool { (canDisagree || isRefuted) && !hasUnknownSettings }
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
            for target in jointTargets(of: node, where: { labels[$0] != .out }) where labels[target] == .undecided {
                reach(target)
            }
            forEachScannedTarget(of: node, among: openPlaces, reach)
        }
        return pending
    }
}

extension Arguments {
    /// For each argument that is not `in`, returns the attackers that are the reason: their sorted names, and the
    /// claims themselves or nil if the search stopped early.
    func attackers(
        _ labels: [ClaimStatus], _ graph: AttackGraph
    ) -> [Int: (names: [String], claims: Set<ClaimID>?)] {
        let (winners, rivals) = (graph.places { labels[$0] == .in }, graph.places { labels[$0] == .undecided })
        var found: [Int: (names: [String], claims: Set<ClaimID>?)] = [:]
        for node in members.indices where labels[node] != .in {
            var attackers = Set(
                graph.attacks(on: node).filter { $0.sources.allSatisfy { labels[$0] != .out } }
                    .filter { labels[node] == .undecided || $0.sources.allSatisfy { labels[$0] == .in } }
                    .flatMap(\.sources))
            let scanned = graph.scannedAttackers(
                of: node, limit: scannedAttackerLimit, among: labels[node] == .out ? winners : rivals)
            attackers.formUnion(scanned)
            attackers.formUnion(
                graph.jointAttackers(of: node) { labels[node] == .out ? labels[$0] == .in : labels[$0] != .out })
            // A claim can attack by several arguments. It is named with the highest rank of these arguments.
            let byClaim = Dictionary(grouping: attackers) { members[$0] }
            found[node] = (
                byClaim.values.compactMap { $0.max { ranks[$0] < ranks[$1] } }.map(attackerName).sorted(),
                scanned.count > scannedAttackerLimit ? nil : Set(byClaim.keys.map(\.id))
            )
        }
        return found
    }

    private func attackerName(_ node: Int) -> String {
        let attacker = members[node]
        if attacker.isRefuted { return "the runs of \(attacker.id)" }
        return ranks[node] > 0 ? "\(attacker.id) (\(attacker.evidence.evidence.phrase))" : attacker.id.description
    }
}

/// The maximum number of attackers that are searched in a group whose attacks are computed on demand.
private let scannedAttackerLimit = 4

/// Joins boxes that differ in a single condition, one condition after the other.
func joinedBoxes(_ boxes: [Scope]) -> [Scope] {
    guard boxes.count > 1 else { return boxes }
    var boxes = Set(boxes)
    for condition in Set(boxes.flatMap { $0.sides.map(\.condition) }).sorted() {
        let sides = boxes.map { box in box.sides.first { $0.condition == condition } }
        guard sides.contains(where: { $0 != sides[0] }) else { continue }
        var alike: [Scope: Set<String>] = [:]
        for box in boxes {
            guard let side = box.sides.first(where: { $0.condition == condition }), !side.isAverage else {
                alike[box, default: []] = []
                continue
            }
            alike[box.without(condition), default: []].formUnion(side.values)
        }
        boxes = Set(
            alike.map { rest, values in
                values.isEmpty
                    ? rest : rest.restricted(to: [Scope.Side(condition: condition, values: values.sorted())])
            })
    }
    return boxes.map { (box: $0, key: $0.sortKey) }.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.box)
}

extension Scope {
    var sortKey: [String] { sides.flatMap { [$0.condition] + $0.values } }

    fileprivate func without(_ condition: String) -> Scope {
        Scope(sides: sides.filter { $0.condition != condition })
    }
}
