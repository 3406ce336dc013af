import Evidence
import Merging
import Records
import Reports
import Words

/// The maximum number of studies in a figure.
private let studyLimit = 30

extension Atlas {
    /// The studies of a pool with their 95 % intervals, and the pooled result.
    func forestFigure(_ pool: QuantityPool) -> StripFigure {
        var rows = pool.studies.prefix(studyLimit).map { study in
            let limits = study.usualLimits
            return StripFigure.Row(
                study.study, studyLink(study.study), note: basisPhrase(study),
                [.whisker(limits.lower, limits.upper), .point(study.value)],
                value: "\(figures(study.value)) (se \(figures(study.standardError)))", nil)
        }
        if let result = pool.pool {
            let fit = result.pauleMandel
            rows.append(
                StripFigure.Row(
                    "Average", nil, note: "dashed: the range in which a further study would lie",
                    [
                        .dashed(result.prediction.lowerBound, result.prediction.upperBound),
                        .whisker(result.interval.lowerBound, result.interval.upperBound), .point(fit.estimate),
                    ],
                    value:
                        "\(figures(fit.estimate)) (\(figures(result.interval.lowerBound)) to \(figures(result.interval.upperBound)))",
                    nil, isSummary: true))
        }
        let title =
            pool.settings.isEmpty
            ? "All studies" : listed(pool.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })
        let cut =
            pool.studies.count > studyLimit ? " \(pool.studies.count - studyLimit) more studies are not drawn." : ""
        return StripFigure(
            title, note: pool.description + cut, heads: (pool.isReported ? "Reported number" : "Study", "Mean"),
            rows: rows)
    }

    private func studyLink(_ name: String) -> Link? {
        if let id = ledger.claimID(name), name.containsBytes("#") { return Place.claim(id) }
        let measurement = name.split(separator: " ", maxSplits: 1).first.map(String.init) ?? name
        return ledger.measurements[measurement] == nil ? nil : Place.measurement(measurement)
    }

    private func basisPhrase(_ study: StudyEstimate) -> String {
        switch study.basis {
        case .runs(let count, let missing):
            counted(count, "run") + (missing > 0 ? ", \(missing) more without a value" : "")
        case .reported: "reported"
        }
    }
}
