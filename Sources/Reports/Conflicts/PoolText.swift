import Evidence
import Merging
import Records
import Words

/// The maximum number of studies listed in a text.
private let listedStudyLimit = 24

/// The maximum number of pools in a text.
private let listedPoolLimit = 4

/// Returns a sentence for each pool, for `conflicts`. If there are no pools, returns one for the first two studies at
/// equal settings.
package func poolSentences(_ pools: [QuantityPool]) -> [String] {
    let pooled = pools.filter { $0.studies.count > 2 }
    let shown = pooled.isEmpty ? Array(pools.ofSeveral.prefix(1)) : Array(pooled.prefix(listedPoolLimit))
    let more = pooled.count - listedPoolLimit
    return shown.map { $0.sentence(place: pools.count > 1 ? $0.place : "") }
        + (more > 0 ? ["\(more) more at other settings (see --format json)."] : [])
}

extension RecordView {
    /// Adds the pooled results, their caveats, the studies and the excluded estimates.
    mutating func add(_ pools: [QuantityPool]) {
        guard let first = pools.first, !first.studies.isEmpty || !first.excluded.isEmpty else { return }
        let pooled = pools.filter { $0.studies.count > 2 }
        let summaries = pooled.prefix(listedPoolLimit).map { pool in
            pools.count > 1 ? pool.summary.map { "\(pool.place.dropFirst()): \($0)" } : pool.summary
        }
        add(
            "pool",
            pooled.isEmpty ? [first.studies.isEmpty ? "nothing to pool" : noPool(pools)] : summaries.flatMap(\.self))
        let studies = pools.flatMap { pool in
            pool.studies.map { $0.phrase + (pool.isReported && pools.count > 1 ? "," + pool.place : "") }
        }
        let more = studies.count - listedStudyLimit
        add(
            first.isReported ? "reported numbers" : "study means",
            studies.prefix(listedStudyLimit) + (more > 0 ? ["and \(more) more (see --format json)"] : []))
        add("left out of the pool", first.excludedLines)
    }
}

/// Says why there is no pool.
package func noPool(_ pools: [QuantityPool]) -> String {
    if pools.count == 1, case .failure(let refusal) = pools[0].result { return "no pool: \(refusal.reason)" }
    return "no pool: no three studies have equal settings, and only such studies are pooled"
}

extension QuantityPool {
    /// The settings of the studies, as ` at density 0.3; model toy`.
    package var place: String {
        let phrases = settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return phrases.isEmpty ? "" : " at \(phrases.joined(separator: "; "))"
    }

    /// The result and the spread of the studies, or why they are not pooled.
    package var description: String {
        sentence(place: "") + (pool.map { " " + capitalised(spread($0)) + "." } ?? "")
    }

    /// Returns the result in one or two sentences. `place` names the settings, if other studies have other settings.
    fileprivate func sentence(place: String) -> String {
        switch result {
        case .success(let pool):
            let doubts = (sharesNetworks ? [dependence] : []) + (isWithinRange(pool) ? [] : [roughness])
            return
                "Pooled (descriptive only)\(place): \(studyCount)\(excluded.isEmpty ? "" : " (\(excluded.count) left out)") average \(figures(pool.pauleMandel.estimate)) (95 % interval: \(phrase(pool.interval))); 95 % prediction interval for a further one: \(phrase(pool.prediction))"
                + doubts.map { "; \($0)" }.joined() + "."
        case .failure(let refusal):
            guard studies.count == 2 else { return "Not pooled\(place): \(refusal.reason)." }
            return
                "Two \(isReported ? "numbers" : "study means")\(place), too few to pool: \(listed(studies.map(\.phrase)))."
        }
    }

    package var summary: [String] {
        let pool: Pool
        switch result {
        case .success(let found): pool = found
        case .failure(let refusal): return ["no pool: \(refusal.reason)"]
        }
        let others = [("REML", pool.restrictedLikelihood), ("DerSimonian-Laird", pool.derSimonianLaird)].map {
            name, fit in
            fit.map { "\(name) \(figures($0.tau2)), average \(figures($0.estimate))" } ?? "\(name) did not converge"
        }
        let doubts = (sharesNetworks ? [dependence] : []) + (isWithinRange(pool) ? [] : [roughness])
        return [
            "descriptive only: no verdict, side or answer uses it",
            "\(studyCount) average \(figures(pool.pauleMandel.estimate)) (95 % interval: \(phrase(pool.interval))); other settings would change the average",
            "95 % prediction interval for a further one at a similar setting: \(phrase(pool.prediction))",
            spread(pool), "other estimators of tau²: \(others.joined(separator: "; "))",
        ] + doubts
    }

    private var dependence: String {
        "some share their networks and are not independent, so the intervals may be too narrow"
    }

    private var roughness: String {
        "an interval exceeds the range of the quantity, so the model fits poorly here"
    }

    private func isWithinRange(_ pool: Pool) -> Bool {
        range.contains(pool.prediction.lowerBound) && range.contains(pool.prediction.upperBound)
    }

    private func spread(_ pool: Pool) -> String {
        let fit = pool.pauleMandel
        let measures =
            "tau² \(figures(fit.tau2)) (95 %: \(phrase(pool.tau2Interval))), I² \(fit.i2 > 99.9 ? "above 99.9" : fixed(fit.i2, digits: 1)) %, H² \(figures(fit.h2)), Q \(figures(pool.q)) on \(pool.k - 1), p \(chance(pool.qProbability))"
        guard fit.tau2 > 0 else { return "they differ no more than expected by chance: \(measures)" }
        return "their true values vary by \(figures(fit.tau2.squareRoot())) (one standard deviation): \(measures)"
    }

    private var studyCount: String {
        let noun = isReported ? "reported number" : "study mean"
        return counted(studies.count, noun)
    }

    package var excludedLines: [String] {
        let reasons = Dictionary(grouping: excluded, by: \.reason).sorted { $0.key < $1.key }
        return reasons.map { reason, items in
            let names = items.map { item in item.value.map { "\(item.name) (\(figures($0)))" } ?? item.name }
            return "\(reason): \(shortList(names).joined(separator: "; "))"
        }
    }
}

extension StudyEstimate {
    /// The study in one phrase, such as `superposition-geometry/dimensionality at density 0.3: 0.499 (se 0.00114, 8
    /// runs)`.
    package var phrase: String {
        let details: String
        switch basis {
        case .runs(let count, let missing):
            details = ", \(counted(count, "run"))\(missing > 0 ? ", \(missing) more without a value" : "")"
        case .reported: details = ""
        }
        return "\(study): \(figures(value)) (se \(figures(standardError))\(details))"
    }
}

private func phrase(_ range: ClosedRange<Double>, _ conjunction: String = "to") -> String {
    "\(figures(range.lowerBound)) \(conjunction) \(figures(range.upperBound))"
}

package func chance(_ probability: Double) -> String {
    probability < 0.0001 ? "below 0.0001" : fixed(probability, digits: 4)
}

/// Formats a number with three significant digits, and with an exponent if it is tiny or huge.
package func figures(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var power = 0
    var scaled = value.magnitude
    while scaled >= 9.995 { (scaled, power) = (scaled / 10, power + 1) }
    while scaled < 0.9995 { (scaled, power) = (scaled * 10, power - 1) }
    guard (-4..<6).contains(power) else { return "\(value < 0 ? "-" : "")\(fixed(scaled, digits: 2))e\(power)" }
    return fixed(value, digits: max(0, 2 - power))
}
