import Evidence
import Merging
import Records
import Words

/// One change in words, for the readable formats.
struct ChangeDescription {
    struct Detail {
        var text: String
        /// The status of the question's answer after the change.
        var status: QuestionStatus?
    }

    var kind: ChangeKind
    /// The id of the changed record. It is empty if `sentence` already names the record.
    var name = ""
    var sentence = ""
    var details: [Detail] = []
    /// The causes, such as `by new findings a and b`. It is nil if a question only moved.
    var causes: String?

    fileprivate mutating func add(_ text: String, _ status: QuestionStatus? = nil) {
        details.append(Detail(text: text, status: status))
    }
}

extension LedgerDiff {
    /// The changes, grouped by the kind of their subject. Kinds without changes are left out.
    var descriptions: [(title: String, noun: String, changes: [ChangeDescription])] {
        [
            ("Questions", "question", questions.compactMap(describeQuestion)),
            ("Claims", "claim", claims.map(describeClaim)), ("Disagreements", "disagreement", pairs.map(describePair)),
            ("Superseded", "superseded claim", superseded.map(describeSupersession)),
            ("Basis", "basis change", basis.map(describeBasis)),
        ].filter { !$0.2.isEmpty }
    }
}

extension LedgerDiff {
    /// Describes the change of a question. Returns nil if the question only moved along with a question above it,
    /// because the description of that question counts it.
    private func describeQuestion(_ change: QuestionChange) -> ChangeDescription? {
        let isMereMove = change.kind == .moved && change.before == change.after
        if isMereMove, moveAbove(change) != nil { return nil }
        var description = ChangeDescription(kind: change.kind, name: change.id)
        if let from = change.movedFrom {
            let along = questions.count { moveAbove($0) == change.id }
            let parts = along == 0 ? "" : ", with \(counted(along, "question")) below it"
            description.add("moved from \(from)\(parts)")
        }
        switch (change.before, change.after) {
        case (nil, let after?): description.add("new: \(phrase(after))")
        case (let before?, nil): description.add("removed; it was \(phrase(before))")
        case (let before?, let after?):
            if phrase(before) != phrase(after) {
                description.add("was \(phrase(before))")
                description.add("now \(phrase(after))", after.status)
            }
            if before.verified != after.verified {
                description.add("claims with runs alone: \(before.verified.rawValue) -> \(after.verified.rawValue)")
            }
            let headline = (before.status, after.status)
            if before.general != after.general, (before.general, after.general) != headline {
                description.add("general models: \(before.general.rawValue) -> \(after.general.rawValue)")
            }
            if before.special != after.special, (before.special, after.special) != headline {
                description.add("special-purpose models: \(before.special.rawValue) -> \(after.special.rawValue)")
            }
            for remark in before.remarks where !after.remarks.contains(remark) {
                description.add("no longer: \(remark)")
            }
            for remark in after.remarks where !before.remarks.contains(remark) { description.add("now: \(remark)") }
        case (nil, nil): break
        }
        // A question that only moved needs no cause.
        description.causes = isMereMove ? nil : causeSentence(change.causes)
        return description
    }
}

private func phrase(_ state: QuestionState) -> String {
    let phrase = state.reason.map { "\(state.phrase), \($0)" } ?? state.phrase
    return switch state.questionStatus {
    case .active: phrase
    case .proposed: "proposed, not counted yet: \(phrase)"
    case .retired: "retired"
    }
}

private func describeClaim(_ change: LedgerDiff.ClaimChange) -> ChangeDescription {
    var description = ChangeDescription(kind: change.kind, name: change.id.description)
    switch (change.before, change.after) {
    case (nil, let after?):
        description.add("says \(after.quantity) is \(after.valueText); \(word(after))")
        description.add(bearing(after))
    case (let before?, nil):
        let reason = change.reason.map { "\($0); " } ?? ""
        description.add("\(reason)it said \(before.quantity) is \(before.valueText)")
    case (let before?, let after?):
        if (before.quantity, before.valueText) != (after.quantity, after.valueText) {
            description.add(
                "said \(before.quantity) is \(before.valueText), says \(after.quantity) is \(after.valueText)")
        }
        if word(before) != word(after) { description.add("\(word(before)) -> \(word(after))") }
        if before.places != after.places { description.add("\(bearing(before)) -> \(bearing(after))") }
    case (nil, nil): break
    }
    description.causes = causeSentence(change.causes)
    return description
}

/// Returns the evidence label without counts.
private func word(_ state: ClaimState) -> String {
    switch state.verdict {
    case .verified: state.evidence.phrase
    case .refuted: "refuted"
    case .split: "split"
    case .open: "open"
    case .none: "reported"
    }
}

private func bearing(_ state: ClaimState) -> String {
    guard !state.places.isEmpty else { return "no question asks it" }
    return listed(
        state.places.map { place in
            let status = place.status == "in" ? "" : ", \(place.status)"
            return "\(place.side.rawValue)\(status) at \(place.question)" + (place.note.map { " (\($0))" } ?? "")
        })
}

private func describePair(_ change: LedgerDiff.PairChange) -> ChangeDescription {
    let kind = change.pair.isConflict ? "conflict" : "different parts"
    let differs =
        change.pair.differs.isEmpty ? "nothing recorded differs" : "they differ in \(named(change.pair.differs))"
    var description = ChangeDescription(kind: change.begins ? .new : .gone)
    description.sentence = "\(kind) on \(change.quantity) \(change.begins ? "begins" : "ends")"
    description.add("\(change.pair.a) and \(change.pair.b); \(differs)")
    description.causes = causeSentence(change.causes)
    return description
}

private func describeSupersession(_ change: LedgerDiff.SupersededChange) -> ChangeDescription {
    let verb =
        switch (change.item.obstacle == nil, change.begins) {
        case (true, true): "is superseded by"
        case (true, false): "is no longer superseded by"
        case (false, true): "stays beside the finding that claims to supersede it,"
        case (false, false): "is no longer claimed to be superseded by"
        }
    return ChangeDescription(
        kind: change.begins ? .new : .gone, sentence: "\(change.item.claim) \(verb) \(change.item.by)",
        causes: causeSentence(change.causes))
}

private func describeBasis(_ entry: LedgerDiff.BasisEntry) -> ChangeDescription {
    let noun = entry.change.claim == nil ? RecordPlace(path: entry.change.path)?.kindName ?? "file" : "claim"
    var description = ChangeDescription(kind: .changed, sentence: "\(noun) \(entry.change.name)")
    description.add(entry.change.change)
    if !entry.audited.isEmpty {
        description.add("recorded runs of \(listed(shortList(entry.audited.map(\.description)))) rest on it")
    }
    return description
}

extension LedgerDiff {
    /// Returns the topmost question that moved together with this one; nil if this one moved by itself.
    fileprivate func moveAbove(_ change: QuestionChange) -> String? {
        guard let from = change.movedFrom else { return nil }
        var top: String?
        var (old, new) = (from, change.id)
        while let oldParent = Question.parent(of: old), let newParent = Question.parent(of: new),
            old.split(separator: "/").last == new.split(separator: "/").last,
            questions.contains(where: { $0.id == newParent && $0.movedFrom == oldParent })
        {
            top = newParent
            (old, new) = (oldParent, newParent)
        }
        return top
    }
}
