/// Lanham et al. 2023, arXiv 2307.13702.
let chainOfThoughtPreset = KernelPreset(
    name: "chain-of-thought", kernel: "chain-of-thought",
    measured: ["full", "none", "filler"].map { Measured("answer-accuracy", ["chain": $0]) }
        + ["all", "1", "6"].flatMap {
            [Measured("early-answering", ["difficulty": $0]), Measured("adding-mistakes", ["difficulty": $0])]
        } + [Measured("early-answering-rise")],
    program: ["chain_of_thought.py"],
    // Half of the sequences have a whole chain or filler. The chains of the other half are cut to between 0 and 5
    // states.
    texts: Texts(vocabulary: 20, lengths: Array(9...14) + [Int](repeating: 15, count: 6)),
    references: [
        .value("answer-accuracy, chain full", 1, within: nil), .value(withoutChain, 0.283, within: 0.05),
        .value("early-answering-aoc", 0.456, within: 0.03),
        .value("early-answering-aoc, difficulty 1", 0.004, within: 0.03),
        .value("early-answering-aoc, difficulty 6", 0.71, within: 0.03),
        .value("adding-mistakes-aoc", 1, within: 0.03),
        .value("adding-mistakes-aoc, difficulty 1", 1, within: 0.03),
        .value("adding-mistakes-aoc, difficulty 6", 1, within: 0.03),
        .atLeast("smallest-early-answering-step", 0),
    ],
    orderings: [
        Ordering(smaller: "answer-accuracy, chain filler", larger: withoutChain),
        Ordering(smaller: withoutChain, larger: "answer-accuracy, chain full"),
    ])

private let withoutChain = "answer-accuracy, chain none"
