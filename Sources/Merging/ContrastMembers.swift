import Checking
import Evidence
import Records
import Words

/// The prefix of a condition in which the other arm of a contrast has another value.
let againstPrefix = "against "

/// Two claims of one finding whose difference is a claim in the merge.
package struct ContrastArms: Sendable {
    package var minuend: Member
    package var subtrahend: Member
    package var difference: Difference

    /// The claims in a phrase, such as `a#1 minus a#2`.
    package var phrase: String { "\(minuend.id) minus \(subtrahend.id)" }

    /// Returns nil if the difference has no known uncertainty.
    init?(_ minuend: Member, _ subtrahend: Member, _ contrast: Contrast, of quantity: Quantity) {
        guard let difference = Difference(minuend.claim, minus: subtrahend.claim, contrast, of: quantity) else {
            return nil
        }
        (self.minuend, self.subtrahend, self.difference) = (minuend, subtrahend, difference)
    }

    /// The same contrast with its arms exchanged.
    private var reversed: ContrastArms {
        func negated(_ limits: ConfidenceLimits) -> ConfidenceLimits {
            ConfidenceLimits(value: -limits.value, lower: -limits.upper, upper: -limits.lower)
        }
        var reversed = self
        (reversed.minuend, reversed.subtrahend) = (subtrahend, minuend)
        (reversed.difference.usual, reversed.difference.strict) = (
            negated(difference.usual), negated(difference.strict)
        )
        return reversed
    }

    /// Returns the difference as a claim on a quantity of differences. If the leaves ask about the settings of the other
    /// arm only, the arms are exchanged. Returns nil if the difference is relevant to no leaf.
    func member(of id: ClaimID, on quantity: Quantity, _ leaves: BearingIndex.Leaves, _ state: LedgerState) -> Member? {
        for arms in [self, reversed] {
            let claim = Claim(
                id: id, difference: arms.minuend.claim, minus: arms.subtrahend.claim, on: quantity.slug,
                tested: arms.tested, reported: Reported(number: arms.difference.usual))
            let member = Member(claim, arms, quantity: quantity, in: state, leaves)
            if !member.leaves.isEmpty { return member }
        }
        return nil
    }

    /// The settings on which both arms agree, and those in which they differ, with the values of both.
    private var tested: Box {
        let (mine, theirs) = (minuend.claim.tested, subtrahend.claim.tested)
        var sides: [Box.Side] = []
        for side in mine.sides {
            var shared = side
            switch (side.selection, theirs[side.condition.value]) {
            case (let a, let b?) where a == b: break
            case (.values(let a), .values(let b)?) where !a.contains(where: b.contains):
                sides.append(
                    Box.Side(
                        condition: Located(againstPrefix + side.condition.value, side.condition.mark),
                        selection: .values(b), marks: side.marks))
            case (_, _): shared.selection = .unknown
            }
            sides.append(shared)
        }
        return Box(sides: sides)
    }
}

extension Merge {
    /// Returns the contrast of a claim with the other arm, or nil if there is none or one of them is not in the merge.
    package func contrast(of claim: Claim) -> ContrastArms? {
        summary.contrast(of: claim, state)
    }
}

extension Summary {
    fileprivate func contrast(of claim: Claim, _ state: LedgerState) -> ContrastArms? {
        guard let contrast = claim.contrast, let quantity = state.quantities[claim.quantity.value],
            let other = state.claimID(contrast.against.value), let members = quantities[quantity.slug],
            let minuend = members.member(claim.id), let subtrahend = members.member(other)
        else { return nil }
        return ContrastArms(minuend, subtrahend, contrast, of: quantity)
    }

    /// Adds the contrasts of findings as claims on quantities of differences.
    func addingContrasts(of findings: [Finding], _ state: LedgerState, _ bearing: BearingIndex) -> Summary {
        let differences = Dictionary(grouping: state.quantities.values.filter { $0.differenceOf != nil }) {
            $0.differenceOf?.value ?? ""
        }
        guard !differences.isEmpty else { return self }
        let members = findings.flatMap(\.claims).flatMap { claim -> [Member] in
            guard let quantities = differences[claim.quantity.value], let arms = contrast(of: claim, state) else {
                return []
            }
            return quantities.compactMap { quantity in
                arms.member(of: claim.id, on: quantity, bearing.leaves(of: quantity.slug), state)
            }
        }
        return members.isEmpty ? self : self + Summary(members)
    }
}
