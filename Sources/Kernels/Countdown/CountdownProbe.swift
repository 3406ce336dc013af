import KernelInterface

/// Measures from which token of an attempt, and from which layer, a probe can read the verdict (Lee et al. 2025; ARBOR
/// issue 27).
enum CountdownProbe {
    typealias Position = CountdownEvaluation.Position

    private static let positionParameter = Parameter(
        "position", .words(Position.allCases.map(\.rawValue)), default: nil, "probed token of an attempt")

    static let accuracy = CountdownEvaluation.measurement(
        "verdict-probe", ["verdict-probe-accuracy", "verdict-probe-prior-accuracy"] + ProbeFit.quantities,
        [positionParameter, ProbeKind.parameter, layerParameter] + CountdownEvaluation.settings
    ) { evaluation, settings throws(KernelFailure) in
        let rows = try data(evaluation, layer: settings.integer("layer"), [settings.choice("position")])[0]
        let (train, test) = (rows.train, rows.test)
        let score = try probeScore(settings.choice("probe"), train: train, test: test, seed: evaluation.seed)
        return [
            "verdict-probe-accuracy": score.accuracy,
            "verdict-probe-prior-accuracy": test.priorAccuracy(learnedFrom: train),
        ].merging(score.fit.values) { $1 }
    }

    /// Measures the probe accuracy at the token before the verdict, minus the accuracy at the best earlier token.
    ///
    /// The best token is the one with the highest accuracy on validation rows, and its accuracy is that on the test
    /// rows. The highest of several test accuracies would be too high by chance.
    static let lead = CountdownEvaluation.measurement(
        "verdict-lead", ["verdict-lead", "earlier-verdict-probe-accuracy"],
        [ProbeKind.parameter, layerParameter] + CountdownEvaluation.settings
    ) { evaluation, settings throws(KernelFailure) in
        let rows = try data(evaluation, layer: settings.integer("layer"), Position.all(of: evaluation.task))
        let last = rows.count - 1
        var best = (place: 0, accuracy: -1.0)
        for place in 0..<last {
            let accuracy = try score(rows[place].fitted, rows[place].validation, settings, evaluation)
            if accuracy > best.accuracy { best = (place, accuracy) }
        }
        let earlier = try score(rows[best.place].train, rows[best.place].test, settings, evaluation)
        return [
            "verdict-lead": try score(rows[last].train, rows[last].test, settings, evaluation) - earlier,
            "earlier-verdict-probe-accuracy": earlier,
        ]
    }

    private static func score(
        _ train: ProbeData, _ test: ProbeData, _ settings: Settings, _ evaluation: CountdownEvaluation
    ) throws(KernelFailure) -> Double {
        try probeScore(settings.choice("probe"), train: train, test: test, seed: evaluation.seed).accuracy
    }

    /// The rows of a probe at one position. No problem is in two parts, not even with its numbers in another order.
    private struct Rows {
        /// Half of the problems are for training. Of these, a quarter is for validation, which chooses the best
        /// position.
        var fitted: ProbeData
        var validation: ProbeData
        var test: ProbeData

        mutating func append(_ features: ArraySlice<Lanes>, label: Int32, text: Int, to part: Part) {
            switch part {
            case .fitted: fitted.append(features, labels: [label], group: text)
            case .validation: validation.append(features, labels: [label], group: text)
            case .test: test.append(features, labels: [label], group: text)
            }
        }

        var train: ProbeData {
            var all = fitted
            all.append(validation)
            return all
        }
    }

    /// The parts of the data.
    enum Part: Int, CaseIterable {
        case fitted, validation, test

        /// Draws the part of a problem. Problems with the same key have the same part.
        init(of problem: CountdownProblem, seed: UInt64) {
            let number = uniform(seed: seed, name: "probe split", key: problem.key)
            self = number < 0.5 ? .test : number < 0.625 ? .validation : .fitted
        }
    }

    /// Returns the data of each position. In each part, right and wrong attempts are equally frequent at each place in
    /// a text, so that neither the majority nor the place predicts the verdict.
    private static func data(
        _ evaluation: CountdownEvaluation, layer: Int, _ positions: [Position]
    ) throws(KernelFailure) -> [Rows] {
        let (task, texts) = (evaluation.task, evaluation.texts)
        let parts = texts.problems.map { Part(of: $0, seed: evaluation.seed) }
        // The chosen attempts, as text · places + place. None is at the last place, which has no wrong attempts. The
        // choice is random, because the last rows decide when the training of some probes ends.
        let places = CountdownTask.wrongAttempts.count
        var chosen: Set<Int> = []
        var draws = Draws(seed: evaluation.seed, name: "rows of probes")
        for part in Part.allCases {
            let own = (0..<texts.count).filter { parts[$0] == part }
            for place in 0..<places {
                var right = own.filter { texts.attemptCount($0) == place + 1 }
                var wrong = own.filter { texts.attemptCount($0) > place + 1 }
                draws.shuffle(&right)
                draws.shuffle(&wrong)
                for (right, wrong) in zip(right, wrong) {
                    chosen.formUnion([right * places + place, wrong * places + place])
                }
            }
        }
        let offsets = positions.compactMap { $0.offset(in: task) }
        let groups = evaluation.model.shape.width / 8
        let empty = ProbeData(width: evaluation.model.shape.width, classes: 2)
        var rows = offsets.map { _ in Rows(fitted: empty, validation: empty, test: empty) }
        evaluation.forEachAttempt(layer: layer) { attempt, _, _, stream in
            guard chosen.contains(attempt.text * places + attempt.number) else { return }
            let (part, label) = (parts[attempt.text], attempt.works ? 1 : 0)
            for (index, offset) in offsets.enumerated() {
                let row = (attempt.row + offset) * groups
                rows[index].append(stream[row..<(row + groups)], label: Int32(label), text: attempt.text, to: part)
            }
        }
        guard rows.allSatisfy({ $0.fitted.rows > 0 && $0.validation.rows > 0 && $0.test.rows > 0 }) else {
            throw KernelFailure(reason: "too few different problems for the parts of a probe's data")
        }
        return rows
    }
}
