internal import Foundation
import KernelInterface

/// Multinomial logistic regression on standardised features. Each task is an independent convex problem: it minimises
/// the mean cross-entropy of its labelled rows, plus half the penalty times the sum of its squared weights.
struct SoftmaxProbe: Probe {
    /// The penalty λ, which makes the optimum unique and finite.
    static let penalty = 1e-4
    /// The norm of a task's gradient, below which the task is fitted. The loss is then within tolerance² / 2λ of its
    /// minimum along the weights, which is 5e-7 nats.
    static let tolerance = 1e-5
    static let mostPasses = 2000

    let fit: ProbeFit
    let classifier: LinearClassifier
    private let classes: Int

    init(_ data: ProbeData) throws(KernelFailure) {
        let standardisation = Standardisation(data)
        classes = data.classes
        let blocks = ProbeBlocks(data, standardisation)
        let scaling = SoftmaxScaling(blocks)
        var tasks = (0..<data.tasks).map { SoftmaxTask($0, data) }
        var pass = SoftmaxPass(blocks, classes: data.classes)
        var passes = 0
        while true {
            let active = tasks.indices.filter { tasks[$0].gradientNorm > Self.tolerance }
            if active.isEmpty { break }
            guard passes < Self.mostPasses else {
                let norm = tasks.reduce(0) { max($0, $1.gradientNorm) }
                throw KernelFailure(
                    reason: "after \(passes) passes, the gradient of a softmax probe is \(norm), above \(Self.tolerance)")
            }
            passes += 1
            pass.run(blocks, active.map { (task: $0, point: tasks[$0].minimiser.trial) })
            for (slot, task) in active.enumerated() { tasks[task].update(pass, slot: slot, scaling) }
        }
        fit = ProbeFit(passes: passes, gradientNorm: tasks.reduce(0) { max($0, $1.gradientNorm) })
        let count = classes * data.width
        classifier = LinearClassifier(
            standardisation: standardisation,
            weights: tasks.flatMap { $0.minimiser.point.prefix(count).map(Float.init) },
            biases: tasks.flatMap { $0.minimiser.point.dropFirst(count).map(Float.init) })
    }

    func predictions(_ data: ProbeData) -> [Int32] { classifier.predictions(data) }

    /// Returns the unit direction (width) along which the logit of a task's class rises fastest relative to another.
    func direction(task: Int, from: Int, to: Int) -> [Lanes] {
        classifier.direction(from: task * classes + from, to: task * classes + to)
    }
}

/// One task of a softmax probe in training. Its parameters are weights (classes, width), then biases (classes).
private struct SoftmaxTask {
    private(set) var minimiser: Minimiser
    private(set) var gradientNorm = Double.infinity
    private let classes: Int
    private let labelledRows: Double
    /// The share of each class in the labelled rows.
    private let shares: [Double]

    init(_ task: Int, _ data: ProbeData) {
        classes = data.classes
        var counts = [Double](repeating: 0, count: data.classes)
        for row in 0..<data.rows {
            let label = data.labels[row * data.tasks + task]
            if label >= 0 { counts[Int(label)] += 1 }
        }
        let rows = max(1, counts.reduce(0, +))
        labelledRows = rows
        shares = counts.map { max($0, 1) / rows }
        // Without features, these biases would be the optimum. A class that never occurs has no finite optimum; its
        // probability stays 0.
        let biases = counts.map { $0 > 0 ? log($0 / rows) : -1e4 }
        minimiser = Minimiser(start: [Double](repeating: 0, count: data.classes * data.width) + biases)
    }

    mutating func update(_ pass: SoftmaxPass, slot: Int, _ scaling: SoftmaxScaling) {
        let point = minimiser.trial
        let weightCount = point.count - classes
        var value = pass.losses[slot] / labelledRows
        var gradient = point
        for index in 0..<weightCount {
            value += SoftmaxProbe.penalty / 2 * point[index] * point[index]
            gradient[index] =
                SoftmaxProbe.penalty * point[index] + Double(pass.gradients[slot * weightCount + index]) / labelledRows
        }
        for label in 0..<classes {
            gradient[weightCount + label] = pass.biasGradients[slot * classes + label] / labelledRows
        }
        minimiser.update(value: value, gradient: gradient) { scaling.scaled($0, shares: shares) }
        gradientNorm = minimiser.gradientNorm
    }
}

/// An approximate inverse of a task's second derivative. Where the probabilities equal the shares of the classes, the
/// second derivative is (diag(share) - share shareᵀ) ⊗ XᵀX / rows. On gradients, which sum to 0 over the classes,
/// diag(1 / share) inverts the first factor.
private struct SoftmaxScaling {
    private let width: Int
    /// The inverse of XᵀX / rows, plus a multiple of the identity for features that depend on each other.
    private let inverse: [Double]

    init(_ blocks: ProbeBlocks) {
        width = blocks.width
        let rows = Double(max(1, blocks.count * ProbeBlocks.rows))
        var matrix = blocks.gram().map { $0 / rows }
        var identity = [Double](repeating: 0, count: width * width)
        for index in 0..<width {
            matrix[index * width + index] += 10 * SoftmaxProbe.penalty
            identity[index * width + index] = 1
        }
        inverse = solvePositiveDefinite(matrix, identity, size: width, columns: width)
    }

    func scaled(_ vector: [Double], shares: [Double]) -> [Double] {
        var scaled = vector
        let biases = shares.count * width
        for (label, share) in shares.enumerated() {
            for row in 0..<width {
                var sum = 0.0
                for column in 0..<width { sum += inverse[row * width + column] * vector[label * width + column] }
                scaled[label * width + row] = sum / share
            }
            scaled[biases + label] = vector[biases + label] / share
        }
        return scaled
    }
}

/// The buffers of a pass over all rows for some tasks, one in each slot.
private struct SoftmaxPass {
    /// Sums over the labelled rows: (slots, classes, width), (slots, classes) and (slots).
    private(set) var gradients: [Float]
    private(set) var biasGradients: [Double] = []
    private(set) var losses: [Double] = []
    private let classes: Int
    private var logits: [Lanes]

    init(_ blocks: ProbeBlocks, classes: Int) {
        self.classes = classes
        gradients = [Float](repeating: 0, count: blocks.tasks * classes * blocks.width)
        logits = [Lanes](repeating: .zeros, count: blocks.tasks * classes * ProbeBlocks.groups)
    }

    /// Computes losses and gradients at a point for each task.
    mutating func run(_ blocks: ProbeBlocks, _ slots: [(task: Int, point: [Double])]) {
        let outputs = slots.count * classes
        let weights = slots.flatMap { $0.point.dropLast(classes).map(Float.init) }
        let biases = slots.flatMap { $0.point.suffix(classes).map(Float.init) }
        for index in gradients.indices { gradients[index] = 0 }
        biasGradients = [Double](repeating: 0, count: outputs)
        losses = [Double](repeating: 0, count: slots.count)
        for block in 0..<blocks.count {
            blocks.logits(into: &logits, weights, block: block)
            crossEntropy(
                &logits, biases: biases, labels: blocks.labels, labelPlaces: slots.map { blocks.labelPlace(block, task: $0.task) },
                biasGradients: &biasGradients, losses: &losses)
            multiply(
                into: &gradients, MatrixShape(rows: outputs, columns: blocks.width, rowStride: blocks.width), logits,
                MatrixShape(rows: outputs, columns: ProbeBlocks.rows, rowStride: ProbeBlocks.rows), blocks.features,
                blocks.shape(block), transposingRight: true, accumulating: true)
        }
    }
}
