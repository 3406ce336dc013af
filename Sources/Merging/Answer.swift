import Evidence
import Records
import Words

/// The status of a question.
package enum QuestionStatus: String, Sendable, Codable, CaseIterable {
    case supported, refuted, depends, contested, open, answered

    /// Whether a part with this status is answered. A question that needs `answers` is answered if all of its parts
    /// are.
    var isAnswer: Bool {
        switch self {
        case .supported, .refuted, .depends, .answered: true
        case .contested, .open: false
        }
    }
}

package enum Side: String, Sendable, Codable {
    case pro, con, silent
}

/// A claim that is relevant to a leaf, with its side and status.
package struct LeafClaim: Sendable {
    /// The reason why the answer does not count the side of a claim.
    package enum Omission: String, Sendable, Codable {
        /// The claim is relevant only through a bridge.
        case bridge
        /// Settings of the claim are not recorded, and another claim that takes part in attacks has a side.
        case unrecordedSettings = "unrecorded-settings"
        /// The number was selected among several, and another claim that takes part in attacks has a side.
        case selectedNumber = "selected-number"
    }

    package var member: Member
    package var side: Side
    /// Whether the claim survives the attacks on it at the leaf's settings. If this differs between settings, the best
    /// status.
    package var status: ClaimStatus
    /// The status of the claim or, if its runs refuted it, of its complement.
    package var effectiveStatus: ClaimStatus
    /// The parts of the claim or of its complement at the leaf's settings. Empty if the claim is `in` everywhere.
    package var parts: [AttackOutcome.Part] = []
    /// The reason why the claim is not `in` everywhere.
    package var reason: String?
    /// The undercuts that doubt the claim without defeating it.
    package var doubts: [Undercut] = []
    /// The bridge by which the claim is relevant to the leaf. nil if the claim's own scope overlaps that of the leaf.
    package var bridge: String?
    package var omission: Omission?

    /// Whether the answer counts the claim's side.
    package var hasCountedSide: Bool { side != .silent && omission == nil }
    /// Whether the claim takes a side that no attack defeated.
    package var hasLiveSide: Bool { side != .silent && effectiveStatus != .out }
    var isPartlyUndecided: Bool {
        effectiveStatus == .undecided || parts.contains { $0.status == .undecided }
    }
}

/// The answer to one question.
package struct Answer: Sendable {
    package var question: Question
    /// The kind of models about which the question asks.
    package var asks: Question.Asks
    /// The status for the models about which the question asks, and the status that follows from re-run claims only.
    package var status: QuestionStatus
    package var verified: QuestionStatus
    /// The status for general models and for special-purpose models.
    package var general: QuestionStatus
    package var special: QuestionStatus
    /// The reason why the question is contested, the conditions on which the answer depends, or the claims that dispute
    /// the value. nil if there is nothing to say.
    package var reason: String?
    /// Whether claims for a leaf's answer contradict one another or claims that take no side.
    package var hasDisputedValue = false
    /// The active parts, sorted. Empty for a leaf.
    package var parts: [String]
    package var answeredParts: Int
    /// The numbers of tested cells and of all cells in the leaf's grid or in the grids of all leaves below the
    /// question.
    package var testedCells: Int
    package var totalCells: Int
    /// The minimal sets of assumptions that are sufficient for the answer.
    package var assumptions: AssumptionSets
    /// The status of the bridges that toy claims at a leaf assume, sorted by name.
    package var bridges: [BridgeStatus] = []
    /// Whether a leaf's answer rests on claims whose settings are not recorded, and whether it rests on selected numbers.
    package var hasUnrecordedSettings = false
    package var hasSelectedNumbers = false
    /// The numbers of reported values without an uncertainty that would answer a leaf with yes and with no.
    package var leans = (yes: 0, no: 0)
    /// The claims that are relevant to a leaf, sorted by id. Empty for other questions.
    package var claims: [LeafClaim]
    /// The counts of the claims that are relevant to the leaf or to the leaves below the question.
    package var weight: Weight

    package var asPart: PartAnswer {
        PartAnswer(
            id: question.id, asks: asks, status: status, verified: verified, general: general, special: special,
            testedCells: testedCells, totalCells: totalCells, assumptions: assumptions)
    }

    package var phrase: String {
        let details = details
        return details.isEmpty ? statusPhrase : "\(statusPhrase) (\(details.joined(separator: "; ")))"
    }

    /// What the answer rests on: remarks on settings and numbers, the weight of the claims, and the tested cells.
    package var details: [String] {
        let unrecorded =
            (hasUnrecordedSettings ? ["settings not recorded"] : []) + (hasSelectedNumbers ? ["selected numbers"] : [])
        let cells = totalCells > 0 ? ["\(testedCells) of \(totalCells) cells"] : []
        return unrecorded + weight.phrases + cells
    }

    /// The status, and whether the value is in dispute.
    package var statusPhrase: String { status.rawValue + (hasDisputedValue ? ", value in dispute" : "") }

    /// The claims with a side that no attack defeated.
    package var liveClaims: [LeafClaim] { claims.filter(\.hasLiveSide) }
}

/// The numbers of all claims, of re-run claims, and of claims on general and on toy models. Each claim is counted once.
package struct Weight: Sendable, Equatable, AdditiveArithmetic {
    package var claims = 0
    /// The number of claims that an independent runner verified or refuted. If runs refute a claim, they verify its
    /// complement.
    package var rerun = 0
    /// The number of claims that only their contributors' own runs verified or refuted.
    package var ownRun = 0
    package var general = 0
    package var toys = 0
    /// The number of claims that are about no model.
    package var modelFree = 0

    package static let zero = Weight()

    package init() {}

    /// Counts members. `members` must not contain repeats.
    package init(of members: some Sequence<Member>) {
        for member in members {
            claims += 1
            if member.isDecidedByRuns {
                if member.evidence.isIndependent { rerun += 1 } else { ownRun += 1 }
            }
            switch member.kind {
            case .general: general += 1
            case .toy: toys += 1
            case .other: modelFree += member.isAboutModels ? 0 : 1
            }
        }
    }

    /// The operands must have no claim in common.
    package static func + (a: Weight, b: Weight) -> Weight { a.combined(b, &+) }

    package static func - (a: Weight, b: Weight) -> Weight { a.combined(b, &-) }

    private func combined(_ other: Weight, _ combine: (Int, Int) -> Int) -> Weight {
        var result = Weight()
        result.claims = combine(claims, other.claims)
        result.rerun = combine(rerun, other.rerun)
        result.ownRun = combine(ownRun, other.ownRun)
        result.general = combine(general, other.general)
        result.toys = combine(toys, other.toys)
        result.modelFree = combine(modelFree, other.modelFree)
        return result
    }

    /// The kinds of models; nil if no claim is about a model.
    private var modelPhrase: String? {
        if modelFree == claims { return nil }
        if toys == claims { return "toys only" }
        if general == 0 { return "no general model" }
        return general == claims ? "general models" : "\(general) of \(claims - modelFree) on general models"
    }

    package var phrases: [String] {
        guard claims > 0 else { return ["no claims"] }
        let rerunPhrase =
            switch (rerun, ownRun) {
            case (0, 0): "reported only"
            case (claims, 0): "re-run"
            case (0, claims): "own runs"
            case (_, 0): "\(rerun) of \(claims) claims re-run"
            case (0, _): "\(ownRun) of \(claims) claims with own runs"
            case (_, _): "\(rerun) of \(claims) claims re-run, \(ownRun) with own runs"
            }
        return [rerunPhrase, modelPhrase].compactMap(\.self)
    }
}

/// The properties of a part's answer on which the answer to its parent depends.
package struct PartAnswer: Sendable, Equatable {
    package var id: String
    package var asks = Question.Asks.either
    package var status: QuestionStatus
    package var verified: QuestionStatus
    package var general: QuestionStatus
    package var special: QuestionStatus
    package var testedCells: Int
    package var totalCells: Int
    package var assumptions: AssumptionSets
}
