/// The gradient of the mean of I_i (y_i - x_i)² over the samples and features of a batch.
///
/// Samples are processed in blocks, whose inputs and gradients stay in the L1 cache.
struct WideGradient<let width: Int> {
    /// dL/dWᵀ and dL/db (n padded to fours, m + 1)
    private(set) var weights: [Row<width>]
    /// Wᵀ and b by panels of sixteen features (n / 16, m + 1, 16)
    private var panels: [Row<2>]

    init(_ learner: WideLearner<width>) {
        weights = learner.weights.values
        panels = [Row<2>](repeating: Row(), count: learner.errorScale.count * (learner.dimensions + 1))
    }

    mutating func compute(_ batch: SparseBatch, _ learner: WideLearner<width>) {
        pack(learner)
        Self.backpropagate(into: &weights, panels, batch, learner)
    }

    private mutating func pack(_ learner: WideLearner<width>) {
        var span = panels.mutableSpan
        var panels = unsafe span.mutableBytes
        let weights = unsafe learner.weights.values.span.bytes
        let columns = learner.dimensions + 1
        for i in 0..<learner.features {
            for k in 0..<columns {
                let value = unsafe weights.unsafeLoad(fromByteOffset: 4 * (8 * width * i + k), as: Float.self)
                let place = 16 * (columns * (i / 16) + k) + i % 16
                panels.storeBytes(of: value, toByteOffset: 4 * place, as: Float.self)
            }
        }
    }

    private static func backpropagate(
        into gradient: inout [Row<width>], _ panels: [Row<2>], _ batch: SparseBatch, _ learner: WideLearner<width>
    ) {
        // x and dL/dz (block, n); h and dL/dh (block, m + 1)
        var inputRows = [Row<2>](repeating: Row(), count: blockSize * learner.errorScale.count)
        var outputGradientRows = inputRows
        var hiddenRows = [Row<width>](repeating: Row(), count: blockSize)
        var hiddenGradientRows = hiddenRows
        var inputs = inputRows.mutableSpan
        var outputGradient = outputGradientRows.mutableSpan
        var hidden = hiddenRows.mutableSpan
        var hiddenGradient = hiddenGradientRows.mutableSpan
        var gradient = gradient.mutableSpan
        gradient.update(repeating: Row())
        let weights = learner.weights.values.span
        for first in stride(from: 0, to: batch.samples, by: blockSize) {
            let samples = first..<min(first + blockSize, batch.samples)
            inputs.update(repeating: Row())
            if batch.isDense {
                copyInputs(into: &inputs, batch, samples)
                multiply(into: &hidden, inputs.span, weights)
            } else {
                computeHidden(into: &hidden, &inputs, batch, samples, weights)
            }
            for s in 0..<samples.count { hidden[s][element: learner.dimensions] = 1 }
            // Rows past the batch have z = 0 and no active feature.
            for s in samples.count..<blockSize { hidden[s] = Row() }
            computeOutputGradient(
                into: &outputGradient, hidden.span, inputs.span, panels.span, learner.errorScale.span)
            multiply(into: &hiddenGradient, outputGradient.span, weights)
            for s in 0..<blockSize { hiddenGradient[s][element: learner.dimensions] = 0 }
            addProduct(into: &gradient, outputGradient.span, hidden.span)
            if batch.isDense {
                addProduct(into: &gradient, inputs.span, hiddenGradient.span)
            } else {
                addSparseProduct(into: &gradient, batch, samples, hiddenGradient.span)
            }
        }
    }

    /// Copies x into a zeroed block.
    private static func copyInputs(
        into inputs: inout MutableSpan<Row<2>>, _ batch: SparseBatch, _ samples: Range<Int>
    ) {
        let rowSize = inputs.count / blockSize * 64
        var inputs = unsafe inputs.mutableBytes
        let values = batch.values.span
        precondition(samples.count <= blockSize && 4 * batch.features <= rowSize)
        precondition(samples.upperBound * batch.features <= values.count)
        for sample in samples {
            let (from, to) = (batch.features * sample, rowSize * (sample - samples.lowerBound))
            for i in 0..<batch.features {
                unsafe inputs.storeBytes(
                    of: values[unchecked: from &+ i], toUncheckedByteOffset: to &+ 4 &* i, as: Float.self)
            }
        }
    }

    /// Computes h = W x from the active features, and copies x into a zeroed block.
    private static func computeHidden(
        into hidden: inout MutableSpan<Row<width>>, _ inputs: inout MutableSpan<Row<2>>, _ batch: SparseBatch,
        _ samples: Range<Int>, _ weights: Span<Row<width>>
    ) {
        let rowSize = inputs.count / blockSize * 64
        var inputs = unsafe inputs.mutableBytes
        let positions = batch.positions.span
        let values = batch.values.span
        for sample in samples {
            let row = rowSize * (sample - samples.lowerBound)
            let first = batch.features * sample
            var sum = Row<width>()
            for entry in batch.entries(sample) {
                let i = unsafe Int(positions[unchecked: entry]) &- first
                let x = unsafe values[unchecked: entry]
                sum.add(x, times: weights[i])
                inputs.storeBytes(of: x, toByteOffset: row &+ 4 &* i, as: Float.self)
            }
            hidden[sample - samples.lowerBound] = sum
        }
    }

    /// Computes z = Wᵀ h + b, then dL/dz = (2 I / samples n) (z - x) where z > 0, and 0 elsewhere.
    private static func computeOutputGradient(
        into outputGradient: inout MutableSpan<Row<2>>, _ hidden: Span<Row<width>>, _ inputs: Span<Row<2>>,
        _ panels: Span<Row<2>>, _ errorScale: Span<Row<2>>
    ) {
        let columns = panels.count / errorScale.count
        for panel in 0..<errorScale.count {
            let scale = errorScale[panel]
            let weights = panels.extracting(columns * panel..<columns * (panel + 1))
            for first in stride(from: 0, to: blockSize, by: 4) {
                var z = FourRows<2>()
                z.addProduct(hidden, start: 8 * width * first, rowStride: 8 * width, columnStride: 1, weights)
                for s in 0..<4 {
                    let place = errorScale.count * (first + s) + panel
                    let x = inputs[place]
                    var gradient = Row<2>()
                    for j in 0..<2 {
                        let error = (z.rows[s][j] - x[j]) * scale[j]
                        gradient[j] = Lanes.zeros.replacing(with: error, where: z.rows[s][j] .> Lanes.zeros)
                    }
                    outputGradient[place] = gradient
                }
            }
        }
    }

    /// Computes out = W a for each sample of a block. This gives h from x, or dL/dh from dL/dz.
    private static func multiply(
        into out: inout MutableSpan<Row<width>>, _ a: Span<Row<2>>, _ weights: Span<Row<width>>
    ) {
        let rowSize = a.count / blockSize * 16
        for first in stride(from: 0, to: blockSize, by: 4) {
            var sums = FourRows<width>()
            sums.addProduct(a, start: rowSize * first, rowStride: rowSize, columnStride: 1, weights)
            for s in 0..<4 { out[first + s] = sums.rows[s] }
        }
    }

    /// Adds Σ a_i b over the samples of a block to out_i. This gives dL/dW from dL/dz and h, or from x and dL/dh.
    private static func addProduct(into out: inout MutableSpan<Row<width>>, _ a: Span<Row<2>>, _ b: Span<Row<width>>) {
        let rowSize = a.count / blockSize * 16
        for first in stride(from: 0, to: out.count, by: 4) {
            var sums = FourRows<width>(rows: InlineArray { out[first + $0] })
            sums.addProduct(a, start: first, rowStride: 1, columnStride: rowSize, b)
            for i in 0..<4 { out[first + i] = sums.rows[i] }
        }
    }

    /// Adds Σ x_i b over the samples of a block to out_i, where feature i is active.
    private static func addSparseProduct(
        into out: inout MutableSpan<Row<width>>, _ batch: SparseBatch, _ samples: Range<Int>, _ b: Span<Row<width>>
    ) {
        let positions = batch.positions.span
        let values = batch.values.span
        for sample in samples {
            let row = b[sample - samples.lowerBound]
            let first = batch.features * sample
            for entry in batch.entries(sample) {
                let i = unsafe Int(positions[unchecked: entry]) &- first
                unsafe out[i].add(values[unchecked: entry], times: row)
            }
        }
    }
}

/// The number of samples in a block, a multiple of four.
private let blockSize = 16
