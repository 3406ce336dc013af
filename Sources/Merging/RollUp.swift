import Evidence
import Records
import Words

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

    /// Returns the status that a question has without the claims that make `assumption`.
    func status(of id: String, _ attackOutcome: AttackOutcome, ignoring assumption: String) -> QuestionStatus {
        var visited: Set<String> = []
        func visit(_ id: String) -> PartAnswer? {
            guard visited.insert(id).inserted, let question = state.questions[id] else { return nil }
            guard question.isLeaf else {
                return innerAnswer(question, activeParts(of: id).compactMap(visit), weight: .zero).asPart
            }
            let members = membersByLeaf[id, default: []].filter { !$0.member.rests(on: assumption) }
            return leafAnswer(question, members, attackOutcome).asPart
        }
        return visit(id)?.status ?? .open
    }

    package func leafAnswer(_ question: Question) -> Answer {
        leafAnswer(question, membersByLeaf[question.id, default: []], attackOutcome)
    }

    private func leafAnswer(
        _ question: Question, _ members: [LeafMember], _ attackOutcome: AttackOutcome
    ) -> Answer {
        let asks = state.asks(of: question.id)
        let (claims, bridges) = leafClaims(question, members, attackOutcome)
        let general = verdict(on: claims.compactMap { atModels(of: .general, $0, attackOutcome) })
        let special = verdict(on: claims.compactMap { atModels(of: .special, $0, attackOutcome) })
        let headline =
            switch asks {
            case .general: general
            case .special: special
            case .either: verdict(on: claims)
            }
        let verified = verdict(on: headline.counted.filter(\.member.isDecidedByRuns))
        let cells = cells(of: question, members)
        let counted = Set(headline.counted.map(\.member))
        return Answer(
            question: question, asks: asks, status: headline.status, verified: verified.status, general: general.status,
            special: special.status, reason: reason(of: headline),
            hasDisputedValue: !headline.disputedClaims.isEmpty, parts: [], answeredParts: 0,
            testedCells: cells.tested,
            totalCells: cells.total, assumptions: assumptions(of: headline.counted, for: headline.status),
            bridges: bridges, hasUnrecordedSettings: headline.rests { $0.hasUnknownSettings },
            hasSelectedNumbers: headline.rests { !$0.takesPartInAttacks && !$0.hasUnknownSettings },
            leans: leans(claims, question),
            claims: claims.map { claim in
                var claim = claim
                if !claim.member.takesPartInAttacks, claim.hasCountedSide, !counted.contains(claim.member) {
                    claim.omission = claim.member.hasUnknownSettings ? .unrecordedSettings : .selectedNumber
                }
                return claim
            }, weight: Weight(of: members.lazy.map(\.member)))
    }

    /// Returns the side of each claim at a leaf, and the status of the claims' bridges.
    private func leafClaims(
        _ question: Question, _ members: [LeafMember], _ attackOutcome: AttackOutcome
    ) -> (claims: [LeafClaim], bridges: [BridgeStatus]) {
        let covers = question.covers.sides.isEmpty ? nil : Scope(question.covers, vocabulary: state.vocabulary)
        let claims = members.map { leafMember in
            let member = leafMember.member
            let parts = attackOutcome.parts(of: member, within: leafMember.bridge == nil ? covers : nil)
            let effectiveStatus = attackOutcome.effectiveStatus(of: member, at: parts)
            let isIn = !member.isRefuted && parts.allSatisfy { $0.status == .in }
            let arms = member.contrast.map { [$0.minuend, $0.subtrahend] } ?? []
            // A difference takes no side if one of its numbers is out.
            let isSilent = arms.contains { attackOutcome.status(of: $0) == .out }
            return LeafClaim(
                member: member, side: isSilent ? .silent : side(of: member, question),
                status: member.isRefuted ? .out : effectiveStatus,
                effectiveStatus: effectiveStatus, parts: parts,
                reason: isIn ? nil : member.isRefuted ? "refuted by its runs" : statusReason(parts, of: member),
                doubts: attackOutcome.doubts(of: member), bridge: leafMember.bridge,
                omission: leafMember.bridge == nil ? nil : .bridge)
        }
        return (claims, bridgeStatuses(of: claims))
    }

    /// Returns a claim with its status at the models of one kind. Returns nil if it was tested at none of them.
    private func atModels(
        of kind: Question.Asks, _ claim: LeafClaim, _ attackOutcome: AttackOutcome
    ) -> LeafClaim? {
        let member = claim.member
        guard kind == .general ? member.isOnGeneralModels : member.isOnSpecialModels else { return nil }
        guard member.isOnGeneralModels, member.isOnSpecialModels, !claim.parts.isEmpty else { return claim }
        let models = member.testedValues(of: Condition.model).filter { model in
            state.vocabulary.isGeneral(model) == (kind == .general)
        }
        guard !models.isEmpty else { return claim }
        let cells = Scope(sides: [Scope.Side(condition: Condition.model, values: models)])
        var restricted = claim
        restricted.parts = claim.parts.filter { part in
            part.boxes.isEmpty || part.boxes.contains { $0.overlaps(cells) }
        }
        restricted.effectiveStatus = attackOutcome.effectiveStatus(of: member, at: restricted.parts)
        if !member.isRefuted { restricted.status = restricted.effectiveStatus }
        return restricted
    }

    /// Counts the reported values without an uncertainty that lie inside and outside the values for yes.
    private func leans(_ claims: [LeafClaim], _ question: Question) -> (yes: Int, no: Int) {
        guard case .interval(let yes)? = question.yes?.value else { return (0, 0) }
        let numbers = claims.filter { $0.member.isUncertainEstimate && $0.bridge == nil }.map(\.member)
        let count = numbers.count { $0.leans(toward: yes) }
        return (count, numbers.count - count)
    }

    /// Returns the side of a claim at a leaf. The claim's settings are ignored.
    package func side(of member: Member, _ question: Question) -> Side {
        guard let yes = question.yes?.value, let values = member.values, !values.isEmpty,
            member.claim.kind == .mostRuns
        else { return .silent }
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

    /// Returns the answer to a question that is not a leaf. `parts` are the answers of its active parts, sorted.
    package func innerAnswer(_ question: Question, _ parts: [PartAnswer], weight: Weight) -> Answer {
        let asks = state.asks(of: question.id)
        let (general, special) = (parts.filter { $0.asks != .special }, parts.filter { $0.asks != .general })
        func combined(_ parts: [PartAnswer], _ status: (PartAnswer) -> QuestionStatus) -> QuestionStatus {
            combine(parts.map(status), question.needs)
        }
        let deciding: [PartAnswer]
        switch asks {
        case .general: deciding = general.map { $0.with(status: $0.general) }
        case .special: deciding = special.map { $0.with(status: $0.special) }
        case .either: deciding = parts
        }
        let status = combined(deciding, \.status)
        return Answer(
            question: question, asks: asks, status: status, verified: combined(deciding, \.verified),
            general: combined(general, \.general), special: combined(special, \.special),
            reason: reason(for: status, deciding), parts: parts.map(\.id),
            answeredParts: deciding.count { $0.status.isAnswer },
            testedCells: parts.reduce(0) { $0 + $1.testedCells }, totalCells: parts.reduce(0) { $0 + $1.totalCells },
            assumptions: combinedAssumptions(deciding, question.needs, status), claims: [], weight: weight)
    }

    private func reason(for status: QuestionStatus, _ parts: [PartAnswer]) -> String? {
        guard status == .contested || status == .depends else { return nil }
        let names = parts.filter { $0.status == status }.map(\.id).joined(separator: ", ")
        return status == .contested ? "contested parts: \(names)" : "parts that depend on settings: \(names)"
    }
}

extension PartAnswer {
    fileprivate func with(status: QuestionStatus) -> PartAnswer {
        var part = self
        part.status = status
        return part
    }
}

/// Combines the statuses of a question's parts. A question that needs `all` has the minimum in the order refuted <
/// contested < depends < open < supported. A question that needs `any` has the maximum in the order refuted < open <
/// depends < contested < supported. A question that needs `answers` has the minimum in the order contested < open <
/// answered, and all other statuses count as answered.
package func combine(_ parts: [QuestionStatus], _ needs: Question.Needs) -> QuestionStatus {
    guard !parts.isEmpty else { return .open }
    let order: [QuestionStatus] =
        switch needs {
        case .all: [.refuted, .contested, .depends, .open, .supported]
        case .any: [.supported, .contested, .depends, .open, .refuted]
        case .answers: [.contested, .open]
        }
    let extreme = order.first(where: parts.contains)
    switch needs {
    case .all, .any: return extreme ?? .open
    case .answers: return extreme ?? .answered
    }
}
