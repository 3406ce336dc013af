/// y = ReLU(Wᵀ W x + b), with W (dimensions, features).
struct SuperpositionNetwork: Equatable {
    var features: Int
    var dimensions: Int
    /// Wᵀ (features, dimensions), row-major: one direction per feature.
    var weights: [Float]
    /// b (features)
    var biases: [Float]

    /// Draws the weights from N(0, variance) and sets the biases to 0.
    init(features: Int, dimensions: Int, variance: Double, stream: inout RandomStream) {
        self.features = features
        self.dimensions = dimensions
        let deviation = Float(variance.squareRoot())
        weights = stream.normals(features * dimensions).map { $0 * deviation }
        biases = [Float](repeating: 0, count: features)
    }

    init(features: Int, dimensions: Int, weights: [Float], biases: [Float]) {
        self.features = features
        self.dimensions = dimensions
        self.weights = weights
        self.biases = biases
    }

    /// Returns the direction of feature i, in double precision.
    func direction(_ feature: Int) -> [Double] {
        weights[(feature * dimensions)..<((feature + 1) * dimensions)].map(Double.init)
    }

    var isFinite: Bool {
        weights.allSatisfy(\.isFinite) && biases.allSatisfy(\.isFinite)
    }

    /// Returns y for an input x.
    func output(of input: [Float]) -> [Float] {
        let hidden = (0..<dimensions).map { k in
            (0..<features).reduce(Float(0)) { $0 + input[$1] * weights[$1 * dimensions + k] }
        }
        return (0..<features).map { feature in
            max(0, (0..<dimensions).reduce(biases[feature]) { $0 + hidden[$1] * weights[feature * dimensions + $1] })
        }
    }

    /// Returns the sum of I_i (x_i - y_i)² over samples and features.
    func summedLoss(on batch: SparseBatch, importance: [Float]) -> Double {
        var sum = 0.0
        var emptySamples = 0
        var hidden = [Float](repeating: 0, count: dimensions)
        var inputs = [Float](repeating: 0, count: features)
        for sample in 0..<batch.samples {
            let entries = batch.entries(sample)
            if entries.isEmpty {
                emptySamples += 1
                continue
            }
            for k in 0..<dimensions { hidden[k] = 0 }
            for entry in entries {
                let feature = Int(batch.positions[entry]) - sample * features
                inputs[feature] = batch.values[entry]
                for k in 0..<dimensions { hidden[k] += batch.values[entry] * weights[feature * dimensions + k] }
            }
            sum += loss(hidden: hidden, inputs: inputs, importance)
            for entry in entries { inputs[Int(batch.positions[entry]) - sample * features] = 0 }
        }
        for k in 0..<dimensions { hidden[k] = 0 }
        return sum + Double(emptySamples) * loss(hidden: hidden, inputs: inputs, importance)
    }

    private func loss(hidden: [Float], inputs: [Float], _ importance: [Float]) -> Double {
        var sum: Float = 0
        for feature in 0..<features {
            var output = biases[feature]
            for k in 0..<dimensions { output += weights[feature * dimensions + k] * hidden[k] }
            let error = inputs[feature] - max(output, 0)
            sum += importance[feature] * error * error
        }
        return Double(sum)
    }
}
