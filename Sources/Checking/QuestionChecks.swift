import Records
import Words
import YAML

/// Checks the question tree: every part has a parent, leaves have no parts, and there are no cycles.
func checkQuestions(_ context: CheckContext) -> [Diagnostic] {
    let questions = context.state.questions
    var diagnostics: [Diagnostic] = []
    let parts = partsByQuestion(questions)
    for question in questions.values {
        let path = RecordPlace.question(id: question.id).path
        if let parent = question.parent, !context.existing.contains(.question(id: parent)),
            !pathParts(parent).contains(RecordPlace.votesName)
        {
            diagnostics.append(
                Diagnostic(
                    .unknownQuestion, path: path, mark: .fileStart, message: "this question has no parent",
                    fix: "add \(RecordPlace.question(id: parent).path)"))
        }
        for other in question.alsoUnder { diagnostics += checkQuestion(other, path: path, context) }
        if let quantity = question.quantity {
            diagnostics += checkLeaf(question, quantity, path: path, context)
        }
        let children = parts[question.id, default: []]
        if question.isLeaf, let part = children.first {
            diagnostics.append(
                Diagnostic(
                    .mixedNeeds, path: path, mark: question.quantity?.mark ?? .fileStart,
                    message: "a question with a \"quantity\" is a leaf, but it has the part \"\(part)\"",
                    fix: "move the quantity to a new part"))
        }
        if question.needs != .answers {
            for part in children
            where questions[part].map({ !$0.isLeaf && $0.needs == .answers && $0.needsIsReadable }) ?? false {
                diagnostics.append(
                    Diagnostic(
                        .mixedNeeds, path: path, mark: question.mark(of: "needs"),
                        message:
                            "`needs: \(question.needs.rawValue)` requires parts with a yes or no, but \"\(part)\" has `needs: answers`",
                        fix: "write `needs: all` or `any` in \"\(part)\", or `needs: answers` here"))
            }
        }
    }
    return diagnostics
}

/// Returns the sorted ids of every question's parts, which are the questions in its folder.
package func partsByQuestion(_ questions: [String: Question]) -> [String: [String]] {
    childrenByQuestion(questions) { [$0.parent].compactMap(\.self) }
}

/// Returns the sorted ids of the questions that name each question in `also_under`. Reports list them there for
/// reading; the answer does not count them.
package func listedQuestions(_ questions: [String: Question]) -> [String: [String]] {
    childrenByQuestion(questions) { $0.alsoUnder.map(\.value) }
}

private func childrenByQuestion(
    _ questions: [String: Question], _ parents: (Question) -> [String]
) -> [String: [String]] {
    var children: [String: Set<String>] = [:]
    for question in questions.values {
        for parent in parents(question) { children[parent, default: []].insert(question.id) }
    }
    return children.mapValues { $0.sorted() }
}

private func checkLeaf(
    _ question: Question, _ quantityName: Located<String>, path: String, _ context: CheckContext
) -> [Diagnostic] {
    var diagnostics = checkKnownSettings(question.covers, of: "a question", path: path, context)
    guard let quantity = context.state.quantities[quantityName.value] else {
        return diagnostics + checkQuantityName(quantityName, path: path, context)
    }
    if let yes = question.yes { diagnostics += checkRange(yes, of: quantity, "yes", path: path) }
    return diagnostics
}

func checkQuantityName(_ name: Located<String>, path: String, _ context: CheckContext) -> [Diagnostic] {
    guard !name.isUnreadable, !context.existing.contains(.quantity(slug: name.value)) else { return [] }
    return [
        Diagnostic(
            .unknownQuantity, path: path, mark: name.mark, message: "unknown quantity \"\(name.value)\"",
            Mend(name: name.value, at: name.mark, among: context.state.quantities.keys),
            otherwise: "add \(RecordPlace.quantity(slug: name.value).path)")
    ]
}

/// Checks that a range or set of labels fits the quantity's range.
package func checkRange(_ range: Located<ValueSet>, of quantity: Quantity, _ key: String, path: String) -> [Diagnostic]
{
    guard quantity.range != .labels([]) else { return [] }
    switch (range.value, quantity.range) {
    case (.labels(let labels), .labels(let known)):
        return labels.filter { !known.contains($0) }.map { label in
            Diagnostic(
                .outOfRange, path: path, mark: range.mark,
                message: "\"\(label)\" is not a label of \"\(quantity.slug)\"",
                Mend(name: label, at: range.mark.withLength(0), among: known),
                otherwise: "the labels are \(known.joined(separator: ", "))")
        }
    case (.interval(let interval), .interval(let whole)):
        // A missing end is valid, because the range is clipped. An explicit end outside the quantity's range is an
        // error.
        func isOutside(_ end: Number?) -> Bool {
            guard let end else { return false }
            return whole.lower.map { end < $0 } ?? false || whole.upper.map { end > $0 } ?? false
        }
        guard isOutside(interval.lower) || isOutside(interval.upper) || interval.intersection(whole).isEmpty else {
            return []
        }
        return [
            Diagnostic(
                .outOfRange, path: path, mark: range.mark,
                message:
                    "\"\(key)\" is \(range.value.phrase), but the range of \"\(quantity.slug)\" is \(quantity.range.phrase)",
                fix: share(meantBy: interval, of: quantity).map {
                    "correct it, or write \($0.phrase) if it is in percent"
                }
                    ?? "correct the range")
        ]
    case (.labels, .interval):
        return [wrongKind(key, quantity, range.mark, path, "a number", "write [low, high] or bounds")]
    case (.interval, .labels):
        return [wrongKind(key, quantity, range.mark, path, "a label", "write {any_of: [label]}")]
    }
}

/// Returns the range of shares that a range means if it was written in percent; nil if it cannot have been.
private func share(meantBy interval: Interval, of quantity: Quantity) -> ValueSet? {
    let ends = [interval.lower, interval.upper].compactMap(\.self)
    guard quantity.holdsShares, ends.allSatisfy({ $0 > Number(1) && $0 <= Number(100) }) else { return nil }
    var share = interval
    (share.lower, share.upper) = (interval.lower?.hundredth, interval.upper?.hundredth)
    return .interval(share)
}

private func wrongKind(
    _ key: String, _ quantity: Quantity, _ mark: Mark, _ path: String, _ kind: String, _ fix: String
) -> Diagnostic {
    Diagnostic(
        .wrongType, path: path, mark: mark, message: "\"\(key)\" does not fit \"\(quantity.slug)\", which is \(kind)",
        fix: fix)
}

extension Diagnostic.Code {
    package static let unknownQuestion = Self("unknown-question", .error, "No question has this name.")
    package static let unknownQuantity = Self("unknown-quantity", .error, "No quantity has this name.")
    package static let mixedNeeds = Self("mixed-needs", .error, "A question's parts do not fit its \"needs\".")

    package static let ofQuestions = [unknownQuestion, unknownQuantity, mixedNeeds]
}
