import Checking
import Records
import Testing

/// Tests which records are found to be lost in commits. The commits are given by the differences between their trees.
@Suite struct RangeTests {
    /// The codes that cannot be found in a single state of a ledger. CommandTests tests each of them with a real range.
    static let codes: Set<Diagnostic.Code> = [
        .removedReceipt, .alteredReceipt, .deletedFinding, .changedClaim, .droppedByMerge, .rewrittenHistory,
        .changedVerifier, .changedMeaning, .changedTrace, .changedDefinition, .scopeGrew, .strangersEdit,
        .changedSettings,
        .unguardedSettings, .unrelatedHistory,
    ]

    private let finding = "Findings/a.yaml"
    private let receipt = "Verifiers/toy/receipts/abc.json"

    /// Returns the changes to one file; `-` stands for a missing file.
    private func changes(_ path: String, _ old: String, _ new: String, to newPath: String? = nil) -> RecordChanges {
        func version(_ path: String, _ content: String) -> RecordVersion? {
            content == "-" ? nil : RecordVersion(path: path, contentID: content)
        }
        return RecordChanges([(version(path, old), nil), (nil, version(newPath ?? path, new))])
    }

    private func step(
        _ changes: RecordChanges, _ sides: [(first: RecordChanges, other: RecordChanges)] = []
    ) -> CommitStep {
        CommitStep(id: String(repeating: "c", count: 40), summary: "Commit", changes: changes, sides: sides)
    }

    @Test func moveIsNoLoss() {
        #expect(step(changes(finding, "1", "1", to: "Findings/deep/a.yaml")).losses.isEmpty)
        #expect(step(changes(finding, "1", "1", to: "Findings/b.yaml")).losses.map(\.kind) == [.removed])
    }

    /// Receipts count only for the toy model in whose folder they lie, so they move only with it.
    @Test func receiptsMoveOnlyWithTheirToyModel() {
        func at(_ folder: String, _ file: String, _ content: String = "1") -> RecordVersion {
            RecordVersion(path: "Verifiers/\(folder)/\(file)", contentID: content)
        }
        let digest = String(repeating: "0", count: 64)
        let (a, b, signature) = ("receipts/a.json", "receipts/b.json", "receipts/\(digest).\(digest).sig")
        func losses(_ files: [(old: RecordVersion?, new: RecordVersion?)]) -> [String] {
            step(RecordChanges(files)).losses.filter { if case .other = $0.key { false } else { true } }
                .map(\.lost.path).sorted()
        }
        let old = [at("toy", a), at("toy", b), at("toy", signature)]
        let new = [at("new", a), at("new", b), at("new", signature)]
        func moved(_ more: (old: RecordVersion?, new: RecordVersion?)...) -> [(
            old: RecordVersion?, new: RecordVersion?
        )] {
            old.map { ($0, nil) } + new.map { (nil, $0) } + more
        }
        let all = old.map(\.path).sorted()
        let model = (old: at("toy", "model.yaml"), new: at("new", "model.yaml"))
        #expect(losses(moved((model.old, nil), (nil, model.new))) == [])
        #expect(losses(moved()) == all)
        #expect(losses(moved((nil, model.new))) == all)
        #expect(losses(moved((model.old, nil))) == all)
        #expect(losses(moved((model.old, nil), (nil, at("new", "model.yaml", "2")))) == all)
        #expect(losses(moved((model.old, nil), (nil, at("third", "model.yaml")))) == all)
        // The whole folder must move.
        #expect(losses(moved((model.old, nil), (nil, model.new), (at("toy", "receipts/c.json"), nil))).count == 4)
    }

    @Test func findingsMayBeEditedButReceiptsMayNot() {
        #expect(step(changes(finding, "1", "2")).losses.isEmpty)
        #expect(step(changes(receipt, "1", "2")).losses.map(\.kind) == [.altered])
        #expect(step(changes(receipt, "1", "-")).losses.map(\.kind) == [.removed])
        #expect(step(changes(receipt, "-", "1")).losses.isEmpty)
    }

    @Test func signaturesMustStayAsTheyAre() {
        let digest = String(repeating: "0", count: 64)
        let path = "Verifiers/toy/receipts/\(digest).\(digest).sig"
        #expect(step(changes(path, "-", "1")).losses.isEmpty)
        for (content, message) in [("2", "alters the signature"), ("-", "removes the signature")] {
            let found = checkLosses(
                step(changes(path, "1", content)).losses,
                bases: [[RecordKey(path: path): RecordVersion(path: path, contentID: "1")]],
                tip: content == "-" ? [:] : [RecordKey(path: path): RecordVersion(path: path, contentID: content)]
            ) { _ in true }
            #expect(found.map(\.path) == [path])
            #expect(found.first?.message.contains(message) == true)
        }
    }

    /// The arguments are the states of a finding in the merge base, on each side, and in the merge.
    @Test(arguments: [
        ("b", "b", "b", "b", false), ("b", "b", "b", "m", false), ("b", "b", "b", "-", true),
        ("-", "1", "-", "1", false), ("-", "1", "-", "-", true), ("-", "-", "2", "2", false),
        ("-", "-", "2", "-", true), ("-", "1", "2", "1", false), ("-", "1", "2", "-", true),
        ("b", "1", "b", "1", false), ("b", "1", "b", "b", true), ("b", "1", "b", "m", false),
        ("b", "1", "b", "-", true), ("b", "b", "2", "2", false), ("b", "b", "2", "b", true),
        ("b", "b", "2", "m", false), ("b", "1", "2", "1", false), ("b", "1", "2", "m", false),
        ("b", "1", "2", "-", true), ("b", "-", "b", "-", false), ("b", "-", "b", "b", false),
        ("b", "b", "-", "-", false), ("b", "b", "-", "b", false), ("b", "-", "2", "-", false),
        ("b", "1", "-", "-", false), ("b", "b", "2", "-", true),
    ])
    func mergeMustKeepTheChangesOfItsSides(base: String, first: String, other: String, merged: String, isLoss: Bool) {
        let merge = step(
            changes(finding, first, merged), [(changes(finding, base, first), changes(finding, base, other))])
        #expect(merge.losses.map(\.kind) == (isLoss ? [.droppedByMerge] : []))
    }

    /// If one side adds a file to a folder that the other side moves, git puts the file in the moved folder.
    @Test func fileThatFollowsItsFolderIsNoLoss() {
        func at(_ path: String, _ content: String) -> RecordVersion { RecordVersion(path: path, contentID: content) }
        let (vote, question) = ("Claims/x/votes/ada.yaml", "Claims/x/question.yaml")
        let (moved, movedQuestion) = ("Claims/y/votes/ada.yaml", "Claims/y/question.yaml")
        let added = RecordChanges([(nil, at(vote, "v"))])
        let renamed = RecordChanges([(at(question, "q"), nil), (nil, at(movedQuestion, "q"))])
        let both = RecordChanges([
            (at(vote, "v"), nil), (nil, at(moved, "v")), (at(question, "q"), nil), (nil, at(movedQuestion, "q")),
        ])
        #expect(step(both, [(added, renamed)]).losses.isEmpty)
        // Compared with the other side, only the file is new, since the folder has already moved.
        #expect(step(RecordChanges([(nil, at(moved, "v"))]), [(renamed, added)]).losses.isEmpty)
    }

    @Test func reportsOnlyRecordsThatTheTipLacks() {
        let removal = step(changes(finding, "1", "-")).losses
        let had = RecordKey.finding("a")
        let version = RecordVersion(path: finding, contentID: "1")
        func outline(
            bases: [[RecordKey: RecordVersion]], tip: [RecordKey: RecordVersion], isRecord: Bool = true
        ) -> [Diagnostic.Code] {
            checkLosses(removal + removal, bases: bases, tip: tip) { _ in isRecord }.map(\.code)
        }
        #expect(outline(bases: [[had: version]], tip: [:]) == [.deletedFinding])
        #expect(outline(bases: [[:], [had: version]], tip: [:]) == [.deletedFinding])
        #expect(
            outline(bases: [[had: version]], tip: [had: RecordVersion(path: "Findings/b/a.yaml", contentID: "2")]) == []
        )
        #expect(outline(bases: [[:]], tip: [:]) == [])
        #expect(outline(bases: [[had: version]], tip: [:], isRecord: false) == [])
    }
}
