import KernelInterface

/// Where in an attempt, and how deep, a probe reads whether it will be said to work (Lee et al. 2025; ARBOR issue 27).
enum CountdownProbe {
    typealias Position = CountdownReading.Position

    private static let positionParameter = Parameter(
        "position", .words(Position.allCases.map(\.rawValue)), default: nil, "token of an attempt that is read")

    static let accuracy = CountdownReading.measurement(
        "verdict-probe", ["verdict-probe-accuracy", "verdict-probe-prior-accuracy"],
        [
            positionParameter, ProbeKind.parameter, layerParameter, Countdown.taskParameter,
            TransformerConfig.networkParameter,
        ]
    ) { reading, settings throws(KernelFailure) in
        let position: Position = settings.choice("position")
        let (train, test) = data(reading, layer: settings.integer("layer"), [position])[0]
        return [
            "verdict-probe-accuracy": try score(train, test, settings, reading),
            "verdict-probe-prior-accuracy": test.priorAccuracy(learnedFrom: train),
        ]
    }

    /// How much better the verdict is read at the token before it than at the best earlier token.
    static let lead = CountdownReading.measurement(
        "verdict-lead", ["verdict-lead", "earlier-verdict-probe-accuracy"],
        [ProbeKind.parameter, layerParameter, Countdown.taskParameter, TransformerConfig.networkParameter]
    ) { reading, settings throws(KernelFailure) in
        var earlier = 0.0
        var last = 0.0
        for (position, split) in zip(
            Position.allCases, data(reading, layer: settings.integer("layer"), Position.allCases))
        {
            let accuracy = try score(split.train, split.test, settings, reading)
            if position == .verdictToken { last = accuracy } else { earlier = max(earlier, accuracy) }
        }
        return ["verdict-lead": last - earlier, "earlier-verdict-probe-accuracy": earlier]
    }

    private static func score(
        _ train: ProbeData, _ test: ProbeData, _ settings: Settings, _ reading: CountdownReading
    ) throws(KernelFailure) -> Double {
        try probeScore(settings.choice("probe"), train: train, test: test, seed: reading.seed).accuracy
    }

    /// As many wrong as right attempts at each place in a trace, as far as there are, so that neither the majority nor the
    /// place tells anything; half of the traces train, half test.
    private static func data(
        _ reading: CountdownReading, layer: Int, _ positions: [Position]
    ) -> [(train: ProbeData, test: ProbeData)] {
        let counts = Countdown.wrongAttempts.count
        // Wrong attempts are the more frequent ones at every place but the last, which has none and is left out.
        var wanted = [[Int]](repeating: [Int](repeating: 0, count: counts), count: 2)
        for (index, trace) in reading.traces.enumerated() where trace.attempts.count < counts {
            wanted[index * 2 / reading.traces.count][trace.attempts.count - 1] += 1
        }
        let groups = reading.model.shape.width / 8
        let empty = ProbeData(width: reading.model.shape.width, classes: 2)
        var splits = positions.map { _ in (train: empty, test: empty) }
        reading.forEachAttempt(layer: layer) { attempt, _, _, stream in
            guard attempt.number < counts - 1 else { return }
            let half = attempt.trace * 2 / reading.traces.count
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
