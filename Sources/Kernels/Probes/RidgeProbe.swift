/// Ridge regression of class indicators on standardised features (Hoerl and Kennard 1970).
struct RidgeProbe: Probe {
    /// The penalty λ per row. The weights are W = (XᵀX + λ n I)⁻¹ Xᵀ Y, where Y is centred and n is the number of rows.
    static let penalty = 1e-3

    private let standardisation: Standardisation
    /// (width, tasks · classes padded)
    private(set) var weights: [Lanes]
    /// The frequency of each class (tasks · classes padded).
    private let means: [Lanes]
    private let columns: Int

    /// Requires that no label is missing.
    init(_ data: ProbeData) {
        standardisation = Standardisation(data)
        let features = standardisation.standardised(data)
        let width = data.width
        let padded = 8 * laneGroups(data.classes)
        columns = data.tasks * padded
        precondition(data.rows > 0 && data.labels.allSatisfy { $0 >= 0 }, "a ridge probe needs every label")

        var means = [Double](repeating: 0, count: columns)
        var gram = [Double](repeating: 0, count: width * width)
        var products = [Double](repeating: 0, count: width * columns)
        let blockRows = 1024
        var indicators = [Lanes](repeating: .zeros, count: blockRows * columns / 8)
        var block = [Lanes](repeating: .zeros, count: width * max(width, columns) / 8)
        for start in stride(from: 0, to: data.rows, by: blockRows) {
            let rows = min(blockRows, data.rows - start)
            for group in indicators.indices { indicators[group] = .zeros }
            for row in 0..<rows {
                for task in 0..<data.tasks {
                    let column = task * padded + Int(data.labels[(start + row) * data.tasks + task])
                    let place = row * columns + column
                    indicators[place / 8][place % 8] = 1
                    means[column] += 1 / Double(data.rows)
                }
            }
            let x = MatrixShape(rows: rows, columns: width, rowStride: width, offset: start * width)
            func add(_ sums: inout [Double], _ right: [Lanes], _ rightShape: MatrixShape) {
                let shape = MatrixShape(rows: width, columns: rightShape.columns, rowStride: rightShape.columns)
                multiply(into: &block, shape, features, x, right, rightShape, transposingLeft: true)
                for place in sums.indices { sums[place] += Double(block[place / 8][place % 8]) }
            }
            add(&gram, features, x)
            add(&products, indicators, MatrixShape(rows: rows, columns: columns, rowStride: columns))
        }
        // Each feature has mean 0, so centring Y would not change XᵀY.
        for index in 0..<width { gram[index * width + index] += Self.penalty * Double(data.rows) }
        let solution = solvePositiveDefinite(gram, products, size: width, columns: columns)
        weights = lanes(solution)
        self.means = lanes(means)
    }

    func predictions(_ data: ProbeData) -> [Int32] {
        let features = standardisation.standardised(data)
        var logits = [Lanes](repeating: .zeros, count: data.rows * columns / 8)
        for row in 0..<data.rows {
            for group in means.indices { logits[row * means.count + group] = means[group] }
        }
        multiply(
            into: &logits, MatrixShape(rows: data.rows, columns: columns, rowStride: columns), features,
            MatrixShape(rows: data.rows, columns: data.width, rowStride: data.width), weights,
            MatrixShape(rows: data.width, columns: columns, rowStride: columns), accumulating: true)
        return largestClasses(logits, data, rows: data.rows)
    }
}
