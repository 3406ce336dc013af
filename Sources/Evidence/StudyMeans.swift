import Records

/// A study that counted runs were made of for claims in force, under whatever salts.
package struct AuditedStudy: Sendable {
    /// `superposition-geometry/dimensionality at density 0.3`.
    var title: String
    /// What makes its networks, one of each salt.
    var trainings: Set<Training>
}

extension Evidence {
    /// Notes a study with counted runs; of toy models that train the same, the first name stands.
    mutating func note(_ cell: StudiedCell, _ verification: Verification, salt: String) {
        guard runs.contains(0, of: cell.study, salt: salt) else { return }
        let study = StudyToRun(cell.study, cell: cell.cell, verification, salt: salt)
        for quantity in verification.measurement.numbers {
            let known = studies[quantity]?[cell.study]
            studies[quantity, default: [:]][cell.study] = AuditedStudy(
                title: min(known?.title ?? study.title, study.title),
                trainings: (known?.trainings ?? []).union([study.training]))
        }
    }

    /// What the counted runs of each study of a quantity come to, by name: a study once however many claims rest on it,
    /// each run once however often it was repeated. Controls are no studies.
    package func studyMeans(of quantity: String) -> (
        estimates: [StudyEstimate], excluded: [ExcludedEstimate], shareNetworks: Bool
    ) {
        var estimates: [StudyEstimate] = []
        var excluded: [ExcludedEstimate] = []
        var trainings: [Training] = []
        for (study, audited) in studies[quantity, default: [:]].sorted(by: { $0.value.title < $1.value.title }) {
            let salts = audited.trainings.map(\.salt).sorted()
            let all = salts.flatMap { runs.prefix(of: study, salt: $0).compactMap(\.first) }
            let values = all.compactMap { $0.values?[quantity]?.double }.filter(\.isFinite)
            guard let sample = SampleMean(values), let variance = sample.variance else {
                let reason = values.isEmpty ? "no run gave a value" : "one run alone says nothing of how runs vary"
                excluded.append(ExcludedEstimate(name: audited.title, value: values.first, reason: reason))
                continue
            }
            let mean = sample.mean
            guard mean.isFinite, variance.isFinite, variance > 0 else {
                let reason = variance == 0 ? "all its runs gave one value, which has no variance" : "it is not finite"
                excluded.append(
                    ExcludedEstimate(name: audited.title, value: mean.isFinite ? mean : nil, reason: reason))
                continue
            }
            trainings += audited.trainings
            estimates.append(
                StudyEstimate(
                    quantity: quantity, study: audited.title, value: mean, variance: variance,
                    basis: .runs(values.count, missing: all.count - values.count)))
        }
        return (estimates, excluded, Set(trainings).count < trainings.count)
    }
}

/// What was not pooled of a quantity, and why.
package struct ExcludedEstimate: Sendable, Equatable {
    /// A study or a claim.
    package var name: String
    package var value: Double?
    package var reason: String

    package init(name: String, value: Double? = nil, reason: String) {
        self.name = name
        self.value = value
        self.reason = reason
    }
}
