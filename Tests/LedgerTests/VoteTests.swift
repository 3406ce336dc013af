import Checking
import Records
import Reports
import Testing
import Words

@Suite struct VoteTests {
    private static let ledger =
        baseLedger
        + TestLedger(
            """
            --- Claims/skill/votes/zoe.yaml
            weight: 10
            reason: Without skill there is no search.
            date: 2026-02-01
            --- Claims/skill/votes/ada.yaml
            who: Ada Lovelace
            weight: 4
            reason: It is nearly known.
            date: 2026-01-05
            --- Claims/skill/votes/bert.yaml
            weight: 10
            reason: It comes first.
            date: 2026-01
            --- Claims/votes/ada.yaml
            who: Ada Lovelace
            weight: 0
            reason: Too large to be worked at.
            date: 2026
            --- Claims/skill/maze/question.yaml
            question: Do they solve mazes?
            why: Mazes need search.
            quantity: accuracy
            yes: {above: 0.5}
            covers: {task: [maze]}
            effort_hours: 1.50

            """)

    @Test func readsVotesByQuestionAndHandle() {
        let state = Self.ledger.check().state
        #expect(state.votes.keys.sorted() == [".", "skill"])
        #expect(state.votes["skill"]?.map(\.handle) == ["ada", "bert", "zoe"])
        #expect(state.votes["skill"]?.map(\.weight) == [4, 10, 10])
        #expect(state.votes["skill"]?.map { $0.who ?? "?" } == ["Ada Lovelace", "?", "?"])
        #expect(state.questions["skill/maze"]?.effortHours == Number("1.5"))
        #expect(state.questions["skill"]?.effortHours == nil)
    }

    @Test func placesAndPathsRoundTrip() {
        for (path, place) in [
            ("Claims/votes/ada.yaml", RecordPlace.vote(question: ".", handle: "ada")),
            ("Claims/a/b/votes/ada.yaml", .vote(question: "a/b", handle: "ada")),
            ("Claims/a/votes/question.yaml", .question(id: "a/votes")),
        ] {
            #expect(RecordPlace(path: path) == place)
            #expect(place.path == path)
        }
        for path in ["Claims/a/votes/ada.txt", "Claims/a/votes/b/ada.yaml", "Claims/vocabulary/votes/ada.yaml"] {
            #expect(RecordPlace(path: path) == nil)
        }
    }

    @Test func aBrokenVoteExcludesOnlyItself() {
        let broken =
            Self.ledger + TestLedger("--- Claims/skill/votes/bert.yaml\nweight: 12\nreason: Very.\ndate: 2026-01\n")
        #expect(broken.check().state.votes["skill"]?.map(\.handle) == ["ada", "zoe"])
        #expect(broken.check().state.questions["skill"] != nil)
    }

    @Test func showListsThem() throws {
        let merge = Self.ledger.merge()
        let view = try #require(RecordView("skill", in: merge))
        let text = view.written()
        #expect(
            text.contains(
                """

                  votes
                    24 in 3 votes
                    10: It comes first. (bert, 2026-01)
                    10: Without skill there is no search. (zoe, 2026-02-01)
                    4: It is nearly known. (Ada Lovelace, ada, 2026-01-05)

                """))
        #expect(view.written("json").contains("\"sum\" : 24"))
        let maze = try #require(RecordView("skill/maze", in: merge)).written()
        #expect(maze.contains("\n  effort\n    1.5 hours, declared\n"))
        #expect(!maze.contains("votes"))
    }

    /// Votes show interest in a question and do not count as evidence.
    @Test func votesChangeNoAnswer() {
        let without = TestLedger(files: Self.ledger.files.filter { !$0.path.contains("/votes/") })
        #expect(MergeReport(Self.ledger.merge()).written() == MergeReport(without.merge()).written())
    }
}
