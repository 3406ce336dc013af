import Evidence
import Records
import Words

/// The status of a question.
package enum QuestionStatus: String, Sendable, Codable, CaseIterable {
    case supported, refuted, contested, open, answered

    /// Whether a part with this status is answered. A question that needs `answers` is answered if all of its parts
    /// are.
    var isAnswer: Bool {
        switch self {
        case .supported, .refuted, .answered: true
        case .contested, .open: false
        }
    }
}

package enum Side: String, Sendable, Codable {
    case pro, con, silent
}

/// A claim that is relevant to a leaf, with its side and status.
package struct LeafClaim: Sendable {
    package var member: Member
    package var side: Side
    /// Whether the claim survives the attacks on it.
    package var status: ClaimStatus
    /// The status of the claim or, if its runs refuted it, of its complement.
    package var effectiveStatus: ClaimStatus
    /// The reason why the claim is `out` or undecided.
    package var reason: String?
    /// The bridge by which the claim is relevant to the leaf. nil if the claim's own scope overlaps that of the leaf.
    package var bridge: String?
}

/// The answer to one question.
package struct Answer: Sendable {
    package var question: Question
    /// The status that follows from all claims, from re-run claims only, and from claims on general models only.
    package var status: QuestionStatus
    package var verified: QuestionStatus
    package var general: QuestionStatus
    /// The reason why the question is contested. nil if it is not.
    package var reason: String?
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
    /// The claims that are relevant to a leaf, sorted by id. Empty for other questions.
    package var claims: [LeafClaim]
    /// The counts of the claims that are relevant to the leaf or to the leaves below the question.
    package var weight: Weight

    package var asPart: PartAnswer {
        PartAnswer(
            id: question.id, status: status, verified: verified, general: general, testedCells: testedCells,
            totalCells: totalCells, assumptions: assumptions)
    }

    package var phrase: String {
        let details = weight.phrases + (totalCells > 0 ? ["\(testedCells) of \(totalCells) cells"] : [])
        return details.isEmpty ? status.rawValue : "\(status.rawValue) (\(details.joined(separator: "; ")))"
    }
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
            case .other: break
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
        return result
    }

    var phrases: [String] {
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
        let models: String
        if toys == claims {
            models = "toys only"
        } else if general == 0 {
            models = "no general model"
        } else if general == claims {
            models = "general models"
        } else {
            models = "\(general) of \(claims) on general models"
        }
        return [rerunPhrase, models]
    }
}

/// The properties of a part's answer on which the answer to its parent depends.
package struct PartAnswer: Sendable, Equatable {
    package var id: String
    package var status: QuestionStatus
    package var verified: QuestionStatus
    package var general: QuestionStatus
    package var testedCells: Int
    package var totalCells: Int
    package var assumptions: AssumptionSets

    package init(
        id: String, status: QuestionStatus, verified: QuestionStatus, general: QuestionStatus, testedCells: Int,
        totalCells: Int,
        assumptions: AssumptionSets
    ) {
        self.id = id
        self.status = status
        self.verified = verified
        self.general = general
        self.testedCells = testedCells
        self.totalCells = totalCells
        self.assumptions = assumptions
    }
}

/// The maximum number of cells in a grid. The cells of larger grids are not counted.
private let gridLimit = 100_000

extension Merge {
    /// Returns the answer to every question. Answers the parts of a question before the question itself.
    package func answers() -> [String: Answer] {
        let leaves = state.questions.values.filter(\.isLeaf)
        let leafAnswers = leaves.concurrentMap(leafAnswer)
        var answers = Dictionary(uniqueKeysWithValues: leafAnswers.map { ($0.question.id, $0) })
        var below = Dictionary(uniqueKeysWithValues: leaves.map { ($0.id, Set([$0.id])) })
        // Checking reports cycles as errors. The set of visited questions ends the recursion even if the records were
        // not checked.
        var visited: Set<String> = []
        func visit(_ id: String) {
            guard visited.insert(id).inserted, let question = state.questions[id] else { return }
            for part in partsByQuestion[id, default: []] { visit(part) }
            guard !question.isLeaf else { return }
            let parts = activeParts(of: id).compactMap { answers[$0]?.asPart }
            let leaves = parts.reduce(into: Set<String>()) { $0.formUnion(below[$1.id] ?? []) }
            answers[id] = innerAnswer(question, parts, weight: weight(ofClaimsAt: leaves, answers))
            below[id] = leaves
        }
        for id in state.questions.keys.sorted() { visit(id) }
        return answers
    }

    /// Counts the claims that are relevant to the given leaves, each claim once. Only leaves with the same quantity
    /// share claims.
    private func weight(ofClaimsAt leaves: Set<String>, _ answers: [String: Answer]) -> Weight {
        Dictionary(grouping: leaves) { state.questions[$0]?.quantity?.value }.values.reduce(.zero) { sum, leaves in
            guard leaves.count > 1 else { return sum + (answers[leaves[0]]?.weight ?? .zero) }
            return sum + Weight(of: Set(leaves.flatMap { membersByLeaf[$0, default: []].map(\.member) }))
        }
    }

    /// Returns the status of a question that follows from the claims that do not make `assumption`.
    func status(of id: String, _ attackOutcome: AttackOutcome, ignoring assumption: String) -> QuestionStatus {
        var visited: Set<String> = []
        func visit(_ id: String) -> QuestionStatus {
            guard visited.insert(id).inserted, let question = state.questions[id] else { return .open }
            guard question.isLeaf else { return combine(activeParts(of: id).map(visit), question.needs) }
            let members = membersByLeaf[id, default: []].filter { !$0.member.rests(on: assumption) }
            return questionStatus(of: leafClaims(question, members, attackOutcome).claims)
        }
        return visit(id)
    }

    package func leafAnswer(_ question: Question) -> Answer {
        let members = membersByLeaf[question.id, default: []]
        let (claims, bridges) = leafClaims(question, members, attackOutcome)
        let status = questionStatus(of: claims)
        let sided = status == .open ? [] : claims.filter { $0.side != .silent }
        let cells = cells(of: question, members)
        return Answer(
            question: question, status: status,
            verified: questionStatus(of: claims) { $0.member.isDecidedByRuns },
            general: questionStatus(of: claims) { $0.member.kind == .general },
            reason: status == .contested ? contestReason(sided) : nil, parts: [], answeredParts: 0,
            testedCells: cells.tested, totalCells: cells.total, assumptions: assumptions(of: sided, for: status),
            bridges: bridges, claims: claims, weight: Weight(of: members.lazy.map(\.member)))
    }

    /// Returns the side of each claim at a leaf, and the status of the claims' bridges. A claim that is relevant only
    /// through a bridge is silent if one of the bridge's `generals` is on the other side.
    private func leafClaims(
        _ question: Question, _ members: [LeafMember], _ attackOutcome: AttackOutcome
    ) -> (claims: [LeafClaim], bridges: [BridgeStatus]) {
        var claims = members.map { leafMember in
            let effectiveStatus = attackOutcome.effectiveStatus(of: leafMember.member)
            let status = leafMember.member.isRefuted ? .out : effectiveStatus
            return LeafClaim(
                member: leafMember.member, side: side(of: leafMember.member, question), status: status,
                effectiveStatus: effectiveStatus,
                reason: status == .in ? nil : attackOutcome.reason(of: leafMember.member), bridge: leafMember.bridge)
        }
        let bridges = bridgeStatuses(of: claims)
        guard !bridges.isEmpty else { return (claims, []) }
        for index in claims.indices {
            guard let bridge = claims[index].bridge, let status = bridges.first(where: { $0.assumption == bridge })
            else { continue }
            if status.opposed.contains(claims[index].member.id) { claims[index].side = .silent }
        }
        return (claims, bridges)
    }

    /// Returns the status that follows from some claims. The question is supported if some claim on the pro side is
    /// `in` and all claims on the con side are `out`, and refuted in the reverse case. It is open if no claim with a
    /// side is `in` or undecided. Otherwise it is contested.
    private func questionStatus(of claims: [LeafClaim], where counts: (LeafClaim) -> Bool = { _ in true })
        -> QuestionStatus
    {
        /// For each side, whether some claim is `in`, and whether some claim is not `out`.
        var (pro, con) = ((isIn: false, lives: false), (isIn: false, lives: false))
        for claim in claims where claim.side != .silent && claim.effectiveStatus != .out && counts(claim) {
            if claim.side == .pro {
                pro = (pro.isIn || claim.effectiveStatus == .in, true)
            } else {
                con = (con.isIn || claim.effectiveStatus == .in, true)
            }
        }
        if pro.isIn && !con.lives { return .supported }
        if con.isIn && !pro.lives { return .refuted }
        return pro.lives || con.lives ? .contested : .open
    }

    func side(of member: Member, _ question: Question) -> Side {
        guard let yes = question.yes?.value, let values = member.values, !values.isEmpty else { return .silent }
        if member.isRefuted {
            // The results of most runs are outside the range, so the complement is true.
            guard let whole = state.quantities[member.claim.quantity.value]?.range else { return .silent }
            if values.contains(yes.intersection(whole)) { return .con }
            // A measured number may be in the range of no label, so runs that refute one label do not verify another.
            if case .labels = values { return .silent }
            return ValueSet.cover(values, yes, whole: whole) ? .pro : .silent
        }
        if yes.contains(values) { return .pro }
        return yes.isDisjoint(from: values) ? .con : .silent
    }

    /// Returns the numbers of tested cells and of all cells in the leaf's grid. Both are 0 if the leaf has no grid or
    /// the grid is too large.
    private func cells(of question: Question, _ members: [LeafMember]) -> (tested: Int, total: Int) {
        guard !question.covers.sides.isEmpty else { return (0, 0) }
        let grid = Scope(question.covers, vocabulary: state.vocabulary).sides
        let total = grid.reduce(1) { min($0 * $1.values.count, gridLimit + 1) }
        guard !grid.isEmpty, total > 0, total <= gridLimit else { return (0, 0) }
        return (testedCells(grid, members.filter { $0.bridge == nil }.map(\.member)).count, total)
    }

    /// Returns the cells of a grid at which some claim was tested. A cell has one value for each side of the grid.
    func testedCells(_ grid: [Scope.Side], _ members: [Member]) -> Set<[String]> {
        var tested: Set<[String]> = []
        for member in members {
            var cells: [[String]] = [[]]
            for side in grid {
                let values: [String]
                if case .values(let named)? = member.claim.tested[side.condition] {
                    values = named.filter(side.values.contains)
                } else {
                    values = []
                }
                cells = cells.flatMap { cell in values.map { cell + [$0] } }
            }
            tested.formUnion(cells)
        }
        return tested
    }

    private func contestReason(_ claims: [LeafClaim]) -> String {
        let live = claims.filter { $0.effectiveStatus != .out }
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
        if claims.contains(where: \.member.isEstimate) { kinds.append("estimates") }
        if claims.contains(where: { $0.member.claim.kind == .witness }) { kinds.append("witnesses") }
        let undecided = claims.filter { $0.effectiveStatus == .undecided && !$0.member.isRefuted }.map(
            \.member.id.description)
        if kinds.isEmpty, !undecided.isEmpty {
            kinds.append("undecided claims: \(listed(Array(undecided.prefix(3))))")
        }
        return listed(kinds)
    }

    /// Returns the answer to a question that is not a leaf. `parts` are the answers of its active parts, sorted.
    package func innerAnswer(_ question: Question, _ parts: [PartAnswer], weight: Weight) -> Answer {
        let status = combine(parts.map(\.status), question.needs)
        let contested = parts.filter { $0.status == .contested }.map(\.id)
        return Answer(
            question: question, status: status, verified: combine(parts.map(\.verified), question.needs),
            general: combine(parts.map(\.general), question.needs),
            reason: status == .contested ? "contested parts: \(contested.joined(separator: ", "))" : nil,
            parts: parts.map(\.id), answeredParts: parts.count { $0.status.isAnswer },
            testedCells: parts.reduce(0) { $0 + $1.testedCells }, totalCells: parts.reduce(0) { $0 + $1.totalCells },
            assumptions: combinedAssumptions(parts, question.needs, status), claims: [], weight: weight)
    }
}

/// Combines the statuses of a question's parts. A question that needs `all` has the minimum in the order refuted <
/// contested < open < supported. A question that needs `any` has the maximum in the order refuted < open < contested <
/// supported. A question that needs `answers` has the minimum in the order contested < open < answered.
package func combine(_ parts: [QuestionStatus], _ needs: Question.Needs) -> QuestionStatus {
    guard !parts.isEmpty else { return .open }
    let order: [QuestionStatus] =
        switch needs {
        case .all: [.refuted, .contested, .open, .supported]
        case .any: [.supported, .contested, .open, .refuted]
        case .answers: [.contested, .open]
        }
    let extreme = order.first(where: parts.contains)
    switch needs {
    case .all, .any: return extreme ?? .open
    case .answers: return extreme ?? .answered
    }
}
