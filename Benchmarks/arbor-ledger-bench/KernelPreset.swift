import Kernels
import Ledger

/// A toy model's verification job for one seed, the same job in PyTorch, and what is expected of both.
struct KernelPreset: Sendable {
    var name: String
    var kernel: String
    /// Beside the kernel's defaults.
    var config: [String: String] = [:]
    var measured: [Measured]
    /// Of `Benchmarks/pytorch`, with its arguments.
    var program: [String]
    /// nil for what is no transformer.
    var texts: Texts?
    /// How many times faster than PyTorch training is to be.
    var aim = 2.0
    var references: [Reference]
    var orderings: [Ordering] = []
}

/// A measurement with the settings that differ from its defaults.
struct Measured: Sendable {
    var measurement: String
    var settings: [String: String]

    init(_ measurement: String, _ settings: [String: String] = [:]) {
        self.measurement = measurement
        self.settings = settings
    }
}

/// What a transformer is trained on.
struct Texts: Sendable {
    var vocabulary: Int
    /// In tokens that are looked at; each is as frequent as it is listed.
    var lengths: [Int]

    /// Floating point operations of a training's products: those that causal attention needs, and twice as many on the way
    /// back.
    func operations(_ config: Settings) -> Double {
        let (layers, width) = (Double(config.integer("layers")), Double(config.integer("width")))
        let block = 4 * width * width + 2 * width * Double(config.integer("hidden_width"))
        let each = lengths.map { length in
            (1...length).reduce(0.0) { sum, seen in
                sum + layers * (block + 2 * width * Double(seen)) + width * Double(vocabulary)
            }
        }
        let samples = Double(config.integer("batch") * config.integer("steps"))
        return 3 * 2 * samples * each.reduce(0, +) / Double(lengths.count)
    }
}

let kernelPresets = superpositionPresets + [othelloPreset, countdownPreset, chainOfThoughtPreset]

extension KernelPreset {
    func described() throws(ChildFailure) -> KernelDescription {
        guard let found = kernels.map(\.description).first(where: { $0.name == kernel }) else {
            throw ChildFailure(description: "there is no kernel \(kernel)")
        }
        return found
    }
}

extension Settings {
    init(_ values: [String: String], _ parameters: [Parameter]) {
        self.init(values)
        for parameter in parameters where self.values[parameter.name] == nil {
            self.values[parameter.name] = parameter.defaultValue
        }
    }
}
