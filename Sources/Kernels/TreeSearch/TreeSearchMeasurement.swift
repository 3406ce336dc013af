import KernelInterface

enum TreeSearchMeasurement: String, CaseIterable {
    case path
    case pathProbe = "path-probe"
    case trainingGain = "path-probe-training-gain"
    case layerGain = "path-probe-layer-gain"
    case staircase

    var description: MeasurementDescription {
        MeasurementDescription(
            name: rawValue, quantities: quantities,
            settings: settings + [taskParameter("tree-path"), TransformerConfig.networkParameter],
            trainingSettings: ["network"])
    }

    private var quantities: [String] {
        switch self {
        case .path: ["path-accuracy", "first-step-accuracy", "guessed-path-accuracy"]
        case .pathProbe: ["path-probe-accuracy", "path-probe-balanced-accuracy", "path-probe-prior-accuracy"]
        case .trainingGain: ["path-probe-training-gain"]
        case .layerGain: ["path-probe-layer-gain"]
        case .staircase: ["staircase-margin", "parent-margin", "grandparent-margin", "parent-lead"]
        }
    }

    private var settings: [Parameter] {
        let cell =
            [PathCell.nodeParameter, PathCell.positionParameter, ProbeKind.parameter, layerParameter]
            + PathCell.depthParameters
        let labels = Parameter(
            "labels", .words(["own", "shuffled"]), default: "own",
            "shuffled: of another tree, which the stream cannot know, the control")
        return switch self {
        case .path: PathCell.depthParameters
        case .pathProbe, .trainingGain, .layerGain: cell + [labels]
        case .staircase: [PathCell.positionParameter, ProbeKind.parameter]
        }
    }

    /// How often the trees are read.
    func passes(layers: Int) -> Int {
        switch self {
        case .path, .pathProbe: 1
        case .trainingGain, .layerGain: 2
        case .staircase: Staircase.levels(layers: layers).count * (layers + 1)
        }
    }
}
