import Testing

@testable import vector_kernels

private let shapes = [
    TransformerShape(vocabulary: 11, context: 9, layers: 2, heads: 2, width: 16, hiddenWidth: 24),
    TransformerShape(
        vocabulary: 7, context: 3, layers: 1, heads: 1, width: 16, hiddenWidth: 16, normalises: false, activation: .relu
    ),
]

/// Returns sequences of several lengths, with targets from the second token on.
private func someBatch(_ shape: TransformerShape) -> TokenBatch {
    var batch = TokenBatch()
    for length in [shape.context + 1, 3, 2, 4] {
        let tokens = (0..<length).map { UInt8((5 * $0 + length) % shape.vocabulary) }
        batch.append(tokens, firstTarget: 2)
    }
    return batch
}

/// Returns a model whose weights are large enough for every part to affect the result.
private func someModel(_ shape: TransformerShape) -> Transformer {
    var model = Transformer(shape, embeddingDeviation: 0.3, seed: 3)
    let numbers = lanes(someNumbers(8 * model.layout.count, seed: 4))
    for tensor in model.layout.all where tensor != model.layout.head {
        for group in tensor.range { model.parameters[group] += 0.3 * numbers[group] }
    }
    for group in model.layout.head.range { model.parameters[group] *= 5 }
    return model
}

@Suite struct TransformerTests {
    @Test(arguments: shapes) func forwardMatchesTheNaiveImplementation(shape: TransformerShape) {
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

    /// Logits, score and gradients are the same as if the last block computed every row.
    @Test(arguments: shapes) func skippingRowsWithoutATargetChangesNothing(shape: TransformerShape) {
        let model = someModel(shape)
        var batch = someBatch(shape)
        batch.append([1, 4, 2], firstTarget: 2, weight: -0.5)
        batch.append([3, 1, 2])
        let targetRows = batch.targets.indices.filter { batch.targets[$0] >= 0 }
        let chunk = Chunk(batch, 0..<batch.sequences)
        var passes = [TransformerPass(shape), TransformerPass(shape)]
        passes[0].forward(model, chunk)
        passes[1].forwardToTargets(model, chunk)
        let columns = shape.paddedVocabulary
        let (all, some) = (floats(passes[0].logits), floats(passes[1].logits))
        for (place, row) in targetRows.enumerated() {
            let expected = all[(row * columns)..<((row + 1) * columns)].map { Double($0) }
            #expect(relativeError(Array(some[(place * columns)..<((place + 1) * columns)]), expected) < 1e-5)
        }
        var scores = [PredictionScore(), PredictionScore()]
        let gradients = passes.indices.map { index -> [Float] in
            var gradients = [Lanes](repeating: .zeros, count: model.layout.count)
            passes[index].backward(adding: &gradients, model, chunk, scale: 0.3, score: &scores[index])
            return floats(gradients)
        }
        #expect(scores[1].count == targetRows.count && scores[0].count == targetRows.count)
        #expect(abs(scores[0].loss - scores[1].loss) < 1e-4 && scores[0].correct == scores[1].correct)
        for tensor in model.layout.all where shape.normalises || tensor.rows > 1 {
            let range = (8 * tensor.range.lowerBound)..<(8 * tensor.range.upperBound)
            #expect(gradients[0][range].contains { $0 != 0 })
            #expect(relativeError(Array(gradients[1][range]), gradients[0][range].map { Double($0) }) < 1e-4)
        }
    }

    /// Checks the derivative for each tensor in the direction of the gradient and in an unrelated direction.
    @Test(arguments: shapes) func backwardMatchesFiniteDifferences(shape: TransformerShape) {
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

@Suite struct DecoderTests {
    /// Sequences that are fed token by token give the same logits as one pass over each whole sequence. The other
    /// sequences do not matter.
    @Test(arguments: shapes) func logitsMatchTheWholeSequence(shape: TransformerShape) {
        let model = someModel(shape)
        let sequences = (0..<3).map { start in (0..<shape.context).map { Int32((3 * $0 + start) % shape.vocabulary) } }
        let interventions = Interventions(zeroedHeads: [0: [shape.heads - 1]], zeroedNeurons: [0: [3]])
        var decoder = Decoder(model, sequences: 3, interventions: interventions)
        for position in 0..<shape.context {
            // The middle sequence ends before the others.
            let active = position < 2 ? [0, 1, 2] : [0, 2]
            decoder.feed(active.map { sequences[$0][position] }, to: active)
            for (row, sequence) in active.enumerated() {
                let tokens = sequences[sequence][...position].map(Int.init)
                let expected = NaiveTransformer(model).forward(tokens, interventions).logits[position]
                let found = floats(decoder.logits)[(row * shape.paddedVocabulary)...].prefix(shape.vocabulary)
                #expect(relativeError(Array(found), expected) < 1e-5)
                let best = expected.indices.max { expected[$0] < expected[$1] }!
                #expect(decoder.logits.largest(row: row, vocabulary: shape.vocabulary) == best)
            }
        }
    }

    @Test func samplesFollowTheSoftmax() {
        let logits = lanes([0, 1, 2, -1, 0.5, 9, 9, 9] + [1, 1, 1, 1, 1, 9, 9, 9])
        let expected = naiveSoftmax([0, 1, 2, -1, 0.5])
        var draws = Draws(seed: 1, name: "samples")
        var counts = [Int](repeating: 0, count: 5)
        for _ in 0..<20_000 { counts[Int(logits.sample(row: 0, vocabulary: 5, at: draws.uniform()))] += 1 }
        for (count, share) in zip(counts, expected) { #expect(abs(Double(count) / 20_000 - share) < 0.012) }
        #expect(logits.sample(row: 1, vocabulary: 5, at: 0) == 0)
        #expect(logits.sample(row: 1, vocabulary: 5, at: 1 - 0x1p-24) == 4)
    }
}
