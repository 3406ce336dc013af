import Merging
import Records
import Reports
import Testing

@Suite struct RollUpTests {
    // MARK: Tables

    static let leaves: [QuestionStatus] = [.refuted, .contested, .depends, .open, .supported]

    /// Combines the statuses: `all` takes the minimum in R < C < D < O < S, `any` the maximum in R < O < D < C < S, and
    /// `answers` the minimum in C < O < answered.
    static func reference(_ parts: [QuestionStatus], _ needs: Question.Needs) -> QuestionStatus {
        let order: [QuestionStatus] =
            switch needs {
            case .all: [.refuted, .contested, .depends, .open, .supported]
            case .any: [.supported, .contested, .depends, .open, .refuted]
            case .answers: [.contested, .open, .answered]
            }
        let answers: [QuestionStatus] = [.supported, .refuted, .depends]
        let settled = parts.map { needs == .answers && answers.contains($0) ? .answered : $0 }
        return order[settled.map { order.firstIndex(of: $0)! }.min()!]
    }

    @Test(arguments: Question.Needs.allCases) func combineFollowsTheDefinedOrders(needs: Question.Needs) {
        let values = needs == .answers ? QuestionStatus.allCases : Self.leaves
        for a in values {
            #expect(combine([a], needs) == Self.reference([a], needs))
            for b in values {
                #expect(combine([a, b], needs) == Self.reference([a, b], needs))
                for c in values { #expect(combine([a, b, c], needs) == Self.reference([a, b, c], needs)) }
            }
        }
        #expect(combine([], needs) == .open)
    }

    @Test(arguments: Question.Needs.allCases) func combineIsCommutativeAssociativeAndIdempotent(needs: Question.Needs) {
        let values = needs == .answers ? QuestionStatus.allCases : Self.leaves
        for a in values {
            #expect(combine([a, a], needs) == combine([a], needs))
            for b in values {
                #expect(combine([a, b], needs) == combine([b, a], needs))
                for c in values {
                    let grouped = combine([combine([a, b], needs), c], needs)
                    #expect(grouped == combine([a, combine([b, c], needs)], needs))
                    #expect(grouped == combine([a, b, c], needs))
                }
            }
        }
    }

    /// If the status of a part rises, the status of the whole rises or stays the same.
    @Test(arguments: Question.Needs.allCases) func combineIsMonotone(needs: Question.Needs) {
        let order: [QuestionStatus] =
            switch needs {
            case .all: [.refuted, .contested, .depends, .open, .supported]
            case .any: [.refuted, .open, .depends, .contested, .supported]
            case .answers: [.contested, .open, .answered]
            }
        func rank(_ status: QuestionStatus) -> Int { order.firstIndex(of: status)! }
        for low in order {
            for high in order where rank(low) <= rank(high) {
                for other in order {
                    #expect(rank(combine([low, other], needs)) <= rank(combine([high, other], needs)))
                }
            }
        }
    }

    // MARK: Leaves

    private func answer(_ question: String, _ text: String, without: [String] = ["half", "solved"]) -> String {
        var ledger = baseLedger
        ledger.files.removeAll { file in without.contains { file.path == "Findings/\($0).yaml" } }
        return outline((ledger + TestLedger(text)).merge().answers()[question])
    }

    private func dims(_ value: String, _ density: String = "0.3") -> String {
        "  - {quantity: dims, value: \(value), tested: {model: toy, density: \(density)}, assumes: [toy-is-r1]}"
    }

    @Test func withoutClaimsEverythingIsOpen() {
        #expect(
            answer("toy", "")
                == "open (no claims; 0 of 2 cells)\nverified open, general open, special open\nassuming []")
        #expect(
            answer(".", "") == """
                open (no claims; 0 of 2 cells)
                verified open, general open, special open
                0 of ["skill", "toy"] answered
                assuming []
                """)
    }

    @Test(arguments: [
        ("[0.46, 0.5]", "pro", "supported"), ("[0.45, 0.55]", "pro", "supported"), ("[0.5, 0.6]", "silent", "open"),
        ("[0, 2]", "silent", "open"), ("[0.6, 0.7]", "con", "refuted"), ("{above: 0.55}", "con", "refuted"),
        ("{at_least: 0.55}", "silent", "open"),
    ])
    func claimsTakeSides(value: String, side: String, status: String) {
        #expect(
            answer("toy", finding("new", dims(value))) == """
                \(status) (reported only; toys only; 1 of 2 cells)
                verified open, general open, special \(status)
                new#1 \(side)
                assuming \(status == "open" ? "[]" : "[[]]")
                """)
    }

    @Test func reportsDroppedAssumptionSets() {
        func merge(_ count: Int) -> Merge {
            let names = (0..<count).map { $0 < 10 ? "a0\($0)" : "a\($0)" }
            let assumptions = names.map { "--- Claims/vocabulary/assumptions/\($0).yaml\nstatement: \($0).\n" }
            let findings = names.map { name in
                finding(
                    "f-\(name)",
                    "  - {quantity: dims, value: [0.46, 0.5], tested: {model: toy, density: 0.3}, assumes: [\(name)]}")
            }
            let above = """
                --- Claims/group/question.yaml
                question: Is any of it so?
                why: For a start.
                needs: any
                --- Claims/group/half/question.yaml
                question: Half a dimension each?
                why: For a start.
                quantity: dims
                yes: [0.45, 0.55]

                """
            var ledger = baseLedger + TestLedger(above + (assumptions + findings).joined())
            ledger.files.removeAll { $0.path == "Findings/half.yaml" }
            return ledger.merge()
        }
        // Each assumption alone is enough to decide the answer.
        let (all, cut) = (merge(16).answers()["toy"]?.assumptions, merge(17).answers()["toy"]?.assumptions)
        #expect(all?.sets.count == 16 && all?.isCut == false)
        #expect(cut?.sets == all?.sets && cut?.isCut == true)
        #expect(merge(17).answers()["group"]?.assumptions == cut)
    }

    @Test func aClaimOutsideTheLeafDoesNotBearOnIt() {
        #expect(answer("toy", finding("new", dims("[0.46, 0.5]", "0.05"))).hasPrefix("open (no claims; 0 of 2 cells)"))
    }

    /// Claims on both sides contest the question if they share a cell. Otherwise, the answer depends on the conditions
    /// that separate the sides.
    @Test func claimsOnBothSidesMakeItContestedOrDependent() {
        #expect(
            answer("toy", finding("new", dims("[0.46, 0.5]")) + finding("too", dims("[0.6, 0.7]", "[0.3, 0.9]"))) == """
                contested (reported only; toys only; 2 of 2 cells)
                verified open, general open, special contested
                because: conflict, not all explained
                new#1 pro, undecided
                too#1 con
                assuming [[]]
                """)
        #expect(
            answer("toy", finding("new", dims("[0.46, 0.5]")) + finding("too", dims("[0.6, 0.7]", "0.9"))) == """
                depends (reported only; toys only; 2 of 2 cells)
                verified open, general open, special depends
                because: on density: yes by new#1 (reported), no by too#1 (reported)
                new#1 pro
                too#1 con
                assuming [[]]
                """)
    }

    /// The `yes` range is 0.45 to 0.55 within 0 to 2. If a range is refuted, its complement is supported.
    @Test(arguments: [
        ("[0.4, 0.6]", 1.0, "con", "refuted"), ("[0.45, 0.55]", 1.0, "con", "refuted"),
        ("[0.6, 0.7]", 1.0, "silent", "open"),
        ("[0.5, 0.6]", 1.0, "silent", "open"),
    ])
    func theComplementOfARefutedClaimIsIn(value: String, measured: Double, side: String, status: String) throws {
        var ledger = baseLedger + TestLedger(finding("new", dims(value)))
        ledger.files.removeAll { $0.path == "Findings/half.yaml" }
        try ledger.addIndependentRuns(of: "new", Array(repeating: measured, count: 8))
        #expect(
            outline(ledger.merge().answers()["toy"]) == """
                \(status) (re-run; toys only; 1 of 2 cells)
                verified \(status), general open, special \(status)
                new#1 \(side), out
                assuming \(status == "open" ? "[]" : "[[]]")
                """)
    }

    @Test func aRefutedRangeSupportsIfOnlyYesRemains() throws {
        var ledger =
            baseLedger
            + TestLedger(
                """
                --- Claims/toy/question.yaml
                question: Is it one or less?
                why: For a start.
                quantity: dims
                yes: {at_most: 1}

                """ + finding("new", dims("{above: 1}")))
        ledger.files.removeAll { $0.path == "Findings/half.yaml" }
        try ledger.addIndependentRuns(of: "new", Array(repeating: 0.2, count: 8))
        #expect(
            outline(ledger.merge().answers()["toy"]) == """
                supported (re-run; toys only)
                verified supported, general open, special supported
                new#1 pro, out
                assuming [[]]
                """)
    }

    @Test func theAnswerDependsOnSettingsThatRunsRefuted() throws {
        var ledger = baseLedger + TestLedger(finding("wide", dims("[0.4, 0.6]", "0.9")))
        try ledger.addIndependentRuns(of: "wide", Array(repeating: 1, count: 8))
        #expect(
            outline(ledger.merge().answers()["toy"]) == """
                depends (1 of 2 claims re-run; toys only; 2 of 2 cells)
                verified refuted, general open, special depends
                because: on density: yes by half#1 (reported), no by wide#1 (refuted)
                half#1 pro
                wide#1 con, out
                assuming [[]]
                """)
    }

    @Test func estimatesCanContest() {
        func estimate(_ value: String) -> String {
            "  - {quantity: accuracy, tested: {model: r1, task: maze, layer: 4}, reported: {value: \(value), se: 0.01}}"
        }
        #expect(
            answer("skill/countdown", finding("a", estimate("0.2")) + finding("b", estimate("0.8"))) == """
                contested (reported only; general models)
                verified open, general contested, special open
                because: conflict, not all explained
                a#1 con, undecided
                b#1 pro, undecided
                assuming [[]]
                """)
    }

    @Test func rollsUpVerifiedAndGeneralSeparately() throws {
        func accuracy(_ value: String, _ model: String) -> String {
            "  - {quantity: accuracy, value: \(value), tested: {model: \(model), task: maze, layer: 4}}"
        }
        #expect(
            answer(
                "skill/countdown",
                finding("general", accuracy("[0.1, 0.3]", "r1")) + finding("small", accuracy("[0.6, 0.8]", "cd3b"))
            ) == """
                depends (reported only; 1 of 2 on general models)
                verified open, general refuted, special supported
                because: on model: yes by small#1 (reported), no by general#1 (reported)
                general#1 con
                small#1 pro
                assuming [[]]
                """)
        var ledger = baseLedger
        try ledger.addRuns(of: "half", Array(repeating: 0.5, count: 8))
        #expect(
            outline(ledger.merge().answers()["toy"]) == """
                supported (own runs; toys only; 1 of 2 cells)
                verified supported, general open, special supported
                half#1 pro
                assuming [[]]
                """)
    }

    @Test(arguments: [
        ("{value: 0.8, n: 500, count: true}", "pro"), ("{value: 0.51, n: 500, count: true}", "silent"),
        ("{value: 0.3, se: 0.05}", "con"), ("{value: 0.8}", "silent"), ("{value: 0.8, interval: [0.6, 0.9]}", "pro"),
        ("{interval: [0.2, 0.3]}", "con"),
    ])
    func estimateTakesTheSideOfItsInterval(reported: String, side: String) {
        let claim = "  - {quantity: accuracy, tested: {model: r1, task: maze, layer: 4}, reported: \(reported)}"
        #expect(answer("skill/countdown", finding("new", claim)).contains("\nnew#1 \(side)\n"))
    }

    @Test func assumptionSetsAreMinimal() {
        func accuracy(_ assumes: String) -> String {
            "  - {quantity: accuracy, value: [0.6, 0.8], tested: {model: r1, task: maze, layer: 4}, assumes: \(assumes)}"
        }
        let other = "--- Claims/vocabulary/assumptions/other.yaml\nstatement: Other.\n"
        #expect(
            answer(
                "skill/countdown",
                other + finding("a", accuracy("[probe-is-faithful, other]")) + finding("b", accuracy("[other]"))
                    + finding("c", accuracy("[probe-is-faithful]"))
            ).hasSuffix("assuming [[\"other\"], [\"probe-is-faithful\"]]"))
        #expect(
            answer("skill/countdown", other + finding("a", accuracy("[other]")) + finding("b", accuracy("[]")))
                .hasSuffix("assuming [[]]"))
    }

    // MARK: The tree

    @Test func proposedAndRetiredPartsDoNotCount() {
        let tree = """
            --- Claims/skill/question.yaml
            question: What can the models do?
            why: Skill.
            needs: all
            --- Claims/skill/order/question.yaml
            question: Do they search depth first?
            why: Order.
            quantity: order
            yes: {any_of: [dfs]}
            status: STATUS
            reason: None.

            """
        func skill(_ status: String) -> String {
            answer("skill", tree.replacing("STATUS", with: status), without: []).split(separator: "\n").prefix(3)
                .joined(separator: "\n")
        }
        #expect(
            skill("active") == """
                open (reported only; no general model)
                verified open, general open, special open
                1 of ["skill/countdown", "skill/order"] answered
                """)
        let without = """
            supported (reported only; no general model)
            verified open, general open, special supported
            1 of ["skill/countdown"] answered
            """
        #expect(skill("proposed") == without)
        #expect(skill("retired") == without)
    }

    /// A question in `also_under` is listed there for reading, and the answer does not count it.
    @Test func alsoUnderOnlyListsAQuestion() {
        let text = """
            --- Claims/search/question.yaml
            question: Does it search?
            why: Search is reasoning.
            needs: any
            --- Claims/skill/countdown/question.yaml
            question: Do trained models solve most countdown tasks?
            why: Skill.
            quantity: accuracy
            yes: {above: 0.5}
            also_under: [search]

            """
        #expect(
            answer("search", text, without: [])
                == "open (no claims)\nverified open, general open, special open\nassuming []")
        let report = MergeReport((baseLedger + TestLedger(text)).merge()).written()
        #expect(report.contains("      listed here for reading: skill/countdown\n"))
    }
}
