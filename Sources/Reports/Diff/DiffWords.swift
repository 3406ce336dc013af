import Evidence
import Merging
import Records
import Words

/// One change in words: what every format for people says of it.
struct ChangeWords {
    struct Detail {
        var text: String
        /// Of an answer as it is now.
        var standing: QuestionStatus?
    }

    var kind: ChangeKind
    /// The id that it is about; empty where the sentence names it.
    var name = ""
    var sentence = ""
    var details: [Detail] = []
    /// `by new findings a and b`; nil where it is its own cause.
    var causes: String?

    fileprivate mutating func add(_ text: String, _ standing: QuestionStatus? = nil) {
        details.append(Detail(text: text, standing: standing))
    }
}

extension LedgerDiff {
    /// By kind of what changed, without kinds of which nothing did.
    var words: [(title: String, noun: String, changes: [ChangeWords])] {
        [
            ("Questions", "question", questions.compactMap(questionWords)),
            ("Claims", "claim", claims.map(claimWords)), ("Disagreements", "disagreement", pairs.map(pairWords)),
            ("Superseded", "superseded claim", superseded.map(supersededWords)),
        ].filter { !$0.2.isEmpty }
    }
}

extension LedgerDiff {
    /// nil where a moved folder took it along: then it is counted there.
    private func questionWords(_ change: QuestionChange) -> ChangeWords? {
        let isMereMove = change.kind == .moved && change.before == change.after
        if isMereMove, moveAbove(change) != nil { return nil }
        var words = ChangeWords(kind: change.kind, name: change.id)
        if let from = change.movedFrom {
            let along = questions.count { moveAbove($0) == change.id }
            let parts = along == 0 ? "" : ", with \(counted(along, "question")) below it"
            words.add("moved from \(from)\(parts)")
        }
        switch (change.before, change.after) {
        case (nil, let after?): words.add("new: \(phrase(after))")
        case (let before?, nil): words.add("gone; it was \(phrase(before))")
        case (let before?, let after?):
            if phrase(before) != phrase(after) {
                words.add("was \(phrase(before))")
                words.add("now \(phrase(after))", after.status)
            }
            if before.verified != after.verified {
                words.add("re-run claims alone: \(before.verified.rawValue) -> \(after.verified.rawValue)")
            }
            if before.general != after.general {
                words.add("general models alone: \(before.general.rawValue) -> \(after.general.rawValue)")
            }
        case (nil, nil): break
        }
        // A mere move is its own cause.
        words.causes = isMereMove ? nil : causeSentence(change.causes)
        return words
    }
}

private func phrase(_ state: QuestionState) -> String {
    let phrase = state.reason.map { "\(state.phrase), \($0)" } ?? state.phrase
    return switch state.asked {
    case .active: phrase
    case .proposed: "proposed, not counted yet: \(phrase)"
    case .retired: "retired"
    }
}

private func claimWords(_ change: LedgerDiff.ClaimChange) -> ChangeWords {
    var words = ChangeWords(kind: change.kind, name: change.id.description)
    switch (change.before, change.after) {
    case (nil, let after?):
        words.add("says \(after.quantity) is \(after.saying); \(word(after))")
        words.add(bearing(after))
    case (let before?, nil):
        let reason = change.reason.map { "\($0); " } ?? ""
        words.add("\(reason)it said \(before.quantity) is \(before.saying)")
    case (let before?, let after?):
        if (before.quantity, before.saying) != (after.quantity, after.saying) {
            words.add("said \(before.quantity) is \(before.saying), says \(after.quantity) is \(after.saying)")
        }
        if word(before) != word(after) { words.add("\(word(before)) -> \(word(after))") }
        if before.places != after.places { words.add("\(bearing(before)) -> \(bearing(after))") }
    case (nil, nil): break
    }
    words.causes = causeSentence(change.causes)
    return words
}

/// One evidence word, as `merge` has it but for the counts.
private func word(_ state: ClaimState) -> String {
    switch state.verdict {
    case .verified: state.level.rawValue
    case .refuted: "refuted"
    case .open: "open"
    case .none: "reported"
    }
}

private func bearing(_ state: ClaimState) -> String {
    guard !state.places.isEmpty else { return "no question asks it" }
    return listed(
        state.places.map { "\($0.side.rawValue)\($0.standing == "in" ? "" : ", \($0.standing)") at \($0.question)" })
}

private func pairWords(_ change: LedgerDiff.PairChange) -> ChangeWords {
    let kind = change.pair.isConflict ? "conflict" : "different parts"
    let differs =
        change.pair.differs.isEmpty ? "nothing recorded differs" : "they differ in \(named(change.pair.differs))"
    var words = ChangeWords(kind: change.begins ? .new : .gone)
    words.sentence = "\(kind) on \(change.quantity) \(change.begins ? "begins" : "ends")"
    words.add("\(change.pair.a) and \(change.pair.b); \(differs)")
    words.causes = causeSentence(change.causes)
    return words
}

private func supersededWords(_ change: LedgerDiff.SupersededChange) -> ChangeWords {
    let verb = change.begins ? "is superseded by" : "is no longer superseded by"
    return ChangeWords(
        kind: change.begins ? .new : .gone, sentence: "\(change.item.claim) \(verb) \(change.item.by)",
        causes: causeSentence(change.causes))
}

extension LedgerDiff {
    /// The moved question right above one that moved along with it unchanged, or of the topmost such move; nil where it
    /// moved by itself.
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
