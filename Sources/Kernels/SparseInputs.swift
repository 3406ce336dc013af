internal import Foundation

/// A batch of sparse samples: sample s has the entries `starts[s] ..< starts[s + 1]`.
struct SparseBatch {
    var samples: Int
    var features: Int
    /// (samples + 1)
    var starts: [Int32]
    /// The index of each entry in the row-major batch (samples, features), ascending.
    var positions: [Int32]
    /// The values of the entries. If every feature is active, they form the row-major batch (samples, features).
    var values: [Float]

    init(samples: Int, features: Int) {
        self.samples = samples
        self.features = features
        starts = [Int32](repeating: 0, count: samples + 1)
        positions = [Int32](repeating: 0, count: samples * features)
        let chunks = (samples * features + RandomStream.chunk - 1) / RandomStream.chunk
        values = [Float](repeating: 0, count: chunks * RandomStream.chunk)
    }

    func entries(_ sample: Int) -> Range<Int> {
        Int(starts[sample])..<Int(starts[sample + 1])
    }

    var isDense: Bool {
        Int(starts[samples]) == samples * features
    }
}

/// The inputs of a toy model of superposition. Each feature is 0 or, with probability `density`, uniform in [0, 1).
///
/// All batches are parts of one random sequence, in which the distance to the next active feature has a geometric
/// distribution.
struct SparseInputs {
    private let density: Double
    private let inverseLogarithm: Float
    private var gapStream: RandomStream
    private var valueStream: RandomStream
    private var gaps = [Int32](repeating: 0, count: 32 * RandomStream.chunk)
    private var nextGap = 1
    /// The position of the next active feature, counted from the start of the next batch.
    private var position = 0

    init(density: Double, seed: UInt64, name: String) {
        self.density = density
        inverseLogarithm = Float(1 / log1p(-density))
        gapStream = RandomStream(seed: seed, name: "\(name) gaps")
        valueStream = RandomStream(seed: seed, name: "\(name) values")
        if density < 1 {
            gapStream.fillGaps(&gaps, inverseLogarithm: inverseLogarithm)
            position = Int(gaps[0])
        }
    }

    /// Replaces the contents of the batch by the next `samples` samples.
    mutating func draw(_ batch: inout SparseBatch, samples: Int) {
        precondition(samples < batch.starts.count, "the batch has room")
        batch.samples = samples
        if density < 1 {
            drawActive(starts: &batch.starts, positions: &batch.positions, samples: samples, features: batch.features)
        } else {
            markAllActive(&batch)
        }
        valueStream.fillUniforms(&batch.values, count: Int(batch.starts[samples]))
    }

    private mutating func drawActive(starts: inout [Int32], positions: inout [Int32], samples: Int, features: Int) {
        let count = drawPositions(into: &positions, below: samples * features)
        var starts = starts.mutableSpan
        let positions = positions.span
        precondition(samples < starts.count && count <= positions.count, "the batch has room")
        starts.update(repeating: 0)
        // The loop is over entries, because the processor cannot predict how many entries a sample has.
        let divider = Divider(features, below: samples * features)
        for entry in 0..<count {
            let sample = unsafe divider.quotient(Int(positions[unchecked: entry]))
            unsafe starts[unchecked: sample &+ 1] = Int32(truncatingIfNeeded: entry &+ 1)
        }
        // A sample without entries ends where the sample before it ends.
        var end: Int32 = 0
        for sample in 1...samples {
            end = max(end, starts[sample])
            starts[sample] = end
        }
    }

    /// Draws the positions of the active features below `size`, which is the size of the batch. Returns the number of
    /// positions.
    private mutating func drawPositions(into positions: inout [Int32], below size: Int) -> Int {
        precondition(size <= positions.count, "the batch has room")
        var positions = positions.mutableSpan
        // Local variables are faster here, because each position depends on the one before it.
        var (position, nextGap) = (position, nextGap)
        var count = 0
        while position < size {
            unsafe positions[unchecked: count] = Int32(truncatingIfNeeded: position)
            count &+= 1
            if nextGap == gaps.count {
                gapStream.fillGaps(&gaps, inverseLogarithm: inverseLogarithm)
                nextGap = 0
            }
            position &+= 1 &+ Int(gaps[nextGap])
            nextGap &+= 1
        }
        (self.position, self.nextGap) = (position - size, nextGap)
        return count
    }

    private func markAllActive(_ batch: inout SparseBatch) {
        guard !batch.isDense else { return }
        for sample in 0...batch.samples { batch.starts[sample] = Int32(sample * batch.features) }
        for entry in 0..<(batch.samples * batch.features) { batch.positions[entry] = Int32(entry) }
    }
}

/// Division by a constant, as one multiplication.
private struct Divider {
    private let factor: Int

    /// Prepares the division of dividends below `bound`, which is at most 2²³.
    init(_ divisor: Int, below bound: Int) {
        precondition(divisor > 0 && bound <= 1 << 23)
        factor = (1 << 40) / divisor + 1
    }

    @inline(__always)
    func quotient(_ dividend: Int) -> Int {
        (dividend &* factor) &>> 40
    }
}
