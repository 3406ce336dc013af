/// Nanda et al. 2023, arXiv 2301.05217.
let modularAdditionPreset = KernelPreset(
    name: "modular-addition", kernel: "modular-addition",
    measured: [
        Measured("fit"), Measured("generalisation"), Measured("accuracy"), Measured("delayed-accuracy"),
        Measured("key-frequencies"), Measured("frequency-share"), Measured("progress-measures"),
    ],
    program: ["modular_addition.py"],
    // Each step trains on all training pairs. Every ten steps, there is also a forward pass over all pairs, which costs
    // a third of a training step for each pair.
    sampleCount: { config, values in
        let most = config.integer("steps")
        let steps = values["generalisation-step"].map { min(most, Int($0) + config.integer("later_steps")) } ?? most
        let pairs = config.integer("modulus") * config.integer("modulus")
        return Double(steps) * (config.number("train_share") * Double(pairs) + Double(pairs) / 10 / 3)
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
