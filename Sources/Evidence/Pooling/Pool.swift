/// The average of studies of one quantity and their heterogeneity. It describes and decides nothing.
package struct Pool: Sendable, Equatable {
    /// The number of studies.
    package var k: Int
    /// τ² by Paule and Mandel 1982: the root of Q(τ²) = k - 1, or 0 where Q(0) is smaller.
    package var pauleMandel: RandomEffectsFit
    /// The 95 % interval of the estimate by Hartung and Knapp 2001 (and Sidik and Jonkman 2002): Student's t with k - 1
    /// degrees of freedom, and the variance of the estimate times max(1, Q(τ²)/(k - 1)), so that it is never narrower
    /// than the plain one (Röver, Knapp and Friede 2015; metafor's `test="adhoc"`). At τ² > 0 the factor is 1.
    package var interval: ClosedRange<Double>
    /// The 95 % Q-profile interval of τ² (Viechtbauer 2007), cut off at 0; 0 to 0 where its upper end is negative.
    package var tau2Interval: ClosedRange<Double>
    /// The 95 % prediction interval for the true value of a further study: Student's t with k - 1 degrees of freedom
    /// about the estimate, with variance τ² + the variance of `interval`, as `predict` of metafor 3.8 (Higgins,
    /// Thompson and Spiegelhalter 2009 take k - 2).
    package var prediction: ClosedRange<Double>
    /// Cochran's Q with k - 1 degrees of freedom, and its p value for τ² = 0.
    package var q: Double
    package var qProbability: Double
    /// nil where Fisher scoring did not converge.
    package var restrictedLikelihood: RandomEffectsFit?
    package var derSimonianLaird: RandomEffectsFit
}

/// Fewer studies are not pooled; two are both shown.
let fewestPooledStudies = 3

/// Pools estimates of one quantity, one per study; the order of the studies changes nothing.
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
