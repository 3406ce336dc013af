internal import Foundation

/// The loss and accuracy of a batch's predictions.
struct PredictionScore {
    /// Σ -log p(target), in nats.
    var loss = 0.0
    var count = 0
    var correct = 0
}

/// Replaces the logits (R, V padded) of rows with a target by dL/dlogits = scale · weight · (softmax - one-hot target),
/// and all other elements, including the padding, by 0. Adds the unweighted loss and accuracy to the score. A negative
/// target means that the row has none.
func crossEntropy(
    _ logits: inout [Lanes], targets: ArraySlice<Int32>, weights: ArraySlice<Float>, vocabulary: Int, scale: Float,
    score: inout PredictionScore
) {
    let groups = laneGroups(vocabulary)
    precondition(logits.count >= targets.count * groups && weights.count == targets.count)
    var logits = logits.mutableSpan
    for (row, (target, weight)) in zip(targets, weights).enumerated() {
        let start = row * groups
        let scale = scale * weight
        guard target >= 0 else {
            for group in 0..<groups { logits[start + group] = .zeros }
            continue
        }
        let place = start + Int(target) / 8
        let targetLogit = logits[place][Int(target) % 8]
        let (largest, sum) = exponentiate(&logits, start: start, count: vocabulary)
        score.loss += Double(log(sum) - (targetLogit - largest))
        score.count += 1
        score.correct += targetLogit == largest ? 1 : 0
        let factor = Lanes(repeating: scale / sum)
        for group in 0..<groups { logits[start + group] *= factor }
        logits[place][Int(target) % 8] -= scale
    }
}

/// Replaces the first `count` floats from lane group `start` by e^(x - largest), and the rest of the last group by 0.
@inline(__always)
func exponentiate(_ x: inout MutableSpan<Lanes>, start: Int, count: Int) -> (largest: Float, sum: Float) {
    let groups = laneGroups(count)
    precondition(count > 0 && start >= 0 && start + groups <= x.count)
    let last = start + groups - 1
    let isPadding = (laneNumbers &+ Int32(8 * (groups - 1))) .>= SIMD8<Int32>(repeating: Int32(count))
    unsafe x[unchecked: last] = x[unchecked: last].replacing(with: -.infinity, where: isPadding)
    var most = unsafe x[unchecked: start]
    for group in 1..<max(groups, 1) { unsafe most = most.maximum(x[unchecked: start + group]) }
    let largest = most.largest
    var sum = Lanes.zeros
    for group in 0..<groups {
        let value = unsafe (x[unchecked: start + group] - largest).exponential
        if group < groups - 1 {
            unsafe x[unchecked: start + group] = value
            sum += value
        } else {
            let masked = value.replacing(with: 0, where: isPadding)
            unsafe x[unchecked: last] = masked
            sum += masked
        }
    }
    return (largest, sum.sum())
}
