/// Ridge regression of class indicators on standardised features (Hoerl and Kennard 1970).
struct RidgeProbe: Probe {
    /// The penalty λ per row. The weights are W = (XᵀX + λ n I)⁻¹ Xᵀ Y, where Y is centred and n is the number of rows.
    static let penalty = 1e-3

    let fit: ProbeFit
    let classifier: LinearClassifier

    /// Requires that no label is missing.
    init(_ data: ProbeData) {
        precondition(data.rows > 0 && data.labels.allSatisfy { $0 >= 0 }, "a ridge probe needs every label")
        let standardisation = Standardisation(data)
        let blocks = ProbeBlocks(data, standardisation)
        let (width, outputs, rows) = (data.width, data.tasks * data.classes, Double(data.rows))

        // Each feature has mean 0, so centring Y would not change XᵀY.
        var means = [Double](repeating: 0, count: outputs)
        var products = [Double](repeating: 0, count: width * outputs)
        var indicators = [Lanes](repeating: .zeros, count: outputs * ProbeBlocks.groups)
        var block = [Lanes](repeating: .zeros, count: outputs * width / 8)
        for index in 0..<blocks.count {
            for output in 0..<outputs {
                let start = blocks.labelPlace(index, task: output / data.classes)
                var sum = Lanes.zeros
                for group in 0..<ProbeBlocks.groups {
                    let hits = blocks.labels[start + group] .== Int32(output % data.classes)
                    let indicator = Lanes.zeros.replacing(with: 1, where: hits)
                    indicators[output * ProbeBlocks.groups + group] = indicator
                    sum += indicator
                }
                means[output] += Double(sum.sum()) / rows
            }
            multiply(
                into: &block, MatrixShape(rows: outputs, columns: width, rowStride: width), indicators,
                MatrixShape(rows: outputs, columns: ProbeBlocks.rows, rowStride: ProbeBlocks.rows), blocks.features,
                blocks.shape(index), transposingRight: true)
            for place in products.indices {
                let (output, feature) = (place % outputs, place / outputs)
                products[place] += Double(block[(output * width + feature) / 8][feature % 8])
            }
        }
        var gram = blocks.gram()
        for index in 0..<width { gram[index * width + index] += Self.penalty * rows }
        let solution = solvePositiveDefinite(gram, products, size: width, columns: outputs)
        fit = ProbeFit(passes: 1, gradientNorm: 0)
        classifier = LinearClassifier(
            standardisation: standardisation,
            weights: (0..<(outputs * width)).map { Float(solution[$0 % width * outputs + $0 / width]) },
            biases: means.map(Float.init))
    }

    func predictions(_ data: ProbeData) -> [Int32] { classifier.predictions(data) }
}
