import KernelInterface

/// Search and self-verification on the countdown task (TinyZero; Gandhi et al. 2024, arXiv 2404.03683; Lee et al. 2025,
/// arXiv 2504.14379). A transformer learns both by imitating traces, and optionally by reinforcement afterwards.
package struct CountdownKernel: Kernel {
    package init() {}

    package var description: KernelDescription {
        KernelDescription(
            name: "countdown",
            version: 2,
            summary: "a transformer that tries, checks and tries again to reach a number from three or four others",
            CountdownConfig.self,
            measurements: [
                CountdownVerdicts.measurement, CountdownSearch.search, CountdownSearch.reinforcement,
                CountdownProbe.accuracy, CountdownProbe.lead, CountdownAblation.ablation,
                CountdownAblation.headsNeeded, CountdownAblation.headAttention, CountdownOverlap.measurement,
            ])
    }

    package func train(_ job: KernelJob, progress: (Double) -> Void) throws(KernelFailure) -> [UInt8] {
        let config = try CountdownConfig(job)
        let networks =
            if job.settings.word("network") == "untrained" {
                CountdownNetworks(
                    imitating: TrainedTransformer(untrained: config.transformer.model(config.shape, seed: job.seed)))
            } else {
                try config.train(seed: job.seed, progress: progress)
            }
        return networks.checkpoint()
    }
}
