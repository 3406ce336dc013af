import Records
import Words

/// Counts the changed files by kind: `2 findings, 1 question and 12 receipts changed.`
func changedFilesSentence(_ files: [ChangedFile]) -> String {
    guard !files.isEmpty else { return "No record file differs." }
    let kinds = files.map { file in RecordPlace(path: file.path).map(\.kindName) ?? "other file" }
    let counts = Dictionary(grouping: kinds, by: \.self).sorted { $0.key < $1.key }
    return "\(listed(counts.map { counted($1.count, $0).asPlural })) changed."
}

/// The maximum number of names per kind in one line.
private let causeLimit = 4

/// Names the causes, findings first: `by new findings a and b; changed quantity q; 12 new receipts of m`.
func causeSentence(_ causes: [ChangedFile]) -> String? {
    guard !causes.isEmpty else { return nil }
    let groups = Dictionary(grouping: causes, by: CauseGroup.init).sorted { $0.key < $1.key }
    let phrases = groups.map { group, files in
        let noun = counted(files.count, group.kind).asPlural
        guard group.kind != receiptKind else {
            return
                "\(noun.replacing(group.kind, with: "\(group.change.rawValue) \(group.kind)")) of \(shortened(files))"
        }
        let plain = noun.drop { $0 != " " }.dropFirst()
        return "\(group.change.rawValue) \(plain) \(shortened(files))"
    }
    return "by \(phrases.joined(separator: "; "))"
}

/// Lists the distinct names of files of one kind. A long list is shortened.
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

/// Returns the name of a record without its kind. For a receipt, this is the name of its toy model.
private func name(of path: String) -> String {
    switch RecordPlace(path: path) {
    case nil: escapeHidden(path)
    case .conditionValue(let condition, let slug)?: escapeHidden("\(slug) of \(condition)")
    case .measurement(let model, let slug)?: escapeHidden("\(model)/\(slug)")
    case .receipt(let model, _)?, .signature(let model, _, _)?: escapeHidden(model)
    case .vote(let question, let handle)?: escapeHidden("\(handle) on \(question)")
    case .question(let name)?, .quantity(let name)?, .condition(let name)?, .assumption(let name)?,
        .constraint(let name)?, .finding(let name)?, .model(let name)?, .trace(let name)?, .traceText(let name)?,
        .codebook(let name)?, .resource(let name)?, .kernel(let name)?, .kernelFile(let name, _)?:
        escapeHidden(name)
    case .annotation(let trace, let codebook, let annotator, _)?:
        escapeHidden("\(trace) with \(codebook) by \(annotator)")
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
        case .constraint: "constraint"
        case .finding: "finding"
        case .model: "toy model"
        case .measurement: "measurement"
        case .receipt: "receipt"
        case .signature: "signature"
        case .trace: "trace"
        case .traceText: "text"
        case .annotation: "annotation"
        case .codebook: "codebook"
        case .resource: "resource"
        case .kernel: "kernel"
        case .kernelFile: "program"
        }
    }
}

extension String {
    /// Corrects the plural `quantitys`, which `counted` forms from `quantity`.
    fileprivate var asPlural: String { replacing("quantitys", with: "quantities") }
}
