import KernelInterface

extension Kernel {
    /// How the loss fell, of any kernel that keeps a `TrainedTransformer` first in its checkpoint.
    package func pictures(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [Picture] {
        let (header, floats) = try Checkpoint.read(checkpoint)
        guard header.contains(": transformer of "), floats.count >= LossCurve.pointCount else { return [] }
        return lossPictures(
            Array(floats.prefix(LossCurve.pointCount)), steps: job.config.values["steps"].flatMap { Int($0) })
    }
}

/// As far as the training went; none of a network that was not trained.
func lossPictures(_ curve: [Float], steps: Int?) -> [Picture] {
    guard let last = curve.lastIndex(where: { $0 != 0 }) else { return [] }
    let trained = curve[...last]
    let stretch =
        steps.map { steps in
            trained.count == curve.count
                ? "\(steps) steps of " : "the first \(steps * trained.count / curve.count) of \(steps) steps of "
        } ?? ""
    return [Picture("loss in nats over \(stretch)training", .curve(values: trained.map(Double.init)))]
}
