import KernelInterface

/// Accuracy is recorded every ten steps. If it never exceeds the threshold, a measurement of the step has no value, and
/// the run fails.
extension ModularAdditionEvaluation {
    static let measurements = [
        fit, generalisation, accuracy, delayedAccuracy, keyFrequencies, frequencyShare, progress,
    ]

    /// The step at which the training pairs are fitted.
    private static let fit = measurement("fit", ["fit-step"]) { evaluation, _ throws(KernelFailure) in
        ["fit-step": Double(try evaluation.fitStep)]
    }

    /// The step at which the network generalises to the test pairs, and the delay since the fit step.
    private static let generalisation = measurement(
        "generalisation", ["generalisation-step", "generalisation-delay"]
    ) { evaluation, _ throws(KernelFailure) in
        let (fit, generalisation) = (try evaluation.fitStep, try evaluation.generalisationStep)
        return ["generalisation-step": Double(generalisation), "generalisation-delay": Double(generalisation - fit)]
    }

    /// The accuracies at the end of the training.
    private static let accuracy = measurement("accuracy", ["training-accuracy", "test-accuracy"]) { evaluation, _ in
        let (logits, table) = (evaluation.logits, evaluation.logits.table)
        return [
            "training-accuracy": logits.accuracy(table.trainingPairs),
            "test-accuracy": logits.accuracy(table.testPairs),
        ]
    }

    /// The test accuracy at the fit step, and its rise from that step to the end.
    private static let delayedAccuracy = measurement(
        "delayed-accuracy", ["test-accuracy-when-fitted", "delayed-accuracy-gain"]
    ) { evaluation, _ throws(KernelFailure) in
        let whenFitted = Double(evaluation.curves.test[try evaluation.fitStep / AccuracyCurves.interval])
        let gain = evaluation.logits.accuracy(evaluation.logits.table.testPairs) - whenFitted
        return ["test-accuracy-when-fitted": whenFitted, "delayed-accuracy-gain": gain]
    }

    /// The number of key frequencies.
    private static let keyFrequencies = measurement(
        "key-frequencies", ["key-frequency-count"]
    ) { evaluation, _ in
        ["key-frequency-count": Double(evaluation.keyFrequencies.count)]
    }

    /// The share of the power that belongs to the strongest frequencies.
    private static let frequencyShare = measurement(
        "frequency-share", ["frequency-power-share"],
        [
            partParameter,
            Parameter("strongest", .integers(1...63), default: "4", "number of strongest frequencies in this network"),
        ]
    ) { evaluation, settings in
        let series = evaluation.fourierSeries(settings.choice("part"))
        return ["frequency-power-share": series.share(ofStrongest: settings.integer("strongest"))]
    }

    /// Losses in nats. They are computed from the logits of the numbers and the key frequencies of the embeddings
    /// (Nanda et al., section 5.1).
    ///
    /// Excluded loss is the mean loss over the training pairs after the cosine and sine of 2πk(a + b) / p are removed
    /// from the logits for every key frequency k. Its rise is relative to the full loss on these pairs. Restricted loss
    /// is the mean loss over all pairs when only these components and the constant are left in the logits.
    private static let progress = measurement(
        "progress-measures",
        ["full-training-loss", "full-test-loss", "excluded-loss", "excluded-loss-rise", "restricted-loss"]
    ) { evaluation, _ in
        let (logits, table) = (evaluation.logits, evaluation.logits.table)
        let (excluded, restricted) = logits.split(at: evaluation.keyFrequencies)
        let (full, without) = (logits.loss(table.trainingPairs), excluded.loss(table.trainingPairs))
        return [
            "full-training-loss": full, "full-test-loss": logits.loss(table.testPairs), "excluded-loss": without,
            "excluded-loss-rise": without - full, "restricted-loss": restricted.loss(table.pairs),
        ]
    }

    private static let partParameter = Parameter(
        "part", .words(Part.allCases.map(\.rawValue)), default: "embedding",
        "whose frequencies: those of the number embeddings, or of the part of the logits that is a function of a + b")

    private static func measurement(
        _ name: String, _ quantities: [String], _ settings: [Parameter] = [],
        _ measure: @escaping @Sendable (Self, Settings) throws(KernelFailure) -> [String: Double]
    ) -> KernelMeasurement {
        let labels = Parameter(
            "labels", .words(["sum", "shuffled"]), default: "sum",
            "labels of the pairs; shuffled: random labels, which can only be memorised, a control")
        return measurement(
            name, quantities,
            settings + [taskParameter("modular-addition"), TransformerConfig.networkParameter, labels],
            trainingSettings: ["labels", "network"], measure)
    }
}
