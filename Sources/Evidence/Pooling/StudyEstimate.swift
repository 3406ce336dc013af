import Words

/// One study's estimate of one quantity.
package struct StudyEstimate: Sendable, Equatable {
    /// What an estimate is made of.
    package enum Basis: Sendable, Equatable {
        /// So many runs gave a value, so many none.
        case runs(Int, missing: Int)
        /// What a source printed.
        case reported
    }

    package var quantity: String
    /// Who it is of: a study counts once.
    package var study: String
    package var value: Double
    /// Of the value, not of one run: s²/n, or the square of a standard error.
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
}

/// Why estimates are not pooled.
package enum PoolRefusal: Error, Equatable {
    /// Three are the fewest whose variation says anything.
    case tooFew(Int)
    case differentQuantities([String])
    case studyTwice(String)
    case notFinite(String)
    case noVariance(String)
    /// Numbers so far apart that a double cannot hold what comes of them.
    case tooFarApart

    package var reason: String {
        switch self {
        case .tooFew(let count): "\(counted(count, "study").replacing("studys", with: "studies")), too few to pool"
        case .differentQuantities(let names): "different quantities are never pooled: \(listed(names))"
        case .studyTwice(let study): "\(study) is there twice"
        case .notFinite(let study): "the value or variance of \(study) is not finite"
        case .noVariance(let study): "the variance of \(study) is not above 0"
        case .tooFarApart: "the values or variances are too far apart to compute with"
        }
    }
}
