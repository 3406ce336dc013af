import Checking
import Evidence
import Records
import Words

/// The claims in the merge, with their disagreements, the attacks between them, and the answers that follow. The merge
/// excludes superseded claims and the claims of planned and retracted findings.
///
/// The merge is a function of the set of records. It does not depend on the order or grouping in which records were
/// merged.
package struct Merge: Sendable {
    package let ledger: CheckedLedger
    package let evidence: Evidence
    package let summary: Summary
    /// The discordant claims, by quantity.
    package let discords: [String: Discord]
    /// Sets of assumptions that cannot all be true, because runs verified two claims that make these assumptions and
    /// contradict each other.
    package let inconsistentAssumptions: [Set<String>]
    /// The claims that are relevant to each leaf, sorted by id.
    package private(set) var membersByLeaf: [String: [LeafMember]] = [:]
    /// The parts of each question, sorted.
    package let partsByQuestion: [String: [String]]
    package private(set) var attackOutcome = AttackOutcome()

    /// The claims that other findings supersede or claim to supersede, sorted by claim.
    package let supersessions: [Superseded]
    /// The first finding that supersedes each superseded claim.
    let successors: [ClaimID: String]

    package var state: LedgerState { ledger.state }

    /// The assumptions in `failing` are treated as failed.
    package init(_ ledger: CheckedLedger, _ evidence: Evidence, failing: Set<String> = []) {
        self.ledger = ledger
        self.evidence = evidence
        let state = ledger.state
        let bearing = BearingIndex(state)
        supersessions = ledger.supersessions(evidence)
        successors = successorsByClaim(supersessions)
        summary = Summary.ofClaimsInForce(ledger, evidence, bearing, without: Set(successors.keys))
        let discords = summary.quantities.concurrentMap { slug, summary in
            (slug, findDiscord(summary, quantity: state.quantities[slug], in: state))
        }
        self.discords = Dictionary(uniqueKeysWithValues: discords).compactMapValues(\.self)
        self.inconsistentAssumptions = Self.inconsistentAssumptions(self.discords, state)
        partsByQuestion = Checking.partsByQuestion(state.questions)
        membersByLeaf = membersOfLeaves(bearing)
        attackOutcome = resolveAttacks(failing: failing)
    }

    package func members(of quantity: String) -> [Member] { summary.quantities[quantity]?.members ?? [] }

    /// The claims that findings state, without their contrasts.
    package var members: some Sequence<Member> {
        summary.quantities.values.lazy.flatMap(\.members).filter { $0.contrast == nil }
    }
}

extension Summary {
    /// Summarises the claims that take part in the merge. Creates the members in the order of files, which is the order
    /// of claims in memory, and collects them in the order of ids.
    fileprivate static func ofClaimsInForce(
        _ ledger: CheckedLedger, _ evidence: Evidence, _ bearing: BearingIndex, without superseded: Set<ClaimID>
    ) -> Summary {
        let state = ledger.state
        let quantities = Array(state.quantities.values)
        let leaves = quantities.map { bearing.leaves(of: $0.slug) }
        let numbers = Dictionary(uniqueKeysWithValues: zip(quantities.map(\.slug), quantities.indices))
        let findings = ledger.activeFindings
        let made = findings.concurrentMap { finding in
            finding.claims.compactMap { claim -> (number: Int, member: Member)? in
                guard let number = numbers[claim.quantity.value], superseded.isEmpty || !superseded.contains(claim.id)
                else { return nil }
                let member = Member(
                    claim, of: finding, quantity: quantities[number], in: state, evidence, leaves: leaves[number])
                return (number, member)
            }
        }
        var members: [[Member]] = Array(repeating: [], count: quantities.count)
        for place in sortedIndices(findings, by: { $0.slug }) {
            for (number, member) in made[place] { members[number].append(member) }
        }
        let summaries = zip(quantities, members).filter { !$1.isEmpty }.concurrentMap { quantity, members in
            (quantity.slug, QuantitySummary(sortedByID: members))
        }
        return Summary(Dictionary(uniqueKeysWithValues: summaries)).addingContrasts(of: findings, state, bearing)
    }
}
