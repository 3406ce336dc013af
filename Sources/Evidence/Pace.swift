import Words

/// How many times longer things take than expected, learned from what is finished.
struct Pace: Sendable {
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

/// Runs that are still to be done.
package struct Workload: Sendable, Equatable {
    package var runs = 0
    package var studies = 0
    /// Networks that are to be trained first.
    package var trainings = 0
    /// Of wall time, on these cores.
    package var seconds = 0.0
    package var cores: Int

    package init(cores: Int) {
        self.cores = cores
    }

    /// `16 runs of 2 studies, 8 trainings, about 3 min on 2 cores`.
    package var phrase: String {
        "\(counted(runs, "run")) of \(studies) \(studies == 1 ? "study" : "studies"), \(counted(trainings, "training")), "
            + "about \(duration(seconds)) on \(counted(cores, "core"))"
    }
}
