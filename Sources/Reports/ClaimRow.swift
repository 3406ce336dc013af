import Evidence
import Merging
import Records
import Words

/// A claim in a report: its value, where it was tested, and its evidence.
package struct ClaimRow: Sendable {
    package var id: ClaimID
    package var quantity: String
    package var valueText: String
    /// The settings at which the claim was tested, one phrase per condition.
    package var tested: [String]
    package var evidence: ClaimEvidence
    /// The side that the claim takes on the question shown in the report.
    package var side: Side?

    private init(_ claim: Claim, _ valueText: String, _ evidence: ClaimEvidence, side: Side?) {
        (id, quantity, self.valueText) = (claim.id, claim.quantity.value, valueText)
        (tested, self.evidence, self.side) = (claim.testedPhrases, evidence, side)
    }

    init(_ claim: Claim, _ evidence: ClaimEvidence, in state: LedgerState) {
        self.init(claim, state.valueText(claim), evidence, side: nil)
    }

    init(_ member: Member, side: Side? = nil) {
        self.init(member.claim, member.valueText, member.evidence, side: side)
    }

    static let header = ["claim", "quantity", "says", "tested", "verdict", "level", "evidence", "hits", "runs"]

    var cells: [CSVCell] {
        [
            .text(id.description), .text(quantity), .text(valueText), .list(tested), .text(evidence.verdict.rawValue),
            .text(evidence.level.rawValue), .text(evidence.evidence.rawValue), .number(evidence.hits),
            .number(evidence.runs),
        ]
    }
}
