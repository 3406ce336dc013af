import KernelInterface

/// Rows of features, such as the residual stream at some tokens, with labels.
struct ProbeData {
    /// The number of features per row, a multiple of eight.
    let width: Int
    /// The number of labels per row, such as the squares of a board.
    let tasks: Int
    /// The number of classes of each task.
    let classes: Int
    /// (rows, width)
    private(set) var features: [Lanes] = []
    /// The labels (rows, tasks); a missing label is negative.
    private(set) var labels: [Int32] = []
    /// The group of each row, such as a game. Rows of one group are adjacent.
    private var groups: [Int] = []

    var rows: Int { labels.count / tasks }

    init(width: Int, tasks: Int = 1, classes: Int) {
        self.width = width
        self.tasks = tasks
        self.classes = classes
    }

    /// - Parameters:
    ///   - row: the features of one row, (width)
    ///   - group: the group to which the row belongs; nil if the row is its own group
    mutating func append(_ row: some Sequence<Lanes>, labels: [Int32], group: Int? = nil) {
        groups.append(group ?? rows)
        features.append(contentsOf: row)
        self.labels.append(contentsOf: labels)
        precondition(features.count * 8 == rows * width && labels.count == tasks)
    }

    /// Appends rows of other groups.
    mutating func append(_ other: ProbeData) {
        groups += other.groups
        features += other.features
        labels += other.labels
    }

    /// The last tenth of the rows, on which training can check how well a probe generalises. No group is split, unless
    /// nearly all rows are one group.
    var heldOut: Range<Int> {
        let tenth = rows - rows / 10
        var start = tenth
        while start > 0, start < rows, groups[start] == groups[start - 1] { start -= 1 }
        return (start == 0 ? tenth : start)..<rows
    }

    /// The mean norm of the rows.
    var meanNorm: Float {
        let groups = width / 8
        let lengths = (0..<rows).map { row in
            (0..<groups).reduce(Float(0)) { $0 + (features[row * groups + $1] * features[row * groups + $1]).sum() }
                .squareRoot()
        }
        return lengths.reduce(0, +) / Float(max(1, rows))
    }

    /// Throws if a feature is not finite.
    func requireFinite() throws(KernelFailure) {
        guard features.allSatisfy({ ($0 * 0).sum() == 0 }) else {
            throw KernelFailure(reason: "the network's activations are not finite")
        }
    }

    /// Returns the accuracy of a prediction that ignores the features. It always predicts each task's most frequent
    /// class in `other`.
    func priorAccuracy(learnedFrom other: ProbeData) -> Double {
        let best = (0..<tasks).map { task -> Int32 in
            var counts = [Int](repeating: 0, count: classes)
            for row in 0..<other.rows where other.labels[row * tasks + task] >= 0 {
                counts[Int(other.labels[row * tasks + task])] += 1
            }
            return Int32(counts.indices.max { (counts[$0], $1) < (counts[$1], $0) } ?? 0)
        }
        return score((0..<rows).flatMap { _ in best }).accuracy
    }

    /// - Parameter predictions: (rows, tasks)
    func score(_ predictions: [Int32]) -> ProbeScore {
        precondition(predictions.count == labels.count)
        var seen = [Int](repeating: 0, count: classes)
        var right = seen
        for (label, prediction) in zip(labels, predictions) where label >= 0 {
            seen[Int(label)] += 1
            right[Int(label)] += label == prediction ? 1 : 0
        }
        let recalls = zip(right, seen).filter { $0.1 > 0 }.map { Double($0.0) / Double($0.1) }
        return ProbeScore(
            accuracy: Double(right.reduce(0, +)) / Double(max(1, seen.reduce(0, +))),
            balancedAccuracy: recalls.reduce(0, +) / Double(max(1, recalls.count)))
    }
}

/// How well a probe predicts labels.
struct ProbeScore: Equatable {
    /// The share of correct predictions.
    var accuracy: Double
    /// The mean recall over the classes.
    var balancedAccuracy: Double
    /// How the probe was fitted; 0 for predictions without a probe.
    var fit = ProbeFit(passes: 0, gradientNorm: 0)
}

/// The mean and the standard deviation of each feature in the training split. They are used to standardise both splits.
struct Standardisation {
    private var means: [Lanes]
    private var inverses: [Lanes]

    init(_ data: ProbeData) {
        let groups = data.width / 8
        let features = data.features
        func average(_ value: (Int, Int) -> Lanes) -> [Lanes] {
            (0..<groups).map { group in
                // The rows are summed in blocks, because a single sum of tens of thousands of floats would lose
                // precision.
                var sum = Lanes.zeros
                for start in stride(from: 0, to: data.rows, by: 256) {
                    var part = Lanes.zeros
                    for row in start..<min(start + 256, data.rows) { part += value(row * groups + group, group) }
                    sum += part
                }
                return sum / Float(max(1, data.rows))
            }
        }
        let means = average { place, _ in features[place] }
        let variances = average { place, group in
            let centred = features[place] - means[group]
            return centred * centred
        }
        self.means = means
        // A constant feature becomes 0.
        inverses = variances.map { (1 / ($0 + 1e-12).squareRootLanes()).replacing(with: 0, where: $0 .<= 1e-12) }
    }

    /// Converts a gradient with respect to standardised features to one with respect to the original features.
    func scaled(_ gradient: [Lanes]) -> [Lanes] {
        zip(gradient, inverses).map { $0 * $1 }
    }

    /// Returns the standardised features: (rows, width).
    func standardised(_ data: ProbeData) -> [Lanes] {
        data.features.indices.map { place in
            let group = place % means.count
            return (data.features[place] - means[group]) * inverses[group]
        }
    }
}
