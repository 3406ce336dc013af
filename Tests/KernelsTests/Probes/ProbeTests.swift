import Testing

@testable import vector_kernels

/// Returns rows of normally distributed features, with the labels that `label` computes for each task.
private func data(_ rows: Int, seed: UInt64, classes: Int = 2, tasks: Int = 1, label: ([Double]) -> [Int32])
    -> ProbeData
{
    var data = ProbeData(width: 8, tasks: tasks, classes: classes)
    let numbers = someNumbers(8 * rows, seed: seed)
    for row in 0..<rows {
        let x = Array(numbers[(8 * row)..<(8 * row + 8)])
        data.append(lanes(x.map { 3 * $0 + 1 }), labels: label(x))
    }
    return data
}

@Suite struct ProbeTests {
    @Test(arguments: ProbeKind.allCases) func readsLinearLabels(kind: ProbeKind) throws {
        func label(_ x: [Double]) -> [Int32] { [x[0] + x[1] > 0 ? 1 : 0, x[2] > 0.3 ? 0 : 1] }
        let train = data(3000, seed: 1, tasks: 2, label: label)
        let test = data(1000, seed: 2, tasks: 2, label: label)
        let score = try probeScore(kind, train: train, test: test, seed: 1)
        #expect(score.accuracy > 0.95)
        #expect(score.balancedAccuracy > 0.95)
    }

    /// The exclusive or of two signs is not a linear function of them.
    @Test(arguments: ProbeKind.allCases) func onlyAHiddenLayerReadsExclusiveOr(kind: ProbeKind) throws {
        func label(_ x: [Double]) -> [Int32] { [(x[0] > 0) != (x[1] > 0) ? 1 : 0] }
        let score = try probeScore(
            kind, train: data(4000, seed: 1, label: label), test: data(1000, seed: 2, label: label), seed: 1)
        switch kind {
        case .ridge, .softmax: #expect(score.accuracy < 0.6)
        case .mlp256: #expect(score.accuracy > 0.9)
        }
    }

    @Test func ridgeSolvesTheNormalEquations() throws {
        func label(_ x: [Double]) -> [Int32] { [x[0] > 0.5 ? 2 : x[1] > 0 ? 1 : 0] }
        let train = data(50, seed: 1, classes: 3, label: label)
        let probe = RidgeProbe(train)
        let x = floats(Standardisation(train).standardised(train)).map(Double.init)
        // The gradient of the penalised squared error vanishes at the solution.
        let weights = probe.classifier.weights.map(Double.init)
        for label in 0..<3 {
            let share = Double(train.labels.count { $0 == Int32(label) }) / 50
            let errors = (0..<50).map { row in
                (0..<8).reduce(share) { $0 + x[8 * row + $1] * weights[8 * label + $1] }
                    - (train.labels[row] == Int32(label) ? 1 : 0)
            }
            for feature in 0..<8 {
                let slope = (0..<50).reduce(0) { $0 + x[8 * $1 + feature] * errors[$1] }
                #expect(abs(slope + RidgeProbe.penalty * 50 * weights[8 * label + feature]) < 1e-4)
            }
        }
    }

    @Test func featuresAreStandardised() {
        let data = data(500, seed: 3) { _ in [0] }
        let standardised = floats(Standardisation(data).standardised(data)).map(Double.init)
        for feature in 0..<8 {
            let column = (0..<500).map { standardised[8 * $0 + feature] }
            #expect(abs(column.reduce(0, +) / 500) < 1e-5)
            #expect(abs(dot(column, column) / 500 - 1) < 1e-4)
        }
        var constant = ProbeData(width: 8, classes: 2)
        for _ in 0..<10 { constant.append([Lanes(repeating: 7)], labels: [1]) }
        #expect(floats(Standardisation(constant).standardised(constant)).allSatisfy { $0 == 0 })
    }

    @Test func scoresCountOnlyLabelledRows() {
        var data = ProbeData(width: 8, tasks: 2, classes: 3)
        for labels: [Int32] in [[0, 1], [0, -1], [2, 1], [0, 1]] { data.append([.zeros], labels: labels) }
        let score = data.score([0, 1, 1, 2, 0, 1, 0, 1])
        #expect(score.accuracy == 5.0 / 7)
        #expect(abs(score.balancedAccuracy - 5.0 / 9) < 1e-12)
        #expect(data.priorAccuracy(learnedFrom: data) == 6.0 / 7)
    }

    @Test func directionOfAProbeRaisesItsLogit() throws {
        let train = data(2000, seed: 1) { [$0[3] > 0 ? 1 : 0] }
        let direction = floats(try SoftmaxProbe(train).direction(task: 0, from: 0, to: 1))
        #expect(direction[3] > 0.95)
        #expect(abs(dot(direction.map(Double.init), direction.map(Double.init)) - 1) < 1e-5)
    }

    @Test func rejectsFeaturesThatAreNotFinite() {
        var broken = ProbeData(width: 8, classes: 2)
        broken.append([Lanes(repeating: .infinity)], labels: [0])
        #expect(throws: (any Error).self) { try trainProbe(.ridge, broken, seed: 1) }
    }

    @Test func solvesLinearEquations() {
        let a: [Double] = [4, 1, 0.5, 1, 3, -0.2, 0.5, -0.2, 2]
        let x: [Double] = [1, 2, -1, 0.5, 3, -2]
        var b = [Double](repeating: 0, count: 6)
        for row in 0..<3 {
            for column in 0..<2 {
                for k in 0..<3 { b[2 * row + column] += a[3 * row + k] * x[2 * k + column] }
            }
        }
        let found = solvePositiveDefinite(a, b, size: 3, columns: 2)
        for (found, x) in zip(found, x) { #expect(abs(found - x) < 1e-12) }
    }
}
