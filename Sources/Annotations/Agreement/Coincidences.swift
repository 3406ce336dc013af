/// The squared difference of two values, as Krippendorff's alpha defines it for a scale.
package enum AlphaMetric: String, Sendable, CaseIterable {
    case nominal, ordinal, interval, ratio
}

/// The data of a set of units from which Krippendorff's alpha is computed. The coincidences of disjoint sets add up.
///
/// A unit with m values has m (m - 1) ordered pairs of values; each counts 1 / (m - 1). Their sums are the coincidence
/// matrix. Source: Krippendorff 2011, "Computing Krippendorff's alpha-reliability".
package struct Coincidences: Sendable, Equatable {
    /// Two values, the lower one first.
    struct Cell: Hashable, Comparable {
        var low: Double
        var high: Double

        static func < (a: Cell, b: Cell) -> Bool { (a.low, a.high) < (b.low, b.high) }
    }

    package let metric: AlphaMetric
    /// For the interval metric: the sums over ordered pairs (x, y) of weight, weight x, weight x² and weight (x - y)².
    var moments = SIMD4<Double>()
    /// For the other metrics: the weight of the pairs with these two values, in either order.
    var cells: [Cell: Double] = [:]

    package init(_ metric: AlphaMetric) { self.metric = metric }

    var isEmpty: Bool { moments[0] == 0 && cells.isEmpty }

    /// The sum of the weights of unordered pairs.
    var pairWeight: Double { moments[0] / 2 + cells.values.reduce(0, +) }

    /// Adds the pairs (a, b) and (b, a). For the interval metric, the values must lie between -1 and 1.
    @inline(__always)
    package mutating func add(_ a: Double, _ b: Double, weight: Double) {
        if metric == .interval {
            moments += SIMD4(2, a + b, a * a + b * b, 2 * (a - b) * (a - b)) * weight
        } else {
            cells[Cell(low: min(a, b), high: max(a, b)), default: 0] += weight
        }
    }

    package static func += (sum: inout Coincidences, other: Coincidences) {
        sum.moments += other.moments
        sum.cells.merge(other.cells, uniquingKeysWith: +)
    }

    /// Krippendorff's alpha, or nil if all values are equal. There must be at least one pair.
    package var alpha: Double? {
        guard metric != .interval else { return Self.alpha(moments: moments) }
        let table = CoincidenceTable(metric, cells.keys.sorted())
        return table.alpha(table.cells.map { cells[$0] ?? 0 })
    }

    /// Returns alpha for the interval metric.
    static func alpha(moments: SIMD4<Double>) -> Double? {
        let (count, sum, squares, observed) = (moments[0], moments[1], moments[2], moments[3])
        let variation = squares - sum * sum / count
        // A smaller share is a rounding error.
        guard variation > 1e-12 * squares else { return nil }
        return 1 - (count - 1) * observed / (2 * count * variation)
    }
}

/// The cells of a coincidence matrix in ascending order. Computes alpha from weights of the cells.
struct CoincidenceTable {
    let metric: AlphaMetric
    let cells: [Coincidences.Cell]
    private let values: [Double]
    /// For each cell, the numbers of its two values.
    private let places: [(low: Int, high: Int)]

    init(_ metric: AlphaMetric, _ cells: [Coincidences.Cell]) {
        self.metric = metric
        self.cells = cells
        values = Set(cells.flatMap { [$0.low, $0.high] }).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
        places = cells.map { (numbers[$0.low] ?? 0, numbers[$0.high] ?? 0) }
    }

    /// Returns 1 - observed / expected disagreement, or nil if all values are equal.
    ///
    /// With coincidences o, their row sums n_c and n = Σ n_c: alpha = 1 - (n - 1) Σ o_ck δ²_ck / Σ n_c n_k δ²_ck.
    func alpha(_ weights: [Double]) -> Double? {
        var totals = [Double](repeating: 0, count: values.count)
        for (place, weight) in zip(places, weights) {
            totals[place.low] += weight
            totals[place.high] += weight
        }
        guard totals.count(where: { $0 > 0 }) > 1 else { return nil }
        let count = totals.reduce(0, +)
        let positions = metric == .ordinal ? midRanks(totals) : values
        var observed = 0.0
        for (place, weight) in zip(places, weights) where place.low != place.high {
            observed += 2 * weight * squaredDifference(positions[place.low], positions[place.high])
        }
        return 1 - (count - 1) * observed / expected(totals, positions)
    }

    /// Returns Σ n_c n_k δ²_ck. For positions on a line this is 2 n Σ n_c (x_c - mean)².
    private func expected(_ totals: [Double], _ positions: [Double]) -> Double {
        let count = totals.reduce(0, +)
        switch metric {
        case .nominal:
            return zip(totals, totals).reduce(0) { $0 + $1.0 * (count - $1.1) }
        case .ordinal, .interval:
            let mean = zip(totals, positions).reduce(0) { $0 + $1.0 * $1.1 } / count
            return 2 * count * zip(totals, positions).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
        case .ratio:
            var sum = 0.0
            for (a, x) in zip(totals, positions) where a > 0 {
                for (b, y) in zip(totals, positions) where b > 0 && x != y { sum += a * b * squaredDifference(x, y) }
            }
            return sum
        }
    }

    private func squaredDifference(_ a: Double, _ b: Double) -> Double {
        switch metric {
        case .nominal: 1
        case .ordinal, .interval: (a - b) * (a - b)
        case .ratio: (a - b) / (a + b) * ((a - b) / (a + b))
        }
    }

    /// Returns for each value the number of smaller values plus half the number of equal values. The ordinal metric is
    /// the squared difference of these ranks.
    private func midRanks(_ totals: [Double]) -> [Double] {
        var below = 0.0
        return totals.map { total in
            defer { below += total }
            return below + total / 2
        }
    }
}
