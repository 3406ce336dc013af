/// The layout of the matrices of one head and one sequence: queries, keys, values, outputs and probabilities.
struct AttentionPlace {
    var queries: MatrixShape
    var keys: MatrixShape
    var values: MatrixShape
    var outputs: MatrixShape
    var probabilities: MatrixShape
    /// Transposed keys or values (head width, T padded), in a separate buffer.
    var transposed: MatrixShape

    /// - Parameters:
    ///   - rows: the rows of the sequence's tokens
    ///   - probabilityOffset: the offset of the sequence's first head in floats; each head has T rows of T floats,
    ///     padded to lanes
    init(_ shape: TransformerShape, rows: Range<Int>, head: Int, probabilityOffset: Int) {
        let (d, headWidth) = (shape.width, shape.headWidth)
        let padded = 8 * laneGroups(rows.count)
        func part(_ index: Int) -> MatrixShape {
            MatrixShape(
                rows: rows.count, columns: headWidth, rowStride: 3 * d,
                offset: rows.lowerBound * 3 * d + index * d + head * headWidth)
        }
        queries = part(0)
        keys = part(1)
        values = part(2)
        outputs = MatrixShape(
            rows: rows.count, columns: headWidth, rowStride: d, offset: rows.lowerBound * d + head * headWidth)
        probabilities = MatrixShape(
            rows: rows.count, columns: padded, rowStride: padded,
            offset: probabilityOffset + head * rows.count * padded)
        transposed = MatrixShape(rows: headWidth, columns: rows.count, rowStride: padded)
    }

    /// Returns the same matrix including the padding of its rows.
    static func whole(_ shape: MatrixShape) -> MatrixShape {
        var shape = shape
        shape.columns = shape.rowStride
        return shape
    }
}

/// Computes causal attention (Vaswani et al. 2017): mixed (T, head width) = P · V, where P (T, T) is softmax(Q Kᵀ /
/// √head width) up to the diagonal and 0 above it. Stores P for the backward pass.
func attend(
    into mixed: inout [Lanes], probabilities: inout [Lanes], transposed: inout [Lanes], _ queryKeyValue: [Lanes],
    _ place: AttentionPlace
) {
    transpose(into: &transposed, place.transposed, queryKeyValue, place.keys)
    multiplySmall(
        into: &probabilities, place.probabilities, queryKeyValue, place.queries, transposed,
        AttentionPlace.whole(place.transposed), only: .lowerOutput)
    causalSoftmax(&probabilities, place.probabilities, scale: 1 / Float(place.keys.columns).squareRoot())
    var seen = place.probabilities
    seen.columns = seen.rows
    multiplySmall(
        into: &mixed, place.outputs, probabilities, seen, queryKeyValue, place.values, only: .lowerLeft)
}

/// Replaces each row i of the scores by softmax(scale · scores[0...i]), followed by zeros up to the end of the last
/// lane group.
private func causalSoftmax(_ scores: inout [Lanes], _ place: MatrixShape, scale: Float) {
    var scores = scores.mutableSpan
    for row in 0..<place.rows {
        softmax(&scores, start: (place.offset + row * place.rowStride) / 8, count: row + 1, scale: scale)
    }
}

/// Replaces the first `count` floats from lane group `start` by softmax(scale · x), and the rest of the last group by
/// 0.
@inline(__always)
func softmax(_ x: inout MutableSpan<Lanes>, start: Int, count: Int, scale: Float) {
    let groups = start..<(start + laneGroups(count))
    for group in groups { x[group] *= scale }
    let inverse = 1 / exponentiate(&x, start: start, count: count).sum
    for group in groups { x[group] *= inverse }
}

/// Computes the gradients of queries, keys and values, in the layout of `queryKeyValue`.
///
/// With dP = dmixed · Vᵀ and dS = P ∘ (dP - Σ P ∘ dP) / √head width: dQ = dS · K, dK = dSᵀ · Q, dV = Pᵀ · dmixed.
func attendBackward(
    into gradient: inout [Lanes], scoreGradient: inout [Lanes], transposed: inout [Lanes], _ dmixed: [Lanes],
    probabilities: [Lanes], _ queryKeyValue: [Lanes], _ place: AttentionPlace
) {
    var own = place.probabilities
    own.offset = 0
    transpose(into: &transposed, place.transposed, queryKeyValue, place.values)
    multiplySmall(
        into: &scoreGradient, own, dmixed, place.outputs, transposed, AttentionPlace.whole(place.transposed),
        only: .lowerOutput)
    causalSoftmaxBackward(
        &scoreGradient, probabilities, place.probabilities, scale: 1 / Float(place.keys.columns).squareRoot())
    own.columns = own.rows
    multiplySmall(into: &gradient, place.queries, scoreGradient, own, queryKeyValue, place.keys, only: .lowerLeft)
    multiplySmall(
        into: &gradient, place.keys, scoreGradient, own, queryKeyValue, place.queries, transposingLeft: true,
        only: .upperLeft)
    var seen = place.probabilities
    seen.columns = seen.rows
    multiplySmall(
        into: &gradient, place.values, probabilities, seen, dmixed, place.outputs, transposingLeft: true,
        only: .upperLeft)
}

/// Replaces dP (T, T padded) at the start of its buffer by dS.
private func causalSoftmaxBackward(
    _ gradient: inout [Lanes], _ probabilities: [Lanes], _ place: MatrixShape, scale: Float
) {
    let probabilities = probabilities.span
    var gradient = gradient.mutableSpan
    for row in 0..<place.rows {
        let start = row * place.rowStride / 8
        let groups = laneGroups(row + 1)
        let own = place.offset / 8 + start
        var products = Lanes.zeros
        for group in 0..<groups {
            products = products.addingProduct(probabilities[own + group], gradient[start + group])
        }
        let sum = Lanes(repeating: products.sum())
        for group in 0..<groups {
            gradient[start + group] = (gradient[start + group] - sum) * probabilities[own + group] * scale
        }
    }
}
