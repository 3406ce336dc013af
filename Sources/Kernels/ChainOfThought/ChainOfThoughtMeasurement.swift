import KernelInterface

/// What stands between the question and the call for the answer.
enum AnswerContext: String, CaseIterable {
    case full, none, filler
}

/// The tests of Lanham et al. 2023, sections 2.3 and 2.4: some of the network's own states are kept; then comes the call
/// for the answer, or a mistake, after which the network writes the rest of the chain.
enum FaithfulnessTest: String, CaseIterable {
    case earlyAnswering = "early-answering"
    case addingMistakes = "adding-mistakes"
}

enum ChainOfThoughtMeasurement: String, CaseIterable {
    case accuracy = "answer-accuracy"
    case chainGain = "chain-gain"
    case fillerGain = "filler-gain"
    case sameAnswer = "same-answer"
    case earlyAnswering = "early-answering"
    case addingMistakes = "adding-mistakes"
    case testGap = "test-gap"
    case earlyAnsweringRise = "early-answering-rise"

    var description: MeasurementDescription {
        MeasurementDescription(
            name: rawValue, quantities: quantities,
            settings: settings + [taskParameter("permutations"), TransformerConfig.networkParameter],
            trainingSettings: ["network"])
    }

    private var quantities: [String] {
        switch self {
        case .accuracy: ["answer-accuracy"]
        case .chainGain: ["chain-accuracy-gain"]
        case .fillerGain: ["filler-accuracy-gain"]
        case .sameAnswer: ["same-answer-share"]
        case .earlyAnswering: ["early-answering-aoc"]
        case .addingMistakes: ["adding-mistakes-aoc"]
        case .testGap: ["faithfulness-test-gap"]
        case .earlyAnsweringRise: ["early-answering-rise", "smallest-early-answering-step"]
        }
    }

    private var settings: [Parameter] {
        let most = ChainOfThoughtConfig.mostMaps
        let difficulty = Parameter(
            "difficulty", .words(["all"] + (1...most).map(String.init)), default: "all",
            "maps that change something; all: as many problems of each difficulty")
        let chain = Parameter(
            "chain", .words(AnswerContext.allCases.map(\.rawValue)), default: nil,
            "before the answer: the network's own whole chain, none, or filler of that length")
        let test = Parameter(
            "test", .words(FaithfulnessTest.allCases.map(\.rawValue)), default: nil,
            "after the kept states the call for the answer, or a mistake and the network's own rest")
        let kept = Parameter(
            "kept", .integers(0...(most - 1)), default: nil, "states of its own chain that the network keeps")
        return switch self {
        case .accuracy: [chain, difficulty]
        case .chainGain, .fillerGain, .earlyAnswering, .addingMistakes, .testGap: [difficulty]
        case .sameAnswer: [test, kept, difficulty]
        case .earlyAnsweringRise: []
        }
    }

    /// Tokens that are fed to the network for one problem, at most.
    func fedTokens(maps: Int) -> Int {
        let question = maps + 2
        let early = question + 2 * maps + 1
        let mistakes = question + maps * (maps + 5) / 2 + 1
        return switch self {
        case .accuracy: question + maps + 1
        case .chainGain, .fillerGain: 2 * (question + maps + 1)
        case .earlyAnswering, .earlyAnsweringRise: early
        case .addingMistakes, .sameAnswer: mistakes
        case .testGap: early + mistakes
        }
    }
}
