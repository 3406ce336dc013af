import KernelInterface
import Records
import Words
import YAML

/// Checks that the measurement in `verify` can re-run the claim.
func checkVerify(
    _ verify: Located<String>, of claim: Claim, path: String, _ context: CheckContext
) -> [Diagnostic] {
    let parts = verify.value.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let measurement = context.state.measurements[verify.value] else {
        if parts.count == 2, context.existing.contains(.measurement(model: parts[0], slug: parts[1])) { return [] }
        return [
            Diagnostic(
                .unknownVerifier, path: path, mark: verify.mark, message: "unknown verifier \"\(verify.value)\"",
                context.mend(forToyModel: verify)
                    ?? Mend(name: verify.value, at: verify.mark, among: context.state.measurements.keys),
                otherwise: "write toy-model/measurement")
        ]
    }
    var diagnostics: [Diagnostic] = []
    if !context.samplesTraces(measurement.model), claim.tested[Condition.model] != .values([measurement.model]),
        !claim.tested.isUnreadable(at: Condition.model), context.knowsModels(of: claim)
    {
        diagnostics.append(
            Diagnostic(
                .wrongToyModel, path: path, mark: verify.mark,
                message:
                    "\"\(verify.value)\" measures the toy model \"\(measurement.model)\", but the claim was tested on another",
                fix: "write `model: \(measurement.model)`; record published results in a separate finding"))
    }
    // Unknown quantities are reported by another check.
    if context.existing.contains(.quantity(slug: claim.quantity.value)),
        !measurement.measures.isIncomplete, !measurement.measures.contains(where: { $0.value == claim.quantity.value })
    {
        let measures = measurement.measures.map(\.value)
        diagnostics.append(
            Diagnostic(
                .unknownVerifier, path: path, mark: verify.mark,
                message: "\"\(verify.value)\" does not measure \"\(claim.quantity.value)\"",
                fix: didYouMean(claim.quantity.value, measures) ?? "it measures \(measures.joined(separator: ", "))"))
    }
    if case .labels(let labels)? = claim.value?.value,
        let reading = measurement.labels.first(where: { $0.name.value == claim.quantity.value })
    {
        let meant = reading.ranges.map(\.label.value)
        for label in labels where !meant.contains(label) {
            diagnostics.append(
                Diagnostic(
                    .unknownVerifier, path: path, mark: verify.mark,
                    message: "\"\(verify.value)\" does not define the label \"\(label)\"",
                    fix: didYouMean(label, meant) ?? "it defines \(meant.joined(separator: ", "))"))
        }
    }
    return diagnostics.isEmpty
        ? checkMeasuredSettings(of: claim, measurement, verify.mark, path: path, context) : diagnostics
}

extension CheckContext {
    /// Finds the measurement that is meant by the name of a toy model.
    fileprivate func mend(forToyModel name: Located<String>) -> Mend? {
        let measurements = state.measurements.values.filter { $0.model == name.value }.map(\.id).sorted()
        if measurements.count == 1 { return Mend(write: measurements[0], at: name.mark) }
        return measurements.isEmpty ? nil : Mend("write \(listed(shortList(measurements), "or"))")
    }

    /// Whether all models at which a claim was tested exist. A missing model is reported as unknown.
    fileprivate func knowsModels(of claim: Claim) -> Bool {
        guard case .values(let models)? = claim.tested[Condition.model] else { return true }
        return models.allSatisfy { state.vocabulary.isKnown($0, of: Condition.model, nil) }
    }
}

/// Checks that `tested` has the settings that the measurement requires, with valid values.
private func checkMeasuredSettings(
    of claim: Claim, _ measurement: Measurement, _ mark: Mark, path: String, _ context: CheckContext
) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    guard let model = context.state.models[measurement.model], let kernel = context.kernel(model.kernel.value),
        !measurement.conditions.isIncomplete
    else { return [] }
    let settings = kernel.measurement(named: measurement.measurement.value)?.settings
    let known = measurement.conditions.map(\.value)
    for condition in claim.tested.sides.map(\.condition)
    where !known.contains(condition.value) && condition.value != Condition.model {
        diagnostics.append(
            Diagnostic(
                .unknownSetting, path: path, mark: condition.mark,
                message: "\"\(measurement.id)\" takes no condition \"\(condition.value)\"",
                Mend(name: condition.value, at: condition.mark, among: known),
                otherwise: known.isEmpty ? "remove it: it takes none" : "it takes \(known.joined(separator: ", "))"))
    }
    for condition in measurement.conditions.map(\.value) {
        guard let side = claim.tested.sides.first(where: { $0.condition.value == condition }),
            case .values(let values) = side.selection
        else {
            if claim.tested.isUnreadable(at: condition) { continue }
            diagnostics.append(
                Diagnostic(
                    .missingCondition, path: path, mark: mark,
                    message: "\"\(measurement.id)\" needs the condition \"\(condition)\" in \"tested\"", fix: "add it"))
            continue
        }
        guard let parameter = settings?.first(where: { $0.name == condition }) else { continue }
        for (value, mark) in zip(values, side.marks) {
            // An unknown value has its own diagnostic.
            guard context.state.vocabulary.isKnown(value, of: condition, nil),
                let mistake = parameter.mistake(in: value)
            else { continue }
            diagnostics.append(
                Diagnostic(
                    .outOfRange, path: path, mark: mark, message: "\"\(condition)\" \(mistake)", fix: "correct it"))
        }
    }
    return diagnostics.isEmpty ? checkCells(of: claim, measurement, model, kernel, mark, path: path) : diagnostics
}

/// Reports settings that are valid in themselves but not for this model, such as a layer that the model does not have.
private func checkCells(
    of claim: Claim, _ measurement: Measurement, _ model: ToyModel, _ kernel: KernelDescription, _ mark: Mark,
    path: String
) -> [Diagnostic] {
    let config = model.completeConfig(kernel)
    guard config.fit(kernel.parameters), !model.config.map(\.name).isIncomplete else { return [] }
    let defaults = kernel.measurement(named: measurement.measurement.value)?.settings.defaults ?? [:]
    for cell in claim.cells(of: measurement) ?? [] {
        do throws(ConfigMistake) {
            _ = try kernel.cost(
                config, measurement.measurement.value, Settings(defaults.merging(cell) { _, new in new }))
        } catch {
            let side = claim.tested.sides.first { $0.condition.value == error.name }
            var place = mark
            if let side, case .values(let values) = side.selection,
                let index = values.firstIndex(where: { $0 == cell[error.name] })
            {
                place = side.marks[index]
            }
            return [Diagnostic(.outOfRange, path: path, mark: place, message: error.message, fix: error.fix)]
        }
    }
    return []
}

extension Diagnostic.Code {
    package static let wrongToyModel = Self(
        "wrong-toy-model", .error, "A claim is not about the model that its verifier trains.")

    package static let ofReruns = [wrongToyModel]
}
