import Testing

@testable import vector_kernels

/// The arguments give unusual shapes: feature counts that are not multiples of four, eight or sixteen; rows of one to
/// five lane groups; full, partial and nearly empty blocks of samples; samples without active features, and samples
/// without inactive ones.
@Test(arguments: [(1, 1), (3, 8), (17, 3), (33, 20), (16, 7), (45, 33)], [0.0001, 0.2, 1])
func wideGradientMatchesTheNaiveGradient(shape: (features: Int, dimensions: Int), density: Double) {
    let start = randomStart(features: shape.features, dimensions: shape.dimensions)
    for samples in [1, 15, 16, 37] {
        let found = wideGradient(start, samples: samples, density: density)
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
    #expect(wideGradient(start, samples: 40, density: density).allSatisfy { $0 == 0 })
}

/// Returns a network whose weights, biases and importances are all different.
private func randomStart(features: Int, dimensions: Int) -> SuperpositionStart {
    var stream = RandomStream(seed: 3, name: "\(features) features in \(dimensions) dimensions")
    var network = SuperpositionNetwork(features: features, dimensions: dimensions, variance: 0.3, stream: &stream)
    network.biases = stream.normals(features).map { 0.3 * $0 }
    return SuperpositionStart(network: network, importance: (0..<features).map { 1 / Float($0 + 1) })
}

/// Returns the gradient in the order of the naive parameters, and expects the padding of its rows to be 0.
private func wideGradient(_ start: SuperpositionStart, samples: Int, density: Double) -> [Double] {
    switch laneGroups(start.network.dimensions + 1) {
    case 1: WideGradientCase<1>().gradient(start, samples: samples, density: density)
    case 2: WideGradientCase<2>().gradient(start, samples: samples, density: density)
    case 3: WideGradientCase<3>().gradient(start, samples: samples, density: density)
    default: WideGradientCase<5>().gradient(start, samples: samples, density: density)
    }
}

private struct WideGradientCase<let width: Int> {
    func gradient(_ start: SuperpositionStart, samples: Int, density: Double) -> [Double] {
        let (features, dimensions) = (start.network.features, start.network.dimensions)
        var inputs = SparseInputs(density: density, seed: 7, name: "data")
        var batch = SparseBatch(samples: samples, features: features)
        inputs.draw(&batch, samples: samples)
        let learner = WideLearner<width>(start, errorScale: 2 / Float(samples * features))
        var gradient = WideGradient(learner)
        gradient.compute(batch, learner)
        let rows = gradient.weights.map { row in (0..<(8 * width)).map { Double(row[element: $0]) } }
        #expect(rows.dropFirst(features).allSatisfy { $0.allSatisfy { $0 == 0 } })
        #expect(rows.allSatisfy { $0.dropFirst(dimensions + 1).allSatisfy { $0 == 0 } })
        return rows.prefix(features).flatMap { $0.prefix(dimensions) } + rows.prefix(features).map { $0[dimensions] }
    }
}
