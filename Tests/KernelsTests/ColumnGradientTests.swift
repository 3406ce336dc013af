import Testing

@testable import vector_kernels

/// The arguments give unusual shapes: numbers of features and dimensions that are not multiples of two, four or eight;
/// full, partial and nearly empty blocks of samples; samples without active or without inactive features.
@Test(arguments: [(1, 1), (3, 8), (17, 3), (33, 20), (16, 7), (45, 33)], [0.0001, 0.2, 1])
func columnGradientMatchesTheNaiveGradient(shape: (features: Int, dimensions: Int), density: Double) {
    let start = randomStart(features: shape.features, dimensions: shape.dimensions)
    for samples in [1, 15, 16, 37, 150] {
        let found = columnGradient(start, samples: samples, density: density)
        let batch = denseBatches(1, samples: samples, features: shape.features, density: density, seed: 7)[0]
        let naive = NaiveSuperposition(start).gradient(batch)
        let largest = naive.map(abs).max()!
        for (a, b) in zip(found, naive) {
            #expect(abs(a - b) <= 1e-5 * largest, "\(samples) samples: \(found) against \(naive)")
        }
    }
}

@Test(arguments: [0.3, 1]) func inactiveFeaturesHaveNoGradient(density: Double) {
    var start = randomStart(features: 20, dimensions: 5)
    start.network.biases = start.network.biases.map { _ in -100 }
    #expect(columnGradient(start, samples: 40, density: density).allSatisfy { $0 == 0 })
}

/// Returns a network whose weights, biases and importances are all different.
private func randomStart(features: Int, dimensions: Int) -> SuperpositionStart {
    var stream = RandomStream(seed: 3, name: "\(features) features in \(dimensions) dimensions")
    var network = SuperpositionNetwork(features: features, dimensions: dimensions, variance: 0.3, stream: &stream)
    network.biases = stream.normals(features).map { 0.3 * $0 }
    return SuperpositionStart(network: network, importance: (0..<features).map { 1 / Float($0 + 1) })
}

/// Returns the gradient in the order of the naive parameters.
private func columnGradient(_ start: SuperpositionStart, samples: Int, density: Double) -> [Double] {
    let (features, dimensions) = (start.network.features, start.network.dimensions)
    var inputs = SparseInputs(density: density, seed: 7, name: "data")
    var batch = SparseBatch(samples: samples, features: features)
    inputs.draw(&batch, samples: samples)
    var columns = SampleColumns(features: features, samples: samples, blockGroups: 4)
    columns.pack(batch)
    let learner = ColumnLearner(start, errorScale: 2 / Float(samples * features))
    var gradient = ColumnGradient(features: features, dimensions: dimensions, blockGroups: 4)
    gradient.compute(columns, samples: samples, learner)
    let rows = (0..<features).map { i in
        (0...dimensions).map { k in
            let place = i * (dimensions + 1) + k
            return Double(gradient.weights[place / 8][0][place % 8])
        }
    }
    return rows.flatMap { $0.prefix(dimensions) } + rows.map { $0[dimensions] }
}
