import Checking
import KernelInterface
import Records

/// A question that the command `new` asks the user, about the value of one key.
package struct Prompt: Sendable {
    package internal(set) var key: String
    /// The name of the key in the prompt and in the flag, such as `quantity` for `claims.quantity`.
    package var label: String
    package var summary: String
    package var isRequired: Bool
    /// The answer that is used if the user gives none.
    package var defaultAnswer: String?
    /// The names or words that the prompt suggests.
    package var choices: [String] = []
    /// A valid answer; nil if the choices show what is valid.
    package var example: String?
    /// The label of another key that can be answered instead of this key.
    var alternative: String?
    let value: Shape.Value

    /// A special key that represents the record's name, which is not a key in the file.
    package static let nameKey = "name"
    package static let attributePrefix = "attributes of its own."

    /// Whether the answer must be prose, which can be written later.
    package var isProse: Bool { isRequired && value.isProse }

    /// Whether the prompt accepts settings by name.
    package var takesNamedSettings: Bool {
        value.takesNamedSettings && !label.utf8.contains(UInt8(ascii: "."))
    }

    /// The flag that answers the prompt if there is no terminal.
    package var flag: String {
        if label.hasPrefix("tested.") { return "--tested \(label.dropFirst(7))=…" }
        let flag = flagName(label)
        return alternative.map { "\(flagName($0)) or \(flag)" } ?? flag
    }

    /// A valid value that replaces a missing answer, so that the other answers can be checked.
    var placeholder: String {
        switch value {
        case .text, .sentence: "TODO"
        case .date: "2000"
        case .name, .choice: choices.first.map(yamlWord) ?? "todo"
        case .names: "[\(choices.first.map(yamlWord) ?? "todo")]"
        case .number, .positive, .integer: "1"
        case .atLeast0, .between: "0.5"
        case .flag: "true"
        case .values, .range: "[0, 1]"
        case .box, .settings, .each, .meanings, .mapping, .digests: "{}"
        case .closedValues, .list: "[]"
        }
    }
}

/// The default answers of the command `new`.
package struct PromptDefaults: Sendable {
    package var today: String
    /// The user's name in git.
    package var contributor: String?

    package init(today: String, contributor: String?) {
        self.today = today
        self.contributor = contributor
    }
}

/// Returns the flag for a label, such as `--north-star` for `north_star`.
private func flagName(_ label: String) -> String { "--" + label.replacing("_", with: "-") }

extension Draft {
    /// Returns the prompts in order. They depend on earlier answers: for example, a leaf question needs a range, but an
    /// inner question does not.
    package func prompts(_ names: KnownNames, _ ledger: CheckedLedger, _ defaults: PromptDefaults) -> [Prompt] {
        (kind.shape?.answers() ?? []).flatMap { answer -> [Prompt] in
            let isRequired = isRequired(answer)
            if answer.path == "claims.tested" { return testedPrompts(answer.path, names, ledger.state) }
            guard isRequired || isAsked(answer, ledger.state), !isForbidden(answer) else { return [] }
            let choices = choices(of: answer, names, ledger)
            return [
                Prompt(
                    key: answer.path, label: answer.key.name, summary: answer.key.summary, isRequired: isRequired,
                    defaultAnswer: answer.key.defaultAnswer.flatMap(defaults.text), choices: choices,
                    example: example(of: answer, choices, names, ledger),
                    alternative: alternative(to: answer), value: answer.key.value)
            ]
        }
    }

    /// Returns the prompt for any key; nil if this kind of record has no such key.
    package func prompt(_ key: String) -> Prompt? {
        if key.hasPrefix(Prompt.attributePrefix) {
            return Prompt(
                key: key, label: String(key.dropFirst(Prompt.attributePrefix.count)), summary: "", isRequired: false,
                value: .box(withAttributes: false))
        }
        return kind.shape?.answers().first { key == $0.path || key.hasPrefix($0.path + ".") }.map { answer in
            Prompt(
                key: key, label: answer.key.name + key.dropFirst(answer.path.count), summary: answer.key.summary,
                isRequired: answer.key.isRequired, value: answer.key.value)
        }
    }

    private func choices(of answer: Shape.Answer, _ names: KnownNames, _ ledger: CheckedLedger) -> [String] {
        switch (kind, answer.path) {
        case (.finding, "\(claimPrefix)verify"): measurements(ledger.state)
        case (.measurement, "measurement"): kernel(ledger)?.measurements.map(\.name) ?? []
        default: answer.key.value.choices(names)
        }
    }

    /// The measurements of the claim's quantity.
    private func measurements(_ state: LedgerState) -> [String] {
        state.measurements.values.filter { measurement in
            measurement.measures.contains { $0.value == answers["\(claimPrefix)quantity"] }
        }.map(\.id).sorted()
    }

    /// The kernel of a toy model, or of the toy model that a measurement belongs to.
    private func kernel(_ ledger: CheckedLedger) -> KernelDescription? {
        var name = answers["kernel"]
        if case .measurement(let model, _)? = RecordPlace(path: path) {
            name = ledger.state.models[model]?.kernel.value
        }
        return ledger.kernels.first { $0.name == name }
    }

    /// Returns a valid answer: the example of the key if it names no records, or one that follows from the ledger.
    private func example(
        of answer: Shape.Answer, _ choices: [String], _ names: KnownNames, _ ledger: CheckedLedger
    ) -> String? {
        switch answer.key.value {
        case .text, .sentence, .date, .number, .positive, .atLeast0, .between, .integer, .range, .closedValues,
            .name(.anything), .names(.anything, _):
            answer.key.typedExample
        // The labels of a codebook and the numbers of a source name no records.
        case .each, .mapping: answer.key.example
        case .names: choices.isEmpty ? nil : choices.prefix(2).map(yamlWord).joined(separator: ", ")
        case .values: "[0.4, 0.6]"
        case .box: names.exampleSetting.map { "\($0.condition)=\(yamlWord($0.value))" } ?? "{}"
        case .settings:
            answer.path == "control"
                ? kernel(ledger)?.measurement(named: answers["measurement"] ?? "")?.settings.exampleSetting ?? "{}"
                : kernel(ledger)?.parameters.exampleSettings ?? "{}"
        case .name, .choice, .flag, .list, .meanings, .digests: nil
        }
    }

    /// Returns one prompt for each condition that the quantity requires.
    private func testedPrompts(_ path: String, _ names: KnownNames, _ state: LedgerState) -> [Prompt] {
        let quantity = answers["claims.quantity"].flatMap { state.quantities[$0] }
        guard let conditions = quantity?.conditions, !conditions.isEmpty else {
            return [
                Prompt(
                    key: path, label: "tested", summary: "Where it was measured: condition=value.", isRequired: true,
                    defaultAnswer: quantity == nil ? nil : "{}",
                    example: names.exampleSetting.map { "\($0.condition)=\(yamlWord($0.value))" },
                    value: .box(withAttributes: false))
            ]
        }
        return conditions.map { condition in
            let known = names.values[condition.value, default: []]
            let isNumber = names.numberConditions.contains(condition.value)
            return Prompt(
                key: "\(path).\(condition.value)", label: "tested.\(condition.value)",
                summary: "Where it was measured: a value, a list [a, b], or unknown.", isRequired: true,
                choices: known, example: known.isEmpty ? (isNumber ? "0.1" : "unknown") : nil,
                value: .box(withAttributes: false))
        }
    }

    private func isAsked(_ answer: Shape.Answer, _ state: LedgerState) -> Bool {
        switch answer.key.promptWhen {
        case .never: false
        case .always: true
        case .answered(let other): has(answer.prefix + other)
        case .inFolder(let folder): path.hasPrefix(folder)
        case .measured: !measurements(state).isEmpty
        }
    }

    private func isRequired(_ answer: Shape.Answer) -> Bool {
        answer.key.isRequired && (answer.isInRequiredMapping || has(String(answer.prefix.dropLast())))
            || answer.shape.rules.contains { rule in
                switch rule.condition {
                case .with(let other, let needs, _): needs.contains(answer.key.name) && has(answer.prefix + other)
                case .without(let other, let needs, _): needs.contains(answer.key.name) && !has(answer.prefix + other)
                case .when(let other, let word, let needs, _):
                    needs.contains(answer.key.name) && answers[answer.prefix + other] == word
                case .withOneOf, .exactlyOne, .atLeastOne, .estimate: false
                }
            }
    }

    private func isForbidden(_ answer: Shape.Answer) -> Bool {
        answer.shape.rules.contains { rule in
            switch rule.condition {
            case .with(let other, _, let forbids):
                forbids.contains(answer.key.name) && has(answer.prefix + other)
                    || other == answer.key.name && forbids.contains { has(answer.prefix + $0) }
            case .without(let other, _, let forbids):
                forbids.contains(answer.key.name) && !has(answer.prefix + other)
            case .when(let other, let word, _, let forbids):
                forbids.contains(answer.key.name) && answers[answer.prefix + other] == word
            case .withOneOf, .exactlyOne, .atLeastOne, .estimate: false
            }
        }
    }

    private func alternative(to answer: Shape.Answer) -> String? {
        answer.shape.rules.lazy.compactMap { rule -> String? in
            guard case .without(let other, let needs, _) = rule.condition else { return nil }
            return needs.contains(answer.key.name) ? other : nil
        }.first
    }
}

extension PromptDefaults {
    fileprivate func text(_ defaultAnswer: Shape.DefaultAnswer) -> String? {
        switch defaultAnswer {
        case .text(let text): text
        case .today: today
        case .contributor: contributor
        }
    }
}

extension Parameter {
    /// One of the possible values. Of several words it is the last one, because the first word is the usual one.
    fileprivate var example: String? {
        switch domain {
        case .words(let words): words.last
        case .integers(let range): defaultValue ?? "\(min(max(range.lowerBound, 10), range.upperBound))"
        case .numbers(let range): defaultValue ?? "\(min(max(range.lowerBound, 1), range.upperBound))"
        case .names: defaultValue
        }
    }
}

extension [Parameter] {
    /// One setting.
    fileprivate var exampleSetting: String? {
        lazy.compactMap { parameter in parameter.example.map { "\(parameter.name)=\($0)" } }.first
    }

    /// The settings that have no default, or else one of the others.
    fileprivate var exampleSettings: String? {
        let needed = filter { $0.defaultValue == nil }.compactMap { parameter in
            parameter.example.map { "\(parameter.name): \($0)" }
        }
        return needed.isEmpty ? exampleSetting : "{\(needed.joined(separator: ", "))}"
    }
}

extension Shape.Value {
    /// Returns the names or words that are possible values.
    fileprivate func choices(_ names: KnownNames) -> [String] {
        switch self {
        case .name(let namespace), .names(let namespace, _): names.names(namespace)
        case .choice(let words): words
        case .flag: ["true", "false"]
        case .text, .sentence, .number, .positive, .atLeast0, .between, .integer, .date, .values, .range, .box,
            .settings, .closedValues, .mapping, .list, .each, .meanings, .digests:
            []
        }
    }
}
