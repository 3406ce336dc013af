import KernelInterface

/// Trained networks as the floats of a checkpoint: Wᵀ, then b, for each network.
struct SuperpositionCheckpoint {
    var networks: [SuperpositionNetwork]

    init(networks: [SuperpositionNetwork]) {
        self.networks = networks
    }

    var bytes: [UInt8] {
        Checkpoint.encode(
            Self.header(networks.count, networks[0].features, networks[0].dimensions),
            networks.flatMap { $0.weights + $0.biases })
    }

    /// Decodes what `bytes` wrote for this config; throws for anything else.
    init(_ bytes: [UInt8], config: SuperpositionConfig) throws(KernelFailure) {
        let weightCount = config.features * config.dimensions
        let size = weightCount + config.features
        let floats = try Checkpoint.decode(
            bytes, Self.header(config.networkCount, config.features, config.dimensions),
            count: config.networkCount * size)
        networks = (0..<config.networkCount).map { index in
            let own = floats[(index * size)..<((index + 1) * size)]
            return SuperpositionNetwork(
                features: config.features, dimensions: config.dimensions, weights: Array(own.prefix(weightCount)),
                biases: Array(own.suffix(config.features)))
        }
    }

    private static func header(_ networks: Int, _ features: Int, _ dimensions: Int) -> String {
        "superposition 1: \(networks) networks of \(features) features in \(dimensions) dimensions"
    }
}
