import Testing

@testable import vector_kernels

@Test func naiveGradientIsTheDerivativeOfTheLoss() throws {
    let config = try SuperpositionConfig(
        job(["features": "4", "dimensions": "3", "importance_decay": "0.7"], settings: ["density": "0.5"], seed: 1))
    let start = try #require(starts(config, seed: 1).first)
    let samples = denseBatches(1, samples: 16, features: 4, density: 0.5, seed: 1)[0]
    let naive = NaiveSuperposition(start)
    let gradient = naive.gradient(samples)
    let slopes = naive.parameters.indices.map { p in
        var (above, below) = (naive, naive)
        above.parameters[p] += 1e-6
        below.parameters[p] -= 1e-6
        return (above.loss(samples) - below.loss(samples)) / 2e-6
    }
    #expect(largestDifference(gradient, slopes) < 1e-8, "gradient \(gradient), slopes \(slopes)")
}

/// The arguments cover every code path: computation in registers only (2 features in 1 dimension, 5 in 2); rows of W
/// with one, two, three and eight lane groups; sparse and dense samples; batches that do not fill a lane group.
@Test(arguments: [(2, 1), (5, 2), (6, 2), (11, 9), (30, 20), (8, 33)], [0.05, 0.4, 1])
func fastTrainingMatchesTheNaiveImplementation(shape: (features: Int, dimensions: Int), density: Double) throws {
    let config = try SuperpositionConfig(
        job(
            [
                "features": "\(shape.features)", "dimensions": "\(shape.dimensions)", "batch": "37", "steps": "30",
                "learning_rate": "0.01", "schedule": "linear", "importance_decay": "0.9", "restarts": "2",
            ], settings: ["density": "\(density)"], seed: 3))
    let starts = starts(config, seed: 3)
    let trained = config.train(starts, density: density, seed: 3) { _ in }
    let batches = denseBatches(30, samples: 37, features: shape.features, density: density, seed: 3)
    for (start, network) in zip(starts, trained) {
        var naive = NaiveSuperposition(start)
        naive.train(batches, learningRate: config.learningRate)
        let found = (network.weights + network.biases).map(Double.init)
        #expect(largestDifference(found, naive.parameters) < 2e-4, "\(found) against \(naive.parameters)")
        #expect(largestDifference(found, NaiveSuperposition(start).parameters) > 1e-2, "training moves the weights")
    }
}

@Test func summedLossMatchesTheNaiveLoss() throws {
    let config = try SuperpositionConfig(
        job(["features": "6", "dimensions": "2", "importance_decay": "0.5"], settings: ["density": "0.2"], seed: 5))
    let start = try #require(starts(config, seed: 5).first)
    var inputs = SparseInputs(density: 0.2, seed: 5, name: "data")
    var batch = SparseBatch(samples: 50, features: 6)
    inputs.draw(&batch, samples: 50)
    let samples = denseBatches(1, samples: 50, features: 6, density: 0.2, seed: 5)[0]
    let found = start.network.summedLoss(on: batch, importance: start.importance) / 300
    #expect(abs(found - NaiveSuperposition(start).loss(samples)) < 1e-6)
}

/// The distance to the next active feature carries over from one batch to the next.
@Test(arguments: [0.003, 0.3]) func batchesContinueOneRandomSequence(density: Double) {
    var whole = SparseInputs(density: density, seed: 1, name: "data")
    var parts = whole
    var batch = SparseBatch(samples: 90, features: 7)
    whole.draw(&batch, samples: 90)
    let expected = (0..<90).map { sample in batch.entries(sample).map { Int(batch.positions[$0]) - 7 * sample } }
    var found: [[Int]] = []
    for samples in [40, 1, 49] {
        parts.draw(&batch, samples: samples)
        found += (0..<samples).map { sample in batch.entries(sample).map { Int(batch.positions[$0]) - 7 * sample } }
    }
    #expect(found == expected)
}

@Test func inputsHaveTheGivenDensity() {
    let samples = denseBatches(10, samples: 1000, features: 7, density: 0.3, seed: 1).flatMap { $0 }
    for feature in 0..<7 {
        let active = samples.map { $0[feature] }.filter { $0 > 0 }
        #expect(abs(Double(active.count) / 10_000 - 0.3) < 0.025)
        #expect(abs(active.reduce(0, +) / Double(active.count) - 0.5) < 0.025)
    }
}

private func starts(_ config: SuperpositionConfig, seed: UInt64) -> [SuperpositionStart] {
    config.starts(importances: [config.importance], seed: seed, name: "test ")
}

private func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).map { abs($0 - $1) }.max()!
}
