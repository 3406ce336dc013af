/// The activations of one layer norm, stored for the backward pass. Without layer norms, a pass is the identity.
struct NormPass {
    /// (R, d)
    private(set) var output: [Lanes]
    private var normalised: [Lanes]
    private var inverseDeviation: [Float]
    private let normalises: Bool

    init(_ shape: TransformerShape, rows: Int) {
        output = [Lanes](repeating: .zeros, count: rows * shape.width / 8)
        normalises = shape.normalises
        normalised = normalises ? output : []
        inverseDeviation = normalises ? [Float](repeating: 0, count: rows) : []
    }

    mutating func forward(_ x: [Lanes], _ parameters: [Lanes], gain: Tensor, shift: Tensor, rows: Int) {
        if normalises {
            layerNorm(
                into: &output, normalised: &normalised, inverseDeviation: &inverseDeviation, x, parameters, gain: gain,
                shift: shift, rows: rows)
        } else {
            for group in 0..<(rows * gain.columns / 8) { output[group] = x[group] }
        }
    }

    /// Adds dL/dx to dx (R, d).
    func backward(
        adding dx: inout [Lanes], _ gradients: inout [Lanes], _ dout: [Lanes], _ parameters: [Lanes], gain: Tensor,
        shift: Tensor, rows: Int
    ) {
        if normalises {
            layerNormBackward(
                adding: &dx, &gradients, dout, normalised: normalised, inverseDeviation: inverseDeviation, parameters,
                gain: gain, shift: shift, rows: rows)
        } else {
            for group in 0..<(rows * gain.columns / 8) { dx[group] += dout[group] }
        }
    }
}
