import Checking
import Records
import Words

/// A claim at a leaf of the question tree.
package struct LeafMember: Sendable {
    package var member: Member
    /// The bridge over which a toy claim's side is carried here; nil where its own scope meets what the leaf covers.
    var bridge: String?
}

extension Merge {
    /// Claims at each leaf, sorted by id. To a question that tests a bridge the bridge carries nothing: what it brought would
    /// speak for itself.
    func membersOfLeaves(_ index: BearingIndex) -> [String: [LeafMember]] {
        let tests = state.assumptions.compactMapValues { assumption in
            assumption.bridge == nil ? nil : assumption.testedBy.map { Set(leaves(below: $0.value)) }
        }
        let parts = summary.quantities.concurrentMap { slug, quantity in
            // A leaf asks about one quantity.
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

    /// Claims at a question and at every active leaf below it.
    package func leafMembers(below question: String) -> [LeafMember] {
        leaves(below: question).flatMap { membersByLeaf[$0, default: []] }
    }

    /// The leaves below a question through active parts, itself where it is one; sorted, each once.
    func leaves(below question: String) -> [String] {
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
    /// Leaves that a toy claim's side is carried to, with the bridge: asked of a model that the bridge leads to, at settings
    /// that the claim covers but for the model. The first bridge by name where several lead there.
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
