/// The probabilities below and above a point. Each is accurate to its last digits, even if it is very small.
package struct Tails: Sendable, Equatable {
    package var lower: Double
    package var upper: Double

    static let allAbove = Tails(lower: 0, upper: 1)
    static let allBelow = Tails(lower: 1, upper: 0)

    var swapped: Tails { Tails(lower: upper, upper: lower) }
}

/// The tail to which a probability refers. If the probability is close to 1, the other tail cannot be computed from it
/// accurately.
package enum Tail: Sendable {
    case lower, upper

    func of(_ tails: Tails) -> Double {
        switch self {
        case .lower: tails.lower
        case .upper: tails.upper
        }
    }
}

/// Finds the point between two ends at which a decreasing function crosses zero, to the last bit of a `Double`.
///
/// Returns `lower` if the function is not positive there, and `upper` if it is positive there. Uses bisection, which
/// requires only that the function is decreasing.
func fallingRoot(between lower: Double, and upper: Double, _ function: (Double) -> Double) -> Double {
    guard function(lower) > 0 else { return lower }
    var (low, high) = (lower, upper)
    while true {
        let middle = low + (high - low) / 2
        guard middle > low, middle < high else { return high }
        if function(middle) > 0 { low = middle } else { high = middle }
    }
}

/// Returns the non-negative point at which a tail has the given probability.
func positiveQuantile(_ probability: Double, _ tail: Tail, _ tails: (Double) -> Tails) -> Double {
    guard probability > 0 else { return tail == .lower ? 0 : .infinity }
    guard probability < 1 else { return tail == .lower ? .infinity : 0 }
    func excess(_ point: Double) -> Double {
        switch tail {
        case .lower: probability - tails(point).lower
        case .upper: tails(point).upper - probability
        }
    }
    var end = 1.0
    while excess(end) > 0 && end.isFinite { end *= 2 }
    return fallingRoot(between: 0, and: end, excess)
}
