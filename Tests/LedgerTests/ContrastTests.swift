import Merging
import Reports
import Testing

private let vocabulary = """
    --- Claims/question.yaml
    question: Which treatment is better?
    why: It matters.
    --- Claims/better/question.yaml
    question: Is surgery better?
    why: It matters.
    quantity: advantage
    yes: {above: 0}
    covers: {treatment: [surgery]}
    --- Claims/vocabulary/quantities/success.yaml
    title: Success
    definition: Share of patients without stones.
    range: [0, 1]
    share: true
    conditions: [treatment, stones]
    --- Claims/vocabulary/quantities/advantage.yaml
    title: Advantage
    definition: Success of one treatment minus that of another.
    range: [-1, 1]
    difference_of: success
    conditions: [treatment, stones]
    --- Claims/vocabulary/conditions/treatment.yaml
    title: Treatment
    values: [surgery, endoscopy]
    --- Claims/vocabulary/conditions/stones.yaml
    title: Stones
    values: [small, large]

    """

private func arm(_ treatment: String, _ reported: String, _ more: String = "", stones: String = "small") -> String {
    """
      - {quantity: success, tested: {treatment: \(treatment), stones: \(stones)}, reported: {\(reported)}\(more)}
    """
}

private func share(_ hits: Int, of n: Int) -> String { "value: \(Double(hits) / Double(n)), n: \(n), count: true" }

private func merge(_ findings: String...) -> Merge { TestLedger(vocabulary + findings.joined()).merge() }

private func contrast(_ a: String, _ b: String, _ more: String = "") -> Merge {
    merge(
        finding(
            "trial",
            [
                arm("surgery", a, ", contrast: {against: \"trial#2\"\(more)}"),
                arm("endoscopy", b),
            ].joined(separator: "\n")))
}

private func sides(_ merge: Merge) -> [String] {
    merge.answers()["better"]?.claims.map { "\($0.member.id) \($0.side)" } ?? []
}

@Suite struct ContrastTests {
    /// The limits and p-values are those in `ShareTests`; the kidney stones of Charig et al. 1986 are too few to decide.
    @Test func sharesAreComparedByNewcombeAndFisher() throws {
        let merge = contrast(share(81, of: 87), share(234, of: 270))
        #expect(sides(merge) == ["trial#1 silent"])
        // The quantity depends on no model.
        #expect(merge.answers()["better"]?.phrase == "open (reported only; 1 of 1 cells)")
        let shown = try #require(RecordView("trial#1", in: merge)).written(width: 200)
        #expect(shown.contains("0.0644 (95 %: -0.0172 to 0.123), Fisher's exact test: p 0.1266"))
        #expect(
            MergeReport(merge).written(width: 200).contains(
                "trial#1 minus trial#2: 0.0644 (95 %: -0.0172 to 0.123), Fisher's exact test: p 0.1266"))
        let json = MergeReport(merge).written("json").filter { !$0.isWhitespace }
        #expect(json.contains(#""contrast":{"fisher_p":0.12663202412620"#))
        #expect(sides(contrast(share(56, of: 70), share(48, of: 80))) == ["trial#1 pro"])
        #expect(sides(contrast(share(48, of: 80), share(56, of: 70))) == ["trial#1 con"])
    }

    /// The first interval is Welch's in `ShareTests`, in hundredths. The others follow from normal standard errors, or are
    /// those that the source states.
    @Test(arguments: [
        ("value: 0.1, sd: 0.02, n: 12", "value: 0.08, sd: 0.035, n: 9", "", "0.0200 (95 %: -0.00839 to 0.0484)"),
        ("value: 0.5, se: 0.03", "value: 0.4, se: 0.04", "", "0.100 (95 %: 0.00200 to 0.198)"),
        ("value: 0.5, se: 0.2", "value: 0.4", ", paired: true, se: 0.01", "0.100 (95 %: 0.0804 to 0.120)"),
        (
            "value: 0.5", "value: 0.4, se: 0.2", ", paired: true, interval: [0.07, 0.12]",
            "0.100 (95 %: 0.0700 to 0.120)"
        ),
        ("value: 0.5, se: 0.2", "value: 0.4, se: 0.2", ", se: 0.01", "0.100 (95 %: 0.0804 to 0.120)"),
    ])
    func otherNumbersAreCompared(_ a: String, _ b: String, _ more: String, _ expected: String) throws {
        let shown = try #require(RecordView("trial#1", in: contrast(a, b, more))).written(width: 200)
        #expect(shown.contains(expected))
    }

    /// The standard error of an arm is not that of the difference of two arms about the same items.
    @Test(arguments: [
        ("value: 0.5", "value: 0.4, se: 0.01", ""),
        ("value: 0.5, se: 0.01, selected: best", "value: 0.4, se: 0.01", ""),
        ("value: 0.5, se: 0.01", "value: 0.4, se: 0.01, bound: worst_case", ""),
        ("value: 0.5, se: 0.01", "value: 0.4, se: 0.01", ", paired: true"),
        ("value: 0.5, se: 0.01", "value: 0.4, se: 0.01", ", paired: true, interval: {at_least: 0.05}"),
    ])
    func differencesNeedAnUncertainty(_ a: String, _ b: String, _ more: String) {
        #expect(sides(contrast(a, b, more)).isEmpty)
    }

    /// The question covers surgery. So the arms of a contrast of endoscopy with surgery are exchanged.
    @Test func armsAreExchangedIfTheQuestionAsksAboutTheOtherOne() {
        let merge = merge(
            finding(
                "trial",
                [
                    arm("endoscopy", share(48, of: 80), ", contrast: {against: \"trial#2\"}"),
                    arm("surgery", share(56, of: 70)),
                ].joined(separator: "\n")))
        #expect(sides(merge) == ["trial#1 pro"])
    }

    /// Contrasts are about the settings on which their arms agree, so they disagree with other claims on the difference.
    @Test func contrastsDisagreeWithClaimsOnTheDifference() {
        func direct(_ stones: String) -> String {
            finding(
                "other",
                "  - {quantity: advantage, value: {below: 0}, tested: {treatment: surgery, stones: \(stones)}}")
        }
        let trial = finding(
            "trial",
            [
                arm("surgery", share(95, of: 100), ", contrast: {against: \"trial#2\"}"),
                arm("endoscopy", share(60, of: 100)),
            ].joined(separator: "\n"))
        #expect(
            outline(merge(trial, direct("small")).disagreement(on: "advantage")).contains(
                "conflict: other#1 trial#1, contradiction"))
        #expect(
            outline(merge(trial, direct("large")).disagreement(on: "advantage")).contains(
                "near miss: other#1 trial#1, scope, neither [\"stones\"]"))
    }

    /// A caveat defeats the second arm.
    @Test func aContrastIsSilentIfAnArmIsOut() {
        let trial = finding(
            "trial",
            [
                arm("surgery", share(95, of: 100), ", contrast: {against: \"trial#2\"}"),
                arm("endoscopy", share(60, of: 100)),
            ].joined(separator: "\n"))
        let caveat = finding(
            "doubt", arm("endoscopy", share(61, of: 100)),
            "caveats:\n  - {text: Wrong., against: {claim: \"trial#2\"}, shown_by: doubt}")
        #expect(sides(merge(trial)) == ["trial#1 pro"])
        #expect(sides(merge(trial, caveat)) == ["trial#1 silent"])
    }
}
