/// TinyZero; Lee et al. 2025, arXiv 2504.14379; ARBOR issue 27.
let countdownPreset = KernelPreset(
    name: "countdown", kernel: "countdown",
    measured: ["unseen", "seen"].flatMap { split in
        measurements.map { Measured($0.measurement, $0.settings.merging(["split": split]) { $1 }) }
    },
    program: ["countdown.py"],
    // The traces have one to six attempts; the end token is not an input.
    operations: Texts(vocabulary: 42, lengths: [17, 28, 39, 50, 61, 72], untargeted: 5).operations,
    // The range of the PyTorch program's seeds 1 to 3.
    references: [
        .value("seen-share", 0, within: 0), .value("seen-share, split seen", 1, within: 0),
        .between("verdict-accuracy", 0.9996, 1, within: 0.05), .between("solved-share", 0.59, 0.61, within: 0.25),
        .between("solved-share, split seen", 0.634, 0.656, within: 0.25),
        .between("valid-attempt-share", 0.908, 0.979, within: nil),
        .between("honest-verdict-share", 0.909, 0.912, within: 0.03),
        .between(atVerdict, 0.9996, 1, within: 0.06), .between(earlier, 0.499, 0.559, within: nil),
        .between("verification-heads-needed", 1, 2, within: 0), .atMost("works-recall, heads 2", 0.2),
        .between("works-recall, neurons 16", 0.686, 0.744, within: nil),
    ],
    orderings: [
        Ordering(smaller: earlier, larger: atVerdict),
        Ordering(smaller: "works-recall, heads 2", larger: "works-recall, neurons 16"),
        Ordering(smaller: "solved-share", larger: "solved-share, split seen"),
    ])

private let measurements = [
    Measured("overlap"), Measured("verdict"), Measured("search"),
    Measured("verdict-probe", ["position": "verdict-token", "probe": "softmax", "layer": "2"]),
    Measured("verdict-probe", ["position": "last-number", "probe": "softmax", "layer": "2"]),
    Measured("verdict-lead", ["probe": "softmax", "layer": "2"]), Measured("head-attention"),
    Measured("ablation", ["heads": "1"]), Measured("ablation", ["heads": "2"]),
    Measured("verification-heads"), Measured("ablation", ["neurons": "16"]),
]

private let atVerdict = "verdict-probe-accuracy, position verdict-token, probe softmax, layer 2"
private let earlier = "earlier-verdict-probe-accuracy, probe softmax, layer 2"
