import Evidence
import Records
import Words

/// The status of a leaf that follows from some claims.
struct LeafVerdict {
    var status: QuestionStatus
    /// The claims whose sides count.
    var counted: [LeafClaim]
    /// If the answer depends on conditions, the claims for yes and for no, and their differences.
    fileprivate var dependence: Discord?

    private var live: [LeafClaim] { counted.filter(\.hasLiveSide) }
    fileprivate var pro: [LeafClaim] { live.filter { $0.side == .pro } }
    fileprivate var con: [LeafClaim] { live.filter { $0.side == .con } }

    /// The claims for the answer yes or no that are attacked, although all claims on the other side are `out`. The answer is
    /// known, but not the value.
    var disputedClaims: [LeafClaim] {
        switch status {
        case .supported, .refuted: live.filter(\.isPartlyUndecided)
        case .depends, .contested, .open, .answered: []
        }
    }

    /// Returns whether the answer rests on claims that satisfy a condition.
    func rests(on isWanted: (Member) -> Bool) -> Bool {
        status != .open && counted.contains { isWanted($0.member) }
    }
}

/// The maximum number of pairs of a claim for yes and a claim for no that are compared.
private let sidePairLimit = 16_384

extension Merge {
    /// Returns the status that follows from some claims at a leaf.
    ///
    /// The leaf is supported if every claim for no is `out`, and if some claim for yes is `in` or those for yes are
    /// undecided only because they attack one another. It is refuted in the reverse case. It is open if every claim with a side is `out`. It depends on conditions if claims on both sides are `in`,
    /// none is undecided, and no two of them share a cell. Otherwise it is contested. Claims that take no part in
    /// attacks count only if no other claim takes a side.
    func verdict(on claims: [LeafClaim]) -> LeafVerdict {
        let sided = claims.filter(\.hasCountedSide)
        let attackable = sided.filter(\.member.takesPartInAttacks)
        var verdict = LeafVerdict(status: .contested, counted: attackable.isEmpty ? sided : attackable)
        let (pro, con) = (verdict.pro, verdict.con)
        if pro.isEmpty, con.isEmpty {
            verdict.status = .open
        } else if con.isEmpty, stand(pro) {
            verdict.status = .supported
        } else if pro.isEmpty, stand(con) {
            verdict.status = .refuted
        } else if !pro.isEmpty, !con.isEmpty, let dependence = dependence(pro, con) {
            (verdict.status, verdict.dependence) = (.depends, dependence)
        }
        return verdict
    }

    /// Returns whether a claim on one side is `in`, or whether these claims only attack one another, so that each claim
    /// that can survive is on this side.
    private func stand(_ claims: [LeafClaim]) -> Bool {
        if claims.contains(where: { $0.effectiveStatus == .in }) { return true }
        let ids = Set(claims.map(\.member.id))
        return claims.allSatisfy { claim in
            claim.parts.filter { $0.status == .undecided }.allSatisfy { part in
                part.rivals.map { !$0.isEmpty && $0.isSubset(of: ids) } ?? false
            }
        }
    }

    /// Returns nil if the answer does not depend on conditions: if a claim is undecided, two claims share a cell or do not
    /// differ, or there are too many pairs.
    private func dependence(_ pro: [LeafClaim], _ con: [LeafClaim]) -> Discord? {
        guard !(pro + con).contains(where: { $0.isPartlyUndecided }), pro.count * con.count <= sidePairLimit else {
            return nil
        }
        let theirs = con.map(\.effectiveCells)
        for mine in pro.map(\.effectiveCells) {
            for other in theirs where mine.contains(where: { cell in other.contains { $0.overlaps(cell) } }) {
                return nil
            }
        }
        return Discord(
            between: pro.map(\.member), and: con.map(\.member),
            quantity: state.quantities[pro[0].member.claim.quantity.value], in: state)
    }

    /// Returns the conditions on which an answer depends, with the best evidence of each side, the reason why it is
    /// contested, or the claims that dispute the value. Returns nil if there is nothing to say.
    func reason(of verdict: LeafVerdict) -> String? {
        let (pro, con) = (verdict.pro, verdict.con)
        switch verdict.status {
        case .supported, .refuted:
            let disputed = verdict.disputedClaims.map(\.member.id.description)
            return disputed.isEmpty ? nil : "value in dispute: \(listed(shortList(disputed)))"
        case .open, .answered: return nil
        case .contested:
            return pro.count * con.count > sidePairLimit
                ? "\(pro.count) claims for yes and \(con.count) for no, too many to find what separates them"
                : contestReason(pro + con)
        case .depends:
            let conditions = verdict.dependence.flatMap(firstExplanation)?.judgedPhrase ?? "several conditions"
            return "on \(conditions): yes by \(namesWithLevel(pro)), no by \(namesWithLevel(con))"
        }
    }

    private func namesWithLevel(_ claims: [LeafClaim]) -> String {
        let best = claims.max { $0.member.evidence.evidence < $1.member.evidence.evidence }
        let level = best.map { $0.member.isRefuted ? "refuted" : $0.member.evidence.evidence.phrase } ?? ""
        return "\(listed(shortList(claims.map(\.member.id.description)))) (\(level))"
    }

    private func contestReason(_ live: [LeafClaim]) -> String {
        let ids = Set(live.map(\.member.id))
        let found = live.first.flatMap { discords[$0.member.claim.quantity.value] }
        let pairs = found?.pairs.filter { ids.contains($0.a) && ids.contains($0.b) } ?? []
        guard let found, !pairs.isEmpty else {
            return found.map { !$0.sets.isEmpty } ?? false
                ? "conflict of labels that cannot all hold" : "only because of \(uncompared(live))"
        }
        let kind = pairs.contains(where: \.isConflict) ? "conflict" : "different parts"
        if pairs.contains(where: { $0.differs.isEmpty }) { return "\(kind), not all explained" }
        guard let first = found.explanations().all.first else { return "\(kind), not explained" }
        return first.identifies
            ? "\(kind), not explained: only sets that identify the findings separate them, such as \(first.phrase)"
            : "\(kind), explained by \(first.phrase)"
    }

    /// Returns the first explanation of a dependence. An explanation that only identifies the findings on the quantity
    /// explains nothing at the leaf either.
    private func firstExplanation(_ dependence: Discord) -> Explanation? {
        let quantity = dependence.comparison.members.first?.claim.quantity.value
        let naming = quantity.flatMap { discords[$0] }?.explanations().all.filter(\.identifies).map(\.conditions) ?? []
        let all = dependence.explanations().all.map { explanation in
            var explanation = explanation
            explanation.identifies = explanation.identifies || naming.contains(explanation.conditions)
            return explanation
        }
        return all.first { !$0.identifies } ?? all.first
    }

    /// Names the kinds of claims that take a side but are in no discordant pair.
    private func uncompared(_ claims: [LeafClaim]) -> String {
        let refuted = claims.filter(\.member.isRefuted).map(\.member.id.description)
        var kinds = refuted.isEmpty ? [] : ["the runs that refuted \(listed(refuted))"]
        let undecided = claims.filter { $0.isPartlyUndecided && !$0.member.isRefuted }.map(\.member.id.description)
        if kinds.isEmpty, !undecided.isEmpty { kinds.append("undecided claims: \(listed(shortList(undecided)))") }
        return kinds.isEmpty ? "claims that cannot be compared" : listed(kinds)
    }
}

extension LeafClaim {
    /// The cells at which the claim, or its complement, is `in`.
    fileprivate var effectiveCells: [Scope] {
        let inParts = parts.filter { $0.status == .in && !$0.boxes.isEmpty }
        if !inParts.isEmpty { return inParts.flatMap(\.boxes) }
        guard member.isRefuted else { return [member.scope] }
        return member.evidence.cells.filter { $0.verdict == .refuted }.map {
            Scope(cell: $0.cell, model: member.claim.tested[Condition.model])
        }
    }
}
