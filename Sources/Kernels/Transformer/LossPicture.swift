import KernelInterface

/// How the loss fell, as far as the training went; no picture of a network that was not trained.
func lossPictures(_ curve: [Float], steps: Int) -> [Picture] {
    guard let last = curve.lastIndex(where: { $0 != 0 }) else { return [] }
    let trained = curve[...last]
    let stretch =
        trained.count == curve.count
        ? "\(steps) steps" : "the first \(steps * trained.count / curve.count) of \(steps) steps"
    return [Picture("loss in nats over \(stretch) of training", .curve(values: trained.map(Double.init)))]
}
