internal import Foundation

/// A training schedule: AdamW with weight decay on matrices, warm-up, cosine decay and gradient clipping.
struct TrainingSchedule {
    var steps: Int
    var learningRate: Double
    var weightDecay: Double
    var decays = AdamDecays(first: 0.9, second: 0.99)
    /// The share of steps in which the learning rate rises linearly.
    var warmUpShare = 0.05
    /// The learning rate at the last step, as a share of the full rate; 1 for a constant rate.
    var finalShare = 0.05
    /// The norm to which gradients are clipped; nil for no clipping.
    var gradientNorm: Double? = 1

    /// Returns the learning rate of a step, counted from 1.
    func rate(step: Int) -> Double {
        let warmUp = (Double(steps) * warmUpShare).rounded()
        if Double(step) <= warmUp { return learningRate * Double(step) / warmUp }
        let progress = (Double(step) - warmUp) / max(1, Double(steps) - warmUp)
        return learningRate * (finalShare + (1 - finalShare) * 0.5 * (1 + cos(.pi * progress)))
    }
}

/// A transformer in training, with the optimiser's moments and all buffers.
struct TransformerTraining {
    private(set) var model: Transformer
    let schedule: TrainingSchedule
    private var pass: TransformerPass
    private var gradients: [Lanes]
    private var firstMoments: [Lanes]
    private var secondMoments: [Lanes]
    private(set) var step = 0

    init(_ model: Transformer, _ schedule: TrainingSchedule) {
        self.model = model
        self.schedule = schedule
        pass = TransformerPass(model.shape)
        gradients = [Lanes](repeating: .zeros, count: model.layout.count)
        (firstMoments, secondMoments) = (gradients, gradients)
    }

    /// Takes one step on the mean loss over the batch's targets; returns the score before the step.
    mutating func update(_ batch: TokenBatch) -> PredictionScore {
        step += 1
        for group in gradients.indices { gradients[group] = .zeros }
        var score = PredictionScore()
        let scale = 1 / Float(max(1, batch.targetCount))
        for sequences in batch.chunks(rows: TransformerPass.chunkRows) {
            let chunk = Chunk(batch, sequences)
            pass.forwardToTargets(model, chunk)
            pass.backward(adding: &gradients, model, chunk, scale: scale, score: &score)
        }
        descend()
        return score
    }

    private mutating func descend() {
        let norm = squaredNorm(gradients).squareRoot()
        let clip = schedule.gradientNorm.map { min(1, $0 / max(norm, 1e-12)) } ?? 1
        let rate = schedule.rate(step: step)
        let adam = AdamStep(number: step, learningRate: rate, decays: schedule.decays)
        for tensor in model.layout.all {
            adam.update(
                &model.parameters, &firstMoments, &secondMoments, gradient: gradients, range: tensor.range,
                gradientScale: Float(clip), shrinking: tensor.isDecayed ? Float(1 - rate * schedule.weightDecay) : 1)
        }
    }
}

/// Returns the squared norm, summed in double precision.
func squaredNorm(_ vector: [Lanes]) -> Double {
    var sum = 0.0
    for start in stride(from: 0, to: vector.count, by: 256) {
        var part = Lanes.zeros
        for group in start..<min(start + 256, vector.count) {
            part = part.addingProduct(vector[group], vector[group])
        }
        sum += Double(part.sum())
    }
    return sum
}
