/// Standardised features and labels in blocks of rows, with the rows of a block side by side in lanes.
///
/// In the last block, rows without data have features 0 and no labels.
struct ProbeBlocks {
    static let rows = 256
    static let groups = rows / 8

    let width: Int
    let tasks: Int
    let count: Int
    /// (blocks, width, block rows)
    let features: [Lanes]
    /// (blocks, tasks, block rows)
    let labels: [SIMD8<Int32>]

    init(_ data: ProbeData, _ standardisation: Standardisation) {
        (width, tasks) = (data.width, data.tasks)
        count = (data.rows + Self.rows - 1) / Self.rows
        let standardised = standardisation.standardised(data)
        var features = [Lanes](repeating: .zeros, count: count * width * Self.groups)
        var labels = [SIMD8<Int32>](repeating: SIMD8(repeating: -1), count: count * tasks * Self.groups)
        for block in 0..<count {
            let start = block * Self.rows
            let rows = min(Self.rows, data.rows - start)
            transpose(
                into: &features,
                MatrixShape(rows: width, columns: rows, rowStride: Self.rows, offset: block * width * Self.rows),
                standardised, MatrixShape(rows: rows, columns: width, rowStride: width, offset: start * width))
            for task in 0..<tasks {
                for row in 0..<rows {
                    labels[(block * tasks + task) * Self.groups + row / 8][row % 8] =
                        data.labels[(start + row) * tasks + task]
                }
            }
        }
        (self.features, self.labels) = (features, labels)
    }

    /// The place of a task's labels in a block.
    func labelPlace(_ block: Int, task: Int) -> Int { (block * tasks + task) * Self.groups }

    /// The features of a block: (width, block rows).
    func shape(_ block: Int) -> MatrixShape {
        MatrixShape(rows: width, columns: Self.rows, rowStride: Self.rows, offset: block * width * Self.rows)
    }

    /// Computes the logits without biases of a block (outputs, block rows) from weights (outputs, width).
    func logits(into logits: inout [Lanes], _ weights: [Float], block: Int) {
        let outputs = weights.count / width
        multiply(
            into: &logits, MatrixShape(rows: outputs, columns: Self.rows, rowStride: Self.rows), weights,
            MatrixShape(rows: outputs, columns: width, rowStride: width), features, shape(block))
    }

    /// Returns XᵀX (width, width).
    func gram() -> [Double] {
        var sums = [Double](repeating: 0, count: width * width)
        var product = [Lanes](repeating: .zeros, count: width * width / 8)
        for block in 0..<count {
            multiply(
                into: &product, MatrixShape(rows: width, columns: width, rowStride: width), features, shape(block),
                features, shape(block), transposingRight: true)
            for place in sums.indices { sums[place] += Double(product[place / 8][place % 8]) }
        }
        return sums
    }
}

/// Replaces logits without biases (slots, classes, block rows) by the gradient of the cross-entropy with respect to the
/// logits, which is softmax - one-hot label. It is 0 in rows without a label.
///
/// Adds the sum of the gradient over the rows to the gradients of the biases (slots, classes), and the cross-entropy of
/// each slot to the losses (slots). The labels of slot s start at `labelPlaces[s]`.
func crossEntropy(
    _ logits: inout [Lanes], biases: [Float], labels: [SIMD8<Int32>], labelPlaces: [Int],
    biasGradients: inout [Double], losses: inout [Double]
) {
    let groups = ProbeBlocks.groups
    let classes = biases.count / labelPlaces.count
    precondition(logits.count >= biases.count * groups && biasGradients.count == biases.count)
    precondition(losses.count == labelPlaces.count && biases.count == classes * losses.count)
    var logits = logits.mutableSpan
    let biases = biases.span
    for slot in labelPlaces.indices {
        let labels = labels.span.extracting(labelPlaces[slot]..<(labelPlaces[slot] + groups))
        let start = slot * classes * groups
        var loss = Lanes.zeros
        for group in 0..<groups {
            let label = unsafe labels[unchecked: group]
            var largest = Lanes(repeating: -.infinity)
            var target = Lanes.zeros
            for index in 0..<classes {
                let place = start + index * groups + group
                let logit = unsafe logits[unchecked: place] + biases[unchecked: slot * classes + index]
                unsafe logits[unchecked: place] = logit
                largest = largest.maximum(logit)
                target.replace(with: logit, where: label .== Int32(index))
            }
            var sum = Lanes.zeros
            for index in 0..<classes {
                let place = start + index * groups + group
                let power = unsafe (logits[unchecked: place] - largest).exponential
                unsafe logits[unchecked: place] = power
                sum += power
            }
            loss += (sum.naturalLogarithm + largest - target).replacing(with: 0, where: label .< 0)
            let factor = (1 / sum).replacing(with: 0, where: label .< 0)
            for index in 0..<classes {
                let place = start + index * groups + group
                let hit = Lanes.zeros.replacing(with: 1, where: label .== Int32(index))
                unsafe logits[unchecked: place] = logits[unchecked: place] * factor - hit
            }
        }
        for index in 0..<classes {
            var sum = Lanes.zeros
            for group in 0..<groups { unsafe sum += logits[unchecked: start + index * groups + group] }
            biasGradients[slot * classes + index] += Double(sum.sum())
        }
        losses[slot] += Double(loss.sum())
    }
}

/// Appends the class with the largest logit of each row and task to `predictions` (rows, tasks). Logits without biases
/// are (tasks, classes, block rows).
func appendLargestClasses(
    to predictions: inout [Int32], _ logits: [Lanes], biases: [Float], tasks: Int, rows: Int
) {
    let classes = biases.count / tasks
    for row in 0..<rows {
        for task in 0..<tasks {
            var best = (label: 0, logit: -Float.infinity)
            for label in 0..<classes {
                let output = task * classes + label
                let logit = logits[output * ProbeBlocks.groups + row / 8][row % 8] + biases[output]
                if logit > best.logit { best = (label, logit) }
            }
            predictions.append(Int32(best.label))
        }
    }
}
