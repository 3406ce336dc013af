import KernelInterface

/// Search and self-verification on the countdown task (TinyZero; Gandhi et al. 2024, arXiv 2404.03683; Lee et al. 2025,
/// arXiv 2504.14379), learned by imitating traces, and perhaps by reward afterwards.
package struct CountdownKernel: Kernel {
    package init() {}

    package var description: KernelDescription {
        KernelDescription(
            name: "countdown",
            version: 1,
            summary: "a transformer that tries, checks and tries again to reach a number from three others",
            CountdownConfig.self,
            measurements: [
                CountdownVerdicts.description, CountdownSearch.description, CountdownSearch.reinforcementDescription,
                CountdownProbe.description, CountdownProbe.leadDescription, CountdownAblation.description,
                CountdownAblation.neededDescription, CountdownAblation.attentionDescription,
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

    package func measure(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [String: Double] {
        let config = try CountdownConfig(job)
        let networks = try CountdownNetworks(
            checkpoint, config, isTrained: job.settings.word("network") == "trained")
        let model = networks.final.model
        func reading() -> CountdownReading { CountdownReading(model, config, seed: job.seed) }
        switch job.measurement {
        case CountdownVerdicts.description.name: return CountdownVerdicts(reading()).values
        case CountdownSearch.description.name: return CountdownSearch.measure(model, seed: job.seed)
        case CountdownSearch.reinforcementDescription.name:
            return CountdownSearch.measureReinforcement(networks, seed: job.seed)
        case CountdownProbe.description.name: return try CountdownProbe.measure(reading(), job.settings)
        case CountdownProbe.leadDescription.name: return try CountdownProbe.measureLead(reading(), job.settings)
        case CountdownAblation.description.name: return CountdownAblation.measure(reading(), job.settings)
        case CountdownAblation.neededDescription.name: return CountdownAblation.measureNeeded(reading(), job.settings)
        case CountdownAblation.attentionDescription.name: return CountdownAblation.measureAttention(reading())
        default: throw KernelFailure(reason: "unknown measurement \"\(job.measurement)\"")
        }
    }
}
