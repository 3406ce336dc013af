/// The makers of the labels that are compared.
package enum AgreementKind: String, Sendable, CaseIterable {
    case humanHuman = "human-human"
    case humanModel = "human-model"
    case humanRule = "human-rule"
    case modelModel = "model-model"
    case modelRule = "model-rule"
    case ruleRule = "rule-rule"

    package init(_ a: Annotation.Maker, _ b: Annotation.Maker) {
        switch (a, b) {
        case (.human, .human): self = .humanHuman
        case (.human, .model), (.model, .human): self = .humanModel
        case (.human, .rule), (.rule, .human): self = .humanRule
        case (.model, .model): self = .modelModel
        case (.model, .rule), (.rule, .model): self = .modelRule
        case (.rule, .rule): self = .ruleRule
        }
    }

    /// The number of the kind in the order of all kinds.
    var place: Int {
        switch self {
        case .humanHuman: 0
        case .humanModel: 1
        case .humanRule: 2
        case .modelModel: 3
        case .modelRule: 4
        case .ruleRule: 5
        }
    }
}
