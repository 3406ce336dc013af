import Evidence
import KernelInterface
import Merging
import Records
import Words

extension RecordView {
    /// Shows the record with this name, which a kind may precede, as in `quantity:dims`. Of several records with the same
    /// name, shows the first in the order of kinds, and names the others. Returns nil if there is none.
    package init?(_ id: String, in merge: Merge) {
        let candidates = Self.candidates(id, merge)
        guard let first = candidates.first, let view = Self.view(of: first.kind, first.name, merge) else { return nil }
        self = view
        add(
            "other records with this name",
            candidates.dropFirst().map { "\($0.kind.rawValue): arbor-ledger show \($0.kind.prefix):\($0.name)" })
    }

    /// Shows a task, which has the id that `tasks` lists. `today` is an ISO date. Returns nil if there is none.
    package init?(task id: String, in merge: Merge, today: String) {
        let prefix = "\(Kind.task.prefix):"
        let name = id.startsWithBytes(prefix) ? String(id.dropFirst(prefix.count)) : id
        guard LedgerTask.Kind.allCases.contains(where: { name.startsWithBytes("\($0.rawValue):") }),
            let task = merge.tasks(today: today).first(where: { $0.id == name })
        else { return nil }
        self.init(task)
    }

    /// The records with a name, in the order of kinds. If a kind precedes the name, records of this kind come first.
    private static func candidates(_ id: String, _ merge: Merge) -> [(kind: Kind, name: String)] {
        guard let colon = id.utf8.firstIndex(of: UInt8(ascii: ":")),
            let kind = Kind.allCases.first(where: { $0.prefix == id[..<colon] })
        else { return records(named: id, merge) }
        let name = String(id[id.utf8.index(after: colon)...])
        // A model is a toy model or a value of the condition `model`.
        let wanted: [Kind] = kind == .toyModel ? [.toyModel, .value] : [kind]
        let (first, others) = records(named: name, merge).separated { wanted.contains($0.kind) }
        return first.isEmpty ? [] : first + others
    }

    private static func records(named name: String, _ merge: Merge) -> [(kind: Kind, name: String)] {
        let state = merge.state
        return Kind.allCases.flatMap { kind -> [(kind: Kind, name: String)] in
            let exists =
                switch kind {
                case .claim: name.containsBytes("#") && state.claimID(name) != nil
                case .finding: state.findings[name] != nil
                case .question: state.questions[name] != nil
                case .quantity: state.quantities[name] != nil
                case .toyModel: state.models[name] != nil
                case .trace: state.traces[name] != nil
                case .codebook: state.codebooks[name] != nil
                case .measurement: state.measurements[name] != nil
                case .assumption: state.assumptions[name] != nil
                case .constraint: state.constraints[name] != nil
                case .condition: state.vocabulary.conditions[name] != nil
                case .resource: state.resources[name] != nil
                case .kernel: merge.ledger.kernels.contains { $0.name == name }
                case .value, .task: false
                }
            if kind == .value { return state.values(named: name).map { (kind: .value, name: $0) } }
            return exists ? [(kind: kind, name: name)] : []
        }
    }

    private static func view(of kind: Kind, _ name: String, _ merge: Merge) -> RecordView? {
        let state = merge.state
        return switch kind {
        case .claim: state.claimID(name).map { RecordView(claim: $0, merge) }
        case .finding: state.findings[name].map { RecordView($0, merge) }
        case .question: state.questions[name].map { RecordView($0, merge) }
        case .quantity: state.quantities[name].map { RecordView($0, merge) }
        case .toyModel: state.models[name].map { RecordView($0, merge) }
        case .trace: state.traces[name].map { RecordView($0, state) }
        case .codebook: state.codebooks[name].map { RecordView($0, state) }
        case .measurement: state.measurements[name].map { RecordView($0, merge) }
        case .assumption: state.assumptions[name].map { RecordView($0, merge) }
        case .constraint: state.constraints[name].map { RecordView($0, merge) }
        case .condition: state.vocabulary.conditions[name].map { RecordView($0, merge) }
        case .resource: state.resources[name].map { RecordView($0, state) }
        case .kernel: merge.ledger.kernels.first { $0.name == name }.map { RecordView($0, merge) }
        case .value:
            name.utf8.firstIndex(of: UInt8(ascii: "/")).map { slash in
                RecordView(
                    value: String(name[name.utf8.index(after: slash)...]), of: String(name[..<slash]), merge)
            }
        case .task: nil
        }
    }
}

extension LedgerState {
    /// The values of conditions with a name, as `condition/value`: values of `model` first. A name can be given in this
    /// form too. Numbers are found only in this form, and toy models are left out.
    fileprivate func values(named name: String) -> [String] {
        let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let isToy = models[parts[parts.count - 1]] != nil
        if parts.count == 2 {
            guard vocabulary.conditions[parts[0]] != nil, vocabulary.isKnown(parts[1], of: parts[0], nil),
                !(isToy && parts[0] == Condition.model)
            else { return [] }
            return [name]
        }
        guard Double(name) == nil else { return [] }
        let others = vocabulary.conditions.keys.filter { $0 != Condition.model }.sorted()
        return ([Condition.model] + others)
            .filter { vocabulary.isKnown(name, of: $0, nil) && !(isToy && $0 == Condition.model) }
            .map { "\($0)/\(name)" }
    }
}

extension Array {
    /// The elements that satisfy a condition, and the others, in their order.
    fileprivate func separated(by condition: (Element) -> Bool) -> (matching: [Element], others: [Element]) {
        (filter(condition), filter { !condition($0) })
    }
}
