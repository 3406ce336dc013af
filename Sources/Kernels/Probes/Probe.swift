import KernelInterface

/// A kind of probe; different probes can give different results on the same network.
enum ProbeKind: String, CaseIterable {
    /// Least squares on class indicators with an L2 penalty, in closed form.
    case ridge
    /// Multinomial logistic regression with an L2 penalty, fitted to a gradient tolerance.
    case softmax
    /// A classifier with one hidden layer of 256 units, trained until its loss on held-out rows stops falling.
    case mlp256

    static let parameter = Parameter(
        "probe", .words(allCases.map(\.rawValue)), default: nil,
        "ridge (closed form), softmax (logistic regression) or mlp256 (256 hidden units)")
}

extension ProbeKind {
    /// The estimated cost of training on rows with this many features, in operations at `assumedOperationsPerSecond`.
    func operations(rows: Double, width: Int, tasks: Int, classes: Int) -> Double {
        let (width, outputs) = (Double(width), Double(tasks * classes))
        switch self {
        case .ridge: return rows * (1.5e5 + 2 * width * (width + outputs))
        case .softmax:
            // About 30 passes, and six inverses of the second derivative of each task.
            let inverse = 2.5 * Self.cube(Double(classes) * (width + 1))
            return rows * (1.5e5 + 350 * width * outputs) + 6 * Double(tasks) * inverse
        case .mlp256:
            // About 30 passes, each with six products.
            return rows * (1.5e5 + 30 * 6 * 256 * (width + outputs))
        }
    }

    /// The estimated memory in bytes of the second derivatives of a softmax probe.
    static func bytes(width: Int, tasks: Int, classes: Int) -> Double {
        8 * Double(tasks + 3) * Double(classes * classes * (width + 1) * (width + 1))
    }

    private static func cube(_ x: Double) -> Double { x * x * x }
}

/// A trained probe.
protocol Probe {
    var fit: ProbeFit { get }

    /// Returns the most likely class of each task: (rows, tasks).
    func predictions(_ data: ProbeData) -> [Int32]
}

/// How well the training of a probe converged.
struct ProbeFit: Equatable {
    /// The number of passes over the training rows.
    var passes: Int
    /// The norm of the gradient of the mean training loss, including the penalty; for independent tasks, the largest.
    var gradientNorm: Double

    /// The quantities with which a measurement of one probe reports its fit.
    static let quantities = ["probe-passes", "probe-gradient-norm"]

    /// The values of `quantities`.
    var values: [String: Double] { ["probe-passes": Double(passes), "probe-gradient-norm": gradientNorm] }
}

/// Trains a probe. Throws if features are not finite, or if the probe does not converge.
func trainProbe(_ kind: ProbeKind, _ data: ProbeData, seed: UInt64) throws(KernelFailure) -> any Probe {
    try data.requireFinite()
    return switch kind {
    case .ridge: RidgeProbe(data)
    case .softmax: try SoftmaxProbe(data)
    case .mlp256: try HiddenLayerProbe(data, hiddenWidth: 256, seed: seed)
    }
}

/// Trains a probe on one split and scores it on the other.
func probeScore(
    _ kind: ProbeKind, train: ProbeData, test: ProbeData, seed: UInt64
) throws(KernelFailure) -> ProbeScore {
    let probe = try trainProbe(kind, train, seed: seed)
    var score = test.score(probe.predictions(test))
    score.fit = probe.fit
    return score
}
