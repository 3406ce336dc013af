import Testing

@testable import Merging
@testable import Records
@testable import Reports
@testable import Words

/// Random claims on labels for a few layers and models. Their results are compared with a brute-force search over
/// subsets and cells.
private struct LabelLedger {
    struct LabelClaim {
        var labels: Set<String>
        var models: Set<String>
        var layers: Set<String>
        /// Whether the claim extends to all cells rather than only to the tested ones.
        var isEverywhere: Bool
        var assumes: [String]
    }

    static let models = ["big", "mid", "small"]
    static let labels = ["a", "b", "c", "d"]
    var claims: [LabelClaim] = []

    init(_ seed: UInt64) {
        var random = SeededGenerator(seed &* 31)
        for _ in 0..<Int.random(in: 4...8, using: &random) {
            var labels = random.some(Self.labels)
            if random.chance(0.6) { labels = Self.labels.filter { $0 != labels[0] } }
            claims.append(
                LabelClaim(
                    labels: Set(labels), models: Set(random.some(Self.models)), layers: Set(random.some(["1", "2"])),
                    isEverywhere: random.chance(0.4),
                    assumes: random.chance(0.25) ? [random.pick(["left", "right"])] : []))
        }
    }

    func covers(_ claim: LabelClaim, _ model: String, _ layer: String) -> Bool {
        claim.isEverywhere || (claim.models.contains(model) && claim.layers.contains(layer))
    }

    var ledger: TestLedger {
        func list(_ values: Set<String>) -> String { "[\(values.sorted().joined(separator: ", "))]" }
        return TestLedger(
            RandomTree.vocabulary + """
                --- Claims/vocabulary/quantities/word.yaml
                title: Word
                definition: A word.
                labels: [a, b, c, d]
                conditions: [layer, model]

                """
                + claims.enumerated().map { number, claim in
                    finding(
                        "c\(number)",
                        """
                          - quantity: word
                            value: {any_of: \(list(claim.labels))}
                            tested: {model: \(list(claim.models)), layer: \(list(claim.layers))}
                            assumes: [\(claim.assumes.joined(separator: ", "))]
                        \(claim.isEverywhere ? "    holds_for: {}" : "")
                        """)
                }.joined())
    }

    /// Sets of three or more claims that share no label, while any smaller subset does. They are in conflict if they
    /// share a cell.
    func inconsistentSets(inConflict: Bool) -> Set<[String]> {
        func isInconsistent(_ set: [Int]) -> Bool {
            set.reduce(Set(Self.labels)) { $0.intersection(claims[$1].labels) }.isEmpty
        }
        func canMeet(_ set: [Int]) -> Bool {
            let assumed = Set(set.flatMap { claims[$0].assumes })
            return !(assumed.contains("left") && assumed.contains("right"))
                && Self.models.contains { model in
                    ["1", "2"].contains { layer in set.allSatisfy { covers(claims[$0], model, layer) } }
                }
        }
        let sets = (1..<(1 << claims.count)).map { bits in claims.indices.filter { bits >> $0 & 1 == 1 } }
        return Set(
            sets.filter { set in
                set.count > 2 && isInconsistent(set) && canMeet(set) == inConflict
                    && !set.contains { one in isInconsistent(set.filter { $0 != one }) }
            }.map { $0.map { "c\($0)" } })
    }

    /// The maximal sets of claims that hold no pair and no set in conflict.
    var camps: Set<[String]> {
        let sets = inconsistentSets(inConflict: true).map { Set($0) }
        func isCamp(_ bits: Int) -> Bool {
            let camp = claims.indices.filter { bits >> $0 & 1 == 1 }
            let names = Set(camp.map { "c\($0)" })
            return !sets.contains { $0.isSubset(of: names) }
                && camp.allSatisfy { i in camp.allSatisfy { $0 == i || !areInConflict(i, $0) } }
        }
        let all = (1..<(1 << claims.count)).filter(isCamp)
        let maximal = all.filter { bits in !claims.indices.contains { bits >> $0 & 1 == 0 && isCamp(bits | 1 << $0) } }
        return Set(maximal.map { bits in claims.indices.filter { bits >> $0 & 1 == 1 }.map { "c\($0)" } })
    }

    private func areInConflict(_ i: Int, _ j: Int) -> Bool {
        let assumed = Set(claims[i].assumes + claims[j].assumes)
        return claims[i].labels.isDisjoint(with: claims[j].labels) && assumed.count < 2
            && Self.models.contains { model in
                ["1", "2"].contains { covers(claims[i], model, $0) && covers(claims[j], model, $0) }
            }
    }

    /// The maximal sets of claims that share a label.
    var sides: Set<[String]> {
        let sides = Set(Self.labels.map { label in claims.indices.filter { claims[$0].labels.contains(label) } })
        let maximal = sides.filter { side in
            !side.isEmpty && !sides.contains { $0 != side && Set(side).isSubset(of: $0) }
        }
        return Set(maximal.map { $0.map { "c\($0)" } })
    }
}

@Suite struct ExplanationTests {
    static let seeds = Array(UInt64(1)...40)

    // MARK: Labels

    @Test(arguments: seeds) func inconsistentSetsMatchBruteForce(seed: UInt64) {
        let random = LabelLedger(seed)
        let found = random.ledger.merge().disagreement(on: "word")
        func names(_ groups: [[ClaimID]]?) -> Set<[String]> { Set((groups ?? []).map { $0.map(\.slug) }) }
        #expect(names(found?.sets) == random.inconsistentSets(inConflict: true))
        #expect(names(found?.setsApart) == random.inconsistentSets(inConflict: false))
        guard let found, found.hasDiscord else { return }
        #expect(names(found.camps) == random.camps)
        #expect(names(found.sides) == random.sides)
    }

    @Test func findsInconsistentSets() {
        let sets = [true, false].map { inConflict in
            Self.seeds.flatMap { LabelLedger($0).inconsistentSets(inConflict: inConflict).map(\.count) }
        }
        #expect(sets.allSatisfy { $0.count > 5 } && sets.joined().count > 20 && sets.joined().contains(4))
    }

    private func searches(_ tested: [String]) -> Merge {
        let labels = zip(["a", "b", "c"], ["[bfs, dfs]", "[beam, dfs]", "[beam, bfs]"])
        return TestLedger(
            RandomTree.vocabulary + """
                --- Claims/vocabulary/quantities/search.yaml
                title: Kind of search
                definition: What it does.
                labels: [beam, bfs, dfs]
                conditions: [layer]

                """
                + zip(labels, tested).map { claim, layer in
                    finding(
                        claim.0, "  - {quantity: search, value: {any_of: \(claim.1)}, tested: {layer: \(layer)}}")
                }.joined()
        ).merge()
    }

    @Test func campsHoldNoSetInConflict() {
        let merge = searches(["1", "1", "1"])
        #expect(
            outline(merge.disagreement(on: "search")) == """
                search at no question
                sides: {a, b} {a, c} {b, c}
                camps: {a, b} {a, c} {b, c}
                set: a b c
                """)
        let text = ConflictReport(merge).written(width: 200)
        #expect(text.contains("Conflict: 1 set of three claims that share no label: a#1, b#1 and c#1"))
        #expect(text.contains("Nothing recorded separates a#1, b#1 and c#1."))
        #expect(text.contains("0 conflicting pairs, 0 pairs about different parts, 1 conflicting set of three or more"))
    }

    @Test func setsWithoutASharedCellAreAboutDifferentParts() {
        let merge = searches(["1", "1", "2"])
        #expect(
            outline(merge.disagreement(on: "search")) == """
                search at no question
                sides: {a, b} {a, c} {b, c}
                camps: {a, b, c}
                explained by ["layer"], 2 blocks
                core: ["layer"]
                set apart: a b c
                """)
        #expect(
            ConflictReport(merge).written(width: 200).contains(
                "different parts: 1 set of three claims that share neither label nor setting: a#1, b#1 and c#1"))
    }

    // MARK: Chance

    private func accuracy(_ value: String, _ encoding: String, _ layer: Int = 4, model: String = "r1") -> String {
        "  - {quantity: probe, value: \(value), tested: {model: \(model), encoding: \(encoding), layer: \(layer)}}"
    }

    private func ledger(_ findings: [String]) -> TestLedger {
        baseLedger
            + TestLedger(
                """
                --- Claims/vocabulary/quantities/probe.yaml
                title: Probe error
                definition: A share.
                range: [0, 1]
                conditions: [model, encoding]
                later_conditions: [layer]
                --- Claims/vocabulary/conditions/encoding.yaml
                title: Encoding
                values: [colour, mine-yours, other]

                """ + findings.enumerated().map { finding("e\($0)", $1) }.joined())
    }

    @Test func writesTheExplanationSentence() throws {
        let merge = ledger([
            accuracy("[0.1, 0.2]", "mine-yours"), accuracy("[0.1, 0.25]", "mine-yours"),
            accuracy("[0.3, 0.4]", "colour"), accuracy("[0.3, 0.45]", "colour"),
        ]).merge()
        let text = ConflictReport(merge).written(width: 300)
        #expect(
            text.contains(
                "encoding alone separates the sides; with 4 findings, counted as independent although 1 group of contributors recorded them, chance would do as well in 1 of 3 shuffles, the fewest possible with these findings."
            ), "\(text)")
    }

    @Test func drawnShufflesAreReproducible() throws {
        func ledgerOf(_ count: Int, low: Int) -> TestLedger {
            ledger(
                (0..<count).map { number in
                    accuracy(
                        number < low ? "[0.1, 0.2]" : "[0.3, 0.4]", number < low ? "colour" : "mine-yours", number % 3)
                })
        }
        // With four low values out of nine, all 126 choices are enumerated. With eight out of sixteen, there are too
        // many choices (12,870), so random orders are drawn.
        let few = try #require(ledgerOf(9, low: 4).merge().disagreement(on: "probe")?.shuffle)
        #expect(few.total == 126 && few.floorCount == 1)
        let findings = ledgerOf(16, low: 8)
        let first = try #require(findings.merge().disagreement(on: "probe")?.shuffle)
        #expect(first.total == 5001)
        #expect(first.asGoodCount >= first.floorCount && first.floorCount >= 1 && first.floorCount < 10)
        for _ in 0..<3 { #expect(findings.merge().disagreement(on: "probe")?.shuffle == first) }
    }

    @Test func threeFindingsAreTooFewForAShuffle() throws {
        let findings = [
            accuracy("[0.1, 0.2]", "colour"), accuracy("[0.3, 0.4]", "other"), accuracy("[0.3, 0.4]", "other"),
        ]
        let merge = ledger(findings).merge()
        #expect(merge.disagreement(on: "probe")?.shuffle == nil)
        #expect(
            ConflictReport(merge).written(width: 200).contains("with 3 findings, too few to test against chance"))
    }

    // MARK: The deciding run

    /// No untested cell has a better worst outcome than the deciding run. The test computes the outcomes with names,
    /// directly from the definition.
    @Test(arguments: Array(UInt64(1)...30)) func theDecidingRunLeavesTheFewestExplanations(seed: UInt64) throws {
        var random = SeededGenerator(seed &* 101)
        struct Setting { var value: String, encoding: String, layer: String, model: String }
        let settings = (0..<Int.random(in: 3...6, using: &random)).map { _ in
            Setting(
                value: random.pick(["[0.1, 0.2]", "[0.3, 0.4]"]),
                encoding: random.pick(["colour", "mine-yours", "other"]),
                layer: random.pick(["4", "5"]), model: random.pick(["r1", "cd3b"]))
        }
        let merge = ledger(settings.map { accuracy($0.value, $0.encoding, Int($0.layer)!, model: $0.model) }).merge()
        guard let found = merge.disagreement(on: "probe") else { return }
        let real = found.explanations.filter { !$0.identifies }
        let considered = real.isEmpty ? found.explanations : real
        let size = considered.map(\.conditions.count).min() ?? 0
        let candidates = considered.filter { $0.conditions.count == size }.map(\.conditions)
        let attributes = ["r1": ["deepseek", "671B"], "cd3b": ["qwen2.5", "3B"]]
        func recorded(_ name: String, _ cell: [String: String]) -> String? {
            switch name {
            case "model.family": attributes[cell["model"]!]![0]
            case "model.size": attributes[cell["model"]!]![1]
            default: cell[name]
            }
        }
        let cells = settings.map { ["encoding": $0.encoding, "layer": $0.layer, "model": $0.model] }
        let involved = Set(found.pairs.flatMap { [$0.a.slug, $0.b.slug] }).map { Int($0.dropFirst())! }
        let varied = Set(candidates.flatMap(\.self).map { $0.split(separator: ".")[0] }).map(String.init).sorted()
        var least: Int?
        for base in involved {
            var open = [cells[base]]
            for condition in varied {
                let values = Set(involved.map { cells[$0][condition]! })
                open = open.flatMap { cell in values.map { cell.merging([condition: $0]) { $1 } } }
            }
            for cell in open where !cells.contains(cell) {
                // Each outcome disagrees with the findings that have the other value.
                let remaining = Set(settings.map(\.value)).map { outcome in
                    candidates.filter { conditions in
                        settings.indices.filter { settings[$0].value != outcome }.allSatisfy { other in
                            conditions.contains { recorded($0, cell) != recorded($0, cells[other]) }
                        }
                    }
                }
                // A run tells nothing if every outcome leaves the same explanations.
                guard Set(remaining).count > 1 else { continue }
                least = min(least ?? .max, remaining.map(\.count).max()!)
            }
        }
        #expect(found.decidingRun?.worst == least)
        if let run = found.decidingRun {
            #expect(run.candidates == candidates.count && !cells.contains(run.cell))
        }
    }
}
