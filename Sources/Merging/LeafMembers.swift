import Checking
import Records
import Words

/// A claim that is relevant to a leaf of the question tree.
package struct LeafMember: Sendable {
    package var member: Member
    /// The bridge by which a toy claim is relevant to this leaf. nil if the claim's own scope overlaps that of the
    /// leaf.
    var bridge: String?
}

extension Merge {
    /// Returns the claims that are relevant to each leaf, sorted by id. A bridge makes no claim relevant to a question
    /// that tests this bridge, because the claim would support its own assumption.
    func membersOfLeaves(_ index: BearingIndex) -> [String: [LeafMember]] {
        let tests = state.assumptions.compactMapValues { assumption in
            assumption.bridge == nil ? nil : assumption.testedBy.map { Set(leaves(below: $0.value)) }
        }
        let parts = summary.quantities.concurrentMap { slug, quantity in
            // Each leaf asks about a single quantity, so quantities can be processed separately.
            let leaves = Numbering(index.leaves(of: slug).ids)
            var members: [[LeafMember]] = Array(repeating: [], count: leaves.count)
            func add(_ member: Member, to leaf: String, over bridge: String?) {
                if let number = leaves.number(of: leaf) {
                    members[number].append(LeafMember(member: member, bridge: bridge))
                }
            }
            for member in leaves.count > 0 ? quantity.membersByID : [] {
                for leaf in member.leaves { add(member, to: leaf, over: nil) }
                for (leaf, bridge) in index.carried(member, state) where !(tests[bridge]?.contains(leaf) ?? false) {
                    add(member, to: leaf, over: bridge)
                }
            }
            return zip(leaves.names, members).filter { !$0.1.isEmpty }
        }
        return Dictionary(uniqueKeysWithValues: parts.flatMap { $0.map { ($0.0, $0.1) } })
    }

    /// Returns the leaves below a question that can be reached through active parts, sorted. If the question is a leaf,
    /// returns only the question itself.
    package func leaves(below question: String) -> [String] {
        var visited: Set<String> = []
        var leaves: [String] = []
        var open = [question]
        while let id = open.popLast() {
            guard visited.insert(id).inserted, let question = state.questions[id] else { continue }
            if question.isLeaf { leaves.append(id) } else { open += activeParts(of: id) }
        }
        return leaves.sorted()
    }

    func activeParts(of question: String) -> [String] {
        partsByQuestion[question, default: []].filter { state.questions[$0]?.status == .active }
    }
}

extension BearingIndex {
    /// Returns the leaves to which a toy claim is relevant through a bridge, each with the first such bridge by name.
    /// These leaves cover a target model of the bridge at settings that, apart from the model, are in the claim's
    /// scope.
    func carried(_ member: Member, _ state: LedgerState) -> [(leaf: String, bridge: String)] {
        guard member.kind == .toy else { return [] }
        let bridges = member.claim.assumes.map(\.value).sorted().compactMap { name in
            state.assumptions[name]?.bridge.map { (name, member.scope.moved(to: $0.to.map(\.value))) }
        }
        guard !bridges.isEmpty else { return [] }
        let leaves = leaves(of: member.claim.quantity.value)
        return zip(leaves.ids, leaves.covers).compactMap { id, covers in
            guard !member.leaves.contains(id) else { return nil }
            return bridges.first { $0.1.overlaps(covers) }.map { (id, $0.0) }
        }
    }
}
