extension Sequence<Double> {
    /// The sum of the elements, added in their order. Rounding errors are summed separately and added at the end
    /// (Neumaier 1974).
    var compensatedSum: Double {
        var (sum, lost) = (0.0, 0.0)
        for value in self {
            let next = sum + value
            lost += sum.magnitude >= value.magnitude ? (sum - next) + value : (value - next) + sum
            sum = next
        }
        return sum.isFinite ? sum + lost : sum
    }
}
