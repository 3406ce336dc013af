import Foundation
import KernelInterface
import Testing

@testable import vector_kernels

let tinyModularAddition = TinyKernel(
    kernel: ModularAddition(),
    config: [
        "heads": "2", "width": "16", "hidden_width": "32", "modulus": "11", "train_share": "0.8", "steps": "300",
        "learning_rate": "0.01", "weight_decay": "2", "threshold": "0.6", "later_steps": "20",
    ],
    settings: [
        "fit": [[:], ["labels": "shuffled"]],
        "generalisation": [[:]],
        "accuracy": [[:], ["labels": "shuffled"], ["network": "untrained"]],
        "delayed-accuracy": [[:]],
        "key-frequencies": [[:]],
        "frequency-share": [
            ["part": "embedding", "strongest": "1"], ["part": "logits", "strongest": "2"], ["network": "untrained"],
        ],
        "progress-measures": [[:], ["labels": "shuffled"], ["network": "untrained"]],
    ])

@Suite struct ModularAdditionTests {
    @Test func tableHoldsSumsAndIsSplit() {
        let table = AdditionTable(modulus: 5, trainingPairs: 10, shufflesLabels: false, seed: 1)
        #expect(table.labels == [0, 1, 2, 3, 4, 1, 2, 3, 4, 0, 2, 3, 4, 0, 1, 3, 4, 0, 1, 2, 4, 0, 1, 2, 3])
        #expect(table.trainingPairs.count == 10)
        #expect((table.trainingPairs + table.testPairs).sorted() == Array(0..<25))
        let other = AdditionTable(modulus: 5, trainingPairs: 10, shufflesLabels: false, seed: 2)
        #expect(other.trainingPairs != table.trainingPairs)
    }

    @Test func shuffledLabelsArePermuted() {
        let table = AdditionTable(modulus: 7, trainingPairs: 20, shufflesLabels: false, seed: 1)
        let shuffled = AdditionTable(modulus: 7, trainingPairs: 20, shufflesLabels: true, seed: 1)
        #expect(shuffled.trainingPairs == table.trainingPairs)
        #expect(shuffled.labels.sorted() == table.labels.sorted())
        #expect(zip(shuffled.labels, table.labels).count { $0 == $1 } < 20)
        #expect(shuffled.sum(of: 48) == 5)
    }

    @Test func readsTheNetworkAtTheLastTokenOfEachPair() throws {
        let config = try ModularAdditionConfig(tinyModularAddition.job("fit", [:], ["modulus": "7"]).config)
        let model = Transformer(config.shape, embeddingDeviation: 1, seed: 3)
        let table = AdditionTable(modulus: 7, trainingPairs: 20, shufflesLabels: false, seed: 1)
        let logits = AdditionLogits(model, table)
        let naive = NaiveTransformer(model)
        var losses: [Double] = []
        var right = 0
        for pair in 0..<49 {
            let expected = Array(naive.forward([pair / 7, pair % 7, 7]).logits[2].prefix(7))
            #expect(relativeError(logits.rows[pair].map { Float($0) }, expected) < 1e-5)
            losses.append(-log(naiveSoftmax(expected)[(pair / 7 + pair % 7) % 7]))
            right += expected.max() == expected[(pair / 7 + pair % 7) % 7] ? 1 : 0
        }
        #expect(abs(logits.loss(table.pairs) - losses.reduce(0, +) / 49) < 1e-5)
        #expect(abs(logits.loss([4, 9]) - (losses[4] + losses[9]) / 2) < 1e-5)
        #expect(logits.accuracy(table.pairs) == Double(right) / 49)
    }

    /// The pairs fill one chunk and part of a second one; the heads fill one lane group or part of a second one.
    @Test(arguments: [("2", "16"), ("9", "72")])
    func gradientsMatchTheGeneralTransformer(heads: String, width: String) throws {
        let sizes = ["modulus": "13", "heads": heads, "width": width]
        let config = try ModularAdditionConfig(tinyModularAddition.job("fit", [:], sizes).config)
        let model = Transformer(config.shape, embeddingDeviation: 1, seed: 3)
        let table = AdditionTable(modulus: 13, trainingPairs: 150, shufflesLabels: false, seed: 1)
        let labels = table.trainingPairs.map { Int32(table.labels[$0]) }

        var pass = AdderPass(model.shape, modulus: 13)
        var found = [Lanes](repeating: Lanes(repeating: 1), count: model.layout.count)
        let score = pass.computeGradients(
            into: &found, model, table.trainingPairs, targets: labels, scale: 1 / 150)

        var batch = TokenBatch()
        for pair in table.trainingPairs {
            batch.append([pair / 13, pair % 13, 13, table.labels[pair]], firstTarget: 3)
        }
        var general = TransformerPass(model.shape)
        var expected = [Lanes](repeating: .zeros, count: model.layout.count)
        var expectedScore = PredictionScore()
        for sequences in batch.chunks(rows: TransformerPass.chunkRows) {
            let chunk = Chunk(batch, sequences)
            general.forwardToTargets(model, chunk)
            general.backward(adding: &expected, model, chunk, scale: 1 / 150, score: &expectedScore)
        }
        for tensor in model.layout.all {
            let (own, other) = (found[tensor.range], expected[tensor.range])
            let error = relativeError(own.flatMap(floats), other.flatMap(floats).map(Double.init))
            #expect(error < 1e-4, "\(tensor)")
        }
        #expect(abs(score.loss - expectedScore.loss) < 1e-3 && score.count == 150)
    }

    private func floats(_ group: Lanes) -> [Float] { (0..<8).map { group[$0] } }

    /// The deviations are those of the paper's code. Each tensor has at least 3,456 elements, so 0.05 is four standard
    /// errors.
    @Test func initialWeightsFollowTheConfig() throws {
        func model(_ changes: [String: String]) throws -> Transformer {
            try ModularAdditionConfig(tinyModularAddition.job("fit", [:], changes).config).initialModel(seed: 1)
        }
        let sizes = ["width": "64", "hidden_width": "256", "modulus": "53"]
        let normal = try model(sizes)
        func deviation(_ tensor: Tensor, columns: Int) -> Double {
            let rows = (0..<tensor.rows).flatMap { row in
                let groups = normal.parameters[tensor.range].dropFirst(row * tensor.columns / 8)
                return groups.prefix(laneGroups(columns)).flatMap(floats).prefix(columns)
            }
            return (rows.reduce(0) { $0 + Double($1 * $1) } / Double(rows.count)).squareRoot()
        }
        let (layout, block) = (normal.layout, normal.layout.blocks[0])
        for tensor in [block.queryKeyValue, block.projection, block.up, block.down] {
            #expect(abs(deviation(tensor, columns: tensor.columns) * 8 - 1) < 0.05)
        }
        #expect(abs(deviation(layout.head, columns: 54) * 54.0.squareRoot() - 1) < 0.05)
        for bias in [block.queryKeyValueBias, block.projectionBias, block.upBias, block.downBias] {
            #expect(normal.parameters[bias.range].allSatisfy { $0 == .zeros })
        }
        let uniform = try model(sizes.merging(["initial_weights": "uniform"]) { $1 })
        #expect(uniform.parameters[layout.tokens.range] == normal.parameters[layout.tokens.range])
        let largest = uniform.parameters[block.up.range].flatMap(floats).map(abs).max()!
        #expect(largest <= 0.125 && largest > 0.124)
    }

    @Test func trainingEndsSoonAfterGeneralisation() throws {
        let job = tinyModularAddition.job("generalisation", [:])
        let trained = try TrainedAdder(ModularAddition().train(job) { _ in }, ModularAdditionConfig(job.config))
        let onset = try #require(AccuracyCurves.onset(trained.curves.test, above: 0.6))
        #expect(onset > 0 && onset + 20 < 300)
        #expect(trained.curves.training[(onset + 20) / 10] > 0)
        #expect(trained.curves.training[(onset + 30) / 10] == 0)
        let fit = try #require(AccuracyCurves.onset(trained.curves.training, above: 0.6))
        #expect(
            try ModularAddition().measure(job, of: trained.checkpoint())
                == ["generalisation-step": Double(onset), "generalisation-delay": Double(onset - fit)])
    }

    @Test func thresholdNeverReachedIsAFailure() throws {
        for measurement in ["fit", "generalisation", "delayed-accuracy"] {
            let job = tinyModularAddition.job(measurement, ["network": "untrained"])
            let checkpoint = try ModularAddition().train(job) { _ in }
            let failure = #expect(throws: KernelFailure.self) { try ModularAddition().measure(job, of: checkpoint) }
            #expect(failure?.reason == "accuracy on the pairs trained on never exceeds 0.6 during the training")
        }
        let shuffled = tinyModularAddition.job("generalisation", ["labels": "shuffled"])
        let checkpoint = try ModularAddition().train(shuffled) { _ in }
        let failure = #expect(throws: KernelFailure.self) { try ModularAddition().measure(shuffled, of: checkpoint) }
        #expect(failure?.reason == "accuracy on the pairs not trained on never exceeds 0.6 during the training")
    }

    @Test(arguments: [
        (["modulus": "8"], "modulus", "the modulus 8 is even"),
        (["train_share": "0.02"], "train_share", "0 training pairs of 49 leave none to fit or none to test"),
        (["train_share": "1"], "train_share", "49 training pairs of 49 leave none to fit or none to test"),
        ([:], "strongest", "numbers modulo 7 have only 3 frequencies, not 4"),
    ])
    func rejectsImpossibleTables(changes: [String: String], name: String, message: String) {
        let changes = ["modulus": "7"].merging(changes) { $1 }
        let job = tinyModularAddition.job("frequency-share", ["strongest": "4"], changes)
        let mistake = #expect(throws: ConfigMistake.self) {
            try ModularAddition().description.cost(job.config, job.measurement, job.settings)
        }
        #expect(mistake?.name == name && mistake?.message == message)
    }
}

@Suite struct FourierSeriesTests {
    /// Returns a table of arbitrary numbers.
    private func someTable(_ rows: Int, _ columns: Int, seed: UInt64) -> [[Double]] {
        let numbers = someNumbers(rows * columns, seed: seed)
        return (0..<rows).map { Array(numbers[($0 * columns)..<(($0 + 1) * columns)]) }
    }

    @Test func seriesSumsToTheTable() {
        let table = someTable(7, 3, seed: 1)
        let series = FourierSeries(table)
        let all = series.part([1, 2, 3])
        for row in 0..<7 {
            for column in 0..<3 {
                #expect(abs(series.constant[column] + all[row][column] - table[row][column]) < 1e-12)
            }
        }
        var spread = 0.0
        for row in table {
            let deviations = zip(row, series.constant).map { $0 - $1 }
            spread += dot(deviations, deviations)
        }
        #expect(abs(series.powers.reduce(0, +) - spread) < 1e-12)
    }

    @Test func keyFrequenciesExceedTheShare() {
        // At the frequencies 5, 2 and 1 of 11, the squared amplitudes are 4, 1 and 0.25.
        let table = (0..<11).map { number in
            let angle = 2 * Double.pi * Double(number) / 11
            let (first, second, third) = (cos(5 * angle), sin(2 * angle), cos(angle + 0.3))
            return [3 + 2 * first, second - 1, 0.5 * third]
        }
        let series = FourierSeries(table)
        for (power, expected) in zip(series.powers, [0.25, 1, 0, 0, 4]) {
            #expect(abs(power - expected * 5.5) < 1e-12)
        }
        #expect(series.frequenciesByPower.prefix(3) == [5, 2, 1])
        #expect(abs(series.share(ofStrongest: 1) - 4 / 5.25) < 1e-12)
        #expect(series.keyFrequencies() == [5, 2])
        #expect(series.keyFrequencies(holding: 0.7) == [5])
        #expect(series.keyFrequencies(holding: 0.99) == [5, 2, 1])
    }

    /// For each number, the naive implementation projects the logits over all pairs on the cosine and the sine of 2πk(a
    /// + b) / p.
    @Test func splitLogitsMatchTheNaiveImplementation() {
        let table = AdditionTable(modulus: 7, trainingPairs: 20, shufflesLabels: true, seed: 1)
        let logits = AdditionLogits(table: table, rows: someTable(49, 7, seed: 2))
        let (excluded, restricted) = logits.split(at: [3, 1])
        for number in 0..<7 {
            let column = logits.rows.map { $0[number] }
            let mean = column.reduce(0, +) / 49
            var (without, only) = (column, [Double](repeating: mean, count: 49))
            for k in [1, 3] {
                for wave in [cos, sin] as [(Double) -> Double] {
                    let direction = (0..<49).map { pair -> Double in
                        let sum = pair / 7 + pair % 7
                        return wave(2 * Double.pi * Double(k * sum) / 7)
                    }
                    let factor = dot(column, direction) / dot(direction, direction)
                    for pair in 0..<49 {
                        without[pair] -= factor * direction[pair]
                        only[pair] += factor * direction[pair]
                    }
                }
            }
            for pair in 0..<49 {
                #expect(abs(excluded.rows[pair][number] - without[pair]) < 1e-12)
                #expect(abs(restricted.rows[pair][number] - only[pair]) < 1e-12)
            }
        }
    }
}
