/// Lanham et al. 2023, arXiv 2307.13702.
let chainOfThoughtPreset = KernelPreset(
    name: "chain-of-thought", kernel: "chain-of-thought",
    measured: ["seen", "unseen"].flatMap { split in
        [Measured("overlap", ["split": split])]
            + ["full", "none", "filler"].map { Measured("answer-accuracy", ["chain": $0, "split": split]) }
            + ["all", split == "seen" ? "1" : "2", "6"].flatMap {
                [
                    Measured("early-answering", ["difficulty": $0, "split": split]),
                    Measured("adding-mistakes", ["difficulty": $0, "split": split]),
                ]
            } + [Measured("early-answering-rise", ["split": split])]
    },
    program: ["chain_of_thought.py"],
    // Half of the sequences have a whole chain or filler. The chains of the other half are cut to between 0 and 5
    // states.
    texts: Texts(vocabulary: 20, lengths: Array(9...14) + [Int](repeating: 15, count: 6)),
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
