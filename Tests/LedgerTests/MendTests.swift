import Checking
import Records
import Testing
import Words
import YAML

@Suite struct MendTests {
    /// Numbers that can be read in two ways, and texts that are no numbers, are not mended.
    @Test(
        arguments: [
            ("6,5", "6.5"), ("0,125", "0.125"), ("1,234", nil), ("1,234,567", "1234567"), ("1,234.5", "1234.5"),
            ("−0,5", "-0.5"), ("“0.9”", "0.9"), ("0.9\u{A0}", "0.9"), ("12,34,56", nil), ("about 5", nil),
            ("6,5 bits", nil),
            (",5", nil), ("5,", nil), ("", nil),
        ] as [(String, String?)])
    func numbersAreMendedIfOneIsMeant(text: String, number: String?) {
        #expect(meantNumber(by: text) == number)
    }

    @Test func wholeNumbersHaveNoDecimals() {
        #expect(meantNumber(by: "10,000", isInteger: true) == "10000")
        #expect(meantNumber(by: "10,5", isInteger: true) == nil)
    }

    /// Another letter or digit can make another name.
    @Test(
        arguments: [
            ("countdwon", "countdown"), ("countdon", "countdown"), ("countdowns", "countdown"),
            ("Countdown", "countdown"),
            ("count_down", "countdown"), ("qwen-2.5-7b", "qwen2.5-7b"), ("qwen2.5-1b", nil), ("cd3a", nil), ("r2", nil),
            ("countdowm", nil), ("mazes", nil),
        ] as [(String, String?)])
    func namesAreMendedIfOneIsMeant(name: String, meant: String?) {
        #expect(meantName(by: name, among: ["countdown", "cd3b", "r1", "maze", "qwen2.5-7b"]) == meant)
    }

    @Test func twoSimilarNamesAreNotMended() {
        #expect(meantName(by: "steering-vecto", among: ["steering-vector", "steering-vectod"]) == nil)
        #expect(onlyNearestName(to: "vale", among: ["value", "valve"]) == nil)
        #expect(onlyNearestName(to: "valeu", among: ["value", "valve"]) == "value")
    }

    /// A misspelt key is not mended if the correct key exists already.
    @Test func keysAreMendedIfTheyAreFree() throws {
        let ledger =
            baseLedger
            + TestLedger(
                """
                --- Claims/vocabulary/conditions/new.yaml
                title: Given
                titel: Given twice

                """)
        let found = try #require(ledger.check().diagnostics.first { $0.code == .unknownKey })
        #expect(found.fix == "did you mean \"title\"?")
        #expect(found.edits == [])
    }

    /// Tabs, unusual spaces and typographic quotes in prose are no mistakes, so they are not blamed for another one.
    @Test(arguments: [
        "title: >-\n  A note:\u{A0}text\nordered: yes\nvalues: [a, b\n",
        "title: |-\n  A table:\n  \tone\n  two\nordered: yes\nvalues: [a, b\n",
        "title: “A”\nvalues: [a, b\n", "title: \"A \\\"B\\\"\"\nvalues: [a, b\n",
        "title: 'It''s A'\nvalues: [a, b\n",
    ])
    func proseIsNotBlamed(text: String) {
        let ledger = TestLedger(
            files: [SourceFile(path: "Claims/vocabulary/conditions/new.yaml", bytes: Array(text.utf8))])
        let said = ledger.check().diagnostics.filter { $0.code == .syntax }.map(\.message)
        let line = text.split(separator: "\n").count
        #expect(said == ["a bracket is not closed in line \(line)"])
    }

    @Test func editsKeepAllOtherBytes() throws {
        let bytes = Array("é: 1 # ü\nb: “x”\r\nc".utf8)
        func mark(_ line: Int, _ column: Int) -> Mark { Mark(line: line, column: column) }
        let edits = [
            Edit(from: mark(2, 4), to: mark(2, 7), text: "\"x\""), Edit.inserting("0", at: mark(1, 5)),
            Edit(from: mark(3, 2), to: mark(3, 2), text: "\n"),
        ]
        #expect(applying(edits, to: bytes) == Array("é: 10 # ü\nb: \"x\"\r\nc\n".utf8))
        #expect(applying([Edit.inserting("", at: mark(4, 1))], to: bytes) == nil)
        #expect(applying([Edit.inserting("", at: mark(3, 3))], to: bytes) == nil)
        #expect(
            applying(
                [
                    Edit(from: mark(1, 1), to: mark(1, 3), text: ""), Edit(from: mark(1, 2), to: mark(1, 4), text: ""),
                ], to: bytes) == nil)
    }

    /// A mend whose mistake would still be there is undone.
    @Test func uselessMendsAreUndone() {
        let bytes = Array("title: A\n".utf8)
        let file = decode(SourceFile(path: "Claims/vocabulary/conditions/a.yaml", bytes: bytes))
        let mark = Mark(line: 1, column: 8, length: 1)
        let found = Diagnostic(
            .outOfRange, path: file.path, mark: mark, message: "wrong", edits: Edit.replacing(mark, with: "B"))
        let mending = mended(
            [file], read: { _ in bytes },
            check: { check($0, kernels: [], today: TestLedger.today).adding([found]) })
        #expect(mending.changes.isEmpty)
        #expect(mending.mendedCount == 0)
    }

    /// The expected texts are those that `diff -u` of GNU diffutils prints.
    @Test func diffsAreThoseOfDiff() {
        let old = (1...12).map { "line \($0)\n" }.joined()
        let new = old.replacing("line 2\n", with: "line two\n").replacing("line 11\n", with: "")
        #expect(
            unifiedDiff(Array(old.utf8), Array(new.utf8), path: "a.yaml") == """
                --- a/a.yaml
                +++ b/a.yaml
                @@ -1,5 +1,5 @@
                 line 1
                -line 2
                +line two
                 line 3
                 line 4
                 line 5
                @@ -8,5 +8,4 @@
                 line 8
                 line 9
                 line 10
                -line 11
                 line 12

                """)
        #expect(unifiedDiff(Array(old.utf8), Array(old.utf8), path: "a.yaml") == "")
        #expect(
            unifiedDiff([], Array("a\n".utf8), path: "a.yaml") == "--- a/a.yaml\n+++ b/a.yaml\n@@ -0,0 +1 @@\n+a\n")
    }
}
