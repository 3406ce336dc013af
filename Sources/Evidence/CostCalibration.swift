/// How many times longer things take than expected, learned from what is finished.
struct CostCalibration: Sendable {
    private struct Seconds {
        var expected = 0.0
        var actual = 0.0
    }

    private var all = Seconds()
    private var byModel: [String: Seconds] = [:]

    /// What is believed before anything is finished weighs as much as this many seconds: the start of a process, which is
    /// most of a tiny run, says little of a long one.
    private static let priorSeconds = 1.0

    mutating func learn(modelDigest: String, expected: Double, actual: Double) {
        all.expected += expected
        all.actual += actual
        byModel[modelDigest, default: Seconds()].expected += expected
        byModel[modelDigest, default: Seconds()].actual += actual
    }

    func factor(_ modelDigest: String) -> Double {
        let overall = (all.actual + Self.priorSeconds) / (all.expected + Self.priorSeconds)
        guard let own = byModel[modelDigest] else { return overall }
        return (own.actual + Self.priorSeconds * overall) / (own.expected + Self.priorSeconds)
    }
}
