/// The kinds of files in a ledger, by the names used on the command line.
package enum RecordKind: String, Sendable, CaseIterable {
    case question, vote, quantity, condition
    case conditionValue = "condition-value"
    case assumption, constraint, finding, model, measurement, receipt, settings
    case trace, codebook, annotation, resource, kernel

    /// The shape of records of this kind; nil for receipts and annotations, which are JSON with a fixed structure.
    package var shape: Shape? {
        switch self {
        case .question: Question.shape
        case .vote: Vote.shape
        case .quantity: Quantity.shape
        case .condition: Condition.shape
        case .conditionValue: ConditionValue.shape
        case .assumption: Assumption.shape
        case .constraint: Constraint.shape
        case .finding: Finding.shape
        case .model: ToyModel.shape
        case .measurement: Measurement.shape
        case .receipt, .annotation: nil
        case .trace: Trace.shape
        case .codebook: Codebook.shape
        case .resource: Resource.shape
        case .kernel: CommandKernel.shape
        case .settings: LedgerSettings.shape
        }
    }
}

extension RecordPlace {
    /// The kind of the record; nil for signatures and texts, which no schema describes.
    package var kind: RecordKind? {
        switch self {
        case .question: .question
        case .vote: .vote
        case .quantity: .quantity
        case .condition: .condition
        case .conditionValue: .conditionValue
        case .assumption: .assumption
        case .constraint: .constraint
        case .finding: .finding
        case .model: .model
        case .measurement: .measurement
        case .receipt: .receipt
        case .trace: .trace
        case .annotation: .annotation
        case .codebook: .codebook
        case .resource: .resource
        case .kernel: .kernel
        case .signature, .traceText, .kernelFile: nil
        }
    }
}
