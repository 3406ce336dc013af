/// What one annotator's labels say about a batch of traces. A segment has a label if a mark with the label lies on at
/// least one of its code points. Only segments that the annotator looked at as a whole count.
package enum TraceStatistic: Sendable, Equatable {
    /// The number of segments with the label, divided by the number of segments. Traces are pooled.
    case segmentShare
    /// The number of code points with the label, divided by the number of code points looked at. Traces are pooled.
    case textShare
    /// The number of marks with the label on different ranges, averaged over the traces that were looked at as a whole.
    case meanCount
    /// The position of a segment with the label, averaged over all of them. The position is that of the segment's middle:
    /// (start + end) / 2 divided by the length of the text in code points, which is between 0 and 1.
    case meanPosition
    /// The number of segments with the label whose next segment has another label (or the same), divided by the number of
    /// segments with the label that have a next segment which the annotator looked at. Traces are pooled.
    case transition(to: String)
    /// The share of traces with at least one mark with the label, of the traces that were looked at as a whole.
    case presence
}

/// Returns a statistic of the marks that an annotator gave to traces.
package func traceStatistic(
    _ statistic: TraceStatistic, label: String, annotator: Annotator, traces: [AnnotatedTrace]
) -> Measured<Double> {
    let views = traces.flatMap { trace in
        trace.readings.lazy.filter { $0.annotator == annotator }.map { View(trace, $0) }
    }
    switch statistic {
    case .segmentShare:
        return ratio(views.map { ($0.segments(with: label).count(where: \.self), $0.segments.count) }, .notLookedAt)
    case .textShare:
        return ratio(views.map { $0.codePoints(with: label) }, .notLookedAt)
    case .meanCount:
        return ratio(views.filter(\.isWhole).map { (Set($0.ranges(of: label)).count, 1) }, .notLookedAt)
    case .presence:
        return ratio(views.filter(\.isWhole).map { ($0.ranges(of: label).isEmpty ? 0 : 1, 1) }, .notLookedAt)
    case .meanPosition:
        let positions = views.flatMap { $0.positions(of: label) }
        return positions.isEmpty ? .failure(.labelAbsent) : .success(positions.reduce(0, +) / Double(positions.count))
    case .transition(let next):
        let counts = views.flatMap { $0.transitions(from: label, to: next) }
        return ratio(counts, .labelAbsent)
    }
}

/// Returns the sum of the first numbers divided by the sum of the second numbers.
private func ratio(_ counts: [(Int, Int)], _ reason: NoNumber) -> Measured<Double> {
    let (part, whole) = counts.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
    return whole == 0 ? .failure(reason) : .success(Double(part) / Double(whole))
}

/// A trace as one annotator saw it.
private struct View {
    var reading: Reading
    var length: Int
    /// The segments that the annotator looked at, with their numbers.
    var segments: [(number: Int, range: Range<Int>)]

    init(_ trace: AnnotatedTrace, _ reading: Reading) {
        self.reading = reading
        length = trace.length
        segments = zip(trace.segments.enumerated(), isInside(trace.segments, reading.covered)).filter(\.1)
            .map { ($0.0.offset, $0.0.element) }
    }

    var isWhole: Bool { length > 0 && reading.covered.contains(0..<length) }

    func ranges(of label: String) -> [Range<Int>] { reading.marks.filter { $0.label == label }.map(\.range) }

    func marked(_ label: String) -> RangeSet<Int> { RangeSet(ranges(of: label)) }

    /// Returns the number of code points with a label and the number of all code points that the annotator looked at.
    func codePoints(with label: String) -> (Int, Int) {
        (marked(label).intersection(reading.covered).size, reading.covered.size)
    }

    /// Returns the middles of the segments with a label, divided by the length of the text.
    func positions(of label: String) -> [Double] {
        zip(segments, segments(with: label)).filter(\.1).map { segment, _ in
            Double(segment.range.lowerBound + segment.range.upperBound) / Double(2 * length)
        }
    }

    /// Returns for each segment whether it has a label.
    func segments(with label: String) -> [Bool] {
        var parts = marked(label).ranges.makeIterator()
        var part = parts.next()
        return segments.map { segment in
            while let current = part, current.upperBound <= segment.range.lowerBound { part = parts.next() }
            return part.map { $0.lowerBound < segment.range.upperBound } ?? false
        }
    }

    /// Returns for each segment with a label that has a next segment: 1 if this has the other label or else 0, and 1.
    func transitions(from label: String, to next: String) -> [(Int, Int)] {
        let (labelled, follows) = (segments(with: label), segments(with: next))
        var counts: [(Int, Int)] = []
        for index in segments.indices.dropLast()
        where labelled[index] && segments[index + 1].number == segments[index].number + 1 {
            counts.append((follows[index + 1] ? 1 : 0, 1))
        }
        return counts
    }
}

extension RangeSet<Int> {
    fileprivate var size: Int { ranges.reduce(0) { $0 + $1.count } }

    fileprivate func contains(_ range: Range<Int>) -> Bool { intersection(RangeSet(range)) == RangeSet(range) }
}
