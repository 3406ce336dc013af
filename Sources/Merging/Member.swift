import Checking
import Evidence
import Records
import Words

/// The kind of models on which a claim was tested.
package enum ModelKind: String, Sendable, Codable {
    /// The claim was tested only on reasoning models about which the north star asks.
    case general
    /// The claim was tested only on toy models of this ledger.
    case toy
    case other
}

/// A claim in the merge, prepared for comparison. This is a class because members are immutable and many comparisons
/// share them.
package final class Member: Sendable {
    package let claim: Claim
    package let finding: Finding
    /// The claim's labels or its range, clipped to the quantity's range. For an estimate, its confidence interval,
    /// clipped likewise. nil for an estimate without such an interval and for a best or worst case.
    package let values: ValueSet?
    package let isEstimate: Bool
    /// The 95 % interval of an estimate.
    package let confidenceInterval: Interval?
    /// The number of an estimate that can disagree with other claims.
    package let estimate: Estimate?
    /// The values with which discordant claims are found: claims whose spans overlap are not discordant. These are
    /// `values` or the core of an estimate.
    let span: ValueSet?
    /// The values that the claim allows when it is compared with a range: `values` or the 99.5 % interval of an estimate.
    package let allowed: ValueSet?
    /// Whether the claim can disagree with others: it speaks about most runs, its own runs did not refute it, and it
    /// states possible values or a number with an uncertainty.
    package let canDisagree: Bool
    package let scope: Scope
    package let evidence: ClaimEvidence
    /// The leaves to which the claim is relevant, sorted.
    package let leaves: [String]
    /// The claim's assumptions except bridges, sorted.
    package let assumptions: [String]
    package let kind: ModelKind
    /// Whether the claim was tested on general models, and whether it was tested on special-purpose models. Both are true
    /// if its quantity does not depend on a model. Both are false if its model is not recorded or does not apply, and for
    /// averages over both kinds of models.
    package let isOnGeneralModels: Bool
    package let isOnSpecialModels: Bool
    /// Whether the claim's quantity depends on a model or the claim names one.
    package let isAboutModels: Bool
    /// Whether the claim says `unknown` for a condition of its quantity. Such a claim attacks nothing, and nothing
    /// attacks it.
    package let hasUnknownSettings: Bool

    /// The two claims of which this one is the difference. nil for a claim that a finding states.
    package let contrast: ContrastArms?

    /// `leaves` are the leaves that ask about the quantity.
    convenience init(
        _ claim: Claim, of finding: Finding, quantity: borrowing Quantity, in state: borrowing LedgerState,
        _ evidence: borrowing Evidence, leaves: borrowing BearingIndex.Leaves
    ) {
        self.init(
            claim, of: finding, quantity: quantity, in: state, evidence[claim.id],
            claim.value == nil ? claim.reported.flatMap { Estimate($0, of: quantity) } : nil, contrast: nil,
            leaves: leaves)
    }

    /// Creates the difference of two claims. Its evidence is that of the claim with the lower level.
    convenience init(
        _ claim: Claim, _ arms: ContrastArms, quantity: borrowing Quantity, in state: borrowing LedgerState,
        _ leaves: borrowing BearingIndex.Leaves
    ) {
        let weaker = [arms.minuend, arms.subtrahend].min { $0.evidence.evidence < $1.evidence.evidence }
        self.init(
            claim, of: arms.minuend.finding, quantity: quantity, in: state,
            weaker.map { $0.isRefuted ? ClaimEvidence() : $0.evidence } ?? ClaimEvidence(),
            Estimate(arms.difference.usual, arms.difference.strict, of: quantity), contrast: arms, leaves: leaves)
    }

    private init(
        _ claim: Claim, of finding: Finding, quantity: borrowing Quantity, in state: borrowing LedgerState,
        _ evidence: ClaimEvidence, _ estimate: Estimate?, contrast: ContrastArms?,
        leaves: borrowing BearingIndex.Leaves
    ) {
        self.claim = claim
        self.finding = finding
        self.evidence = evidence
        self.estimate = estimate
        self.contrast = contrast
        isEstimate = claim.value == nil
        confidenceInterval =
            contrast.map { Interval($0.difference.usual) }
            ?? (isEstimate ? claim.reported?.confidenceInterval(of: quantity) : nil)
        // A best or worst case says nothing about the values of most runs.
        let interval = claim.reported?.bound == nil ? confidenceInterval : nil
        values = (claim.value?.value ?? interval.map { .interval($0) })?.intersection(quantity.range)
        span = estimate.map { .interval(Interval($0.core(\.strict))) } ?? values
        allowed = estimate.map { ValueSet.interval(Interval($0.strict)).intersection(quantity.range) } ?? values
        canDisagree =
            claim.kind == .mostRuns && self.evidence.verdict != .refuted && (!isEstimate || estimate != nil)
            && [values, allowed].allSatisfy { $0.map { !$0.isEmpty } ?? false }
        scope = Scope(of: claim, vocabulary: state.vocabulary)
        self.leaves = leaves.overlapping(scope)
        assumptions =
            claim.assumes.isEmpty
            ? [] : claim.assumes.map(\.value).filter { state.assumptions[$0]?.bridge == nil }.sorted()
        hasUnknownSettings = claim.tested.sides.contains { side in
            side.selection == .unknown && quantity.hasCondition(side.condition.value)
        }
        let dependsOnModel = quantity.hasCondition(Condition.model)
        guard case .values(let named)? = claim.tested[Condition.model] else {
            kind = .other
            (isOnGeneralModels, isOnSpecialModels) = (!dependsOnModel, !dependsOnModel)
            isAboutModels = dependsOnModel
            return
        }
        isAboutModels = true
        let models = named.filter { $0 != Condition.notApplicable }
        let generalCount = models.count { state.vocabulary.isGeneral($0) }
        // An average over both kinds of models says nothing about either kind.
        let isMixed =
            generalCount > 0 && generalCount < models.count
            && claim.averagedOver.contains { $0.value == Condition.model }
        isOnGeneralModels = generalCount > 0 && !isMixed
        isOnSpecialModels = generalCount < models.count && !isMixed
        kind =
            models.allSatisfy { state.vocabulary.isGeneral($0) }
            ? .general : models.allSatisfy { state.models.index(forKey: $0) != nil } ? .toy : .other
    }

    package var id: ClaimID { claim.id }
    package var isRefuted: Bool { evidence.verdict == .refuted }
    /// Whether runs verified the claim or refuted it. In the latter case they verified its complement.
    package var isDecidedByRuns: Bool { evidence.verdict == .verified && !evidence.isUninformative || isRefuted }

    /// Returns whether two claims on one quantity cannot both be true at one setting. Scopes are ignored.
    func isDiscordant(with other: Member) -> Bool {
        guard let span, let otherSpan = other.span, span.isDisjoint(from: otherSpan) else { return false }
        return exceedsUncertainty(from: other)
    }

    /// Returns whether two claims with disjoint spans are discordant.
    func exceedsUncertainty(from other: Member) -> Bool {
        guard estimate != nil || other.estimate != nil else { return true }
        if let estimate, let theirs = other.estimate { return estimate.differs(from: theirs, \.strict) }
        guard let allowed, let theirs = other.allowed else { return false }
        return allowed.isDisjoint(from: theirs)
    }

    /// Whether the claim gives a number whose uncertainty is unknown.
    var isUncertainEstimate: Bool { isEstimate && confidenceInterval == nil && claim.reported?.bound == nil }

    /// Returns whether the reported number lies in the values for yes.
    func leans(toward yes: Interval) -> Bool {
        claim.reported?.value.map { yes.contains($0.doubleValue) } ?? false
    }

    func rests(on assumption: String) -> Bool { claim.assumes.contains { $0.value == assumption } }
}

extension Member: Hashable {
    package static func == (a: Member, b: Member) -> Bool { a === b }

    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

extension LedgerState {
    /// Returns everything in which a claim can differ from others except its assumptions. For a condition over which the
    /// claim is an average, this is the average. Averages over unknown values are missing.
    func recorded(_ claim: Claim) -> [(name: String, values: [String])] {
        var recorded = recorded(claim.tested)
        guard !claim.averagedOver.isEmpty else { return recorded }
        for condition in claim.averagedOver.map(\.value) {
            recorded.removeAll { $0.name == condition || $0.name == averagePrefix + condition }
            guard case .values(let values)? = claim.tested[condition] else { continue }
            recorded.append((averagePrefix + condition, ["average over \(listed(values))"]))
        }
        return recorded.sorted { $0.name < $1.name }
    }

    /// Returns the tested values of conditions and the corresponding attributes, none of them averages, sorted by name.
    /// Unknown conditions are missing.
    func recorded(_ tested: Box) -> [(name: String, values: [String])] {
        var recorded: [(name: String, values: [String])] = []
        for side in tested.sides {
            guard case .values(let values) = side.selection else { continue }
            recorded.append((side.condition.value, values))
            recorded += vocabulary.recordedAttributes(of: values, side.condition.value)
        }
        for condition in vocabulary.averagedConditions where recorded.contains(where: { $0.name == condition }) {
            recorded.append((averagePrefix + condition, ["each value"]))
        }
        // An attribute can come after the next condition in the sorted order. For example, the attribute `a.x` comes
        // after the condition `a-b`.
        let isSorted = zip(recorded, recorded.dropFirst()).allSatisfy { $0.name <= $1.name }
        return isSorted ? recorded : recorded.sorted { $0.name < $1.name }
    }
}
