import KernelInterface

/// Faithfulness of a chain of thought (Lanham et al. 2023, arXiv 2307.13702). A transformer applies permutations one by
/// one, and writes the state after each permutation into its chain. How much does the answer depend on the chain?
package struct ChainOfThought: Kernel {
    package init() {}

    package var description: KernelDescription {
        KernelDescription(
            name: "chain-of-thought",
            version: 2,
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

    /// Trains on fresh problems in each step, with every token after the first as target, as in a language model.
    private func train(
        _ model: Transformer, _ config: ChainOfThoughtConfig, seed: UInt64, progress: (Double) -> Void
    ) throws(KernelFailure) -> TrainedTransformer {
        var texts = TrainingTexts(config, PairSplit(config, seed: seed), seed: seed)
        return try TrainedTransformer(training: model, config.transformer.schedule, progress: progress) { batch in
            batch.removeAll()
            for _ in 0..<config.transformer.batch { batch.append(texts.next().text, firstTarget: 1) }
        }
    }
}
