import KernelInterface

/// How accuracy rose along a training.
struct AccuracyCurves {
    /// In steps, between two points.
    static let interval = 10

    /// On the pairs trained on and on the others, before step 0, 10, …; 0 for what was not reached.
    var training: [Float]
    var test: [Float]

    init(steps: Int) {
        training = [Float](repeating: 0, count: steps / Self.interval + 1)
        test = training
    }

    /// The first step that is looked at before which accuracy is above a threshold; nil if none.
    static func onset(_ curve: [Float], above threshold: Double) -> Int? {
        curve.firstIndex { Double($0) > threshold }.map { $0 * interval }
    }
}

/// A network that was trained on a table, and how its accuracy rose.
struct TrainedAdder {
    var network: TrainedTransformer
    var curves: AccuracyCurves

    init(network: TrainedTransformer, curves: AccuracyCurves) {
        self.network = network
        self.curves = curves
    }

    func checkpoint() -> [UInt8] {
        Checkpoint.encode(Self.header(network.model.shape), network.floats + curves.training + curves.test)
    }

    /// Reads what `checkpoint` wrote for this config; refuses anything else.
    init(_ checkpoint: [UInt8], _ config: ModularAdditionConfig) throws(KernelFailure) {
        curves = AccuracyCurves(steps: config.schedule.steps)
        let points = curves.test.count
        let size = TrainedTransformer.floatCount(config.shape)
        let floats = try Checkpoint.decode(checkpoint, Self.header(config.shape), count: size + 2 * points)
        network = TrainedTransformer(floats[..<size], config.shape)
        curves.training = Array(floats[size..<(size + points)])
        curves.test = Array(floats[(size + points)...])
    }

    private static func header(_ shape: TransformerShape) -> String {
        TrainedTransformer.header("modular-addition", shape) + ", with accuracies"
    }
}

extension ModularAdditionConfig {
    /// Each step is on all training pairs; some steps after the other pairs are told, or after the last step, it ends.
    func train(
        _ model: Transformer, _ table: AdditionTable, progress: (Double) -> Void
    ) throws(KernelFailure) -> TrainedAdder {
        var curves = AccuracyCurves(steps: schedule.steps)
        let (training, test) = (table.batch(table.trainingPairs), table.batch(table.testPairs))
        var pass = TransformerPass(model.shape)
        let network = try TrainedTransformer(
            training: model, schedule, progress: progress,
            isOver: { model, step in
                if step % AccuracyCurves.interval == 0 {
                    let point = step / AccuracyCurves.interval
                    curves.training[point] = pass.accuracy(model, training, numbers: modulus)
                    curves.test[point] = pass.accuracy(model, test, numbers: modulus)
                }
                guard let onset = AccuracyCurves.onset(curves.test, above: threshold) else { return false }
                return step >= onset + laterSteps
            },
            fill: { batch, step in if step == 0 { batch = training } })
        return TrainedAdder(network: network, curves: curves)
    }
}

extension TransformerPass {
    /// The share of a batch's targets that are the most likely number; p is odd, so that p and p + 1 tokens take as many
    /// lanes.
    fileprivate mutating func accuracy(_ model: Transformer, _ batch: TokenBatch, numbers: Int) -> Float {
        var right = 0
        for sequences in batch.chunks(rows: Self.chunkRows) {
            let chunk = Chunk(batch, sequences)
            forwardToTargets(model, chunk)
            for (row, target) in batch.targets[chunk.rows].filter({ $0 >= 0 }).enumerated() {
                right += logits.largest(row: row, vocabulary: numbers) == target ? 1 : 0
            }
        }
        return Float(right) / Float(batch.targetCount)
    }
}
