import KernelInterface

/// A kind of probe; different probes can give different results on the same network.
enum ProbeKind: String, CaseIterable {
    /// Least squares on class indicators with an L2 penalty, in closed form.
    case ridge
    /// Multinomial logistic regression, trained by AdamW.
    case softmax
    /// A classifier with one hidden layer of 256 units, trained by AdamW.
    case mlp256

    static let parameter = Parameter(
        "probe", .words(allCases.map(\.rawValue)), default: nil,
        "ridge (closed form), softmax (logistic regression) or mlp256 (256 hidden units)")
}

/// A trained probe.
protocol Probe {
    /// Returns the most likely class of each task: (rows, tasks).
    func predictions(_ data: ProbeData) -> [Int32]
}

/// Trains a probe; throws if features are not finite.
func trainProbe(_ kind: ProbeKind, _ data: ProbeData, seed: UInt64) throws(KernelFailure) -> any Probe {
    try data.requireFinite()
    return switch kind {
    case .ridge: RidgeProbe(data)
    case .softmax: GradientProbe(data, hiddenWidth: nil, seed: seed)
    case .mlp256: GradientProbe(data, hiddenWidth: 256, seed: seed)
    }
}

/// Trains a probe on one split and scores it on the other.
func probeScore(
    _ kind: ProbeKind, train: ProbeData, test: ProbeData, seed: UInt64
) throws(KernelFailure) -> ProbeScore {
    test.score(try trainProbe(kind, train, seed: seed).predictions(test))
}

/// Returns each task's class with the largest logit; logits are (rows, tasks · classes padded).
func largestClasses(_ logits: [Lanes], _ data: ProbeData, rows: Int) -> [Int32] {
    (0..<(rows * data.tasks)).map { logits.largest(row: $0, vocabulary: data.classes) }
}
