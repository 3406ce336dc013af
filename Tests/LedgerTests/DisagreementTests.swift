import Merging
import Records
import Reports
import Testing

private func claim(
    _ value: String, model: String = "r1", task: String = "countdown", layer: String = "4", _ extra: String = ""
) -> String {
    "  - {quantity: accuracy, value: \(value), tested: {model: \(model), task: \(task), layer: \(layer)}\(extra)}"
}

/// Describes the disagreement of two findings, `low` and `high`, in the base ledger without its finding on accuracy.
private func disagreement(_ low: String, _ high: String, _ more: String = "") -> String {
    outline(base(finding("low", low) + finding("high", high) + more).merge().disagreement(on: "accuracy"))
}

private func base(_ text: String) -> TestLedger {
    var ledger = baseLedger
    ledger.files.removeAll { $0.path == "Findings/solved.yaml" }
    return ledger + TestLedger(text)
}

private let assumptions = """
    --- Claims/vocabulary/assumptions/x.yaml
    statement: X.
    excludes: [y]
    --- Claims/vocabulary/assumptions/y.yaml
    statement: Y.
    --- Claims/vocabulary/assumptions/bridge-y.yaml
    statement: Bridge Y.
    bridge: {from: [toy], to: [r1]}
    excludes: [x]

    """

@Suite struct DisagreementTests {
    @Test func contradiction() {
        #expect(
            disagreement(claim("[0.1, 0.3]"), claim("[0.6, 0.8]")) == """
                accuracy at skill/countdown
                conflict: high#1 low#1, contradiction, neither []
                sides: {low} {high}
                camps: {high} {low}
                """)
    }

    @Test func touchingRangesDoNotDisagree() {
        #expect(disagreement(claim("[0.1, 0.3]"), claim("[0.3, 0.8]")) == "nothing to tell")
        #expect(
            disagreement(claim("{below: 0.3}"), claim("{at_least: 0.3, at_most: 0.6}")).hasPrefix(
                """
                accuracy at skill/countdown
                conflict: high#1 low#1, contradiction, neither []
                """))
    }

    @Test func differentParts() {
        #expect(
            disagreement(claim("[0.1, 0.3]", model: "cd3b"), claim("[0.6, 0.8]", task: "maze")) == """
                accuracy at skill/countdown
                near miss: high#1 low#1, scope, neither ["model", "model.family", "model.size", "task"]
                sides: {low} {high}
                camps: {high, low}
                explained by ["model"], 2 blocks
                explained by ["model.family"], 2 blocks
                explained by ["model.size"], 2 blocks
                explained by ["task"], 2 blocks
                deciding: repeat high#1 with model cd3b, worst 3 of 4
                """)
    }

    /// A claim with an unknown condition is not chosen, because this condition may be what explains the difference.
    @Test func aDecidingRunPrefersABaseWithoutUnknownConditions() {
        let (low, high) = (claim("[0.1, 0.3]", model: "cd3b"), claim("[0.6, 0.8]", task: "maze", layer: "unknown"))
        #expect(disagreement(low, high).hasSuffix("deciding: repeat low#1 with task maze, worst 3 of 4"))
    }

    /// The deciding run tests the smallest explanation first. The run would differ from `low` only in the task, so if
    /// this explanation is correct, the run rules out all larger ones.
    @Test func testsTheSmallestExplanation() {
        let (low, high) = (claim("[0.1, 0.3]"), claim("[0.6, 0.8]", task: "maze", layer: "8"))
        let found = disagreement(low, high, finding("other", claim("[0.1, 0.3]", model: "cd3b", layer: "8")))
        #expect(
            found.hasSuffix(
                """
                explained by ["task"], 2 blocks
                explained by ["layer", "model"], 3 blocks, identifies
                explained by ["layer", "model.family"], 3 blocks, identifies
                explained by ["layer", "model.size"], 3 blocks, identifies
                deciding: repeat high#1 with layer 4, worst 1 of 1
                """))
    }

    /// If there is only one explanation, the deciding run sets every other condition to its least tested value.
    @Test func challengesASingleExplanation() {
        let (low, high) = (claim("[0.1, 0.3]"), claim("[0.6, 0.8]", task: "maze"))
        let found = disagreement(low, high, finding("other", claim("[0.1, 0.3]", model: "cd3b", layer: "8")))
        #expect(
            found.hasSuffix(
                """
                explained by ["task"], 2 blocks
                core: ["task"]
                deciding: repeat high#1 with layer 8 and model cd3b, worst 1 of 1
                """))
    }

    @Test func wideScopeMakesAConflict() {
        #expect(
            disagreement(
                claim("[0.1, 0.3]", model: "cd3b", ", holds_for: {task: [countdown]}"), claim("[0.6, 0.8]")
            ).hasPrefix("accuracy at skill/countdown\nconflict: high#1 low#1, scope, neither [\"model\""))
    }

    @Test func unknownSettingOverlapsEverythingAndExplainsNothing() {
        #expect(
            disagreement(claim("[0.1, 0.3]", model: "unknown"), claim("[0.6, 0.8]")) == """
                accuracy at skill/countdown
                conflict: high#1 low#1, unrecorded, neither []
                sides: {low} {high}
                camps: {high} {low}
                """)
    }

    @Test func aLaterConditionCountsAsUnknown() {
        let old = "  - {quantity: accuracy, value: [0.1, 0.3], tested: {model: r1, task: countdown}}"
        #expect(disagreement(old, claim("[0.6, 0.8]")).contains("conflict: high#1 low#1, unrecorded, neither []"))
    }

    @Test func anAssumptionCanExplain() {
        #expect(
            disagreement(claim("[0.1, 0.3]", ", assumes: [probe-is-faithful]"), claim("[0.6, 0.8]")) == """
                accuracy at skill/countdown
                conflict: high#1 low#1, assumption, neither ["assume:probe-is-faithful"]
                sides: {low} {high}
                camps: {high} {low}
                explained by ["assume:probe-is-faithful"], 2 blocks
                core: ["assume:probe-is-faithful"]
                """)
    }

    @Test func exclusiveAssumptionsPreventAConflict() {
        let (low, high) = (claim("[0.1, 0.3]", ", assumes: [x]"), claim("[0.6, 0.8]", ", assumes: [y]"))
        #expect(
            disagreement(low, high, assumptions).contains(
                "near miss: high#1 low#1, assumption, neither [\"assume:x\", \"assume:y\"]"))
        let bridged = claim("[0.6, 0.8]", ", assumes: [bridge-y]")
        #expect(
            disagreement(low, bridged, assumptions).contains(
                "near miss: high#1 low#1, assumption, neither [\"assume:x\"]"))
    }

    @Test func pairsWithExclusiveAssumptionsAreListedAsSetAside() {
        let pair =
            finding("low", claim("[0.1, 0.3]", ", assumes: [x]"))
            + finding("high", claim("[0.6, 0.8]", ", assumes: [y]"))
        let report = ConflictReport(base(assumptions + pair).merge())
        #expect(
            report.written(width: 200).contains(
                "Set aside, because their assumptions exclude each other: high#1 and low#1."))
        let apart = pair.replacing(
            "task: countdown, layer: 4}, assumes: [y]", with: "task: maze, layer: 4}, assumes: [y]")
        #expect(!ConflictReport(base(assumptions + apart).merge()).written().contains("Set aside"))
    }

    /// Contradictions come first, and quantities that no question asks about come last. Claims of one finding that
    /// disagree are a dependence, which takes one line.
    @Test func theReportBeginsWithWhatShouldWorryMost() {
        func order(_ label: String, _ model: String) -> String {
            "  - {quantity: order, value: {any_of: [\(label)]}, tested: {model: \(model)}}"
        }
        func free(_ value: String, _ model: String) -> String {
            "  - {quantity: free, value: \(value), tested: {model: \(model)}}"
        }
        let text = ConflictReport(
            base(
                """
                --- Claims/vocabulary/quantities/free.yaml
                title: Free
                definition: A number.
                range: [0, 1]
                conditions: [model]

                """ + finding("low", claim("[0.1, 0.3]")) + finding("high", claim("[0.6, 0.8]"))
                    + finding("both", [order("dfs", "r1"), order("bfs", "cd3b")].joined(separator: "\n"))
                    + finding("zero", free("[0, 0.1]", "r1")) + finding("one", free("[0.9, 1]", "r1"))
            ).merge()
        ).written()
        let marks = [
            "3 quantities with disagreements: 2 conflicting pairs, 1 pair about different\nparts.",
            "== Contradictions: nothing recorded differs", "accuracy, asked by skill/countdown",
            "Conflict: 1 pair of claims that cannot both be true: high#1 and low#1",
            "== Dependences that one study measured itself",
            "  order: depends on model, model.family or model.size in both (2 claims, 1\n    pair).",
            "== Asked by no question", "free, no question asks this",
        ]
        let places = marks.map { text.firstRange(of: $0)?.lowerBound }
        #expect(places.allSatisfy { $0 != nil }, "\(text)")
        #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted())
    }

    @Test func aBridgeIsNoExplanation() {
        #expect(
            disagreement(claim("[0.1, 0.3]", ", assumes: [toy-is-r1]"), claim("[0.6, 0.8]"))
                .contains("conflict: high#1 low#1, contradiction, neither []"))
    }

    /// The disagreement belongs to the lowest question that is above every leaf that either claim answers.
    @Test func homeIsTheLowestCommonQuestion() {
        let leaf = """
            --- Claims/skill/maze/question.yaml
            question: Do they solve mazes?
            why: Mazes are searched.
            quantity: accuracy
            yes: {above: 0.5}
            covers: {task: [maze]}

            """
        let inRoot = leaf.replacing("Claims/skill/maze", with: "Claims/maze")
        #expect(disagreement(claim("[0.1, 0.3]"), claim("[0.6, 0.8]"), leaf).hasPrefix("accuracy at skill/countdown\n"))
        #expect(
            disagreement(claim("[0.1, 0.3]"), claim("[0.6, 0.8]", task: "maze"), leaf).hasPrefix("accuracy at skill\n"))
        #expect(
            disagreement(claim("[0.1, 0.3]"), claim("[0.6, 0.8]", task: "maze"), inRoot).hasPrefix("accuracy at .\n"))
        var unasked = base(finding("low", claim("[0.1, 0.3]")) + finding("high", claim("[0.6, 0.8]")))
        unasked.files.removeAll { $0.path == "Claims/skill/countdown/question.yaml" }
        #expect(outline(unasked.merge().disagreement(on: "accuracy")).hasPrefix("accuracy at no question\n"))
    }

    @Test func nestedRangesRefine() {
        #expect(
            outline(
                base(
                    finding("heads-27", claim("[0, 0.27]")) + finding("heads-6", claim("[0.01, 0.06]"))
                        + finding("heads-3", claim("[0.02, 0.03]"))
                        + finding("elsewhere", claim("[0.02, 0.02]", task: "maze"))
                        + finding("the-same", claim("[0.02, 0.03]"))
                ).merge().disagreement(on: "accuracy")) == """
                    accuracy at skill/countdown
                    refined: heads-27 > heads-6 > heads-3
                    refined: heads-27 > heads-6 > the-same
                    """)
    }

    @Test(arguments: [
        ("status: planned\nuntil: 2026-12", ""), ("retracted: It was wrong.", ""), ("", "newer"),
    ])
    func excludesPlannedRetractedAndSupersededFindings(extra: String, successor: String) {
        let newer = successor.isEmpty ? "" : finding("newer", claim("[0.5, 0.8]"), "supersedes: [low]")
        let ledger = base(
            finding("low", claim("[0.1, 0.3]"), successor.isEmpty ? extra : "superseded_by: [newer]")
                + finding("high", claim("[0.6, 0.8]")) + newer)
        let found = ledger.merge().disagreement(on: "accuracy")
        #expect(found?.pairs.isEmpty ?? true)
        let superseded = ConflictReport(ledger.merge()).superseded
        #expect(superseded.map(\.claim.slug) == (successor.isEmpty ? [] : ["low"]))
    }

    @Test func retractedSuccessorSupersedesNothing() {
        let newer = finding("newer", claim("[0.5, 0.8]"), "supersedes: [low]\nretracted: It was wrong.")
        #expect(disagreement(claim("[0.1, 0.3]"), claim("[0.6, 0.8]"), newer).contains("conflict: high#1 low#1"))
    }

    @Test func listsFindingsThatBuildOnASupersededOne() {
        let ledger = base(
            finding("old", claim("[0.1, 0.3]"))
                + finding("newer", claim("[0.2, 0.3]"), "supersedes: [old]\nbuilds_on: [old]")
                + finding("builder", claim("[0.1, 0.2]", task: "maze"), "builds_on: [old]"))
        let superseded = ConflictReport(ledger.merge()).superseded
        #expect(
            superseded.map { "\($0.claim) by \($0.by), under \($0.buildsOn)" } == [
                "old#1 by newer, under [\"builder\"]"
            ])
    }

    @Test func witnessesNeverDisagree() {
        #expect(disagreement(claim("[0.1, 0.3]", ", kind: witness"), claim("[0.6, 0.8]")) == "nothing to tell")
    }

    @Test func estimatesDisagree() {
        func estimate(_ value: String, task: String = "countdown") -> String {
            "  - {quantity: accuracy, tested: {model: r1, task: \(task), layer: 4}, reported: {value: \(value), n: 1000, count: true}}"
        }
        let contradiction = """
            accuracy at skill/countdown
            conflict: high#1 low#1, contradiction, neither []
            sides: {low} {high}
            camps: {high} {low}
            """
        #expect(disagreement(estimate("0.2"), estimate("0.7")) == contradiction)
        #expect(disagreement(estimate("0.2"), claim("[0.6, 0.8]")) == contradiction)
        #expect(
            disagreement(estimate("0.2"), estimate("0.24")) == "accuracy at skill/countdown\nestimates: high#1 low#1")
        #expect(disagreement(estimate("0.2"), estimate("0.21")) == "nothing to tell")
        #expect(
            disagreement(estimate("0.2"), estimate("0.7", task: "maze")).hasPrefix(
                "accuracy at skill/countdown\nnear miss: high#1 low#1, scope, neither [\"task\"]"))
    }

    @Test func labelsDisagreeToo() {
        func order(_ label: String, _ model: String) -> String {
            "  - {quantity: order, value: {any_of: \(label)}, tested: {model: \(model)}}"
        }
        let ledger = base(
            finding("deep", order("[dfs]", "r1")) + finding("broad", order("[bfs, none]", "cd3b"))
                + finding("either", order("[bfs, dfs]", "r1")))
        #expect(
            outline(ledger.merge().disagreement(on: "order")) == """
                order at skill/order
                near miss: broad#1 deep#1, scope, neither ["model", "model.family", "model.size"]
                sides: {broad, either} {deep, either}
                camps: {broad, deep, either}
                explained by ["model"], 2 blocks
                explained by ["model.family"], 2 blocks
                explained by ["model.size"], 2 blocks
                refined: either > deep
                """)
    }

    @Test func quantitiesOfAConstructAreListedTogetherAndNeverCompared() {
        let ledger =
            base(finding("high", claim("[0.6, 0.8]")))
            + TestLedger(
                """
                --- Claims/vocabulary/quantities/accuracy.yaml
                title: Share of tasks solved
                construct: superposition
                definition: Solved tasks over all tasks.
                range: [0, 1]
                conditions: [model, task]

                """)
        let report = ConflictReport(ledger.merge())
        #expect(
            report.constructs.map { construct in
                "\(construct.name): \(construct.quantities.map { "\($0.name) \($0.claims.map(\.id))" })"
            } == ["superposition: [\"accuracy [high#1]\", \"dims [half#1]\"]"])
        #expect(report.disagreements.isEmpty)
    }

    /// The grade shows whether both sides, one side or neither has verified claims at a shared cell.
    @Test func gradesShowWhichSidesAreVerifiedAtASharedCell() throws {
        let wide = ", holds_for: {model: [toy]}"
        func dims(_ value: String, _ density: String) -> String {
            "  - {quantity: dims, value: \(value), tested: {model: toy, density: \(density)}\(wide)}"
        }
        let hits = { (value: Double) in Array(repeating: Optional(value), count: 8) }
        var ledger = base(finding("low", dims("[0.1, 0.3]", "0.9")) + finding("high", dims("[1.5, 1.8]", "0.05")))
        func pair(_ ledger: TestLedger) -> String? {
            outline(ledger.merge().disagreement(on: "dims")).split(separator: "\n").first {
                $0.contains("high#1 low#1")
            }
            .map(String.init)
        }
        #expect(pair(ledger) == "conflict: high#1 low#1, scope, neither [\"density\"]")
        try ledger.addRuns(of: "low", hits(0.2))
        #expect(pair(ledger) == "conflict: high#1 low#1, scope, one [\"density\"]")
        try ledger.addRuns(of: "high", hits(1.6))
        #expect(pair(ledger) == "conflict: high#1 low#1, scope, both [\"density\"]")
        let narrow = ledger + TestLedger(finding("low", dims("[0.1, 0.3]", "0.9").replacing(wide, with: "")))
        #expect(pair(narrow) == "conflict: high#1 low#1, scope, one [\"density\"]")
    }

    @Test func refutedClaimIsInNoPair() throws {
        func dims(_ value: String) -> String {
            "  - {quantity: dims, value: \(value), tested: {model: toy, density: 0.05}}"
        }
        var ledger = base(finding("low", dims("[0.1, 0.3]")) + finding("high", dims("[1.5, 1.8]")))
        #expect(ledger.merge().disagreement(on: "dims")?.conflicts.count == 1)
        try ledger.addRuns(of: "low", Array(repeating: 1, count: 8))
        #expect(outline(ledger.merge().disagreement(on: "dims")) == "nothing to tell")
    }
}
