import Testing
import Words

@testable import Annotations

/// Properties that hold for all annotations.
@Suite struct AgreementPropertyTests {
    private let traces: [AnnotatedTrace]

    init() throws {
        let studies = try RecordedAgreement.file.get().studies.filter { $0.unit == "segment" }
        traces = studies.flatMap(\.traces).prefix(40).enumerated().map { $1.annotated(name: "trace-\($0)") }
    }

    private func table(_ traces: [AnnotatedTrace], _ labels: [String] = ["x"]) -> AgreementTable {
        AgreementTable(labels: labels, scale: .nominal, unit: .segment, traces: traces)
    }

    @Test func theOrderOfTracesAndAnnotatorsDoesNotMatter() {
        var random = SplitMix64(seed: 5)
        let whole = table(traces)
        #expect(number(whole.labels[0].alpha) != nil)
        for _ in 0..<5 { #expect(table(traces.shuffled(using: &random)) == whole) }
        let renamed = traces.map { trace in
            var trace = trace
            trace.readings = trace.readings.reversed().enumerated().map { index, reading in
                Reading(
                    annotator: Annotator("\(index)-\(reading.annotator.handle)", reading.annotator.maker),
                    covered: reading.covered, marks: reading.marks)
            }
            return trace
        }
        let (found, expected) = (table(renamed).labels[0], whole.labels[0])
        #expect(isClose(number(found.alpha), number(expected.alpha)))
        #expect(isClose(number(found.ac1), number(expected.ac1)))
    }

    @Test func theOrderOfUnitsDoesNotMatter() throws {
        var random = SplitMix64(seed: 6)
        for recorded in try RecordedAgreement.file.get().tables.prefix(60) {
            let order = recorded.values[0].indices.shuffled(using: &random)
            let shuffled = recorded.values.map { row in order.map { row[$0] } }
            for metric in AlphaMetric.allCases {
                #expect(isClose(alpha(shuffled, metric), alpha(recorded.values, metric)))
                #expect(isClose(alpha(recorded.values.reversed(), metric), alpha(recorded.values, metric)))
            }
        }
    }

    @Test func anAnnotatorWithoutDataChangesNothing() {
        let more = traces.map { trace in
            var trace = trace
            trace.readings.append(Reading(annotator: Annotator("zoe", .human), covered: RangeSet(), marks: []))
            return trace
        }
        var found = table(more).labels[0]
        found.pairs.removeAll { $0.second.handle == "zoe" }
        #expect(found == table(traces).labels[0])
    }

    @Test func equalAnnotatorsHaveAlphaOne() throws {
        let label = table(
            ["xx-x--", "-x--xx", "------"].enumerated().map { number, text in
                trace("\(number)", [("ada", .human, text), ("bob", .human, text), ("model", .model, text)])
            }
        ).labels[0]
        #expect(label.alpha == .success(1))
        #expect(label.rawAgreement == .success(1))
        #expect(label.ac1 == .success(1))
        #expect(label.kinds.map(\.kind) == [.humanHuman, .humanModel])
        #expect(label.kinds.allSatisfy { $0.alpha == .success(1) })
        #expect(label.pairs.count == 3)
        #expect(label.pairs.allSatisfy { $0.alpha == .success(1) && $0.units == 18 })
    }

    /// 1 - alpha is (n - 1) / n times a quotient of shares, where n is the number of pairable values.
    @Test func duplicatesChangeOnlyTheCorrectionForSmallSamples() throws {
        let traces = traces.prefix(4).map { trace in
            var trace = trace
            trace.readings = trace.readings.filter { $0.annotator.maker == .human }
                .map { Reading(annotator: $0.annotator, covered: RangeSet(0..<trace.length), marks: $0.marks) }
            return trace
        }
        let once = table(traces).labels[0]
        let thrice = table(traces + traces + traces).labels[0]
        let count = Double(2 * once.units)
        let disagreement = 1 - (try once.alpha.get())
        let expected = 1 - disagreement * (3 * count - 1) / (3 * (count - 1))
        #expect(isClose(try thrice.alpha.get(), expected))
        #expect(thrice.rawAgreement == once.rawAgreement)
    }

    /// In the agreement of humans with models, each of two equal humans has half of the weight of one.
    @Test func equalHumansCountAsOneHumanAgainstAModel() throws {
        let texts = ["x-x--x-", "--xx-x-", "x------"]
        let models = ["x-xx-x-", "--x--xx", "------x"]
        func alpha(_ humans: [String]) throws -> Double {
            let traces = texts.indices.map { index in
                trace("\(index)", humans.map { ($0, .human, texts[index]) } + [("model", .model, models[index])])
            }
            return try #require(number(table(traces).labels[0].kinds.first { $0.kind == .humanModel }?.alpha))
        }
        let (one, two) = try (alpha(["ada"]), alpha(["ada", "bob"]))
        let (disagreement, disagreementOfTwo): (Double, Double) = ((1 - one) * 42 / 41, (1 - two) * 63 / 62)
        #expect(isClose(disagreement, disagreementOfTwo))
        let values: [[Double?]] = [texts, models].map { $0.joined().map { $0 == "x" ? 1 : 0 } }
        #expect(isClose(one, nominalAlpha(values)))
    }

    private func nominalAlpha(_ values: [[Double?]]) -> Double? { alpha(values, .nominal) }
}

/// The reasons that replace a missing number, and the values that count as missing.
@Suite struct AgreementWordTests {
    private func label(
        _ traces: [AnnotatedTrace], scale: LabelScale = .nominal, unit: LabelUnit = .segment
    ) -> LabelAgreement {
        AgreementTable(labels: ["x"], scale: scale, unit: unit, traces: traces).labels[0]
    }

    @Test func oneLabelOnly() {
        let found = label((0..<3).map { trace("\($0)", [("ada", .human, "---"), ("bob", .human, "---")]) })
        #expect(found.alpha == .failure(.oneLabelOnly))
        #expect(found.interval == .failure(.oneLabelOnly))
        #expect(found.ac1 == .failure(.oneLabelOnly))
        #expect(found.rawAgreement == .success(1))
        #expect(found.prevalence == .success(0))
        let always = label([trace("a", [("ada", .human, "xxx"), ("bob", .human, "xxx")])])
        #expect(always.alpha == .failure(.oneLabelOnly))
        #expect(always.pairs[0].alpha == .failure(.oneLabelOnly))
    }

    @Test func noSegmentRatedTwice() {
        let found = label([trace("a", [("ada", .human, "x-  "), ("bob", .human, "  -x")])])
        #expect(found.alpha == .failure(.noSegmentRatedTwice))
        #expect(found.rawAgreement == .failure(.noSegmentRatedTwice))
        #expect(found.pairs.map(\.alpha) == [.failure(.noCommonText)])
        #expect(found.kinds.map(\.alpha) == [.failure(.noCommonText)])
        #expect(found.prevalence == .success(0.5))
        #expect(found.annotators == 0)
        #expect(label([]).prevalence == .failure(.notLookedAt))
        #expect(label([], unit: .span).alpha == .failure(.noCommonText))
        #expect(label([], unit: .span).borders == .failure(.noBorder))
    }

    @Test func fewerThanThreeTraces() throws {
        let traces = (0..<3).map { trace("\($0)", [("ada", .human, "x--x"), ("bob", .human, "x-x-")]) }
        #expect(label(Array(traces.prefix(2))).interval == .failure(.fewerThanThreeTraces))
        let alpha = 1 - 23.0 / 24
        let interval = try label(traces).interval.get()
        #expect(isClose(interval.lowerBound, alpha) && isClose(interval.upperBound, alpha))
    }

    /// Of ten traces, one has the label. A resample lacks it with probability 0.9^10 = 0.35.
    @Test func aLabelInOneTraceHasNoInterval() {
        let traces = (0..<10).map { trace("\($0)", [("ada", .human, "--"), ("bob", .human, $0 == 0 ? "x-" : "--")]) }
        #expect(label(traces).interval == .failure(.oneLabelInResamples))
    }

    @Test func whatAnAnnotatorDidNotLookAtIsMissing() throws {
        let partial = label([trace("a", [("ada", .human, "x-x-"), ("bob", .human, "x-  ")])])
        #expect(partial.alpha == .success(1))
        #expect(partial.units == 2)
        var cut = trace("a", [("ada", .human, "x-x-"), ("bob", .human, "x---")])
        cut.readings[1].covered = RangeSet(0..<25)
        #expect(label([cut]).units == 2)
        cut.readings[1].covered = RangeSet([0..<15, 15..<30])
        #expect(label([cut]).units == 3)
    }

    @Test func annotatorsWithSeveralAnnotationsDoNotCount() {
        let heads = ["x-", "-x"].map { annotation("ada", $0 == "x-" ? [(0..<10, "x", nil)] : [(10..<20, "x", nil)]) }
        let found = AnnotatedTrace(
            name: "a", length: 20, segments: [0..<10, 10..<20], heads: heads + [annotation("bob", [])])
        #expect(found.readings.map(\.annotator.handle) == ["bob"])
    }

    @Test func marksThatAreNoSegmentDoNotCount() {
        let heads = [
            annotation("ada", [(0..<10, "x", nil)]), annotation("bob", [(0..<9, "x", nil), (30..<40, "x", nil)]),
        ]
        let found = label([AnnotatedTrace(name: "a", length: 20, segments: [0..<10, 10..<20], heads: heads)])
        #expect(found.rawAgreement == .success(0.5))
    }

    @Test func theWholeTextIsOneUnit() {
        let traces = ["xx", "--", "x-", "xx"].enumerated().map { number, letters in
            AnnotatedTrace(
                name: "\(number)", length: 7, segments: [],
                heads: zip(["ada", "bob"], letters).map { annotation($0, $1 == "x" ? [(0..<7, "x", nil)] : []) })
        }
        let found = label(traces, unit: .trace)
        #expect(found.units == 4)
        #expect(isClose(number(found.alpha), alpha([[1, 0, 1, 1], [1, 0, 0, 1]], .nominal)))
    }
}

/// Codebooks whose labels have values.
@Suite struct ValueAgreementTests {
    private func traces(_ values: [[[Double?]]]) -> [AnnotatedTrace] {
        values.enumerated().map { number, rows in
            let segments = rows[0].indices.map { $0 * 10..<$0 * 10 + 10 }
            return AnnotatedTrace(
                name: "\(number)", length: rows[0].count * 10, segments: segments,
                heads: rows.enumerated().map { annotator, row in
                    annotation(
                        "\(annotator)", zip(segments, row).compactMap { range, value in value.map { (range, "x", $0) } }
                    )
                })
        }
    }

    @Test(arguments: [(LabelScale.ordinal, AlphaMetric.ordinal), (.interval, .interval)])
    func aSegmentWithoutAValueIsMissing(scale: LabelScale, metric: AlphaMetric) throws {
        let values: [[[Double?]]] = [
            [[-1, 0, 1, nil], [-1, 1, 1, 0]], [[1, 1, nil, -1], [0, 1, nil, 3]], [[3, 2, nil, nil], [3, -1, 0, nil]],
        ]
        let found = AgreementTable(labels: ["x"], scale: scale, unit: .segment, traces: traces(values)).labels[0]
        let expected = alpha([values.flatMap { $0[0] }, values.flatMap { $0[1] }], metric)
        #expect(isClose(number(found.alpha), expected))
        #expect(found.units == 8)
        #expect(found.rawAgreement == .success(0.5))
        #expect(found.prevalence == .success(18.0 / 24))
        #expect(found.ac1 == .failure(.notNominal))
        let interval = try found.interval.get()
        #expect(interval.lowerBound < interval.upperBound)
        #expect(try interval.contains(found.alpha.get()))
    }

    /// A value that only one annotator gave is in no pair of values, even if it is an outlier.
    @Test(arguments: [-1e7, 1e12]) func anOutlierThatNoOtherAnnotatorRatedChangesNothing(outlier: Double) throws {
        let values: [[[Double?]]] = [
            [[1, 2, 3, nil], [1, 2, 2.5, nil], [nil, nil, nil, nil]],
            [[0, 1, 2, nil], [0.5, 1, 2, nil], [nil, nil, nil, outlier]],
        ]
        let found = AgreementTable(labels: ["x"], scale: .interval, unit: .segment, traces: traces(values)).labels[0]
        let expected = try #require(alpha([values.flatMap { $0[0] }, values.flatMap { $0[1] }], .interval))
        #expect(abs(try found.alpha.get() - expected) < 1e-9)
    }

    @Test func twoValuesOnOneSegmentAreMissing() {
        var trace = traces([[[0, 1], [0, 1]]])[0]
        trace.readings[0].marks.insert(Annotation.Mark(0..<10, "x", value: 1, quote: ""), at: 1)
        #expect(AgreementTable(labels: ["x"], scale: .ordinal, unit: .segment, traces: [trace]).labels[0].units == 1)
    }

    @Test func extremeValuesGiveANumber() throws {
        let most = Double.greatestFiniteMagnitude
        for (low, high) in [(-most, most), (0, Double.leastNonzeroMagnitude), (1, 1.0.nextUp)] {
            let found = AgreementTable(
                labels: ["x"], scale: .interval, unit: .segment,
                traces: traces([[[low, high, low], [low, high, high]]])
            ).labels[0]
            #expect(isClose(number(found.alpha), alpha([[0, 1, 0], [0, 1, 1]], .interval)))
        }
    }
}

/// The interval of alpha.
@Suite struct AlphaIntervalTests {
    /// Returns the ratings of a text of 30 segments by two annotators whose rate of errors differs between texts.
    private func text(_ random: inout SplitMix64) -> [Coincidences] {
        let (errors, share) = ([0.02, 0.1, 0.35][random.below(3)], [0.05, 0.3, 0.6][random.below(3)])
        return (0..<30).map { _ in
            let isPresent = random.unit() < share
            let values = (0..<2).map { _ in (random.unit() < errors) != isPresent ? 1.0 : 0 }
            var unit = Coincidences(.interval)
            unit.add(values[0], values[1], weight: 1)
            return unit
        }
    }

    private func sum(_ parts: some Sequence<Coincidences>) -> Coincidences {
        parts.reduce(into: Coincidences(.interval)) { $0 += $1 }
    }

    /// The first numbers of SplitMix64 with seed 0, as in java.util.SplittableRandom and in Vigna's splitmix64.c.
    @Test func theGeneratorIsSplitMix64() {
        var random = SplitMix64(seed: Resampling.seed)
        #expect(random.next() == 0xE220_A839_7B1D_CDAF)
        #expect(random.next() == 0x6E78_9E6A_A1B9_65F4)
    }

    /// Of 40 intervals, about 38 contain the alpha of many texts if traces are drawn; far fewer if segments are drawn.
    @Test func intervalsByTraceContainAlpha() throws {
        var random = SplitMix64(seed: 12)
        let alpha = try #require(sum((0..<4000).map { _ in sum(text(&random)) }).alpha)
        var (byTrace, bySegment) = (0, 0)
        for repetition in 0..<40 {
            let texts = (0..<20).map { _ in text(&random) }
            if try alphaInterval(texts.map(sum)).get().contains(alpha) { byTrace += 1 }
            guard repetition < 5 else { continue }
            if try alphaInterval(texts.flatMap(\.self)).get().contains(alpha) { bySegment += 1 }
        }
        #expect(byTrace >= 35)
        #expect(bySegment <= 3)
    }
}
