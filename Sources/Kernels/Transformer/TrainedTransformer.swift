internal import Ledger

/// A transformer as a kernel keeps it: its parameters and how its loss fell.
struct TrainedTransformer {
    /// Points of the loss curve.
    static let curvePoints = 48

    var model: Transformer
    /// Mean loss in nats over equal stretches of the training; 0 for what was not trained.
    var lossCurve: [Float]

    /// Not trained at all.
    init(untrained model: Transformer) {
        self.model = model
        lossCurve = [Float](repeating: 0, count: Self.curvePoints)
    }

    /// Trains on batch after batch; `fill` replaces the batch by that of a step, counted from 0.
    ///
    /// Throws where the loss is no longer finite.
    init(
        training model: Transformer, _ schedule: TrainingSchedule, progress: (Double) -> Void,
        fill: (_ batch: inout TokenBatch, _ step: Int) -> Void
    ) throws(KernelFailure) {
        self.init(untrained: model)
        var training = TransformerTraining(model, schedule)
        var batch = TokenBatch()
        var sums = [(loss: Double, steps: Int)](repeating: (0, 0), count: Self.curvePoints)
        for step in 0..<schedule.steps {
            fill(&batch, step)
            let score = training.update(batch)
            let loss = score.loss / Double(max(1, score.count))
            guard loss.isFinite else {
                throw KernelFailure(reason: "training diverged: the loss of step \(step + 1) is \(loss)")
            }
            let point = step * Self.curvePoints / schedule.steps
            sums[point].loss += loss
            sums[point].steps += 1
            if step % 8 == 7 { progress(Double(step + 1) / Double(schedule.steps)) }
        }
        guard training.model.isFinite else {
            throw KernelFailure(reason: "training diverged: the last step left weights that are not finite")
        }
        self.model = training.model
        lossCurve = sums.map { Float($0.steps == 0 ? 0 : $0.loss / Double($0.steps)) }
    }

    func checkpoint(kernel: String) -> [UInt8] {
        let parameters = model.parameters.flatMap { group in (0..<8).map { group[$0] } }
        return Checkpoint.encode(Self.header(kernel, model.shape), lossCurve + parameters)
    }

    /// Reads what `checkpoint` wrote for a transformer of this shape; refuses anything else.
    init(_ checkpoint: [UInt8], kernel: String, _ shape: TransformerShape) throws(KernelFailure) {
        model = Transformer(zeros: shape)
        let floats = try Checkpoint.decode(
            checkpoint, Self.header(kernel, shape), count: Self.curvePoints + 8 * model.layout.count)
        lossCurve = Array(floats.prefix(Self.curvePoints))
        for place in 0..<(8 * model.layout.count) {
            model.parameters[place / 8][place % 8] = floats[Self.curvePoints + place]
        }
    }

    private static func header(_ kernel: String, _ shape: TransformerShape) -> String {
        "\(kernel) 1: transformer of \(shape.vocabulary) tokens, context \(shape.context), \(shape.layers) layers of "
            + "\(shape.heads) heads, width \(shape.width) and \(shape.hiddenWidth)"
    }
}
