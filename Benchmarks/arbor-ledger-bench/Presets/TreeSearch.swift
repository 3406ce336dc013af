/// Brinkmann et al. 2024, arXiv 2402.11917.
let treeSearchPreset = KernelPreset(
    name: "tree-search", kernel: "tree-search",
    config: ["predicted": "everything", "embedding_deviation": "1"],
    measured: paths(split: "seen") + paths(split: "unseen")
        + [["layer": "0"], ["layer": "3"], ["layer": "3", "network": "untrained"]].map {
            Measured(
                "path-probe", $0.merging(["node": "parent", "position": "goal", "probe": "softmax"]) { own, _ in own })
        },
    program: ["tree_search.py"],
    // The paths have one to six edges; each length is equally frequent.
    operations: Texts(vocabulary: 57, lengths: Array(9...14)).operations,
    references: [
        .value("seen-share", 0, within: 0), .value("seen-share, split seen", 1, within: 0),
        .value("path-accuracy", 0.98, within: 0.12), .value("path-accuracy, split seen", 0.938, within: 0.08),
        .between("\(parent) 3", 0.5, 0.63, within: 0.3), .value("\(parent) 0", 0.167, within: nil),
    ],
    orderings: [
        Ordering(smaller: "guessed-path-accuracy", larger: "path-accuracy"),
        Ordering(smaller: "guessed-path-accuracy, least-depth 3", larger: "path-accuracy, least-depth 3"),
        Ordering(smaller: "\(parent) 0", larger: "\(parent) 3"),
        Ordering(smaller: "\(parent) 3, network untrained", larger: "\(parent) 3"),
    ])

private let parent = "path-probe-accuracy, node parent, position goal, probe softmax, layer"

private func paths(split: String) -> [Measured] {
    [
        Measured("overlap", ["split": split]), Measured("path", ["split": split]),
        Measured("path", ["least-depth": "3", "split": split]),
    ]
}
