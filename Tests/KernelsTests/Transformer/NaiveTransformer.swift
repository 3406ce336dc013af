import Foundation

@testable import vector_kernels

/// A naive transformer in double precision. It processes one token at a time.
struct NaiveTransformer {
    let shape: TransformerShape
    let layout: TransformerLayout
    /// The parameters in the same order as in the fast transformer.
    var parameters: [Double]

    init(_ model: Transformer) {
        shape = model.shape
        layout = model.layout
        parameters = floats(model.parameters).map(Double.init)
    }

    func row(_ tensor: Tensor, _ row: Int = 0) -> [Double] {
        let start = 8 * tensor.offset + row * tensor.columns
        return Array(parameters[start..<(start + tensor.columns)])
    }

    func product(_ x: [Double], _ tensor: Tensor) -> [Double] {
        (0..<tensor.columns).map { column in
            x.indices.reduce(0) { $0 + x[$1] * parameters[8 * tensor.offset + $1 * tensor.columns + column] }
        }
    }

    /// Returns the residual stream after each layer, with shape (layers + 1, T, d), and the logits, with shape (T, V).
    func forward(_ tokens: [Int], _ interventions: Interventions = Interventions()) -> (
        residuals: [[[Double]]], logits: [[Double]]
    ) {
        var x = tokens.enumerated().map { position, token in
            sum(row(layout.tokens, token), row(layout.positions, position))
        }
        var residuals = [x]
        for (index, block) in layout.blocks.enumerated() {
            let queryKeyValue = x.map {
                sum(
                    product(normalise($0, block.gain1, block.shift1), block.queryKeyValue), row(block.queryKeyValueBias)
                )
            }
            x = x.indices.map { position in
                var mixed = attend(queryKeyValue, position)
                for head in interventions.zeroedHeads[index, default: []] {
                    for c in 0..<shape.headWidth { mixed[head * shape.headWidth + c] = 0 }
                }
                return sum(x[position], product(mixed, block.projection), row(block.projectionBias))
            }
            x = x.map { x in
                let input = sum(product(normalise(x, block.gain2, block.shift2), block.up), row(block.upBias))
                var hidden = input.map { naiveActivation($0, shape.activation) }
                for neuron in interventions.zeroedNeurons[index, default: []] { hidden[neuron] = 0 }
                return sum(x, product(hidden, block.down), row(block.downBias))
            }
            residuals.append(x)
        }
        let logits = x.map {
            Array(product(normalise($0, layout.finalGain, layout.finalShift), layout.head).prefix(shape.vocabulary))
        }
        return (residuals, logits)
    }

    private func normalise(_ x: [Double], _ gain: Tensor, _ shift: Tensor) -> [Double] {
        guard shape.normalises else { return x }
        let normalised = naiveNormalised(x)
        let (gain, shift) = (row(gain), row(shift))
        return x.indices.map { gain[$0] * normalised[$0] + shift[$0] }
    }

    private func attend(_ queryKeyValue: [[Double]], _ position: Int) -> [Double] {
        let (d, width) = (shape.width, shape.headWidth)
        return (0..<shape.heads).flatMap { head -> [Double] in
            let start = head * width
            func part(_ index: Int, _ t: Int) -> [Double] {
                Array(queryKeyValue[t][(index * d + start)..<(index * d + start + width)])
            }
            let scores = (0...position).map { t in dot(part(0, position), part(1, t)) / Double(width).squareRoot() }
            let weights = naiveSoftmax(scores)
            return (0..<width).map { c in weights.indices.reduce(0) { $0 + weights[$1] * part(2, $1)[c] } }
        }
    }

    /// Returns the mean of -log p over the targets in a batch.
    func loss(_ batch: TokenBatch) -> Double {
        var sum = 0.0
        for sequence in 0..<batch.sequences {
            let rows = batch.rows(of: sequence)
            let logits = forward(batch.tokens[rows].map(Int.init)).logits
            for (position, row) in rows.enumerated() where batch.targets[row] >= 0 {
                sum -= log(naiveSoftmax(logits[position])[Int(batch.targets[row])])
            }
        }
        return sum / Double(batch.targetCount)
    }
}

func floats(_ lanes: [Lanes]) -> [Float] {
    lanes.flatMap { group in (0..<8).map { group[$0] } }
}

/// Returns the sum of vectors of equal length.
func sum(_ vectors: [Double]...) -> [Double] {
    vectors[0].indices.map { index in vectors.reduce(0) { $0 + $1[index] } }
}

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

func naiveSoftmax(_ x: [Double]) -> [Double] {
    let largest = x.max()!
    let powers = x.map { exp($0 - largest) }
    return powers.map { $0 / powers.reduce(0, +) }
}

func naiveNormalised(_ x: [Double]) -> [Double] {
    let mean = x.reduce(0, +) / Double(x.count)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    return x.map { ($0 - mean) / (variance + 1e-5).squareRoot() }
}

func naiveActivation(_ x: Double, _ activation: TransformerShape.Activation) -> Double {
    switch activation {
    case .gelu: 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .relu: max(x, 0)
    }
}

/// Returns numbers between -1 and 1 that depend only on their index and the seed.
func someNumbers(_ count: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, name: "test")
    return stream.normals(count).map { Double($0) }
}

/// Returns d(weights · f)/dx, computed by central differences.
func finiteDifferences(at x: [Double], weights: [Double], _ f: ([Double]) -> [Double]) -> [Double] {
    x.indices.map { index in
        var (low, high) = (x, x)
        let step = 1e-5
        low[index] -= step
        high[index] += step
        return (dot(f(high), weights) - dot(f(low), weights)) / (2 * step)
    }
}

/// Returns the largest absolute difference divided by the largest absolute expected value.
func relativeError(_ found: [Float], _ expected: [Double]) -> Double {
    let scale = expected.map(abs).max() ?? 1
    return zip(found, expected).map { abs(Double($0) - $1) }.max()! / max(scale, 1e-12)
}
