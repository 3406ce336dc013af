import Checking
import KernelInterface
import Records
import Signatures

/// A toy model, a measurement and the settings of the kernel. Together they determine a run, except for its seed.
package struct Study: Hashable, Sendable {
    package var modelDigest: String
    package var measurementDigest: String
    package var settings: [String: String]
    package var isControl: Bool

    /// A digest of everything that determines a run, except for its seed.
    package var digest: String {
        let lines =
            [modelDigest, measurementDigest, isControl ? "control" : "claim"]
            + settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return sha256(Array(lines.joined(separator: "\n").utf8))
    }
}

/// One tested cell of a claim, with the study that re-runs it.
package struct StudiedCell: Sendable {
    /// The conditions that the measurement takes from the claim.
    package var cell: [String: String]
    package var study: Study
    /// The same study with the measurement's control settings. nil if the measurement has none.
    package var control: Study?

    /// The study and its control.
    package var studies: [Study] { [study, control].compactMap(\.self) }
}

/// The model, measurement, kernel and cells with which a claim can be re-run.
package struct Verification: Sendable {
    package var model: ToyModel
    package var measurement: Measurement
    package var kernel: KernelDescription
    package var cells: [StudiedCell]
}

/// Toy models, measurements and the kernels that run them.
struct VerifierSet: Sendable {
    var models: [String: ToyModel]
    /// The measurements, by names such as `toy-model/measurement`.
    var measurements: [String: Measurement]
    var kernels: [KernelDescription]
}

extension CheckedLedger {
    /// Returns the verification of a claim. Uses the verifier that the claim names. If it names none, uses the first
    /// verifier of its toy model that can measure its cells. Returns nil if no verifier can re-run the claim.
    package func verification(of claim: Claim) -> Verification? {
        VerifierSet(models: state.models, measurements: state.measurements, kernels: kernels).verification(of: claim)
    }
}

extension VerifierSet {
    func verification(of claim: Claim) -> Verification? {
        guard claim.value != nil else { return nil }
        let named = claim.verify.map { [measurements[$0.value]].compactMap(\.self) }
        let candidates =
            named
            ?? claim.onlyModel.map { model in
                measurements.values.filter {
                    $0.model == model && $0.measures.contains { $0.value == claim.quantity.value }
                }
                .sorted { $0.id < $1.id }
            } ?? []
        for measurement in candidates {
            guard let cells = claim.cells(of: measurement),
                let verification = verification(by: measurement, at: cells),
                verification.kernel.samplesTraces || claim.onlyModel == verification.model.slug
            else { continue }
            return verification
        }
        return nil
    }

    /// Returns the verification by a measurement at some cells. Returns nil if the kernel cannot measure one of them.
    func verification(by measurement: Measurement, at cells: [[String: String]]) -> Verification? {
        guard let model = models[measurement.model],
            let kernel = kernels.first(where: { $0.name == model.kernel.value }),
            let description = kernel.measurement(named: measurement.measurement.value),
            cells.allSatisfy({ canMeasure($0, measurement, description, model, kernel) })
        else { return nil }
        let control = Dictionary(
            measurement.control.map { ($0.name.value, $0.value.value) }, uniquingKeysWith: { first, _ in first })
        let (modelDigest, measurementDigest) = (model.digest(kernel), measurement.digest)
        func study(_ cell: [String: String], isControl: Bool) -> Study {
            let settings = description.settings.defaults.merging(cell) { _, new in new }
            return Study(
                modelDigest: modelDigest, measurementDigest: measurementDigest,
                settings: isControl ? settings.merging(control) { _, new in new } : settings, isControl: isControl)
        }
        return Verification(
            model: model, measurement: measurement, kernel: kernel,
            cells: cells.map { cell in
                StudiedCell(
                    cell: cell, study: study(cell, isControl: false),
                    control: control.isEmpty ? nil : study(cell, isControl: true))
            })
    }

    private func canMeasure(
        _ cell: [String: String], _ measurement: Measurement, _ description: KernelMeasurement, _ model: ToyModel,
        _ kernel: KernelDescription
    ) -> Bool {
        let config = model.completeConfig(kernel)
        return Settings(cell).fit(description.settings, partially: true) && config.fit(kernel.parameters)
            && (try? kernel.cost(config, measurement.measurement.value, Settings(cell))) != nil
    }
}

extension Verification {
    /// Returns the digest of the claim, the toy model and the measurement. If this digest changes, a new audit starts.
    /// The digest includes the model's configuration, so that an author who knows the seeds cannot try several
    /// configurations.
    package func auditDigest(of claim: Claim) -> String {
        sha256("arbor-audit/1\n\(claim.digest)\n\(model.digest(kernel))\n\(measurement.digest)")
    }

    /// The confinement and the budget of the runs, for a receipt.
    package func sandboxPhrase(_ sandbox: String) -> String {
        "\(sandbox); \(model.budget.minutes) min, \(model.budget.memoryGibibytes) GiB"
    }

    /// Returns the content of a receipt for the given runs.
    package func statement(
        of study: Study, runs: [Statement.Run], platform: Statement.Platform, _ signing: RunSigning,
        sandbox: String? = nil
    ) -> Statement {
        let measurementPath = RecordPlace.measurement(model: model.slug, slug: measurement.slug).path
        return Statement(
            model: .init(name: RecordPlace.model(slug: model.slug).path, digest: .init(sha256: study.modelDigest)),
            measurement: .init(name: measurementPath, digest: .init(sha256: study.measurementDigest)),
            predicate: .init(
                settings: study.settings, isControl: study.isControl, salt: signing.salt,
                kernel: .init(name: kernel.name, version: kernel.version, repeatsBytes: kernel.repeatsBytes),
                runs: runs.sorted { $0.index < $1.index },
                platform: platform,
                sandbox: sandboxPhrase(sandbox ?? "child process"),
                runBy: signing.runBy, runnerKey: signing.runnerKey?.text, seeding: signing.seeding))
    }
}

/// Who made the runs of a receipt, and where their seeds come from.
package struct RunSigning: Sendable {
    package var salt: String
    /// nil for the first formula.
    package var seeding: Statement.Seeding?
    package var runBy: String
    package var runnerKey: PublicKey?

    package init(
        salt: String, seeding: Statement.Seeding?, runBy: String, runnerKey: PublicKey?
    ) {
        self.salt = salt
        self.seeding = seeding
        self.runBy = runBy
        self.runnerKey = runnerKey
    }
}
