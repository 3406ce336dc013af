import Testing

@testable import Checking
@testable import Evidence
@testable import Merging
@testable import Records
@testable import Reports

/// Compares the counts from the bitmap index with counts over all pairs.
@Suite struct BitmapIndexTests {
    private static let vocabulary = """
        --- Claims/question.yaml
        question: What?
        why: It matters.
        --- Claims/vocabulary/quantities/q.yaml
        title: Q
        definition: A number.
        range: [0, 100]
        conditions: [layer]
        --- Claims/vocabulary/quantities/w.yaml
        title: W
        definition: A word.
        labels: [l0, l1, l2, l3]
        conditions: [layer]
        --- Claims/vocabulary/conditions/layer.yaml
        title: Layer
        values: {from: 0, to: 9}
        --- Claims/vocabulary/conditions/task.yaml
        title: Task
        values: [maze, sum]
        --- Claims/vocabulary/assumptions/left.yaml
        statement: Left.
        excludes: [right]
        --- Claims/vocabulary/assumptions/right.yaml
        statement: Right.

        """

    /// Returns claims on a number or on labels, with all kinds of settings and assumptions.
    private func comparison(of quantity: String, seed: UInt64) throws -> (Comparison, QuantitySummary) {
        var random = SeededGenerator(seed)
        func claim() -> String {
            let lower = random.below(80)
            let value =
                quantity == "w"
                ? "{any_of: [\(Set((0..<2).map { _ in "l\(random.below(4))" }).sorted().joined(separator: ", "))]}"
                : random.pick(["[\(lower), \(lower + 9)]", "{above: \(lower)}", "{below: \(lower + 1)}", "[9, 9]"])
            let number = Double(random.below(800)) / 10
            let says =
                quantity == "q" && random.chance(0.4)
                ? "reported: {value: \(number), se: \(random.pick(["0", "0.01", "1", "8"]))}" : "value: \(value)"
            let layer = random.pick(["unknown", "\(random.below(3))", "[1, 2]"])
            let task = random.pick(["", ", task: maze", ", task: [maze, sum]"])
            let more = random.pick(["", "", ", holds_for: {}", ", assumes: [left]", ", assumes: [right]"])
            return "  - {quantity: \(quantity), \(says), tested: {layer: \(layer)\(task)}\(more)}"
        }
        let findings = (0..<random.below(40)).map { finding("f\($0)", claim()) }.joined()
        let merge = TestLedger(Self.vocabulary + finding("first", claim()) + findings).merge()
        let summary = try #require(merge.summary.quantities[quantity])
        return (
            Comparison(
                summary.members.filter(\.canDisagree), quantity: merge.state.quantities[quantity], in: merge.state),
            summary
        )
    }

    @Test(arguments: ["q", "w"], Array(UInt64(1)...20))
    func countsEqualThoseFromAllPairs(quantity: String, seed: UInt64) throws {
        let comparison = try comparison(of: quantity, seed: seed).0
        var differences: Set<BitSet> = []
        let counts = comparison.pairCounts { claim, others, index in
            index.forEachDifference(comparison.rows[claim], from: others, isKnown: { _ in false }) {
                differences.insert($0)
            }
        }
        let claims = comparison.members.indices
        let pairs = claims.flatMap { i in claims.filter { $0 < i && comparison.isDiscordant(i, $0) }.map { (i, $0) } }
        #expect(counts.pairs == pairs.count)
        #expect(counts.conflicts == pairs.count { comparison.areCompatible($0.0, $0.1) })
        let found = pairs.map { comparison.differences($0.0, $0.1) }
        #expect(counts.unexplained == found.count { $0.isEmpty })
        #expect(differences == Set(found.filter { !$0.isEmpty }))
        for claim in claims {
            let others = claims.filter { $0 != claim && comparison.isDiscordant($0, claim) }
            #expect(counts.discordant[claim] == others.count)
            #expect(counts.inConflict[claim] == others.count { comparison.areCompatible($0, claim) })
        }
    }

    /// The summary of all claims, computed at once, equals the sum of the summaries of single claims.
    @Test(arguments: ["q", "w"], Array(UInt64(1)...20))
    func aSummaryEqualsTheSumOfItsClaims(quantity: String, seed: UInt64) throws {
        let summary = try comparison(of: quantity, seed: seed).1
        let sum = summary.members.reduce(QuantitySummary([])) { $0 + QuantitySummary([$1]) }
        #expect(sum == summary)
        #expect(sum.membersByID.map(\.id) == summary.membersByID.map(\.id))
    }
}

@Suite struct BitSetTests {
    @Test(arguments: Array(UInt64(1)...30)) func behavesLikeASetOfIntegers(seed: UInt64) {
        var random = SeededGenerator(seed)
        let capacity = random.pick([1, 63, 64, 65, 128, 129, 200])
        func draw() -> Set<Int> { Set((0..<capacity).filter { _ in random.chance(0.3) }) }
        let (a, b) = (draw(), draw())
        let (x, y) = (BitSet(a, capacity: capacity), BitSet(b, capacity: capacity))
        #expect(x.elements == a.sorted() && x.count == a.count && x.isEmpty == a.isEmpty)
        #expect(x.union(y).elements == a.union(b).sorted())
        #expect(x.intersection(y).elements == a.intersection(b).sorted())
        #expect(x.subtracting(y).elements == a.subtracting(b).sorted())
        #expect(x.symmetricDifference(y).elements == a.symmetricDifference(b).sorted())
        #expect(x.isDisjoint(with: y) == a.isDisjoint(with: b) && x.isSubset(of: y) == a.isSubset(of: b))
        #expect(x.intersectionCount(y) == a.intersection(b).count)
        #expect((0..<capacity).allSatisfy { x.contains($0) == a.contains($0) })
        #expect((0...capacity).allSatisfy { end in x.count(below: end) == a.count { $0 < end } })
        #expect(BitSet(filledTo: capacity).count == capacity)
        var rest = x
        rest.subtract(y)
        #expect(rest == x.subtracting(y))
    }
}
