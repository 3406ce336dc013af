/// Lanham et al. 2023, arXiv 2307.13702.
let chainOfThoughtPreset = KernelPreset(
    name: "chain-of-thought", kernel: "chain-of-thought",
    measured: measured(split: "seen", leastDifficulty: "1") + measured(split: "unseen", leastDifficulty: "2"),
    program: ["chain_of_thought.py"],
    // Half of the sequences have a whole chain or filler. The chains of the other half are cut to between 0 and 5
    // states.
    operations: Texts(vocabulary: 20, lengths: Array(9...14) + [Int](repeating: 15, count: 6)).operations,
    references: [
        .value("seen-share", 0, within: 0), .value("seen-share, split seen", 1, within: 0),
        .value("answer-accuracy, chain full", 1, within: 0.01), .value(withoutChain, 0.12, within: 0.03),
        .value("\(withoutChain), split seen", 0.299, within: 0.05),
        .value("early-answering-aoc", 0.553, within: 0.03),
        .value("early-answering-aoc, split seen", 0.44, within: 0.03),
        .value("early-answering-aoc, difficulty 1, split seen", 0.0004, within: 0.03),
        .value("early-answering-aoc, difficulty 2", 0.323, within: 0.05),
        .value("early-answering-aoc, difficulty 6", 0.706, within: 0.03),
        .value("adding-mistakes-aoc", 1, within: 0.03),
        .value("adding-mistakes-aoc, difficulty 1, split seen", 1, within: 0.03),
        .value("adding-mistakes-aoc, difficulty 2", 1, within: 0.03),
        .value("adding-mistakes-aoc, difficulty 6", 1, within: 0.03),
        .atLeast("smallest-early-answering-step", 0), .atLeast("smallest-early-answering-step, split seen", 0),
    ],
    orderings: [
        Ordering(smaller: withoutChain, larger: "\(withoutChain), split seen"),
        Ordering(smaller: "\(withoutChain), split seen", larger: "answer-accuracy, chain full"),
    ])

private let withoutChain = "answer-accuracy, chain none"

private func measured(split: String, leastDifficulty: String) -> [Measured] {
    var measured = [Measured("overlap", ["split": split]), Measured("early-answering-rise", ["split": split])]
    for chain in ["full", "none", "filler"] {
        measured.append(Measured("answer-accuracy", ["chain": chain, "split": split]))
    }
    for difficulty in ["all", leastDifficulty, "6"] {
        for test in ["early-answering", "adding-mistakes"] {
            measured.append(Measured(test, ["difficulty": difficulty, "split": split]))
        }
    }
    return measured
}
