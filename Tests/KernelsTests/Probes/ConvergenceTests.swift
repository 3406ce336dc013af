import Foundation
import KernelInterface
import Testing

@testable import vector_kernels

/// Returns rows of normally distributed features, with the labels that `label` computes for each task.
private func data(_ rows: Int, classes: Int, tasks: Int = 1, label: (_ x: [Double], _ row: Int) -> [Int32]) -> ProbeData
{
    var data = ProbeData(width: 8, tasks: tasks, classes: classes)
    let numbers = someNumbers(8 * rows, seed: 1)
    for row in 0..<rows {
        let x = Array(numbers[(8 * row)..<(8 * row + 8)])
        data.append(lanes(x), labels: label(x, row))
    }
    return data
}

/// Three classes that the features predict only in part.
private func noisy(_ x: [Double], _ row: Int) -> Int32 {
    let noise = Double(row * 7919 % 101) / 101
    return x[0] + noise > 0.8 ? 2 : x[1] - noise > -0.4 ? 1 : 0
}

/// The norm of the gradient of a task's penalised mean cross-entropy, computed naively in double precision.
private func gradientNorm(_ probe: SoftmaxProbe, _ data: ProbeData, task: Int) -> Double {
    let x = floats(Standardisation(data).standardised(data)).map(Double.init)
    let (width, classes) = (data.width, data.classes)
    func weight(_ label: Int, _ feature: Int) -> Double {
        Double(probe.classifier.weights[(task * classes + label) * width + feature])
    }
    let labelled = (0..<data.rows).filter { data.labels[$0 * data.tasks + task] >= 0 }
    var gradient = [Double](repeating: 0, count: classes * (width + 1))
    for row in labelled {
        let logits = (0..<classes).map { label in
            (0..<width).reduce(Double(probe.classifier.biases[task * classes + label])) {
                $0 + weight(label, $1) * x[row * width + $1]
            }
        }
        let largest = logits.max() ?? 0
        let powers = logits.map { exp($0 - largest) }
        for label in 0..<classes {
            let hit = data.labels[row * data.tasks + task] == Int32(label) ? 1.0 : 0
            let error = (powers[label] / powers.reduce(0, +) - hit) / Double(labelled.count)
            for feature in 0..<width { gradient[label * (width + 1) + feature] += error * x[row * width + feature] }
            gradient[label * (width + 1) + width] += error
        }
    }
    for label in 0..<classes {
        for feature in 0..<width {
            gradient[label * (width + 1) + feature] += SoftmaxProbe.penalty * weight(label, feature)
        }
    }
    return dot(gradient, gradient).squareRoot()
}

@Suite struct ConvergenceTests {
    private let constant = data(40, classes: 3) { _, _ in [1] }

    @Test func softmaxReachesTheMinimum() throws {
        let data = data(700, classes: 3, tasks: 2) { x, row in [noisy(x, row), noisy(x.reversed(), row)] }
        let probe = try SoftmaxProbe(data)
        #expect(probe.fit.gradientNorm <= SoftmaxProbe.tolerance)
        #expect((2...40).contains(probe.fit.passes))
        for task in 0..<2 { #expect(gradientNorm(probe, data, task: task) < 1.5 * SoftmaxProbe.tolerance) }
    }

    @Test func softmaxConvergesOnSeparableLabels() throws {
        let data = data(600, classes: 2) { x, _ in [x[0] + 0.5 * x[3] > 0 ? 1 : 0] }
        let probe = try SoftmaxProbe(data)
        #expect(gradientNorm(probe, data, task: 0) < 1.5 * SoftmaxProbe.tolerance)
        #expect(data.score(probe.predictions(data)).accuracy > 0.99)
    }

    @Test func softmaxNeverPredictsAMissingClass() throws {
        let data = data(400, classes: 4) { x, row in [noisy(x, row) == 2 ? 3 : noisy(x, row)] }
        let probe = try SoftmaxProbe(data)
        #expect(gradientNorm(probe, data, task: 0) < 1.5 * SoftmaxProbe.tolerance)
        #expect(!probe.predictions(data).contains(2))
        let constant = self.constant
        #expect(try SoftmaxProbe(constant).predictions(constant).allSatisfy { $0 == 1 })
    }

    @Test func softmaxIgnoresMissingLabels() throws {
        let all = data(500, classes: 3) { x, row in [row < 300 ? noisy(x, row) : -1] }
        let probe = try SoftmaxProbe(all)
        #expect(gradientNorm(probe, all, task: 0) < 1.5 * SoftmaxProbe.tolerance)
        let none = data(50, classes: 3) { _, _ in [-1] }
        #expect(try SoftmaxProbe(none).predictions(none).count == 50)
    }

    /// Four copies of each row have the same optimum as one copy.
    @Test func softmaxDoesNotDependOnDuplicates() throws {
        let once = data(300, classes: 3) { x, row in [noisy(x, row)] }
        var often = ProbeData(width: 8, classes: 3)
        for _ in 0..<4 {
            for row in 0..<once.rows { often.append([once.features[row]], labels: [once.labels[row]]) }
        }
        let (a, b) = (try SoftmaxProbe(once).classifier, try SoftmaxProbe(often).classifier)
        for (a, b) in zip(a.weights, b.weights) { #expect(abs(a - b) < 0.02) }
    }

    /// Two equal features get equal weights, although infinitely many weights give the same logits.
    @Test func softmaxConvergesOnDependentFeatures() throws {
        var data = ProbeData(width: 8, classes: 3)
        let numbers = someNumbers(8 * 400, seed: 2)
        for row in 0..<400 {
            var x = Array(numbers[(8 * row)..<(8 * row + 8)])
            let label = noisy(x, row)
            (x[5], x[7]) = (x[0], 4)
            data.append(lanes(x), labels: [label])
        }
        let probe = try SoftmaxProbe(data)
        #expect(gradientNorm(probe, data, task: 0) < 1.5 * SoftmaxProbe.tolerance)
        for label in 0..<3 {
            let weights = probe.classifier.weights[(8 * label)..<(8 * label + 8)]
            #expect(abs(weights[8 * label] - weights[8 * label + 5]) < 1e-3 && weights[8 * label + 7] == 0)
        }
    }

    @Test func mlpStopsAtItsBestPass() throws {
        let data = data(2000, classes: 3) { x, row in [noisy(x, row)] }
        let (a, b) = (try trainProbe(.mlp256, data, seed: 1), try trainProbe(.mlp256, data, seed: 1))
        #expect(a.fit == b.fit && a.predictions(data) == b.predictions(data))
        #expect((36...500).contains(a.fit.passes) && a.fit.gradientNorm > 0)
        #expect(try trainProbe(.mlp256, data, seed: 2).fit != a.fit)
    }

    @Test func heldOutRowsAreWholeGroups() {
        var data = ProbeData(width: 8, classes: 2)
        for row in 0..<100 { data.append([.zeros], labels: [0], group: row / 8) }
        #expect(data.heldOut == 88..<100)
        data = ProbeData(width: 8, classes: 2)
        for _ in 0..<100 { data.append([.zeros], labels: [0]) }
        #expect(data.heldOut == 90..<100)
        data = ProbeData(width: 8, classes: 2)
        for _ in 0..<100 { data.append([.zeros], labels: [0], group: 3) }
        #expect(data.heldOut == 90..<100)
    }
}
