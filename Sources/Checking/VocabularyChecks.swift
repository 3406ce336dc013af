import Records
import Words
import YAML

/// Checks the references of quantities, conditions, values and assumptions.
func checkVocabulary(_ context: CheckContext) -> [Diagnostic] {
    let state = context.state
    var diagnostics: [Diagnostic] = []
    for condition in state.vocabulary.conditions.values where condition.slug.contains(".") {
        diagnostics.append(
            Diagnostic(
                .badName, path: RecordPlace.condition(slug: condition.slug).path, mark: .fileStart,
                message: "the name of the condition \"\(condition.slug)\" contains a dot",
                fix: "rename it; `model.family` means the attribute `family` of `model`"))
    }
    for quantity in state.quantities.values {
        let path = RecordPlace.quantity(slug: quantity.slug).path
        for condition in quantity.conditions + quantity.laterConditions {
            if let diagnostic = checkCondition(condition, path: path, context) { diagnostics.append(diagnostic) }
        }
        diagnostics += checkScale(quantity, path: path) + checkDifference(quantity, path: path, context)
    }
    for values in state.vocabulary.attributes.values {
        for value in values.values { diagnostics += checkValue(value, context) }
    }
    for assumption in state.assumptions.values { diagnostics += checkAssumption(assumption, context) }
    return diagnostics
}

func checkCondition(_ name: Located<String>, path: String, _ context: CheckContext) -> Diagnostic? {
    guard !context.isCondition(name.value) else { return nil }
    return Diagnostic(
        .unknownCondition, path: path, mark: name.mark, message: "unknown condition \"\(name.value)\"",
        Mend(name: name.value, at: name.mark, among: context.state.vocabulary.conditions.keys),
        otherwise: "add \(RecordPlace.condition(slug: name.value).path)")
}

private func checkValue(_ value: ConditionValue, _ context: CheckContext) -> [Diagnostic] {
    let path = RecordPlace.conditionValue(condition: value.condition, slug: value.slug).path
    guard let condition = context.state.vocabulary.conditions[value.condition] else { return [] }
    var diagnostics: [Diagnostic] = []
    // A value and a model with weights may have the same name: the value's record describes a general model, and the
    // model's record says how it is measured.
    let isMeasured = context.state.models[value.slug]?.weights.isEmpty == false
    if value.condition == Condition.model, !isMeasured, context.existing.contains(.model(slug: value.slug)) {
        diagnostics.append(
            Diagnostic(
                .duplicateSlug, path: path, mark: .fileStart,
                message: "\"\(value.slug)\" is already a toy model: \(RecordPlace.model(slug: value.slug).path)",
                fix: "remove one of them"))
    }
    switch condition.values {
    case .closed:
        diagnostics.append(
            Diagnostic(
                .strayFile, path: path, mark: .fileStart,
                message: "the condition \"\(condition.slug)\" is a closed list of values",
                fix: "add \"\(value.slug)\" to \(RecordPlace.condition(slug: condition.slug).path)"))
    case .open(let attributes?):
        for (name, mark) in value.attributeMarks where !attributes.contains(name) {
            diagnostics.append(
                Diagnostic(
                    .unknownKey, path: path, mark: mark,
                    message: "a value of \"\(condition.slug)\" has no attribute \"\(name)\"",
                    Mend(name: name, at: mark, among: attributes + ConditionValue.shape.keyNames),
                    otherwise: "the attributes are \(attributes.joined(separator: ", "))"))
        }
    case .numbers:
        diagnostics.append(
            Diagnostic(
                .strayFile, path: path, mark: .fileStart,
                message: "the values of the condition \"\(condition.slug)\" are numbers, which have no files",
                fix: "remove the file, or remove `number: true` from the condition"))
    case .open(nil):
        break
    }
    return diagnostics
}

private func checkAssumption(_ assumption: Assumption, _ context: CheckContext) -> [Diagnostic] {
    let path = RecordPlace.assumption(slug: assumption.slug).path
    var diagnostics: [Diagnostic] = []
    for model in assumption.bridge?.from ?? [] where !context.existing.contains(.model(slug: model.value)) {
        diagnostics.append(
            Diagnostic(
                .unknownVerifier, path: path, mark: model.mark, message: "unknown toy model \"\(model.value)\"",
                Mend(name: model.value, at: model.mark, among: context.state.models.keys),
                otherwise: "name a toy model of Verifiers/"))
    }
    for model in assumption.bridge?.to ?? [] {
        let side = Box.Side(
            condition: Located(Condition.model, model.mark), selection: .values([model.value]), marks: [model.mark])
        diagnostics += checkSide(side, path: path, context)
    }
    if let question = assumption.testedBy {
        diagnostics += checkQuestion(question, path: path, context)
    }
    for other in assumption.excludes {
        diagnostics += checkAssumptionName(other, path: path, context)
        if other.value == assumption.slug {
            diagnostics.append(
                Diagnostic(
                    .selfContradiction, path: path, mark: other.mark, message: "an assumption cannot exclude itself",
                    fix: "remove it"))
        }
    }
    return diagnostics
}

func checkAssumptionName(_ name: Located<String>, path: String, _ context: CheckContext) -> [Diagnostic] {
    guard !context.existing.contains(.assumption(slug: name.value)) else { return [] }
    return [
        Diagnostic(
            .unknownAssumption, path: path, mark: name.mark, message: "unknown assumption \"\(name.value)\"",
            Mend(name: name.value, at: name.mark, among: context.state.assumptions.keys),
            otherwise: "add \(RecordPlace.assumption(slug: name.value).path)")
    ]
}

func checkQuestion(_ name: Located<String>, path: String, _ context: CheckContext) -> [Diagnostic] {
    guard !name.isUnreadable, !context.existing.contains(.question(id: name.value)) else { return [] }
    return [
        Diagnostic(
            .unknownQuestion, path: path, mark: name.mark, message: "unknown question \"\(name.value)\"",
            context.mend(forQuestion: name), otherwise: "add \(RecordPlace.question(id: name.value).path)")
    ]
}

/// Checks a condition and its values in any record.
func checkSide(_ side: Box.Side, path: String, _ context: CheckContext) -> [Diagnostic] {
    let (name, attribute) = Vocabulary.split(side.condition.value)
    // The place of `model.family` holds more than the condition's name.
    let mark = attribute == nil ? side.condition.mark : side.condition.mark.withLength(0)
    if let diagnostic = checkCondition(Located(name, mark), path: path, context) { return [diagnostic] }
    // A broken condition file is reported once, and not again for every value.
    guard context.state.vocabulary.conditions[name] != nil, case .values(let values) = side.selection else { return [] }
    let isNumber = context.state.vocabulary.conditions[name]?.isNumber ?? false
    guard isNumber || side.isListed else {
        return [
            Diagnostic(
                .outOfRange, path: path, mark: side.marks.first ?? side.condition.mark,
                message: "the range of \"\(name)\" is not one of at most \(longestIntegerRange) whole numbers",
                fix: "list the values; only a condition with `number: true` has ranges of decimals")
        ]
    }
    if isNumber, side.isRange { return [] }
    func isAlwaysKnown(_ value: String) -> Bool { value == Condition.notApplicable && attribute == nil }
    if values.allSatisfy({ context.state.vocabulary.isKnown($0, of: name, attribute) || isAlwaysKnown($0) }) {
        return []
    }
    let known = context.state.vocabulary.knownValues(of: name, attribute)
    if attribute != nil, known.contains("") { return [] }
    if let attribute, known.isEmpty {
        let attributes = context.state.vocabulary.attributeNames(of: name)
        let fix = didYouMean(attribute, attributes) ?? "no value of \"\(name)\" records it"
        return [
            Diagnostic(
                .unknownCondition, path: path, mark: side.condition.mark,
                message: "\"\(name)\" has no attribute \"\(attribute)\"", fix: fix)
        ]
    }
    return zip(values, side.marks).compactMap { value, mark in
        guard !known.contains(value), !isAlwaysKnown(value),
            !context.existing.contains(.conditionValue(condition: name, slug: value)),
            name != Condition.model || !context.existing.contains(.model(slug: value))
        else { return nil }
        return Diagnostic(
            .unknownValue, path: path, mark: mark,
            message: "unknown value \"\(value)\" of \"\(side.condition.value)\"",
            valueMend(value, of: name, attribute: attribute, at: mark, among: known, context),
            otherwise: remedy(for: value, of: name, attribute: attribute, context))
    }
}

/// Finds the value of a condition that a text means. It may be a number such as `0,3`, or the usual name of a model,
/// which is the title of its file.
private func valueMend(
    _ value: String, of condition: String, attribute: String?, at mark: Mark, among known: Set<String>,
    _ context: CheckContext
) -> Mend? {
    guard Number(value) == nil else { return nil }
    let isAnyNumber = attribute == nil && context.state.vocabulary.conditions[condition]?.isNumber ?? false
    let share = value.withoutEnding("%").flatMap { meantNumber(by: $0) }.flatMap(Number.init)?.hundredth.text
    for number in [meantNumber(by: value), share] {
        guard let number, let text = Number(number)?.text, isAnyNumber && number != share || known.contains(text) else {
            continue
        }
        return Mend(write: number, at: mark)
    }
    let plain = withoutTypographicQuotes(value) ?? value
    // Models are found on the web as `organisation/name`.
    let name = foldedName(plain.split(separator: "/").last.map { String($0) } ?? plain)
    if attribute == nil, !name.isEmpty {
        let sameNames = known.filter { foldedName($0) == name }
        if sameNames.count == 1, let meant = sameNames.first, meant != plain {
            return Mend("did you mean \"\(meant)\"?", edits: Edit.replacing(mark, with: meant))
        }
        let titled = known.filter { context.title(of: $0, condition).map(foldedName) == name }
        if sameNames.isEmpty, titled.count == 1, let meant = titled.first,
            let title = context.title(of: meant, condition)
        {
            return Mend(
                "did you mean \"\(meant)\"? Its title is \(title)", edits: Edit.replacing(mark, with: meant))
        }
    }
    return Mend(name: value, at: mark, among: known)
}

extension CheckContext {
    fileprivate func title(of value: String, _ condition: String) -> String? {
        state.vocabulary.value(value, of: condition)?.title
            ?? (condition == Condition.model ? state.models[value]?.title : nil)
    }
}

private func remedy(for value: String, of condition: String, attribute: String?, _ context: CheckContext) -> String {
    if attribute != nil { return "no value of \"\(condition)\" has it" }
    switch context.state.vocabulary.conditions[condition]?.values {
    case .closed(let values)?:
        let shown = values.count > 12 ? "\(values[0]) … \(values[values.count - 1])" : values.joined(separator: ", ")
        return "the values are \(shown)"
    case .numbers?:
        return "write a number"
    case .open?, nil:
        let slug = isName(value) ? value : recordName(for: value)
        let file = RecordPlace.conditionValue(condition: condition, slug: slug ?? "NAME").path
        return slug == value ? "add \(file)" : "add \(file) with that title, and write \(slug ?? "its name")"
    }
}

/// Returns the name that a file can have for something with a title such as `mistralai/Mistral-7B-v0.1`.
private func recordName(for title: String) -> String? {
    let letters = title.split(separator: "/").last?.lowercased().unicodeScalars.map { scalar -> Character in
        isName("a\(scalar)b") ? Character(scalar) : "-"
    }
    let name = String(letters ?? []).split(separator: "-").joined(separator: "-")
    return isName(name) && Number(name) == nil ? name : nil
}

extension Diagnostic.Code {
    package static let unknownCondition = Self("unknown-condition", .error, "No condition has this name.")
    package static let unknownValue = Self("unknown-value", .error, "The condition has no such value.")
    package static let unknownAssumption = Self("unknown-assumption", .error, "No assumption has this name.")

    package static let ofVocabulary = [unknownCondition, unknownValue, unknownAssumption]
}
