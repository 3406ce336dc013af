import Evidence
import Records
import Words

/// The claims that survive the attacks on them, and the reasons why the others do not.
package struct AttackOutcome: Sendable {
    /// Cells of a claim that share a status.
    package struct Part: Sendable, Equatable {
        package var status: ClaimStatus
        /// The names of the claims that are the reason why the status is not `in`, sorted.
        var attackers: [String] = []
        /// These claims. nil if there are more than were searched.
        var rivals: Set<ClaimID>? = []
        /// The failed assumptions that are the reason why the status is `out`, sorted.
        var failedAssumptions: [String] = []
        /// The cells, as boxes. Empty if they are all cells of the claim.
        package var boxes: [Scope]
        /// Whether the claim was tested at some of the cells.
        package var isTested: Bool
    }

    /// The parts of each claim that is not `in` everywhere. If runs refuted the claim, these are the parts of its
    /// complement.
    private var parts: [Member: [Part]] = [:]
    /// The assumptions that failed. Either the question that tests them is refuted, or the caller treats them as
    /// failed. `supportedAssumptions` contains the assumptions that are tested by a supported question.
    package fileprivate(set) var failedAssumptions: Set<String> = []
    package fileprivate(set) var supportedAssumptions: Set<String> = []
    /// All undercuts of the merge, sorted by finding and number.
    package fileprivate(set) var undercuts: [Undercut] = []
    /// The undercuts that mark claims as doubted, sorted, by claim.
    fileprivate(set) var doubts: [Member: [Undercut]] = [:]

    init() {}

    /// Returns the status of the claim itself where it was tested. It is `out` if its runs refuted it.
    package func status(of member: Member) -> ClaimStatus {
        member.isRefuted ? .out : effectiveStatus(of: member)
    }

    /// Returns the status of the claim or, if its runs refuted it, of its complement. If the tested cells have several
    /// statuses, returns the best one.
    func effectiveStatus(of member: Member) -> ClaimStatus {
        bestStatus(of: testedParts(parts[member] ?? []))
    }

    /// Returns the status of a claim at some of its parts. It is no better than the status at the tested cells, because
    /// a claim that fails where it was tested says nothing about further settings.
    func effectiveStatus(of member: Member, at some: [Part]) -> ClaimStatus {
        min(bestStatus(of: some), effectiveStatus(of: member))
    }

    /// Returns the parts of a claim that meet some settings. The list is empty if the claim is `in` everywhere.
    package func parts(of member: Member, within covers: Scope? = nil) -> [Part] {
        guard let parts = parts[member] else { return [] }
        guard let covers else { return parts }
        let meeting = parts.filter { part in part.boxes.isEmpty || part.boxes.contains { $0.overlaps(covers) } }
        return meeting.isEmpty ? parts : meeting
    }

    /// Returns a short reason why the claim's status is not `in` everywhere. Returns nil if it is.
    package func reason(of member: Member) -> String? {
        member.isRefuted ? "refuted by its runs" : statusReason(parts(of: member), of: member)
    }

    package func doubts(of member: Member) -> [Undercut] { doubts[member] ?? [] }
}

/// Returns the best status of the parts of a claim. Without parts, the claim is `in` everywhere.
func bestStatus(of parts: [AttackOutcome.Part]) -> ClaimStatus { parts.map(\.status).max() ?? .in }

private func testedParts(_ parts: [AttackOutcome.Part]) -> [AttackOutcome.Part] {
    let tested = parts.filter(\.isTested)
    return tested.isEmpty ? parts : tested
}

/// Returns the reason for the statuses of a claim's parts, such as `in at density 0.3; undecided at density 0.1:
/// attacked by b#1`. The cells are left out if all parts have the same status.
func statusReason(_ parts: [AttackOutcome.Part], of member: Member) -> String? {
    guard let first = parts.first(where: { $0.status != .in }) else { return nil }
    if parts.allSatisfy({ $0.status == first.status }) {
        return AttackOutcome.Part(joining: parts).reason
    }
    return parts.map { part in
        let cells = cellPhrase(part.boxes, within: member.scope)
        let place = cells.isEmpty ? "elsewhere" : "at \(cells)"
        return "\(part.status.rawValue) \(place)" + (part.reason.map { ": \($0)" } ?? "")
    }.joined(separator: "; ")
}

/// The maximum number of attackers that a reason names.
private let namedAttackerLimit = 3

extension AttackOutcome.Part {
    /// The reason why the status is not `in`.
    package var reason: String? {
        if attackers.isEmpty {
            return failedAssumptions.isEmpty ? nil : "rests on \(listed(failedAssumptions)), which failed"
        }
        let shown =
            attackers.count > namedAttackerLimit
            ? Array(attackers.prefix(namedAttackerLimit)) + ["others"] : attackers
        return "\(status == .out ? "defeated" : "attacked") by \(listed(shown))"
    }
}

/// The maximum number of boxes that a phrase names.
private let namedBoxLimit = 2

/// Names the cells of some boxes by the conditions that a scope restricts less.
private func cellPhrase(_ boxes: [Scope], within scope: Scope) -> String {
    let phrases = boxes.map { box in
        let sides = box.sides.filter { scope.values(of: $0.condition) != $0.values }
        return sides.map { side in
            "\(side.condition) \(listed(shortList(side.values)))"
        }.joined(separator: ", ")
    }
    let shown = phrases.count > namedBoxLimit ? Array(phrases.prefix(namedBoxLimit)) + ["others"] : phrases
    return shown.joined(separator: " or ")
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
    /// Undercuts attack only if the claims that show them are `in` without them.
    func resolveAttacks(failing: Set<String>) -> AttackOutcome {
        let caveats = attackingCaveats()
        let undercuts = undercuts()
        let tested = testedAssumptions().filter { !failing.contains($0.slug) }
        let failed = failing.intersection(state.assumptions.keys)
        var arguments = arguments(caveats, undercuts, doubted: failed.union(tested.map(\.slug)))
        var outcome = label(arguments, failed: failed, tested)
        let effective = undercuts.filter {
            $0.shownBy.canAttack && $0.shownBy.attackRank > 0 && outcome.effectiveStatus(of: $0.shownBy) == .in
        }
        if arguments.add(effective) { outcome = label(arguments, failed: failed, tested) }
        outcome.undercuts = undercuts
        outcome.setDoubts(undercuts)
        return outcome
    }

    /// Decides the assumptions that questions test, and labels the arguments.
    private func label(
        _ arguments: Arguments, failed: Set<String>, _ tested: [(slug: String, question: String)]
    ) -> AttackOutcome {
        var outcome = AttackOutcome()
        outcome.failedAssumptions = failed
        var pendingAssumptions = tested
        let graph = arguments.graph
        while true {
            let waiting = Set(pendingAssumptions.flatMap { arguments.resting(on: $0.slug) })
            let out = Set(outcome.failedAssumptions.flatMap(arguments.resting))
            let labels = graph.groundedLabels(out: out, waiting: waiting)
            outcome.set(labels, of: arguments, graph)
            guard !pendingAssumptions.isEmpty else { return outcome }
            let pending = graph.pending(labels, waiting)
            let decidable = pendingAssumptions.filter { assumption in
                sidedMembers(below: assumption.question).allSatisfy { member in
                    // A claim is not evidence for an assumption that it makes itself.
                    member.rests(on: assumption.slug) || !arguments.nodes(of: member).contains(where: pending.contains)
                }
            }
            // Assumptions that depend on one another are all accepted.
            let decided = decidable.isEmpty ? pendingAssumptions : decidable
            for assumption in decided where !decidable.isEmpty {
                switch status(of: assumption.question, outcome, ignoring: assumption.slug) {
                case .refuted: outcome.failedAssumptions.insert(assumption.slug)
                case .supported: outcome.supportedAssumptions.insert(assumption.slug)
                case .contested, .depends, .open, .answered: break
                }
            }
            let slugs = Set(decided.map(\.slug))
            pendingAssumptions.removeAll { slugs.contains($0.slug) }
        }
    }

    /// Returns the claims that take a side at the leaves below a question.
    private func sidedMembers(below question: String) -> [Member] {
        leaves(below: question).flatMap { leaf -> [Member] in
            guard let asked = state.questions[leaf] else { return [] }
            return membersByLeaf[leaf, default: []].map(\.member).filter { side(of: $0, asked) != .silent }
        }
    }

    /// Returns the assumptions that a question tests, with this question, sorted.
    private func testedAssumptions() -> [(slug: String, question: String)] {
        state.assumptions.values.compactMap { assumption in
            guard let question = assumption.testedBy?.value, state.questions[question] != nil else { return nil }
            return (assumption.slug, question)
        }.sorted { $0.slug < $1.slug }
    }

    /// Returns the arguments of all claims that attack, that may be attacked, or that make a doubted assumption.
    private func arguments(
        _ caveats: [AttackingCaveat], _ undercuts: [Undercut], doubted: Set<String>
    ) -> Arguments {
        var arguments = Arguments(state)
        for (slug, quantity) in summary.quantities.sorted(by: { $0.key < $1.key }) {
            let discord = discords[slug]
            let refuted = evidence.claims.isEmpty ? [] : quantity.members.filter(\.isRefuted)
            if discord != nil || !refuted.isEmpty { arguments.add(quantity.members, discord, refuted: refuted) }
            guard !doubted.isEmpty else { continue }
            for member in quantity.members where member.claim.assumes.contains(where: { doubted.contains($0.value) }) {
                arguments.addWhole(member)
            }
        }
        for member in caveats.flatMap({ [$0.shownBy, $0.target] }) { arguments.addWhole(member) }
        for undercut in undercuts where undercut.shownBy.attackRank > 0 {
            for member in undercut.targets + [undercut.shownBy] { arguments.addWhole(member) }
        }
        for caveat in caveats {
            for target in arguments.nodes(of: caveat.target) {
                arguments.add(arguments.testedNodes(of: caveat.shownBy), on: target)
            }
        }
        return arguments
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
                shownBy.canAttack, !target.isRefuted, !target.hasUnknownSettings,
                shownBy.attackRank >= target.attackRank
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

extension AttackOutcome {
    fileprivate mutating func set(_ labels: [ClaimStatus], of arguments: Arguments, _ graph: AttackGraph) {
        parts = [:]
        let attackers = arguments.attackers(labels, graph)
        for (member, nodes) in arguments.nodesByMember where nodes.contains(where: { labels[$0] != .in }) {
            let failed = member.claim.assumes.map(\.value).filter(failedAssumptions.contains).sorted()
            var alike: [[String]: [Part]] = [:]
            for node in nodes {
                let isOut = labels[node] == .out
                let part = Part(
                    status: labels[node], attackers: attackers[node]?.names ?? [],
                    rivals: attackers[node].map { $0.claims } ?? [], failedAssumptions: isOut ? failed : [],
                    boxes: arguments.boxes[node], isTested: arguments.isTested[node])
                alike[[part.status.rawValue, part.reason ?? ""], default: []].append(part)
            }
            parts[member] = alike.values.map { Part(joining: $0).simplified }
                .map { (part: $0, key: $0.sortKey) }.sorted { a, b in
                    a.part.status == b.part.status
                        ? a.key.lexicographicallyPrecedes(b.key) : a.part.status > b.part.status
                }.map(\.part)
        }
    }

    /// Marks the claims that an undercut doubts without defeating them.
    fileprivate mutating func setDoubts(_ undercuts: [Undercut]) {
        for undercut in undercuts where effectiveStatus(of: undercut.shownBy) == .in {
            for target in undercut.targets where status(of: target) != .out {
                doubts[target, default: []].append(undercut)
            }
        }
    }
}

extension AttackOutcome.Part {
    /// Joins parts with the same status.
    fileprivate init(joining parts: [Self]) {
        self = parts[0]
        guard parts.count > 1 else { return }
        boxes = parts.contains { $0.boxes.isEmpty } ? [] : parts.flatMap(\.boxes)
        attackers = Set(parts.flatMap(\.attackers)).sorted()
        rivals = parts.reduce([]) { all, part in all.flatMap { all in part.rivals.map(all.union) } }
        failedAssumptions = Set(parts.flatMap(\.failedAssumptions)).sorted()
        isTested = parts.contains(where: \.isTested)
    }

    /// The same part with fewer boxes: boxes that differ in a single condition are joined.
    fileprivate var simplified: Self {
        var simplified = self
        simplified.boxes = joinedBoxes(boxes)
        return simplified
    }

    fileprivate var sortKey: [String] { [reason ?? ""] + (boxes.first?.sortKey ?? []) }
}
