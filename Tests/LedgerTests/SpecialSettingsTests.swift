import Checking
import Records
import Reports
import Testing

/// Tests settings beyond plain values: ranges of numbers, `not-applicable` and constraints.
@Suite struct SpecialSettingsTests {
    /// Three claims at temperatures and two at sites, over the vocabulary of the base ledger.
    private static let ledger =
        baseLedger
        + TestLedger(
            """
            --- Claims/vocabulary/conditions/temperature.yaml
            title: Temperature of sampling
            number: true
            --- Claims/vocabulary/conditions/site.yaml
            title: Place within a block
            values: [attention-out, mlp-out]
            --- Claims/vocabulary/conditions/mood.yaml
            title: Mood of the experimenter
            values: [good]
            --- Claims/vocabulary/quantities/accuracy.yaml
            title: Share of solved problems
            definition: Share of held-out problems solved.
            range: [0, 1]
            conditions: [model, task]
            later_conditions: [layer, site, temperature]
            --- Findings/warm.yaml
            title: Claims at temperatures and sites
            authors: [New et al.]
            contributors: [C. Handle]
            date: 2026-01-05
            source: arXiv:2601.00001
            north_star: Tells more of skill.
            claims:
              - quantity: accuracy
                value: [0.6, 0.7]
                tested: {model: r1, task: maze, layer: 4, temperature: 0.5}
                holds_for: {model: r1, temperature: {from: 0, to: 1}}
              - quantity: accuracy
                value: [0.6, 0.7]
                tested: {model: r1, task: maze, layer: 4, temperature: 1.25}
                holds_for: {model: r1, temperature: {from: 1, to: 1.5}}
              - quantity: accuracy
                value: [0.6, 0.7]
                tested: {model: r1, task: maze, layer: 4, temperature: [0.30, 1.1]}
              - quantity: accuracy
                value: [0.6, 0.7]
                tested: {model: r1, task: maze, layer: 4, site: not-applicable}
              - quantity: accuracy
                value: [0.6, 0.7]
                tested: {model: r1, task: maze, layer: 4, site: mlp-out}
                holds_for: {model: r1, site: [mlp-out, not-applicable]}
              - quantity: accuracy
                value: [0.6, 0.7]
                tested: {model: r1, task: maze, layer: 4, temperature: not-applicable, site: unknown}
                holds_for: {model: r1, temperature: not-applicable, site: unknown}
              - quantity: accuracy
                value: [0.6, 0.7]
                tested: {model: r1, task: maze, layer: 4, mood: not-applicable}
                holds_for: {model: r1}

            """)

    private static let state = ledger.check().state

    private func scope(_ number: Int) throws -> Scope {
        let claim = try #require(Self.state.findings["warm"]).claims[number - 1]
        return Scope(claim.scope, vocabulary: Self.state.vocabulary)
    }

    @Test func theClaimsAreValid() {
        let problems = Self.ledger.check().diagnostics.filter { $0.severity != .note }
        #expect(problems.map(\.message) == [])
    }

    /// The known numbers are those that records name, and a range covers those between its ends.
    @Test func rangesCoverTheNumbersThatRecordsName() throws {
        #expect(Self.state.vocabulary.values["temperature"] == ["0", "0.3", "0.5", "1", "1.1", "1.25", "1.5"])
        #expect(try scope(1).values(of: "temperature") == ["0", "0.3", "0.5", "1"])
        #expect(try scope(2).values(of: "temperature") == ["1", "1.1", "1.25", "1.5"])
    }

    @Test(arguments: [
        (1, 2, true), (1, 3, true), (2, 3, true), (1, 6, false), (3, 6, false),
        // A scope without `site` covers every site but `not-applicable`; settings that only were tested say nothing of it.
        (1, 4, false), (1, 5, true), (3, 4, true), (4, 5, true), (4, 6, true), (5, 6, false),
        // No quantity has the condition `mood`, so a scope without it covers `not-applicable` too.
        (1, 7, true), (5, 7, true), (7, 7, true), (4, 7, false),
    ]) func scopesOverlap(a: Int, b: Int, isShared: Bool) throws {
        #expect(try scope(a).overlaps(scope(b)) == isShared)
        #expect(try scope(b).overlaps(scope(a)) == isShared)
        let box = try #require(Self.state.findings["warm"]).claims[b - 1].scope
        #expect(try scope(a).overlaps(box, Self.state.vocabulary) == isShared)
    }

    /// Overlap equals that of real intervals and does not depend on the numbers that other records name.
    @Test func rangesOverlapAsIntervals() {
        var random = SeededGenerator(18)
        for _ in 0..<200 {
            func range() -> ClosedRange<Int> {
                let ends = [Int.random(in: 0...8, using: &random), Int.random(in: 0...8, using: &random)].sorted()
                return ends[0]...ends[1]
            }
            let ranges = [range(), range()]
            let claims = ranges.map { range in
                """
                  - quantity: accuracy
                    value: [0.6, 0.7]
                    tested: {model: r1, task: maze, layer: 4, depth: \(range.lowerBound).5}
                    holds_for: {depth: {from: \(range.lowerBound).5, to: \(range.upperBound).5}}

                """
            }
            let ledger =
                baseLedger
                + TestLedger(
                    """
                    --- Claims/vocabulary/conditions/depth.yaml
                    title: Depth
                    number: true
                    --- Findings/deep.yaml
                    title: Deep
                    authors: [New et al.]
                    contributors: [C. Handle]
                    date: 2026-01-05
                    source: arXiv:2601.00001
                    north_star: Tells more of skill.
                    claims:
                    \(claims.joined())
                    """)
            let state = ledger.check().state
            let scopes = state.findings["deep"]?.claims.map { Scope($0.scope, vocabulary: state.vocabulary) } ?? []
            #expect(scopes.count == 2)
            #expect(scopes[0].overlaps(scopes[1]) == ranges[0].overlaps(ranges[1]), "\(ranges)")
        }
    }

    @Test func constraintsExcludeCells() {
        let constraint = TestLedger(
            """
            --- Claims/vocabulary/constraints/cd3b-tasks.yaml
            when: {model.family: [qwen2.5]}
            only: {task: [countdown], layer: {from: 0, to: 35}}

            """)
        let checked = (baseLedger + constraint).check()
        #expect(checked.diagnostics.filter { $0.severity == .error }.map(\.message) == [])
        let state = checked.state
        #expect(!state.isExcluded(["model": "cd3b", "task": "countdown", "layer": "35"]))
        #expect(!state.isExcluded(["model": "cd3b"]))
        #expect(!state.isExcluded(["model": "r1", "task": "maze"]))
        #expect(!state.isExcluded(["task": "maze"]), "a cell without a model does not satisfy `when`")
        #expect(state.isExcluded(["model": "cd3b", "task": "maze"]))
        #expect(state.isExcluded(["model": "cd3b", "task": "countdown", "layer": "36"]))
        #expect(state.isExcluded(["model": "cd3b", "task": "not-applicable"]))
    }

    @Test func questionsInheritWhatTheyAskAbout() {
        let ledger =
            baseLedger
            + TestLedger(
                """
                --- Claims/skill/question.yaml
                question: What can the models do?
                why: Skill is what reasoning is for.
                asks: general
                --- Claims/skill/order/question.yaml
                question: Do they search depth first?
                why: The order of search shows which algorithm was learned.
                quantity: order
                yes: {any_of: [dfs]}
                asks: special

                """)
        let state = ledger.check().state
        #expect(state.asks(of: ".") == .either)
        #expect(state.asks(of: "toy") == .either)
        #expect(state.asks(of: "skill") == .general)
        #expect(state.asks(of: "skill/countdown") == .general)
        #expect(state.asks(of: "skill/order") == .special)
    }

    /// The count is printed only if some claims of the ledger say what was read.
    @Test func checkCountsUnreadClaims() {
        func summary(_ read: String) -> String {
            let finding = TestLedger(
                """
                --- Findings/new.yaml
                title: A new finding
                authors: [New et al.]
                contributors: [C. Handle]
                date: 2026-01-05
                source: arXiv:2601.00001v2
                north_star: Tells more of skill.
                claims:
                  - quantity: accuracy
                    value: [0.6, 0.7]
                    tested: {model: r1, task: maze, layer: 4}
                \(read)
                """)
            let ledger = (baseLedger + finding).check()
            let report = CheckReport(ledger.summary, [], isComplete: true, toolVersion: "1.2.3")
            let unread = report.written("json").split(separator: "\n").first { $0.contains("unread_claims") } ?? ""
            return report.written("github") + unread.filter { !$0.isWhitespace && $0 != "," }
        }
        #expect(
            summary("    read: abstract\n") == """
                3 findings, 3 claims (2 unread), 5 questions, 1 verifier: 0 errors, 0 warnings
                "unread_claims":2
                """)
        #expect(
            summary("    read: not-checked\n") == """
                3 findings, 3 claims, 5 questions, 1 verifier: 0 errors, 0 warnings
                "unread_claims":3
                """)
    }
}
