import Testing
import YAML

@testable import Checking
@testable import Merging
@testable import Records
@testable import Reports

/// A field with a wrong value causes exactly one diagnostic. No diagnostic is about content that depends on this field,
/// whether in the same record or in another.
@Suite struct BrokenFieldTests {
    /// A ledger with a finding that uses every possible key, and the records that it needs.
    private static let ledger =
        baseLedger
        + TestLedger(
            finding(
                "full",
                """
                  - quantity: dims
                    value: {at_least: 0.45, at_most: 0.55}
                    tested: {model: toy, density: [0.3]}
                    holds_for: {model: [toy], density: [0.05, 0.3]}
                    assumes: [toy-is-r1]
                    reported: {value: 0.5, se: 0.1, n: 20, count: true, seeds: 3, selected: mean, second_hand: false}
                    verify: toy/dims
                    kind: most-runs
                    reliability: 0.6
                  - quantity: dims
                    tested: {model: cd3b, density: {from: 1, to: 1}}
                    holds_for: {model.family: qwen2.5}
                    reported: {interval: [0.6, 0.7]}
                  - {quantity: dims, value: [0.8, 0.9], tested: {model: toy, density: 0.05}, kind: witness}
                  - {quantity: order, value: {any_of: [bfs, dfs]}, tested: {model: toy, density: 0.3}, verify: toy/order}
                """,
                """
                caveats: [{text: Against it., against: {claim: solved}, shown_by: full#1}]
                builds_on: [half]
                supersedes: [solved]
                same_as: [half]
                retracted: No reason.
                status: planned
                until: 2027-01-05
                resources: [{kind: code, url: "https://example.org/1.0/a", sha256: \(sha256("a"))}]
                """)
                + finding(
                    "other", "  - {quantity: accuracy, value: [0.1, 0.2], tested: {model: r1, task: maze, layer: 4}}",
                    "caveats: [{text: Against it., against: {claim: full#2}}]"))
        + TestLedger(
            """
            --- Claims/vocabulary/conditions/density.yaml
            title: Share of features that are on
            values: [0.05, 0.3, 0.9, 1]
            --- Claims/both/question.yaml
            question: Do they do both?
            why: It is better.
            needs: all
            status: active
            effort_hours: 3
            --- Claims/both/either/question.yaml
            question: Do they do either?
            why: It is something.
            needs: any
            also_under: [skill]
            --- Claims/both/either/maze/question.yaml
            question: Do they find a way?
            why: It is a skill.
            quantity: accuracy
            yes: {at_least: 0.5, below: 0.9}
            covers: {task: maze, model.family: [deepseek, qwen2.5]}
            status: retired
            reason: It is known.
            --- Verifiers/toy/order.yaml
            title: The order
            measurement: dimensionality
            measures: [dims]
            conditions: [density]
            labels: {order: {of: dims, means: {bfs: [0, 1], dfs: {above: 1}}}}
            --- Claims/votes/ada.yaml
            who: Ada
            weight: 3
            reason: It matters.
            date: 2026-01-05

            """)

    @Test(arguments: ledger.files.map(\.path)) func wrongFieldGivesOneDiagnostic(path: String) throws {
        #expect(errors(of: Self.ledger) == [])
        let index = try #require(Self.ledger.files.firstIndex { $0.path == path })
        let node = try #require(readYAML(Self.ledger.files[index].bytes).node)
        for broken in brokenFields(of: node) {
            var ledger = Self.ledger
            ledger.files[index].bytes = Array((broken.text + "\n").utf8)
            let found = errors(of: ledger)
            #expect(found.count == 1, "\(broken.key): \(found)")
        }
    }

    /// A rejected finding appears in no report, even if parts of it can be read.
    @Test func rejectedFindingIsInNoReport() throws {
        let refused = TestLedger(
            finding("refused", "  - {quantity: accuracy, value: [0, 0.1], tested: {model: r1, task: maze}}", "until: x")
                + """
                --- Claims/skill/refused/question.yaml
                question: Is it refused?
                quantity: accuracy
                yes: {below: 0.5}
                --- Claims/skill/votes/ada.yaml
                weight: 9
                reason: It matters.
                --- Claims/vocabulary/quantities/refused.yaml
                definition: It has no title.
                range: [0, 1]
                conditions: []
                --- Claims/vocabulary/conditions/model/refused.yaml
                general: true
                family: deepseek
                --- Claims/vocabulary/assumptions/refused.yaml
                excludes: [toy-is-r1]
                --- Verifiers/refused/model.yaml
                contributors: [A. Handle]
                abstracts: toy
                kernel: toy
                config: {features: 20}
                budget: {minutes: 2, memory_gib: 1}

                """)
        let (without, with) = (baseLedger.merge(), (baseLedger + refused).merge())
        #expect(
            Set(with.ledger.diagnostics.filter { $0.severity == .error }.map(\.path)) == Set(refused.files.map(\.path)))
        #expect(MergeReport(with).written("json") == MergeReport(without).written("json"))
        #expect(ConflictReport(with).written("json") == ConflictReport(without).written("json"))
        #expect(with.ledger.state.vocabulary.values == without.ledger.state.vocabulary.values)
    }

    private func errors(of ledger: TestLedger) -> [String] {
        ledger.check().diagnostics.filter { $0.severity != .note }.map(rendered)
    }
}

/// Returns copies of the record. In each copy, one value is replaced by a value that no key accepts.
private func brokenFields(of node: Node) -> [(key: String, text: String)] {
    switch node.content {
    case .scalar: []
    case .sequence(let elements):
        elements.indices.flatMap { index in
            brokenFields(of: elements[index]).map { broken in
                var texts = elements.map(flowText)
                texts[index] = broken.text
                return ("\(index).\(broken.key)", "[\(texts.joined(separator: ", "))]")
            }
        }
    case .mapping(let entries):
        entries.indices.flatMap { index in
            let within = brokenFields(of: entries[index].value).map { (".\($0.key)", $0.text) }
            // An empty list in place of a claim would drop only this claim.
            let values = entries[index].key == "claims" ? ["\"\""] : ["[[]]", "\"\""]
            return (values.map { ("", $0) } + within).map { key, text in
                let texts = entries.indices.map {
                    "\(entries[$0].key): \($0 == index ? text : flowText(entries[$0].value))"
                }
                return (entries[index].key + key, "{\(texts.joined(separator: ", "))}")
            }
        }
    }
}

private func flowText(_ node: Node) -> String {
    switch node.content {
    case .scalar(let text, let isPlain): isPlain && !text.contains(", ") ? text : "\"\(text)\""
    case .sequence(let elements): "[\(elements.map(flowText).joined(separator: ", "))]"
    case .mapping(let entries): "{\(entries.map { "\($0.key): \(flowText($0.value))" }.joined(separator: ", "))}"
    }
}
