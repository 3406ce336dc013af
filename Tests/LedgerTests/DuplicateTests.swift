import Checking
import Records
import Testing

@Suite struct DuplicateTests {
    private func claim(_ value: String, _ task: String = "countdown", _ more: String = "") -> String {
        "  - {quantity: accuracy, value: \(value), tested: {model: cd3b, task: \(task), layer: 4}\(more)}"
    }

    private func outline(_ text: String) -> [String] {
        (baseLedger + TestLedger(text)).check().diagnostics
            .filter { [.likelyDuplicate, .sourceTwice, .sameClaim].contains($0.code) }
            .map { "\($0.path.dropFirst(9).dropLast(5)) \($0.code.name)" }
    }

    private func sourced(_ slug: String, _ source: String, _ claims: String, _ extra: String = "") -> String {
        finding(slug, claims, extra).replacing("source: source of \(slug)", with: "source: \"\(source)\"")
    }

    @Test(arguments: [
        ("arXiv:2209.10652", "ARXIV:2209.10652v2"), ("arXiv:2209.10652", "https://arxiv.org/abs/2209.10652/"),
        ("arXiv:2209.10652v3", "http://arxiv.org/pdf/2209.10652v3.pdf"),
        ("arXiv:2209.10652", "doi:10.48550/arXiv.2209.10652"), ("a survey; arXiv:2209.10652", "arXiv:2209.10652; code"),
        ("https://doi.org/10.1000/XYZ", "doi: 10.1000/xyz"), ("https://www.example.org/a/", "http://example.org/a"),
        ("https://github.com/a/b.git", "github.com/a/b"), ("A  Note", "a note"),
    ]) func recognisesOneSourceInTwoSpellings(_ a: String, _ b: String) {
        let text = sourced("a", a, claim("[0.1, 0.2]")) + sourced("b", b, claim("[0.15, 0.2]"))
        #expect(outline(text) == ["b source-twice"])
    }

    @Test(arguments: [
        ("arXiv:2209.10652", "arXiv:2209.10653"), ("arXiv:2209.10652", "2209.10652"),
        ("example.org/a", "example.org/b"),
        ("arXiv:2209.1065", "arXiv:2209.10652"), ("", ";"), ("arXiv:99999999.99999", "arXiv:9999.99999"),
    ]) func distinguishesTwoSources(_ a: String, _ b: String) {
        let text = sourced("a", a, claim("[0.1, 0.2]")) + sourced("b", b, claim("[0.15, 0.2]"))
        #expect(outline(text) == [])
    }

    /// One paper may have several findings. They are not duplicates if they differ in quantity, cells or range.
    @Test func oneSourceMayHaveSeveralFindings() {
        let text =
            sourced("a", "x", claim("[0.1, 0.2]")) + sourced("b", "x", claim("[0.1, 0.2]", "maze"))
            + sourced("c", "x", "  - {quantity: order, value: {any_of: [dfs]}, tested: {model: cd3b}}")
            + sourced("d", "x", claim("[0.6, 0.65]"))
        #expect(outline(text) == [])
    }

    @Test(arguments: ["same_as", "supersedes"]) func linkedFindingsAreNoDuplicates(_ key: String) {
        let chain = (0..<4).map { sourced("f\($0)", "x", claim("[0.1, 0.2]"), $0 > 0 ? "\(key): [f\($0 - 1)]" : "") }
        #expect(outline(chain.joined()) == [])
    }

    @Test func findingsOutOfTheMergeAreNoDuplicates() {
        let text =
            sourced("a", "x", claim("[0.1, 0.2]")) + sourced("b", "x", claim("[0.1, 0.2]"), "retracted: Wrong.")
            + sourced("c", "x", claim("[0.1, 0.2]"), "status: planned\nuntil: 2027")
        #expect(outline(text) == [])
    }

    @Test func witnessIsNoDuplicateOfAnotherKindOfClaim() {
        #expect(
            outline(
                sourced("a", "x", claim("[0.1, 0.2]"))
                    + sourced("b", "x", claim("[0.1, 0.2]", "countdown", ", kind: witness")))
                == [])
    }

    /// If many findings share one cell, each finding after the first gets only one short message. The message says that
    /// the count is incomplete.
    @Test func manyDuplicatesGetShortMessages() {
        let ledger = baseLedger + TestLedger((0..<2000).map { sourced("f\($0)", "x", claim("[0.1, 0.2]")) }.joined())
        let diagnostics = ledger.check().diagnostics.filter { $0.code == .sourceTwice }
        #expect(diagnostics.count == 1999)
        #expect(diagnostics.allSatisfy { $0.message.count < 200 })
        #expect(diagnostics.contains { $0.message.contains("at least 29 more") })
    }

    /// Claims on distinct cells are not duplicates, whether they name one value or many.
    @Test func distinguishesManyCells() {
        var text = ""
        for layer in 0..<128 {
            for task in ["countdown", "maze"] {
                let tested = "tested: {model: cd3b, task: \(task), layer: \(layer)}"
                text += sourced("f-\(layer)-\(task)", "x", "  - {quantity: accuracy, value: [0.1, 0.2], \(tested)}")
            }
        }
        text += sourced(
            "wide", "x", "  - {quantity: accuracy, value: [0.1, 0.2], tested: {model: cd3b, task: maze, layer: [5, 6]}}"
        )
        let found = (baseLedger + TestLedger(text)).check().diagnostics.filter { $0.code == .sourceTwice }
        #expect(found.map(\.path) == ["Findings/wide.yaml"])
        #expect(found.first?.message.hasSuffix("wide#1 as f-5-maze#1 and wide#1 as f-6-maze#1") ?? false)
    }

    @Test func orderOfFilesChangesNothing() {
        var random = SeededGenerator(5)
        var ledger =
            baseLedger
            + TestLedger((0..<60).map { sourced("f\($0)", "x\($0 % 3)", claim("[0.\($0 % 7), 0.8]")) }.joined())
        let expected = ledger.diagnostics()
        for _ in 0..<3 {
            ledger.files.shuffle(using: &random)
            #expect(ledger.diagnostics() == expected)
        }
    }
}
