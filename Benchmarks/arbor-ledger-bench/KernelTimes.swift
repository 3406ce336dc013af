import Kernels
import Ledger

/// A toy model's whole work for one seed: every density trained and measured.
struct KernelPreset {
    var name: String
    var measurement: String
    var densities: [String]
    var config: [String: String]
    /// CPU seconds of the same work as a PyTorch 2.15 program on one thread of an AMD EPYC (Zen 4).
    var pyTorchSeconds: Double
}

let kernelPresets = [
    KernelPreset(
        name: "superposition intro (5 features, 3 densities, 10 restarts)", measurement: "dimensionality",
        densities: ["1", "0.2", "0.1"],
        config: ["features": "5", "dimensions": "2", "importance_decay": "0.9", "restarts": "10"], pyTorchSeconds: 49),
    KernelPreset(
        name: "superposition geometry (200 features, 7 densities)", measurement: "dimensionality",
        densities: ["1", "0.4", "0.3", "0.25", "0.2", "0.1", "0.03"],
        config: [
            "features": "200", "dimensions": "20", "batch": "512", "steps": "2000", "learning_rate": "0.003",
            "schedule": "linear", "initial_variance": "1/n",
        ], pyTorchSeconds: 33),
    KernelPreset(
        name: "superposition phase diagram (81 cells, 4 restarts)", measurement: "phase-agreement", densities: [],
        config: [
            "features": "2", "dimensions": "1", "steps": "5000", "learning_rate": "0.005", "restarts": "4",
            "density_grid": "9", "importance_grid": "9",
        ], pyTorchSeconds: 54),
]

/// Prints the seconds that each preset takes for one seed on this thread, one a line.
func printKernelTimes() throws {
    let kernel = Superposition()
    for preset in kernelPresets {
        guard let measurement = kernel.description.measurements.first(where: { $0.name == preset.measurement }) else {
            throw ChildFailure(description: "the kernel no longer measures \(preset.measurement)")
        }
        let cells = preset.densities.isEmpty ? [[:]] : preset.densities.map { ["density": $0] }
        let start = ContinuousClock.now
        for cell in cells {
            let job = KernelJob(
                config: complete(preset.config, kernel.description.parameters), measurement: preset.measurement,
                settings: complete(cell, measurement.settings), seed: 1)
            _ = try kernel.measure(job, of: kernel.train(job) { _ in })
        }
        print(start.duration(to: .now) / .seconds(1))
    }
}

private func complete(_ values: [String: String], _ parameters: [Parameter]) -> Settings {
    var all = values
    for parameter in parameters where all[parameter.name] == nil { all[parameter.name] = parameter.defaultValue }
    return Settings(all)
}
