/// The kinds of files that a ledger is made of, by the names that users give them.
public enum RecordKind: String, Sendable, CaseIterable {
    case question, vote, quantity, condition
    case conditionValue = "condition-value"
    case assumption, finding, model, measurement, receipt, settings

    /// Where files of this kind stand, as editors match paths from the ledger's root; `!` leaves out.
    public var globs: [String] {
        switch self {
        case .question: ["/Claims/question.yaml", "/Claims/**/question.yaml"]
        case .vote: ["/Claims/votes/*.yaml", "/Claims/**/votes/*.yaml", "!/Claims/**/votes/question.yaml"]
        case .quantity: ["/Claims/vocabulary/quantities/*.yaml"]
        case .condition: ["/Claims/vocabulary/conditions/*.yaml"]
        case .conditionValue: ["/Claims/vocabulary/conditions/*/*.yaml"]
        case .assumption: ["/Claims/vocabulary/assumptions/*.yaml"]
        case .finding: ["/Findings/*.yaml", "/Findings/**/*.yaml"]
        case .model: ["/Verifiers/*/model.yaml"]
        case .measurement: ["/Verifiers/*/*.yaml", "!/Verifiers/*/model.yaml"]
        case .receipt: ["/Verifiers/*/receipts/*.json"]
        case .settings: ["/.arbor-ledger.yaml"]
        }
    }

    /// From the ledger's root.
    public var schemaPath: String { ".arbor-ledger/schemas/\(rawValue).json" }

    /// What decoding knows of its keys; receipts are JSON of a fixed shape.
    var shape: Shape? {
        switch self {
        case .question: Question.shape
        case .vote: Vote.shape
        case .quantity: Quantity.shape
        case .condition: Condition.shape
        case .conditionValue: ConditionValue.shape
        case .assumption: Assumption.shape
        case .finding: Finding.shape
        case .model: ToyModel.shape
        case .measurement: Measurement.shape
        case .receipt: nil
        case .settings: LedgerSettings.shape
        }
    }
}
