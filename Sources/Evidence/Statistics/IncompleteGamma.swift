import Glibc

/// Returns the regularised incomplete gamma functions P(a, x) and Q(a, x) for a > 0.
///
/// Computes one tail and subtracts it from 1 to get the other. If x is below a + 1, P is summed as a series (DLMF
/// 8.11.4). If not, Q is evaluated as a continued fraction (DLMF 8.9.2).
package func incompleteGamma(_ a: Double, _ x: Double) -> Tails {
    guard x > 0 else { return .allAbove }
    guard x.isFinite else { return .allBelow }
    let weight = gammaWeight(a, x)
    if x < a + 1 {
        let lower = min(1, weight * gammaSeries(a, x))
        return Tails(lower: lower, upper: 1 - lower)
    }
    let upper = min(1, weight * a * gammaFraction(a, x))
    return Tails(lower: 1 - upper, upper: upper)
}

/// Returns 1 + x/(a+1) + x²/((a+1)(a+2)) + …
private func gammaSeries(_ a: Double, _ x: Double) -> Double {
    var (term, sum, n) = (1.0, 1.0, 0.0)
    while term > sum * Double.ulpOfOne / 4 {
        n += 1
        term *= x / (a + n)
        sum += term
    }
    return sum
}

/// Returns 1/(x+1-a - 1(1-a)/(x+3-a - 2(2-a)/(x+5-a - …))), evaluated forwards (Lentz 1976).
private func gammaFraction(_ a: Double, _ x: Double) -> Double {
    var b = x + 1 - a
    return continuedFraction(first: b) { n in
        b += 2
        return (Double(n) * (a - Double(n)), b)
    }
}

/// Returns 1/(first + a₁/(b₁ + a₂/(b₂ + …))), evaluated forwards (Lentz 1976). The fraction must converge.
func continuedFraction(first: Double, _ next: (Int) -> (a: Double, b: Double)) -> Double {
    func awayFromZero(_ value: Double) -> Double { value.magnitude < 1e-300 ? 1e-300 : value }
    var numerator = 1e300
    var denominator = 1 / awayFromZero(first)
    var fraction = denominator
    // The fractions in this module need about √a terms, far fewer than this bound.
    for n in 1...1_000_000 {
        let (a, b) = next(n)
        denominator = 1 / awayFromZero(b + a * denominator)
        numerator = awayFromZero(b + a / numerator)
        let change = numerator * denominator
        fraction *= change
        if (change - 1).magnitude <= 4 * Double.ulpOfOne { break }
    }
    return fraction
}

/// Returns xᵃ e⁻ˣ / Γ(a+1), computed from its ratio to the maximum, because the factors xᵃ and Γ(a+1) would cancel and
/// lose digits (Loader 2000, "Fast and accurate computation of binomial probabilities").
func gammaWeight(_ a: Double, _ x: Double) -> Double {
    exp(-stirlingError(a) - deviance(a, x)) / (2 * Double.pi * a).squareRoot()
}

/// Returns ln Γ(a+1) - [(a+½) ln a - a + ½ ln 2π] for a > 0. Uses Stirling's series (DLMF 5.11.1) for a ≥ 16, and the
/// recurrence Γ(a+2) = (a+1) Γ(a+1) for smaller a.
func stirlingError(_ a: Double) -> Double {
    var (a, sum) = (a, 0.0)
    while a < 16 {
        sum += (a + 0.5) * log1p(1 / a) - 1
        a += 1
    }
    let inverse = 1 / (a * a)
    let series = 1 / 12.0 - inverse * (1 / 360.0 - inverse * (1 / 1260.0 - inverse * (1 / 1680.0 - inverse / 1188)))
    return sum + series / a
}

/// Returns a ln(a/x) + x - a, which is never negative. Sums a series if a and x are close (Loader 2000).
func deviance(_ a: Double, _ x: Double) -> Double {
    let difference = a - x
    guard difference.magnitude < 0.1 * (a + x) else { return a * log(a / x) - difference }
    let ratio = difference / (a + x)
    var sum = difference * ratio
    var power = 2 * a * ratio
    var n = 1.0
    while true {
        power *= ratio * ratio
        n += 2
        let next = sum + power / n
        if next == sum { return sum }
        sum = next
    }
}
