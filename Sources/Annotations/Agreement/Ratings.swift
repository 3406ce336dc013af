/// The values that annotators gave to the units of one trace for one label. A unit is a segment, the text, or a piece of
/// text that no annotator divides.
struct Ratings {
    var annotators: [Annotator]
    /// For each unit 1, or the number of its code points if annotators mark spans.
    var weights: [Double]
    /// For each unit the values in the order of the annotators. NaN means that there is no value: the annotator did not
    /// look at the whole unit, gave no value, or gave two.
    var values: [Double]
    /// The weight of the units that an annotator looked at, summed over annotators.
    var lookedAt = 0.0
    /// The weight of those units that carry the label.
    var labelled = 0.0

    init(annotators: [Annotator], weights: [Double], values: [Double]) {
        (self.annotators, self.weights, self.values) = (annotators, weights, values)
    }
}

/// The rules by which marks become values.
struct RatingRules {
    var scale: LabelScale
    var unit: LabelUnit
    /// For an interval scale, the median and the width of the values of each label. Values are mapped to -1...1 around
    /// the median, which does not change alpha. If they were mapped around the lowest value, one outlier would leave no
    /// digits for the others.
    private var spreads: [String: (median: Double, width: Double)] = [:]

    init(_ scale: LabelScale, _ unit: LabelUnit, traces: [AnnotatedTrace]) {
        (self.scale, self.unit) = (scale, unit)
        guard scale == .interval else { return }
        var values: [String: [Double]] = [:]
        for mark in traces.lazy.flatMap(\.readings).flatMap(\.marks) {
            if let value = mark.value { values[mark.label, default: []].append(value) }
        }
        spreads = values.mapValues { values in
            let sorted = values.sorted()
            return (sorted[sorted.count / 2], sorted[sorted.count - 1] - sorted[0])
        }
    }

    /// For present (1) and absent (0), the interval metric and the nominal metric are equal.
    var metric: AlphaMetric { scale == .ordinal ? .ordinal : .interval }

    /// The reason why there is no alpha if no unit has two values.
    var nothingRatedTwice: NoNumber { unit == .segment ? .noSegmentRatedTwice : .noCommonText }

    /// Returns the ratings of a trace for each of the labels.
    func ratings(_ trace: AnnotatedTrace, labels: [String]) -> [Ratings] {
        let places = Dictionary(zip(labels, labels.indices)) { first, _ in first }
        let fixed = trace.units(unit)
        let ends = Dictionary(fixed.map { ($0.lowerBound, $0.upperBound) }) { first, _ in first }
        /// The marks of each annotator and label.
        let marks = trace.readings.map { reading in
            var marks = [[Annotation.Mark]](repeating: [], count: labels.count)
            for mark in reading.marks where unit == .span || ends[mark.range.lowerBound] == mark.range.upperBound {
                if let place = places[mark.label] { marks[place].append(mark) }
            }
            return marks
        }
        return labels.indices.map { place in
            let marks = marks.map { $0[place] }
            let units = unit == .span ? pieces(trace, marks) : fixed
            var ratings = Ratings(
                annotators: trace.readings.map(\.annotator),
                weights: units.map { unit == .span ? Double($0.count) : 1 },
                values: [Double](repeating: .nan, count: units.count * marks.count))
            for (annotator, reading) in trace.readings.enumerated() {
                rate(&ratings, annotator, units, isInside(units, reading.covered), marks[annotator])
            }
            return ratings
        }
    }

    /// Cuts a text at the borders of all marks and of everything that annotators looked at.
    private func pieces(_ trace: AnnotatedTrace, _ marks: [[Annotation.Mark]]) -> [Range<Int>] {
        let ranges = marks.joined().map(\.range) + trace.readings.flatMap { Array($0.covered.ranges) }
        let cuts = Set(ranges.flatMap { [$0.lowerBound, $0.upperBound] } + [0, trace.length]).sorted()
        return zip(cuts, cuts.dropFirst()).map { $0..<$1 }
    }

    /// Sets the values of one annotator.
    private func rate(
        _ ratings: inout Ratings, _ annotator: Int, _ units: [Range<Int>], _ isLookedAt: [Bool],
        _ marks: [Annotation.Mark]
    ) {
        let ends = marks.indices.sorted { marks[$0].range.upperBound < marks[$1].range.upperBound }
        var (started, ended) = (0, 0)
        /// The values of the marks on the current unit, with the number of marks that have them.
        var current: [Double: Int] = [:]
        for (index, unit) in units.enumerated() {
            while started < marks.count, marks[started].range.lowerBound <= unit.lowerBound {
                current[value(marks[started]), default: 0] += 1
                started += 1
            }
            while ended < marks.count, marks[ends[ended]].range.upperBound <= unit.lowerBound {
                let value = value(marks[ends[ended]])
                current[value, default: 0] -= 1
                if current[value] == 0 { current[value] = nil }
                ended += 1
            }
            guard isLookedAt[index] else { continue }
            ratings.lookedAt += ratings.weights[index]
            if !current.isEmpty { ratings.labelled += ratings.weights[index] }
            let place = index * ratings.annotators.count + annotator
            if current.count == 1, let value = current.first?.key, value.isFinite {
                ratings.values[place] = value
            } else if current.isEmpty, scale == .nominal {
                ratings.values[place] = 0
            }
        }
    }

    /// Returns the value that stands for a mark: infinity if its value is missing.
    private func value(_ mark: Annotation.Mark) -> Double {
        guard scale != .nominal else { return 1 }
        guard let value = mark.value else { return .infinity }
        guard scale == .interval, let spread = spreads[mark.label] else { return value }
        guard spread.width > 0 else { return 0 }
        guard spread.width.isFinite else { return value / Double.greatestFiniteMagnitude / 2 }
        return (value - spread.median) / spread.width
    }
}

/// Returns for each range, in ascending order, whether it lies in a set.
func isInside(_ ranges: [Range<Int>], _ set: RangeSet<Int>) -> [Bool] {
    var parts = set.ranges.makeIterator()
    var part = parts.next()
    return ranges.map { range in
        while let current = part, current.upperBound < range.upperBound { part = parts.next() }
        return part.map { $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound } ?? false
    }
}
