import Words

/// Runs still to do.
package struct Workload: Sendable, Equatable {
    package var runs = 0
    package var studies = 0
    /// Networks to train first.
    package var trainings = 0
    /// Wall time on these cores.
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
