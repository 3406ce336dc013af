import Evidence
import Merging
import Words

/// A pool as JSON: that of `pool` in `conflicts` and `show`; without estimates where only two studies are there.
struct PoolReport: Encodable {
    struct FitJSON: Encodable {
        var tau2: Double
        var estimate: Double
        var se: Double
        var i2: Double
        var h2: Double

        init(_ fit: RandomEffectsFit) {
            (tau2, estimate, se, i2, h2) = (fit.tau2, fit.estimate, fit.standardError, fit.i2, fit.h2)
        }
    }

    struct StudyJSON: Encodable {
        var study: String
        var value: Double
        var se: Double
        var runs: OrNull<Int>
        /// Runs without a value.
        var missing: OrNull<Int>

        init(_ estimate: StudyEstimate) {
            (study, value, se) = (estimate.study, estimate.value, estimate.standardError)
            switch estimate.basis {
            case .runs(let count, let missing): (runs, self.missing) = (OrNull(count), OrNull(missing))
            case .reported: (runs, missing) = (OrNull(nil), OrNull(nil))
            }
        }
    }

    var k: Int
    /// `runs` or `reported`.
    var from: String
    var estimate: OrNull<Double>
    var se: OrNull<Double>
    var ci: OrNull<[Double]>
    var tau2: OrNull<Double>
    var tau2Interval: OrNull<[Double]>
    var q: OrNull<Double>
    var qProbability: OrNull<Double>
    /// In %.
    var i2: OrNull<Double>
    var h2: OrNull<Double>
    var prediction: OrNull<[Double]>
    var reml: OrNull<FitJSON>
    var dl: OrNull<FitJSON>
    /// Why nothing is pooled.
    var reason: OrNull<String>
    var sharesNetworks: Bool
    var studies: [StudyJSON]
    var leftOut: [LeftOut]

    enum CodingKeys: String, CodingKey {
        case k, from, estimate, se, ci, tau2, q, i2, h2, prediction, reml, dl, reason, studies
        case tau2Interval = "tau2_ci"
        case qProbability = "q_p"
        case sharesNetworks = "shares_networks"
        case leftOut = "left_out"
    }

    /// nil where fewer than two studies are there.
    init?(_ found: QuantityPool?) {
        guard let found, found.studies.count > 1 else { return nil }
        let pool = found.pool
        func ends(_ range: ClosedRange<Double>?) -> OrNull<[Double]> {
            OrNull(range.map { [$0.lowerBound, $0.upperBound] })
        }
        k = found.studies.count
        from = found.isReported ? "reported" : "runs"
        estimate = OrNull(pool?.pauleMandel.estimate)
        se = OrNull(pool?.pauleMandel.standardError)
        ci = ends(pool?.interval)
        tau2 = OrNull(pool?.pauleMandel.tau2)
        tau2Interval = ends(pool?.tau2Interval)
        q = OrNull(pool?.q)
        qProbability = OrNull(pool?.qProbability)
        i2 = OrNull(pool?.pauleMandel.i2)
        h2 = OrNull(pool?.pauleMandel.h2)
        prediction = ends(pool?.prediction)
        reml = OrNull(pool?.restrictedLikelihood.map(FitJSON.init))
        dl = OrNull((pool?.derSimonianLaird).map(FitJSON.init))
        switch found.result {
        case .success: reason = OrNull(nil)
        case .failure(let refusal): reason = OrNull(refusal.reason)
        }
        sharesNetworks = found.sharesNetworks
        studies = found.studies.map(StudyJSON.init)
        leftOut = found.leftOut
    }
}
