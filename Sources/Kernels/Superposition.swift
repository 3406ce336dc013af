import KernelInterface

/// Toy models of superposition (Elhage et al. 2022, arXiv 2209.10652): y = ReLU(Wᵀ W x + b) on sparse inputs.
package struct Superposition: Kernel {
    package init() {}

    package var description: KernelDescription {
        KernelDescription(
            name: "superposition",
            version: 1,
            summary: "y = ReLU(WᵀWx + b) with more sparse features than dimensions (Elhage et al. 2022)",
            parameters: SuperpositionConfig.parameters,
            measurements: [Dimensionality.description, PhaseDiagram.description],
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

    package func measure(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [String: Double] {
        let config = try SuperpositionConfig(job)
        let networks = try SuperpositionCheckpoint(checkpoint, config: config).networks
        let values =
            config.isPhaseDiagram ? PhaseDiagram.measure(networks, config) : Dimensionality.measure(networks[0])
        if let (quantity, value) = values.sorted(by: { $0.key < $1.key }).first(where: { !$0.value.isFinite }) {
            throw KernelFailure(reason: "\(quantity) is \(value)")
        }
        return values
    }
}
