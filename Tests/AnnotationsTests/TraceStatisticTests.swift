import Testing

@testable import Annotations

@Suite struct TraceStatisticTests {
    private let ada = Annotator("ada", .human)
    private let traces = [
        trace("a", [("ada", .human, "abca--"), ("bob", .human, "bbbbbb")]), trace("b", [("ada", .human, "-aa ba")]),
        trace("c", [("ada", .human, "------")]), trace("d", [("bob", .human, "aaaaaa")]),
    ]

    private func value(_ statistic: TraceStatistic, _ label: String) -> Measured<Double> {
        traceStatistic(statistic, label: label, annotator: ada, traces: traces)
    }

    @Test func shares() {
        #expect(value(.segmentShare, "a") == .success(5.0 / 17))
        #expect(value(.textShare, "a") == .success(50.0 / 170))
        #expect(value(.segmentShare, "z") == .success(0))
    }

    /// Trace "b" has a segment that the annotator did not look at.
    @Test func countsNeedTheWholeText() {
        #expect(value(.meanCount, "a") == .success(1))
        #expect(value(.presence, "a") == .success(0.5))
    }

    @Test func positions() {
        let middles: [Double] = [5, 35, 15, 25, 55]
        #expect(isClose(number(value(.meanPosition, "a")), middles.reduce(0, +) / 60 / 5))
        #expect(value(.meanPosition, "z") == .failure(.labelAbsent))
    }

    /// "a" is followed by "b", by nothing labelled, and by "a"; the next segments of the others are unknown or absent.
    @Test func transitions() {
        #expect(value(.transition(to: "b"), "a") == .success(1.0 / 3))
        #expect(value(.transition(to: "a"), "a") == .success(1.0 / 3))
        #expect(value(.transition(to: "a"), "z") == .failure(.labelAbsent))
    }

    @Test func spansCountWhereTheyLie() {
        let heads = [annotation("ada", [(3..<12, "x", nil), (5..<12, "x", nil), (25..<27, "x", nil)])]
        let spans = AnnotatedTrace(name: "a", length: 30, segments: [0..<10, 10..<20, 20..<30], heads: heads)
        func value(_ statistic: TraceStatistic) -> Measured<Double> {
            traceStatistic(statistic, label: "x", annotator: ada, traces: [spans])
        }
        #expect(value(.segmentShare) == .success(1))
        #expect(value(.textShare) == .success(11.0 / 30))
        #expect(value(.meanCount) == .success(3))
    }

    @Test func nothingLookedAt() {
        for statistic in [TraceStatistic.segmentShare, .textShare, .meanCount, .presence] {
            let found = traceStatistic(statistic, label: "a", annotator: Annotator("zoe", .human), traces: traces)
            #expect(found == .failure(.notLookedAt))
        }
        let model = traceStatistic(.segmentShare, label: "a", annotator: Annotator("ada", .model), traces: traces)
        #expect(model == .failure(.notLookedAt))
    }
}
