/// Elhage et al. 2022, arXiv 2209.10652.
let superpositionPresets = [
    KernelPreset(
        name: "superposition-intro", kernel: "superposition",
        config: ["features": "5", "dimensions": "2", "importance_decay": "0.9", "restarts": "10"],
        measured: dimensionality(["1", "0.2", "0.1"]), program: ["superposition.py", "intro"], aim: 20,
        references: [("1", 2.0, 1.0, 1.0), ("0.2", 4, 0.49, 0.5), ("0.1", 5, 0.33, 0.4)].flatMap {
            (density, represented, perFeature, mean) in
            [
                .value("features-represented, density \(density)", represented, within: 0),
                .value("dimensions-per-feature, density \(density)", perFeature, within: nil),
                .value("mean-feature-dimensionality, density \(density)", mean, within: nil),
            ]
        }),
    KernelPreset(
        name: "superposition-geometry", kernel: "superposition",
        config: [
            "features": "200", "dimensions": "20", "batch": "512", "steps": "2000", "learning_rate": "0.003",
            "schedule": "linear", "initial_variance": "1/n",
        ],
        measured: dimensionality(geometryDensities.map(\.density))
            + [Measured("dimensionality", ["density": "0.3", "network": "untrained"])],
        program: ["superposition.py", "geometry"],
        // Three of the five products of a step are dense: z, and the gradients of h and W that come from z. The products
        // with x need only the active features. All densities are trained on the same number of samples.
        operations: { config in
            let perProduct = Double(2 * config.integer("features") * config.integer("dimensions"))
            return geometryDensities.map { perProduct * (3 + 2 * Double($0.density)!) }.reduce(0, +)
        },
        aim: 20,
        references: geometryDensities.flatMap { (density, perFeature, tolerance) -> [Reference] in
            [
                .value("dimensions-per-feature, density \(density)", perFeature, within: tolerance),
                .value("total-dimensionality, density \(density)", 1, within: 0.01),
            ]
        } + [
            .between("share-digon, density 0.3", 0.73, 0.92, within: nil),
            .value("dimensions-per-feature, density 0.3, network untrained", 1, within: nil),
            .value("total-dimensionality, density 0.3, network untrained", 0.91, within: nil),
        ],
        orderings: ["three-quarters", "two-thirds", "pentagon", "antiprism"].map {
            Ordering(smaller: "share-\($0), density 0.3", larger: "share-digon, density 0.3")
        }),
    KernelPreset(
        name: "superposition-phase", kernel: "superposition",
        config: [
            "features": "2", "dimensions": "1", "steps": "5000", "learning_rate": "0.005", "restarts": "8",
            "density_grid": "9", "importance_grid": "9",
        ],
        measured: [Measured("phase-agreement")], program: ["superposition.py", "phase"], aim: 20,
        references: [.atLeast("phase-agreement", 0.93)]),
]

private let geometryDensities: [(density: String, perFeature: Double, tolerance: Double)] = [
    ("1", 1.003, 0.01), ("0.4", 0.538, 0.03), ("0.3", 0.499, 0.02), ("0.25", 0.445, 0.06), ("0.2", 0.367, 0.03),
    ("0.1", 0.217, 0.01), ("0.03", 0.104, 0.005),
]

private func dimensionality(_ densities: [String]) -> [Measured] {
    densities.map { Measured("dimensionality", ["density": $0]) }
}
