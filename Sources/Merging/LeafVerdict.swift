import Evidence
import Records
import Words

/// The status of a leaf that follows from some claims.
struct LeafVerdict {
    var status: QuestionStatus
    /// The claims whose sides count.
    var counted: [LeafClaim]
    /// If the answer depends on conditions, the distinct differences of a claim for yes and a claim for no.
    fileprivate var differences: Set<[String]> = []

    private var live: [LeafClaim] { counted.filter { $0.effectiveStatus != .out } }
    fileprivate var pro: [LeafClaim] { live.filter { $0.side == .pro } }
    fileprivate var con: [LeafClaim] { live.filter { $0.side == .con } }

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
    /// The leaf is supported if some claim for yes is `in` and every claim for no is `out`, and refuted in the reverse
    /// case. It is open if every claim with a side is `out`. It depends on conditions if claims on both sides are `in`,
    /// none is undecided, and no two of them share a cell. Otherwise it is contested. Claims that take no part in
    /// attacks count only if no other claim takes a side.
    func verdict(on claims: [LeafClaim]) -> LeafVerdict {
        let sided = claims.filter(\.hasCountedSide)
        let attackable = sided.filter(\.member.takesPartInAttacks)
        var verdict = LeafVerdict(status: .contested, counted: attackable.isEmpty ? sided : attackable)
        let (pro, con) = (verdict.pro, verdict.con)
        if pro.isEmpty, con.isEmpty {
            verdict.status = .open
        } else if con.isEmpty, pro.contains(where: { $0.effectiveStatus == .in }) {
            verdict.status = .supported
        } else if pro.isEmpty, con.contains(where: { $0.effectiveStatus == .in }) {
            verdict.status = .refuted
        } else if !pro.isEmpty, !con.isEmpty, let differences = separableDifferences(pro, con) {
            (verdict.status, verdict.differences) = (.depends, differences)
        }
        return verdict
    }

    /// Returns the distinct differences of a claim for yes and a claim for no. Returns nil if the answer does not depend
    /// on conditions: if a claim is undecided, two claims share a cell or do not differ, or there are too many pairs.
    private func separableDifferences(_ pro: [LeafClaim], _ con: [LeafClaim]) -> Set<[String]>? {
        guard !(pro + con).contains(where: { $0.isPartlyUndecided }), pro.count * con.count <= sidePairLimit else {
            return nil
        }
        let theirs = con.map { SidedClaim($0, state) }
        var differences: Set<[String]> = []
        for mine in pro.map({ SidedClaim($0, state) }) {
            for other in theirs {
                guard !mine.sharesCell(with: other) else { return nil }
                let differing = mine.differences(from: other)
                guard !differing.isEmpty else { return nil }
                differences.insert(differing)
            }
        }
        return differences
    }

    /// Returns the conditions on which an answer depends, with the best evidence of each side, or the reason why it is
    /// contested. Returns nil for other statuses.
    func reason(of verdict: LeafVerdict) -> String? {
        let (pro, con) = (verdict.pro, verdict.con)
        switch verdict.status {
        case .supported, .refuted, .open, .answered: return nil
        case .contested:
            return pro.count * con.count > sidePairLimit
                ? "\(pro.count) claims for yes and \(con.count) for no, too many to find what separates them"
                : contestReason(pro + con)
        case .depends:
            let claims = (pro + con).map { SidedClaim($0, state) }
            let conditions = firstSeparatingSet(verdict.differences, claims).map(named) ?? "several conditions"
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
        return "\(kind), explained by \(named(first.conditions))"
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

/// Returns the separating set with the fewest names, then with the fewest groups of claims, then first by name. Returns
/// nil if every separating set has more than four names. A set separates if it contains a name of each difference.
private func firstSeparatingSet(_ differences: Set<[String]>, _ claims: [SidedClaim]) -> [String]? {
    let names = Set(differences.joined()).sorted()
    let numbers = Numbering(names)
    let sets = minimalHittingSets(of: differences.map { numbers.set(of: $0) }, capacity: names.count).sets
    guard let size = sets.first?.count else { return nil }
    let smallest = sets.filter { $0.count == size }.map { set in set.map { names[$0] } }
    let counted = smallest.map { set in
        (groups: Set(claims.map { claim in set.map { claim.recorded[$0] ?? [] } }).count, names: set)
    }
    return counted.min { a, b in
        a.groups == b.groups ? a.names.lexicographicallyPrecedes(b.names) : a.groups < b.groups
    }?.names
}

/// A claim that takes a side at a leaf, prepared for comparison with claims on the other side.
private struct SidedClaim {
    /// The cells at which the claim, or its complement, is `in`.
    private let cells: [Scope]
    /// The tested values by condition or attribute. Assumptions, with the prefix `assume:`, have an empty list.
    let recorded: [String: [String]]
    private let assumptions: Set<String>

    init(_ claim: LeafClaim, _ state: LedgerState) {
        let inParts = claim.parts.filter { $0.status == .in && !$0.boxes.isEmpty }
        let refutedCells = claim.member.evidence.cells.filter { $0.verdict == .refuted }.map {
            Scope(cell: $0.cell, model: claim.member.claim.tested[Condition.model])
        }
        cells =
            !inParts.isEmpty
            ? inParts.flatMap(\.boxes) : claim.member.isRefuted ? refutedCells : [claim.member.scope]
        let pairs = state.recorded(claim.member.claim).map { ($0.name, $0.values) }
        assumptions = Set(claim.member.assumptions.map { assumptionPrefix + $0 })
        recorded = Dictionary(pairs + assumptions.map { ($0, []) }, uniquingKeysWith: { first, _ in first })
    }

    func sharesCell(with other: SidedClaim) -> Bool {
        cells.contains { cell in other.cells.contains { $0.overlaps(cell) } }
    }

    /// Returns the names for which both claims record values but no common value, and the assumptions that only one
    /// claim makes, sorted.
    func differences(from other: SidedClaim) -> [String] {
        let conditions = recorded.filter { name, values in
            !assumptions.contains(name) && (other.recorded[name].map { !$0.contains(where: values.contains) } ?? false)
        }.keys
        return (Array(conditions) + assumptions.symmetricDifference(other.assumptions)).sorted()
    }
}
