import Checking
import KernelInterface
import Records
import Words

/// A measurement at some cells, to be run before there is a claim.
///
/// Its seeds have no salt, so that they are never the seeds of an audit.
package struct Trial: Sendable {
    package var verification: Verification
    /// The conditions for which no value was chosen, with the values that are tried instead.
    package var unset: [(condition: String, values: [String])]

    /// Returns the studies of the cells, in their order. Refuses a measurement of traces if the ledger has too few
    /// traces for it.
    package func studies(_ samples: TraceSamples) throws(TrialMistake) -> [StudyToRun] {
        let studies = verification.cells.map {
            StudyToRun($0.study, cell: $0.cell, verification, seeds: SeedSource(salt: ""), samples: samples)
        }
        for study in studies {
            guard let batches = study.batches, batches.count == 0 else { continue }
            throw TrialMistake(
                message:
                    "a run of \(study.title) needs \(counted(batches.size, "annotated trace")), and the ledger has "
                    + "\(batches.traceCount)",
                remedy: "label more texts: `arbor-ledger annotate`")
        }
        return studies
    }
}

/// The reason why a measurement cannot be tried.
package struct TrialMistake: Error {
    package var message: String
    package var remedy: String?
}

/// The limit on the cells of one trial.
private let trialCellLimit = 32

extension CheckedLedger {
    /// Returns a trial of a measurement. Its name is `toy-model/measurement` or, if the toy model has a single
    /// measurement, the name of the toy model. `chosen` are values of conditions; a condition with several values is
    /// tried at each of them.
    package func trial(of name: String, at chosen: [(condition: String, value: String)]) throws(TrialMistake) -> Trial {
        let measurement = try measurement(named: name)
        guard let model = state.models[measurement.model],
            let kernel = kernels.first(where: { $0.name == model.kernel.value }),
            let description = kernel.measurement(named: measurement.measurement.value)
        else { throw TrialMistake(message: "no kernel of this build measures \"\(measurement.id)\"") }
        let conditions = measurement.conditions.map(\.value)
        for setting in chosen where !conditions.contains(setting.condition) {
            let its = "it takes \(conditions.isEmpty ? "no conditions" : listed(conditions))"
            throw TrialMistake(
                message: "\(measurement.id) takes no condition \"\(setting.condition)\"",
                remedy: didYouMean(setting.condition, conditions) ?? its)
        }
        var values: [(condition: String, values: [String])] = []
        var unset: Set<String> = []
        for condition in state.vocabulary.inReadingOrder(conditions) {
            let parameter = description.settings.first { $0.name == condition }
            var wanted: [String] = []
            for setting in chosen where setting.condition == condition {
                let value = try self.value(setting.value, of: condition, parameter)
                if !wanted.contains(value) { wanted.append(value) }
            }
            if wanted.isEmpty {
                unset.insert(condition)
                wanted = defaultValues(of: condition, parameter)
            }
            values.append((condition, wanted))
        }
        let count = values.reduce(1) { min($0 * $1.values.count, trialCellLimit + 1) }
        guard (1...trialCellLimit).contains(count) else {
            throw choiceNeeded(measurement, kernel, among: values.filter { unset.contains($0.condition) })
        }
        let cells = values.reduce([[:]]) { cells, next in
            cells.flatMap { cell in next.values.map { cell.merging([next.condition: $0]) { $1 } } }
        }
        let verifiers = VerifierSet(models: state.models, measurements: state.measurements, kernels: kernels)
        guard let verification = verifiers.verification(by: measurement, at: cells) else {
            throw impossible(cells, measurement, model, kernel)
        }
        return Trial(verification: verification, unset: values.filter { unset.contains($0.condition) })
    }

    private func measurement(named name: String) throws(TrialMistake) -> Measurement {
        if let found = state.measurements[name] { return found }
        let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let model = state.models[parts[0]] else {
            let ending = parts.count > 1 ? "/" + parts[1] : ""
            let nearest = nearestName(to: parts[0], among: state.models.keys.sorted()).map { $0 + ending }
            throw TrialMistake(
                message: "there is no toy model \"\(parts[0])\"",
                remedy: nearest.map { "did you mean \"\($0)\"?" }
                    ?? "the toy models are \(listed(shortList(state.models.keys.sorted())))")
        }
        let all = state.measurements(of: model).map(\.id)
        if parts.count == 1, all.count == 1, let only = state.measurements[all[0]] { return only }
        let list = all.isEmpty ? "it has no measurement" : "it has \(listed(all))"
        throw TrialMistake(
            message: parts.count == 1
                ? "\"\(name)\" is a toy model; name one of its measurements" : "there is no measurement \"\(name)\"",
            remedy: parts.count == 1 ? list : didYouMean(name, all) ?? list)
    }

    /// Returns a chosen value in its canonical spelling. Refuses one that is not known or that the kernel does not take.
    private func value(_ text: String, of condition: String, _ parameter: Parameter?) throws(TrialMistake) -> String {
        let value = Number(text)?.text ?? text
        let known = state.vocabulary.knownValues(of: condition)
        if let known, !known.contains(value) {
            throw TrialMistake(
                message: "\"\(condition)\" has no value \"\(value)\"",
                remedy: didYouMean(value, known) ?? "its values are \(listed(shortList(known)))")
        }
        if let mistake = parameter?.mistake(in: value) {
            throw TrialMistake(message: "\"\(condition)\" \(mistake)")
        }
        return value
    }

    /// Returns the values at which a condition is tried if none was chosen: those of its closed list that the kernel
    /// takes, or else the kernel's default. The result is empty if there is neither.
    private func defaultValues(of condition: String, _ parameter: Parameter?) -> [String] {
        let closed = state.vocabulary.closedValues(of: condition).filter { parameter?.mistake(in: $0) == nil }
        return closed.isEmpty ? [parameter?.defaultValue].compactMap(\.self) : closed
    }

    /// Says which conditions need a chosen value, because they have none by default or too many.
    private func choiceNeeded(
        _ measurement: Measurement, _ kernel: KernelDescription, among unset: [(condition: String, values: [String])]
    ) -> TrialMistake {
        let open = unset.filter { $0.values.count != 1 }.map { condition, values in
            let known = values.isEmpty ? state.vocabulary.knownValues(of: condition) ?? [] : values
            return condition + (known.isEmpty ? "" : " (\(listed(shortList(known), "or")))")
        }
        let traces = kernel.samplesTraces ? " measures annotated traces and" : ""
        return TrialMistake(
            message:
                "\(measurement.id)\(traces) has more than \(trialCellLimit) settings, or a condition without a default",
            remedy: open.isEmpty
                ? "choose fewer values" : "choose values with --set CONDITION=VALUE: \(open.joined(separator: ", "))")
    }

    /// Says why the kernel cannot measure one of the cells.
    private func impossible(
        _ cells: [[String: String]], _ measurement: Measurement, _ model: ToyModel, _ kernel: KernelDescription
    ) -> TrialMistake {
        for cell in cells {
            do throws(ConfigMistake) {
                _ = try kernel.cost(
                    model.completeConfig(kernel), measurement.measurement.value, Settings(cell))
            } catch {
                return TrialMistake(
                    message: "\(measurement.id) cannot run\(cellSuffix(cell)): \(error.message)", remedy: error.fix)
            }
        }
        return TrialMistake(
            message: "\(measurement.id) cannot run with the settings of its toy model",
            remedy: "run `arbor-ledger check`")
    }
}

extension Vocabulary {
    /// Returns the values of a condition, in the order of its closed list or sorted. Returns nil for a condition whose
    /// values are any numbers.
    func knownValues(of condition: String) -> [String]? {
        let closed = closedValues(of: condition)
        if !closed.isEmpty { return closed }
        return conditions[condition]?.isNumber == true ? nil : values[condition, default: []].sorted()
    }
}
