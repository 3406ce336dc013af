import KernelInterface

/// The config of training, without density and seed.
struct SuperpositionConfig {
    var features: Int
    var dimensions: Int
    var batch: Int
    var steps: Int
    var learningRate: Double
    var rateDecays: Bool
    /// The importances I_i, one per feature.
    var importance: [Float]
    /// The variance of the elements of W before training.
    var initialVariance: Double
    var restarts: Int
    var selectionBatch: Int
    var densityGrid: Int
    var importanceGrid: Int
    /// Whether the job trains one network per cell of the grid instead of a single one.
    var isPhaseDiagram: Bool

    static let parameters = [
        Parameter("features", .integers(1...1024), default: nil, "n, the number of input features"),
        Parameter("dimensions", .integers(1...256), default: nil, "m, the number of dimensions that W maps them to"),
        Parameter("batch", .integers(1...8192), default: "1024", "samples per step"),
        Parameter("steps", .integers(0...1_000_000), default: "10000", "Adam steps"),
        Parameter("learning_rate", .numbers(0...1e9), default: "0.001", "Adam learning rate at the first step"),
        Parameter(
            "schedule", .words(["constant", "linear"]), default: "constant", "linear: the learning rate falls to 0"),
        Parameter("importance_decay", .numbers(0.001...1), default: "1", "feature i (from 0) has importance decay^i"),
        Parameter(
            "initial_variance", .words(["1/n", "2/(m+n)"]), default: "2/(m+n)",
            "variance of the elements of W before training"),
        Parameter(
            "restarts", .integers(1...64), default: "1",
            "networks trained on the same batches from different initial weights; the one with the least loss on fresh data is used"
        ),
        Parameter(
            "selection_batch", .integers(1...1_000_000), default: "40000",
            "fresh samples for choosing the best restart"),
        Parameter(
            "density_grid", .integers(0...33), default: "0",
            "phase diagram: number of densities, 0.01 to 1, logarithmically spaced"),
        Parameter(
            "importance_grid", .integers(0...33), default: "0",
            "phase diagram: number of importances of feature 2 relative to 1, 0.1 to 10, logarithmically spaced"),
    ]

    static let densityParameter = Parameter(
        "density", .numbers(0.0001...1), default: nil, "probability that a feature is active, 1 - S")
    static let networkParameter = Parameter(
        "network", .words(["trained", "untrained"]), default: "trained", "untrained: the initial weights, the control")

    init(_ job: KernelJob) throws(KernelFailure) {
        do throws(ConfigMistake) {
            try self.init(job.config, measurement: job.measurement, job.settings)
        } catch {
            throw KernelFailure(reason: error.message)
        }
    }

    init(_ config: Settings, measurement: String?, _ settings: Settings) throws(ConfigMistake) {
        features = config.integer("features")
        dimensions = config.integer("dimensions")
        batch = config.integer("batch")
        steps = settings.values["network"] == "untrained" ? 0 : config.integer("steps")
        learningRate = config.number("learning_rate")
        rateDecays = config.word("schedule") == "linear"
        let decay = config.number("importance_decay")
        var next = 1.0
        importance = []
        for _ in 0..<features {
            importance.append(Float(next))
            next *= decay
        }
        initialVariance =
            config.word("initial_variance") == "1/n" ? 1 / Double(features) : 2 / Double(dimensions + features)
        restarts = config.integer("restarts")
        selectionBatch = config.integer("selection_batch")
        densityGrid = config.integer("density_grid")
        importanceGrid = config.integer("importance_grid")
        isPhaseDiagram = measurement == PhaseDiagram.measurement.name
        if isPhaseDiagram { try checkPhaseDiagram() }
    }

    var networkCount: Int {
        isPhaseDiagram ? densityGrid * importanceGrid : 1
    }

    private func checkPhaseDiagram() throws(ConfigMistake) {
        guard features == 2, dimensions == 1 else {
            throw ConfigMistake(
                "features", "the phase diagram needs 2 features in 1 dimension, not \(features) in \(dimensions)",
                fix: "set `features: 2` and `dimensions: 1`")
        }
        guard densityGrid > 1, importanceGrid > 1, importance == [1, 1] else {
            throw ConfigMistake(
                "density_grid",
                "the phase diagram needs density_grid and importance_grid of at least 2, and importance_decay 1",
                fix: "set them in the toy model's `config`")
        }
    }

    /// The estimated cost. It is proportional to the number of floats that are accessed for each feature and sample.
    /// The speed was measured on networks with 200 features in 20 dimensions and with 5 features in 2 dimensions.
    var cost: RunCost {
        let networks = Double(networkCount * restarts)
        let perSample = Double(features) * Double(dimensions + 4)
        let training = perSample * Double(batch) * Double(steps) * networks / 9e9
        let selection = restarts > 1 ? perSample * Double(selectionBatch) * networks / 1e9 : 0
        return RunCost(trainingSeconds: training + selection, measuringSeconds: 0.01, bytes: bytes)
    }

    /// The estimated memory: a batch; for each network its initial weights, its parameters with their moments, and the
    /// result; and a gradient. The factors were fitted to measured limits, which include what the allocator wastes.
    private var bytes: Double {
        let batch = Double(10 * features * batch)
        let network = Double(4 * features * 8 * rowWidth)
        return processBytes + batch + (7.5 * Double(networkCount * restarts) + 4) * network
    }
}
