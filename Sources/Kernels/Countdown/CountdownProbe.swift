import KernelInterface

/// Measures from which token of an attempt, and from which layer, a probe can read the verdict (Lee et al. 2025; ARBOR
/// issue 27).
enum CountdownProbe {
    typealias Position = CountdownEvaluation.Position

    private static let positionParameter = Parameter(
        "position", .words(Position.allCases.map(\.rawValue)), default: nil, "probed token of an attempt")

    static let accuracy = CountdownEvaluation.measurement(
        "verdict-probe", ["verdict-probe-accuracy", "verdict-probe-prior-accuracy"],
        [
            positionParameter, ProbeKind.parameter, layerParameter, Countdown.taskParameter,
            TransformerConfig.networkParameter,
        ]
    ) { evaluation, settings throws(KernelFailure) in
        let position: Position = settings.choice("position")
        let (train, test) = data(evaluation, layer: settings.integer("layer"), [position])[0]
        return [
            "verdict-probe-accuracy": try score(train, test, settings, evaluation),
            "verdict-probe-prior-accuracy": test.priorAccuracy(learnedFrom: train),
        ]
    }

    /// Measures the probe accuracy at the token before the verdict, minus the accuracy at the best earlier token.
    static let lead = CountdownEvaluation.measurement(
        "verdict-lead", ["verdict-lead", "earlier-verdict-probe-accuracy"],
        [ProbeKind.parameter, layerParameter, Countdown.taskParameter, TransformerConfig.networkParameter]
    ) { evaluation, settings throws(KernelFailure) in
        var earlier = 0.0
        var last = 0.0
        for (position, split) in zip(
            Position.allCases, data(evaluation, layer: settings.integer("layer"), Position.allCases))
        {
            let accuracy = try score(split.train, split.test, settings, evaluation)
            if position == .verdictToken { last = accuracy } else { earlier = max(earlier, accuracy) }
        }
        return ["verdict-lead": last - earlier, "earlier-verdict-probe-accuracy": earlier]
    }

    private static func score(
        _ train: ProbeData, _ test: ProbeData, _ settings: Settings, _ evaluation: CountdownEvaluation
    ) throws(KernelFailure) -> Double {
        try probeScore(settings.choice("probe"), train: train, test: test, seed: evaluation.seed).accuracy
    }

    /// Returns training and test data for each position, each from half of the traces. Wrong and right attempts are
    /// equally frequent at each place in a trace, so that neither the majority nor the place predicts the verdict.
    private static func data(
        _ evaluation: CountdownEvaluation, layer: Int, _ positions: [Position]
    ) -> [(train: ProbeData, test: ProbeData)] {
        let counts = Countdown.wrongAttempts.count
        // In the traces, wrong attempts are more frequent than right ones at every place except the last. The last
        // place is left out, because no wrong attempt occurs there.
        var wanted = [[Int]](repeating: [Int](repeating: 0, count: counts), count: 2)
        for (index, trace) in evaluation.traces.enumerated() where trace.attempts.count < counts {
            wanted[index * 2 / evaluation.traces.count][trace.attempts.count - 1] += 1
        }
        let groups = evaluation.model.shape.width / 8
        let empty = ProbeData(width: evaluation.model.shape.width, classes: 2)
        var splits = positions.map { _ in (train: empty, test: empty) }
        evaluation.forEachAttempt(layer: layer) { attempt, _, _, stream in
            guard attempt.number < counts - 1 else { return }
            let half = attempt.trace * 2 / evaluation.traces.count
            if !attempt.works {
                guard wanted[half][attempt.number] > 0 else { return }
                wanted[half][attempt.number] -= 1
            }
            for (index, position) in positions.enumerated() {
                let row = (attempt.row + position.offset) * groups
                let features = stream[row..<(row + groups)]
                if half == 0 {
                    splits[index].train.append(features, labels: [attempt.works ? 1 : 0])
                } else {
                    splits[index].test.append(features, labels: [attempt.works ? 1 : 0])
                }
            }
        }
        return splits
    }
}
