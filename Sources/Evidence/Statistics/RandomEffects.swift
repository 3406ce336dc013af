import Glibc

/// The estimates yᵢ with their variances vᵢ under the random-effects model yᵢ ~ N(μ, vᵢ + τ²) for a fixed τ².
///
/// The weights are uᵢ = m/(vᵢ + τ²) with m = min(vᵢ + τ²). They are in (0, 1], so their powers do not overflow.
struct RandomEffects {
    let tau2: Double
    /// The smallest total variance.
    let scale: Double
    let weights: [Double]
    let sum: Double
    let mean: Double
    /// The squared distances of the values from the mean.
    let squares: [Double]

    init(_ studies: [StudyEstimate], tau2: Double) {
        self.tau2 = tau2
        let scale = studies.reduce(.infinity) { min($0, $1.variance + tau2) }
        let weights = studies.map { scale / ($0.variance + tau2) }
        let sum = weights.compensatedSum
        // Sums differences from the first value, so that a common offset does not reduce the precision.
        let origin = studies[0].value
        let mean = origin + zip(weights, studies).lazy.map { $0 * ($1.value - origin) }.compensatedSum / sum
        squares = studies.map { ($0.value - mean) * ($0.value - mean) }
        (self.scale, self.weights, self.sum, self.mean) = (scale, weights, sum, mean)
    }

    var degrees: Double { Double(weights.count - 1) }

    /// The variance of the mean for known τ².
    var variance: Double { scale / sum }

    /// Cochran's Q at this τ²: Σ (yᵢ - μ)²/(vᵢ + τ²).
    var q: Double { zip(weights, squares).lazy.map { $0 * $1 }.compensatedSum / scale }

    /// Σ uᵢ - Σ uᵢ²/Σ uᵢ, computed as a sum of positive products. If one study dominates, the difference of the two
    /// sums would lose digits.
    var spreadOfWeights: Double {
        var before = 0.0
        let products = weights.map { weight in
            defer { before += weight }
            return 2 * weight * before
        }
        return products.compensatedSum / sum
    }

    /// The restricted log-likelihood of τ², up to an additive constant.
    var restrictedLogLikelihood: Double {
        (weights.lazy.map { log($0) }.compensatedSum - Double(weights.count) * log(scale) - log(sum / scale) - q) / 2
    }

    /// The step of Fisher scoring for the restricted likelihood: (y'PPy - tr P) / tr PP with P = W - ww'/Σw. It is
    /// bounded so that τ² ≥ 0.
    var scoringStep: Double {
        let score = zip(weights, squares).lazy.map { $0 * $0 * $1 }.compensatedSum / scale - spreadOfWeights
        return max(scale * score / information, -tau2)
    }

    /// The information on τ², scaled by m²: m² tr PP = Σ uᵢ² (1 - uᵢ/Σu)² + Σᵢ≠ⱼ uᵢ²uⱼ²/(Σu)².
    private var information: Double {
        var (before, after) = (0.0, [Double](repeating: 0, count: weights.count))
        for index in weights.indices.reversed().dropFirst() { after[index] = after[index + 1] + weights[index + 1] }
        var squaresBefore = 0.0
        let terms = weights.indices.map { index in
            let weight = weights[index]
            defer {
                before += weight
                squaresBefore += weight * weight
            }
            let others = (before + after[index]) / sum
            return weight * weight * (others * others + 2 * squaresBefore / (sum * sum))
        }
        return terms.compensatedSum
    }
}

/// The fit for one estimate of τ².
package struct RandomEffectsFit: Sendable, Equatable {
    /// The variance between studies.
    package var tau2: Double
    /// The mean effect.
    package var estimate: Double
    /// The standard error of the estimate for known τ²: 1/√Σw.
    package var standardError: Double
    /// I² is the share of the total variance that is between studies, in percent. H² is the ratio of the total variance
    /// to the typical variance within studies, which Higgins and Thompson 2002 define in equation 9.
    package var i2: Double
    package var h2: Double

    init(_ studies: [StudyEstimate], tau2: Double) {
        let (fit, fixed) = (RandomEffects(studies, tau2: tau2), RandomEffects(studies, tau2: 0))
        self.tau2 = tau2
        estimate = fit.mean
        standardError = fit.variance.squareRoot()
        let typical = fixed.degrees * fixed.scale / fixed.spreadOfWeights
        i2 = 100 * tau2 / (tau2 + typical)
        h2 = tau2 / typical + 1
    }

    var isFinite: Bool { [tau2, estimate, standardError, i2, h2].allSatisfy(\.isFinite) }
}

/// Returns the τ² at which Q equals a target. Returns 0 if Q(0) is below the target.
///
/// Q decreases as τ² grows. Because Q(τ²) ≤ Σ(y - ȳ)²/τ², the root is at most Σ(y - ȳ)² divided by the target.
func tau2(_ studies: [StudyEstimate], whereQIs target: Double) -> Double {
    let mean =
        studies[0].value + studies.lazy.map { $0.value - studies[0].value }.compensatedSum / Double(studies.count)
    let sumOfSquares = studies.lazy.map { ($0.value - mean) * ($0.value - mean) }.compensatedSum
    return fallingRoot(between: 0, and: sumOfSquares / target) { RandomEffects(studies, tau2: $0).q - target }
}

/// Returns the moment estimate of τ² with weights 1/v (DerSimonian and Laird 1986).
func derSimonianLaird(_ studies: [StudyEstimate]) -> Double {
    let fixed = RandomEffects(studies, tau2: 0)
    return max(0, (fixed.q - fixed.degrees) * fixed.scale / fixed.spreadOfWeights)
}

/// Returns the τ² that maximises the restricted likelihood. Runs Fisher scoring from 0 and from the τ² of Paule and
/// Mandel, and takes the better result. Returns nil if neither converges.
func restrictedLikelihood(_ studies: [StudyEstimate]) -> Double? {
    let starts = [0, tau2(studies, whereQIs: Double(studies.count - 1))]
    let ends = starts.compactMap { scored(studies, from: $0) }
    return ends.max { $0.restrictedLogLikelihood < $1.restrictedLogLikelihood }?.tau2
}

/// The maximum number of steps of Fisher scoring. Most fits need a few dozen.
private let scoringLimit = 10_000

/// Repeats Fisher scoring until a step is at most 1e-12 times the smallest total variance. Halves a step that would
/// lower the likelihood. If two likelihoods differ only by rounding errors, halves the step unless the next step would
/// be shorter. Thus the iteration can neither oscillate nor diverge.
private func scored(_ studies: [StudyEstimate], from start: Double) -> RandomEffects? {
    var fit = RandomEffects(studies, tau2: start)
    for _ in 0..<scoringLimit {
        let (likelihood, full) = (fit.restrictedLogLikelihood, fit.scoringStep)
        guard full.isFinite else { return nil }
        guard full.magnitude > 1e-12 * fit.scale else { return fit }
        let rounding = 1e-13 * (1 + likelihood.magnitude)
        func isBetter(_ next: RandomEffects) -> Bool {
            let gain = next.restrictedLogLikelihood - likelihood
            return gain > rounding || (gain >= -rounding && next.scoringStep.magnitude < full.magnitude)
        }
        var step = full
        var next = RandomEffects(studies, tau2: fit.tau2 + step)
        while !isBetter(next) {
            step /= 2
            guard step.magnitude > 1e-18 * full.magnitude else { return nil }
            next = RandomEffects(studies, tau2: fit.tau2 + step)
        }
        fit = next
    }
    return nil
}
