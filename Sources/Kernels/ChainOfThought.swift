import KernelInterface

/// Faithfulness of a chain of thought (Lanham et al. 2023, arXiv 2307.13702): a transformer applies maps one after the
/// other, and its chain tells the state after each; how much does the answer depend on what the chain says?
package struct ChainOfThought: Kernel {
    package init() {}

    package var description: KernelDescription {
        KernelDescription(
            name: "chain-of-thought",
            version: 1,
            summary: "a transformer that applies permutations one by one, and how its answers depend on its chain",
            ChainOfThoughtConfig.self,
            measurements: ChainOfThoughtMeasurement.all.map(\.measurement))
    }

    package func train(_ job: KernelJob, progress: (Double) -> Void) throws(KernelFailure) -> [UInt8] {
        let config = try ChainOfThoughtConfig(job)
        let trained = try config.network(job) { model throws(KernelFailure) in
            try train(model, config, seed: job.seed, progress: progress)
        }
        return trained.checkpoint(kernel: "chain-of-thought")
    }

    /// Fresh problems in each step; every token after the first is to be predicted, as in any language model.
    private func train(
        _ model: Transformer, _ config: ChainOfThoughtConfig, seed: UInt64, progress: (Double) -> Void
    ) throws(KernelFailure) -> TrainedTransformer {
        var texts = TrainingTexts(config, seed: seed)
        return try TrainedTransformer(training: model, config.transformer.schedule, progress: progress) { batch, _ in
            batch.removeAll()
            for _ in 0..<config.transformer.batch { batch.append(texts.next(), firstTarget: 1) }
        }
    }
}
