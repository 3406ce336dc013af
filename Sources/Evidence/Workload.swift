import Words

/// The numbers of runs and studies that remain, the number of networks to train, and the expected time.
package struct Workload: Sendable, Equatable {
    package var runs = 0
    package var studies = 0
    /// The number of networks to train for these runs.
    package var trainings = 0
    /// Whether any of the runs measures a network that must be trained, by one of these runs or an earlier one.
    package var measuresNetworks = true
    /// The expected wall-clock time on `cores` cores.
    package var seconds = 0.0
    package var cores: Int

    package init(cores: Int) {
        self.cores = cores
    }

    /// A phrase such as `16 runs of 2 studies, 8 trainings, about 3 min on 2 cores`.
    package var phrase: String {
        "\(counted(runs, "run")) of \(studies) \(studies == 1 ? "study" : "studies"), "
            + (measuresNetworks ? "\(counted(trainings, "training")), " : "")
            + "about \(duration(seconds)) on \(counted(cores, "core"))"
    }
}
