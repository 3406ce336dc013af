import KernelInterface

/// Returns the loss curve up to the end of the training, or no picture for an untrained network.
func lossPictures(_ curve: [Float], steps: Int) -> [Picture] {
    guard let last = curve.lastIndex(where: { $0 != 0 }) else { return [] }
    let trained = curve[...last]
    let stretch =
        trained.count == curve.count
        ? "\(steps) steps" : "the first \(steps * trained.count / curve.count) of \(steps) steps"
    return [Picture("loss in nats over \(stretch) of training", .curve(values: trained.map(Double.init)))]
}
