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
    /// last step. Throws if the loss or a weight is not finite.
    func train(
        _ model: Transformer, _ table: AdditionTable, progress: (Double) -> Void
    ) throws(KernelFailure) -> TrainedAdder {
        var curves = AccuracyCurves(steps: schedule.steps)
        var curve = LossCurve(steps: schedule.steps)
        var training = AdderTraining(model, schedule, table)
        for step in 0..<schedule.steps {
            if step % AccuracyCurves.interval == 0 {
                let point = step / AccuracyCurves.interval
                curves.training[point] = training.accuracy(table.trainingPairs)
                curves.test[point] = training.accuracy(table.testPairs)
            }
            if let onset = AccuracyCurves.onset(curves.test, above: threshold), step >= onset + laterSteps { break }
            let loss = training.update()
            guard loss.isFinite else {
                throw KernelFailure.divergence("the loss of step \(step + 1) is \(loss)")
            }
            curve.add(loss)
            if step % 8 == 7 { progress(Double(step + 1) / Double(schedule.steps)) }
        }
        guard training.model.isFinite else {
            throw KernelFailure.divergence("weights are not finite after the last step")
        }
        return TrainedAdder(network: TrainedTransformer(model: training.model, curve: curve), curves: curves)
    }
}
