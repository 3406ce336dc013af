import Evidence
import Records
import Words

/// The claims that survive the attacks on them, and the reasons why the others do not.
package struct AttackOutcome: Sendable {
    /// The effective status of each claim whose effective status is not `in`.
    private var effectiveStatuses: [Member: ClaimStatus] = [:]
    private var reasons: [Member: String] = [:]
    /// The assumptions that failed. Either the question that tests them is refuted, or the caller treats them as
    /// failed. `supportedAssumptions` contains the assumptions that are tested by a supported question.
    package fileprivate(set) var failedAssumptions: Set<String> = []
    package fileprivate(set) var supportedAssumptions: Set<String> = []

    init() {}

    /// Returns the status of the claim itself, which is `out` if its runs refuted it.
    package func status(of member: Member) -> ClaimStatus {
        member.isRefuted ? .out : effectiveStatus(of: member)
    }

    /// Returns the status of the claim or, if its runs refuted it, of its complement.
    func effectiveStatus(of member: Member) -> ClaimStatus { effectiveStatuses[member] ?? .in }

    /// Returns a short reason why the claim's status is not `in`. Returns nil if it is `in`.
    package func reason(of member: Member) -> String? { reasons[member] }
}

/// A caveat that attacks a claim.
struct AttackingCaveat: Sendable {
    var shownBy: Member
    var target: Member
}

extension Merge {
    /// Determines the status of every claim. The assumptions in `failing` are treated as failed.
    ///
    /// If a question tests an assumption, the assumption and the claims that make it are decided after the question is
    /// answered. If the answers depend on one another, the assumptions are accepted, because nothing has refuted them.
    func resolveAttacks(failing: Set<String>) -> AttackOutcome {
        var attackOutcome = AttackOutcome()
        attackOutcome.failedAssumptions = failing.intersection(state.assumptions.keys)
        var pendingAssumptions = testedAssumptions().filter { !failing.contains($0.slug) }
        let caveats = attackingCaveats()
        let doubted = attackOutcome.failedAssumptions.union(pendingAssumptions.map(\.slug))
        let members = attackable(caveats, doubted)
        let node = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1, $0) })
        let graph = attackGraph(members, node, caveats)
        // For each assumption that failed or is tested, the indices of the members that make it.
        var assumed: [String: [Int]] = [:]
        for (index, member) in members.enumerated() {
            for assumption in member.claim.assumes where doubted.contains(assumption.value) {
                assumed[assumption.value, default: []].append(index)
            }
        }
        while true {
            let waiting = Set(pendingAssumptions.flatMap { assumed[$0.slug, default: []] })
            let out = Set(attackOutcome.failedAssumptions.flatMap { assumed[$0, default: []] })
            let labels = graph.groundedLabels(out: out, waiting: waiting)
            attackOutcome.set(labels, of: members)
            guard !pendingAssumptions.isEmpty else {
                attackOutcome.setReasons(graph, labels, members)
                return attackOutcome
            }
            let pending = graph.pending(labels, waiting)
            let decidable = pendingAssumptions.filter { assumption in
                leafMembers(below: assumption.question).allSatisfy { leafMember in
                    // A claim is not evidence for an assumption that it makes itself.
                    leafMember.member.rests(on: assumption.slug)
                        || !(node[leafMember.member].map(pending.contains) ?? false)
                }
            }
            // Assumptions that depend on one another are all accepted.
            let decided = decidable.isEmpty ? pendingAssumptions : decidable
            for assumption in decided where !decidable.isEmpty {
                switch status(of: assumption.question, attackOutcome, ignoring: assumption.slug) {
                case .refuted: attackOutcome.failedAssumptions.insert(assumption.slug)
                case .supported: attackOutcome.supportedAssumptions.insert(assumption.slug)
                case .contested, .open, .answered: break
                }
            }
            let slugs = Set(decided.map(\.slug))
            pendingAssumptions.removeAll { slugs.contains($0.slug) }
        }
    }

    /// Returns the assumptions that a question tests, with this question, sorted.
    private func testedAssumptions() -> [(slug: String, question: String)] {
        state.assumptions.values.compactMap { assumption in
            guard let question = assumption.testedBy?.value, state.questions[question] != nil else { return nil }
            return (assumption.slug, question)
        }.sorted { $0.slug < $1.slug }
    }

    /// Returns the members that attack or may be attacked, sorted. The status of all other members is `in`.
    private func attackable(_ caveats: [AttackingCaveat], _ doubted: Set<String>) -> [Member] {
        // In a scanned group, positions are indices into the comparison's members, so each of these members must be a
        // node.
        var members = discords.values.flatMap { discord in
            discord.isTruncated
                ? discord.comparison.members : discord.involved.map { discord.comparison.members[$0] }
        }
        members += caveats.flatMap { [$0.shownBy, $0.target] }
        for quantity in evidence.claims.isEmpty && doubted.isEmpty ? [] : Array(summary.quantities.values) {
            if quantity.members.contains(where: { $0.isRefuted }) {
                members += quantity.members
            } else if !doubted.isEmpty {
                members += quantity.members.filter { $0.claim.assumes.contains { doubted.contains($0.value) } }
            }
        }
        return sortedByID(Array(Set(members)))
    }

    private func attackGraph(
        _ members: [Member], _ node: [Member: Int], _ caveats: [AttackingCaveat]
    ) -> AttackGraph {
        var graph = AttackGraph(count: members.count)
        for quantity in discords.keys.sorted() {
            if let discord = discords[quantity] { graph.add(discord, node, state) }
        }
        for (_, quantity) in evidence.claims.isEmpty ? [] : summary.quantities.sorted(by: { $0.key < $1.key }) {
            guard quantity.members.contains(where: { $0.isRefuted }) else { continue }
            graph.addComplements(quantity.members, node, state)
        }
        for caveat in caveats {
            if let source = node[caveat.shownBy], let target = node[caveat.target] {
                graph.add([source], on: target)
            }
        }
        return graph
    }

    /// Returns the caveats that attack a claim, sorted. Such a caveat is shown by another claim on the same quantity or
    /// toy model. The rank of the other claim is at least that of the attacked claim, and neither claim is refuted.
    func attackingCaveats() -> [AttackingCaveat] {
        var shown: [(shownBy: ClaimID, target: ClaimID)] = []
        for finding in ledger.findings {
            for caveat in finding.caveats.indices where finding.caveats[caveat].shownBy != nil {
                guard ledger.exclusionReasons[finding.slug] == nil,
                    let shownBy = finding.caveats[caveat].shownBy.flatMap({ state.claimID($0.value) }),
                    case .claim(let name) = finding.caveats[caveat].against, let target = state.claimID(name.value),
                    shownBy != target
                else { continue }
                shown.append((shownBy, target))
            }
        }
        return shown.compactMap { shownBy, target -> AttackingCaveat? in
            guard let shownBy = member(shownBy), let target = member(target),
                shownBy.claim.quantity.value == target.claim.quantity.value
                    || !shownBy.toyModels(state).isDisjoint(with: target.toyModels(state)),
                !shownBy.isRefuted, !target.isRefuted,
                shownBy.evidence.evidence.rank >= target.evidence.evidence.rank
            else { return nil }
            return AttackingCaveat(shownBy: shownBy, target: target)
        }.sorted { ($0.target.id, $0.shownBy.id) < ($1.target.id, $1.shownBy.id) }
    }

    package func member(named name: String) -> Member? {
        state.claimID(name).flatMap(member)
    }

    private func member(_ claim: ClaimID) -> Member? {
        state.claim(claim).flatMap { summary.quantities[$0.quantity.value]?.member(claim) }
    }
}

extension Member {
    fileprivate func toyModels(_ state: LedgerState) -> Set<String> {
        guard case .values(let models)? = claim.tested[Condition.model] else { return [] }
        return Set(models.filter { state.models[$0] != nil })
    }
}

extension AttackGraph {
    /// Adds the attacks of conflicting claims on each other. A claim does not attack a claim that has a higher rank at
    /// the cells that they share.
    fileprivate mutating func add(_ discord: Discord, _ node: [Member: Int], _ state: LedgerState) {
        let comparison = discord.comparison
        let members = comparison.members
        @Sendable func attacks(_ i: Int, _ j: Int) -> Bool {
            if members[i].evidence.evidence.rank == 0 && members[j].evidence.evidence.rank == 0 { return true }
            return members[i].rank(within: members[j].scope, in: state)
                >= members[j].rank(within: members[i].scope, in: state)
        }
        if discord.isTruncated {
            add(
                // Every member is a node in this case, so positions in both lists are equal.
                comparison.scan(members.compactMap { node[$0] }, attacks))
        } else {
            for pair in discord.pairs where pair.isConflict {
                guard let i = comparison.index(of: pair.a), let j = comparison.index(of: pair.b),
                    let a = node[members[i]], let b = node[members[j]]
                else { continue }
                if attacks(i, j) { add([a], on: b) }
                if attacks(j, i) { add([b], on: a) }
            }
        }
        let byID = discord.sets.isEmpty ? [:] : Dictionary(uniqueKeysWithValues: members.map { ($0.id, $0) })
        for set in discord.sets {
            let joint = set.compactMap { byID[$0] }
            // The rank of a joint attack is the lowest rank of its sources.
            for target in joint {
                let others = joint.filter { $0.id != target.id }
                let lowest = others.map { $0.rank(within: target.scope, in: state) }.min() ?? 0
                let own = others.map { target.rank(within: $0.scope, in: state) }.max() ?? 0
                if lowest >= own, let targetNode = node[target] {
                    add(others.compactMap { node[$0] }, on: targetNode)
                }
            }
        }
    }

    /// Adds attacks between each refuted claim and the claims whose range is inside the refuted range. The runs that
    /// refuted the claim verified its complement.
    fileprivate mutating func addComplements(_ members: [Member], _ node: [Member: Int], _ state: LedgerState) {
        for refuted in members where refuted.isRefuted {
            guard let range = refuted.values, let source = node[refuted] else { continue }
            let cells = refuted.refutedCells(state)
            for other in members where other.canDisagree && other.values.map(range.contains) ?? false {
                let shared = cells.filter { other.scope.overlaps($0.scope) }
                guard let own = shared.map(\.rank).max(), let target = node[other] else { continue }
                let rank = shared.map { other.rank(within: $0.scope, in: state) }.max() ?? 0
                if own >= rank { add([source], on: target) }
                if rank >= own { add([target], on: source) }
            }
        }
    }

    /// Returns the undecided nodes whose status may still change when waiting nodes are decided.
    fileprivate func pending(_ labels: [ClaimStatus], _ waiting: Set<Int>) -> Set<Int> {
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

extension Comparison {
    /// Returns the members as a group whose attacks are computed on demand. `attacks` must be true in both directions
    /// for two claims of rank 0.
    fileprivate func scan(_ nodes: [Int], _ attacks: @escaping @Sendable (Int, Int) -> Bool) -> AttackGraph.Scan {
        var counts = pairCounts().inConflict
        let isRanked = members.map { $0.evidence.evidence.rank > 0 }
        for i in members.indices where isRanked[i] {
            for j in members.indices where j != i && isConflict(i, j) && (j < i || !isRanked[j]) {
                if !attacks(i, j) { counts[j] -= 1 }
                if !attacks(j, i) { counts[i] -= 1 }
            }
        }
        let index = BitmapIndex(self, Array(members.indices))
        return AttackGraph.Scan(
            nodes: nodes, attackerCounts: counts,
            rivals: { [self] place, places in index.compatible(with: rows[place]).intersection(places) },
            attacks: { [self] in isConflict($0, $1) && attacks($0, $1) })
    }
}

extension Member {
    /// Returns the cells at which runs refuted the claim, with the rank of these runs.
    fileprivate func refutedCells(_ state: LedgerState) -> [(scope: Scope, rank: Int)] {
        evidence.cells.filter { $0.verdict == .refuted }.map { cell in
            let models = claim.tested[Condition.model]
            return (Scope(cell: cell.cell, model: models), cell.rank)
        }
    }
}

/// The maximum number of attackers that a reason names.
private let namedAttackerLimit = 3

extension AttackOutcome {
    fileprivate mutating func set(_ labels: [ClaimStatus], of members: [Member]) {
        effectiveStatuses = [:]
        for (member, label) in zip(members, labels) where label != .in { effectiveStatuses[member] = label }
    }

    fileprivate mutating func setReasons(_ graph: AttackGraph, _ labels: [ClaimStatus], _ members: [Member]) {
        let (winners, rivals) = (graph.places { labels[$0] == .in }, graph.places { labels[$0] == .undecided })
        for (node, member) in members.enumerated() {
            if member.isRefuted {
                reasons[member] = "refuted by its runs"
                continue
            }
            guard labels[node] != .in else { continue }
            var attackers = Set(
                graph.attacks(on: node).filter { $0.sources.allSatisfy { labels[$0] != .out } }
                    .filter { labels[node] == .undecided || $0.sources.allSatisfy { labels[$0] == .in } }
                    .flatMap(\.sources))
            attackers.formUnion(
                graph.scannedAttackers(
                    of: node, limit: namedAttackerLimit, among: labels[node] == .out ? winners : rivals))
            let assumptions = member.claim.assumes.map(\.value).filter(failedAssumptions.contains)
            if labels[node] == .out, attackers.isEmpty, !assumptions.isEmpty {
                reasons[member] = "rests on \(listed(assumptions)), which failed"
                continue
            }
            let names = attackers.map { node in
                let attacker = members[node]
                if attacker.isRefuted { return "the runs of \(attacker.id)" }
                let level = attacker.evidence.evidence
                return level.rank > 0 ? "\(attacker.id) (\(level.phrase))" : attacker.id.description
            }.sorted()
            let shown =
                names.count > namedAttackerLimit ? Array(names.prefix(namedAttackerLimit)) + ["others"] : names
            reasons[member] = labels[node] == .out ? "defeated by \(listed(shown))" : "attacked by \(listed(shown))"
        }
    }
}
