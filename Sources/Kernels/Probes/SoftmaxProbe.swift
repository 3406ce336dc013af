internal import Foundation
import KernelInterface

/// Multinomial logistic regression on standardised features. Each task is an independent convex problem: it minimises
/// the mean cross-entropy of its labelled rows, plus half the penalty times the sum of its squared weights.
struct SoftmaxProbe: Probe {
    /// The penalty λ, which makes the optimum unique and finite.
    static let penalty = 1e-4
    /// A task is fitted when the norm of its gradient is at most this. The loss is then within tolerance² / 2λ = 5e-7
    /// nats of its minimum along the weights.
    static let tolerance = 1e-5
    static let mostPasses = 500

    let fit: ProbeFit
    let classifier: LinearClassifier
    private let classes: Int

    init(_ data: ProbeData) throws(KernelFailure) {
        let standardisation = Standardisation(data)
        classes = data.classes
        let blocks = ProbeBlocks(data, standardisation)
        var curvature = SoftmaxCurvature(blocks, classes: data.classes)
        var tasks = (0..<data.tasks).map { SoftmaxTask($0, data) }
        var pass = SoftmaxPass(blocks, classes: data.classes)
        var passes = 0
        while true {
            let active = tasks.indices.filter { tasks[$0].gradientNorm > Self.tolerance }
            if active.isEmpty { break }
            guard passes < Self.mostPasses else {
                let norm = tasks.reduce(0) { max($0, $1.gradientNorm) }
                throw KernelFailure(
                    reason:
                        "after \(passes) passes, the gradient of a softmax probe is \(norm), above \(Self.tolerance)")
            }
            passes += 1
            pass.run(blocks, active.map { (task: $0, point: tasks[$0].minimiser.trial) })
            for (slot, task) in active.enumerated() { tasks[task].update(pass, slot: slot, &curvature) }
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
    private let task: Int
    private let classes: Int
    private let labelledRows: Double

    init(_ task: Int, _ data: ProbeData) {
        self.task = task
        classes = data.classes
        var counts = [Double](repeating: 0, count: data.classes)
        for row in 0..<data.rows {
            let label = data.labels[row * data.tasks + task]
            if label >= 0 { counts[Int(label)] += 1 }
        }
        let rows = max(1, counts.reduce(0, +))
        labelledRows = rows
        // Without features, these biases would be the optimum. A class that never occurs has no finite optimum; its
        // probability stays 0.
        let biases = counts.map { $0 > 0 ? log($0 / rows) : -1e4 }
        minimiser = Minimiser(start: [Double](repeating: 0, count: data.classes * data.width) + biases)
    }

    mutating func update(_ pass: SoftmaxPass, slot: Int, _ curvature: inout SoftmaxCurvature) {
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
        minimiser.update(value: value, gradient: gradient) { curvature.secondDerivative(task: task, point: $0) }
        gradientNorm = minimiser.gradientNorm
    }
}

/// The buffers for the second derivative of one task's loss.
private struct SoftmaxCurvature {
    /// The number of blocks from which the second derivative is estimated.
    private static let blocks = 16

    private let blocks: ProbeBlocks
    private let classes: Int
    /// (classes, block rows)
    private var probabilities: [Lanes]
    /// (width, block rows)
    private var weighted: [Lanes]
    /// (classes, classes, width, width), filled only above the diagonal of the classes
    private var products: [Float]

    init(_ blocks: ProbeBlocks, classes: Int) {
        self.blocks = blocks
        self.classes = classes
        probabilities = [Lanes](repeating: .zeros, count: classes * ProbeBlocks.groups)
        weighted = [Lanes](repeating: .zeros, count: blocks.width * ProbeBlocks.groups)
        products = [Float](repeating: 0, count: classes * classes * blocks.width * blocks.width)
    }

    /// Estimates the second derivative (n, n) for n parameters from equally spaced blocks. Here the penalty applies to
    /// the biases too, so that the result is positive definite.
    ///
    /// For classes a and b, it is the mean of pₐ (δ - p_b) x xᵀ, where x has a last element of 1 for the bias.
    mutating func secondDerivative(task: Int, point: [Double]) -> [Double] {
        let (width, groups, size) = (blocks.width, ProbeBlocks.groups, point.count)
        let weightCount = classes * width
        let weights = point.prefix(weightCount).map(Float.init)
        let biases = point.dropFirst(weightCount).map(Float.init)
        for index in products.indices { products[index] = 0 }
        var sums = [Double](repeating: 0, count: classes * classes * (width + 1))
        var rows = 0.0
        for block in stride(from: 0, to: blocks.count, by: max(1, blocks.count / Self.blocks)) {
            blocks.logits(into: &probabilities, weights, block: block)
            let labels = blocks.labels[blocks.labelPlace(block, task: task)...].prefix(groups)
            rows += softmax(&probabilities, biases: biases, labels: labels)
            for a in 0..<classes {
                for b in (a + 1)..<classes {
                    let start = (a * classes + b) * (width + 1)
                    let weights = (0..<groups).map { probabilities[a * groups + $0] * probabilities[b * groups + $0] }
                    sums[start + width] += Double(weights.reduce(.zeros, +).sum())
                    for feature in 0..<width {
                        var sum = Lanes.zeros
                        for group in 0..<groups {
                            let product = weights[group] * blocks.features[(block * width + feature) * groups + group]
                            weighted[feature * groups + group] = product
                            sum += product
                        }
                        sums[start + feature] += Double(sum.sum())
                    }
                    multiply(
                        into: &products,
                        MatrixShape(
                            rows: width, columns: width, rowStride: width, offset: (a * classes + b) * width * width),
                        weighted, MatrixShape(rows: width, columns: ProbeBlocks.rows, rowStride: ProbeBlocks.rows),
                        blocks.features, blocks.shape(block), transposingRight: true, accumulating: true)
                }
            }
        }
        var result = [Double](repeating: 0, count: size * size)
        for index in 0..<size { result[index * size + index] = SoftmaxProbe.penalty }
        func place(_ label: Int, _ index: Int) -> Int { index < width ? label * width + index : weightCount + label }
        for a in 0..<classes {
            for b in (a + 1)..<classes {
                for i in 0...width {
                    for j in 0...width {
                        let mean =
                            (i < width && j < width
                                ? Double(products[((a * classes + b) * width + i) * width + j])
                                : sums[(a * classes + b) * (width + 1) + min(i, j)]) / max(1, rows)
                        result[place(a, i) * size + place(b, j)] -= mean
                        result[place(b, i) * size + place(a, j)] -= mean
                        result[place(a, i) * size + place(a, j)] += mean
                        result[place(b, i) * size + place(b, j)] += mean
                    }
                }
            }
        }
        return result
    }
}

/// Replaces logits without biases (classes, block rows) by probabilities, which are 0 in rows without a label. Returns
/// the number of labelled rows.
private func softmax(_ logits: inout [Lanes], biases: [Float], labels: ArraySlice<SIMD8<Int32>>) -> Double {
    let groups = labels.count
    var rows = 0.0
    for (group, label) in labels.enumerated() {
        let places = biases.indices.map { $0 * groups + group }
        var largest = Lanes(repeating: -.infinity)
        for (place, bias) in zip(places, biases) {
            logits[place] += bias
            largest = largest.maximum(logits[place])
        }
        var sum = Lanes.zeros
        for place in places {
            logits[place] = (logits[place] - largest).exponential
            sum += logits[place]
        }
        let factor = (1 / sum).replacing(with: 0, where: label .< 0)
        for place in places { logits[place] *= factor }
        rows += (0..<8).reduce(0) { $0 + (label[$1] >= 0 ? 1 : 0) }
    }
    return rows
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
                &logits, biases: biases, labels: blocks.labels,
                labelPlaces: slots.map { blocks.labelPlace(block, task: $0.task) },
                biasGradients: &biasGradients, losses: &losses)
            multiply(
                into: &gradients, MatrixShape(rows: outputs, columns: blocks.width, rowStride: blocks.width), logits,
                MatrixShape(rows: outputs, columns: ProbeBlocks.rows, rowStride: ProbeBlocks.rows), blocks.features,
                blocks.shape(block), transposingRight: true, accumulating: true)
        }
    }
}
