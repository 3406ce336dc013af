import Evidence
import Merging
import Records
import Words

/// A `LedgerDiff` for eyes: what is believed otherwise, and because of which files.
package func diffText(_ diff: LedgerDiff, style: TextStyle) -> String {
    guard !diff.isEmpty else { return "  nothing in the merged tree changes\n" }
    var blocks: [[String]] = []
    func add(_ title: String, _ lines: [String]) {
        if !lines.isEmpty { blocks.append([style.bold(title)] + lines) }
    }
    add("Questions", diff.questions.flatMap { questionLines($0, diff, style: style) })
    add("Claims", diff.claims.flatMap { claimLines($0, style: style) })
    add("Disagreements", diff.pairs.flatMap { pairLines($0, style: style) })
    add("Superseded", diff.superseded.flatMap { supersededLines($0, style: style) })
    return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
}

/// Which kinds of files differ, in one line: `2 findings, 1 question and 12 receipts changed.`
package func changedFilesText(_ files: [ChangedFile], style: TextStyle) -> String {
    guard !files.isEmpty else { return "No record file differs.\n" }
    let kinds = files.map { file in RecordPlace(path: file.path).map(\.kindName) ?? "other file" }
    let counts = Dictionary(grouping: kinds, by: \.self).sorted { $0.key < $1.key }
    return style.wrapped("\(listed(counts.map { counted($1.count, $0).asPlural })) changed.", indent: 0) + "\n"
}

private func questionLines(_ change: LedgerDiff.QuestionChange, _ diff: LedgerDiff, style: TextStyle) -> [String] {
    // A moved folder takes its parts along: they are told with it.
    if change.kind == .moved, change.before == change.after, diff.moveAbove(change) != nil { return [] }
    var lines = ["  \(sign(change.kind, style)) \(style.cyan(change.id))"]
    if let from = change.movedFrom {
        let along = diff.questions.count { diff.moveAbove($0) == change.id }
        let parts = along == 0 ? "" : ", with \(counted(along, "question")) below it"
        lines.append(detail("moved from \(from)\(parts)", style))
    }
    let (before, after) = (change.before, change.after)
    switch (before, after) {
    case (nil, let after?): lines.append(detail("new: \(told(after))", style))
    case (let before?, nil): lines.append(detail("gone; it was \(told(before))", style))
    case (let before?, let after?):
        if told(before) != told(after) {
            lines.append(detail("was \(told(before))", style))
            lines.append(style.paint(after.status, detail("now \(told(after))", style)))
        }
        if before.verified != after.verified {
            lines.append(
                detail("re-run claims alone: \(before.verified.rawValue) -> \(after.verified.rawValue)", style))
        }
        if before.general != after.general {
            lines.append(detail("general models alone: \(before.general.rawValue) -> \(after.general.rawValue)", style))
        }
    case (nil, nil): break
    }
    // A mere move is its own cause.
    return change.kind == .moved && change.before == change.after ? lines : lines + causeLines(change.causes, style)
}

private func told(_ state: QuestionState) -> String {
    let phrase = state.reason.map { "\(state.phrase), \($0)" } ?? state.phrase
    return switch state.asked {
    case .active: phrase
    case .proposed: "proposed, not counted yet: \(phrase)"
    case .retired: "retired"
    }
}

private func claimLines(_ change: LedgerDiff.ClaimChange, style: TextStyle) -> [String] {
    var lines = ["  \(sign(change.kind, style)) \(style.cyan(change.id.description))"]
    switch (change.before, change.after) {
    case (nil, let after?):
        lines.append(detail("says \(after.quantity) is \(after.saying); \(word(after))", style))
        lines.append(detail(bearing(after), style))
    case (let before?, nil):
        let reason = change.reason.map { "\($0); " } ?? ""
        lines.append(detail("\(reason)it said \(before.quantity) is \(before.saying)", style))
    case (let before?, let after?):
        if (before.quantity, before.saying) != (after.quantity, after.saying) {
            lines.append(
                detail("said \(before.quantity) is \(before.saying), says \(after.quantity) is \(after.saying)", style))
        }
        if word(before) != word(after) { lines.append(detail("\(word(before)) -> \(word(after))", style)) }
        if before.places != after.places {
            lines.append(detail("\(bearing(before)) -> \(bearing(after))", style))
        }
    case (nil, nil): break
    }
    return lines + causeLines(change.causes, style)
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

private func pairLines(_ change: LedgerDiff.PairChange, style: TextStyle) -> [String] {
    let kind = change.pair.isConflict ? "conflict" : "different parts"
    let differs =
        change.pair.differs.isEmpty ? "nothing recorded differs" : "they differ in \(named(change.pair.differs))"
    let head = "\(kind) on \(change.quantity) \(change.begins ? "begins" : "ends")"
    return [
        "  \(sign(change.begins ? .new : .gone, style)) \(head)",
        detail("\(change.pair.a) and \(change.pair.b); \(differs)", style),
    ] + causeLines(change.causes, style)
}

private func supersededLines(_ change: LedgerDiff.SupersededChange, style: TextStyle) -> [String] {
    let verb = change.begins ? "is superseded by" : "is no longer superseded by"
    return [
        style.wrapped(
            "\(sign(change.begins ? .new : .gone, style)) \(change.item.claim) \(verb) \(change.item.by)", indent: 4,
            first: 2)
    ]
        + causeLines(change.causes, style)
}

private func sign(_ kind: ChangeKind, _ style: TextStyle) -> String {
    switch kind {
    case .new: style.green("+")
    case .gone: style.red("-")
    case .changed: style.yellow("~")
    case .moved: style.yellow(">")
    }
}

private func detail(_ text: String, _ style: TextStyle) -> String { style.wrapped(text, indent: 6, first: 4) }

/// The most causes of one kind that are named in one line.
private let causeLimit = 4

/// `by new findings a and b; changed quantity q; 12 new receipts of m`: findings first, the rest by kind.
private func causeLines(_ causes: [ChangedFile], _ style: TextStyle) -> [String] {
    guard !causes.isEmpty else { return [] }
    let groups = Dictionary(grouping: causes, by: CauseGroup.init).sorted { $0.key < $1.key }
    let told = groups.map { group, files in
        let noun = counted(files.count, group.kind).asPlural
        guard group.kind != receiptKind else {
            return
                "\(noun.replacing(group.kind, with: "\(group.change.rawValue) \(group.kind)")) of \(shortened(files))"
        }
        let plain = noun.drop { $0 != " " }.dropFirst()
        return "\(group.change.rawValue) \(plain) \(shortened(files))"
    }
    return [style.dim(style.wrapped("by \(told.joined(separator: "; "))", indent: 7, first: 4))]
}

/// The names of files of one kind, those of one name once, the first few.
private func shortened(_ files: [ChangedFile]) -> String {
    let names = Set(files.map { name(of: $0.path) }).sorted()
    guard names.count > causeLimit else { return listed(names) }
    return listed(names.prefix(causeLimit - 1) + ["\(names.count - causeLimit + 1) more"])
}

private let receiptKind = RecordPlace.receipt(model: "", name: "").kindName

private struct CauseGroup: Hashable, Comparable {
    var kind: String
    var change: ChangeKind

    init(_ file: ChangedFile) {
        kind = RecordPlace(path: file.path)?.kindName ?? "file"
        change = file.kind
    }

    static func < (a: Self, b: Self) -> Bool {
        func key(_ group: Self) -> (Int, String, String) {
            (group.kind == "finding" ? 0 : group.kind == receiptKind ? 2 : 1, group.kind, group.change.rawValue)
        }
        return key(a) < key(b)
    }
}

/// What a record is called beside others of its kind; a receipt goes by its toy model.
private func name(of path: String) -> String {
    switch RecordPlace(path: path) {
    case nil: visible(path)
    case .conditionValue(let condition, let slug)?: visible("\(slug) of \(condition)")
    case .measurement(let model, let slug)?: visible("\(model)/\(slug)")
    case .receipt(let model, _)?: visible(model)
    case .vote(let question, let handle)?: visible("\(handle) on \(question)")
    case .question(let name)?, .quantity(let name)?, .condition(let name)?, .assumption(let name)?,
        .finding(let name)?, .model(let name)?:
        visible(name)
    }
}

extension RecordPlace {
    var kindName: String {
        switch self {
        case .question: "question"
        case .vote: "vote"
        case .quantity: "quantity"
        case .condition: "condition"
        case .conditionValue: "condition value"
        case .assumption: "assumption"
        case .finding: "finding"
        case .model: "toy model"
        case .measurement: "measurement"
        case .receipt: "receipt"
        }
    }
}

extension String {
    /// Of a counted noun: English has one among ours that ends in y.
    fileprivate var asPlural: String { replacing("quantitys", with: "quantities") }
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
