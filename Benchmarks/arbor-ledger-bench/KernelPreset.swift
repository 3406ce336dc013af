import KernelInterface
import vector_kernels

/// A toy model's verification job for one seed, its equivalent in PyTorch, and the expected values.
struct KernelPreset: Sendable {
    var name: String
    var kernel: String
    /// Overrides of the kernel's defaults.
    var config: [String: String] = [:]
    var measured: [Measured]
    /// The program in `Benchmarks/pytorch`, with its arguments.
    var program: [String]
    /// Computes the number of training samples. Needs the measured values if training can stop early.
    var sampleCount: @Sendable (_ config: Settings, _ values: [String: Double]) -> Double = { config, _ in
        Double(config.integer("batch") * config.integer("steps"))
    }
    /// Computes the mean number of floating-point operations per training sample in the products that training needs; nil
    /// to not compare training with the machine's peak.
    var operations: (@Sendable (_ config: Settings) -> Double)?
    /// The factor by which training should be faster than in PyTorch.
    var aim = 2.0
    var references: [Reference]
    var orderings: [Ordering] = []
}

/// A measurement and its settings that differ from the defaults.
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
    /// The lengths in input tokens; all listed lengths are equally frequent.
    var lengths: [Int]
    /// The number of tokens at the start without a target. They are not needed after the last attention.
    var untargeted = 0

    /// Returns the mean number of floating-point operations per sequence in matrix products. Attention is masked. The
    /// backward pass counts twice as much as the forward pass.
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
