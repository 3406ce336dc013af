import Records
import Words

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
    let fix =
        didYouMean(name.value, context.state.vocabulary.conditions.keys)
        ?? "add \(RecordPlace.condition(slug: name.value).path)"
    return Diagnostic(
        .unknownCondition, path: path, mark: name.mark, message: "unknown condition \"\(name.value)\"", fix: fix)
}

private func checkValue(_ value: ConditionValue, _ context: CheckContext) -> [Diagnostic] {
    let path = RecordPlace.conditionValue(condition: value.condition, slug: value.slug).path
    guard let condition = context.state.vocabulary.conditions[value.condition] else { return [] }
    var diagnostics: [Diagnostic] = []
    if value.condition == Condition.model, context.existing.contains(.model(slug: value.slug)) {
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
            let fix = didYouMean(name, attributes) ?? "the attributes are \(attributes.joined(separator: ", "))"
            diagnostics.append(
                Diagnostic(
                    .unknownKey, path: path, mark: mark,
                    message: "a value of \"\(condition.slug)\" has no attribute \"\(name)\"", fix: fix))
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
        let fix = didYouMean(model.value, context.state.models.keys) ?? "name a toy model of Verifiers/"
        diagnostics.append(
            Diagnostic(
                .unknownVerifier, path: path, mark: model.mark, message: "unknown toy model \"\(model.value)\"",
                fix: fix))
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
    let fix =
        didYouMean(name.value, context.state.assumptions.keys) ?? "add \(RecordPlace.assumption(slug: name.value).path)"
    return [
        Diagnostic(
            .unknownAssumption, path: path, mark: name.mark, message: "unknown assumption \"\(name.value)\"", fix: fix)
    ]
}

func checkQuestion(_ name: Located<String>, path: String, _ context: CheckContext) -> [Diagnostic] {
    guard !name.isUnreadable, !context.existing.contains(.question(id: name.value)) else { return [] }
    let fix = context.remedy(forQuestion: name.value) ?? "add \(RecordPlace.question(id: name.value).path)"
    return [
        Diagnostic(
            .unknownQuestion, path: path, mark: name.mark, message: "unknown question \"\(name.value)\"", fix: fix)
    ]
}

/// Checks a condition and its values in any record.
func checkSide(_ side: Box.Side, path: String, _ context: CheckContext) -> [Diagnostic] {
    let (name, attribute) = Vocabulary.split(side.condition.value)
    if let diagnostic = checkCondition(Located(name, side.condition.mark), path: path, context) { return [diagnostic] }
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
        let message = "unknown value \"\(value)\" of \"\(side.condition.value)\""
        return Diagnostic(
            .unknownValue, path: path, mark: mark, message: message,
            fix: (Number(value) == nil ? didYouMean(value, known) : nil)
                ?? remedy(for: value, of: name, attribute: attribute, context))
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
        return "add \(RecordPlace.conditionValue(condition: condition, slug: value).path)"
    }
}

extension Diagnostic.Code {
    package static let unknownCondition = Self("unknown-condition", .error, "No condition has this name.")
    package static let unknownValue = Self("unknown-value", .error, "The condition has no such value.")
    package static let unknownAssumption = Self("unknown-assumption", .error, "No assumption has this name.")

    package static let ofVocabulary = [unknownCondition, unknownValue, unknownAssumption]
}
