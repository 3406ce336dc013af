/// Finds the claims that contradict others only together: three or more that share no label, although any smaller
/// number of them share one. No list of such sets is needed, because there can be exponentially many.
///
/// A claim t belongs to a minimal inconsistent set with some of the claims A if and only if, for some label m that t
/// excludes, the claims in A that allow m exclude all labels of t: these claims have m in common, so every minimal part
/// of them that still excludes the labels of t needs t.
struct JointConflicts: Sendable {
    /// Claims that attack together, and the claims that they may attack.
    struct Circle: Sendable {
        var sources: BitSet
        var targets: BitSet
    }

    /// The number of claims. A claim is named by its position.
    let count: Int
    private let labelCount: Int
    /// The distinct label sets, in the order of their first claims, and the claims with each of them. A set that can be
    /// part of a larger inconsistent one has two labels or more.
    private var kinds: [BitSet] = []
    private var positions: [BitSet] = []
    /// The number of each claim's label set.
    private var kindOf: [Int?]
    private var circles: [Circle] = []

    /// `labels` contains the labels of each claim; empty if it takes no part.
    init(labels: [BitSet], labelCount: Int) {
        (count, self.labelCount) = (labels.count, labelCount)
        kindOf = labels.map { _ in nil }
        var numbers: [BitSet: Int] = [:]
        for (position, set) in labels.enumerated() where set.count > 1 {
            let number = numbers[set] ?? kinds.count
            kindOf[position] = number
            if number == kinds.count {
                numbers[set] = number
                kinds.append(set)
                positions.append(BitSet(capacity: count))
            }
            positions[number].insert(position)
        }
        let all = BitSet(filledTo: count)
        circles = [Circle(sources: all, targets: all)]
    }

    /// Returns the same conflicts within circles.
    func within(_ circles: [Circle]) -> JointConflicts {
        var narrower = self
        narrower.circles = circles
        return narrower
    }

    /// Returns the conflicts among some claims, which are named by their places in the list.
    func among(_ claims: [Int]) -> JointConflicts {
        var fewer = JointConflicts(
            labels: claims.map { kindOf[$0].map { kinds[$0] } ?? BitSet(capacity: labelCount) },
            labelCount: labelCount)
        func part(_ set: BitSet) -> BitSet {
            BitSet(claims.indices.filter { set.contains(claims[$0]) }, capacity: claims.count)
        }
        fewer.circles = circles.map { Circle(sources: part($0.sources), targets: part($0.targets)) }
            .filter { !$0.targets.isEmpty }
        return fewer
    }

    /// Returns the targets that contradict the sources together.
    func contradicted(_ targets: BitSet, by sources: BitSet) -> BitSet {
        var found = BitSet(capacity: count)
        guard kinds.count > 2 else { return found }
        for circle in circles {
            let reached = circle.targets.intersection(targets)
            guard !reached.isEmpty else { continue }
            let shared = sharedLabels(present(circle.sources.intersection(sources)))
            for (kind, positions) in zip(kinds, positions) where !positions.isDisjoint(with: reached) {
                if shared.enumerated().contains(where: { label, shared in
                    !kind.contains(label) && shared?.isDisjoint(with: kind) ?? false
                }) {
                    found.formUnion(positions.intersection(reached))
                }
            }
        }
        return found
    }

    /// Returns the sources that contradict a target together with others. If the search is too long, the result may
    /// contain further sources.
    ///
    /// A claim s belongs to a minimal inconsistent set with t if and only if, for some label that only t of the two
    /// excludes and some label that only s excludes, the claims that allow both exclude all labels that s and t share.
    func attackers(of target: Int, among sources: BitSet) -> BitSet {
        var found = BitSet(capacity: count)
        guard let kind = kindOf[target].map({ kinds[$0] }) else { return found }
        for circle in circles where circle.targets.contains(target) {
            let sources = circle.sources.intersection(sources)
            let present = present(sources)
            let isTooLong = present.count * present.count * labelCount * labelCount > searchLimit
            for number in present where isTooLong || areTogether(kinds[number], kind, among: present) {
                found.formUnion(positions[number].intersection(sources))
            }
        }
        return found
    }

    private func areTogether(_ a: BitSet, _ b: BitSet, among present: [Int]) -> Bool {
        let shared = a.intersection(b)
        return a.subtracting(b).contains { one in
            b.subtracting(a).contains { other in
                present.lazy.map { kinds[$0] }.filter { $0.contains(one) && $0.contains(other) }
                    .reduce(shared) { $0.intersection($1) }.isEmpty
            }
        }
    }

    private func present(_ sources: BitSet) -> [Int] {
        kinds.indices.filter { !positions[$0].isDisjoint(with: sources) }
    }

    /// Returns, for each label, the labels that all of the label sets with this label have in common; nil if there are
    /// none.
    private func sharedLabels(_ present: [Int]) -> [BitSet?] {
        var shared: [BitSet?] = Array(repeating: nil, count: labelCount)
        for number in present {
            for label in kinds[number] {
                shared[label] = shared[label]?.intersection(kinds[number]) ?? kinds[number]
            }
        }
        return shared
    }
}

/// The maximum number of steps in the search for the attackers of a claim.
private let searchLimit = 1_000_000

/// The maximum number of sets of assumptions, and of claims that are labelled as a whole, that are divided into
/// circles. If there are more, all claims form one circle.
private let circleLimit = 256
private let wholeLimit = 4_096

extension Comparison {
    /// Returns which members of the comparison contradict each other together at a shared cell: those whose assumptions
    /// do not exclude each other. `members` are indices; nil stands for a party that takes no part.
    func jointConflicts(_ members: [Int?]) -> JointConflicts {
        let none = BitSet(capacity: labels.count)
        let joint = JointConflicts(
            labels: members.map { $0.map { rows[$0].labels } ?? none }, labelCount: labels.count)
        let known = members.indices.filter { members[$0] != nil }
        guard known.contains(where: { members[$0].map { !rows[$0].excluded.isEmpty } ?? false }) else { return joint }
        struct Profile: Hashable {
            var assumed: BitSet
            var excluded: BitSet
            /// The position of a claim whose own assumptions exclude each other.
            var single: Int?
        }
        // Claims with equal assumptions are in the same circles.
        var groups: [Profile: [Int]] = [:]
        for position in known {
            guard let row = members[position].map({ rows[$0] }) else { continue }
            let single = row.excluded.isDisjoint(with: row.assumed) ? nil : position
            groups[Profile(assumed: row.assumed, excluded: row.excluded, single: single), default: []].append(position)
        }
        let profiles = groups.sorted { $0.value[0] < $1.value[0] }
        let (cliques, isTruncated) = maximalCliques(count: profiles.count, limit: circleLimit) { i, j in
            profiles[i].key.excluded.isDisjoint(with: profiles[j].key.assumed)
        }
        guard !isTruncated else { return joint }
        return joint.within(
            cliques.map { clique in
                let claims = BitSet(clique.flatMap { profiles[$0].value }, capacity: members.count)
                return JointConflicts.Circle(sources: claims, targets: claims)
            })
    }

    /// Returns the members that may contradict others together at a shared cell. Claims whose settings are not recorded
    /// take no part.
    func jointlyContradicted() -> [Int] {
        guard labels.count > 2 else { return [] }
        let joint = jointConflictsOfWholes { !members[$0].hasUnknownSettings }
        let everyone = BitSet(filledTo: members.count)
        return joint.contradicted(everyone, by: everyone).elements
    }

    /// Returns which members contradict each other together if they are labelled as a whole: each of the others shares a
    /// cell with the contradicted one.
    func jointConflictsOfWholes(_ takesPart: (Int) -> Bool) -> JointConflicts {
        let joint = jointConflicts(members.indices.map { takesPart($0) ? $0 : nil })
        let all = BitSet(filledTo: members.count)
        let involved = joint.contradicted(all, by: all)
        guard involved.count <= wholeLimit else { return joint }
        struct Place: Hashable {
            var scope: [Row.Side]
            var assumed: BitSet
            var excluded: BitSet
        }
        let groups = Dictionary(grouping: involved) {
            Place(scope: rows[$0].scope, assumed: rows[$0].assumed, excluded: rows[$0].excluded)
        }.values.sorted { $0[0] < $1[0] }
        return joint.within(
            groups.map { claims in
                JointConflicts.Circle(
                    sources: BitSet(involved.filter { areCompatible($0, claims[0]) }, capacity: members.count),
                    targets: BitSet(claims, capacity: members.count))
            })
    }
}
