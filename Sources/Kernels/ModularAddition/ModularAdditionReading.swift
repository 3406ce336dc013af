import KernelInterface

/// What a trained network makes of its table.
struct ModularAdditionReading {
    let curves: AccuracyCurves
    let model: Transformer
    let logits: AdditionLogits
    let config: ModularAdditionConfig

    init(_ trained: TrainedAdder, _ table: AdditionTable, _ config: ModularAdditionConfig) {
        curves = trained.curves
        model = trained.network.model
        logits = AdditionLogits(model, table)
        self.config = config
    }

    func measure(_ measurement: String, _ settings: Settings) throws(KernelFailure) -> [String: Double] {
        guard let measurement = ModularAdditionMeasurement(rawValue: measurement) else {
            throw KernelFailure(reason: "unknown measurement \"\(measurement)\"")
        }
        let table = logits.table
        switch measurement {
        case .fit:
            return ["fit-step": Double(try fitStep)]
        case .generalisation:
            let (fit, generalisation) = (try fitStep, try generalisationStep)
            return [
                "generalisation-step": Double(generalisation), "generalisation-delay": Double(generalisation - fit),
            ]
        case .accuracy:
            return [
                "training-accuracy": logits.accuracy(table.trainingPairs),
                "test-accuracy": logits.accuracy(table.testPairs),
            ]
        case .delayedAccuracy:
            let whenFitted = Double(curves.test[try fitStep / AccuracyCurves.interval])
            return [
                "test-accuracy-when-fitted": whenFitted,
                "delayed-accuracy-gain": logits.accuracy(table.testPairs) - whenFitted,
            ]
        case .keyFrequencies:
            return ["key-frequency-count": Double(waves(settings).keyFrequencies().count)]
        case .frequencyShare:
            return ["frequency-power-share": waves(settings).share(ofStrongest: settings.integer("strongest"))]
        case .progress:
            let (excluded, restricted) = logits.split(at: Waves(numberEmbeddings).keyFrequencies())
            let (full, without) = (logits.loss(table.trainingPairs), excluded.loss(table.trainingPairs))
            return [
                "full-training-loss": full, "full-test-loss": logits.loss(table.testPairs), "excluded-loss": without,
                "excluded-loss-rise": without - full, "restricted-loss": restricted.loss(table.pairs),
            ]
        }
    }

    private var fitStep: Int {
        get throws(KernelFailure) { try onset(curves.training, "trained on") }
    }

    private var generalisationStep: Int {
        get throws(KernelFailure) { try onset(curves.test, "not trained on") }
    }

    private func onset(_ curve: [Float], _ pairs: String) throws(KernelFailure) -> Int {
        guard let step = AccuracyCurves.onset(curve, above: config.threshold) else {
            throw KernelFailure(
                reason: "accuracy on the pairs \(pairs) is never above \(config.threshold) within the training")
        }
        return step
    }

    private func waves(_ settings: Settings) -> Waves {
        let part: ModularAdditionMeasurement.Part = settings.choice("part")
        return switch part {
        case .embedding: Waves(numberEmbeddings)
        case .logits: logits.wavesOfSum
        }
    }

    /// (p, d)
    private var numberEmbeddings: [[Double]] {
        let tokens = model.layout.tokens
        return (0..<config.modulus).map { number in
            (0..<tokens.columns).map { column in
                let place = number * tokens.columns + column
                return Double(model.parameters[tokens.offset + place / 8][place % 8])
            }
        }
    }
}
