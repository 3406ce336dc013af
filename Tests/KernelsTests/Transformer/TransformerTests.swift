import Testing

@testable import Kernels

private let shapes = [
    TransformerShape(vocabulary: 11, context: 9, layers: 2, heads: 2, width: 16, hiddenWidth: 24),
    TransformerShape(
        vocabulary: 7, context: 3, layers: 1, heads: 1, width: 16, hiddenWidth: 16, normalises: false, activation: .relu
    ),
]

/// Sequences of several lengths, with targets from the second token on.
private func someBatch(_ shape: TransformerShape) -> TokenBatch {
    var batch = TokenBatch()
    for length in [shape.context, 2, 1, 3] {
        let tokens = (0..<length).map { UInt8((5 * $0 + length) % shape.vocabulary) }
        batch.append(tokens, firstTarget: 2)
    }
    return batch
}

/// Weights large enough for every part to matter.
private func someModel(_ shape: TransformerShape) -> Transformer {
    var model = Transformer(shape, seed: 3)
    let numbers = lanes(someNumbers(8 * model.layout.count, seed: 4))
    for tensor in model.layout.all where tensor != model.layout.head {
        for group in tensor.range { model.parameters[group] += 0.3 * numbers[group] }
    }
    for group in model.layout.head.range { model.parameters[group] *= 20 }
    return model
}

@Suite struct TransformerTests {
    @Test(arguments: shapes) func forwardIsThatOfTheNaiveTwin(shape: TransformerShape) {
        let model = someModel(shape)
        let batch = someBatch(shape)
        for interventions in [
            Interventions(), Interventions(zeroedHeads: [0: [0]]), Interventions(zeroedNeurons: [0: [1, 9]]),
        ] {
            var residuals = [[Float]](repeating: [], count: shape.layers + 1)
            var pass = TransformerPass(shape)
            let chunk = Chunk(batch, 0..<batch.sequences)
            pass.forward(model, chunk, interventions) { layer, residual, rows in
                residuals[layer] = Array(floats(residual).prefix(rows.count * shape.width))
            }
            let logits = floats(pass.logits)
            for sequence in 0..<batch.sequences {
                let rows = batch.rows(of: sequence)
                let expected = NaiveTransformer(model).forward(batch.tokens[rows].map(Int.init), interventions)
                for layer in residuals.indices {
                    let found = residuals[layer][(rows.lowerBound * shape.width)..<(rows.upperBound * shape.width)]
                    #expect(relativeError(Array(found), expected.residuals[layer].flatMap { $0 }) < 1e-5)
                }
                let found = rows.flatMap { row in
                    logits[(row * shape.paddedVocabulary)..<(row * shape.paddedVocabulary + shape.vocabulary)]
                }
                #expect(relativeError(found, expected.logits.flatMap { $0 }) < 1e-5)
            }
        }
    }

    /// In every tensor, along the gradient itself and along a direction that has nothing to do with it.
    @Test(arguments: shapes) func backwardIsTheDerivative(shape: TransformerShape) {
        let model = someModel(shape)
        let batch = someBatch(shape)
        let naive = NaiveTransformer(model)
        var gradients = [Lanes](repeating: .zeros, count: model.layout.count)
        var pass = TransformerPass(shape)
        var score = PredictionScore()
        for sequences in batch.chunks(rows: 10) {
            let chunk = Chunk(batch, sequences)
            pass.forward(model, chunk)
            pass.backward(adding: &gradients, model, chunk, scale: 1 / Float(batch.targetCount), score: &score)
        }
        #expect(abs(score.loss / Double(score.count) - naive.loss(batch)) < 1e-5)
        let found = floats(gradients).map(Double.init)
        for tensor in model.layout.all where shape.normalises || tensor.rows > 1 {
            let range = (8 * tensor.range.lowerBound)..<(8 * tensor.range.upperBound)
            let gradient = Array(found[range])
            #expect(dot(gradient, gradient) > 0)
            for direction in [gradient, someNumbers(range.count, seed: 5)] {
                let length = dot(direction, direction).squareRoot()
                var (low, high) = (naive, naive)
                for (index, place) in range.enumerated() {
                    high.parameters[place] += 1e-5 * direction[index] / length
                    low.parameters[place] -= 1e-5 * direction[index] / length
                }
                let derivative = (high.loss(batch) - low.loss(batch)) / 2e-5
                let expected = dot(gradient, direction) / length
                #expect(
                    abs(derivative - expected) < 1e-4 * dot(gradient, gradient).squareRoot(), "\(tensor) \(derivative)")
            }
        }
    }
}
