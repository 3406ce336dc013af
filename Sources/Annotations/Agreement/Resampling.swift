import Words

/// How intervals are computed: whole traces are drawn with replacement, because segments of one trace resemble each
/// other. Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13 (percentile interval).
package enum Resampling {
    package static let resamples = 2000
    /// The seed of SplitMix64. Each interval begins with the first number of its sequence.
    package static let seed: UInt64 = 0
    /// The share of alphas between the two ends.
    package static let share = 0.95
    /// The fewest traces with common units that give an interval.
    package static let fewestTraces = 3
}

/// Returns the 95 % percentile interval of alpha. Each element holds the coincidences of one trace; their order decides
/// which traces are drawn. Elements without coincidences are not drawn.
package func alphaInterval(_ traces: [Coincidences]) -> Measured<ClosedRange<Double>> {
    let traces = traces.filter { !$0.isEmpty }
    guard traces.count >= Resampling.fewestTraces else { return .failure(.fewerThanThreeTraces) }
    let alphas = traces[0].metric == .interval ? resampledMoments(traces) : resampledCells(traces)
    guard alphas.count * 20 >= Resampling.resamples * 19 else { return .failure(.oneLabelInResamples) }
    let sorted = alphas.sorted()
    let tail = (1 - Resampling.share) / 2
    return .success(quantile(sorted, tail)...quantile(sorted, 1 - tail))
}

private func resampledMoments(_ traces: [Coincidences]) -> [Double] {
    let moments = traces.map(\.moments)
    var random = SplitMix64(seed: Resampling.seed)
    return (0..<Resampling.resamples).compactMap { _ in
        var sum = SIMD4<Double>()
        for _ in moments.indices { sum += moments[random.below(moments.count)] }
        return Coincidences.alpha(moments: sum)
    }
}

private func resampledCells(_ traces: [Coincidences]) -> [Double] {
    let table = CoincidenceTable(traces[0].metric, Set(traces.flatMap(\.cells.keys)).sorted())
    let places = Dictionary(uniqueKeysWithValues: table.cells.enumerated().map { ($1, $0) })
    let weights = traces.map { trace in trace.cells.map { (place: places[$0.key] ?? 0, weight: $0.value) } }
    var random = SplitMix64(seed: Resampling.seed)
    return (0..<Resampling.resamples).compactMap { _ in
        var sums = [Double](repeating: 0, count: table.cells.count)
        for _ in weights.indices {
            for (place, weight) in weights[random.below(weights.count)] { sums[place] += weight }
        }
        return table.alpha(sums)
    }
}

/// Returns a quantile of ascending numbers by linear interpolation (definition 7 of Hyndman and Fan 1996).
private func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let position = share * Double(sorted.count - 1)
    let index = min(Int(position), sorted.count - 2)
    return sorted[index] + (position - Double(index)) * (sorted[index + 1] - sorted[index])
}
