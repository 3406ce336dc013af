import Checking
import Merging
import Records
import Reports

/// The records that name each record, so that pages need not search all findings.
struct RecordIndex: Sendable {
    /// A caveat with the finding that states it.
    struct PlacedCaveat: Sendable {
        var finding: String
        var caveat: Caveat
    }

    /// A leaf question on which a claim bears.
    struct Bearing: Sendable {
        var question: String
        var side: Side
        var omission: LeafClaim.Omission?
        var bridge: String?
    }

    /// A question whose answer rests on an assumption in at least one of its sets of assumptions.
    struct Reliance: Sendable {
        var question: String
        /// Whether every set contains the assumption, so that the answer needs it.
        var isNeeded: Bool
        /// Whether the answer has more sets than the report keeps.
        var isCut: Bool
    }

    /// The findings that build on a finding, and those that say that they replace it, sorted.
    private(set) var builders: [String: [String]] = [:]
    private(set) var successors: [String: [String]] = [:]
    /// The caveats by the name of their target, such as `claim half-a-dimension#1`, in the order of findings.
    private(set) var caveats: [String: [PlacedCaveat]] = [:]
    private(set) var bearings: [ClaimID: [Bearing]] = [:]
    private(set) var pairs: [ClaimID: [Pair]] = [:]
    /// The claims of all findings that make an assumption, sorted.
    private(set) var claimsByAssumption: [String: [ClaimID]] = [:]
    private(set) var reliance: [String: [Reliance]] = [:]
    private(set) var bridges: [String: [(question: String, status: BridgeStatus)]] = [:]
    private(set) var quantitiesByCondition: [String: [String]] = [:]
    private(set) var toyModelsByQuestion: [String: [String]] = [:]
    let sortedFindings: [Finding]
    /// The slugs of all findings, the newest first.
    let findings: [String]

    init(_ merge: Merge, _ answers: [Answer], _ conflicts: ConflictReport) {
        let state = merge.state
        let findings = state.findings.values.sorted { $0.slug < $1.slug }
        sortedFindings = findings
        self.findings = findings.sorted { ($1.date, $0.slug) < ($0.date, $1.slug) }.map(\.slug)
        for finding in findings { add(finding, state) }
        for answer in answers.sorted(by: { $0.question.id < $1.question.id }) { add(answer) }
        for found in conflicts.subjects.map(\.found) {
            // A difference of two claims has the id of the first one, which is a claim on another quantity.
            let stated = Set(found.members.filter { $0.contrast == nil }.map(\.id))
            for pair in found.pairs {
                for id in [pair.a, pair.b] where stated.contains(id) { pairs[id, default: []].append(pair) }
            }
        }
        for quantity in state.quantities.values.sorted(by: { $0.slug < $1.slug }) {
            for condition in quantity.conditions + quantity.laterConditions {
                quantitiesByCondition[condition.value, default: []].append(quantity.slug)
            }
        }
        for model in state.models.values.sorted(by: { $0.slug < $1.slug }) {
            toyModelsByQuestion[model.abstracts.value, default: []].append(model.slug)
        }
    }

    private mutating func add(_ finding: Finding, _ state: LedgerState) {
        for base in finding.buildsOn { builders[base.value, default: []].append(finding.slug) }
        for old in finding.supersedes { successors[old.value, default: []].append(finding.slug) }
        for caveat in finding.caveats {
            caveats[targetKey(caveat.against, state), default: []].append(
                PlacedCaveat(finding: finding.slug, caveat: caveat))
        }
        for claim in finding.claims {
            for assumption in claim.assumes { claimsByAssumption[assumption.value, default: []].append(claim.id) }
        }
    }

    private mutating func add(_ answer: Answer) {
        let id = answer.question.id
        for claim in answer.claims where claim.member.contrast == nil {
            bearings[claim.member.id, default: []].append(
                Bearing(question: id, side: claim.side, omission: claim.omission, bridge: claim.bridge))
        }
        for bridge in answer.bridges { bridges[bridge.assumption, default: []].append((id, bridge)) }
        let sets = answer.assumptions.sets
        for assumption in Set(sets.flatMap(\.self)).sorted() {
            reliance[assumption, default: []].append(
                Reliance(
                    question: id, isNeeded: sets.allSatisfy { $0.contains(assumption) },
                    isCut: answer.assumptions.isCut))
        }
    }
}

/// The name of a caveat's target. A claim may be named by its finding alone.
private func targetKey(_ target: Caveat.Target, _ state: LedgerState) -> String {
    if case .claim(let name) = target, let id = state.claimID(name.value) { return "claim \(id)" }
    return target.name
}
