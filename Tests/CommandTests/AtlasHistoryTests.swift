import Foundation
import Testing

@testable import arbor_ledger

/// Tests what the pages of the atlas say about the history and about other ledgers.
@Suite struct AtlasHistoryTests {
    @Test func aChangedAnswerIsInTheHistory() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.edit("Findings/half-a-dimension.yaml", "value: [0.45, 0.55]", "value: [0.9, 1]")
        try ledger.commit("Change the claim")
        let before = try ledger.run("merge", "--at", "HEAD~1", "--format", "json")
        let after = try ledger.run("merge", "--at", "HEAD", "--format", "json")
        #expect(before.output != after.output)
        #expect(try ledger.run("atlas", "site").status == 0)
        let page = try ledger.read("site/time.html")
        #expect(page.contains("The answer to each question at"))
        #expect(page.contains("supported to refuted"))
        // The second build reads the history from the store and gives the same bytes.
        let sums = try ledger.read("site/atlas.sums")
        #expect(try ledger.run("atlas", "site2").status == 0)
        #expect(try ledger.read("site2/atlas.sums") == sums)
    }

    /// A longer history must not change which commits are shown, because each commit needs a separate merge.
    @Test func aGrowingHistoryShowsTheSameCommits() {
        #expect(spread([Int](), 64) == [])
        #expect(spread(Array(0..<64), 64) == Array(0..<64))
        #expect(spread(Array(0..<65), 64) == Array(stride(from: 0, through: 64, by: 2)))
        #expect(spread(Array(0..<753), 64) == Array(stride(from: 0, to: 752, by: 16)) + [752])
        for count in 65..<2_000 {
            let (before, after) = (spread(Array(0..<count), 64), spread(Array(0...count), 64))
            #expect(33...64 ~= after.count && after.last == count)
            #expect(Set(after.dropLast()).isSubset(of: before))
        }
    }

    @Test func aCommitOfOtherFilesChangesFewPages() throws {
        let ledger = try TemporaryLedger.example()
        func digests() throws -> Set<Substring> {
            #expect(try ledger.run("atlas", "site").status == 0)
            return Set(try ledger.read("site/atlas.sums").split(separator: "\n"))
        }
        let before = try digests()
        try ledger.write("notes.txt", "No record.\n")
        try ledger.commit("Add notes")
        let changed = try digests().subtracting(before).map { $0.dropFirst(66) }
        // Questions show their history, which has one more commit.
        #expect(changed.sorted() == ["about.html", "index.html", "q/_.html", "q/superposition.html", "time.html"])
    }

    @Test func aMovedQuestionLeavesAPage() throws {
        let ledger = try TemporaryLedger.example()
        _ = try ledger.git("mv", "Claims/superposition", "Claims/sharing")
        try ledger.edit("Verifiers/superposition-geometry/model.yaml", "abstracts: superposition", "abstracts: sharing")
        try ledger.commit("Rename the question")
        #expect(try ledger.run("atlas", "site").status == 0)
        let stub = try ledger.read("site/q/superposition.html")
        #expect(stub.contains("It moved to <a href=\"../q/sharing.html\">sharing</a>"))
        #expect(try ledger.read("site/q/sharing.html").contains("Why it is asked"))
    }

    @Test func anotherLedgerIsAGuest() throws {
        let (ledger, other) = (try TemporaryLedger.example(), try TemporaryLedger.example())
        try other.edit("Findings/half-a-dimension.yaml", "value: [0.45, 0.55]", "value: [0.9, 1]")
        try other.commit("Say something else")
        #expect(try ledger.run("atlas", "alone").status == 0)
        #expect(try ledger.run("atlas", "site", "--with", other.path).status == 0)
        let page = try ledger.read("site/q/superposition.html")
        #expect(page.contains("Another ledger. Its claims change no answer here.") && page.contains("0.9 to 1"))
        #expect(!(try ledger.read("alone/q/superposition.html")).contains("Another ledger."))
        #expect(try ledger.read("alone/data/claims-1.json") == ledger.read("site/data/claims-1.json"))
        let missing = try ledger.run("atlas", "site", "--with", "\(ledger.path)/nowhere")
        #expect(missing.status != 0 && missing.errors.contains("nowhere"))
    }
}
