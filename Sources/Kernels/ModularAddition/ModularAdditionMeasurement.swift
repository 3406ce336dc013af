import KernelInterface

/// What does not come about within the training has no value: a step before which accuracy is above the threshold is looked
/// for every ten steps, and where there is none the run fails.
extension ModularAdditionEvaluation {
    static let measurements = [
        fit, generalisation, accuracy, delayedAccuracy, keyFrequencies, frequencyShare, progress,
    ]

    /// The steps after which the pairs trained on are told.
    private static let fit = measurement("fit", ["fit-step"]) { evaluation, _ throws(KernelFailure) in
        ["fit-step": Double(try evaluation.fitStep)]
    }

    /// The steps after which the other pairs are told, and how many more these are.
    private static let generalisation = measurement(
        "generalisation", ["generalisation-step", "generalisation-delay"]
    ) { evaluation, _ throws(KernelFailure) in
        let (fit, generalisation) = (try evaluation.fitStep, try evaluation.generalisationStep)
        return ["generalisation-step": Double(generalisation), "generalisation-delay": Double(generalisation - fit)]
    }

    /// At the end of the training.
    private static let accuracy = measurement("accuracy", ["training-accuracy", "test-accuracy"]) { evaluation, _ in
        let (logits, table) = (evaluation.logits, evaluation.logits.table)
        return [
            "training-accuracy": logits.accuracy(table.trainingPairs),
            "test-accuracy": logits.accuracy(table.testPairs),
        ]
    }

    /// On the pairs not trained on: when those trained on are first told, and how much it rises from there to the end.
    private static let delayedAccuracy = measurement(
        "delayed-accuracy", ["test-accuracy-when-fitted", "delayed-accuracy-gain"]
    ) { evaluation, _ throws(KernelFailure) in
        let whenFitted = Double(evaluation.curves.test[try evaluation.fitStep / AccuracyCurves.interval])
        let gain = evaluation.logits.accuracy(evaluation.logits.table.testPairs) - whenFitted
        return ["test-accuracy-when-fitted": whenFitted, "delayed-accuracy-gain": gain]
    }

    /// The fewest frequencies that hold more than nine tenths of the power of all (Nanda et al., section 4.1).
    private static let keyFrequencies = measurement(
        "key-frequencies", ["key-frequency-count"], [partParameter]
    ) { evaluation, settings in
        ["key-frequency-count": Double(evaluation.fourierSeries(settings.choice("part")).keyFrequencies().count)]
    }

    /// Of the power of all frequencies, what the strongest few hold.
    private static let frequencyShare = measurement(
        "frequency-share", ["frequency-power-share"],
        [
            partParameter,
            Parameter("strongest", .integers(1...63), default: "4", "frequencies that are strongest in this network"),
        ]
    ) { evaluation, settings in
        let series = evaluation.fourierSeries(settings.choice("part"))
        return ["frequency-power-share": series.share(ofStrongest: settings.integer("strongest"))]
    }

    /// Losses in nats of the numbers' logits (Nanda et al., section 5.1), with the key frequencies of the embeddings.
    ///
    /// Excluded loss is the mean over the pairs trained on, after cos and sin of 2πk(a + b) / p are taken from the logits
    /// for every key frequency k; its rise is over the full loss on these pairs. Restricted loss is the mean over all
    /// pairs, with nothing kept but these waves and the constant.
    private static let progress = measurement(
        "progress-measures",
        ["full-training-loss", "full-test-loss", "excluded-loss", "excluded-loss-rise", "restricted-loss"]
    ) { evaluation, _ in
        let (logits, table) = (evaluation.logits, evaluation.logits.table)
        let (excluded, restricted) = logits.split(at: evaluation.fourierSeries(.embedding).keyFrequencies())
        let (full, without) = (logits.loss(table.trainingPairs), excluded.loss(table.trainingPairs))
        return [
            "full-training-loss": full, "full-test-loss": logits.loss(table.testPairs), "excluded-loss": without,
            "excluded-loss-rise": without - full, "restricted-loss": restricted.loss(table.pairs),
        ]
    }

    private static let partParameter = Parameter(
        "part", .words(Part.allCases.map(\.rawValue)), default: "embedding",
        "whose frequencies: the numbers' embeddings, or the part of the logits that is a function of a + b")

    private static func measurement(
        _ name: String, _ quantities: [String], _ settings: [Parameter] = [],
        _ measure: @escaping @Sendable (Self, Settings) throws(KernelFailure) -> [String: Double]
    ) -> KernelMeasurement {
        let labels = Parameter(
            "labels", .words(["sum", "shuffled"]), default: "sum",
            "of the pairs; shuffled: dealt out at random, which can only be learned by heart, a control")
        return measurement(
            name, quantities,
            settings + [taskParameter("modular-addition"), TransformerConfig.networkParameter, labels],
            trainingSettings: ["labels", "network"], measure)
    }
}
