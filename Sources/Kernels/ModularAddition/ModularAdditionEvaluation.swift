import KernelInterface

/// Evaluates a trained network on its table.
struct ModularAdditionEvaluation: NetworkEvaluation {
    let curves: AccuracyCurves
    let model: Transformer
    let logits: AdditionLogits
    let config: ModularAdditionConfig

    init(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) {
        let config = try ModularAdditionConfig(job)
        self.init(try TrainedAdder(checkpoint, config), AdditionTable(config, job), config)
    }

    init(_ trained: TrainedAdder, _ table: AdditionTable, _ config: ModularAdditionConfig) {
        curves = trained.curves
        model = trained.network.model
        logits = AdditionLogits(model, table)
        self.config = config
    }

    var fitStep: Int {
        get throws(KernelFailure) { try onset(curves.training, "trained on") }
    }

    var generalisationStep: Int {
        get throws(KernelFailure) { try onset(curves.test, "not trained on") }
    }

    private func onset(_ curve: [Float], _ pairs: String) throws(KernelFailure) -> Int {
        guard let step = AccuracyCurves.onset(curve, above: config.threshold) else {
            throw KernelFailure(
                reason: "accuracy on the pairs \(pairs) never exceeds \(config.threshold) during the training")
        }
        return step
    }

    /// The part of a network whose frequencies are measured.
    enum Part: String, CaseIterable {
        case embedding, logits
    }

    func fourierSeries(_ part: Part) -> FourierSeries {
        switch part {
        case .embedding: FourierSeries(numberEmbeddings)
        case .logits: logits.fourierSeriesOfSum
        }
    }

    /// The fewest frequencies that hold more than nine tenths of the power of the number embeddings. The paper, too,
    /// first finds the frequencies in these embeddings (Nanda et al., section 4.1).
    var keyFrequencies: [Int] { fourierSeries(.embedding).keyFrequencies() }

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
