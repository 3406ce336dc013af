import KernelInterface

/// Toy models of superposition (Elhage et al. 2022, arXiv 2209.10652): y = ReLU(Wᵀ W x + b) on sparse inputs.
package struct Superposition: Kernel {
    package init() {}

    package var description: KernelDescription {
        KernelDescription(
            name: "superposition",
            version: 2,
            summary: "y = ReLU(WᵀWx + b) with more sparse features than dimensions (Elhage et al. 2022)",
            parameters: SuperpositionConfig.parameters,
            measurements: [Dimensionality.measurement, PhaseDiagram.measurement],
            cost: { config, measurement, settings throws(ConfigMistake) in
                try SuperpositionConfig(config, measurement: measurement, settings).cost
            })
    }

    package func train(_ job: KernelJob, progress: (Double) -> Void) throws(KernelFailure) -> [UInt8] {
        let config = try SuperpositionConfig(job)
        let networks =
            if config.isPhaseDiagram {
                try PhaseDiagram.train(config, seed: job.seed, progress: progress)
            } else {
                [
                    try Dimensionality.train(
                        config, density: job.settings.number("density"), seed: job.seed, progress: progress)
                ]
            }
        return SuperpositionCheckpoint(networks: networks).bytes
    }
}
