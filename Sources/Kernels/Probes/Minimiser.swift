/// Minimises a smooth convex function with L-BFGS (Nocedal and Wright 2006, algorithm 7.4).
///
/// Every few steps, L-BFGS starts again from an approximate second derivative. Where a class is rare, this takes about
/// thirty steps; with gradients alone, it would take over a thousand.
///
/// The caller evaluates the function at `trial`, so that independent minimisations can share one pass over their data.
struct Minimiser {
    private static let stepsPerSecondDerivative = 5

    private(set) var point: [Double]
    private var value = Double.infinity
    private var gradient: [Double]
    private var direction: [Double]
    private var step = 1.0
    /// The derivative along the direction at `point`.
    private var startSlope = 0.0
    private var history: [Pair] = []
    private var steps = 0
    /// The inverse of the last second derivative.
    private var inverse: [Double] = []

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
    /// If the slope at the trial point is not positive, the function is lower there, because it is convex. The value
    /// must be compared only beyond the minimum along the line.
    ///
    /// - Parameter secondDerivative: returns an approximation that is positive definite, (n, n)
    mutating func update(value: Double, gradient: [Double], secondDerivative: (_ point: [Double]) -> [Double]) {
        let slope = product(gradient, direction)
        guard slope <= 0 || (slope <= -startSlope / 2 && value <= self.value) else {
            // The step at which the secant of the slopes is zero; the limit prevents a step that is much too short.
            step *= max(0.1, startSlope / (startSlope - slope))
            return
        }
        let pair = Pair(
            step: direction.map { step * $0 }, change: zip(gradient, self.gradient).map { $0 - $1 },
            product: step * (slope - startSlope))
        point = trial
        (self.value, self.gradient) = (value, gradient)
        if steps % Self.stepsPerSecondDerivative == 0 {
            history = []
            inverse = inverted(secondDerivative(point), size: point.count)
        } else if pair.product > 0 {
            history.append(pair)
        }
        steps += 1
        direction = descent()
        startSlope = product(direction, gradient)
        step = 1
    }

    /// Returns the negative gradient multiplied by the current approximation of the inverse second derivative.
    private func descent() -> [Double] {
        var vector = gradient.map { -$0 }
        var shares: [Double] = []
        for pair in history.reversed() {
            let share = product(pair.step, vector) / pair.product
            shares.append(share)
            add(-share, times: pair.change, to: &vector)
        }
        vector = scaled(vector)
        if let last = history.last {
            let factor = last.product / product(last.change, scaled(last.change))
            for index in vector.indices { vector[index] *= factor }
        }
        for (pair, share) in zip(history, shares.reversed()) {
            add(share - product(pair.change, vector) / pair.product, times: pair.step, to: &vector)
        }
        return vector
    }

    /// Returns the vector multiplied by the inverse of the last second derivative.
    private func scaled(_ vector: [Double]) -> [Double] {
        var scaled = [Double](repeating: 0, count: vector.count)
        for row in vector.indices {
            for column in vector.indices { scaled[column] += vector[row] * inverse[row * vector.count + column] }
        }
        return scaled
    }
}

private func inverted(_ matrix: [Double], size: Int) -> [Double] {
    var identity = [Double](repeating: 0, count: size * size)
    for index in 0..<size { identity[index * size + index] = 1 }
    return solvePositiveDefinite(matrix, identity, size: size, columns: size)
}

private func product(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
}

private func add(_ factor: Double, times a: [Double], to b: inout [Double]) {
    for index in a.indices { b[index] += factor * a[index] }
}
