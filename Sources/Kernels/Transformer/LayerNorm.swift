/// The constant ε of a layer norm.
private let smallVariance: Float = 1e-5

/// Computes a layer norm (Ba et al. 2016): out (R, C) = gain (C) · normalised (R, C) + shift (C), where each row of
/// `normalised` is (x - mean) / standard deviation. Stores `normalised` and `inverseDeviation` (R) for the backward
/// pass.
func layerNorm(
    into out: inout [Lanes], normalised: inout [Lanes], inverseDeviation: inout [Float], _ x: [Lanes],
    _ parameters: [Lanes], gain: Tensor, shift: Tensor, rows: Int
) {
    let groups = gain.columns / 8
    precondition(min(out.count, normalised.count, x.count) >= rows * groups && inverseDeviation.count >= rows)
    let x = x.span
    let gain = parameters.span.extracting(gain.range)
    let shift = parameters.span.extracting(shift.range)
    var out = out.mutableSpan
    var normalised = normalised.mutableSpan
    let scale = 1 / Float(8 * groups)
    for row in 0..<rows {
        let start = row * groups
        var sum = Lanes.zeros
        for group in 0..<groups { unsafe sum += x[unchecked: start + group] }
        let mean = Lanes(repeating: sum.sum() * scale)
        var squares = Lanes.zeros
        for group in 0..<groups {
            let centred = unsafe x[unchecked: start + group] - mean
            squares = squares.addingProduct(centred, centred)
        }
        let inverse = 1 / (squares.sum() * scale + smallVariance).squareRoot()
        inverseDeviation[row] = inverse
        for group in 0..<groups {
            let value = unsafe (x[unchecked: start + group] - mean) * inverse
            unsafe normalised[unchecked: start + group] = value
            unsafe out[unchecked: start + group] = shift[unchecked: group].addingProduct(value, gain[unchecked: group])
        }
    }
}

/// Adds dL/dx to dx (R, C). Adds Σ dout · normalised to the gradient of the gain (C), and Σ dout to the gradient of the
/// shift (C). Both sums are over rows.
func layerNormBackward(
    adding dx: inout [Lanes], _ gradients: inout [Lanes], _ dout: [Lanes], normalised: [Lanes],
    inverseDeviation: [Float], _ parameters: [Lanes], gain: Tensor, shift: Tensor, rows: Int
) {
    let groups = gain.columns / 8
    precondition(min(dx.count, dout.count, normalised.count) >= rows * groups && inverseDeviation.count >= rows)
    precondition(gain.range.upperBound == shift.range.lowerBound && shift.range.upperBound <= gradients.count)
    let dout = dout.span
    let normalised = normalised.span
    let weights = parameters.span.extracting(gain.range)
    var dx = dx.mutableSpan
    var gradients = gradients.mutableSpan
    let scale = 1 / Float(8 * groups)
    for row in 0..<rows {
        let start = row * groups
        var sum = Lanes.zeros
        var product = Lanes.zeros
        for group in 0..<groups {
            let incoming = unsafe dout[unchecked: start + group]
            let value = unsafe normalised[unchecked: start + group]
            let weighted = unsafe incoming * weights[unchecked: group]
            sum += weighted
            product = product.addingProduct(weighted, value)
            let (gainPlace, shiftPlace) = (gain.offset + group, shift.offset + group)
            unsafe gradients[unchecked: gainPlace] = gradients[unchecked: gainPlace].addingProduct(incoming, value)
            unsafe gradients[unchecked: shiftPlace] += incoming
        }
        let mean = Lanes(repeating: sum.sum() * scale)
        let correlation = Lanes(repeating: product.sum() * scale)
        let inverse = Lanes(repeating: inverseDeviation[row])
        for group in 0..<groups {
            let value = unsafe normalised[unchecked: start + group]
            let weighted = unsafe dout[unchecked: start + group] * weights[unchecked: group]
            let gradient = (weighted - mean).addingProduct(value, -correlation)
            unsafe dx[unchecked: start + group] = dx[unchecked: start + group].addingProduct(gradient, inverse)
        }
    }
}
