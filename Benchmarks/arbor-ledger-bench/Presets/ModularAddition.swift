/// Nanda et al. 2023, arXiv 2301.05217.
let modularAdditionPreset = KernelPreset(
    name: "modular-addition", kernel: "modular-addition",
    measured: [
        Measured("fit"), Measured("generalisation"), Measured("accuracy"), Measured("delayed-accuracy"),
        Measured("key-frequencies"), Measured("frequency-share"), Measured("progress-measures"),
    ],
    program: ["modular_addition.py"],
    texts: Texts(vocabulary: 54, lengths: [3], untargeted: 2),
    // Each step trains on all training pairs. Every ten steps, there is also a forward pass over all pairs, which costs
    // a third of a training step for each pair.
    sampleCount: { config, values in
        let most = config.integer("steps")
        let steps = values["generalisation-step"].map { min(most, Int($0) + config.integer("later_steps")) } ?? most
        let pairs = config.integer("modulus") * config.integer("modulus")
        return Double(steps) * (config.number("train_share") * Double(pairs) + Double(pairs) / 10 / 3)
    },
    references: [
        .value("fit-step", 200, within: nil), .between("generalisation-step", 300, 600, within: nil),
        .between("key-frequency-count", 3, 4, within: nil), .atLeast("frequency-power-share", 0.9),
        .value("excluded-loss", 5.3, within: 3), .value("restricted-loss", 0, within: nil),
    ],
    orderings: [
        Ordering(smaller: "fit-step", larger: "generalisation-step"),
        Ordering(smaller: "test-accuracy-when-fitted", larger: "test-accuracy"),
        Ordering(smaller: "restricted-loss", larger: "excluded-loss"),
    ])
