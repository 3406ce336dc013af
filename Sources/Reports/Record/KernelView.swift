import Checking
import KernelInterface
import Merging
import Records
import Words

extension RecordView {
    /// Shows a kernel: its settings, its measurements with their settings and outputs, what a run costs, and who uses it.
    init(_ kernel: KernelDescription, _ merge: Merge) {
        self.init(kernel.name, .kernel, kernel.summary, nil as String?)
        let state = merge.state
        let toys = state.models.values.filter { $0.kernel.value == kernel.name }.sorted { $0.slug < $1.slug }
        add("version", ["\(kernel.version)"])
        if kernel.samplesTraces { add("measures", ["annotated traces of the ledger; it trains nothing"]) }
        add("settings of a toy model", kernel.parameters.map(\.phrase))
        for measurement in kernel.measurements {
            let quantities = measurement.quantities.map { name in
                "gives \(name)\(state.quantities[name].map { ": \($0.title)" } ?? "; the ledger has no such quantity")"
            }
            let settings = measurement.settings.map { setting in
                setting.phrase
                    + (measurement.trainingSettings.contains(setting.name) ? "; changes the training" : "")
            }
            add(
                "measurement \(measurement.name)",
                quantities + settings + (toys.first.map { cost(of: kernel, measurement, $0) } ?? []))
        }
        add("toy models", toys.map { "\($0.slug): \($0.title)" })
        add("next", ["arbor-ledger new model NAME writes a toy model that uses it"])
    }

    /// The estimated cost of a run of a toy model. Empty if the measurement is impossible for it.
    private func cost(of kernel: KernelDescription, _ measurement: KernelMeasurement, _ toy: ToyModel) -> [String] {
        guard let cost = try? kernel.cost(toy.completeConfig(kernel), measurement.name, Settings([:])) else {
            return []
        }
        return ["costs \(cost.phrase) for \(toy.slug)"]
    }
}

extension Parameter {
    /// The parameter with its meaning, its possible values and its default.
    package var phrase: String { "\(name): \(meaning)" }
}

extension RunCost {
    /// The cost in words, such as `2.5 s to train, 0.1 s to measure, 30 MiB`, or without a training `0.1 s to measure, 30 MiB`.
    package var phrase: String {
        let memory = max(1, Int((bytes / 1_048_576).rounded(.up)))
        let training = trainingSeconds > 0 ? "\(fixed(trainingSeconds, digits: 2)) s to train, " : ""
        return "\(training)\(fixed(measuringSeconds, digits: 2)) s to measure, \(memory) MiB"
    }
}
