import Testing

@testable import Merging
@testable import Reports
@testable import Words

/// The text on a question is short for every ledger.
@Suite struct TextLengthTests {
    private let short = TextStyle(width: 80, hasColour: false, lineLimit: 20)
    private let whole = TextStyle(width: 80, hasColour: false)

    private func ledger(claims: Int, question: String = "q") -> Merge {
        let folders = question.split(separator: "/")
        let parents = folders.indices.dropLast().map { folders[...$0].joined(separator: "/") }
        return TestLedger(
            """
            --- Claims/question.yaml
            question: What?
            why: It matters.
            --- Claims/\(question)/question.yaml
            question: How much?
            why: It matters.
            quantity: q
            yes: [0, 4]
            --- Claims/vocabulary/quantities/q.yaml
            title: Q
            definition: A number.
            range: [0, 1000]
            conditions: [layer]
            --- Claims/vocabulary/conditions/layer.yaml
            title: Layer
            values: {from: 0, to: 200}

            """
                + parents.map { "--- Claims/\($0)/question.yaml\nquestion: What?\nwhy: It matters.\n" }.joined()
                + (0..<claims).map {
                    finding("f\($0)", "  - {quantity: q, value: [\(2 * $0), \(2 * $0 + 1)], tested: {layer: \($0)}}")
                }.joined()
        ).merge()
    }

    @Test func cutsAtParagraphs() {
        let paragraphs = ["one", "two\nthree", "four\nfive"]
        #expect(short.cut(paragraphs, to: 5, indent: 2) == paragraphs)
        #expect(short.cut(paragraphs, to: nil, indent: 2) == paragraphs)
        #expect(
            short.cut(paragraphs, to: 4, indent: 2)
                == ["one", "two\nthree", "  and 2 more lines, printed with --all"])
        #expect(short.cut(paragraphs, to: 3, indent: 2) == ["one", "  and 4 more lines, printed with --all"])
    }

    @Test func cutsAQuestionWithManyClaims() {
        let report = MergeReport(ledger(claims: 30))
        let (cut, all) = (mergeText(report, style: short), mergeText(report, style: whole))
        func lines(_ text: String) -> [Substring] {
            text.split(separator: "\n", omittingEmptySubsequences: false).drop { $0 != "  How much?" }
                .prefix { !$0.isEmpty }
        }
        #expect(lines(cut).count == 20)
        #expect(lines(cut).last == "    and \(lines(all).count - 19) more lines, printed with --all")
        #expect(lines(cut).dropLast() == lines(all).prefix(19))
    }

    /// Claims are omitted before explanations are.
    @Test func cutsAQuantityWithManyClaims() {
        let report = ConflictReport(ledger(claims: 30))
        let (cut, all) = (conflictText(report, style: short), conflictText(report, style: whole))
        let lines = cut.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.drop { $0 != "Q" }.prefix { !$0.hasPrefix("1 quantity") }.dropLast().count == 20)
        #expect(lines.contains { $0.hasSuffix("more lines, printed with --all") })
        #expect(lines.contains { $0.hasPrefix("  No condition explains it: only settings that") })
        #expect(!all.contains("--all"))
    }

    @Test func deepTreesFitTheWidth() {
        let question = (0..<60).map { "d\($0)" }.joined(separator: "/")
        let merge = ledger(claims: 3, question: question)
        let text = mergeText(MergeReport(merge), style: whole) + conflictText(ConflictReport(merge), style: whole)
        let widest = text.split(separator: "\n").map(\.count).max() ?? 0
        #expect(widest <= 80, "\(text)")
        #expect(text.contains("/d58/d59"))
    }
}
