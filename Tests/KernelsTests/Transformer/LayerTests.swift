import Foundation
import Testing

@testable import vector_kernels

/// Compares each layer's forward pass with a naive implementation, and its backward pass with finite differences of the
/// naive forward pass.
@Suite struct LayerTests {
    private let rows = 5
    private let columns = 24

    private func vector(_ offset: Int) -> Tensor {
        Tensor(offset: offset, rows: 1, columns: columns, isDecayed: false)
    }

    @Test func normalisesLayers() {
        let x = someNumbers(rows * columns, seed: 1).map { 3 * $0 + 1 }
        let parameters = someNumbers(2 * columns, seed: 2)
        let (gain, shift) = (vector(0), vector(columns / 8))
        func naive(_ x: [Double], _ parameters: [Double]) -> [Double] {
            (0..<rows).flatMap { row in
                zip(naiveNormalised(Array(x[(row * columns)..<((row + 1) * columns)])), 0..<columns).map {
                    parameters[$1] * $0 + parameters[columns + $1]
                }
            }
        }
        var out = lanes(x)
        var normalised = out
        var inverse = [Float](repeating: 0, count: rows)
        layerNorm(
            into: &out, normalised: &normalised, inverseDeviation: &inverse, lanes(x), lanes(parameters), gain: gain,
            shift: shift, rows: rows)
        #expect(relativeError(floats(out), naive(x, parameters)) < 1e-6)

        let weights = someNumbers(rows * columns, seed: 3)
        var dx = lanes(x.map { _ in 0 })
        var gradients = lanes(parameters.map { _ in 0 })
        layerNormBackward(
            adding: &dx, &gradients, lanes(weights), normalised: normalised, inverseDeviation: inverse,
            lanes(parameters), gain: gain, shift: shift, rows: rows)
        #expect(relativeError(floats(dx), finiteDifferences(at: x, weights: weights) { naive($0, parameters) }) < 1e-5)
        let expected = finiteDifferences(at: parameters, weights: weights) { naive(x, $0) }
        #expect(relativeError(floats(gradients), expected) < 1e-5)
    }

    @Test(arguments: [TransformerShape.Activation.gelu, .relu]) func activates(activation: TransformerShape.Activation)
    {
        let x = someNumbers(rows * columns, seed: 1).map { 3 * $0 }
        let bias = someNumbers(columns, seed: 2)
        func naive(_ x: [Double], _ bias: [Double]) -> [Double] {
            x.indices.map { naiveActivation(x[$0] + bias[$0 % columns], activation) }
        }
        var out = lanes(x)
        var slope = out
        activate(&out, slope: &slope, lanes(bias), bias: vector(0), activation, rows: rows)
        #expect(relativeError(floats(out), naive(x, bias)) < 1e-6)

        let weights = someNumbers(rows * columns, seed: 3)
        var dx = lanes(weights)
        var gradients = lanes(bias.map { _ in 0 })
        activateBackward(&dx, &gradients, slope: slope, bias: vector(0), rows: rows)
        #expect(relativeError(floats(dx), finiteDifferences(at: x, weights: weights) { naive($0, bias) }) < 1e-5)
        #expect(relativeError(floats(gradients), finiteDifferences(at: bias, weights: weights) { naive(x, $0) }) < 1e-5)
    }

    @Test func activationsOfExtremeInputsAreFinite() {
        var x = lanes([-1e6, -90, -20, -0.0, 0, 20, 90, 1e6])
        var slope = x
        activate(
            &x, slope: &slope, lanes([Double](repeating: 0, count: 8)),
            bias: Tensor(offset: 0, rows: 1, columns: 8, isDecayed: false), .gelu, rows: 1)
        #expect(floats(x).prefix(5).allSatisfy { abs($0) < 1e-8 })
        #expect(floats(x).suffix(3) == [20, 90, 1e6])
        #expect(floats(slope).allSatisfy { $0.isFinite })
    }

    @Test func addsBiases() {
        let x = someNumbers(rows * columns, seed: 1)
        let bias = someNumbers(columns, seed: 2)
        var out = lanes(x)
        addBias(&out, lanes(bias), bias: vector(0), rows: rows)
        #expect(relativeError(floats(out), x.indices.map { x[$0] + bias[$0 % columns] }) < 1e-6)
        var gradients = lanes(bias.map { _ in 0 })
        addBiasBackward(&gradients, lanes(x), bias: vector(0), rows: rows)
        let sums = (0..<columns).map { column in (0..<rows).reduce(0) { $0 + x[$1 * columns + column] } }
        #expect(relativeError(floats(gradients), sums) < 1e-6)
    }

    @Test(arguments: [1, 7, 8, 13, 33]) func predicts(vocabulary: Int) {
        let padded = 8 * laneGroups(vocabulary)
        let targets: [Int32] = [0, Int32(vocabulary - 1), -1]
        let logits = someNumbers(3 * vocabulary, seed: 1).map { 4 * $0 }
        func naive(_ logits: [Double]) -> [Double] {
            targets.enumerated().map { row, target in
                guard target >= 0 else { return 0 }
                return -log(
                    naiveSoftmax(Array(logits[(row * vocabulary)..<((row + 1) * vocabulary)]))[Int(target)])
            }
        }
        var padding = [Double](repeating: 9, count: 3 * padded)
        for place in logits.indices { padding[place / vocabulary * padded + place % vocabulary] = logits[place] }
        var x = lanes(padding)
        var score = PredictionScore()
        crossEntropy(
            &x, targets: targets[...], weights: [1, -3, 1], vocabulary: vocabulary, scale: 0.5, score: &score)
        #expect(abs(score.loss - naive(logits).reduce(0, +)) < 1e-5 * max(1, score.loss))
        #expect(score.count == 2)
        let expected = finiteDifferences(at: logits, weights: [0.5, -1.5, 0.5], naive)
        let found = floats(x)
        for row in 0..<3 {
            for column in 0..<padded {
                let wanted = column < vocabulary ? expected[row * vocabulary + column] : 0
                #expect(abs(Double(found[row * padded + column]) - wanted) < 1e-6)
            }
        }
    }

    /// Tests lengths close to the sizes of lanes and tiles, for both head widths in use.
    @Test(arguments: [1, 2, 3, 7, 8, 9, 16, 21], [16, 32]) func attends(length: Int, headWidth: Int) {
        let shape = TransformerShape(
            vocabulary: 8, context: 24, layers: 1, heads: 2, width: 2 * headWidth, hiddenWidth: 8)
        let d = shape.width
        // The sequence follows another sequence of two tokens.
        let rows = 2..<(2 + length)
        let offset = shape.heads * 2 * 8
        let padded = 8 * laneGroups(length)
        let input = someNumbers(rows.upperBound * 3 * d, seed: UInt64(length)).map { 2 * $0 }
        func naive(_ input: [Double], _ head: Int) -> [Double] {
            rows.flatMap { row -> [Double] in
                func part(_ index: Int, _ row: Int) -> [Double] {
                    let start = row * 3 * d + index * d + head * headWidth
                    return Array(input[start..<(start + headWidth)])
                }
                let scores = (rows.lowerBound...row).map {
                    dot(part(0, row), part(1, $0)) / Double(headWidth).squareRoot()
                }
                let weights = naiveSoftmax(scores)
                return (0..<headWidth).map { c in
                    weights.indices.reduce(0) { $0 + weights[$1] * part(2, rows.lowerBound + $1)[c] }
                }
            }
        }
        let zeros = { (count: Int) in [Lanes](repeating: .zeros, count: count / 8) }
        var mixed = zeros(rows.upperBound * d)
        var probabilities = zeros(offset + shape.heads * length * padded)
        var transposed = zeros(headWidth * padded)
        var scores = zeros(length * padded)
        var gradient = zeros(rows.upperBound * 3 * d)
        let weights = someNumbers(rows.upperBound * d, seed: 77)
        for head in 0..<shape.heads {
            let place = AttentionPlace(shape, rows: rows, head: head, probabilityOffset: offset)
            attend(into: &mixed, probabilities: &probabilities, transposed: &transposed, lanes(input), place)
            attendBackward(
                into: &gradient, scoreGradient: &scores, transposed: &transposed, lanes(weights),
                probabilities: probabilities, lanes(input), place)
        }
        for head in 0..<shape.heads {
            let own = rows.flatMap { row in (0..<headWidth).map { row * d + head * headWidth + $0 } }
            #expect(relativeError(own.map { floats(mixed)[$0] }, naive(input, head)) < 1e-5)
            let expected = finiteDifferences(at: input, weights: own.map { weights[$0] }) { naive($0, head) }
            let ownInputs = input.indices.filter { $0 % d / headWidth == head }
            #expect(
                relativeError(ownInputs.map { floats(gradient)[$0] }, ownInputs.map { expected[$0] }) < 1e-4,
                "length \(length), head \(head)")
        }
        #expect(floats(mixed).prefix(2 * d).allSatisfy { $0 == 0 }, "other rows are unchanged")
    }

    @Test(arguments: [(1, 1, 8), (3, 5, 8), (4, 16, 24), (9, 7, 40), (13, 33, 16)])
    func multipliesSmallMatrices(rows: Int, inner: Int, columns: Int) {
        let a = someNumbers(8 * laneGroups(rows * inner), seed: 1)
        let b = someNumbers(inner * columns, seed: 2)
        let expected = (0..<(rows * columns)).map { place in
            (0..<inner).reduce(0) { $0 + a[place / columns * inner + $1] * b[$1 * columns + place % columns] }
        }
        let outShape = MatrixShape(rows: rows, columns: columns, rowStride: columns)
        let bShape = MatrixShape(rows: inner, columns: columns, rowStride: columns)
        var out = lanes(expected.map { _ in 9 })
        multiplySmall(
            into: &out, outShape, lanes(a), MatrixShape(rows: rows, columns: inner, rowStride: inner), lanes(b), bShape)
        #expect(relativeError(floats(out), expected) < 1e-5)
        var transposed = a
        for row in 0..<rows { for k in 0..<inner { transposed[k * rows + row] = a[row * inner + k] } }
        multiplySmall(
            into: &out, outShape, lanes(transposed), MatrixShape(rows: inner, columns: rows, rowStride: rows), lanes(b),
            bShape, transposingLeft: true, accumulating: true)
        #expect(relativeError(floats(out), expected.map { 2 * $0 }) < 1e-5)
    }

    @Test func exponentials() {
        let x = (-700...700).map { Double($0) / 8 }
        let found = lanes(x).flatMap { group in (0..<8).map { group.exponential[$0] } }
        for (value, x) in zip(found, x) where abs(x) < 87 {
            #expect(abs(Double(value) / exp(x) - 1) < 3e-7, "\(x)")
        }
    }
}
