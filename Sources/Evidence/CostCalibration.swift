/// The ratio of actual to expected durations, learned from finished runs.
struct CostCalibration: Sendable {
    private struct Seconds {
        var expected = 0.0
        var actual = 0.0
    }

    /// The initial factors, by model digest.
    private var prior: [String: Double] = [:]
    private var all = Seconds()
    private var byModel: [String: Seconds] = [:]

    /// The weight of the prior, in seconds. In a very short run, most of the time is spent on the start of the process.
    /// Without a prior, such runs would distort the estimates for long ones.
    private static let priorSeconds = 1.0

    mutating func learn(modelDigest: String, expected: Double, actual: Double) {
        all.expected += expected
        all.actual += actual
        byModel[modelDigest, default: Seconds()].expected += expected
        byModel[modelDigest, default: Seconds()].actual += actual
    }

    /// A calibration without data. Its initial factors are the current factors of this calibration.
    var asPrior: CostCalibration {
        var next = CostCalibration()
        next.prior = Dictionary(uniqueKeysWithValues: byModel.keys.map { ($0, factor($0)) })
        return next
    }

    func factor(_ modelDigest: String) -> Double {
        let overall = prior[modelDigest] ?? (all.actual + Self.priorSeconds) / (all.expected + Self.priorSeconds)
        guard let own = byModel[modelDigest] else { return overall }
        return (own.actual + Self.priorSeconds * overall) / (own.expected + Self.priorSeconds)
    }
}
