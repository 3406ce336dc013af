/// The mean of some numbers with what it is known to.
package struct SampleMean {
    package var count: Int
    package var mean: Double
    /// Of the mean: s²/n; nil for one number alone.
    package var variance: Double?

    /// nil for no numbers.
    package init?(_ values: [Double]) {
        guard let first = values.first else { return nil }
        count = values.count
        let n = Double(values.count)
        // About the first value, so that equal values have no variance at all.
        let mean = first + values.lazy.map { $0 - first }.compensatedSum / n
        self.mean = mean
        guard values.count > 1 else { return }
        variance = values.lazy.map { ($0 - mean) * ($0 - mean) }.compensatedSum / (n - 1) / n
    }
}
