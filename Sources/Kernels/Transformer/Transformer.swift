/// A transformer's parameters.
struct Transformer {
    let shape: TransformerShape
    let layout: TransformerLayout
    var parameters: [Lanes]

    init(zeros shape: TransformerShape) {
        self.shape = shape
        layout = TransformerLayout(shape)
        parameters = [Lanes](repeating: .zeros, count: layout.count)
    }

    /// Weights from N(0, 0.02²), those that add to the residual stream from N(0, 0.02² / 2 layers); biases 0, gains 1
    /// (Radford et al. 2019).
    init(_ shape: TransformerShape, seed: UInt64) {
        self.init(zeros: shape)
        var stream = RandomStream(seed: seed, name: "initialisation")
        let deviation: Float = 0.02
        fill(layout.tokens, deviation, &stream)
        fill(layout.positions, deviation, &stream)
        let residualDeviation = deviation / Float(2 * shape.layers).squareRoot()
        for block in layout.blocks {
            fill(block.queryKeyValue, deviation, &stream)
            fill(block.projection, residualDeviation, &stream)
            fill(block.up, deviation, &stream)
            fill(block.down, residualDeviation, &stream)
            for gain in [block.gain1, block.gain2] {
                for group in gain.range { parameters[group] = Lanes(repeating: 1) }
            }
        }
        for group in layout.finalGain.range { parameters[group] = Lanes(repeating: 1) }
        fill(layout.head, deviation, &stream, columns: shape.vocabulary)
    }

    /// - Parameter columns: how many of the tensor's columns are no padding
    private mutating func fill(_ tensor: Tensor, _ deviation: Float, _ stream: inout RandomStream, columns: Int? = nil)
    {
        let columns = columns ?? tensor.columns
        let numbers = stream.normals(tensor.rows * columns)
        for row in 0..<tensor.rows {
            for column in 0..<columns {
                let place = row * tensor.columns + column
                parameters[tensor.offset + place / 8][place % 8] = deviation * numbers[row * columns + column]
            }
        }
    }

    var isFinite: Bool {
        parameters.allSatisfy { group in (0..<8).allSatisfy { group[$0].isFinite } }
    }
}

/// What is changed while a transformer computes; nothing by default. Blocks count from 0.
struct Interventions {
    /// Heads whose output is set to zero, by block.
    var zeroedHeads: [Int: [Int]] = [:]
    /// Units after the activation that are set to zero, by block.
    var zeroedNeurons: [Int: [Int]] = [:]
}

/// Watches the residual stream, and may change it: layer 0 is after the embedding, layer l after block l.
///
/// The stream is (rows, d); row r is token `rows.lowerBound + r` of the batch.
typealias ResidualHook = (_ layer: Int, _ residual: inout [Lanes], _ rows: Range<Int>) -> Void
