internal import CVectors

/// The samples of a batch that have an active feature, as columns: x (blocks, n, block groups, 16 samples).
struct SampleColumns {
    let features: Int
    /// The number of groups of sixteen samples in a block, whose activations stay in the cache.
    let blockGroups: Int
    /// The number of groups that contain samples.
    private(set) var groups = 0
    private(set) var x: [Float]

    init(features: Int, samples: Int, blockGroups: Int) {
        self.features = features
        self.blockGroups = blockGroups
        let blocks = (samples + 16 * blockGroups - 1) / (16 * blockGroups)
        x = [Float](repeating: 0, count: blocks * features * blockGroups * 16)
    }

    /// Packs the samples of a batch. The last group is padded with samples without active features.
    mutating func pack(_ batch: SparseBatch) {
        precondition(batch.features == features && batch.samples * features <= x.count, "each entry has a place")
        let (blockSize, stride, count) = (16 * blockGroups, 16 * blockGroups, features)
        var x = x.mutableSpan
        x.update(repeating: 0)
        let positions = batch.positions.span
        let values = batch.values.span
        precondition(Int(batch.starts[batch.samples]) <= min(positions.count, values.count))
        var column = 0
        for sample in 0..<batch.samples {
            let entries = batch.entries(sample)
            if entries.isEmpty { continue }
            let place = column / blockSize * count * stride + column % blockSize
            let first = count * sample
            for entry in entries {
                let feature = unsafe Int(positions[unchecked: entry]) &- first
                unsafe x[unchecked: place &+ feature &* stride] = values[unchecked: entry]
            }
            column += 1
        }
        groups = (column + 15) / 16
    }
}

/// The gradient of the mean of I_i (y_i - x_i)² over the samples and features of a batch. The lanes of a register
/// contain samples.
///
/// Samples without an active feature are not computed one by one, because they all have the same gradient. It is zero
/// except for b.
struct ColumnGradient {
    private let features: Int
    /// m + 1: the biases belong to a hidden dimension that is always 1.
    private let columns: Int
    private let blockGroups: Int
    // The activations of a block: h and dL/dh (m + 1, block groups, 16), and dL/dz (n, block groups, 16).
    private var hidden: [Float]
    private var hiddenGradient: [Float]
    private var outputGradient: [Float]
    /// The gradient before the sum over the lanes (n, m + 1, 16).
    private var sums: [Float]
    /// The sums of two lane groups (n (m + 1), 8), and their transpose (8, n (m + 1) padded).
    private var halves: [Lanes]
    private var transposed: [Lanes]
    /// dL/dWᵀ and dL/db (n, m + 1)
    private(set) var weights: [Row<1>]

    init(features: Int, dimensions: Int, blockGroups: Int) {
        self.features = features
        columns = dimensions + 1
        self.blockGroups = blockGroups
        hidden = [Float](repeating: 1, count: columns * blockGroups * 16)
        hiddenGradient = [Float](repeating: 0, count: columns * blockGroups * 16)
        outputGradient = [Float](repeating: 0, count: features * blockGroups * 16)
        let count = features * columns
        sums = [Float](repeating: 0, count: 16 * count)
        halves = [Lanes](repeating: .zeros, count: count)
        transposed = [Lanes](repeating: .zeros, count: 8 * laneGroups(count))
        weights = [Row<1>](repeating: Row(), count: laneGroups(count))
    }

    mutating func compute(_ batch: SampleColumns, samples: Int, _ learner: ColumnLearner) {
        precondition(batch.features == features && batch.blockGroups == blockGroups, "the same blocks")
        for place in sums.indices { sums[place] = 0 }
        for first in stride(from: 0, to: batch.groups, by: blockGroups) {
            add(batch.x, start: 16 * first * features, groups: min(blockGroups, batch.groups - first), learner)
        }
        sumLanes()
        let emptySamples = Float(samples - 16 * batch.groups)
        for i in 0..<features {
            let place = i * columns + columns - 1
            let gradient = max(learner.parameters.values[place / 8][0][place % 8], 0) * learner.errorScale[i]
            weights[place / 8][0][place % 8] += emptySamples * gradient
        }
    }

    /// Adds the gradient of one block. With g = dL/dz, dL/dW_i = Σ g_i h + (Σ_j g_j W_j) x_i and dL/db = Σ g.
    private mutating func add(_ x: [Float], start: Int, groups: Int, _ learner: ColumnLearner) {
        let size = features * blockGroups * 16
        precondition(start >= 0 && start + size <= x.count && outputGradient.count == size)
        precondition(hidden.count == columns * blockGroups * 16 && hiddenGradient.count == hidden.count)
        precondition(sums.count == 16 * features * columns)
        precondition(8 * learner.parameters.values.count >= features * columns)
        let (features, columns, groups) = (self.features, self.columns, groups)
        let stride = blockGroups
        unsafe learner.parameters.values.withUnsafeBytes { bytes in
            let weights = unsafe bytes.baseAddress!.assumingMemoryBound(to: Float.self)
            unsafe x.withUnsafeBufferPointer { x in
                let x = unsafe x.baseAddress! + start
                unsafe arbor_column_product(
                    &hidden, x, weights, 1, columns, columns - 1, features, groups, stride)
                unsafe arbor_column_product(
                    &outputGradient, hidden, weights, columns, 1, features, columns, groups, stride)
                unsafe arbor_column_errors(&outputGradient, x, learner.errorScale, features, groups, stride)
                unsafe arbor_column_product(
                    &hiddenGradient, outputGradient, weights, 1, columns, columns - 1, features, groups, stride)
                unsafe arbor_column_sums(
                    &sums, outputGradient, hidden, x, hiddenGradient, features, columns, groups, stride)
            }
        }
    }

    private mutating func sumLanes() {
        let count = halves.count
        unsafe sums.withUnsafeBytes { bytes in
            for place in 0..<count {
                halves[place] =
                    unsafe bytes.loadUnaligned(fromByteOffset: 64 * place, as: Lanes.self)
                    + bytes.loadUnaligned(fromByteOffset: 64 * place + 32, as: Lanes.self)
            }
        }
        let padded = 8 * laneGroups(count)
        transpose(
            into: &transposed, MatrixShape(rows: 8, columns: count, rowStride: padded), halves,
            MatrixShape(rows: count, columns: 8, rowStride: 8))
        for group in weights.indices {
            var sum = transposed[group]
            for lane in 1..<8 { sum += transposed[lane * weights.count + group] }
            weights[group][0] = sum
        }
    }
}
