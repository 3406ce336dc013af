import KernelInterface

/// The accuracy in the course of a training run.
struct AccuracyCurves {
    /// The number of steps between two points.
    static let interval = 10

    /// The accuracy on the training pairs and on the test pairs before step 0, 10, …; 0 for steps that were not
    /// reached.
    var training: [Float]
    var test: [Float]

    init(steps: Int) {
        training = [Float](repeating: 0, count: steps / Self.interval + 1)
        test = training
    }

    /// Returns the first recorded step at which the accuracy exceeds a threshold; nil if there is none.
    static func onset(_ curve: [Float], above threshold: Double) -> Int? {
        curve.firstIndex { Double($0) > threshold }.map { $0 * interval }
    }
}

/// A network trained on a table, with its accuracy curves.
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

    /// Decodes what `checkpoint` wrote for this config; throws for anything else.
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
    /// Trains on all training pairs in each step. Stops `laterSteps` steps after the network generalises, or after the
    /// last step.
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
    /// Returns the share of a batch's targets to which the network gives the largest logit among the numbers. Since p
    /// is odd, p and p + 1 tokens need the same number of lane groups.
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
