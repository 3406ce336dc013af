/// Minimises a smooth convex function with L-BFGS (Nocedal and Wright 2006, algorithm 7.4).
///
/// The caller evaluates the function at `trial`, so that independent minimisations can share one pass over their data.
struct Minimiser {
    private static let historyLength = 20

    private(set) var point: [Double]
    private var value = Double.infinity
    private var gradient: [Double]
    private var direction: [Double]
    private var step = 1.0
    /// The derivative along the direction at `point`.
    private var startSlope = 0.0
    private var history: [Pair] = []

    /// The change of the point in one step, the change of the gradient, and the product of both.
    private struct Pair {
        var step: [Double]
        var change: [Double]
        var product: Double
    }

    init(start: [Double]) {
        point = start
        gradient = [Double](repeating: 0, count: start.count)
        direction = gradient
    }

    var gradientNorm: Double { product(gradient, gradient).squareRoot() }

    /// The point at which the function is to be evaluated next.
    var trial: [Double] { zip(point, direction).map { $0 + step * $1 } }

    /// Moves to the trial point if it is good enough, and chooses the next trial point.
    ///
    /// If the slope at the trial point is not positive, the function is lower there, because it is convex. Only a point
    /// behind the minimum of the line needs a look at the value.
    ///
    /// - Parameter scale: multiplies a vector by an approximate inverse of the second derivative
    mutating func update(value: Double, gradient: [Double], scale: ([Double]) -> [Double]) {
        let slope = product(gradient, direction)
        guard slope <= 0 || (slope <= -startSlope / 2 && value <= self.value) else {
            // The secant's zero; the limit prevents a step that is much too short.
            step *= max(0.1, startSlope / (startSlope - slope))
            return
        }
        let pair = Pair(
            step: direction.map { step * $0 }, change: zip(gradient, self.gradient).map { $0 - $1 },
            product: step * (slope - startSlope))
        if pair.product > 0 { history = history.suffix(Self.historyLength - 1) + [pair] }
        point = trial
        (self.value, self.gradient) = (value, gradient)
        direction = descent(scale)
        startSlope = product(direction, gradient)
        step = 1
    }

    /// Returns the negative gradient multiplied by the current approximation of the inverse second derivative.
    private func descent(_ scale: ([Double]) -> [Double]) -> [Double] {
        var vector = gradient.map { -$0 }
        var shares: [Double] = []
        for pair in history.reversed() {
            let share = product(pair.step, vector) / pair.product
            shares.append(share)
            add(-share, times: pair.change, to: &vector)
        }
        vector = scale(vector)
        if let last = history.last {
            let factor = last.product / product(last.change, scale(last.change))
            for index in vector.indices { vector[index] *= factor }
        }
        for (pair, share) in zip(history, shares.reversed()) {
            add(share - product(pair.change, vector) / pair.product, times: pair.step, to: &vector)
        }
        return vector
    }
}

private func product(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
}

private func add(_ factor: Double, times a: [Double], to b: inout [Double]) {
    for index in a.indices { b[index] += factor * a[index] }
}
