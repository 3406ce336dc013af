/// A mean with its variance.
package struct SampleMean {
    package var count: Int
    package var mean: Double
    /// The variance of the mean, s²/n. nil for a single number.
    package var variance: Double?

    /// Returns nil if there are no numbers.
    package init?(_ values: [Double]) {
        guard let first = values.first else { return nil }
        count = values.count
        let n = Double(values.count)
        // Sums differences from the first value, so that the variance of equal values is 0.
        let mean = first + values.lazy.map { $0 - first }.compensatedSum / n
        self.mean = mean
        guard values.count > 1 else { return }
        variance = values.lazy.map { ($0 - mean) * ($0 - mean) }.compensatedSum / (n - 1) / n
    }
}
