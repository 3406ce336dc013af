/// A run that has started and is not finished.
package struct ActiveRun: Sendable {
    package var run: PlannedRun
    /// The time since the run started to train its network or, after that, to measure it.
    package var seconds: Double
    /// The finished share of the training, from 0 to 1.
    package var share: Double

    package init(_ run: PlannedRun, seconds: Double, share: Double) {
        (self.run, self.seconds, self.share) = (run, seconds, share)
    }
}

extension RunQueue {
    /// Returns the expected time until the active and the waiting runs are finished.
    package func secondsLeft(_ active: [ActiveRun], cores: Int) -> Double {
        let left = active.map(secondsLeft)
        return max((left.reduce(0, +) + seconds) / Double(cores), left.max() ?? 0, longestSeconds)
    }

    /// Returns the expected remaining time of a run. The measured speed corrects the estimate, with a weight that grows
    /// with the elapsed time.
    private func secondsLeft(_ active: ActiveRun) -> Double {
        let expected = expectedSeconds(of: active.run)
        guard active.share > 0 else { return max(0, expected - active.seconds) }
        return expected * (1 - active.share) * (active.seconds + 1) / (expected * active.share + 1)
    }
}
