import KernelInterface

/// The smallest kernel, a template: it flips a coin instead of training a network, and measures the share of heads.
///
/// `docs/add-a-kernel.md` explains each part.
package struct Coin: Kernel {
    package init() {}

    package var description: KernelDescription {
        KernelDescription(
            name: "coin",
            version: 1,
            summary: "flips of a coin: the tutorial for writing a kernel",
            parameters: [
                Parameter("bias", .numbers(0...1), default: nil, "probability of heads"),
                Parameter("flips", .integers(1...1_000_000), default: "1000", "flips a run"),
            ],
            measurements: [Self.heads],
            cost: { config, _, _ in
                let flips = Double(config.integer("flips"))
                return RunCost(trainingSeconds: 1e-7 * flips, measuringSeconds: 1e-8 * flips, bytes: 1e6 + 20 * flips)
            })
    }

    /// Returns a checkpoint with one float per flip: 1 is heads, 0 is tails.
    package func train(_ job: KernelJob, progress: (Double) -> Void) throws(KernelFailure) -> [UInt8] {
        let bias = job.settings.word("coin") == "fair" ? 0.5 : job.config.number("bias")
        let count = job.config.integer("flips")
        var draws = Draws(seed: job.seed, name: "flips")
        var flips: [Float] = []
        for flip in 1...count {
            flips.append(Double(draws.uniform()) < bias ? 1 : 0)
            if flip % 1000 == 0 { progress(Double(flip) / Double(count)) }
        }
        return Checkpoint.encode(Self.header(count), flips)
    }

    /// The share of heads of the configured coin or, as a control, of a fair one.
    private static let heads = KernelMeasurement(
        name: "heads",
        quantities: ["heads-share"],
        settings: [
            Parameter("coin", .words(["biased", "fair"]), default: "biased", "fair: probability 0.5, the control")
        ],
        trainingSettings: ["coin"]
    ) { job, checkpoint throws(KernelFailure) in
        let count = job.config.integer("flips")
        let flips = try Checkpoint.decode(checkpoint, header(count), count: count)
        return ["heads-share": flips.reduce(0) { $0 + Double($1) } / Double(count)]
    }

    private static func header(_ flips: Int) -> String { "coin 1: \(flips) flips" }
}
