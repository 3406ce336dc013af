import KernelInterface
import Records

/// A claim that runs can decide, with the source of the seeds of its runs.
package struct AuditedClaim: Sendable {
    package var claim: Claim
    package var finding: Finding
    package var verification: Verification
    package var seeds: SeedSource

    package init(claim: Claim, finding: Finding, verification: Verification, seeds: SeedSource) {
        self.claim = claim
        self.finding = finding
        self.verification = verification
        self.seeds = seeds
    }
}

/// The properties that determine a trained network, except for its seed. Studies with equal training share their
/// networks.
package struct Training: Hashable, Sendable {
    package var modelDigest: String
    package var seeds: SeedSource
    /// The settings of the measurement on which the network depends.
    package var settings: [String: String]
    /// The OpenBLAS core type, on which the last bits of results depend. nil for the machine's default.
    package var coreType: String?
}

/// One trained network.
package struct Network: Hashable, Sendable {
    package var training: Training
    package var index: Int

    package var seed: String { training.seeds.seedText(modelDigest: training.modelDigest, index: index) }
}

/// A study with all the information that is needed to run it.
package struct StudyToRun: Sendable {
    package var study: Study
    package var cell: [String: String]
    package var verification: Verification
    package var training: Training
    /// The batches of traces that the runs measure; nil if the runs train networks.
    package var batches: TraceBatches?
    /// The cost of one run, including the start of its process.
    package var cost: RunCost

    package init(
        _ study: Study, cell: [String: String], _ verification: Verification, seeds: SeedSource,
        coreType: String? = nil,
        samples: TraceSamples? = nil
    ) {
        batches =
            verification.kernel.samplesTraces ? samples?.batches(of: study, verification.model, seeds) : nil
        self.study = study
        self.cell = cell
        self.verification = verification
        let name = verification.measurement.measurement.value
        let trainingSettings = verification.kernel.measurement(named: name)?.trainingSettings ?? []
        training = Training(
            modelDigest: study.modelDigest, seeds: seeds,
            settings: study.settings.filter { trainingSettings.contains($0.key) }, coreType: coreType)
        let config = verification.model.completeConfig(verification.kernel)
        // If the study cannot run, its cost is 0.
        cost =
            (try? verification.kernel.cost(config, name, Settings(study.settings)))
            ?? RunCost(trainingSeconds: 0, measuringSeconds: 0, bytes: 0)
        cost.measuringSeconds += Self.startSeconds
    }

    /// The time that a process takes to start. It is a power of two, so that sums are exact.
    private static let startSeconds = 0.0625

    package var seeds: SeedSource { training.seeds }

    /// The number of runs that are possible: the number of batches, for runs on traces.
    package var possibleRuns: Int { min(batches?.count ?? runLimit, runLimit) }

    package func network(_ index: Int) -> Network { Network(training: training, index: index) }

    /// The name of the study, such as `superposition-geometry/dimensionality at density 0.3, control`.
    package var title: String {
        verification.measurement.id + cellSuffix(cell) + (study.isControl ? ", control" : "")
    }
}

/// Returns a phrase such as ` at density 0.3, layer 2`. Returns an empty string for a measurement without conditions.
package func cellSuffix(_ cell: [String: String]) -> String {
    cell.isEmpty ? "" : " at " + cell.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
}

package struct PlannedRun: Hashable, Sendable {
    /// The index of the run's study in the plan.
    package var study: Int
    package var index: Int

    package init(study: Int, index: Int) {
        self.study = study
        self.index = index
    }
}
