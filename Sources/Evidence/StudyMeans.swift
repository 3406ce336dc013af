import Records

/// A study that has counted runs, under any seeds, for claims in the merge.
package struct AuditedStudy: Sendable {
    /// The name of the study, such as `superposition-geometry/dimensionality at density 0.3`.
    var title: String
    /// The settings of the study, including its model.
    var settings: [String: String]
    /// The training configurations of the study's networks, one for each source of seeds.
    var trainings: Set<Training>
}

extension Evidence {
    /// Adds a cell's study if it has counted runs. If toy models with equal training have different names, the first
    /// name in sorted order is used.
    mutating func note(_ cell: StudiedCell, _ verification: Verification, _ sequences: [RunSequence]) {
        for seeds in Set(sequences.filter { $0.runs[0] != nil }.map(\.key.seeds)) {
            let study = StudyToRun(cell.study, cell: cell.cell, verification, seeds: seeds)
            for quantity in verification.measurement.numbers {
                let known = studies[quantity]?[cell.study]
                let new = AuditedStudy(
                    title: study.title, settings: verification.settings(of: cell), trainings: [study.training])
                var audited = known.map { $0.title <= new.title ? $0 : new } ?? new
                audited.trainings = new.trainings.union(known?.trainings ?? [])
                studies[quantity, default: [:]][cell.study] = audited
            }
        }
    }

    /// Returns the mean of the counted runs for each study of a quantity, sorted by name. Each study is included once,
    /// even if it has several claims. Each run is included once, even if it was repeated. Controls are excluded.
    package func studyMeans(of quantity: String) -> (means: [StudyMean], excluded: [ExcludedEstimate]) {
        var means: [StudyMean] = []
        var excluded: [ExcludedEstimate] = []
        for (study, audited) in studies[quantity, default: [:]].sorted(by: { $0.value.title < $1.value.title }) {
            let all = audited.trainings.map(\.seeds).sorted().flatMap { seeds in
                // Runs with equal seeds on several platforms are the same runs, so one sequence represents them.
                runs[study].filter { $0.key.seeds == seeds && $0.key.runner != .unnamed }
                    .map(\.prefix).max { $0.count < $1.count }?.map(\.run) ?? []
            }
            let values = all.compactMap { $0.values?[quantity]?.double }.filter(\.isFinite)
            guard let sample = SampleMean(values), let variance = sample.variance else {
                let reason = values.isEmpty ? "no run gave a value" : "a single run has no variance"
                excluded.append(ExcludedEstimate(name: audited.title, value: values.first, reason: reason))
                continue
            }
            let mean = sample.mean
            guard mean.isFinite, variance.isFinite, variance > 0 else {
                let reason =
                    variance == 0
                    ? "all its runs gave the same value, so it has no variance" : "its mean or variance is not finite"
                excluded.append(
                    ExcludedEstimate(name: audited.title, value: mean.isFinite ? mean : nil, reason: reason))
                continue
            }
            means.append(
                StudyMean(
                    estimate: StudyEstimate(
                        quantity: quantity, study: audited.title, value: mean, variance: variance,
                        basis: .runs(values.count, missing: all.count - values.count)),
                    settings: audited.settings, trainings: audited.trainings))
        }
        return (means, excluded)
    }
}

extension Verification {
    fileprivate func settings(of cell: StudiedCell) -> [String: String] {
        cell.cell.merging([Condition.model: model.slug]) { _, model in model }
    }
}

/// The mean of a study's runs, with the study's settings and networks.
package struct StudyMean: Sendable {
    package var estimate: StudyEstimate
    package var settings: [String: String]
    package var trainings: Set<Training>

    package init(estimate: StudyEstimate, settings: [String: String], trainings: Set<Training>) {
        self.estimate = estimate
        self.settings = settings
        self.trainings = trainings
    }
}

/// An estimate that was not pooled, with the reason.
package struct ExcludedEstimate: Sendable, Equatable {
    /// The name of a study or a claim.
    package var name: String
    package var value: Double?
    package var reason: String

    package init(name: String, value: Double? = nil, reason: String) {
        self.name = name
        self.value = value
        self.reason = reason
    }
}
