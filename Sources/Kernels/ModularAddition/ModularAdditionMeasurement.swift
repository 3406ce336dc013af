internal import Ledger

enum ModularAdditionMeasurement: String, CaseIterable {
    case fit
    case generalisation
    case accuracy
    case delayedAccuracy = "delayed-accuracy"
    case keyFrequencies = "key-frequencies"
    case frequencyShare = "frequency-share"
    case progress = "progress-measures"

    var description: MeasurementDescription {
        MeasurementDescription(
            name: rawValue, quantities: quantities,
            settings: settings + [
                TransformerConfig.networkParameter,
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

    private var settings: [Parameter] {
        let part = Parameter(
            "part", .words(["embedding", "logits"]), default: "embedding",
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
