import KernelInterface
import vector_kernels

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
    /// Samples of a training, of which the values may tell how long it was.
    var sampleCount: @Sendable (_ config: Settings, _ values: [String: Double]) -> Double = { config, _ in
        Double(config.integer("batch") * config.integer("steps"))
    }
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
    /// How many tokens at the start have nothing to predict: after the last attention they are of no use.
    var untargeted = 0

    /// Floating point operations of the products that one text needs in the mean: forward, attention under its mask, and
    /// twice as many on the way back.
    func operations(_ config: Settings) -> Double {
        let (layers, width) = (Double(config.integer("layers")), Double(config.integer("width")))
        let block = 4 * width * width + 2 * width * Double(config.integer("hidden_width"))
        let each = lengths.map { length in
            (1...length).reduce(0.0) { sum, seen in
                let whole = block + 2 * width * Double(seen)
                let last = seen > untargeted ? whole + width * Double(vocabulary) : 2 * width * width
                return sum + (layers - 1) * whole + last
            }
        }
        return 3 * 2 * each.reduce(0, +) / Double(lengths.count)
    }
}

let kernelPresets =
    superpositionPresets + [
        othelloPreset, countdownPreset, chainOfThoughtPreset, treeSearchPreset, modularAdditionPreset,
    ]

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
