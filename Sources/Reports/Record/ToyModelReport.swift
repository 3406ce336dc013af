import Checking
import Evidence
import KernelInterface
import Merging
import Records
import Words

/// A toy model with its cost, claims and measured values.
package struct ToyModelReport: Sendable {
    package struct KernelName: Sendable {
        package var name: String
        package var version: Int
        package var summary: String
    }

    package struct Parameter: Sendable {
        package var name: String
        package var value: String
        /// Whether the value is the kernel's default.
        package var isDefault: Bool
        package var summary: String
    }

    /// The cost of one run of a measurement.
    package struct Cost: Sendable {
        package var measurement: String
        package var trainingSeconds: Double
        package var measuringSeconds: Double
        package var bytes: Double
        package var recorded: RecordedCost?
    }

    /// The durations of recorded runs, except for controls.
    package struct RecordedCost: Sendable {
        package var runs: Int
        package var meanSeconds: Double
        package var longestSeconds: Double
    }

    package struct ClaimLine: Sendable {
        package var row: ClaimRow
        package var general: GeneralAgreement
    }

    package struct Measured: Sendable {
        package var id: String
        package var measures: [String]
        package var conditions: [String]
        package var control: [String: String]
        package var cells: [MeasuredCell]
        package var pictures: [Picture]
    }

    package var abstracts: String
    package var question: String?
    package var kernel: KernelName
    package var config: [Parameter]
    package var cost: [Cost]
    /// The assumptions under which the toy model's results apply to other models.
    package var bridges: [String]
    package var claims: [ClaimLine]
    package var caveats: [String]
    package var measurements: [Measured]
    package var networks: NetworkViews?
}

extension ToyModelReport {
    package init(_ model: ToyModel, _ merge: Merge) {
        let state = merge.state
        let kernel = merge.ledger.kernels.first { $0.name == model.kernel.value }
        abstracts = model.abstracts.value
        question = state.questions[model.abstracts.value]?.text
        self.kernel = KernelName(
            name: model.kernel.value, version: kernel?.version ?? 0, summary: kernel?.summary ?? "not in this build")
        config = kernel.map { model.parameters($0) } ?? []
        let measurements = state.measurements(of: model)
        cost = kernel.map { kernel in measurements.compactMap { Cost(model, $0, kernel, state) } } ?? []
        bridges = state.assumptions.values.sorted { $0.slug < $1.slug }.compactMap { assumption in
            guard let bridge = assumption.bridge, bridge.from.contains(where: { $0.value == model.slug }) else {
                return nil
            }
            return "to \(listed(bridge.to.map(\.value))), assuming \(assumption.slug): \(assumption.statement)"
        }
        let members = merge.members.filter {
            $0.claim.tested[Condition.model] == .values([model.slug])
        }
        claims = members.sorted { $0.id < $1.id }.map { member in
            ClaimLine(row: ClaimRow(member), general: merge.generalAgreement(of: member))
        }
        caveats = state.caveats(
            of: model, measurements: Set(measurements.map(\.id)), claims: Set(members.map(\.id)))
        self.measurements = measurements.map { Measured($0, merge.ledger) }
    }

    /// A phrase about how many of the toy model's claims agree with general models; nil if the toy model has no claims.
    package var agreementPhrase: String? {
        guard !claims.isEmpty else { return nil }
        let agreeing = claims.count { $0.general == .agrees }
        let differing = claims.count { $0.general == .differs }
        guard agreeing + differing > 0 else {
            return
                "no general model takes a side on the questions of \(claims.count == 1 ? "this claim" : "these claims")"
        }
        let uncompared = claims.count - agreeing - differing
        let rest = uncompared > 0 ? "; \(uncompared) cannot be compared" : ""
        return
            "\(agreeing) of \(counted(claims.count, "claim")) \(agreeing == 1 ? "agrees" : "agree") with general models, \(differing) \(differing == 1 ? "differs" : "differ")\(rest)"
    }
}

extension ToyModelReport.Parameter {
    var row: [String] { [name, value, isDefault ? "default" : "", summary] }
}

extension ToyModelReport.ClaimLine {
    var phrase: String {
        let agreement =
            switch general {
            case .agrees: ", agrees with general models"
            case .differs: ", differs from general models"
            case .unknown: ""
            }
        return "\(row.id): \(row.quantity) is \(row.valueText), \(evidenceLabel(row.evidence))\(agreement)"
    }
}

extension ToyModelReport.Cost {
    /// Estimates the cost of a measurement. Returns nil if the kernel cannot run the measurement.
    init?(_ model: ToyModel, _ measurement: Measurement, _ kernel: KernelDescription, _ state: LedgerState) {
        guard
            let cost = try? kernel.cost(
                model.completeConfig(kernel), measurement.measurement.value, Settings([:]))
        else { return nil }
        let (modelDigest, measurementDigest) = (model.digest(kernel), measurement.digest)
        let seconds = state.receipts.filter {
            $0.modelDigest == modelDigest && $0.measurementDigest == measurementDigest
                && !$0.predicate.isControl
        }.flatMap(\.predicate.runs).map(\.seconds)
        self.init(
            measurement: measurement.slug, trainingSeconds: cost.trainingSeconds,
            measuringSeconds: cost.measuringSeconds, bytes: cost.bytes,
            recorded: seconds.max().map {
                .init(
                    runs: seconds.count, meanSeconds: seconds.reduce(0, +) / Double(seconds.count), longestSeconds: $0)
            })
    }

    package var phrase: String {
        let cost = RunCost(trainingSeconds: trainingSeconds, measuringSeconds: measuringSeconds, bytes: bytes)
        let estimated = "\(measurement): estimated \(cost.phrase)"
        guard let recorded else { return "\(estimated); no recorded run" }
        return
            "\(estimated); \(fixed(recorded.meanSeconds, digits: 2)) s on average, \(fixed(recorded.longestSeconds, digits: 2)) s at most over \(counted(recorded.runs, "recorded run"))"
    }
}

extension ToyModelReport.Measured {
    init(_ measurement: Measurement, _ ledger: CheckedLedger) {
        let cells = ledger.measuredCells(measurement)
        self.init(
            id: measurement.id, measures: measurement.measures.map(\.value),
            conditions: measurement.conditions.map(\.value),
            control: Dictionary(measurement.control.map { ($0.name.value, $0.value.value) }) { $1 }, cells: cells,
            pictures: ledger.pictures(measurement, cells))
    }

    package var runLines: [String] {
        guard !cells.isEmpty else { return ["no recorded run"] }
        func phrase(_ cells: [MeasuredCell], _ noun: String) -> String? {
            guard let least = cells.map(\.runs).min(), let most = cells.map(\.runs).max() else { return nil }
            let failed = cells.reduce(0) { $0 + $1.failed }
            let runs = least == most ? counted(least, "run") : "\(least) to \(most) runs"
            return "\(runs) \(noun)\(failed > 0 ? ", of which \(failed) failed" : "")"
        }
        let each = [
            phrase(cells.filter { !$0.control }, cells.contains { !$0.cell.isEmpty } ? "per cell" : "recorded"),
            phrase(cells.filter(\.control), "of the control"),
        ]
        return [each.compactMap(\.self).joined(separator: ", ")]
    }
}

/// Returns settings as one phrase, such as `network untrained`.
package func settingsPhrase(_ settings: [String: String]) -> String {
    settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
}

extension CheckedLedger {
    /// Returns the number of blocks of a model, as recorded or as a toy's kernel is set.
    package func blocks(ofModel slug: String) -> Int? {
        if let blocks = state.vocabulary.value(slug, of: Condition.model)?.blocks { return blocks }
        guard let toy = state.models[slug], let kernel = kernels.first(where: { $0.name == toy.kernel.value }) else {
            return nil
        }
        return toy.completeConfig(kernel).values["layers"].flatMap { Int($0) }
    }
}

extension ToyModel {
    fileprivate func parameters(_ kernel: KernelDescription) -> [ToyModelReport.Parameter] {
        let written = Set(config.map(\.name.value))
        let values = completeConfig(kernel).values
        return kernel.parameters.map { parameter in
            ToyModelReport.Parameter(
                name: parameter.name, value: values[parameter.name] ?? "", isDefault: !written.contains(parameter.name),
                summary: parameter.summary)
        }
    }
}

extension LedgerState {
    /// Lists the caveats against a toy model, its measurements or its claims.
    fileprivate func caveats(of model: ToyModel, measurements: Set<String>, claims: Set<ClaimID>) -> [String] {
        findings.values.filter { !$0.caveats.isEmpty }.sorted { $0.slug < $1.slug }.flatMap { finding in
            finding.caveats.compactMap { caveat in
                let isAgainst =
                    switch caveat.against {
                    case .claim(let name): claimID(name.value).map(claims.contains) ?? false
                    case .verifier(let name): name.value == model.slug || measurements.contains(name.value)
                    case .assumption: false
                    }
                guard isAgainst else { return nil }
                let shown = caveat.shownBy.map { ", shown by \($0.value)" } ?? ""
                return "\(caveat.text) (\(finding.slug), against \(caveat.against.name)\(shown))"
            }
        }
    }
}
