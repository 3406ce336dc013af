import KernelInterface

/// Grokking (Nanda et al. 2023, arXiv 2301.05217): a transformer learns to add modulo p from some of all pairs, and
/// later generalises to the other pairs.
///
/// The network of the paper memorises long before it generalises. In a network of this size, the two phases overlap:
/// when the training pairs are fitted, more than a quarter of the other pairs are correct too.
package struct ModularAddition: Kernel {
    package init() {}

    package var description: KernelDescription {
        KernelDescription(
            name: "modular-addition",
            version: 2,
            summary: "a transformer that learns to add modulo an odd number, and the frequencies that it uses",
            ModularAdditionConfig.self,
            measurements: ModularAdditionEvaluation.measurements)
    }

    package func train(_ job: KernelJob, progress: (Double) -> Void) throws(KernelFailure) -> [UInt8] {
        let config = try ModularAdditionConfig(job)
        let model = config.initialModel(seed: job.seed)
        let trained =
            if job.settings.word("network") == "untrained" {
                TrainedAdder(
                    network: TrainedTransformer(untrained: model), curves: AccuracyCurves(steps: config.schedule.steps))
            } else {
                try config.train(model, AdditionTable(config, job), progress: progress)
            }
        return trained.checkpoint()
    }
}

extension ModularAddition {
    /// Returns the loss curve.
    package func pictures(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [Picture] {
        let config = try ModularAdditionConfig(job)
        return lossPictures(try TrainedAdder(checkpoint, config).network.curve, steps: config.transformer.steps)
    }
}

extension AdditionTable {
    init(_ config: ModularAdditionConfig, _ job: KernelJob) {
        self.init(
            modulus: config.modulus, trainingPairs: config.trainingPairs,
            shufflesLabels: job.settings.word("labels") == "shuffled", seed: job.seed)
    }
}
