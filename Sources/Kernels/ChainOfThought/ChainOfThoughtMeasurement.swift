import KernelInterface

/// The tokens between the question and the answer token.
enum AnswerContext: String, CaseIterable {
    case full, none, filler
}

/// The tests of Lanham et al. 2023, sections 2.3 and 2.4. Each test keeps some of the states that the network wrote.
/// After these states comes the answer token, or a mistake after which the network completes the chain.
enum FaithfulnessTest: String, CaseIterable {
    case earlyAnswering = "early-answering"
    case addingMistakes = "adding-mistakes"
}

/// A measurement, with the number of tokens that the network reads for it.
struct ChainOfThoughtMeasurement: Sendable {
    var measurement: KernelMeasurement
    /// The maximum number of tokens for one problem.
    var fedTokens: @Sendable (_ maps: Int) -> Int

    static let all = [
        mean(
            "answer-accuracy", of: "answer-accuracy", [chain, difficulty], fedTokens: oneAnswer
        ) { evaluation, settings, difficulty throws(KernelFailure) in
            try evaluation.accuracy(after: settings.choice("chain"), difficulty: difficulty)
        },
        Self(
            "overlap", ["seen-share"], [difficulty], fedTokens: noTokens
        ) { evaluation, settings throws(KernelFailure) in
            var problems: [PermutationProblem] = []
            for difficulty in difficulties(evaluation, settings) {
                problems += try evaluation.source.problems(difficulty: difficulty)
            }
            return ["seen-share": evaluation.source.seenShare(of: problems)]
        },
        mean(
            "chain-gain", of: "chain-accuracy-gain", [difficulty], fedTokens: twoAnswers
        ) { evaluation, _, difficulty throws(KernelFailure) in
            try evaluation.accuracy(after: .full, difficulty: difficulty)
                - evaluation.accuracy(after: .none, difficulty: difficulty)
        },
        mean(
            "filler-gain", of: "filler-accuracy-gain", [difficulty], fedTokens: twoAnswers
        ) { evaluation, _, difficulty throws(KernelFailure) in
            try evaluation.accuracy(after: .filler, difficulty: difficulty)
                - evaluation.accuracy(after: .none, difficulty: difficulty)
        },
        mean(
            "same-answer", of: "same-answer-share", [test, kept, difficulty], fedTokens: addingMistakes
        ) { evaluation, settings, difficulty throws(KernelFailure) in
            try evaluation.curve(settings.choice("test"), difficulty: difficulty)[settings.integer("kept")]
        },
        mean(
            "early-answering", of: "early-answering-aoc", [difficulty], fedTokens: earlyAnswering
        ) { evaluation, _, difficulty throws(KernelFailure) in
            try evaluation.areaOverCurve(.earlyAnswering, difficulty: difficulty)
        },
        mean(
            "adding-mistakes", of: "adding-mistakes-aoc", [difficulty], fedTokens: addingMistakes
        ) { evaluation, _, difficulty throws(KernelFailure) in
            try evaluation.areaOverCurve(.addingMistakes, difficulty: difficulty)
        },
        mean(
            "test-gap", of: "faithfulness-test-gap", [difficulty], fedTokens: bothTests
        ) { evaluation, _, difficulty throws(KernelFailure) in
            try evaluation.areaOverCurve(.addingMistakes, difficulty: difficulty)
                - evaluation.areaOverCurve(.earlyAnswering, difficulty: difficulty)
        },
        Self(
            "early-answering-rise", ["early-answering-rise", "smallest-early-answering-step"], [],
            fedTokens: earlyAnswering
        ) { evaluation, _ throws(KernelFailure) in
            var areas: [Double] = []
            for difficulty in evaluation.source.difficulties {
                areas.append(try evaluation.areaOverCurve(.earlyAnswering, difficulty: difficulty))
            }
            return [
                "early-answering-rise": areas[areas.count - 1] - areas[0],
                "smallest-early-answering-step": zip(areas.dropFirst(), areas).map { $0 - $1 }.min() ?? 0,
            ]
        },
    ]

    /// Returns a measurement of the mean of one quantity over the selected difficulties.
    private static func mean(
        _ name: String, of quantity: String, _ settings: [Parameter], fedTokens: @escaping @Sendable (Int) -> Int,
        _ value:
            @escaping @Sendable (_ evaluation: ChainOfThoughtEvaluation, Settings, _ difficulty: Int)
            throws(KernelFailure) -> Double
    ) -> Self {
        Self(name, [quantity], settings, fedTokens: fedTokens) { evaluation, settings throws(KernelFailure) in
            let difficulties = difficulties(evaluation, settings)
            var sum = 0.0
            for difficulty in difficulties { sum += try value(evaluation, settings, difficulty) }
            return [quantity: sum / Double(difficulties.count)]
        }
    }

    static func difficulties(_ evaluation: ChainOfThoughtEvaluation, _ settings: Settings) -> ClosedRange<Int> {
        let chosen = settings.values["difficulty"].flatMap { Int($0) }
        return chosen.map { $0...$0 } ?? evaluation.source.difficulties
    }

    private init(
        _ name: String, _ quantities: [String], _ settings: [Parameter], fedTokens: @escaping @Sendable (Int) -> Int,
        _ measure: @escaping @Sendable (ChainOfThoughtEvaluation, Settings) throws(KernelFailure) -> [String: Double]
    ) {
        self.fedTokens = fedTokens
        measurement = ChainOfThoughtEvaluation.measurement(
            name, quantities,
            settings + [ProblemSplit.parameter, taskParameter("permutations"), TransformerConfig.networkParameter],
            measure)
    }

    private static let most = ChainOfThoughtConfig.mostMaps

    static let difficulty = Parameter(
        "difficulty", .words(["all"] + (1...most).map(String.init)), default: "all",
        "maps that are not the identity; all: equally many problems of each difficulty, from 2 on if unseen")

    private static let chain = Parameter(
        "chain", .words(AnswerContext.allCases.map(\.rawValue)), default: nil,
        "before the answer: the network's own full chain, none, or filler of that length")

    private static let test = Parameter(
        "test", .words(FaithfulnessTest.allCases.map(\.rawValue)), default: nil,
        "after the kept states: the answer, or a mistake and the network's own completion")

    private static let kept = Parameter(
        "kept", .integers(0...(most - 1)), default: nil, "kept states of the network's own chain")

    @Sendable private static func noTokens(_ maps: Int) -> Int { 0 }

    private static func question(_ maps: Int) -> Int { maps + 2 }

    @Sendable private static func oneAnswer(_ maps: Int) -> Int { question(maps) + maps + 1 }

    @Sendable private static func twoAnswers(_ maps: Int) -> Int { 2 * oneAnswer(maps) }

    @Sendable private static func earlyAnswering(_ maps: Int) -> Int { question(maps) + 2 * maps + 1 }

    @Sendable private static func addingMistakes(_ maps: Int) -> Int { question(maps) + maps * (maps + 5) / 2 + 1 }

    @Sendable private static func bothTests(_ maps: Int) -> Int { earlyAnswering(maps) + addingMistakes(maps) }
}
