import Checking
import Evidence
import Records

/// A claim of a finding that another finding supersedes.
package struct Superseded: Sendable, Equatable {
    package var by: String
    package var claim: ClaimID
    /// The findings that still build on the superseded one, sorted.
    package var buildsOn: [String]
    /// The reason why the claim stays in the merge. nil if it is superseded.
    package var obstacle: String?
    /// Whether the newer finding contradicts the claim: no value of its claims on the quantity is in the claim's range.
    package var isReversed: Bool
}

extension CheckedLedger {
    /// Returns the claims that other findings supersede or only claim to supersede, sorted by claim.
    ///
    /// A claim is superseded if the newer finding has a claim on its quantity with no lower level of evidence, and if
    /// its own finding names the newer one in `superseded_by`.
    func supersessions(_ evidence: Evidence) -> [Superseded] {
        var dependents: [String: Set<String>] = [:]
        for finding in findings where finding.isActive {
            for base in finding.buildsOn { dependents[base.value, default: []].insert(finding.slug) }
        }
        var superseded: [Superseded] = []
        for finding in findings where finding.isActive {
            for old in finding.supersedes {
                guard let former = state.findings[old.value], former.isActive else { continue }
                let builders = dependents[old.value, default: []].subtracting([finding.slug, old.value]).sorted()
                for claim in former.claims {
                    superseded.append(
                        Superseded(
                            by: finding.slug, claim: claim.id, buildsOn: builders,
                            obstacle: obstacle(to: finding, replacing: claim, of: former, evidence),
                            isReversed: finding.reverses(claim)))
                }
            }
        }
        return superseded.sorted { ($0.claim, $0.by) < ($1.claim, $1.by) }
    }

    /// Returns the first finding that supersedes each superseded claim.
    package func successors(_ evidence: Evidence) -> [ClaimID: String] { successorsByClaim(supersessions(evidence)) }

    private func obstacle(
        to finding: Finding, replacing claim: Claim, of former: Finding, _ evidence: Evidence
    ) -> String? {
        guard former.supersededBy.contains(where: { $0.value == finding.slug }) else {
            return "\(former.slug) does not name it in superseded_by"
        }
        let successors = finding.claims.filter { $0.quantity.value == claim.quantity.value }
        guard !successors.isEmpty else { return "it has no claim on \(claim.quantity.value)" }
        // A claim that takes a side is replaced only by one that takes a side.
        let levels = successors.filter {
            (canTakeSide($0) || !canTakeSide(claim)) && evidence[$0.id].verdict != .refuted
        }
        .map { evidence[$0.id].evidence }
        guard let best = levels.max() else {
            return
                "its claims on \(claim.quantity.value) take no side: they are witnesses, refuted, or numbers without an uncertainty"
        }
        let level = evidence[claim.id].evidence
        return best < level ? "it is only \(best.phrase), and \(claim.id) is \(level.phrase)" : nil
    }
}

extension CheckedLedger {
    private func canTakeSide(_ claim: Claim) -> Bool {
        guard claim.kind == .mostRuns, claim.value == nil else { return claim.kind == .mostRuns }
        guard let reported = claim.reported, let quantity = state.quantities[claim.quantity.value] else { return false }
        return Estimate(reported, of: quantity) != nil
    }
}

extension Finding {
    /// Returns whether all claims on a claim's quantity have ranges that are disjoint from its range.
    fileprivate func reverses(_ claim: Claim) -> Bool {
        guard let range = claim.value?.value else { return false }
        let ranges = claims.filter { $0.quantity.value == claim.quantity.value }.compactMap(\.value)
        return !ranges.isEmpty && ranges.allSatisfy { $0.value.isDisjoint(from: range) }
    }
}

/// Returns the first finding that supersedes each superseded claim.
func successorsByClaim(_ supersessions: [Superseded]) -> [ClaimID: String] {
    Dictionary(
        supersessions.filter { $0.obstacle == nil }.map { ($0.claim, $0.by) }, uniquingKeysWith: { first, _ in first })
}

extension Merge {
    /// Returns the first finding that supersedes a claim. nil if the claim is not superseded.
    package func successor(of claim: ClaimID) -> String? { successors[claim] }
}
