/// Replaces x (R, C) by f(x + bias (C)), and slope (R, C) by f'(x + bias).
///
/// GELU is used in its tanh form (Hendrycks and Gimpel 2016), which is x · logistic(2u) with u = √(2/π) (x + 0.044715
/// x³).
func activate(
    _ x: inout [Lanes], slope: inout [Lanes], _ parameters: [Lanes], bias: Tensor,
    _ activation: TransformerShape.Activation, rows: Int
) {
    let groups = bias.columns / 8
    precondition(min(x.count, slope.count) >= rows * groups)
    let bias = parameters.span.extracting(bias.range)
    var x = x.mutableSpan
    var slope = slope.mutableSpan
    for row in 0..<rows {
        for group in 0..<groups {
            let place = row * groups + group
            let input = unsafe x[unchecked: place] + bias[unchecked: group]
            let (output, derivative) =
                switch activation {
                case .gelu: gelu(input)
                case .relu: (input.rectified, Lanes(repeating: 1).replacing(with: 0, where: input .<= 0))
                }
            unsafe x[unchecked: place] = output
            unsafe slope[unchecked: place] = derivative
        }
    }
}

@inline(__always)
private func gelu(_ x: Lanes) -> (value: Lanes, slope: Lanes) {
    let twiceRoot: Float = 1.595_769_1
    let square = x * x
    let logistic = (x * Lanes(repeating: twiceRoot).addingProduct(square, Lanes(repeating: twiceRoot * 0.044715)))
        .logistic
    let slopeOfTwiceU = Lanes(repeating: twiceRoot).addingProduct(square, Lanes(repeating: 3 * twiceRoot * 0.044715))
    let value = x * logistic
    return (value, logistic.addingProduct(value * (1 - logistic), slopeOfTwiceU))
}

/// Replaces dx (R, C) by dx · slope, and adds its sum over the rows to the bias's gradient (C).
func activateBackward(_ dx: inout [Lanes], _ gradients: inout [Lanes], slope: [Lanes], bias: Tensor, rows: Int) {
    let groups = bias.columns / 8
    precondition(min(dx.count, slope.count) >= rows * groups && gradients.count >= bias.range.upperBound)
    let slope = slope.span
    var dx = dx.mutableSpan
    var gradients = gradients.mutableSpan
    for row in 0..<rows {
        for group in 0..<groups {
            let place = row * groups + group
            let gradient = unsafe dx[unchecked: place] * slope[unchecked: place]
            unsafe dx[unchecked: place] = gradient
            unsafe gradients[unchecked: bias.offset + group] += gradient
        }
    }
}

/// Adds bias (C) to every row of x (R, C).
func addBias(_ x: inout [Lanes], _ parameters: [Lanes], bias: Tensor, rows: Int) {
    let groups = bias.columns / 8
    precondition(x.count >= rows * groups)
    let bias = parameters.span.extracting(bias.range)
    var x = x.mutableSpan
    for row in 0..<rows {
        for group in 0..<groups { unsafe x[unchecked: row * groups + group] += bias[unchecked: group] }
    }
}

/// Adds the sum of dout (R, C) over the rows to the bias's gradient (C).
func addBiasBackward(_ gradients: inout [Lanes], _ dout: [Lanes], bias: Tensor, rows: Int) {
    let groups = bias.columns / 8
    precondition(dout.count >= rows * groups && gradients.count >= bias.range.upperBound)
    let dout = dout.span
    var gradients = gradients.mutableSpan
    for row in 0..<rows {
        for group in 0..<groups {
            unsafe gradients[unchecked: bias.offset + group] += dout[unchecked: row * groups + group]
        }
    }
}
