internal import Foundation

/// Samples of which most features are zero: sample s has the entries `starts[s] ..< starts[s + 1]`.
struct SparseBatch {
    var samples: Int
    var features: Int
    /// (samples + 1)
    var starts: [Int32]
    /// Which feature an entry belongs to, increasing within a sample.
    var indices: [Int32]
    /// The entries' values; where every feature is active, the whole batch (samples, features) row by row.
    var values: [Float]

    init(samples: Int, features: Int) {
        self.samples = samples
        self.features = features
        starts = [Int32](repeating: 0, count: samples + 1)
        indices = [Int32](repeating: 0, count: samples * features)
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

/// The inputs of a toy model of superposition: each feature is zero, or with probability `density` uniform in [0, 1).
///
/// Batches continue one endless sequence, in which the distance to the next active feature is geometric.
struct SparseInputs {
    private let density: Double
    private let inverseLogarithm: Float
    private var gapStream: RandomStream
    private var valueStream: RandomStream
    private var gaps = [Int32](repeating: 0, count: 32 * RandomStream.chunk)
    private var nextGap = 1
    /// Of the next active feature, counted from the start of the next batch.
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

    /// Replaces the batch by the next one, of `samples` samples.
    mutating func draw(_ batch: inout SparseBatch, samples: Int) {
        precondition(samples < batch.starts.count, "the batch has room")
        batch.samples = samples
        if density < 1 {
            drawActive(starts: &batch.starts, indices: &batch.indices, samples: samples, features: batch.features)
        } else {
            markAllActive(&batch)
        }
        valueStream.fillUniforms(&batch.values, count: Int(batch.starts[samples]))
    }

    private mutating func drawActive(starts: inout [Int32], indices: inout [Int32], samples: Int, features: Int) {
        precondition(indices.count >= samples * features, "the batch has room")
        var starts = starts.mutableSpan
        var indices = indices.mutableSpan
        // In local variables, since each entry waits for what the one before it left there.
        var (position, nextGap) = (position, nextGap)
        var count = 0
        for sample in 0..<samples {
            starts[sample] = Int32(truncatingIfNeeded: count)
            while position < features {
                unsafe indices[unchecked: count] = Int32(truncatingIfNeeded: position)
                count += 1
                if nextGap == gaps.count {
                    gapStream.fillGaps(&gaps, inverseLogarithm: inverseLogarithm)
                    nextGap = 0
                }
                position += 1 + Int(gaps[nextGap])
                nextGap += 1
            }
            position -= features
        }
        starts[samples] = Int32(truncatingIfNeeded: count)
        (self.position, self.nextGap) = (position, nextGap)
    }

    private func markAllActive(_ batch: inout SparseBatch) {
        guard !batch.isDense else { return }
        for sample in 0...batch.samples {
            batch.starts[sample] = Int32(sample * batch.features)
        }
        for entry in 0..<(batch.samples * batch.features) {
            batch.indices[entry] = Int32(entry % batch.features)
        }
    }
}
