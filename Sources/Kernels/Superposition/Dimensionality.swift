import KernelInterface

/// The number of dimensions per feature in a trained network (Elhage et al. 2022, "The geometry of superposition").
enum Dimensionality {
    static let measurement = KernelMeasurement(
        name: "dimensionality",
        quantities: [
            "dimensions-per-feature", "features-represented", "mean-feature-dimensionality", "total-dimensionality",
        ] + shares.map(\.quantity),
        settings: [SuperpositionConfig.densityParameter, SuperpositionConfig.networkParameter],
        trainingSettings: ["density", "network"]
    ) { job, checkpoint throws(KernelFailure) in
        measure(try SuperpositionCheckpoint(checkpoint, config: SuperpositionConfig(job)).networks[0])
    }

    /// The dimensionality of a feature in each regular arrangement that networks learn.
    private static let shares: [(quantity: String, dimensionality: Double)] = [
        ("share-three-quarters", 3 / 4),
        ("share-two-thirds", 2 / 3),
        ("share-digon", 1 / 2),
        ("share-pentagon", 2 / 5),
        ("share-antiprism", 3 / 8),
    ]

    /// A feature is represented if ||W_i|| exceeds this norm.
    static let representedNorm = 0.5
    /// The largest difference between D_i and the dimensionality of the feature's arrangement.
    private static let shareWidth = 0.02

    static func train(
        _ config: SuperpositionConfig, density: Double, seed: UInt64, progress: (Double) -> Void
    ) throws(KernelFailure) -> SuperpositionNetwork {
        try config.trainBest(
            importances: [config.importance], density: density, seed: seed, name: "network ", progress: progress)[0]
    }

    /// Measures a network. Means and shares are over the represented features, and are 0 if no feature is represented.
    /// The total is over all features.
    static func measure(_ network: SuperpositionNetwork) -> [String: Double] {
        let squaredNorms = (0..<network.features).map { squaredNorm(network.direction($0)) }
        let dimensionalities = featureDimensionalities(network)
        let represented = (0..<network.features).filter { squaredNorms[$0].squareRoot() > representedNorm }
        let perRepresented = represented.isEmpty ? 0 : 1 / Double(represented.count)
        var values = [
            "dimensions-per-feature": Double(network.dimensions) / squaredNorms.reduce(0, +),
            "features-represented": Double(represented.count),
            "mean-feature-dimensionality": represented.map { dimensionalities[$0] }.reduce(0, +) * perRepresented,
            "total-dimensionality": dimensionalities.reduce(0, +) / Double(network.dimensions),
        ]
        let arrangements = represented.map { arrangement(dimensionalities[$0]) }
        for share in shares {
            values[share.quantity] = Double(arrangements.count { $0 == share.quantity }) * perRepresented
        }
        return values
    }

    /// Returns the share in which a represented feature counts, which is that of the nearest arrangement: the ranges of
    /// 2/5 and 3/8 overlap. Returns nil if no arrangement is near.
    private static func arrangement(_ dimensionality: Double) -> String? {
        let distances = shares.map { (quantity: $0.quantity, distance: abs(dimensionality - $0.dimensionality)) }
        let nearest = distances.min { $0.distance < $1.distance }
        return nearest.flatMap { $0.distance <= shareWidth ? $0.quantity : nil }
    }

    /// Returns D_i = ||W_i||² / Σ_j (Ŵ_i · W_j)² for each feature, or 0 if W_i is 0.
    static func featureDimensionalities(_ network: SuperpositionNetwork) -> [Double] {
        let directions = (0..<network.features).map(network.direction)
        return directions.map { direction in
            let square = squaredNorm(direction)
            guard square > 0 else { return 0 }
            let overlap = directions.reduce(0) { sum, other in
                let product = zip(direction, other).reduce(0) { $0 + $1.0 * $1.1 }
                return sum + product * product
            }
            return square * square / overlap
        }
    }
}

func squaredNorm(_ vector: [Double]) -> Double {
    vector.reduce(0) { $0 + $1 * $1 }
}
