import KernelInterface
import vector_kernels

/// A toy model's verification job for one seed, the same job in PyTorch, and the expected values.
struct KernelPreset: Sendable {
    var name: String
    var kernel: String
    /// Overrides of the kernel's defaults.
    var config: [String: String] = [:]
    var measured: [Measured]
    /// The program in `Benchmarks/pytorch`, with its arguments.
    var program: [String]
    /// The training texts; nil for kernels without a transformer.
    var texts: Texts?
    /// Computes the number of training samples; the measured values may contain the length of the training.
    var sampleCount: @Sendable (_ config: Settings, _ values: [String: Double]) -> Double = { config, _ in
        Double(config.integer("batch") * config.integer("steps"))
    }
    /// The speed-up of training over PyTorch that the kernel should reach.
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

/// The training sequences of a transformer.
struct Texts: Sendable {
    var vocabulary: Int
    /// The lengths in input tokens; each listed length is equally frequent.
    var lengths: [Int]
    /// The number of tokens at the start that have no target and are therefore not needed after the last attention.
    var untargeted = 0

    /// Returns the mean number of floating-point operations per sequence in the matrix products: those of the forward
    /// pass with masked attention, and twice as many for the backward pass.
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
