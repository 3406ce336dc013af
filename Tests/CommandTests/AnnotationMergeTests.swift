import Annotations
import Foundation
import Records
import Testing

/// Merges and the gate, with annotations on real branches.
@Suite struct AnnotationMergeTests {
    private func ledger() throws -> (ledger: TemporaryLedger, text: TraceText) {
        let ledger = try TemporaryLedger.example()
        try ledger.writeAgreementClaim()
        let text = try ledger.writeTrace("sums", ["We add 2 and 3.", "Let me check: 😀 5.", "Yes."])
        try ledger.commit("Add a trace")
        return (ledger, text)
    }

    private func onBranch(_ name: String, _ ledger: TemporaryLedger, _ work: () throws -> Void) throws {
        try ledger.git("checkout", "-q", "-b", name, "main")
        try work()
        try ledger.commit(name)
        try ledger.git("checkout", "-q", "main")
    }

    private func merge(_ branches: String..., in ledger: TemporaryLedger) throws {
        for branch in branches { try ledger.git("merge", "-q", "--no-ff", "-m", "Merge \(branch)", branch) }
    }

    @Test func twoAnnotatorsNeverConflict() throws {
        let (ledger, text) = try ledger()
        try onBranch("ada", ledger) { try ledger.annotate("sums", text, by: "ada", .human, checks: [1]) }
        try onBranch("bob", ledger) { try ledger.annotate("sums", text, by: "bob", .human, checks: []) }
        try merge("ada", "bob", in: ledger)
        #expect(ledger.names(in: "Traces/sums/annotations/checks") == ["ada", "bob"])
        #expect(try ledger.run("check", "main~2..main").status == 0)
        #expect(try ledger.run("check").output.contains("0 errors, 0 warnings"))
    }

    @Test func oneAnnotatorOnTwoMachinesHasTwoHeads() throws {
        let (ledger, text) = try ledger()
        for (branch, checks) in [("laptop", [1]), ("office", [])] {
            try onBranch(branch, ledger) { try ledger.annotate("sums", text, by: "ada", .human, checks: checks) }
        }
        try merge("laptop", "office", in: ledger)
        #expect(try ledger.run("check").output.contains("ada has 2 annotations of this trace"))
        let heads = ledger.names(in: "Traces/sums/annotations/checks/ada").map {
            "Traces/sums/annotations/checks/ada/\($0)"
        }
        let digests = try heads.map { sha256(Array(try ledger.read($0).utf8)) }.sorted()
        try ledger.annotate("sums", text, by: "ada", .human, checks: [1, 2], replaces: digests)
        #expect(try ledger.run("check").output.contains("0 errors, 0 warnings"))
    }

    /// Both machines replace the same file; the two new files are heads.
    @Test func aFileReplacedTwiceLeavesTwoHeads() throws {
        let (ledger, text) = try ledger()
        let first = try ledger.annotate("sums", text, by: "ada", .human, checks: [1])
        let digest = sha256(Array(try ledger.read(first).utf8))
        try ledger.commit("First")
        for (branch, checks) in [("laptop", [0]), ("office", [2])] {
            try onBranch(branch, ledger) {
                try ledger.annotate("sums", text, by: "ada", .human, checks: checks, replaces: [digest])
            }
        }
        try merge("laptop", "office", in: ledger)
        #expect(try ledger.run("check").output.contains("ada has 2 annotations of this trace"))
        #expect(try ledger.errors() == [])
    }

    @Test(arguments: ["removed", "altered", "moved to another annotator"])
    func theGateKeepsAnnotations(_ change: String) throws {
        let (ledger, text) = try ledger()
        let path = try ledger.annotate("sums", text, by: "ada", .human, checks: [1])
        try ledger.commit("Annotate")
        switch change {
        case "removed": try ledger.git("rm", "-q", path)
        case "altered": try ledger.edit(path, "\"blind\": true", "\"blind\": false")
        default:
            let folder = path.replacing("/ada/", with: "/bob/")
            try ledger.write(folder, try ledger.read(path).replacing("\"ada\"", with: "\"bob\""))
            try ledger.git("rm", "-q", path)
        }
        try ledger.commit("Change")
        let codes = try ledger.errors("HEAD~1..HEAD")
        #expect(codes.contains(change == "altered" ? "altered-receipt" : "removed-receipt"), "\(codes)")
    }

    /// A new definition would give old labels another meaning.
    @Test func theGateKeepsCodebooksThatWereUsed() throws {
        let (ledger, text) = try ledger()
        try ledger.edit("Codebooks/checks.yaml", "title: Checks", "title: Checks of results")
        try ledger.commit("Rename")
        try ledger.annotate("sums", text, by: "ada", .human, checks: [1])
        try ledger.commit("Annotate")
        try ledger.edit("Codebooks/checks.yaml", "title: Checks of results", "title: Checks")
        try ledger.commit("Rename again")
        #expect(try ledger.errors("HEAD~1..HEAD") == [])
        try ledger.edit("Codebooks/checks.yaml", "Tests a result.", "Tests a result or a plan.")
        try ledger.commit("Redefine")
        #expect(try ledger.errors("HEAD~1..HEAD") == ["changed-codebook"])
    }

    /// The hook checks an annotation against its text, although only the annotation changed.
    @Test func theHookChecksAnAnnotationAgainstItsText() throws {
        let (ledger, text) = try ledger()
        let path = try ledger.annotate("sums", text, by: "ada", .human, checks: [1])
        try ledger.git("add", "-A")
        #expect(try ledger.run("check", "--staged").status == 0)
        let wrong = TraceText("We add 2 and 4.\nLet me check: 5.\n")
        try FileManager.default.removeItem(atPath: ledger.place(path))
        let bytes = Annotation(
            trace: "sums", text: sha256(text[0..<text.count]), codebook: "checks", version: TemporaryLedger.version,
            annotator: "ada", maker: .human, isBlind: true,
            marks: [Annotation.Mark(0..<15, "check", quote: wrong[0..<15])], tool: "test"
        ).encoded
        try ledger.write(
            "Traces/sums/annotations/checks/ada/\(sha256(bytes).prefix(12)).json",
            String(decoding: bytes, as: UTF8.self))
        try ledger.git("add", "-A")
        let printed = try ledger.run("check", "--staged")
        #expect(printed.status == 1)
        #expect(printed.output.contains("the text from 0 to 15 is not the quote"), "\(printed)")
    }
}
