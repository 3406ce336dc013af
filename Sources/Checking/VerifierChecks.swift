import KernelInterface
import Records
import Words
import YAML

/// Checks that toy models and measurements fit the kernels that are compiled into the program.
func checkVerifiers(_ context: CheckContext) -> [Diagnostic] {
    context.state.models.values.flatMap { checkModel($0, context) }
        + context.state.measurements.values.flatMap { checkMeasurement($0, context) }
}

private func checkModel(_ model: ToyModel, _ context: CheckContext) -> [Diagnostic] {
    let path = RecordPlace.model(slug: model.slug).path
    var diagnostics = checkQuestion(model.abstracts, path: path, context)
    guard !model.kernel.isUnreadable else { return diagnostics }
    guard let kernel = context.kernel(model.kernel.value) else {
        let names = context.kernels.map(\.name)
        diagnostics.append(
            Diagnostic(
                .unknownKernel, path: path, mark: model.kernel.mark,
                message: "unknown kernel \"\(model.kernel.value)\"",
                Mend(name: model.kernel.value, at: model.kernel.mark, among: names),
                otherwise: "the kernels are \(names.joined(separator: ", "))"))
        return diagnostics
    }
    diagnostics += checkSettings(model.config, kernel.parameters, of: "the kernel \"\(kernel.name)\"", path: path)
    if model.config.map(\.name).isIncomplete { return diagnostics }
    let given = Set(model.config.map(\.name.value))
    for parameter in kernel.parameters where parameter.defaultValue == nil && !given.contains(parameter.name) {
        diagnostics.append(
            Diagnostic(
                .missingKey, path: path, mark: model.mark(of: "config"),
                message: "the kernel \"\(kernel.name)\" needs \"\(parameter.name)\": \(parameter.summary)",
                fix: "add it to `config`"))
    }
    if diagnostics.isEmpty {
        diagnostics += checkCost(model, kernel, measurement: nil, path: path, mark: model.kernel.mark)
    }
    return diagnostics
}

private func checkMeasurement(_ measurement: Measurement, _ context: CheckContext) -> [Diagnostic] {
    let path = RecordPlace.measurement(model: measurement.model, slug: measurement.slug).path
    var diagnostics: [Diagnostic] = []
    for quantity in measurement.measures { diagnostics += checkQuantityName(quantity, path: path, context) }
    for label in measurement.labels { diagnostics += checkLabel(label, of: measurement, path: path, context) }
    for condition in measurement.conditions where !condition.isUnreadable {
        if let diagnostic = checkCondition(condition, path: path, context) { diagnostics.append(diagnostic) }
    }
    guard let model = context.state.models[measurement.model] else {
        if !context.existing.contains(.model(slug: measurement.model)) {
            diagnostics.append(
                Diagnostic(
                    .unknownVerifier, path: path, mark: .fileStart,
                    message: "unknown toy model \"\(measurement.model)\"",
                    fix: "add \(RecordPlace.model(slug: measurement.model).path)"))
        }
        return diagnostics
    }
    guard let kernel = context.kernel(model.kernel.value), !measurement.measurement.isUnreadable else {
        return diagnostics
    }
    guard let description = kernel.measurement(named: measurement.measurement.value) else {
        let names = kernel.measurements.map(\.name)
        diagnostics.append(
            Diagnostic(
                .unknownSetting, path: path, mark: measurement.measurement.mark,
                message: "the kernel \"\(kernel.name)\" has no measurement \"\(measurement.measurement.value)\"",
                Mend(name: measurement.measurement.value, at: measurement.measurement.mark, among: names),
                otherwise: "it has \(names.joined(separator: ", "))"))
        return diagnostics
    }
    let labels = measurement.labels.map(\.name)
    for quantity in measurement.measures
    where !quantity.isUnreadable && !description.quantities.contains(quantity.value) && !labels.contains(quantity) {
        diagnostics.append(
            Diagnostic(
                .unknownSetting, path: path, mark: quantity.mark,
                message: "\"\(description.name)\" of the kernel \"\(kernel.name)\" does not give \"\(quantity.value)\"",
                Mend(name: quantity.value, at: quantity.mark, among: description.quantities),
                otherwise: "it gives \(description.quantities.joined(separator: ", "))"))
    }
    let settingNames = description.settings.map(\.name)
    for condition in measurement.conditions
    where !condition.isUnreadable && !settingNames.contains(condition.value) {
        diagnostics.append(
            Diagnostic(
                .unknownSetting, path: path, mark: condition.mark,
                message: "\"\(description.name)\" of the kernel \"\(kernel.name)\" takes no \"\(condition.value)\"",
                Mend(name: condition.value, at: condition.mark, among: settingNames),
                otherwise: "it takes \(settingNames.joined(separator: ", "))"))
    }
    diagnostics += checkSettings(measurement.control, description.settings, of: "\"\(description.name)\"", path: path)
    let given = Set(measurement.conditions.map(\.value))
    for setting in description.settings
    where setting.defaultValue == nil && !given.contains(setting.name) && !measurement.conditions.isIncomplete {
        diagnostics.append(
            Diagnostic(
                .missingKey, path: path, mark: measurement.measurement.mark,
                message: "\"\(description.name)\" needs the condition \"\(setting.name)\": \(setting.summary)",
                fix: "add it to `conditions`"))
    }
    let hasGaps = (model.config + measurement.control).map(\.name).isIncomplete || measurement.conditions.isIncomplete
    // Mistakes in the model are reported in the model's file.
    if diagnostics.isEmpty, !hasGaps, checkModel(model, context).isEmpty {
        diagnostics += checkCost(
            model, kernel, measurement: measurement, path: path, mark: measurement.measurement.mark)
    }
    return diagnostics
}

/// Checks that a label is derived from a measured number and that the ranges of different labels are disjoint.
private func checkLabel(
    _ label: LabelReading, of measurement: Measurement, path: String, _ context: CheckContext
) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    let numbers = measurement.measures.map(\.value).filter { name in
        !measurement.labels.contains { $0.name.value == name }
    }
    if !numbers.contains(label.number.value) && !measurement.measures.isIncomplete {
        diagnostics.append(
            Diagnostic(
                .unknownSetting, path: path, mark: label.number.mark,
                message: "\"\(label.number.value)\" is not one of the measured numbers",
                Mend(name: label.number.value, at: label.number.mark, among: numbers), otherwise: "add it to `measures`"
            ))
    }
    if label.ranges.isEmpty {
        diagnostics.append(
            Diagnostic(
                .missingKey, path: path, mark: label.name.mark, message: "\"\(label.name.value)\" has no labels",
                fix: "write labels with their ranges under `means`"))
    }
    if let quantity = context.state.quantities[label.name.value] {
        for name in label.ranges.map(\.label) {
            diagnostics += checkRange(Located(.labels([name.value]), name.mark), of: quantity, "means", path: path)
        }
    }
    for (index, one) in label.ranges.enumerated() {
        for other in label.ranges[..<index] where !one.range.value.isDisjoint(from: other.range.value) {
            diagnostics.append(
                Diagnostic(
                    .outOfRange, path: path, mark: one.range.mark,
                    message: "the ranges of \"\(one.label.value)\" and \"\(other.label.value)\" overlap",
                    fix: "make their ranges disjoint"))
        }
    }
    return diagnostics
}

/// The factor by which an estimate may exceed the budget without an error. Cost estimates are uncertain.
private let overrun = 2.0

/// Checks that the config is valid and that the cost of a run is within the budget.
private func checkCost(
    _ model: ToyModel, _ kernel: KernelDescription, measurement: Measurement?, path: String, mark: Mark
) -> [Diagnostic] {
    let cost: RunCost
    do throws(ConfigMistake) {
        let control = (measurement?.control ?? []).map { ($0.name.value, $0.value.value) }
        cost = try kernel.cost(
            model.completeConfig(kernel), measurement?.measurement.value, Settings(Dictionary(control) { $1 }))
    } catch {
        let setting = (measurement?.control ?? model.config).first { $0.name.value == error.name }
        return [
            Diagnostic(
                .outOfRange, path: path, mark: setting?.value.mark ?? mark, message: error.message, fix: error.fix)
        ]
    }
    let minutes = (cost.trainingSeconds + cost.measuringSeconds) / 60
    let gibibytes = cost.bytes / 1_073_741_824
    var excess: [(need: String, allowed: String)] = []
    if minutes > overrun * model.budget.minutes.doubleValue {
        excess.append(("about \(roundedUp(minutes)) min of one core", "\(model.budget.minutes) min"))
    }
    if gibibytes > overrun * model.budget.memoryGibibytes.doubleValue {
        excess.append(("about \(roundedUp(gibibytes)) GiB of memory", "\(model.budget.memoryGibibytes) GiB"))
    }
    return excess.map { need, allowed in
        Diagnostic(
            .overBudget, path: path, mark: mark, message: "a run needs \(need), but its budget is \(allowed)",
            fix: "reduce `config`, or raise `budget`")
    }
}

/// Rounds up: a number below 10 to one decimal, a larger number to an integer. Estimates are not more precise.
private func roundedUp(_ value: Double) -> String {
    value < 10 ? "\((value * 10).rounded(.up) / 10)" : "\(Int(min(1e15, value).rounded(.up)))"
}

private func checkSettings(
    _ settings: [Setting], _ parameters: [Parameter], of subject: String, path: String
) -> [Diagnostic] {
    let names = parameters.map(\.name)
    return settings.filter { !$0.name.isUnreadable }.compactMap { setting in
        guard let parameter = parameters.first(where: { $0.name == setting.name.value }) else {
            return Diagnostic(
                .unknownSetting, path: path, mark: setting.name.mark,
                message: "\(subject) takes no \"\(setting.name.value)\"",
                Mend(name: setting.name.value, at: setting.name.mark, among: names),
                otherwise: "it takes \(names.joined(separator: ", "))")
        }
        guard let mistake = parameter.mistake(in: setting.value.value) else { return nil }
        return Diagnostic(
            .outOfRange, path: path, mark: setting.value.mark, message: "\"\(setting.name.value)\" \(mistake)",
            meantValue(of: parameter, setting.value.value).map { Mend(write: $0, at: setting.value.mark) },
            otherwise: "it means: \(parameter.summary)")
    }
}

/// Returns the valid number that a value of a setting means, such as `0,01`.
private func meantValue(of parameter: Parameter, _ value: String) -> String? {
    meantNumber(by: value).flatMap { parameter.mistake(in: $0) == nil ? $0 : nil }
}

extension Diagnostic.Code {
    package static let unknownVerifier = Self(
        "unknown-verifier", .error, "No measurement of a toy model has this name.")
    package static let unknownKernel = Self("unknown-kernel", .error, "No kernel has this name.")
    package static let unknownSetting = Self(
        "unknown-setting", .error, "The kernel has no such setting or measurement.")
    package static let overBudget = Self("over-budget", .error, "A run would exceed its budget.")

    package static let ofVerifiers = [unknownVerifier, unknownKernel, unknownSetting, overBudget]
}
