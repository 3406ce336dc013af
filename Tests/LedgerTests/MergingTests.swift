import Checking
import Merging
import Records
import Reports
import Testing
import Words

/// Compares merge reports of small random ledgers with results that are computed from the definitions for every cell.
@Suite struct MergingTests {
    static let seeds = Array(UInt64(1)...24)

    // MARK: Whole reports

    /// Returns all reports of a ledger in one text.
    private func reports(_ ledger: TestLedger) throws -> String {
        let merge = ledger.merge()
        return ["text", "json"].map { MergeReport(merge).written($0) + ConflictReport(merge).written($0) }.joined()
    }

    @Test(arguments: seeds) func reportsDoNotDependOnFileOrder(seed: UInt64) throws {
        let ledger = RandomLedger(seed).ledger
        let expected = try reports(ledger)
        var random = SeededGenerator(seed)
        for _ in 0..<3 {
            var shuffled = ledger
            shuffled.files.shuffle(using: &random)
            #expect(try reports(shuffled) == expected)
        }
    }

    @Test(arguments: seeds) func randomLedgersHaveNoErrors(seed: UInt64) {
        let errors = RandomLedger(seed).ledger.check().diagnostics.filter { $0.severity == .error }.map(rendered)
        #expect(errors == [])
    }

    /// Ensures that the random ledgers are varied enough for the laws below to be meaningful.
    @Test func randomLedgersShowEverything() {
        let found = Self.seeds.compactMap { RandomLedger($0).ledger.merge().disagreement(on: "q") }
        let pairs = found.flatMap(\.pairs)
        #expect(Set(pairs.map(\.kind)).count == 4)
        #expect(pairs.count { $0.isConflict } > 20 && pairs.count { !$0.isConflict } > 20)
        #expect(found.contains { $0.explanations.count > 2 && $0.explanations[0].conditions.count > 1 })
        #expect(found.contains { !$0.core.isEmpty } && found.contains { !$0.refinements.isEmpty })
    }

    // MARK: Pairs

    @Test(arguments: seeds) func pairsMatchTheDefinition(seed: UInt64) {
        let random = RandomLedger(seed)
        let disagreement = random.ledger.merge().disagreement(on: "q")
        let found = (disagreement?.pairs ?? []).map { "\($0.a) \($0.b) \($0.isConflict) \($0.kind) \($0.differs)" }
        var expected: [String] = []
        for (i, a) in random.claims.enumerated() {
            for b in random.claims[(i + 1)...] where a.values.isDisjoint(with: b.values) {
                let isConflict = !a.cells.isDisjoint(with: b.cells) && !RandomLedger.areExclusive(a.assumes + b.assumes)
                let differs = RandomLedger.differs(a, b)
                let kind =
                    differs.contains { !$0.hasPrefix("assume:") }
                    ? "scope"
                    : !differs.isEmpty ? "assumption" : a.hasUnknown || b.hasUnknown ? "unrecorded" : "contradiction"
                expected.append("\(a.name)#1 \(b.name)#1 \(isConflict) \(kind) \(differs)")
            }
        }
        #expect(found == expected)
    }

    @Test(arguments: seeds) func widerScopeNeverRemovesAConflict(seed: UInt64) {
        let random = RandomLedger(seed)
        func conflicts(_ random: RandomLedger) -> Set<String> {
            Set((random.ledger.merge().disagreement(on: "q")?.conflicts ?? []).map { "\($0.a) \($0.b)" })
        }
        let before = conflicts(random)
        for index in random.claims.indices {
            #expect(conflicts(random.widening(index)).isSuperset(of: before))
        }
    }

    // MARK: Explanations

    @Test(arguments: seeds) func explanationsAreAllMinimalHittingSets(seed: UInt64) {
        guard let found = RandomLedger(seed).ledger.merge().disagreement(on: "q") else { return }
        let differences = found.pairs.map { Set($0.differs) }.filter { !$0.isEmpty }
        let names = Set(differences.flatMap(\.self)).sorted()
        func hits(_ set: Set<String>) -> Bool { differences.allSatisfy { !$0.isDisjoint(with: set) } }
        let sets = (1..<(1 << names.count)).map { bits in
            Set(names.indices.filter { bits >> $0 & 1 == 1 }.map { names[$0] })
        }
        let expected = sets.filter { set in
            set.count <= explanationSizeLimit && hits(set) && !set.contains { hits(set.subtracting([$0])) }
        }
        #expect(Set(found.explanations.map { Set($0.conditions) }) == Set(differences.isEmpty ? [] : expected))
        #expect(Set(found.explanations.map(\.conditions)).count == found.explanations.count)
        let core = expected.dropFirst().reduce(expected.first ?? []) { $0.intersection($1) }
        #expect(found.core == (differences.isEmpty ? [] : core.sorted()))
        #expect(
            found.unexplained.map { [$0.a, $0.b] } == found.pairs.filter { $0.differs.isEmpty }.map { [$0.a, $0.b] })
        let order = found.explanations.map { ($0.identifies ? 1 : 0, $0.conditions.count, $0.blockCount) }
        #expect(zip(order, order.dropFirst()).allSatisfy { $0 <= $1 })
    }

    // MARK: Sides and camps

    @Test(arguments: seeds) func sidesAndCampsAreMaximal(seed: UInt64) {
        let random = RandomLedger(seed)
        guard let found = random.ledger.merge().disagreement(on: "q"), !found.pairs.isEmpty else { return }
        let claims = random.claims
        func maximal(_ isApart: (RandomLedger.RandomClaim, RandomLedger.RandomClaim) -> Bool) -> Set<Set<String>> {
            let sets = (1..<(1 << claims.count)).map { bits in claims.indices.filter { bits >> $0 & 1 == 1 } }
            let good = sets.filter { set in
                set.allSatisfy { i in set.allSatisfy { i == $0 || !isApart(claims[i], claims[$0]) } }
            }
            return Set(
                good.filter { set in
                    !claims.indices.contains { other in
                        !set.contains(other) && set.allSatisfy { !isApart(claims[$0], claims[other]) }
                    }
                }.map { Set($0.map { "\(claims[$0].name)#1" }) })
        }
        let conflicts = Set(found.conflicts.flatMap { ["\($0.a.slug) \($0.b.slug)", "\($0.b.slug) \($0.a.slug)"] })
        func names(_ groups: [[ClaimID]]) -> Set<Set<String>> { Set(groups.map { Set($0.map(\.description)) }) }
        #expect(names(found.sides) == maximal { $0.values.isDisjoint(with: $1.values) })
        #expect(names(found.camps) == maximal { conflicts.contains("\($0.name) \($1.name)") })
    }
}

/// A ledger with up to eight claims on one quantity, small enough to enumerate its values, cells and assumptions.
struct RandomLedger {
    struct RandomClaim {
        var name: String
        var lower: Int
        var upper: Int
        /// The tested values for each condition; nil if they are unknown.
        var tested: [String: [String]?]
        /// The allowed values for each condition; nil if the condition is unrestricted. If there is no dictionary at
        /// all, the claim covers only the tested cells.
        var holdsFor: [String: [String]]?
        var assumes: [String]

        var values: Set<Int> { Set(lower...upper) }
        var hasUnknown: Bool { tested.values.contains { $0 == nil } }

        /// Every cell that the claim covers.
        var cells: Set<[String]> {
            var cells: Set<[String]> = [[]]
            for condition in RandomLedger.conditions {
                let allowed = holdsFor.map { $0[condition] } ?? (tested[condition] ?? nil)
                cells = Set(cells.flatMap { cell in (allowed ?? RandomLedger.values(condition)).map { cell + [$0] } })
            }
            return cells
        }
    }

    static let conditions = ["layer", "model", "probe"]
    static func values(_ condition: String) -> [String] {
        switch condition {
        case "layer": ["1", "2", "3"]
        case "model": ["big", "mid", "small"]
        default: ["linear", "mlp"]
        }
    }
    static let families = ["big": "a", "mid": "a", "small": "b"]

    /// Returns whether the assumptions exclude each other, as `left` and `right` do.
    static func areExclusive(_ assumes: [String]) -> Bool { assumes.contains("left") && assumes.contains("right") }

    static func differs(_ a: RandomClaim, _ b: RandomClaim) -> [String] {
        var names: [String] = []
        for condition in conditions {
            guard let mine = a.tested[condition] ?? nil, let theirs = b.tested[condition] ?? nil else { continue }
            if Set(mine).isDisjoint(with: theirs) { names.append(condition) }
            if condition == "model", Set(mine.map { families[$0]! }).isDisjoint(with: theirs.map { families[$0]! }) {
                names.append("model.family")
            }
        }
        names += Set(a.assumes).symmetricDifference(b.assumes).subtracting(["carries"]).map { "assume:\($0)" }
        return names.sorted()
    }

    var claims: [RandomClaim] = []

    init(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        for number in 0..<Int.random(in: 3...8, using: &random) {
            let lower = Int.random(in: 0...8, using: &random)
            var tested: [String: [String]?] = [:]
            for condition in Self.conditions {
                tested[condition] = random.chance(0.15) ? .some(nil) : random.some(Self.values(condition))
                if random.chance(0.6), let values = tested[condition] ?? nil {
                    tested[condition] = [random.pick(values)]
                }
            }
            var claim = RandomClaim(
                name: "f\(number)", lower: lower, upper: min(10, lower + Int.random(in: 0...3, using: &random)),
                tested: tested, holdsFor: nil, assumes: [])
            if random.chance(0.4) {
                var holdsFor: [String: [String]] = [:]
                for condition in Self.conditions where random.chance(0.6) {
                    guard let values = tested[condition] ?? nil else { continue }
                    holdsFor[condition] = Set(values).union(random.some(Self.values(condition))).sorted()
                }
                claim.holdsFor = holdsFor
            }
            if random.chance(0.3) { claim.assumes.append(random.pick(["left", "right"])) }
            if random.chance(0.2) { claim.assumes.append("free") }
            if random.chance(0.2) { claim.assumes.append("carries") }
            claims.append(claim)
        }
    }

    /// Returns a copy of the ledger in which one claim covers every cell.
    func widening(_ index: Int) -> RandomLedger {
        var wider = self
        wider.claims[index].holdsFor = [:]
        return wider
    }

    var ledger: TestLedger {
        TestLedger(Self.vocabulary + claims.map(finding).joined())
    }

    private func finding(_ claim: RandomClaim) -> String {
        func box(_ sides: [String: [String]?]) -> String {
            "{"
                + sides.sorted { $0.key < $1.key }
                .map { "\($0.key): \($0.value.map { "[\($0.joined(separator: ", "))]" } ?? "unknown")" }
                .joined(separator: ", ") + "}"
        }
        let holdsFor = claim.holdsFor.map { "    holds_for: \(box($0.mapValues(Optional.some)))\n" } ?? ""
        return """
            --- Findings/\(claim.name).yaml
            title: Finding \(claim.name)
            authors: [A]
            contributors: [A]
            date: 2025
            source: \(claim.name)
            north_star: None.
            claims:
              - quantity: q
                value: [\(claim.lower), \(claim.upper)]
                tested: \(box(claim.tested))
                assumes: [\(claim.assumes.joined(separator: ", "))]
            \(holdsFor)
            """
    }

    private static let vocabulary = """
        --- Claims/question.yaml
        question: What is it?
        why: It matters.
        --- Claims/low/question.yaml
        question: Is it low?
        why: It matters.
        quantity: q
        yes: [0, 3]
        covers: {model: [big, mid], layer: {from: 1, to: 2}}
        --- Claims/vocabulary/quantities/q.yaml
        title: Q
        definition: A number.
        range: [0, 10]
        conditions: [layer, model, probe]
        --- Claims/vocabulary/conditions/layer.yaml
        title: Layer
        values: {from: 1, to: 3}
        --- Claims/vocabulary/conditions/probe.yaml
        title: Probe
        values: [linear, mlp]
        --- Claims/vocabulary/conditions/model/big.yaml
        title: Big
        general: true
        family: a
        --- Claims/vocabulary/conditions/model/mid.yaml
        title: Mid
        family: a
        --- Claims/vocabulary/conditions/model/small.yaml
        title: Small
        family: b
        \(randomAssumptions)
        --- Verifiers/toy/model.yaml
        title: Toy
        contributors: [A]
        abstracts: low
        kernel: toy
        config: {features: 2}
        budget: {minutes: 1, memory_gib: 1}

        """
}

/// The assumptions of random ledgers: two that exclude each other, an independent one, and a bridge.
let randomAssumptions = """
    --- Claims/vocabulary/assumptions/left.yaml
    statement: Left.
    excludes: [right]
    --- Claims/vocabulary/assumptions/right.yaml
    statement: Right.
    --- Claims/vocabulary/assumptions/free.yaml
    statement: Free.
    --- Claims/vocabulary/assumptions/carries.yaml
    statement: It carries over.
    bridge: {from: [toy], to: [big]}
    """
