/// The activations of one block for some rows (tokens), stored for the backward pass.
struct BlockPass {
    private var norm1: NormPass
    /// (R, 3d)
    private var queryKeyValue: [Lanes]
    /// The attention of each token to each earlier token, per sequence (heads, T, T padded).
    private(set) var probabilities: [Lanes]
    /// Outputs of all heads (R, d).
    private var mixed: [Lanes]
    private var norm2: NormPass
    /// The activations (R, hidden) and their derivatives.
    private var hidden: [Lanes]
    private var slope: [Lanes]

    init(_ shape: TransformerShape, rows: Int) {
        func lanes(_ columns: Int) -> [Lanes] { [Lanes](repeating: .zeros, count: rows * columns / 8) }
        norm1 = NormPass(shape, rows: rows)
        queryKeyValue = lanes(3 * shape.width)
        probabilities = lanes(shape.heads * 8 * laneGroups(shape.context))
        mixed = lanes(shape.width)
        norm2 = norm1
        (hidden, slope) = (lanes(shape.hiddenWidth), lanes(shape.hiddenWidth))
    }

    /// A function that computes the outputs of all heads (R, d) from queries, keys and values (R, 3d). It may store the
    /// probabilities.
    typealias Attention<State> = (
        _ mixed: inout [Lanes], _ probabilities: inout [Lanes], _ queryKeyValue: [Lanes], _ state: inout State
    ) -> Void

    /// Applies a layer norm and attention to residual (R, d), and adds the result to it. Then does the same with the
    /// second layer norm and the feed-forward layer.
    ///
    /// - Parameter selected: the rows that are needed after attention, in ascending order, which are moved to the front
    /// of the stream; nil for all rows
    @inline(__always)
    mutating func forward<State>(
        _ residual: inout [Lanes], _ model: Transformer, block: Int, rows: Int, selecting selected: [Int]? = nil,
        _ interventions: Interventions, _ state: inout State, attention: Attention<State>
    ) {
        let (shape, tensors, parameters) = (model.shape, model.layout.blocks[block], model.parameters)
        var sizes = Sizes(shape, rows: rows)

        norm1.forward(residual, parameters, gain: tensors.gain1, shift: tensors.shift1, rows: rows)
        multiply(
            into: &queryKeyValue, sizes.triple, norm1.output, sizes.stream, parameters, tensors.queryKeyValue.matrix)
        addBias(&queryKeyValue, parameters, bias: tensors.queryKeyValueBias, rows: rows)
        attention(&mixed, &probabilities, queryKeyValue, &state)
        for head in interventions.zeroedHeads[block, default: []] {
            zeroColumns(&mixed, sizes.stream, (head * shape.headWidth)..<((head + 1) * shape.headWidth))
        }
        if let selected {
            gatherRows(&residual, selected, groups: shape.width / 8)
            gatherRows(&mixed, selected, groups: shape.width / 8)
            sizes = Sizes(shape, rows: selected.count)
        }
        addBias(&residual, parameters, bias: tensors.projectionBias, rows: sizes.rows)
        multiply(
            into: &residual, sizes.stream, mixed, sizes.stream, parameters, tensors.projection.matrix,
            accumulating: true)

        norm2.forward(residual, parameters, gain: tensors.gain2, shift: tensors.shift2, rows: sizes.rows)
        multiply(into: &hidden, sizes.wide, norm2.output, sizes.stream, parameters, tensors.up.matrix)
        activate(&hidden, slope: &slope, parameters, bias: tensors.upBias, shape.activation, rows: sizes.rows)
        for neuron in interventions.zeroedNeurons[block, default: []] {
            zeroColumns(&hidden, sizes.wide, neuron..<(neuron + 1))
        }
        addBias(&residual, parameters, bias: tensors.downBias, rows: sizes.rows)
        multiply(
            into: &residual, sizes.stream, hidden, sizes.wide, parameters, tensors.down.matrix, accumulating: true)
    }

    /// Replaces dL/dresidual (R, d) after the block by dL/dresidual before the block. Adds to the gradients of the
    /// parameters. `selected` is the same as in the forward pass.
    func backward(
        _ gradient: inout [Lanes], _ gradients: inout [Lanes], _ model: Transformer, block: Int, _ chunk: Chunk,
        selecting selected: [Int]?, _ scratch: inout Scratch
    ) {
        let (shape, tensors, parameters) = (model.shape, model.layout.blocks[block], model.parameters)
        var sizes = Sizes(shape, rows: selected?.count ?? chunk.rows.count)

        // The feed-forward layer; scratch.wide is dL/dhidden.
        addBiasBackward(&gradients, gradient, bias: tensors.downBias, rows: sizes.rows)
        addWeightGradient(&gradients, tensors.down, hidden, sizes.wide, gradient, sizes.stream)
        multiply(
            into: &scratch.wide, sizes.wide, gradient, sizes.stream, parameters, tensors.down.matrix,
            transposingRight: true)
        activateBackward(&scratch.wide, &gradients, slope: slope, bias: tensors.upBias, rows: sizes.rows)
        addWeightGradient(&gradients, tensors.up, norm2.output, sizes.stream, scratch.wide, sizes.wide)
        multiply(
            into: &scratch.narrow, sizes.stream, scratch.wide, sizes.wide, parameters, tensors.up.matrix,
            transposingRight: true)
        norm2.backward(
            adding: &gradient, &gradients, scratch.narrow, parameters, gain: tensors.gain2, shift: tensors.shift2,
            rows: sizes.rows)

        // Attention; scratch.narrow is dL/dmixed, and scratch.wide is dL/dqueryKeyValue.
        addBiasBackward(&gradients, gradient, bias: tensors.projectionBias, rows: sizes.rows)
        addWeightGradient(&gradients, tensors.projection, mixed, sizes.stream, gradient, sizes.stream)
        multiply(
            into: &scratch.narrow, sizes.stream, gradient, sizes.stream, parameters, tensors.projection.matrix,
            transposingRight: true)
        if let selected {
            sizes = Sizes(shape, rows: chunk.rows.count)
            scatterRows(&gradient, selected, groups: shape.width / 8, rows: sizes.rows)
            scatterRows(&scratch.narrow, selected, groups: shape.width / 8, rows: sizes.rows)
        }
        chunk.forEachHead(shape) { place in
            attendBackward(
                into: &scratch.wide, scoreGradient: &scratch.scores, transposed: &scratch.transposed, scratch.narrow,
                probabilities: probabilities, queryKeyValue, place)
        }
        addBiasBackward(&gradients, scratch.wide, bias: tensors.queryKeyValueBias, rows: sizes.rows)
        addWeightGradient(
            &gradients, tensors.queryKeyValue, norm1.output, sizes.stream, scratch.wide, sizes.triple)
        multiply(
            into: &scratch.narrow, sizes.stream, scratch.wide, sizes.triple, parameters, tensors.queryKeyValue.matrix,
            transposingRight: true)
        norm1.backward(
            adding: &gradient, &gradients, scratch.narrow, parameters, gain: tensors.gain1, shift: tensors.shift1,
            rows: sizes.rows)
    }

    /// Buffers shared by all blocks.
    struct Scratch {
        /// (R, hidden or 3d)
        var wide: [Lanes]
        /// (R, d)
        var narrow: [Lanes]
        /// Transposed keys or values of a head (head width, T padded).
        var transposed: [Lanes]
        /// The gradients of a head's scores (T, T padded).
        var scores: [Lanes]

        init(_ shape: TransformerShape, rows: Int) {
            let padded = laneGroups(shape.context)
            wide = [Lanes](repeating: .zeros, count: rows * max(shape.hiddenWidth, 3 * shape.width) / 8)
            narrow = [Lanes](repeating: .zeros, count: rows * shape.width / 8)
            transposed = [Lanes](repeating: .zeros, count: shape.headWidth * padded)
            scores = [Lanes](repeating: .zeros, count: shape.context * padded)
        }
    }

    private struct Sizes {
        var rows: Int
        var stream: MatrixShape
        var triple: MatrixShape
        var wide: MatrixShape

        init(_ shape: TransformerShape, rows: Int) {
            self.rows = rows
            stream = MatrixShape(rows: rows, columns: shape.width, rowStride: shape.width)
            triple = MatrixShape(rows: rows, columns: 3 * shape.width, rowStride: 3 * shape.width)
            wide = MatrixShape(rows: rows, columns: shape.hiddenWidth, rowStride: shape.hiddenWidth)
        }
    }
}

/// Adds xᵀ · dout to the weight's gradient, where out = x · weight.
func addWeightGradient(
    _ gradients: inout [Lanes], _ weight: Tensor, _ x: [Lanes], _ xShape: MatrixShape, _ dout: [Lanes],
    _ doutShape: MatrixShape
) {
    multiply(
        into: &gradients, weight.matrix, x, xShape, dout, doutShape, transposingLeft: true, accumulating: true)
}

/// Moves the given rows of x (R, C), which are in ascending order, to the front of x.
private func gatherRows(_ x: inout [Lanes], _ rows: [Int], groups: Int) {
    for (to, from) in rows.enumerated() where to != from {
        for group in 0..<groups { x[to * groups + group] = x[from * groups + group] }
    }
}

/// Moves the first rows of x (R, C) to the given places, which are in ascending order; all other rows become 0.
private func scatterRows(_ x: inout [Lanes], _ places: [Int], groups: Int, rows: Int) {
    var end = rows
    for (from, to) in places.enumerated().reversed() {
        for group in 0..<groups { x[to * groups + group] = x[from * groups + group] }
        for place in ((to + 1) * groups)..<(end * groups) { x[place] = .zeros }
        end = to
    }
    for place in 0..<(end * groups) { x[place] = .zeros }
}

private func zeroColumns(_ x: inout [Lanes], _ shape: MatrixShape, _ columns: Range<Int>) {
    for row in 0..<shape.rows {
        for column in columns {
            let place = row * shape.rowStride + column
            x[place / 8][place % 8] = 0
        }
    }
}
