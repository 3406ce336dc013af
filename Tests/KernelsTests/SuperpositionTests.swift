import KernelInterface
import Testing

@testable import vector_kernels

private let tiny = [
    "features": "5", "dimensions": "2", "batch": "64", "steps": "200", "restarts": "2", "selection_batch": "100",
]
private let wide = [
    "features": "20", "dimensions": "5", "batch": "64", "steps": "200", "learning_rate": "0.01", "schedule": "linear",
]

/// If these values change by more than rounding errors, the kernel needs a new version.
@Test func recordedValues() throws {
    try expect(
        job(tiny, settings: ["density": "0.2"], seed: 1),
        [
            "dimensions-per-feature": 0.865199,
            "features-represented": 5,
            "mean-feature-dimensionality": 0.38966,
            "share-antiprism": 0,
            "share-digon": 0.2,
            "share-pentagon": 0,
            "share-three-quarters": 0,
            "share-two-thirds": 0.2,
            "total-dimensionality": 0.974149,
        ])
    try expect(
        job(wide, settings: ["density": "0.1"], seed: 1),
        [
            "dimensions-per-feature": 0.318958,
            "features-represented": 17,
            "mean-feature-dimensionality": 0.289768,
            "share-antiprism": 0.058824,
            "share-digon": 0,
            "share-pentagon": 0,
            "share-three-quarters": 0,
            "share-two-thirds": 0,
            "total-dimensionality": 0.998817,
        ])
    try expect(
        job(wide, settings: ["density": "0.1", "network": "untrained"], seed: 1),
        [
            "dimensions-per-feature": 0.63753,
            "features-represented": 14,
            "mean-feature-dimensionality": 0.290874,
            "share-antiprism": 0.071429,
            "share-digon": 0.071429,
            "share-pentagon": 0.071429,
            "share-three-quarters": 0,
            "share-two-thirds": 0,
            "total-dimensionality": 0.895257,
        ])
}

private func expect(_ job: KernelJob, _ recorded: [String: Double]) throws {
    let found = try values(job)
    let text = found.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)," }.joined(separator: "\n")
    #expect(found.keys.sorted() == recorded.keys.sorted(), "recorded:\n\(text)")
    for (quantity, value) in recorded {
        #expect(abs((found[quantity] ?? .nan) - value) < 1e-4, "\(quantity), recorded:\n\(text)")
    }
}

@Test func sameSeedGivesTheSameBytes() throws {
    let kernel = Superposition()
    for config in [tiny, wide] {
        let first = try kernel.train(job(config, settings: ["density": "0.2"], seed: 1)) { _ in }
        #expect(try kernel.train(job(config, settings: ["density": "0.2"], seed: 1)) { _ in } == first)
        #expect(try kernel.train(job(config, settings: ["density": "0.2"], seed: 2)) { _ in } != first)
        #expect(try kernel.train(job(config, settings: ["density": "0.3"], seed: 1)) { _ in } != first)
    }
}

@Test func rejectsDamagedCheckpoints() throws {
    let trained = job(tiny, settings: ["density": "0.2"], seed: 1)
    let kernel = Superposition()
    let checkpoint = try kernel.train(trained) { _ in }
    for index in checkpoint.indices {
        var damaged = checkpoint
        damaged[index] ^= 1
        #expect(throws: KernelFailure.self) { try kernel.measure(trained, of: damaged) }
    }
    for damaged in [[], Array(checkpoint.dropLast()), checkpoint + [0], Array(checkpoint.prefix(60))] {
        #expect(throws: KernelFailure.self) { try kernel.measure(trained, of: damaged) }
    }
    #expect(throws: KernelFailure(reason: "the checkpoint is not of this config")) {
        try kernel.measure(job(wide, settings: ["density": "0.2"], seed: 1), of: checkpoint)
    }
}

@Test(arguments: [tiny, wide]) func divergingTrainingFails(config: [String: String]) throws {
    let diverging = config.merging(["learning_rate": "1000000000"]) { $1 }
    #expect(throws: KernelFailure.divergence("no restart has finite weights")) {
        try Superposition().train(job(diverging, settings: ["density": "0.2"], seed: 1)) { _ in }
    }
}

@Test func rejectsImpossibleConfigs() throws {
    #expect(throws: KernelFailure(reason: "the phase diagram needs 2 features in 1 dimension, not 5 in 2")) {
        try values(job(tiny, measurement: "phase-agreement", settings: [:], seed: 1))
    }
    let noGrid = ["features": "2", "dimensions": "1"]
    #expect(throws: KernelFailure.self) {
        try values(job(noGrid, measurement: "phase-agreement", settings: [:], seed: 1))
    }
}

@Test func dimensionalityOfKnownArrangements() {
    let s = Float(0.75).squareRoot()
    let triangle = SuperpositionNetwork(
        features: 4, dimensions: 2, weights: [1, 0, -0.5, s, -0.5, -s, 0, 0], biases: [0, 0, 0, 0])
    let values = Dimensionality.measure(triangle).mapValues { ($0 * 1e4).rounded() / 1e4 }
    #expect(
        values == [
            "dimensions-per-feature": 0.6667, "features-represented": 3, "mean-feature-dimensionality": 0.6667,
            "total-dimensionality": 1, "share-three-quarters": 0, "share-two-thirds": 1, "share-digon": 0,
            "share-pentagon": 0, "share-antiprism": 0,
        ])
}

/// Four unit vectors whose products are all c have D = 1 / (1 + 3 c²). Both arrangements are within 0.02 of each D.
@Test(arguments: [(0.39, "share-pentagon"), (0.385, "share-antiprism")])
func featuresBelongToTheNearestArrangement(dimensionality: Double, share: String) {
    let product = ((1 / dimensionality - 1) / 3).squareRoot()
    let weights = (0..<4).flatMap { feature in
        [Float(product.squareRoot())] + (0..<4).map { $0 == feature ? Float((1 - product).squareRoot()) : 0 }
    }
    let network = SuperpositionNetwork(features: 4, dimensions: 5, weights: weights, biases: [0, 0, 0, 0])
    let values = Dimensionality.measure(network)
    #expect(abs(values["mean-feature-dimensionality"]! - dimensionality) < 1e-6)
    #expect(values.filter { $0.key.hasPrefix("share-") && $0.value != 0 } == [share: 1])
}

@Test func matchesTheoryOfThePhaseDiagram() {
    #expect(PhaseDiagram.bestPhases(density: 0.01, relativeImportance: 1) == [.both])
    #expect(PhaseDiagram.bestPhases(density: 1, relativeImportance: 0.1) == [.firstOnly])
    #expect(PhaseDiagram.bestPhases(density: 1, relativeImportance: 10) == [.secondOnly])
    #expect(PhaseDiagram.bestPhases(density: 1, relativeImportance: 1) == [.firstOnly, .secondOnly])
}

/// The estimated cost of these presets is within a factor of two of the measured time.
@Test(arguments: [(intro, 0.25), (geometry, 0.45)]) func estimatesCosts(config: [String: String], seconds: Double)
    throws
{
    let job = job(config, settings: ["density": "0.3"], seed: 0)
    let cost = try Superposition().description.cost(job.config, job.measurement, job.settings)
    #expect(cost.trainingSeconds > seconds / 2 && cost.trainingSeconds < seconds * 2)
    #expect(cost.bytes > 1e6 && cost.bytes < 1e9)
}

@Test func parameterDefaultsLieInTheirDomains() {
    let description = Superposition().description
    let parameters = description.parameters + description.measurements.flatMap(\.settings)
    #expect(parameters.filter { $0.defaultValue == nil }.map(\.name) == ["features", "dimensions", "density"])
    for parameter in parameters {
        guard let value = parameter.defaultValue else { continue }
        switch parameter.domain {
        case .integers(let range): #expect(Int(value).map(range.contains) == true, "\(parameter.name)")
        case .numbers(let range): #expect(Double(value).map(range.contains) == true, "\(parameter.name)")
        case .words(let words): #expect(words.contains(value), "\(parameter.name)")
        case .names: #expect(!value.isEmpty, "\(parameter.name)")
        }
    }
}

@Test func kernelsRunOnThisMachine() throws {
    try CPU.requireSupport()
    try BLAS.requireSupport()
    #expect(BLAS.threadCount >= 1)
    #expect(BLAS.configuration.hasPrefix("OpenBLAS"))
    #expect(!BLAS.coreName.isEmpty)
}
