/// What a change of the ledger changes in the merged tree: questions, disagreements, superseded claims.
public func changeText(from before: Merge, to after: Merge, style: TextStyle) -> String {
    var lines: [String] = []
    let old = before.answers()
    for answer in after.answersInTreeOrder() {
        let phrase = old[answer.question.id]?.phrase
        guard phrase != answer.phrase else { continue }
        lines.append(
            style.wrapped("\(answer.question.id): \(phrase ?? "not asked") -> \(answer.phrase)", indent: 4, first: 2))
    }
    let known = Set(before.disagreements().flatMap(\.pairs).map(PairName.init))
    for found in after.disagreements() {
        for pair in found.pairs where !known.contains(PairName(pair)) {
            let kind = pair.isConflict ? "new conflict" : "new near miss"
            let differs = pair.differs.isEmpty ? "nothing recorded differs" : "they differ in \(listed(pair.differs))"
            lines.append(
                style.wrapped("\(kind) on \(found.quantity): \(pair.a) and \(pair.b); \(differs)", indent: 4, first: 2))
        }
    }
    let superseded = Set(before.superseded().map(\.claim))
    for item in after.superseded() where !superseded.contains(item.claim) {
        lines.append(style.wrapped("\(item.claim) is superseded by \(item.by)", indent: 4, first: 2))
    }
    return lines.isEmpty ? "  nothing in the merged tree changes\n" : lines.joined(separator: "\n") + "\n"
}

extension Answer {
    fileprivate func stands(like other: Answer) -> Bool {
        status == other.status && verified == other.verified && general == other.general
            && testedCells == other.testedCells && answeredParts == other.answeredParts
    }
}

private struct PairName: Hashable {
    var a: ClaimID
    var b: ClaimID
    var isConflict: Bool

    init(_ pair: Pair) {
        a = pair.a
        b = pair.b
        isConflict = pair.isConflict
    }
}
