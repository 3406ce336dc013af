/// What a claim was tested on.
public enum ModelKind: String, Sendable, Codable {
    /// The reasoning models that the north star is about, and nothing else.
    case general
    /// Toy models of this ledger alone.
    case toy
    case other
}

/// A claim in the merge, with what comparing it needs: a reference, since it is put beside many others and never changes.
public final class Member: Sendable {
    public let claim: Claim
    public let finding: Finding
    /// What it says: its range clipped to what the quantity can be, the interval of its estimate, or nil for an estimate
    /// without one.
    public let values: ValueSet?
    public let scope: Scope
    public let evidence: ClaimEvidence
    /// Leaves that it bears on, sorted.
    public let leaves: [String]
    /// Conditions and attributes that it records, sorted by name, with the values tested.
    package let recorded: [(name: String, values: [String])]
    /// Assumptions but bridges, sorted.
    package let assumptions: [String]
    let kind: ModelKind

    init(
        _ claim: Claim, of finding: Finding, quantity: Quantity, in state: LedgerState, _ evidence: Evidence,
        _ bearing: BearingIndex
    ) {
        self.claim = claim
        self.finding = finding
        self.evidence = evidence[claim.id]
        values = claim.values(clippedTo: quantity)
        scope = Scope(claim.scope, vocabulary: state.vocabulary)
        leaves = bearing.leaves(for: claim, scope: scope)
        recorded = state.recorded(claim)
        assumptions = claim.assumes.map(\.value).filter { state.assumptions[$0]?.bridge == nil }.sorted()
        guard case .values(let models)? = claim.tested[Condition.model] else {
            kind = .other
            return
        }
        kind =
            models.allSatisfy(state.vocabulary.isGeneral)
            ? .general : models.allSatisfy(state.models.keys.contains) ? .toy : .other
    }

    public var id: ClaimID { claim.id }
    public var isEstimate: Bool { claim.value == nil }
    public var isRefuted: Bool { evidence.verdict == .refuted }

    /// Whether it can be in a disagreement: it commits to a range, asks for most runs, and its runs did not refute it.
    package var isComparable: Bool {
        !isEstimate && claim.kind == .mostRuns && !isRefuted
    }
}

/// The claims of a ledger that take part in the merge: all but those of planned, retracted and superseded findings.
public struct Merge: Sendable {
    public let ledger: CheckedLedger
    public let evidence: Evidence
    /// By quantity; within one by the lower end of what they say, then by id: the order in which disagreements are found.
    public let membersByQuantity: [String: [Member]]

    public var state: LedgerState { ledger.state }

    public init(_ ledger: CheckedLedger, _ evidence: Evidence) {
        self.ledger = ledger
        self.evidence = evidence
        let state = ledger.state
        let leftOut = state.reasonsLeftOut()
        let bearing = BearingIndex(state)
        var claims: [String: [(Claim, Finding)]] = [:]
        for finding in state.findings.values where leftOut[finding.slug] == nil {
            for claim in finding.claims { claims[claim.quantity.value, default: []].append((claim, finding)) }
        }
        let members = claims.mapSideBySide { slug, claims -> (String, [Member])? in
            guard let quantity = state.quantities[slug] else { return nil }
            let members = claims.map { Member($0, of: $1, quantity: quantity, in: state, evidence, bearing) }
            return (slug, members.sorted(by: comesBefore))
        }
        membersByQuantity = Dictionary(uniqueKeysWithValues: members.compactMap(\.self))
    }

    public func members(of quantity: String) -> [Member] {
        membersByQuantity[quantity, default: []]
    }
}

extension Member: Hashable {
    public static func == (a: Member, b: Member) -> Bool { a === b }

    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

extension Finding {
    /// Takes part in the merge unless something else supersedes it.
    var isInForce: Bool { !isPlanned && retracted == nil }
}

extension LedgerState {
    /// Why findings take no part in the merge, by slug; the others do.
    public func reasonsLeftOut() -> [String: String] {
        var newer: [String: String] = [:]
        var reasons: [String: String] = [:]
        for finding in findings.values {
            if finding.isPlanned { reasons[finding.slug] = "only planned yet" }
            if finding.retracted != nil { reasons[finding.slug] = "retracted" }
            guard finding.isInForce else { continue }
            for old in finding.supersedes {
                newer[old.value] = min(newer[old.value] ?? finding.slug, finding.slug)
            }
        }
        return reasons.merging(newer.mapValues { "superseded by \($0)" }) { reason, _ in reason }
    }
}

extension Claim {
    fileprivate func values(clippedTo quantity: Quantity) -> ValueSet? {
        if let value { return value.value.intersection(quantity.range) }
        return reported?.confidenceInterval.map { ValueSet.interval($0).intersection(quantity.range) }
    }
}

extension LedgerState {
    fileprivate func recorded(_ claim: Claim) -> [(name: String, values: [String])] {
        var recorded: [(name: String, values: [String])] = []
        for side in claim.tested.sides {
            guard case .values(let values) = side.selection else { continue }
            let condition = side.condition.value
            recorded.append((condition, values))
            let known = values.compactMap { vocabulary.value($0, of: condition) }
            // An attribute is recorded where every tested value records it.
            guard known.count == values.count, let first = known.first else { continue }
            for attribute in first.attributes.keys {
                let attributes = known.compactMap { $0.attributes[attribute] }
                guard attributes.count == known.count else { continue }
                recorded.append(
                    ("\(condition).\(attribute)", attributes.count == 1 ? attributes : Set(attributes).sorted()))
            }
        }
        return recorded.sorted { $0.name < $1.name }
    }
}

/// By kind and lower end of what is said, then by id.
private func comesBefore(_ a: Member, _ b: Member) -> Bool {
    func lower(_ member: Member) -> (rank: Int, end: Number?, open: Bool) {
        guard case .interval(let interval)? = member.values else { return (2, nil, false) }
        return (interval.lower == nil ? 0 : 1, interval.lower, !interval.includesLower)
    }
    let (left, right) = (lower(a), lower(b))
    if left.rank != right.rank { return left.rank < right.rank }
    if let x = left.end, let y = right.end, x != y { return x < y }
    if left.open != right.open { return right.open }
    return a.id < b.id
}
