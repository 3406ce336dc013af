public import Ledger

extension Kernel {
    /// How the loss fell, of any kernel that keeps a `TrainedTransformer` first in its checkpoint.
    public func pictures(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [Picture] {
        let (header, floats) = try Checkpoint.read(checkpoint)
        guard header.contains(": transformer of "), floats.count >= LossCurve.pointCount else { return [] }
        return [
            lossPicture(
                Array(floats.prefix(LossCurve.pointCount)), steps: job.config.values["steps"].flatMap { Int($0) })
        ]
    }
}

func lossPicture(_ curve: [Float], steps: Int?) -> Picture {
    Picture(
        "loss in nats over \(steps.map { "\($0) steps of " } ?? "")training", .curve(values: curve.map(Double.init)))
}
