import KernelInterface

/// A measurement on trees, with the number of passes over these trees.
struct TreeSearchMeasurement: Sendable {
    var measurement: KernelMeasurement
    var passes: @Sendable (_ layers: Int) -> Int

    static let all = [path, overlap, pathProbe, trainingGain, layerGain, staircase]

    private static let path = Self(
        "path", ["path-accuracy", "first-step-accuracy", "guessed-path-accuracy"], PathCell.depthParameters,
        passes: once
    ) { evaluation, settings throws(KernelFailure) in try evaluation.pathAccuracy(PathCell.depths(settings)) }

    private static let overlap = Self(
        "overlap", ["seen-share", "labelled-seen-share"], [], passes: never
    ) { evaluation, _ in evaluation.overlap() }

    private static let pathProbe = Self(
        "path-probe",
        ["path-probe-accuracy", "path-probe-balanced-accuracy", "path-probe-prior-accuracy"]
            + ProbeFit.quantities,
        cellParameters, passes: once
    ) { evaluation, settings throws(KernelFailure) in
        let (train, test) = try evaluation.probeData(settings)
        let score = try probeScore(settings.choice("probe"), train: train, test: test, seed: evaluation.seed)
        return [
            "path-probe-accuracy": score.accuracy, "path-probe-balanced-accuracy": score.balancedAccuracy,
            "path-probe-prior-accuracy": test.priorAccuracy(learnedFrom: train),
        ].merging(score.fit.values) { $1 }
    }

    private static let trainingGain = Self(
        "path-probe-training-gain", ["path-probe-training-gain"], cellParameters, passes: twice
    ) { evaluation, settings throws(KernelFailure) in
        let untrained = evaluation.config.transformer.model(evaluation.model.shape, seed: evaluation.seed)
        let trained = try evaluation.accuracy(settings)
        return ["path-probe-training-gain": trained - (try evaluation.accuracy(settings, of: untrained))]
    }

    private static let layerGain = Self(
        "path-probe-layer-gain", ["path-probe-layer-gain"], cellParameters, passes: twice
    ) { evaluation, settings throws(KernelFailure) in
        let deep = try evaluation.accuracy(settings)
        return ["path-probe-layer-gain": deep - (try evaluation.accuracy(settings, layer: 0))]
    }

    static let staircase = Self(
        "staircase", ["staircase-margin", "parent-margin", "grandparent-margin", "parent-lead"],
        [PathCell.positionParameter, ProbeKind.parameter],
        passes: perLevelAndLayer
    ) { evaluation, settings throws(KernelFailure) in try evaluation.staircase(settings).values }

    private static let cellParameters =
        [PathCell.nodeParameter, PathCell.positionParameter, ProbeKind.parameter, layerParameter]
        + PathCell.depthParameters + [
            Parameter(
                "labels", .words(["own", "shuffled"]), default: "own",
                "shuffled: labels of another tree, which the stream cannot contain, a control")
        ]

    @Sendable private static func never(_ layers: Int) -> Int { 0 }

    @Sendable private static func once(_ layers: Int) -> Int { 1 }

    @Sendable private static func twice(_ layers: Int) -> Int { 2 }

    @Sendable private static func perLevelAndLayer(_ layers: Int) -> Int {
        Staircase.levels(layers: layers).count * (layers + 1)
    }

    private init(
        _ name: String, _ quantities: [String], _ settings: [Parameter], passes: @escaping @Sendable (Int) -> Int,
        _ measure: @escaping @Sendable (TreeSearchEvaluation, Settings) throws(KernelFailure) -> [String: Double]
    ) {
        self.passes = passes
        measurement = TreeSearchEvaluation.measurement(
            name, quantities,
            settings + [ProblemSplit.parameter, taskParameter("tree-path"), TransformerConfig.networkParameter], measure
        )
    }
}
