import KernelInterface

/// What does not come about within the training has no value: a step before which accuracy is above the threshold is looked
/// for every ten steps, and where there is none the run fails.
enum ModularAdditionMeasurement: String, CaseIterable {
    /// The steps after which the pairs trained on are told.
    case fit
    /// The steps after which the other pairs are told, and how many more these are.
    case generalisation
    /// At the end of the training.
    case accuracy
    /// On the pairs not trained on: when those trained on are first told, and how much it rises from there to the end.
    case delayedAccuracy = "delayed-accuracy"
    /// The fewest frequencies that hold more than nine tenths of the power of all (Nanda et al., section 4.1).
    case keyFrequencies = "key-frequencies"
    /// Of the power of all frequencies, what the strongest few hold.
    case frequencyShare = "frequency-share"
    /// Losses in nats of the numbers' logits (Nanda et al., section 5.1), with the key frequencies of the embeddings.
    ///
    /// Excluded loss is the mean over the pairs trained on, after cos and sin of 2πk(a + b) / p are taken from the logits
    /// for every key frequency k; its rise is over the full loss on these pairs. Restricted loss is the mean over all
    /// pairs, with nothing kept but these waves and the constant.
    case progress = "progress-measures"

    var description: MeasurementDescription {
        MeasurementDescription(
            name: rawValue, quantities: quantities,
            settings: settings + [
                taskParameter("modular-addition"), TransformerConfig.networkParameter,
                Parameter(
                    "labels", .words(["sum", "shuffled"]), default: "sum",
                    "of the pairs; shuffled: dealt out at random, which can only be learned by heart, a control"),
            ], trainingSettings: ["labels", "network"])
    }

    private var quantities: [String] {
        switch self {
        case .fit: ["fit-step"]
        case .generalisation: ["generalisation-step", "generalisation-delay"]
        case .accuracy: ["training-accuracy", "test-accuracy"]
        case .delayedAccuracy: ["test-accuracy-when-fitted", "delayed-accuracy-gain"]
        case .keyFrequencies: ["key-frequency-count"]
        case .frequencyShare: ["frequency-power-share"]
        case .progress:
            ["full-training-loss", "full-test-loss", "excluded-loss", "excluded-loss-rise", "restricted-loss"]
        }
    }

    /// Of a network, whose waves are looked at.
    enum Part: String, CaseIterable {
        case embedding, logits
    }

    private var settings: [Parameter] {
        let part = Parameter(
            "part", .words(Part.allCases.map(\.rawValue)), default: "embedding",
            "whose frequencies: the numbers' embeddings, or the part of the logits that is a function of a + b")
        let strongest = Parameter(
            "strongest", .integers(1...63), default: "4", "frequencies that are strongest in this network")
        return switch self {
        case .keyFrequencies: [part]
        case .frequencyShare: [part, strongest]
        case .fit, .generalisation, .accuracy, .delayedAccuracy, .progress: []
        }
    }
}
