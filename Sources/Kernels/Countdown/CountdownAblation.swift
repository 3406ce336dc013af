import KernelInterface

/// Measures which attention heads and MLP neurons carry the verdict (Lee et al. 2025, sections 4 and 5).
enum CountdownAblation {
    enum Selection: String, CaseIterable {
        case verification, others
    }

    private static let selectionParameter = Parameter(
        "selection", .words(Selection.allCases.map(\.rawValue)), default: "verification",
        "what is set to zero: the parts that look most like verification or, as a control, least like it"
    )

    /// Verification counts as disabled if the network says "works" for less than this share of the attempts that work.
    private static let disabledRecall = 0.2
    /// The number of texts, which is enough to find heads and to measure what the network loses without them.
    private static let textCount = 2000

    static let ablation = CountdownEvaluation.measurement(
        "ablation", ["works-recall", "fails-recall", "verdict-accuracy"],
        [
            Parameter("heads", .integers(0...128), default: "0", "number of heads set to zero"),
            Parameter("neurons", .integers(0...8192), default: "0", "number of MLP neurons set to zero"),
            selectionParameter,
        ] + CountdownEvaluation.settings
    ) { evaluation, settings in
        let (heads, neurons) = (settings.integer("heads"), settings.integer("neurons"))
        var interventions =
            heads > 0 ? Interventions(zeroing: ranked(evaluation, selection(settings)).prefix(heads)) : Interventions()
        for neuron in rankedNeurons(evaluation, selection(settings)).prefix(neurons) {
            interventions.zeroedNeurons[neuron.block, default: []].append(neuron.unit)
        }
        return CountdownVerdicts(evaluation, interventions, textCount: textCount).values
    }

    /// Measures how many heads must be removed, in order of their attention, to disable verification. Also measures
    /// their share of all heads. If removing all heads is not enough, the number is one more than the number of heads.
    static let headsNeeded = CountdownEvaluation.measurement(
        "verification-heads", ["verification-heads-needed", "verification-head-share"],
        [selectionParameter] + CountdownEvaluation.settings
    ) { evaluation, settings in
        let heads = ranked(evaluation, selection(settings))
        let needed = (1...heads.count).first { count in
            CountdownVerdicts(evaluation, Interventions(zeroing: heads.prefix(count)), textCount: textCount)
                .worksRecall
                < disabledRecall
        }
        let count = Double(needed ?? heads.count + 1)
        return ["verification-heads-needed": count, "verification-head-share": count / Double(heads.count)]
    }

    /// Measures the mean attention of the head that looks most like verification. The attention is from the opening
    /// bracket before the verdict to the value before the bracket, to the target, and to both. A correct verdict
    /// requires a comparison of this value with the target.
    static let headAttention = CountdownEvaluation.measurement(
        "head-attention", ["previous-token-attention", "target-attention", "comparison-attention"],
        CountdownEvaluation.settings
    ) { evaluation, _ in
        let best = headScores(evaluation).max { $0.score < $1.score }
        return [
            "previous-token-attention": best?.previous ?? 0, "target-attention": best?.target ?? 0,
            "comparison-attention": best?.score ?? 0,
        ]
    }

    private static func selection(_ settings: Settings) -> Selection {
        settings.choice("selection")
    }

    private struct Head {
        var block: Int
        var head: Int
        var previous: Double
        var target: Double

        var score: Double { previous + target }
    }

    private static func ranked(_ evaluation: CountdownEvaluation, _ selection: Selection) -> [(block: Int, head: Int)] {
        let heads = headScores(evaluation).sorted { ($1.score, $0.block, $0.head) < ($0.score, $1.block, $1.head) }
        let places = heads.map { (block: $0.block, head: $0.head) }
        return switch selection {
        case .verification: places
        case .others: places.reversed()
        }
    }

    /// Returns each head's mean attention from the opening bracket to the value before the bracket and to the target.
    private static func headScores(_ evaluation: CountdownEvaluation) -> [Head] {
        let shape = evaluation.model.shape
        var heads = (0..<shape.layers).flatMap { block in
            (0..<shape.heads).map { Head(block: block, head: $0, previous: 0, target: 0) }
        }
        var count = 0
        let task = evaluation.task
        let from = task.attemptLength - 2
        let targetPlace = task.promptLength - 2
        evaluation.forEachAttempt(of: textCount / 4) { attempt, pass, chunk, _ in
            count += 1
            for index in heads.indices {
                func attention(to place: Int) -> Double {
                    Double(
                        pass.attention(
                            shape, chunk, block: heads[index].block, head: heads[index].head,
                            sequence: attempt.sequence, from: attempt.start + from, to: place))
                }
                heads[index].previous += attention(to: attempt.start + from - 1)
                heads[index].target += attention(to: targetPlace)
            }
        }
        for index in heads.indices {
            heads[index].previous /= Double(max(1, count))
            heads[index].target /= Double(max(1, count))
        }
        return heads
    }

    /// Ranks neurons by how much their output weights point from "fails" to "works" in the logits.
    private static func rankedNeurons(
        _ evaluation: CountdownEvaluation, _ selection: Selection
    ) -> [(block: Int, unit: Int)] {
        let (model, task) = (evaluation.model, evaluation.task)
        let (shape, layout) = (model.shape, model.layout)
        func float(_ tensor: Tensor, _ row: Int, _ column: Int) -> Float {
            let place = row * tensor.columns + column
            return model.parameters[tensor.offset + place / 8][place % 8]
        }
        let direction = (0..<shape.width).map { feature in
            float(layout.finalGain, 0, feature)
                * (float(layout.head, feature, Int(task.works)) - float(layout.head, feature, Int(task.fails)))
        }
        var neurons: [(block: Int, unit: Int, alignment: Float)] = []
        for (block, tensors) in layout.blocks.enumerated() {
            for unit in 0..<shape.hiddenWidth {
                let alignment = (0..<shape.width).reduce(Float(0)) {
                    $0 + direction[$1] * float(tensors.down, unit, $1)
                }
                neurons.append((block, unit, alignment))
            }
        }
        switch selection {
        case .verification: neurons.sort { ($1.alignment, $0.block, $0.unit) < ($0.alignment, $1.block, $1.unit) }
        case .others: neurons.sort { (abs($0.alignment), $0.block, $0.unit) < (abs($1.alignment), $1.block, $1.unit) }
        }
        return neurons.map { ($0.block, $0.unit) }
    }
}

extension Interventions {
    fileprivate init(zeroing heads: ArraySlice<(block: Int, head: Int)>) {
        self.init()
        for head in heads { zeroedHeads[head.block, default: []].append(head.head) }
    }
}
