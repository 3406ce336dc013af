import KernelInterface

/// Search in trees (Brinkmann et al. 2024, arXiv 2402.11917): a transformer reads a tree's edges in random order and
/// predicts the path from the root to a leaf. Probes test which nodes of the path its residual stream contains before
/// the network predicts them.
package struct TreeSearch: Kernel {
    package init() {}

    package var description: KernelDescription {
        KernelDescription(
            name: "tree-search",
            version: 2,
            summary:
                "a transformer that predicts the path to a leaf of a random binary tree, and the path in its residual stream",
            TreeSearchConfig.self,
            measurements: TreeSearchMeasurement.all.map(\.measurement))
    }

    package func train(_ job: KernelJob, progress: (Double) -> Void) throws(KernelFailure) -> [UInt8] {
        let config = try TreeSearchConfig(job)
        let trained = try config.network(job) { model throws(KernelFailure) in
            try train(model, config, seed: job.seed, progress: progress)
        }
        return trained.checkpoint(kernel: "tree-search")
    }

    /// Returns the loss curve.
    package func pictures(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [Picture] {
        let config = try TreeSearchConfig(job)
        let trained = try TrainedTransformer(checkpoint, kernel: "tree-search", config.shape)
        return lossPictures(trained.curve, steps: config.transformer.steps)
    }

    /// Trains on fresh trees in each step.
    private func train(
        _ model: Transformer, _ config: TreeSearchConfig, seed: UInt64, progress: (Double) -> Void
    ) throws(KernelFailure) -> TrainedTransformer {
        var trees = TreeSplit(config, seed: seed).trainingTrees
        return try TrainedTransformer(training: model, config.transformer.schedule, progress: progress) { batch in
            batch.removeAll()
            for _ in 0..<config.transformer.batch {
                batch.append(config.format.tokens(of: trees.next()), firstTarget: config.firstTarget)
            }
        }
    }
}
