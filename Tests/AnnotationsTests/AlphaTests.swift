import Testing

@testable import Annotations

/// Compares alpha, AC1, intervals and boundary similarity with packages from PyPI.
@Suite struct RecordedAgreementTests {
    private let recorded: RecordedAgreement

    init() throws { recorded = try RecordedAgreement.file.get() }

    @Test(arguments: AlphaMetric.allCases) func alphaOfTables(metric: AlphaMetric) throws {
        #expect(recorded.tables.count >= 200)
        for table in recorded.tables {
            let expected = try #require(table.alpha[metric.rawValue])
            let isEqual = isClose(alpha(table.values, metric), expected)
            #expect(isEqual, "\(metric) \(table.values)")
            if let other = table.nltk[metric.rawValue] {
                let isEqualToOther = isClose(alpha(table.values, metric), other)
                #expect(isEqualToOther, "\(metric) \(table.values)")
            }
        }
    }

    /// Fleiss' kappa is alpha without the correction for small samples: 1 - alpha = (1 - kappa) (n - 1) / n.
    @Test func alphaOfCompleteTablesIsFleissKappaForLargeSamples() throws {
        let complete = recorded.tables.filter { $0.fleiss != nil }
        #expect(complete.count >= 40)
        for table in complete {
            let count = Double(table.values.count * table.values[0].count)
            let kappa = try #require(table.fleiss)
            #expect(isClose(alpha(table.values, .nominal), 1 - (1 - kappa) * (count - 1) / count))
        }
    }

    @Test func studies() throws {
        #expect(recorded.studies.count { $0.interval != nil } >= 20)
        for study in recorded.studies {
            let unit = try #require(LabelUnit(rawValue: study.unit))
            let traces = study.traces.enumerated().map { $1.annotated(name: "\($0)") }
            let table = AgreementTable(labels: ["x"], scale: .nominal, unit: unit, traces: traces)
            let label = table.labels[0]
            #expect(isClose(number(label.alpha), study.alpha))
            #expect(isClose(number(label.kinds.first { $0.kind == .humanHuman }?.alpha), study.humanHuman))
            #expect(isClose(number(label.rawAgreement), study.raw))
            #expect(isClose(number(label.ac1), study.ac1))
            #expect(isClose(number(label.prevalence), study.prevalence))
            #expect(label.units == study.units)
            let ends = try? label.interval.get()
            #expect(isClose(ends?.lowerBound, study.interval?[0]))
            #expect(isClose(ends?.upperBound, study.interval?[1]))
            for pair in study.pairs {
                let found = label.pairs.first { $0.first.handle == pair.first && $0.second.handle == pair.second }
                #expect(isClose(number(found?.alpha), pair.alpha))
            }
            let batch = batchAgreement(label: "x", kind: .humanHuman, scale: .nominal, unit: unit, traces: traces)
            #expect(isClose(number(batch), study.humanHuman))
        }
    }

    @Test func borders() {
        #expect(recorded.borders.count >= 100)
        for borders in recorded.borders {
            var agreement = BorderAgreement()
            agreement.add(Set(borders.a), Set(borders.b), nearMiss: borders.window - 1)
            #expect(isClose(number(agreement.similarity), borders.similarity), "\(borders)")
        }
    }
}

/// The example of Krippendorff 2011, "Computing Krippendorff's alpha-reliability", section D.
@Suite struct PublishedAlphaTests {
    private static let values: [[Double?]] = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, nil, nil, nil],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nil, 3],
        [nil, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nil],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nil],
    ]

    @Test(arguments: [
        (AlphaMetric.nominal, 0.743), (.ordinal, 0.815), (.interval, 0.849), (.ratio, 0.797),
    ]) func alphaOfFourObservers(metric: AlphaMetric, expected: Double) throws {
        let found = try #require(alpha(Self.values, metric))
        #expect(abs(found - expected) < 0.0005)
    }
}

/// Returns alpha of a table of annotators by units, or nil if there is no alpha. Values of the interval metric are
/// mapped to 0...1.
func alpha(_ values: [[Double?]], _ metric: AlphaMetric) -> Double? {
    let known = values.joined().compactMap(\.self)
    let (low, high) = (known.min() ?? 0, known.max() ?? 0)
    let scaled = values.map { row in
        row.map { value in
            guard let value else { return Double.nan }
            return metric == .interval && high > low ? (value - low) / (high - low) : value
        }
    }
    let units = values[0].indices
    let ratings = Ratings(
        annotators: values.indices.map { Annotator("\($0)", .human) }, weights: units.map { _ in 1 },
        values: units.flatMap { unit in scaled.map { $0[unit] } })
    return number(Tally(ratings, metric).all.measuredAlpha)
}

func number(_ measured: Measured<Double>?) -> Double? { try? measured?.get() }

/// Returns whether two numbers are equal to ten digits, or both are missing.
func isClose(_ a: Double?, _ b: Double?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return abs(a - b) < 1e-10
}
