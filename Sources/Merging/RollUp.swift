import Evidence
import Records
import Words

/// The answer to a question.
package enum QuestionStatus: String, Sendable, Codable, CaseIterable {
    case supported, refuted, contested, open, answered

    /// Whether a question that needs `answers` counts it as answered.
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

/// A claim at a leaf, with its side and status.
package struct LeafClaim: Sendable {
    package var member: Member
    package var side: Side
    /// Whether the claim survives the attacks on it.
    package var status: ClaimStatus
    /// The same for its complement where its runs refuted it.
    package var effectiveStatus: ClaimStatus
    /// Why it is out or undecided.
    package var reason: String?
    /// The bridge that carries it here; nil where its own scope meets the leaf's.
    package var bridge: String?
}

/// The answer to one question.
package struct Answer: Sendable {
    package var question: Question
    /// Over all claims, over verified claims, over claims on general models.
    package var status: QuestionStatus
    package var verified: QuestionStatus
    package var general: QuestionStatus
    /// Why it is contested; nil otherwise.
    package var reason: String?
    /// Active parts, sorted; empty for a leaf.
    package var parts: [String]
    package var answeredParts: Int
    /// Cells of the leaf's grid, or of all leaves below.
    package var testedCells: Int
    package var totalCells: Int
    /// Minimal sets of assumptions under which the answer holds.
    package var assumptions: AssumptionSets
    /// The status of the bridges that toy claims at a leaf rest on, by name.
    package var bridges: [BridgeStatus] = []
    /// Claims at a leaf, sorted by id.
    package var claims: [LeafClaim]
    /// Counts of all claims below.
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

/// How many claims were re-run, and on which kinds of models; each claim counts once.
package struct Weight: Sendable, Equatable, AdditiveArithmetic {
    package var claims = 0
    /// Verified, or refuted, in which case the runs verified the complement.
    package var rerun = 0
    package var general = 0
    package var toys = 0

    package static let zero = Weight()

    package init() {}

    /// Members without repeats.
    package init(of members: some Sequence<Member>) {
        for member in members {
            claims += 1
            if member.isRerun { rerun += 1 }
            switch member.kind {
            case .general: general += 1
            case .toy: toys += 1
            case .other: break
            }
        }
    }

    /// The operands have no claim in common.
    package static func + (a: Weight, b: Weight) -> Weight { a.combined(b, &+) }

    package static func - (a: Weight, b: Weight) -> Weight { a.combined(b, &-) }

    private func combined(_ other: Weight, _ combine: (Int, Int) -> Int) -> Weight {
        var result = Weight()
        result.claims = combine(claims, other.claims)
        result.rerun = combine(rerun, other.rerun)
        result.general = combine(general, other.general)
        result.toys = combine(toys, other.toys)
        return result
    }

    var phrases: [String] {
        guard claims > 0 else { return ["no claims"] }
        let rerunPhrase =
            rerun == 0 ? "reported only" : rerun == claims ? "re-run" : "\(rerun) of \(claims) claims re-run"
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

/// The part of an answer that the answer to its parent depends on.
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

/// The most cells of a grid that are counted.
private let gridLimit = 100_000

extension Merge {
    /// The answer to every question; parts come before their parents.
    package func answers() -> [String: Answer] {
        let leaves = state.questions.values.filter(\.isLeaf)
        let leafAnswers = leaves.concurrentMap(leafAnswer)
        var answers = Dictionary(uniqueKeysWithValues: leafAnswers.map { ($0.question.id, $0) })
        var below = Dictionary(uniqueKeysWithValues: leaves.map { ($0.id, Set([$0.id])) })
        // Checking refuses cycles; this ends even for an unchecked one.
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

    /// Counts each claim at some leaves once; only leaves with the same quantity share claims.
    private func weight(ofClaimsAt leaves: Set<String>, _ answers: [String: Answer]) -> Weight {
        Dictionary(grouping: leaves) { state.questions[$0]?.quantity?.value }.values.reduce(.zero) { sum, leaves in
            guard leaves.count > 1 else { return sum + (answers[leaves[0]]?.weight ?? .zero) }
            return sum + Weight(of: Set(leaves.flatMap { membersByLeaf[$0, default: []].map(\.member) }))
        }
    }

    /// The status of a question over claims that do not rest on `assumption`.
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
            verified: questionStatus(of: claims) { $0.member.isRerun },
            general: questionStatus(of: claims) { $0.member.kind == .general },
            reason: status == .contested ? contestReason(sided) : nil, parts: [], answeredParts: 0,
            testedCells: cells.tested, totalCells: cells.total, assumptions: assumptions(of: sided, for: status),
            bridges: bridges, claims: claims, weight: Weight(of: members.lazy.map(\.member)))
    }

    /// The side of each claim at a leaf, and the status of its bridges. A claim carried by a failing bridge is silent.
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

    /// Supported: some pro is in and every con is out. Refuted: the reverse. Open: no claim is in or undecided. Else
    /// contested.
    private func questionStatus(of claims: [LeafClaim], where counts: (LeafClaim) -> Bool = { _ in true })
        -> QuestionStatus
    {
        /// Whether some claim of the side is in, and whether one is not out.
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
            // Most runs lie outside the range, so the complement holds.
            guard let whole = state.quantities[member.claim.quantity.value]?.range else { return .silent }
            if values.contains(yes.intersection(whole)) { return .con }
            // A number may lie in no label's range: refuting one label verifies no other.
            if case .labels = values { return .silent }
            return ValueSet.cover(values, yes, whole: whole) ? .pro : .silent
        }
        if yes.contains(values) { return .pro }
        return yes.isDisjoint(from: values) ? .con : .silent
    }

    /// How many cells of the leaf's grid were tested; 0 of 0 where it has no grid.
    private func cells(of question: Question, _ members: [LeafMember]) -> (tested: Int, total: Int) {
        guard !question.covers.sides.isEmpty else { return (0, 0) }
        let grid = Scope(question.covers, vocabulary: state.vocabulary).sides
        let total = grid.reduce(1) { min($0 * $1.values.count, gridLimit + 1) }
        guard !grid.isEmpty, total > 0, total <= gridLimit else { return (0, 0) }
        return (testedCells(grid, members.filter { $0.bridge == nil }.map(\.member)).count, total)
    }

    /// The cells of a grid, one value per side, at which some claim was tested.
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

    /// Names the kinds of claims that take a side but are in no pair.
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

    /// `parts` are the active ones, sorted.
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

/// `all` is the minimum in R < C < O < S, `any` the maximum in R < O < C < S, `answers` the minimum in C < O < answered.
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
