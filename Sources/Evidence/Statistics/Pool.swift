/// The average of studies of one quantity, and their heterogeneity. The pool is only a description: no verdict or
/// answer depends on it.
package struct Pool: Sendable, Equatable {
    /// The number of studies.
    package var k: Int
    /// The fit for τ² as in Paule and Mandel 1982: the root of Q(τ²) = k - 1, or 0 if Q(0) is below k - 1.
    package var pauleMandel: RandomEffectsFit
    /// The 95 % interval of the estimate as in Hartung and Knapp 2001 (and Sidik and Jonkman 2002). It uses Student's t
    /// with k - 1 degrees of freedom and multiplies the variance of the estimate by max(1, Q(τ²)/(k - 1)). The maximum
    /// prevents a factor below 1 (Röver, Knapp and Friede 2015; metafor's `test="adhoc"`). If τ² > 0, the factor is 1.
    package var interval: ClosedRange<Double>
    /// The 95 % Q-profile interval of τ² (Viechtbauer 2007), with negative ends replaced by 0.
    package var tau2Interval: ClosedRange<Double>
    /// The 95 % prediction interval for the true value of a further study. It uses Student's t with k - 1 degrees of
    /// freedom about the estimate. Its variance is the sum of τ² and the variance used for `interval`, as in `predict`
    /// of metafor 3.8. (Higgins, Thompson and Spiegelhalter 2009 use k - 2 degrees of freedom.)
    package var prediction: ClosedRange<Double>
    /// Cochran's Q with k - 1 degrees of freedom, and its p-value under the hypothesis τ² = 0.
    package var q: Double
    package var qProbability: Double
    /// The fit for τ² by restricted maximum likelihood. nil if Fisher scoring did not converge.
    package var restrictedLikelihood: RandomEffectsFit?
    package var derSimonianLaird: RandomEffectsFit
}

/// The minimum number of studies for pooling. Two studies are shown without a pool.
let fewestPooledStudies = 3

/// Pools estimates of one quantity, one for each study. The result does not depend on the order of the studies.
package func poolStudies(_ studies: [StudyEstimate]) throws(PoolRefusal) -> Pool {
    let studies = studies.sorted { $0.study < $1.study }
    let quantities = Set(studies.map(\.quantity)).sorted()
    guard quantities.count <= 1 else { throw .differentQuantities(quantities) }
    for (study, next) in zip(studies, studies.dropFirst()) where study.study == next.study {
        throw .studyTwice(study.study)
    }
    for study in studies {
        guard study.value.isFinite, study.variance.isFinite else { throw .notFinite(study.study) }
        guard study.variance > 0 else { throw .noVariance(study.study) }
    }
    guard studies.count >= fewestPooledStudies else { throw .tooFew(studies.count) }

    let degrees = Double(studies.count - 1)
    let chiSquared = ChiSquared(degrees: degrees)
    let between = tau2(studies, whereQIs: degrees)
    let lowest = tau2(studies, whereQIs: chiSquared.quantile(0.025, .upper))
    let highest = tau2(studies, whereQIs: chiSquared.quantile(0.025, .lower))
    let fit = RandomEffects(studies, tau2: between)
    let variance = fit.variance * max(1, fit.q / degrees)
    let t = StudentT(degrees: degrees).quantile(0.025, .upper)
    let q = RandomEffects(studies, tau2: 0).q
    let pauleMandel = RandomEffectsFit(studies, tau2: between)
    let moments = RandomEffectsFit(studies, tau2: derSimonianLaird(studies))
    let restricted = restrictedLikelihood(studies).map { RandomEffectsFit(studies, tau2: $0) }
    let (reach, predicted) = (t * variance.squareRoot(), t * (between + variance).squareRoot())
    let fits = [pauleMandel, moments, restricted].compactMap(\.self)
    guard fits.allSatisfy(\.isFinite), lowest <= highest, highest.isFinite, q.isFinite,
        (fit.mean - predicted).isFinite, (fit.mean + predicted).isFinite
    else { throw .tooFarApart }
    return Pool(
        k: studies.count, pauleMandel: pauleMandel, interval: fit.mean - reach...fit.mean + reach,
        tau2Interval: lowest...highest, prediction: fit.mean - predicted...fit.mean + predicted, q: q,
        qProbability: chiSquared.tails(q).upper, restrictedLikelihood: restricted, derSimonianLaird: moments)
}
