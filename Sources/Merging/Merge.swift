import Checking
import Evidence
import Records
import Words

/// The claims of a ledger that take part in the merge, all but those of planned, retracted and superseded findings, with
/// what follows from them: which disagree, and which survive.
///
/// A function of the set of records alone: neither order nor grouping of what was merged leaves a trace.
package struct Merge: Sendable {
    package let ledger: CheckedLedger
    package let evidence: Evidence
    package let summary: Summary
    /// The quantities on which claims do not go together.
    package let discords: [String: Discord]
    /// Assumptions that cannot all hold: runs verified two claims that rest on them and cannot both be true.
    package let nogoods: [Set<String>]
    /// By leaf, sorted by id.
    package private(set) var bearersByLeaf: [String: [Bearer]] = [:]
    /// Sorted.
    package let partsByQuestion: [String: [String]]
    package private(set) var standings = Standings()

    package var state: LedgerState { ledger.state }

    /// `failing` are assumptions that are taken to fail.
    package init(_ ledger: CheckedLedger, _ evidence: Evidence, failing: Set<String> = []) {
        self.ledger = ledger
        self.evidence = evidence
        let state = ledger.state
        let bearing = BearingIndex(state)
        summary = Summary.ofClaimsInForce(state, evidence, bearing)
        let discords = summary.quantities.mapSideBySide { slug, summary in
            (slug, findDiscord(summary, quantity: state.quantities[slug], in: state))
        }
        self.discords = Dictionary(uniqueKeysWithValues: discords).compactMapValues(\.self)
        self.nogoods = Self.nogoods(self.discords, state)
        partsByQuestion = Checking.partsByQuestion(state.questions)
        bearersByLeaf = findBearers(bearing)
        standings = findStandings(failing: failing)
    }

    package func members(of quantity: String) -> [Member] { summary.quantities[quantity]?.members ?? [] }

    package var members: some Sequence<Member> { summary.quantities.values.lazy.flatMap(\.members) }
}

extension Summary {
    fileprivate static func ofClaimsInForce(
        _ state: LedgerState, _ evidence: Evidence, _ bearing: BearingIndex
    ) -> Summary {
        let leftOut = state.reasonsLeftOut()
        let claims = claimsByQuantity(state.findings.values.filter { leftOut[$0.slug] == nil })
        let quantities = claims.mapSideBySide { slug, claims -> (String, QuantitySummary)? in
            guard let quantity = state.quantities[slug] else { return nil }
            let members = claims.map { Member($0, of: $1, quantity: quantity, in: state, evidence, bearing) }
            return (slug, QuantitySummary(members))
        }
        return Summary(Dictionary(uniqueKeysWithValues: quantities.compactMap(\.self)))
    }
}
