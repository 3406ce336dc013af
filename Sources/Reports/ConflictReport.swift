import Merging
import Records
import Words

/// The blind-men report: everything `conflicts` tells, for the whole ledger or below one question.
package struct ConflictReport: Sendable {
    package var disagreements: [Disagreement]
    package var constructs: [Construct]
    package var superseded: [Superseded]
    /// Of the quantities that are numbers, by name.
    package var pools: [String: QuantityPool]

    package init(_ merge: Merge, below question: String? = nil) {
        disagreements = merge.disagreements()
        constructs = merge.constructs()
        superseded = merge.superseded()
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
        superseded.removeAll { item in !(merge.state.claim(item.claim).map { concerns($0.quantity.value) } ?? false) }
    }
}
