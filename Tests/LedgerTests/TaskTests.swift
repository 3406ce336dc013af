import Testing

@testable import Checking
@testable import Evidence
@testable import Merging
@testable import Records
@testable import Reports
@testable import Words

/// A ledger that leads to a task of every kind.
private let manyTasks: TestLedger = {
    var ledger = baseLedger
    ledger.files.removeAll { $0.path.hasPrefix("Findings/") }
    func accuracy(_ value: String, _ tested: String, _ more: String = "") -> String {
        "  - {quantity: accuracy, value: \(value), tested: {\(tested)}\(more)}"
    }
    func dims(_ value: String, _ density: String, _ more: String = "", model: String = "toy") -> String {
        "  - {quantity: dims, value: \(value), tested: {model: \(model), density: \(density)}\(more)}"
    }
    return ledger
        + TestLedger(
            """
            --- Claims/real/question.yaml
            question: Does R1 share dimensions?
            why: It is the north star's.
            quantity: dims
            yes: [0.45, 0.55]
            covers: {model: [r1], density: [0.3, 0.9]}
            effort_hours: 2
            --- Claims/mood/question.yaml
            question: Is it in the mood?
            why: It has none.
            quantity: mood
            yes: {any_of: [good]}
            --- Claims/vocabulary/assumptions/stable.yaml
            statement: Nothing drifts.
            --- Claims/vocabulary/assumptions/toy-is-cd3b.yaml
            statement: The toy is like cd3b.
            bridge: {from: [toy], to: [cd3b]}
            --- Claims/vocabulary/quantities/speed.yaml
            title: Speed
            definition: A number.
            range: {at_least: 0}
            conditions: [model, task]
            --- Claims/vocabulary/quantities/mood.yaml
            title: Mood
            definition: A word.
            labels: [bad, good]
            conditions: [model, task]

            """
                + finding("same-low", accuracy("[0.1, 0.2]", "model: r1, task: maze, layer: 4"))
                + finding("same-high", accuracy("[0.7, 0.8]", "model: r1, task: maze, layer: 4"))
                + finding("half", dims("[0.46, 0.5]", "0.3", ", assumes: [toy-is-r1]"))
                + finding(
                    "dense", dims("[1.5, 1.6]", "0.9", ", assumes: [probe-is-faithful]"))
                + finding("dense-too", dims("[1.5, 1.7]", "0.9"))
                + finding("sparse", dims("[0.1, 0.2]", "0.9"))
                + finding("general", dims("[1.2, 1.3]", "0.3", model: "r1"))
                + finding("fast", "  - {quantity: speed, value: {above: 8}, tested: {model: r1, task: maze}}")
                + finding(
                    "slow", "  - {quantity: speed, value: {below: 2}, tested: {model: cd3b, task: countdown}}",
                    "caveats: [{text: It drifts., against: {assumption: stable}, shown_by: fast#1}]")
                + finding(
                    "good",
                    "  - {quantity: mood, value: {any_of: [good]}, tested: {model: toy, task: maze}, assumes: [stable, toy-is-cd3b]}"
                )
                + finding("bad", "  - {quantity: mood, value: {any_of: [bad]}, tested: {model: toy, task: countdown}}")
                + finding(
                    "also-bad", "  - {quantity: mood, value: {any_of: [bad]}, tested: {model: toy, task: countdown}}")
                + finding(
                    "doubt", accuracy("[0, 1]", "model: cd3b, task: maze, layer: 4"),
                    #"""
                    caveats:
                      - {text: "It \"depends\": a \\ b 'c' # d", against: {claim: half}}
                      - {text: "Who knows: é 漢字", against: {assumption: probe-is-faithful}}
                      - {text: "Small.", against: {verifier: toy/dims}}
                    """#))
}()

@Suite struct TaskTests {
    private let tasks = manyTasks.merge().tasks(today: TestLedger.today)

    @Test func theLedgerIsValid() {
        #expect(manyTasks.check().diagnostics.filter { $0.severity == .error }.map(rendered) == [])
    }

    @Test func thereIsATaskOfEveryKind() {
        let kinds = Set(tasks.map(\.kind))
        let ofRuns: Set<LedgerTask.Kind> = [.settleRuns, .independentRun, .moreRuns]
        #expect(Set(LedgerTask.Kind.allCases).subtracting(kinds) == ofRuns, "\(tasks.map(\.id))")
        #expect(Set(tasks.map(\.id)).count == tasks.count)
    }

    /// Runs that contradict each other are to be repeated. In a ledger with runners, there are tasks to confirm own
    /// runs.
    @Test func contradictedAndOwnRunsGiveTasks() throws {
        func tasksOfRuns(_ ledger: TestLedger) -> [String] {
            ledger.merge().tasks(today: TestLedger.today)
                .filter { [.settleRuns, .independentRun].contains($0.kind) }
                .map { "\($0.id) for \($0.question ?? "nothing"), \(Int($0.costSeconds ?? 0)) s" }
        }
        let (hits, misses) = ([Double?](repeating: 0.5, count: 8), [Double?](repeating: 1.9, count: 8))
        var own = baseLedger
        try own.addRuns(of: "half", hits)
        #expect(tasksOfRuns(own) == [])
        own.signers = [.bob]
        own.files.removeAll { $0.path.hasSuffix(".json") }
        try own.addRuns(of: "half", hits, by: .bob)
        #expect(tasksOfRuns(own) == ["independent-run:half#1 for toy, 168 s"])
        var split = addressedLedger
        split.signers = [.bob, .cem]
        try split.addRuns(of: "half", hits, by: .bob)
        try split.addRuns(of: "half", misses, by: .cem)
        #expect(tasksOfRuns(split) == ["settle-runs:half#1 for toy, 168 s"])
    }

    /// If 32 of 64 runs hit, the probability that 64 more decide the claim is 0.00085, computed by a separate program.
    @Test func undecidedRunsGiveTasks() throws {
        func task(_ values: [Double?]) throws -> LedgerTask {
            var ledger = baseLedger
            try ledger.addRuns(of: "half", values)
            return try #require(
                ledger.merge().tasks(today: TestLedger.today).first { $0.id == "more-runs:half#1" })
        }
        let few = try task([0.5, 1.9])
        #expect(!few.isHopeless && few.isRunnable && few.command == "arbor-ledger verify half#1")
        let many = try task((0..<64).map { $0 % 2 == 0 ? 0.5 : 1.9 })
        #expect(many.isHopeless && !many.isUseful)
        #expect(many.importancePhrase == "hopeless: 128 runs are unlikely to decide it")
        // The runs still needed cost less after ten hits of eleven.
        let close = try task(Array(repeating: 0.5, count: 6) + [1.9])
        #expect(try #require(close.costSeconds) < #require(few.costSeconds))
    }

    /// The chances of a uniform prior, computed by a separate program with exact fractions.
    @Test(arguments: [(0, 0, 0.7542514326687328), (5, 10, 0.3525493056286667), (32, 64, 0.000852341010202294)])
    func chanceToDecide(hits: Int, runs: Int, chance: Double) {
        let found = predictedChanceToDecide(hits: hits, runs: runs, reliability: 0.5, alpha: 0.05)
        #expect(abs(found - chance) < 1e-9)
    }

    /// Every question without a known answer has a task.
    @Test func everyUnresolvedLeafHasATask() {
        for seed in MergeLawTests.seeds {
            guard let merge = try? RandomTree(seed).ledger().merge() else { continue }
            let answers = merge.answers()
            for (id, answer) in answers
            where answer.question.isLeaf && answer.question.status == .active && !answer.status.isAnswer {
                let tasks = merge.tasks(below: id, today: TestLedger.today)
                #expect(tasks.contains { $0.question == id && !$0.isMinor }, "\(seed) \(id)")
            }
        }
    }

    @Test func shortListsLeaveOutCaveatsWithoutATest() {
        let minor = tasks.filter(\.isMinor)
        #expect(minor.map(\.kind) == [.testCaveat])
        let report = TaskReport(tasks, shownCount: 1_000)
        #expect(!report.written().contains(minor[0].id) && report.written().contains("and 1 more task"))
        #expect(TaskReport(tasks, shownCount: .max).written().contains(minor[0].id))
    }

    // MARK: Ranks

    private func isWorth(_ task: LedgerTask) -> Bool { task.importance.map { !$0.isNone } ?? false }

    private func dominates(_ a: LedgerTask, _ b: LedgerTask) -> Bool {
        guard let x = a.importance, let y = b.importance else { return false }
        let (p, q) = (a.costSeconds ?? .infinity, b.costSeconds ?? .infinity)
        let isLess = x < y || x == y && !a.kind.isDirect && b.kind.isDirect
        let isMore = y < x || x == y && a.kind.isDirect && !b.kind.isDirect
        return !isLess && p <= q && (isMore || p < q)
    }

    /// Computes ranks directly: tasks of rank 1 are not dominated, tasks of rank 2 are dominated only by tasks of rank
    /// 1, and so on.
    private func expectedRanks(_ tasks: [LedgerTask]) -> [String: Int] {
        var ranks: [String: Int] = [:]
        var rest = tasks.filter(isWorth)
        var rank = 1
        while !rest.isEmpty {
            let front = rest.filter { task in !rest.contains { dominates($0, task) } }
            for task in front { ranks[task.id] = rank }
            rest.removeAll { ranks[$0.id] != nil }
            rank += 1
        }
        for task in tasks where ranks[task.id] == nil { ranks[task.id] = rank }
        return ranks
    }

    private func expectRanks(_ tasks: [LedgerTask]) {
        let expected = expectedRanks(tasks)
        #expect(Dictionary(uniqueKeysWithValues: tasks.map { ($0.id, $0.rank) }) == expected)
        #expect(tasks.map(\.rank) == tasks.map(\.rank).sorted())
        let first = tasks.filter { $0.rank == 1 && isWorth($0) }
        let cheapest = first.compactMap(\.costSeconds).min()
        let low = first.filter { $0.costSeconds != nil && $0.costSeconds == cheapest }
        #expect(Set(tasks.filter(\.isLowHanging).map(\.id)) == Set(low.map(\.id)))
    }

    @Test func ranksAreParetoFronts() { expectRanks(tasks) }

    @Test(arguments: MergeLawTests.seeds) func ranksOfRandomTreesAreParetoFronts(seed: UInt64) throws {
        expectRanks(try RandomTree(seed).ledger().merge().tasks(today: TestLedger.today))
    }

    // MARK: Planned findings

    /// For every task and any text, `tasks take` writes a valid finding.
    @Test(arguments: [
        nil, "It \"quotes\" and \\ escapes", "Two: colons # and - dashes", "Unicode é 漢字 \u{1F600}",
        "{braces}: [and, brackets]",
        "A line\nand another",
    ]) func takingATaskWritesAValidFinding(text: String?) throws {
        var ledger = manyTasks
        if let text {
            let quoted = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            ledger =
                ledger
                + TestLedger(
                    """
                    --- Claims/real/question.yaml
                    question: "\(quoted)"
                    why: It is the north star's.
                    quantity: dims
                    yes: [0.45, 0.55]
                    covers: {model: [r1], density: [0.3, 0.9]}
                    effort_hours: 2

                    """)
        }
        let merge = ledger.merge()
        var planned = 0
        for task in merge.tasks(today: TestLedger.today) {
            guard
                let plan = task.planned(
                    in: merge, by: text ?? "A. Handle", today: TestLedger.today, until: "2026-12-31")
            else {
                #expect(task.quantity == nil)
                continue
            }
            planned += 1
            let taken = TestLedger(files: ledger.files + [SourceFile(path: plan.path, bytes: Array(plan.text.utf8))])
            let errors = taken.check().diagnostics.filter { $0.severity == .error }.map(rendered)
            #expect(errors == [], "\(task.id)\n\(plan.text)")
            let again = taken.merge().tasks(today: TestLedger.today).first { $0.id == task.id }
            #expect(again?.takenBy == [plan.slug], "\(task.id)")
            #expect(again?.phrase == task.phrase)
            // A planned finding does not change the merge.
            #expect(outline(taken.merge().answers()["toy"]) == outline(merge.answers()["toy"]))
        }
        #expect(planned > 5)
    }

    @Test func flagsTasksTakenTwiceAndIgnoresLapsedPlans() throws {
        let merge = manyTasks.merge()
        let task = try #require(tasks.first { $0.kind == .untestedCell })
        let first = try #require(task.planned(in: merge, by: "A", today: TestLedger.today, until: "2026-12-31"))
        var ledger = TestLedger(files: manyTasks.files + [SourceFile(path: first.path, bytes: Array(first.text.utf8))])
        let second = try #require(
            task.planned(in: ledger.merge(), by: "B", today: TestLedger.today, until: "2026-04-01"))
        #expect(second.slug == first.slug + "-2")
        ledger.files.append(SourceFile(path: second.path, bytes: Array(second.text.utf8)))
        func taken(_ today: String) -> (by: [String], text: String) {
            let tasks = ledger.merge().tasks(today: today)
            let text = TaskReport(tasks, shownCount: .max).written(width: 200)
            return (tasks.first { $0.id == task.id }?.takenBy ?? [], text)
        }
        #expect(taken("2026-03-18").by == [first.slug, second.slug])
        #expect(taken("2026-03-18").text.contains("taken twice: \(first.slug) and \(second.slug)"))
        #expect(taken("2026-05-01").by == [first.slug])
        #expect(taken("2026-05-01").text.contains("taken by \(first.slug)"))
        #expect(taken("2027-01-01").by == [])
        #expect(!taken("2027-01-01").text.contains("taken"))
    }

    @Test(arguments: [
        ("[0.4, 0.6]", nil), ("{at_least: 0.4}", nil),
        ("[1.5, 2.5]", "\"--expect\" is 1.5 to 2.5, but the range of \"dims\" is 0 to 2"),
        ("{any_of: [good]}", "\"dims\" is a number, and \"--expect\" names labels"),
    ]) func rejectsAnImpossibleExpectation(value: String, mistake: String?) throws {
        let task = try #require(tasks.first { $0.kind == .untestedCell })
        let value = try #require(ValueSet(value))
        let found = task.mistake(expecting: value, in: manyTasks.check().state)
        #expect((found == nil) == (mistake == nil))
        if mistake?.hasPrefix("\"--") ?? false { #expect(found?.message == mistake) }
    }

    /// A number is omitted from the finding if a label was read from it or if it is outside the quantity's range.
    @Test func writesMeasuredTasksAsValidFindings() throws {
        let merge = manyTasks.merge()
        for task in tasks where task.quantity != nil {
            for values in [[0.5], [0.5, 0.7], [99, 99], [-1, 5]] {
                let whole = try #require(task.quantity.flatMap { merge.state.quantities[$0]?.range })
                let outcome = Outcome(sample: try #require(SampleMean(values)), value: whole)
                let plan = try #require(
                    task.planned(
                        in: merge, by: "A", today: TestLedger.today, until: "2026-12-31", outcome: outcome))
                let taken = TestLedger(
                    files: manyTasks.files + [SourceFile(path: plan.path, bytes: Array(plan.text.utf8))])
                let errors = taken.check().diagnostics.filter { $0.severity == .error }.map(rendered)
                #expect(errors == [], "\(task.id)\n\(plan.text)")
            }
        }
    }

    /// Without settings in the question, the task is about a general model of the vocabulary.
    @Test func aRunOnAGeneralModelNamesIt() throws {
        let merge = bareLedger(finding("half", dimsClaim("[0.45, 0.55]"))).merge()
        let task = try #require(merge.tasks(today: "2026-01-01").first { $0.kind == .needsGeneralRun })
        #expect(task.phrase == "measure it on r1: so far there are only toy results")
        let planned = task.planned(in: merge, by: "A <a@example.org>", today: "2026-01-01", until: "2026-02-01")
        #expect(planned?.text.contains("tested: {model: r1, ") ?? false)
    }
}
