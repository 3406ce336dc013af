import Testing

@testable import Merging

/// Compares joint conflicts with a search of all sets of claims.
@Suite struct JointConflictTests {
    private static let labelCount = 4

    private static func draw(_ random: inout SeededGenerator) -> [BitSet] {
        (0..<Int.random(in: 3...7, using: &random)).map { _ in
            BitSet((0..<labelCount).filter { _ in random.chance(0.6) }, capacity: labelCount)
        }
    }

    /// Returns whether claims share no label although any fewer of them do.
    private static func isMinimal(_ set: [Int], _ labels: [BitSet]) -> Bool {
        func shareALabel(_ set: [Int]) -> Bool {
            (0..<labelCount).contains { label in set.allSatisfy { labels[$0].contains(label) } }
        }
        return !shareALabel(set) && set.allSatisfy { one in shareALabel(set.filter { $0 != one }) }
    }

    @Test(arguments: Array(UInt64(1)...80)) func contradictedClaimsAreThoseOfMinimalSets(seed: UInt64) {
        var random = SeededGenerator(seed)
        let labels = Self.draw(&random)
        let all = Array(labels.indices)
        let joint = JointConflicts(labels: labels, labelCount: Self.labelCount)
        let sources = all.filter { _ in random.chance(0.7) }
        let sets = (1..<(1 << all.count)).map { bits in all.filter { bits >> $0 & 1 == 1 } }
            .filter { $0.count > 2 && Self.isMinimal($0, labels) }
        let expected = all.filter { target in
            sets.contains { $0.contains(target) && $0.allSatisfy { $0 == target || sources.contains($0) } }
        }
        let chosen = BitSet(sources, capacity: all.count)
        let found = joint.contradicted(BitSet(filledTo: all.count), by: chosen)
        // A pair without a common label is found too, but is an attack of its own.
        let paired = all.filter { target in sources.contains { labels[$0].isDisjoint(with: labels[target]) } }
        #expect(Set(expected).isSubset(of: Set(found)))
        #expect(Set(found).subtracting(expected).isSubset(of: Set(paired)))
        for target in found {
            let expected = sources.filter { one in
                labels[one].count > 1 && labels[one].isDisjoint(with: labels[target])
                    || sets.contains { set in
                        set.contains(target) && set.contains(one) && one != target
                            && set.allSatisfy { $0 == target || sources.contains($0) }
                    }
            }
            #expect(joint.attackers(of: target, among: chosen).elements == expected)
        }
    }

    @Test func findsConflictsOfEveryKind() {
        let counts = (UInt64(1)...80).map { seed in
            var random = SeededGenerator(seed)
            let labels = Self.draw(&random)
            let all = BitSet(filledTo: labels.count)
            return JointConflicts(labels: labels, labelCount: Self.labelCount).contradicted(all, by: all).count
        }
        #expect(counts.contains(0) && counts.contains { $0 >= 3 })
    }
}
