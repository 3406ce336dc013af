import Glibc

/// Returns the regularised incomplete beta function I_x(a, b) and its complement for a, b > 0, where x = 1 - y.
///
/// Takes both x and y, because computing the smaller one as a difference would lose digits. Evaluates the continued
/// fraction DLMF 8.17.22 for I_x(a, b) or for I_y(b, a), whichever converges fast. This takes about √max(a, b) terms.
package func incompleteBeta(_ a: Double, _ b: Double, _ x: Double, complement y: Double) -> Tails {
    guard x > 0 else { return .allAbove }
    guard y > 0 else { return .allBelow }
    guard x * (a + b + 2) <= a + 1 else {
        return betaTails(b, a, y, x).swapped
    }
    return betaTails(a, b, x, y)
}

private func betaTails(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Tails {
    let lower = min(1, betaWeight(a, b, x, y) / a * betaFraction(a, b, x))
    return Tails(lower: lower, upper: 1 - lower)
}

private func betaFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    continuedFraction(first: 1) { n in
        let m = Double(n / 2)
        let (top, bottom) =
            n.isMultiple(of: 2)
            ? (m * (b - m) * x, (a + 2 * m - 1) * (a + 2 * m))
            : (-(a + m) * (a + b + m) * x, (a + 2 * m) * (a + 2 * m + 1))
        return (top / bottom, 1)
    }
}

/// Returns xᵃ yᵇ / B(a, b), computed from its ratio to the maximum (Loader 2000).
private func betaWeight(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Double {
    let n = a + b
    let exponent =
        stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * y)
    return (a / n * b / (2 * Double.pi)).squareRoot() * exp(exponent)
}
