/// A network in training on all training pairs of a table, with the optimiser's moments and all buffers.
struct AdderTraining {
    private(set) var model: Transformer
    private let schedule: TrainingSchedule
    private let table: AdditionTable
    /// The labels of the training pairs.
    private let targets: [Int32]
    private var pass: AdderPass
    private var gradients: [Lanes]
    private var firstMoments: [Lanes]
    private var secondMoments: [Lanes]
    private var step = 0

    init(_ model: Transformer, _ schedule: TrainingSchedule, _ table: AdditionTable) {
        self.model = model
        self.schedule = schedule
        self.table = table
        targets = table.trainingPairs.map { Int32(table.labels[$0]) }
        pass = AdderPass(model.shape, modulus: table.modulus)
        gradients = [Lanes](repeating: .zeros, count: model.layout.count)
        (firstMoments, secondMoments) = (gradients, gradients)
    }

    /// Takes one AdamW step on the mean loss over the training pairs; returns the loss before the step, in nats.
    mutating func update() -> Double {
        step += 1
        let score = pass.computeGradients(
            into: &gradients, model, table.trainingPairs, targets: targets, scale: 1 / Float(targets.count))
        let rate = schedule.rate(step: step)
        let adam = AdamStep(number: step, learningRate: rate, decays: schedule.decays)
        for tensor in model.layout.all {
            adam.update(
                &model.parameters, &firstMoments, &secondMoments, gradient: gradients, range: tensor.range,
                gradientScale: 1, shrinking: tensor.isDecayed ? Float(1 - rate * schedule.weightDecay) : 1)
        }
        return score.loss / Double(score.count)
    }

    /// Returns the share of pairs to whose label the network gives the largest logit among the numbers. Since p is odd,
    /// p and p + 1 tokens need the same number of lane groups.
    mutating func accuracy(_ pairs: [Int]) -> Float {
        var right = 0
        pass.forEachChunk(model, pairs) { pass, chunk in
            for (row, pair) in pairs[chunk].enumerated() {
                right += Int(pass.logits.largest(row: row, vocabulary: table.modulus)) == table.labels[pair] ? 1 : 0
            }
        }
        return Float(right) / Float(pairs.count)
    }
}
