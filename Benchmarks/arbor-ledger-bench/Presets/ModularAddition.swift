import KernelInterface

/// Nanda et al. 2023, arXiv 2301.05217.
let modularAdditionPreset = KernelPreset(
    name: "modular-addition", kernel: "modular-addition",
    measured: [
        Measured("fit"), Measured("generalisation"), Measured("accuracy"), Measured("delayed-accuracy"),
        Measured("key-frequencies"), Measured("frequency-share"), Measured("progress-measures"),
    ],
    program: ["modular_addition.py"],
    // A sample is a step, because each step trains on all training pairs.
    sampleCount: { config, values in
        let most = config.integer("steps")
        let steps = values["generalisation-step"].map { min(most, Int($0) + config.integer("later_steps")) } ?? most
        return Double(steps)
    },
    // Every ten steps, there is also a forward pass over all pairs.
    operations: { config in
        let pairs = Double(config.integer("modulus") * config.integer("modulus"))
        return 3 * forwardOperations(config, pairs: config.number("train_share") * pairs)
            + forwardOperations(config, pairs: pairs) / 10
    },
    aim: 2.5,
    references: [
        .between("fit-step", 130, 140, within: nil), .between("generalisation-step", 240, 270, within: nil),
        .between("key-frequency-count", 5, 6, within: nil),
        .between("frequency-power-share", 0.885, 0.895, within: nil), .between("excluded-loss", 5.9, 11.5, within: nil),
        .value("restricted-loss", 0, within: nil),
    ],
    orderings: [
        Ordering(smaller: "fit-step", larger: "generalisation-step"),
        Ordering(smaller: "test-accuracy-when-fitted", larger: "test-accuracy"),
        Ordering(smaller: "restricted-loss", larger: "excluded-loss"),
    ])

/// Returns the number of floating-point operations of a forward pass, which needs only the logits after `a b =`.
///
/// A pass computes keys, values and attention scores once for each of the 2p + 1 pairs of a token and its position, and
/// the query of `=` once. The other products are computed for each pair of numbers.
private func forwardOperations(_ config: Settings, pairs: Double) -> Double {
    let (width, hiddenWidth) = (Double(config.integer("width")), Double(config.integer("hidden_width")))
    let modulus = Double(config.integer("modulus"))
    let shared = (2 * modulus + 1) * (2 * width * width + width) + width * width
    let perPair = 3 * width + width * width + 2 * width * hiddenWidth + width * (modulus + 1)
    return 2 * (shared + pairs * perPair)
}
