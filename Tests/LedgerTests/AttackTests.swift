import Testing

@testable import Merging
@testable import Records
@testable import Reports
@testable import Words

private func dims(_ value: String, _ density: String, _ more: String = "") -> String {
    "  - {quantity: dims, value: \(value), tested: {model: toy, density: \(density)}\(more)}"
}

private func accuracy(_ value: String, _ more: String = "", model: String = "r1", task: String = "maze") -> String {
    "  - {quantity: accuracy, value: \(value), tested: {model: \(model), task: \(task), layer: 4}\(more)}"
}

/// Returns the base ledger without its findings, combined with the given text.
private func ledger(_ text: String) -> TestLedger {
    var ledger = baseLedger
    ledger.files.removeAll { $0.path.hasPrefix("Findings/") }
    return ledger + TestLedger(text)
}

/// Returns the status of each claim with its reason, sorted.
private func statuses(_ merge: Merge) -> [String] {
    merge.members.sorted { $0.id < $1.id }.map { member in
        let status = merge.attackOutcome.status(of: member).rawValue
        return "\(member.id) \(status)" + (merge.attackOutcome.reason(of: member).map { ": \($0)" } ?? "")
    }
}

private let everywhere = ", holds_for: {model: [toy]}"

@Suite struct AttackTests {
    // MARK: Conflicts

    /// With 60 claims, the attacks are listed; with 70, they are computed on demand.
    @Test(arguments: [(60, 1_770), (70, 2_415)]) func claimsInMutualConflictAreUndecided(count: Int, pairs: Int) {
        let merge = TestLedger(RandomTree.vocabulary + disjointClaims(count)).merge()
        let found = merge.disagreement(on: "q")
        #expect(found?.conflictCount == pairs && found?.nearMissCount == 0)
        #expect(found?.pairs.count == min(pairs, QuantitySummary.pairLimit))
        let statuses = statuses(merge)
        #expect(statuses.count == count)
        #expect(statuses.allSatisfy { $0.contains(" undecided: attacked by d") && $0.hasSuffix(" and others") })
        #expect(merge.answers()["every/low"]?.status == .contested)
    }

    @Test(arguments: [60, 70]) func verifiedClaimsDefeatReportedOnesAtSharedCells(count: Int) throws {
        let others = (0..<count).map { number in
            finding(
                "r\(number)",
                dims("[\(0.6 + Double(number) / 100), \(0.605 + Double(number) / 100)]", "0.9", everywhere))
        }.joined()
        var ledger = ledger(finding("run", dims("[0.45, 0.55]", "0.3")) + others)
        try ledger.addIndependentRuns(of: "run", Array(repeating: 0.5, count: 8))
        let statuses = statuses(ledger.merge())
        #expect(statuses.count == count + 1)
        // With listed attacks, each cell is labelled separately; the reported claims still attack each other at other
        // cells.
        let lost = count == 60 ? "; out at density 0.3: defeated by run#1 (re-run)" : " out: defeated by run#1 (re-run)"
        #expect(statuses.filter { !$0.hasSuffix(lost) } == ["run#1 in"])
    }

    /// If a verified claim was not run in some settings, it counts there only as reported. The other claims then attack
    /// it.
    @Test(arguments: [60, 70]) func aClaimVerifiedElsewhereDoesNotWin(count: Int) throws {
        let others = (0..<count).map { number in
            finding("r\(number)", dims("[\(0.6 + Double(number) / 100), \(0.605 + Double(number) / 100)]", "0.9"))
        }.joined()
        var ledger = ledger(finding("run", dims("[0.45, 0.55]", "0.3", everywhere)) + others)
        try ledger.addIndependentRuns(of: "run", Array(repeating: 0.5, count: 8))
        let statuses = statuses(ledger.merge())
        let cells =
            count == 60
            ? "in at density 0.05 and 0.3; undecided at density 0.9" : "in at density 0.3; undecided elsewhere"
        #expect(statuses.last?.hasPrefix("run#1 in: \(cells): attacked by r0#1, r1#1, ") == true)
        #expect(statuses.dropLast().allSatisfy { $0.contains(" undecided: attacked by ") })
    }

    @Test func claimsThatAreOutStayListed() throws {
        var ledger = ledger(
            finding("run", dims("[0.45, 0.55]", "0.3")) + finding("unverified", dims("[1.5, 1.6]", "0.9", everywhere)))
        try ledger.addIndependentRuns(of: "run", Array(repeating: 0.5, count: 8))
        let merge = ledger.merge()
        #expect(
            outline(merge.answers()["toy"]) == """
                depends (1 of 2 claims re-run; toys only; 2 of 2 cells)
                verified supported, general open, special depends
                because: on density: yes by run#1 (re-run), no by unverified#1 (reported)
                run#1 pro
                unverified#1 con
                assuming [[]]
                """)
        #expect(
            MergeReport(merge).written().contains(
                "- unverified#1  reported, toy\n        in at density 0.05 and 0.9; out at density 0.3: defeated by run#1\n          (re-run)\n"
            ))
        #expect(outline(merge.disagreement(on: "dims")).contains("narrowed: unverified#1 to density 0.05 and 0.9"))
    }

    @Test func narrowedClaimsAvoidAllAttackers() {
        let merge = ledger(
            finding("wide", accuracy("[0.8, 0.9]", ", holds_for: {model: [r1]}", task: "[maze, countdown]"))
                + finding("maze", accuracy("[0.1, 0.2]", task: "maze"))
                + finding("cd3b", accuracy("[0.1, 0.2]", model: "cd3b"))
        ).merge()
        let narrowings = merge.disagreement(on: "accuracy")?.narrowings ?? []
        #expect(narrowings.map { "\($0.claim) \($0.attackers) \($0.condition) \($0.holdsFor)" }.count == 1)
        #expect(narrowings.first?.holdsFor["task"] == ["countdown"])
        #expect(narrowings.first?.attackers.map(\.description) == ["maze#1"])
    }

    // MARK: Refuted claims

    @Test func theComplementOfARefutedClaimDefeatsClaimsWithinTheRange() throws {
        var ledger = ledger(
            finding("refuted", dims("[0.4, 0.6]", "0.3")) + finding("within", dims("[0.45, 0.5]", "0.9", everywhere))
                + finding("elsewhere", dims("[0.45, 0.5]", "0.9"))
                + finding("partly", dims("[0.5, 0.7]", "0.9", everywhere)))
        try ledger.addIndependentRuns(of: "refuted", Array(repeating: 1, count: 8))
        #expect(
            statuses(ledger.merge()) == [
                "elsewhere#1 in", "partly#1 in", "refuted#1 out: refuted by its runs",
                "within#1 in: in at density 0.05 and 0.9; out at density 0.3: defeated by the runs of refuted#1",
            ])
    }

    // MARK: Caveats

    private func caveat(_ target: String, shownBy: String?) -> String {
        "caveats:\n  - text: But.\n    against: {claim: \(target)}\n" + (shownBy.map { "    shown_by: \($0)\n" } ?? "")
    }

    @Test(arguments: [
        // A caveat attacks only if it was tested.
        (nil, "", "target#1 in"),
        // The claim that shows the caveat is on the same quantity.
        ("other#1", accuracy("[0.1, 0.9]"), "target#1 out: defeated by other#1"),
        // The claim that shows the caveat is on another quantity, and the two claims share no toy model.
        ("other#1", dims("[0.1, 0.9]", "0.3"), "target#1 in"),
        // A planned finding does not count as evidence.
        ("other#1", "PLANNED" + accuracy("[0.1, 0.9]"), "target#1 in"),
    ]) func onlyTestedCaveatsAttack(shownBy: String?, other: String, expected: String) {
        let isPlanned = other.hasPrefix("PLANNED")
        let otherText =
            other.isEmpty
            ? ""
            : finding(
                "other", other.replacing("PLANNED", with: ""), isPlanned ? "status: planned\nuntil: 2027" : "")
        let merge = ledger(
            finding("target", accuracy("[0.2, 0.3]"), caveat("target#1", shownBy: shownBy)) + otherText
        ).merge()
        #expect(statuses(merge).contains(expected))
    }

    @Test func caveatAttacksAcrossQuantitiesOfOneToyModel() throws {
        let energy = """
            --- Claims/vocabulary/quantities/energy.yaml
            title: Energy
            definition: Of the same toy.
            range: [0, 1]
            conditions: [model]

            """
        let text =
            energy + finding("half", dims("[0.45, 0.55]", "0.3"))
            + finding(
                "energy", "  - {quantity: energy, value: [0, 1], tested: {model: toy}}",
                caveat("half#1", shownBy: "energy#1"))
        #expect(statuses(ledger(text).merge()) == ["energy#1 in", "half#1 out: defeated by energy#1"])
        // If the claim that shows a caveat is defeated, the caveat no longer attacks.
        let defeated =
            text
            + finding(
                "more", "  - {quantity: energy, value: [0, 1], tested: {model: toy}}",
                caveat("energy#1", shownBy: "more#1"))
        #expect(
            statuses(ledger(defeated).merge()) == ["energy#1 out: defeated by more#1", "half#1 in", "more#1 in"])
    }

    // MARK: Assumptions

    /// Returns a ledger with an assumption that `skill/order` tests. The answer to this question is yes if models
    /// search depth first.
    private func tested(_ label: String) -> TestLedger {
        ledger(
            """
            --- Claims/vocabulary/assumptions/searches.yaml
            statement: It searches.
            tested_by: skill/order

            """ + finding("rests", accuracy("[0.7, 0.8]", ", assumes: [searches, probe-is-faithful]"))
                + finding("order", "  - {quantity: order, value: {any_of: [\(label)]}, tested: {model: r1}}"))
    }

    @Test func aRefutedAssumptionDefeatsItsClaims() {
        let merge = tested("bfs").merge()
        #expect(statuses(merge) == ["order#1 in", "rests#1 out: rests on searches, which failed"])
        #expect(merge.answers()["skill/countdown"]?.status == .open)
        #expect(merge.attackOutcome.failedAssumptions == ["searches"])
    }

    @Test func aSupportedAssumptionIsDropped() {
        let merge = tested("dfs").merge()
        #expect(statuses(merge) == ["order#1 in", "rests#1 in"])
        #expect(merge.answers()["skill/countdown"]?.assumptions.sets == [["probe-is-faithful"]])
    }

    @Test func anAssumptionWithAContestedQuestionHolds() {
        let other = finding("other", "  - {quantity: order, value: {any_of: [bfs]}, tested: {model: r1}}")
        let merge = (tested("dfs") + TestLedger(other)).merge()
        #expect(statuses(merge).contains("rests#1 in"))
        #expect(merge.answers()["skill/countdown"]?.assumptions.sets == [["probe-is-faithful", "searches"]])
    }

    /// Defines two assumptions. In the tests below, a claim that tests one of them rests on the other.
    private let text = """
        --- Claims/vocabulary/assumptions/one.yaml
        statement: One.
        tested_by: skill/order
        --- Claims/vocabulary/assumptions/two.yaml
        statement: Two.
        tested_by: skill/countdown

        """

    /// Each claim rests on one assumption and would refute the assumption of the other claim.
    @Test func assumptionsThatDependOnEachOtherHold() {
        let merge = ledger(
            text + finding("low", accuracy("[0.1, 0.2]", ", assumes: [one]"))
                + finding("bfs", "  - {quantity: order, value: {any_of: [bfs]}, tested: {model: r1}, assumes: [two]}")
        ).merge()
        #expect(statuses(merge) == ["bfs#1 in", "low#1 in"])
        #expect(merge.attackOutcome.failedAssumptions == [])
        // Adds a claim that has no assumptions and is on the same side as the first claim.
        let more = finding("low-too", accuracy("[0.1, 0.2]"))
        let decided =
            (ledger(text + more)
            + TestLedger(
                finding("low", accuracy("[0.1, 0.2]", ", assumes: [one]"))
                    + finding(
                        "bfs", "  - {quantity: order, value: {any_of: [bfs]}, tested: {model: r1}, assumes: [two]}")))
            .merge()
        #expect(decided.attackOutcome.failedAssumptions == [])
    }

    @Test func refutedAssumptionsPropagate() {
        // The finding on the order of search refutes `one`, so `low#1` is *out* and cannot refute `two`.
        let merge = ledger(
            text + finding("low", accuracy("[0.1, 0.2]", ", assumes: [one]"))
                + finding("bfs", "  - {quantity: order, value: {any_of: [bfs]}, tested: {model: r1}}")
                + finding("half", dims("[0.45, 0.55]", "0.3", ", assumes: [two]"))
        ).merge()
        #expect(merge.attackOutcome.failedAssumptions == ["one"])
        #expect(
            statuses(merge) == ["bfs#1 in", "half#1 in", "low#1 out: rests on one, which failed"])
    }

    /// Two claims rest on the same assumptions. Runs verified both claims, although they cannot both be true.
    @Test func assumptionSetsExcludeInconsistentAssumptions() throws {
        var ledger = ledger(
            """
            --- Claims/question.yaml
            question: How does R1 reason?
            why: It is the north star.
            needs: all
            --- Claims/skill/question.yaml
            question: What can the models do?
            why: Skill is what reasoning is for.
            needs: all
            --- Claims/vocabulary/assumptions/x.yaml
            statement: X.
            --- Claims/vocabulary/assumptions/y.yaml
            statement: Y.

            """ + finding("low", dims("[0.45, 0.55]", "0.3", ", holds_for: {model: [toy]}, assumes: [x]"))
                + finding("high", dims("[1.45, 1.55]", "0.9", ", holds_for: {model: [toy]}, assumes: [x]"))
                + finding("skill", accuracy("[0.7, 0.8]", ", assumes: [x]"))
                + finding("order", "  - {quantity: order, value: {any_of: [dfs]}, tested: {model: r1}, assumes: [y]}"))
        try ledger.addIndependentRuns(of: "low", Array(repeating: 0.5, count: 8))
        try ledger.addIndependentRuns(of: "high", Array(repeating: 1.5, count: 8))
        let merge = ledger.merge()
        #expect(merge.inconsistentAssumptions == [["x"]])
        let answers = merge.answers()
        #expect(answers["skill"]?.status == .supported)
        #expect(answers["skill/order"]?.assumptions.sets == [["y"]])
        #expect(answers["skill/countdown"]?.assumptions.sets == [])
        #expect(answers["skill"]?.assumptions.sets == [])
    }
}
