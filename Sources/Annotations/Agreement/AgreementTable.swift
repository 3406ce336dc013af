import Words

/// How well annotators agree on one label.
package struct LabelAgreement: Sendable, Equatable {
    /// The agreement of annotators of two kinds of makers.
    package struct Kind: Sendable, Equatable {
        package var kind: AgreementKind
        package var alpha: Measured<Double>
        package var interval: Measured<ClosedRange<Double>>
        /// The number of traces with units that two such annotators rated.
        package var traces: Int
    }

    /// The agreement of two annotators.
    package struct Pair: Sendable, Equatable {
        package var first: Annotator
        package var second: Annotator
        package var alpha: Measured<Double>
        /// The number of units that both rated.
        package var units: Int
    }

    package var label: String
    /// Krippendorff's alpha of all annotators.
    package var alpha: Measured<Double>
    /// The 95 % interval of alpha over traces.
    package var interval: Measured<ClosedRange<Double>>
    /// The share of equal pairs of values.
    package var rawAgreement: Measured<Double>
    package var prevalence: Measured<Double>
    package var ac1: Measured<Double>
    /// Boundary similarity, for codebooks whose unit is the span.
    package var borders: Measured<Double>?
    /// The number of units rated by two annotators or more: segments or texts, or code points if annotators mark spans.
    package var units: Int
    /// The number of traces with such units.
    package var traces: Int
    /// The number of annotators who rated such units.
    package var annotators: Int
    /// The kinds for which at least one trace has two annotators.
    package var kinds: [Kind]
    /// The pairs that annotated the same trace, sorted.
    package var pairs: [Pair]
}

/// How well annotators agree on the labels of a codebook.
package struct AgreementTable: Sendable, Equatable {
    package var unit: LabelUnit
    /// The agreement on each label, in the order of `labels`.
    package var labels: [LabelAgreement]

    /// Compares all annotators of the traces. The order of the traces does not matter.
    package init(labels: [String], scale: LabelScale, unit: LabelUnit, traces: [AnnotatedTrace]) {
        let traces = traces.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let rules = RatingRules(scale, unit, traces: traces)
        let tallies = traces.concurrentMap { trace in
            rules.ratings(trace, labels: labels).map { Tally($0, rules.metric) }
        }
        self.unit = unit
        self.labels = Array(labels.enumerated()).concurrentMap { place, label in
            var agreement = LabelAgreement(label, tallies.map { $0[place] }, rules)
            if unit == .span {
                agreement.borders =
                    traces.reduce(into: BorderAgreement()) { $0 += BorderAgreement($1, label: label) }.similarity
            }
            return agreement
        }
    }
}

extension LabelAgreement {
    /// Sums tallies of traces.
    fileprivate init(_ label: String, _ traces: [Tally], _ rules: RatingRules) {
        let sum = traces.reduce(into: Tally(Ratings(annotators: [], weights: [], values: []), rules.metric)) {
            $0 += $1
        }
        self.label = label
        alpha = sum.alpha(rules)
        interval = alpha.flatMap { _ in alphaInterval(traces.map(\.all)) }
        rawAgreement = sum.rawAgreement(rules)
        prevalence = sum.prevalence
        ac1 = sum.ac1(rules)
        units = Int(sum.ratedTwice)
        self.traces = traces.count { $0.ratedTwice > 0 }
        annotators = sum.annotators.count
        pairs = sum.pairs.sorted { $0.key < $1.key }.map { pair, coincidences in
            Pair(
                first: pair.first, second: pair.second, alpha: coincidences.measuredAlpha,
                units: Int(coincidences.pairWeight))
        }
        let compared = Set(pairs.map { AgreementKind($0.first.maker, $0.second.maker) })
        kinds = AgreementKind.allCases.filter(compared.contains).map { kind in
            let parts = traces.map { $0.kinds[kind.place] }
            let alpha = sum.kinds[kind.place].measuredAlpha
            return Kind(
                kind: kind, alpha: alpha, interval: alpha.flatMap { _ in alphaInterval(parts) },
                traces: parts.count { !$0.isEmpty })
        }
    }
}

/// Returns the agreement of annotators of a kind on one label over a batch of traces.
package func batchAgreement(
    label: String, kind: AgreementKind, scale: LabelScale, unit: LabelUnit, traces: [AnnotatedTrace]
) -> Measured<Double> {
    let rules = RatingRules(scale, unit, traces: traces)
    var sum = Coincidences(rules.metric)
    for trace in traces {
        for ratings in rules.ratings(trace, labels: [label]) { sum += Tally(ratings, rules.metric).kinds[kind.place] }
    }
    return sum.isEmpty ? .failure(rules.nothingRatedTwice) : sum.measuredAlpha
}
