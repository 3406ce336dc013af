import Words

/// One study's estimate of one quantity.
package struct StudyEstimate: Sendable, Equatable {
    /// The source of an estimate.
    package enum Basis: Sendable, Equatable {
        /// The numbers of runs with and without a value.
        case runs(Int, missing: Int)
        /// A number that a source reports.
        case reported
    }

    package var quantity: String
    /// The name of the study. Each study is pooled once.
    package var study: String
    package var value: Double
    /// The variance of the value, not of a single run: s²/n or the squared standard error.
    package var variance: Double
    package var basis: Basis

    package init(quantity: String, study: String, value: Double, variance: Double, basis: Basis) {
        self.quantity = quantity
        self.study = study
        self.value = value
        self.variance = variance
        self.basis = basis
    }

    package var standardError: Double { variance.squareRoot() }

    /// The limits of the value's 95 % interval: by Student's t for runs, normal for reported numbers.
    package var usualLimits: ConfidenceLimits {
        switch basis {
        case .runs(let count, _) where count > 1:
            return MeasuredMean(mean: value, variance: variance, degrees: Double(count - 1)).limits(.usual)
        case .runs, .reported:
            let half = Confidence.usual.normalQuantile * standardError
            return ConfidenceLimits(value: value, lower: value - half, upper: value + half)
        }
    }
}

/// The reason why estimates are not pooled.
package enum PoolRefusal: Error, Equatable {
    /// There are fewer than three studies, too few to show heterogeneity.
    case tooFew(Int)
    case differentQuantities([String])
    case studyTwice(String)
    case notFinite(String)
    case noVariance(String)
    /// A result exceeds the range of `Double`.
    case tooFarApart

    package var reason: String {
        switch self {
        case .tooFew(let count): "\(counted(count, "study").replacing("studys", with: "studies")), too few to pool"
        case .differentQuantities(let names): "different quantities are never pooled: \(listed(names))"
        case .studyTwice(let study): "\(study) occurs twice"
        case .notFinite(let study): "the value or variance of \(study) is not finite"
        case .noVariance(let study): "the variance of \(study) is not above 0"
        case .tooFarApart: "the values or variances are too far apart to compute with"
        }
    }
}
