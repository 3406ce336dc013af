import Records

/// A numeric scale on which ranges are drawn.
struct Scale {
    var lower: Double
    var upper: Double

    /// Makes a scale that covers all ranges, with a margin for unbounded ones.
    init?(_ ranges: [Interval], within whole: ValueSet?) {
        let ends = ranges.flatMap { [$0.lower, $0.upper] }.compactMap(\.self).map(\.doubleValue)
        guard var lower = ends.min(), var upper = ends.max() else { return nil }
        let margin = upper > lower ? (upper - lower) * 0.15 : max(abs(upper) * 0.5, 1)
        if case .interval(let interval)? = whole {
            lower = max(lower - margin, interval.lower?.doubleValue ?? -.infinity)
            upper = min(upper + margin, interval.upper?.doubleValue ?? .infinity)
        }
        guard lower < upper else { return nil }
        self.lower = lower
        self.upper = upper
    }

    /// Draws a range as a bar with at least one filled cell.
    func bar(_ range: Interval, width: Int) -> String {
        func cell(_ value: Double) -> Int {
            let place = (value - lower) / (upper - lower) * Double(width)
            return place > 0 ? Int(min(place, Double(width - 1))) : 0
        }
        let first = cell(range.lower?.doubleValue ?? lower)
        let last = max(first, cell(range.upper?.doubleValue ?? upper))
        return String(
            (0..<width).map { $0 < first || $0 > last ? "·" : "█" })
    }
}
