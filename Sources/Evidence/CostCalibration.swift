/// The ratio of actual to expected durations, learned from finished runs.
///
/// The ratio of the same work has priority. For work without runs of its own, the ratio of work of similar size on the
/// same toy model is used, then that of the toy model, then that of all work.
struct CostCalibration: Sendable {
    /// A kind of work, such as the training of one study's networks.
    struct Work: Hashable, Sendable {
        /// The index of the study or of the batch of networks.
        var index: Int
        var modelDigest: String
        /// The uncalibrated duration.
        var expected: Double
    }

    private struct Seconds {
        var expected = 0.0
        var actual = 0.0

        mutating func add(_ expected: Double, _ actual: Double) {
            self.expected += expected
            self.actual += actual
        }

        /// Returns the ratio of the sums, where `priorSeconds` of work with the ratio `prior` count too.
        func ratio(_ prior: Double, _ priorSeconds: Double) -> Double {
            (actual + priorSeconds * prior) / (expected + priorSeconds)
        }
    }

    private struct Size: Hashable {
        var modelDigest: String
        var exponent: Int
    }

    /// The initial factors, by model digest.
    private var prior: [String: Double] = [:]
    private var all = Seconds()
    private var byModel: [String: Seconds] = [:]
    private var bySize: [Size: Seconds] = [:]
    private var byIndex: [Int: Seconds] = [:]

    /// The weight of the prior, in seconds. In a very short run, most of the time is spent on the start of the process.
    /// Without a prior, such runs would distort the estimates for long ones.
    private static let priorSeconds = 1.0

    mutating func learn(_ work: Work, actual: Double) {
        all.add(work.expected, actual)
        byModel[work.modelDigest, default: Seconds()].add(work.expected, actual)
        bySize[size(work), default: Seconds()].add(work.expected, actual)
        byIndex[work.index, default: Seconds()].add(work.expected, actual)
    }

    /// A calibration without data. Its initial factors are the factors of the toy models of this calibration.
    var asPrior: CostCalibration {
        var next = CostCalibration()
        next.prior = Dictionary(uniqueKeysWithValues: byModel.keys.map { ($0, factor(ofModel: $0)) })
        return next
    }

    /// Returns the expected duration of work, corrected by what was learned.
    func seconds(_ work: Work) -> Double {
        for same in [byIndex[work.index], bySize[size(work)]] {
            if let same, same.expected > 0 { return work.expected * same.ratio(0, 0) }
        }
        return work.expected * factor(ofModel: work.modelDigest)
    }

    private func factor(ofModel modelDigest: String) -> Double {
        let overall = prior[modelDigest] ?? all.ratio(1, Self.priorSeconds)
        return byModel[modelDigest]?.ratio(overall, Self.priorSeconds) ?? overall
    }

    /// Durations of one size differ at most by a factor of four.
    private func size(_ work: Work) -> Size {
        Size(modelDigest: work.modelDigest, exponent: work.expected > 0 ? Int(work.expected.exponent) >> 1 : .min)
    }
}
