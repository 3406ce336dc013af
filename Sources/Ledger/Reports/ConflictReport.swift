/// The blind-men report: everything `conflicts` tells, for the whole ledger or below one question.
public struct ConflictReport: Sendable {
    public var disagreements: [Disagreement]
    public var constructs: [Construct]
    public var superseded: [Superseded]
    public var fallen: [Fallen]
    /// Of the quantities that are numbers, by name.
    public var pools: [String: QuantityPool]

    /// Whether a pair is a conflict that nothing recorded explains.
    public var hasUnexplained: Bool { disagreements.contains { $0.conflicts.contains { $0.differs.isEmpty } } }
    public var hasConflict: Bool { disagreements.contains(where: \.hasConflict) }

    public init(_ merge: Merge, below question: String? = nil) {
        disagreements = merge.disagreements()
        constructs = merge.constructs()
        superseded = merge.superseded()
        fallen = merge.fallen()
        pools = [:]
        defer {
            let found = disagreements.map(\.quantity).mapSideBySide { ($0, merge.pool(of: $0)) }
            pools = Dictionary(found.compactMap { name, pool in pool.map { (name, $0) } }) { first, _ in first }
        }
        guard let question, question != RecordPlace.rootQuestion else { return }
        func isBelow(_ leaf: String) -> Bool { leaf == question || leaf.hasPrefix(question + "/") }
        func concerns(_ quantity: String) -> Bool {
            merge.members(of: quantity).contains { $0.leaves.contains(where: isBelow) }
        }
        disagreements.removeAll { !concerns($0.quantity) }
        constructs.removeAll { !$0.quantities.contains(where: concerns) }
        fallen.removeAll { item in !(merge.state.claim(item.claim).map { concerns($0.quantity.value) } ?? false) }
        superseded.removeAll { item in !(merge.state.claim(item.claim).map { concerns($0.quantity.value) } ?? false) }
    }
}

extension Merge {
    /// The north star first, every question before its parts, parts by name.
    public func answersInTreeOrder() -> [Answer] {
        let answers = answers()
        return answers.values.sorted { treeOrder($0.question.id, $1.question.id) }
    }
}

/// Folder by folder, so that a question stands right before its parts.
func treeOrder(_ a: String, _ b: String) -> Bool {
    if a == RecordPlace.rootQuestion { return b != a }
    if b == RecordPlace.rootQuestion { return false }
    return a.split(separator: "/").lexicographicallyPrecedes(b.split(separator: "/")) { $0 < $1 }
}
