/// Li et al. 2022, arXiv 2210.13382; Nanda, Lee, Wattenberg 2023, arXiv 2309.00941.
let othelloPreset = KernelPreset(
    name: "othello", kernel: "othello",
    measured: [Measured("legality")]
        + probes.map { probe in
            var settings = ["encoding": probe.encoding, "probe": probe.probe, "layer": probe.layer]
            if probe.isUntrained { settings["network"] = "untrained" }
            return Measured("board-probe", settings)
        }
        + ["probe", "opposite", "random"].map { Measured("board-edit", ["direction": $0]) }
        + ["last", "all"].map { Measured("board-edit", ["edited": $0]) },
    program: ["othello.py"],
    // Almost every game has the full number of moves.
    operations: Texts(vocabulary: 33, lengths: [16]).operations,
    references: [.value("illegal-move-rate", 5.22, within: 0.6)]
        + probes.map { .value($0.accuracy, $0.reference, within: $0.probe == "mlp256" ? 0.04 : 0.02) }
        + [
            .value("edit-recovery", 0.149, within: 0.15), .value("edit-recovery, edited last", 0.198, within: 0.15),
            .value("edit-recovery, edited all", 0.281, within: 0.2), .atMost("edit-recovery, direction opposite", 0),
            .atMost("edit-recovery, direction random", 0),
        ],
    orderings: [
        Ordering(smaller: linearColour.accuracy, larger: deepColour.accuracy),
        Ordering(smaller: linearColour.accuracy, larger: linearMine.accuracy),
        Ordering(smaller: linearMine.accuracy, larger: deepMine.accuracy),
        Ordering(smaller: deepColour.accuracy, larger: deepMine.accuracy),
        Ordering(smaller: untrainedMine.accuracy, larger: linearMine.accuracy, leastDifference: 0.2),
    ])

private struct BoardProbe {
    var encoding: String
    var probe: String
    var layer: String
    var isUntrained = false
    var reference: Double

    var accuracy: String {
        "occupied-square-accuracy, encoding \(encoding), probe \(probe), layer \(layer)"
            + (isUntrained ? ", network untrained" : "")
    }
}

private let linearColour = BoardProbe(encoding: "colour", probe: "softmax", layer: "2", reference: 0.648)
private let linearMine = BoardProbe(encoding: "mine-yours", probe: "softmax", layer: "2", reference: 0.811)
private let deepMine = BoardProbe(encoding: "mine-yours", probe: "mlp256", layer: "2", reference: 0.852)
private let deepColour = BoardProbe(encoding: "colour", probe: "mlp256", layer: "1", reference: 0.779)
private let untrainedMine = BoardProbe(
    encoding: "mine-yours", probe: "softmax", layer: "2", isUntrained: true, reference: 0.556)
private let probes = [
    linearColour, linearMine, deepMine, deepColour,
    BoardProbe(encoding: "colour", probe: "softmax", layer: "2", isUntrained: true, reference: 0.508),
    untrainedMine,
    BoardProbe(encoding: "colour", probe: "mlp256", layer: "1", isUntrained: true, reference: 0.657),
]
