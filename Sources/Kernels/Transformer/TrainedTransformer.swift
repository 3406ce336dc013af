import KernelInterface

/// A trained transformer with its loss curve.
struct TrainedTransformer {
    var model: Transformer
    /// The mean loss in nats, or another measure of progress, over equal intervals of the training.
    var curve: [Float]

    init(model: Transformer, curve: LossCurve) {
        self.model = model
        self.curve = curve.points
    }

    /// Creates an untrained transformer.
    init(untrained model: Transformer) {
        self.init(model: model, curve: LossCurve(steps: 1))
    }

    /// Trains on batches. `fill` writes the batch of the next step into the given batch.
    ///
    /// Throws if the loss or a weight is not finite.
    init(
        training model: Transformer, _ schedule: TrainingSchedule, progress: (Double) -> Void,
        fill: (_ batch: inout TokenBatch) -> Void
    ) throws(KernelFailure) {
        self.init(untrained: model)
        var training = TransformerTraining(model, schedule)
        var batch = TokenBatch()
        var curve = LossCurve(steps: schedule.steps)
        for step in 0..<schedule.steps {
            fill(&batch)
            let score = training.update(batch)
            let loss = score.loss / Double(max(1, score.count))
            guard loss.isFinite else {
                throw KernelFailure.divergence("the loss of step \(step + 1) is \(loss)")
            }
            curve.add(loss)
            if step % 8 == 7 { progress(Double(step + 1) / Double(schedule.steps)) }
        }
        guard training.model.isFinite else {
            throw KernelFailure.divergence("weights are not finite after the last step")
        }
        self.init(model: training.model, curve: curve)
    }

    func checkpoint(kernel: String) -> [UInt8] {
        Checkpoint.encode(Self.header(kernel, model.shape), floats)
    }

    /// Decodes what `checkpoint` wrote for this shape; throws for anything else.
    init(_ checkpoint: [UInt8], kernel: String, _ shape: TransformerShape) throws(KernelFailure) {
        let floats = try Checkpoint.decode(
            checkpoint, Self.header(kernel, shape), count: Self.floatCount(shape))
        self.init(floats[...], shape)
    }

    /// The floats of a checkpoint: the curve, then the parameters.
    var floats: [Float] { curve + model.parameters.flatMap { group in (0..<8).map { group[$0] } } }

    static func floatCount(_ shape: TransformerShape) -> Int {
        LossCurve.pointCount + 8 * TransformerLayout(shape).count
    }

    /// Restores a transformer from its `floats`.
    init(_ floats: ArraySlice<Float>, _ shape: TransformerShape) {
        model = Transformer(zeros: shape)
        curve = Array(floats.prefix(LossCurve.pointCount))
        model.parameters = lanes(Array(floats.dropFirst(LossCurve.pointCount)))
    }

    static func header(_ kernel: String, _ shape: TransformerShape) -> String {
        "\(kernel) 1: transformer of \(shape.vocabulary) tokens, context \(shape.context), \(shape.layers) layers of "
            + "\(shape.heads) heads, width \(shape.width) and \(shape.hiddenWidth)"
    }
}

/// The mean loss over equal intervals of a training run, for pictures.
struct LossCurve {
    static let pointCount = 48

    private let steps: Int
    private var step = 0
    private var sums = [(loss: Double, steps: Int)](repeating: (0, 0), count: pointCount)

    init(steps: Int) {
        self.steps = max(1, steps)
    }

    mutating func add(_ loss: Double) {
        let point = min(step * Self.pointCount / steps, Self.pointCount - 1)
        sums[point].loss += loss
        sums[point].steps += 1
        step += 1
    }

    /// The mean loss of each interval. An interval after an early end of the training is 0. Any other interval without
    /// a step repeats the previous value.
    var points: [Float] {
        let trained = step < steps ? step * Self.pointCount / steps : Self.pointCount
        var last: Float = 0
        return sums.enumerated().map { point, sum in
            if sum.steps > 0 { last = Float(sum.loss / Double(sum.steps)) }
            return sum.steps > 0 || point < trained ? last : 0
        }
    }
}
