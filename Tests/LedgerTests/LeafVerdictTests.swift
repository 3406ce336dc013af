import Testing

@testable import Merging
@testable import Records
@testable import Reports
@testable import Words

private let (pro, con) = ("[0.46, 0.5]", "[1.5, 1.6]")

/// Returns the first line of the answer's outline and its reason.
private func answer(_ question: String, _ ledger: TestLedger) -> String {
    let lines = outline(ledger.merge().answers()[question]).split(separator: "\n")
    return lines.filter { $0.hasPrefix("because: ") || $0 == lines[0] || $0.hasPrefix("verified") }
        .joined(separator: "\n")
}

/// Tests what an answer counts, and attempts to change it without evidence. The ledgers have claims of all ranks.
@Suite struct LeafVerdictTests {
    /// Returns a ledger in which `strong` is controlled, `middle` is re-run and `weak` is reported, all for yes.
    private func ranked(_ text: String) throws -> TestLedger {
        var ledger = bareLedger(
            finding("strong", dimsClaim(pro)) + finding("middle", dimsClaim(pro, "0.9"))
                + finding("weak", dimsClaim(pro, "0.05"))
                + text)
        try ledger.addIndependentRuns(of: "strong", Array(repeating: 0.48, count: 8))
        try ledger.addIndependentRuns(of: "strong", Array(repeating: 1.9, count: 8), isControl: true)
        try ledger.addIndependentRuns(of: "middle", Array(repeating: 0.48, count: 8))
        return ledger
    }

    @Test func rankedClaimsHaveAllRanks() throws {
        let merge = try ranked("").merge()
        #expect(Set(merge.members.map { $0.evidence.evidence.rank }) == [0, 1, 2])
        #expect(merge.answers()["toy"]?.status == .supported)
    }

    // MARK: Kinds of models

    /// Claims on special-purpose models do not answer a question about general models, and the reverse.
    @Test(arguments: [("asks: general", "open"), ("asks: special", "supported"), ("", "supported")])
    func theHeadlineFollowsWhatTheQuestionAsks(asks: String, status: String) {
        let question = """
            --- Claims/skill/countdown/question.yaml
            question: Do trained models solve most countdown tasks?
            why: Skill.
            quantity: accuracy
            yes: {above: 0.5}
            \(asks)

            """
        let found = answer(
            "skill/countdown", bareLedger(question + finding("small", accuracyClaim("[0.6, 0.8]", model: "cd3b"))))
        #expect(found.hasPrefix("\(status) ("))
        #expect(found.hasSuffix("\nverified open, general open, special supported"))
    }

    /// What a question asks is inherited. Parts that ask only about the other kind of models do not count.
    @Test func innerQuestionsCombineTheAnswersForEachKind() {
        let tree = """
            --- Claims/skill/question.yaml
            question: What can the models do?
            why: Skill.
            needs: all
            asks: general
            --- Claims/skill/order/question.yaml
            question: Do they search depth first?
            why: Order.
            quantity: order
            yes: {any_of: [dfs]}
            asks: special

            """
        let merge = bareLedger(tree + finding("general", accuracyClaim("[0.6, 0.8]"))).merge()
        #expect(merge.answers()["skill/countdown"]?.asks == .general)
        #expect(merge.answers()["skill"]?.status == .supported)
        #expect(merge.answers()["skill"]?.special == .open)
        let both = bareLedger(tree + finding("special", accuracyClaim("[0.6, 0.8]", model: "cd3b"))).merge()
        #expect(both.answers()["skill"]?.status == .open)
        #expect(MergeReport(both).written().contains("    special-purpose models: supported\n"))
    }

    // MARK: Settings that are not recorded

    /// A claim whose settings are not recorded attacks nothing and counts only if no other claim takes a side.
    @Test func unknownSettingsAttackNothing() throws {
        let text = finding("post", dimsClaim(con, "unknown"))
        let merge = try ranked(text).merge()
        #expect(merge.answers()["toy"]?.status == .supported)
        #expect(merge.members.allSatisfy { merge.attackOutcome.status(of: $0) == .in })
        #expect(
            MergeReport(merge).written().contains(
                "- post#1  reported, toy\n        not counted: its settings are not recorded; ask the author\n"))
        #expect(
            answer("toy", bareLedger(text)) == """
                refuted (settings not recorded; reported only; toys only; 0 of 2 cells)
                verified open, general open, special refuted
                """)
        #expect(answer("toy", bareLedger(text + finding("too", dimsClaim(pro, "unknown")))).hasPrefix("contested ("))
    }

    @Test func aClaimWithoutAModelAnswersForNoKind() {
        let found = answer(
            "skill/countdown", bareLedger(finding("post", accuracyClaim("[0.6, 0.8]", model: "unknown"))))
        #expect(
            found == """
                supported (settings not recorded; reported only; no general model)
                verified open, general open, special open
                """)
    }

    // MARK: Dependence

    @Test func theAnswerDependsOnWhatSeparatesTheSides() {
        let text =
            finding("early", accuracyClaim("[0.1, 0.2]", layer: "1"))
            + finding("late", accuracyClaim("[0.8, 0.9]", layer: "5"))
        #expect(
            answer("skill/countdown", bareLedger(text)).hasSuffix(
                "because: on layer: yes by late#1 (reported), no by early#1 (reported)"))
        #expect(answer("skill/countdown", bareLedger(text)).hasPrefix("depends ("))
        // If nothing recorded differs between two sides without a shared cell, nothing explains the difference.
        let alike = finding("other", accuracyClaim("[0.1, 0.2]", layer: "5", ", holds_for: {layer: [5], task: [maze]}"))
        #expect(answer("skill/countdown", bareLedger(text + alike)).hasPrefix("contested ("))
    }

    /// An answer does not depend on a condition while a claim is undecided.
    @Test func undecidedClaimsContestTheAnswer() {
        let text =
            finding("early", accuracyClaim("[0.1, 0.2]", layer: "1"))
            + finding("late", accuracyClaim("[0.8, 0.9]", layer: "5"))
            + finding("later", accuracyClaim("[0.1, 0.2]", layer: "5"))
        #expect(answer("skill/countdown", bareLedger(text)).hasPrefix("contested ("))
    }

    /// `conflicts` and `merge` agree that conditions with another value for each finding explain nothing.
    @Test func conditionsThatOnlyIdentifyFindingsAreNamedSo() {
        let ledger = bareLedger(
            finding("early", accuracyClaim("[0.1, 0.2]", layer: "1"))
                + finding("middle", accuracyClaim("[0.8, 0.9]", layer: "3"))
                + finding("late", accuracyClaim("[0.1, 0.2]", layer: "5")))
        #expect(
            answer("skill/countdown", ledger).hasSuffix(
                "because: on layer, which only identifies the findings: yes by middle#1 (reported), no by early#1 and late#1 (reported)"
            ))
        let text = ConflictReport(ledger.merge()).written().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("No condition explains it: only settings that differ in every finding (layer) separate"))
        // A threshold groups the findings, so it explains their difference.
        let late = finding("late", accuracyClaim("[0.8, 0.9]", layer: "5"))
        let grouped = bareLedger(
            finding("early", accuracyClaim("[0.1, 0.2]", layer: "1"))
                + finding("middle", accuracyClaim("[0.8, 0.9]", layer: "3")) + late)
        #expect(answer("skill/countdown", grouped).contains("because: on layer (up to 1 against from 3): yes by"))
    }

    /// Two claims for yes that contradict each other leave the answer yes and the value in dispute.
    @Test func contradictingClaimsForYesDisputeTheValueOnly() {
        let low = finding("low", accuracyClaim("[0.6, 0.65]", ", assumes: [probe-is-faithful]"))
        let merge = bareLedger(low + finding("high", accuracyClaim("[0.8, 0.9]"))).merge()
        let found = merge.answers()["skill/countdown"]
        #expect(outline(found).hasPrefix("supported, value in dispute ("))
        #expect(found?.reason == "value in dispute: high#1 and low#1")
        #expect(found?.assumptions.sets == [[]])
        // One of these claims says neither yes nor no, so the answer may be no.
        let both = bareLedger(
            finding("low", accuracyClaim("[0.4, 0.65]")) + finding("high", accuracyClaim("[0.8, 0.9]")))
        #expect(answer("skill/countdown", both).hasPrefix("contested ("))
    }

    // MARK: Attempts to change an answer without evidence

    /// An attack at one cell has no effect at other cells.
    @Test func aReportedClaimAtAnUntestedCellLeavesTheTestedOnesAlone() throws {
        let merge = try ranked(finding("forum", dimsClaim(con, "0.05", ", holds_for: {model: [toy]}"))).merge()
        func parts(_ slug: String) -> [String] {
            merge.members.filter { $0.id.slug == slug }.flatMap { merge.attackOutcome.parts(of: $0) }
                .map { "\($0.status) \($0.boxes.map { $0.values(of: "density") ?? [] })" }
        }
        #expect(parts("strong") == [] && parts("middle") == [])
        #expect(parts("forum") == ["undecided [[\"0.05\"]]", "out [[\"0.9\"]]", "out [[\"0.3\"]]"])
        #expect(merge.answers()["toy"]?.status == .supported)
    }

    @Test func aWitnessTakesNoSide() throws {
        let merge = try ranked(finding("once", dimsClaim(con, "0.3", ", kind: witness"))).merge()
        #expect(merge.answers()["toy"]?.status == .supported)
        #expect(
            MergeReport(merge).written().contains(". once#1  open after 0 of 8, toy\n        a witness takes no side\n")
        )
    }

    /// A finding of a stranger that claims to supersede stronger evidence changes nothing.
    @Test(arguments: [
        ("", "half does not name it in superseded_by"),
        ("superseded_by: [newer]", "its claims on dims take no side"),
    ])
    func weakerEvidenceDoesNotSupersede(accepted: String, obstacle: String) throws {
        var ledger = bareLedger(
            finding("half", dimsClaim(pro), accepted) + finding("newer", dimsClaim(con), "supersedes: [half]"))
        try ledger.addIndependentRuns(of: "half", Array(repeating: 0.48, count: 8))
        try ledger.addIndependentRuns(of: "half", Array(repeating: 1.9, count: 8), isControl: true)
        let merge = ledger.merge()
        #expect(merge.answers()["toy"]?.status == .supported)
        #expect(merge.supersessions.map { $0.obstacle?.hasPrefix(obstacle) } == [true])
        #expect(
            ConflictReport(merge).written().contains("newer claims to supersede half#1, which stays: reversed;"))
    }

    @Test func anAcceptedSuccessorOfTheSameLevelSupersedes() {
        let merge = bareLedger(
            finding("half", dimsClaim(pro), "superseded_by: [newer]")
                + finding("newer", dimsClaim(con), "supersedes: [half]")
        ).merge()
        #expect(merge.answers()["toy"]?.status == .refuted)
        #expect(merge.successor(of: ClaimID(slug: "half", number: 1, isOnly: true)) == "newer")
        // A claim on which the newer finding says nothing stays.
        let partly = bareLedger(
            finding("half", dimsClaim(pro), "superseded_by: [newer]")
                + finding("newer", accuracyClaim("[0.6, 0.8]"), "supersedes: [half]")
        ).merge()
        #expect(partly.answers()["toy"]?.status == .supported)
        #expect(partly.supersessions.map(\.obstacle) == ["it has no claim on dims"])
    }

    /// A claim that runs refuted stays listed, although a retracted claim has no part in the answers.
    @Test func aRetractedClaimStaysListedAsRefuted() throws {
        var ledger = bareLedger(finding("wrong", dimsClaim(con), "retracted: It was wrong."))
        try ledger.addIndependentRuns(of: "wrong", Array(repeating: 0.48, count: 8))
        let merge = ledger.merge()
        #expect(merge.answers()["toy"]?.status == .open)
        #expect(
            MergeReport(merge).written().contains("Refuted claims that were retracted or superseded\n  wrong#1\n"))
    }

    // MARK: Undercuts

    private func undercut(_ slug: String, _ claim: String, _ settings: String = "") -> String {
        finding(
            slug, claim,
            "caveats:\n  - {text: Not so., against: {assumption: probe-is-faithful\(settings)}, shown_by: \(slug)}")
    }

    @Test func anUndercutDoubtsWithoutChangingAnAnswer() throws {
        let rests = finding("rests", accuracyClaim("[0.6, 0.8]", ", assumes: [probe-is-faithful]"))
        let merge = bareLedger(rests + undercut("doubt", dimsClaim(pro))).merge()
        #expect(merge.answers()["skill/countdown"]?.status == .supported)
        let text = MergeReport(merge).written()
        #expect(text.contains("but assumption probe-is-faithful is doubted by doubt#1"))
        let shown = RecordView("probe-is-faithful", in: merge)?.written() ?? ""
        #expect(
            shown.contains("Not so. (doubt, shown by doubt#1, reported: it doubts claims, and defeats\n      none)"))
        // The caveat concerns only claims within its settings.
        let elsewhere = bareLedger(rests + undercut("doubt", dimsClaim(pro), ", where: {model: [cd3b]}")).merge()
        #expect(!MergeReport(elsewhere).written().contains("doubted"))
    }

    @Test func aReRunUndercutDefeatsClaimsOfNoHigherRank() throws {
        var ledger = bareLedger(
            finding("rests", accuracyClaim("[0.6, 0.8]", ", assumes: [probe-is-faithful]"))
                + finding("controlled", dimsClaim(pro, "0.3", ", assumes: [probe-is-faithful]"))
                + undercut("doubt", dimsClaim("[0, 2]", "0.9")))
        try ledger.addIndependentRuns(of: "doubt", Array(repeating: 0.48, count: 8))
        try ledger.addIndependentRuns(of: "controlled", Array(repeating: 0.48, count: 8))
        try ledger.addIndependentRuns(of: "controlled", Array(repeating: 1.9, count: 8), isControl: true)
        let merge = ledger.merge()
        #expect(merge.answers()["skill/countdown"]?.status == .open)
        #expect(merge.answers()["toy"]?.status == .supported)
        let text = MergeReport(merge).written()
        #expect(text.contains("out: defeated by doubt#1 (re-run)"))
        #expect(text.contains("assumption probe-is-faithful is doubted by doubt#1"))
    }
}
