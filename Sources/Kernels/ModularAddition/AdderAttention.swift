/// The attention of `=` to the three tokens of `a b =`. Queries, keys and values are computed once for each place. A
/// place is a token with its position (see `AdderPass`).
///
/// Shapes: queryKeyValue (places, 3d), scores (places, heads padded), probabilities (n, 3, heads padded), mixed (n, d).
struct AdderAttention {
    private let modulus: Int
    private let heads: Int
    // Sizes in lane groups.
    private let width: Int
    private let headWidth: Int
    private let paddedHeads: Int

    init(_ shape: TransformerShape, modulus: Int) {
        self.modulus = modulus
        heads = shape.heads
        (width, headWidth, paddedHeads) = (shape.width / 8, shape.headWidth / 8, laneGroups(shape.heads))
    }

    /// The places of the three tokens.
    @inline(__always)
    private func places(_ pair: Int) -> InlineArray<3, Int> {
        [pair / modulus, modulus + pair % modulus, 2 * modulus]
    }

    /// Computes the probabilities, and with them the mean values for each pair. The lanes of a probability are heads.
    func attend(
        into mixed: inout [Lanes], probabilities: inout [Lanes], scores: [Lanes], queryKeyValue: [Lanes],
        _ pairs: ArraySlice<Int>
    ) {
        let scores = scores.span
        let values = queryKeyValue.span
        var probabilities = probabilities.mutableSpan
        var mixed = mixed.mutableSpan
        for (row, pair) in pairs.enumerated() {
            let places = places(pair)
            for group in 0..<paddedHeads {
                let own = InlineArray<3, Lanes> { scores[places[$0] * paddedHeads + group] }
                let largest = own[0].maximum(own[1]).maximum(own[2])
                let powers = InlineArray<3, Lanes> { (own[$0] - largest).exponential }
                let inverse = 1 / (powers[0] + powers[1] + powers[2])
                for k in 0..<3 { probabilities[(3 * row + k) * paddedHeads + group] = powers[k] * inverse }
            }
            for head in 0..<heads {
                for group in (head * headWidth)..<((head + 1) * headWidth) {
                    var sum = Lanes.zeros
                    for k in 0..<3 {
                        let factor = probabilities[(3 * row + k) * paddedHeads + head / 8][head % 8]
                        let value = values[places[k] * 3 * width + 2 * width + group]
                        sum = sum.addingProduct(Lanes(repeating: factor), value)
                    }
                    mixed[row * width + group] = sum
                }
            }
        }
    }

    /// Adds to the gradients of values (in the layout of `queryKeyValue`) and of scores:
    /// dS = P ∘ (dP - Σ P ∘ dP), with dP = dmixed · Vᵀ.
    func attendBackward(
        adding queryKeyValueGradient: inout [Lanes], scoreGradient: inout [Lanes], _ dmixed: [Lanes],
        probabilities: [Lanes], queryKeyValue: [Lanes], _ pairs: ArraySlice<Int>
    ) {
        let probabilities = probabilities.span
        let values = queryKeyValue.span
        let dmixed = dmixed.span
        var valueGradient = queryKeyValueGradient.mutableSpan
        var scoreGradient = scoreGradient.mutableSpan
        for (row, pair) in pairs.enumerated() {
            let places = places(pair)
            for head in 0..<heads {
                let own = InlineArray<3, Float> { probabilities[(3 * row + $0) * paddedHeads + head / 8][head % 8] }
                var products = InlineArray<3, Lanes>(repeating: .zeros)
                for group in (head * headWidth)..<((head + 1) * headWidth) {
                    let gradient = dmixed[row * width + group]
                    for k in 0..<3 {
                        let value = places[k] * 3 * width + 2 * width + group
                        products[k] = products[k].addingProduct(gradient, values[value])
                        valueGradient[value] = valueGradient[value].addingProduct(gradient, Lanes(repeating: own[k]))
                    }
                }
                let sums = InlineArray<3, Float> { products[$0].sum() }
                let mean = own[0] * sums[0] + own[1] * sums[1] + own[2] * sums[2]
                for k in 0..<3 {
                    scoreGradient[places[k] * paddedHeads + head / 8][head % 8] += own[k] * (sums[k] - mean)
                }
            }
        }
    }
}
