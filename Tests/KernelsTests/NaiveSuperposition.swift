@testable import vector_kernels

/// A naive toy model in double precision. It processes dense samples one at a time.
struct NaiveSuperposition {
    /// Wᵀ, with shape (n, m).
    var weights: [[Double]]
    /// The bias b, with shape (n).
    var biases: [Double]
    /// The importance I, with shape (n).
    var importance: [Double]

    init(_ start: SuperpositionStart) {
        weights = (0..<start.network.features).map(start.network.direction)
        biases = start.network.biases.map(Double.init)
        importance = start.importance.map(Double.init)
    }

    /// The weights W, feature by feature, followed by b.
    var parameters: [Double] {
        get { weights.flatMap { $0 } + biases }
        set {
            for i in weights.indices {
                for k in weights[i].indices { weights[i][k] = newValue[i * weights[i].count + k] }
                biases[i] = newValue[newValue.count - biases.count + i]
            }
        }
    }

    func hidden(_ x: [Double]) -> [Double] {
        weights[0].indices.map { k in weights.indices.reduce(0) { $0 + weights[$1][k] * x[$1] } }
    }

    func preactivations(_ hidden: [Double]) -> [Double] {
        weights.indices.map { i in weights[i].indices.reduce(biases[i]) { $0 + weights[i][$1] * hidden[$1] } }
    }

    /// Returns the mean of I_i (x_i - y_i)² over all samples and features.
    func loss(_ samples: [[Double]]) -> Double {
        var sum = 0.0
        for x in samples {
            let z = preactivations(hidden(x))
            for i in x.indices { sum += importance[i] * (x[i] - max(z[i], 0)) * (x[i] - max(z[i], 0)) }
        }
        return sum / Double(samples.count * biases.count)
    }

    /// Returns the gradient in the order of `parameters`.
    func gradient(_ samples: [[Double]]) -> [Double] {
        var result = self
        result.parameters = parameters.map { _ in 0 }
        for x in samples {
            let h = hidden(x)
            let z = preactivations(h)
            let g = x.indices.map { i in
                z[i] > 0 ? 2 * importance[i] * (z[i] - x[i]) / Double(samples.count * biases.count) : 0
            }
            for i in x.indices {
                result.biases[i] += g[i]
                for k in h.indices {
                    let hiddenGradient = x.indices.reduce(0) { $0 + g[$1] * weights[$1][k] }
                    result.weights[i][k] += g[i] * h[k] + hiddenGradient * x[i]
                }
            }
        }
        return result.parameters
    }

    /// Takes one Adam step per batch.
    mutating func train(_ batches: [[[Double]]], learningRate: (Int) -> Double) {
        var first = parameters.map { _ in 0.0 }
        var second = first
        var (firstPower, secondPower) = (1.0, 1.0)
        for (index, samples) in batches.enumerated() {
            let gradient = gradient(samples)
            firstPower *= 0.9
            secondPower *= 0.999
            var next = parameters
            for p in next.indices {
                first[p] = 0.9 * first[p] + 0.1 * gradient[p]
                second[p] = 0.999 * second[p] + 0.001 * gradient[p] * gradient[p]
                let deviation = (second[p] / (1 - secondPower)).squareRoot() + 1e-8
                next[p] -= learningRate(index + 1) * first[p] / (1 - firstPower) / deviation
            }
            parameters = next
        }
    }
}

/// Returns the samples of the next batches as dense rows.
func denseBatches(_ count: Int, samples: Int, features: Int, density: Double, seed: UInt64) -> [[[Double]]] {
    var inputs = SparseInputs(density: density, seed: seed, name: "data")
    var batch = SparseBatch(samples: samples, features: features)
    return (0..<count).map { _ in
        inputs.draw(&batch, samples: samples)
        return (0..<samples).map { sample in
            var row = [Double](repeating: 0, count: features)
            for entry in batch.entries(sample) {
                row[Int(batch.positions[entry]) - sample * features] = Double(batch.values[entry])
            }
            return row
        }
    }
}
