import Annotations
import Testing

@Suite struct LabelRulesTests {
    private func mistake(_ file: String) -> LabelRuleMistake? {
        do {
            _ = try LabelRules(file, labels: ["check", "retry"])
            return nil
        } catch {
            return error
        }
    }

    @Test func aSegmentHasALabelIfAPatternMatchesAPartOfIt() throws {
        let text = TraceText("Is 4 = 4? It is.\nAgain: 5 = 4.\n")
        let segments = Segmentation.sentence.segments(of: text)
        let rules = try LabelRules(
            "# Equal numbers.\n\ncheck: (\\d) = \\1\nretry: ^Again: \nretry: Is: no\n", labels: ["check", "retry"])
        #expect(rules.rules.map(\.line) == [3, 4, 5])
        #expect(rules.rules[2].pattern == "Is: no")
        let found = try rules.rules.map { try $0.matches(in: text, segments).map { text[$0] } }
        #expect(found == [["Is 4 = 4?"], ["Again: 5 = 4."], []])
    }

    @Test func mistakesHaveALineAndARemedy() throws {
        #expect(
            mistake("check: a\nretry\n")
                == LabelRuleMistake(
                    line: 2, message: "the line is not `label: pattern`",
                    remedy: "write the label, \": \" and a pattern"))
        #expect(mistake("check: \n")?.line == 1)
        #expect(
            mistake("#\nchek: a")
                == LabelRuleMistake(
                    line: 2, message: "the codebook has no label \"chek\"", remedy: "did you mean \"check\"?"))
        let broken = try #require(mistake("check: (a"))
        #expect(broken.line == 1 && broken.message.hasPrefix("\"(a\" is not a regular expression: "))
        #expect(
            mistake("check: a\n")
                == LabelRuleMistake(
                    line: 2, message: "the label \"retry\" has no pattern, and would count as absent",
                    remedy: "add a line; `retry: (?!)` matches nothing"))
        #expect(mistake("check: a\nretry: (?!)") == nil)
    }
}
