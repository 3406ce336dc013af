/// Logits that are linear functions of standardised features.
struct LinearClassifier {
    let standardisation: Standardisation
    /// (tasks · classes, width) and (tasks · classes)
    let weights: [Float]
    let biases: [Float]

    func predictions(_ data: ProbeData) -> [Int32] {
        let blocks = ProbeBlocks(data, standardisation)
        var logits = [Lanes](repeating: .zeros, count: biases.count * ProbeBlocks.groups)
        var predictions: [Int32] = []
        for block in 0..<blocks.count {
            blocks.logits(into: &logits, weights, block: block)
            appendLargestClasses(
                to: &predictions, logits, biases: biases, tasks: data.tasks,
                rows: min(ProbeBlocks.rows, data.rows - block * ProbeBlocks.rows))
        }
        return predictions
    }

    /// Returns the unit direction (width) from one output to another. It is the direction of the gradient of the
    /// difference between their logits.
    func direction(from: Int, to: Int) -> [Lanes] {
        let width = weights.count / biases.count
        let difference = (0..<width).map { weights[to * width + $0] - weights[from * width + $0] }
        return unit(standardisation.scaled(lanes(difference)))
    }
}

/// Returns the vector scaled to length 1; a zero vector stays zero.
func unit(_ vector: [Lanes]) -> [Lanes] {
    let square = vector.reduce(Float(0)) { $0 + ($1 * $1).sum() }
    return square > 0 ? vector.map { $0 / square.squareRoot() } : vector
}
