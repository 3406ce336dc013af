import Glibc

/// Estimates yᵢ with variances vᵢ under the random-effects model yᵢ ~ N(μ, vᵢ + τ²) for a fixed τ².
///
/// Weights are uᵢ = m/(vᵢ + τ²) with m = min(vᵢ + τ²), so that they lie in (0, 1] and their powers stay in range.
struct RandomEffects {
    let tau2: Double
    /// The smallest total variance.
    let scale: Double
    let weights: [Double]
    let sum: Double
    let mean: Double
    /// Squared distances of the values from the mean.
    let squares: [Double]

    init(_ studies: [StudyEstimate], tau2: Double) {
        self.tau2 = tau2
        let scale = studies.reduce(.infinity) { min($0, $1.variance + tau2) }
        let weights = studies.map { scale / ($0.variance + tau2) }
        let sum = weights.compensatedSum
        // Relative to the first value, so that a common offset costs no digits.
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

    /// Σ uᵢ - Σ uᵢ²/Σ uᵢ as a sum of positive products: where one study dominates, the difference would cancel.
    var spreadOfWeights: Double {
        var before = 0.0
        let products = weights.map { weight in
            defer { before += weight }
            return 2 * weight * before
        }
        return products.compensatedSum / sum
    }

    /// The restricted log-likelihood of τ² up to a constant.
    var restrictedLogLikelihood: Double {
        (weights.lazy.map { log($0) }.compensatedSum - Double(weights.count) * log(scale) - log(sum / scale) - q) / 2
    }

    /// The step of Fisher scoring on the restricted likelihood, bounded so that τ² ≥ 0: (y'PPy - tr P) / tr PP with P =
    /// W - ww'/Σw.
    var scoringStep: Double {
        let score = zip(weights, squares).lazy.map { $0 * $0 * $1 }.compensatedSum / scale - spreadOfWeights
        return max(scale * score / information, -tau2)
    }

    /// m² tr PP = Σ uᵢ² (1 - uᵢ/Σu)² + Σᵢ≠ⱼ uᵢ²uⱼ²/(Σu)².
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
    /// Variance between studies.
    package var tau2: Double
    /// The mean effect.
    package var estimate: Double
    /// The standard error of the estimate for known τ²: 1/√Σw.
    package var standardError: Double
    /// The share of the variation that is between studies, in %, and the ratio of total to typical within-study
    /// variance, from this τ² and the typical variance of Higgins and Thompson 2002, equation 9.
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

/// The τ² at which Q equals a target; 0 where Q(0) is below it.
///
/// Q falls as τ² grows, and Q(τ²) ≤ Σ(y - ȳ)²/τ² bounds the root from above.
func tau2(_ studies: [StudyEstimate], whereQIs target: Double) -> Double {
    let mean =
        studies[0].value + studies.lazy.map { $0.value - studies[0].value }.compensatedSum / Double(studies.count)
    let sumOfSquares = studies.lazy.map { ($0.value - mean) * ($0.value - mean) }.compensatedSum
    return fallingRoot(between: 0, and: sumOfSquares / target) { RandomEffects(studies, tau2: $0).q - target }
}

/// The moment estimator of τ² with weights 1/v (DerSimonian and Laird 1986).
func derSimonianLaird(_ studies: [StudyEstimate]) -> Double {
    let fixed = RandomEffects(studies, tau2: 0)
    return max(0, (fixed.q - fixed.degrees) * fixed.scale / fixed.spreadOfWeights)
}

/// The τ² that maximises the restricted likelihood: the better result of Fisher scoring from 0 and from Paule and
/// Mandel's τ²; nil where neither converges.
func restrictedLikelihood(_ studies: [StudyEstimate]) -> Double? {
    let starts = [0, tau2(studies, whereQIs: Double(studies.count - 1))]
    let ends = starts.compactMap { scored(studies, from: $0) }
    return ends.max { $0.restrictedLogLikelihood < $1.restrictedLogLikelihood }?.tau2
}

/// The most steps of Fisher scoring; tens are common.
private let scoringLimit = 10_000

/// Fisher scoring until a step is below 1e-12 of the total variance. Halves a step that would lower the likelihood or,
/// where likelihoods differ only by rounding, lead to a longer step: it can neither oscillate nor diverge.
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
