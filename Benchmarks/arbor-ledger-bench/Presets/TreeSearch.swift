/// Brinkmann et al. 2024, arXiv 2402.11917.
let treeSearchPreset = KernelPreset(
    name: "tree-search", kernel: "tree-search",
    config: ["predicted": "everything", "embedding_deviation": "1"],
    measured: [Measured("path"), Measured("path", ["least-depth": "3"])]
        + [["layer": "0"], ["layer": "3"], ["layer": "3", "network": "untrained"]].map {
            Measured(
                "path-probe", $0.merging(["node": "parent", "position": "goal", "probe": "softmax"]) { own, _ in own })
        },
    program: ["tree_search.py"],
    // The paths have one to six edges; each length is equally frequent.
    texts: Texts(vocabulary: 57, lengths: Array(9...14)),
    references: [
        .value("path-accuracy", 0.953, within: 0.08), .between("\(parent) 3", 0.43, 0.62, within: 0.3),
        .value("\(parent) 0", 0.17, within: nil),
    ],
    orderings: [
        Ordering(smaller: "guessed-path-accuracy", larger: "path-accuracy"),
        Ordering(smaller: "guessed-path-accuracy, least-depth 3", larger: "path-accuracy, least-depth 3"),
        Ordering(smaller: "\(parent) 0", larger: "\(parent) 3"),
        Ordering(smaller: "\(parent) 3, network untrained", larger: "\(parent) 3"),
    ])

private let parent = "path-probe-accuracy, node parent, position goal, probe softmax, layer"
