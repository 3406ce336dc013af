import Records
import Reports
import Testing
import Words

/// Tests the complete output of `diff` for two small ledgers.
@Suite struct LedgerDiffTests {
    /// Returns the text of a diff in which files are identified by the digest of their content.
    private func diff(_ before: TestLedger, _ after: TestLedger) -> String {
        func contents(_ ledger: TestLedger) -> [String: String] {
            Dictionary(ledger.files.map { ($0.path, sha256($0.bytes)) }, uniquingKeysWith: { _, last in last })
        }
        let (old, new) = (contents(before), contents(after))
        let changes = Set(old.keys).union(new.keys).map {
            FileChange(path: $0, before: old[$0], after: new[$0])
        }
        let diff = LedgerDiff(from: before.merge(), to: after.merge(), changes: changes)
        return diff.written().replacing("\n\n", with: "\n", maxReplacements: 1)
    }

    private func without(_ paths: String..., from ledger: TestLedger = baseLedger) -> TestLedger {
        TestLedger(files: ledger.files.filter { !paths.contains($0.path) }, offered: ledger.offered)
    }

    private let whole = TestLedger(
        finding(
            "whole",
            """
              - quantity: dims
                value: [0.9, 1.1]
                tested: {model: toy, density: 0.3}
            """))

    @Test func writesThatNothingChanges() {
        #expect(diff(baseLedger, baseLedger) == "No record file differs.\n  nothing in the merged tree changes\n")
    }

    @Test func findingThatDisagrees() {
        #expect(
            diff(baseLedger, baseLedger + whole)
                == """
                1 finding changed.
                Questions
                  ~ .
                    was open (reported only; no general model; 1 of 2 cells)
                    now contested (reported only; no general model; 1 of 2 cells), contested
                      parts: toy
                    by new finding whole
                  ~ toy
                    was supported (reported only; toys only; 1 of 2 cells)
                    now contested (reported only; toys only; 1 of 2 cells), conflict, not all
                      explained
                    no longer: bridge toy-is-r1 untested (1 toy claim for yes)
                    by new finding whole

                Claims
                  ~ half#1
                    pro at toy -> pro, undecided at toy
                    by new finding whole
                  + whole#1
                    says dims is 0.9 to 1.1; reported
                    con, undecided at toy
                    by new finding whole

                Disagreements
                  + conflict on dims begins
                    half#1 and whole#1; nothing recorded differs
                    by new finding whole

                """)
    }

    /// Neither changed prose nor a finding on another quantity is listed as a cause.
    @Test func onlyRelatedFilesAreCauses() throws {
        var before = baseLedger
        try before.addRuns(of: "half", Array(repeating: 0.5, count: 4))
        var after = baseLedger
        try after.addRuns(of: "half", Array(repeating: 0.5, count: 8))
        after =
            TestLedger(
                files: after.files.map { file in
                    var file = file
                    let text = String(decoding: file.bytes, as: UTF8.self)
                    file.bytes = Array(text.replacing("Half a dimension each", with: "Half of one each").utf8)
                    return file
                }) + whole
        let moved = TestLedger(files: (after.files.filter { $0.path != "Findings/whole.yaml" }), offered: [])
        #expect(
            diff(before, moved) == """
                1 finding and 2 receipts changed.
                Questions
                  ~ .
                    was open (reported only; no general model; 1 of 2 cells)
                    now open (1 of 2 claims with own runs; no general model; 1 of 2 cells)
                    by 1 gone receipt of toy; 1 new receipt of toy
                  ~ toy
                    was supported (reported only; toys only; 1 of 2 cells)
                    now supported (own runs; toys only; 1 of 2 cells)
                    claims with runs alone: open -> supported
                    by 1 gone receipt of toy; 1 new receipt of toy

                Claims
                  ~ half#1
                    open -> own run
                    by 1 gone receipt of toy; 1 new receipt of toy

                """)
    }

    @Test func listsAMovedQuestionWithItsPartsOnce() {
        let moved = TestLedger(
            files: baseLedger.files.map { file in
                var file = file
                if file.path.hasPrefix("Claims/skill/") {
                    file.path = "Claims/ability/" + file.path.dropFirst("Claims/skill/".count)
                }
                return file
            })
        #expect(
            diff(moved, baseLedger) == """
                3 questions changed.
                Questions
                  > skill
                    moved from ability, with 2 questions below it
                  ~ toy
                    now: bridge toy-is-r1 untested (1 toy claim for yes)
                    by moved questions skill, skill/countdown and skill/order

                """)
    }

    @Test func listsSupersededAndRemovedClaims() {
        let newer = TestLedger(
            finding(
                "newer",
                """
                  - quantity: accuracy
                    value: [0.1, 0.2]
                    tested: {model: cd3b, task: countdown, layer: 4}
                """, "supersedes: [solved]"))
        var accepted = baseLedger
        for place in accepted.files.indices where accepted.files[place].path == "Findings/solved.yaml" {
            accepted.files[place].bytes += Array("superseded_by: [newer]\n".utf8)
        }
        let found = diff(baseLedger, accepted + newer)
        let expected = [
            "+ newer#1\n    says accuracy is 0.1 to 0.2; reported\n    con at skill/countdown\n",
            "- solved#1\n    superseded by newer; it said accuracy is 0.7 to 0.9\n",
            "+ solved#1 is superseded by newer\n",
        ]
        for text in expected { #expect(found.contains(text)) }
        // Without the consent of its contributors, the older finding stays.
        #expect(
            diff(baseLedger, baseLedger + newer).contains(
                "+ solved#1 stays beside the finding that claims to supersede it, newer\n"))
        #expect(
            diff(baseLedger, without("Findings/solved.yaml")).hasSuffix(
                """
                Claims
                  - solved#1
                    it said accuracy is 0.7 to 0.9
                    by gone finding solved

                """))
    }

    /// A model that becomes general changes the answers of its claims' questions, beside other changes too.
    @Test func changedModelIsACauseAndAChangeOfMeaning() {
        let general = TestLedger(
            """
            --- Claims/vocabulary/conditions/model/cd3b.yaml
            title: Qwen2.5-3B trained on countdown
            general: true
            family: qwen2.5
            size: 3B
            """)
        let more = finding(
            "more",
            """
              - quantity: accuracy
                value: [0.7, 0.9]
                tested: {model: cd3b, task: countdown, layer: 4}
            """)
        let text = diff(baseLedger, baseLedger + general + TestLedger(more))
        #expect(
            text == """
                1 condition value and 1 finding changed.
                Questions
                  ~ .
                    was open (reported only; no general model; 1 of 2 cells)
                    now open (reported only; 2 of 3 on general models; 1 of 2 cells)
                    by new finding more; changed condition value cd3b of model
                  ~ skill
                    was open (reported only; no general model)
                    now open (reported only; general models)
                    by new finding more; changed condition value cd3b of model
                  ~ skill/countdown
                    was supported (reported only; no general model)
                    now supported (reported only; general models)
                    general models: open -> supported
                    special-purpose models: supported -> open
                    by new finding more; changed condition value cd3b of model

                Claims
                  + more#1
                    says accuracy is 0.7 to 0.9; reported
                    pro at skill/countdown
                    by new finding more

                Basis
                  ~ condition value model/cd3b
                    its "general" is true instead of false

                """)
    }

    @Test func vocabularyIsTheCauseOfLastResort() {
        func claim(_ value: String, _ assumption: String) -> String {
            """
              - quantity: accuracy
                value: \(value)
                tested: {model: r1, task: maze, layer: 4}
                assumes: [\(assumption)]
            """
        }
        let rivals =
            baseLedger
            + TestLedger(
                """
                --- Claims/vocabulary/assumptions/probe-is-noise.yaml
                statement: A linear probe reads noise.

                """ + finding("high", claim("[0.8, 0.9]", "probe-is-faithful"))
                    + finding("low", claim("[0.1, 0.2]", "probe-is-noise")))
        let exclusion = TestLedger(
            """
            --- Claims/vocabulary/assumptions/probe-is-noise.yaml
            statement: A linear probe reads noise.
            excludes: [probe-is-faithful]
            """)
        #expect(
            diff(rivals, rivals + exclusion).contains(
                """
                  ~ high#1
                    pro, undecided at skill/countdown -> pro at skill/countdown
                    by changed assumption probe-is-noise

                """))
    }

    /// A question inherits what it asks about, so a change of this key above it is a cause.
    @Test func aKeyThatIsInheritedIsACause() {
        func ledger(_ asks: String) -> TestLedger {
            bareLedger(
                """
                --- Claims/skill/question.yaml
                question: What can the models do?
                why: Skill.
                asks: \(asks)

                """ + finding("on-r1", accuracyClaim("[0.6, 0.8]")))
        }
        let text = diff(ledger("general"), ledger("special"))
        let leaf = text.split(separator: "  ~ skill/countdown\n").last.map(String.init) ?? ""
        #expect(leaf.contains("by changed question skill\n"), "\(text)")
    }
}
