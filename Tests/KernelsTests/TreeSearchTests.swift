import KernelInterface
import Testing

@testable import vector_kernels

let tinyTreeSearch = TinyKernel(
    kernel: TreeSearch(),
    config: [
        "layers": "3", "heads": "2", "width": "16", "hidden_width": "32", "steps": "200", "batch": "16",
        "learning_rate": "0.01", "growth": "freely", "nodes": "5", "readings": "400",
    ],
    settings: [
        "overlap": [[:], ["split": "seen"], ["network": "untrained"]],
        "path": [[:], ["split": "seen"], ["least-depth": "2", "most-depth": "2"], ["network": "untrained"]],
        "path-probe": [
            ["node": "parent", "position": "goal", "probe": "ridge", "layer": "3"],
            ["node": "grandparent", "position": "step-1", "probe": "softmax", "layer": "1", "least-depth": "3"],
            ["node": "great-grandparent", "position": "root", "probe": "ridge", "layer": "0"],
            ["node": "first-step", "position": "last-edge", "probe": "mlp256", "layer": "2"],
            ["node": "parent", "position": "goal", "probe": "ridge", "layer": "3", "labels": "shuffled"],
        ],
        "path-probe-training-gain": [["node": "parent", "position": "goal", "probe": "ridge", "layer": "2"]],
        "path-probe-layer-gain": [["node": "first-step", "position": "root", "probe": "ridge", "layer": "3"]],
        "staircase": [["position": "goal", "probe": "ridge"]],
    ])

@Suite struct TreeSearchTests {
    @Test(arguments: SearchTree.Growth.allCases, 3...16) func treesAreBinaryTrees(
        growth: SearchTree.Growth, nodes: Int
    ) {
        var draws = Draws(seed: 1, name: "trees")
        for _ in 0..<50 {
            let tree = SearchTree(nodes: nodes, growth, &draws)
            #expect(tree.edges.count == nodes - 1)
            #expect(tree.edges.map(\.child).sorted() == (0..<nodes).filter { $0 != tree.root })
            for node in 0..<nodes { #expect(tree.edges.count { $0.parent == node } <= 2) }
            #expect(reachable(from: tree.root, tree) == Set(0..<nodes))
            #expect(reachable(from: tree.goal, tree) == [tree.goal], "the goal is a leaf")
        }
    }

    @Test(arguments: SearchTree.Growth.allCases) func pathsLeadFromTheRootToTheGoalAlongEdges(
        growth: SearchTree.Growth
    ) {
        let format = TreeFormat(nodes: 7)
        var draws = Draws(seed: 2, name: "trees")
        for _ in 0..<300 {
            let tree = SearchTree(nodes: 7, growth, &draws)
            let tokens = format.tokens(of: tree).map(Int.init)
            #expect(tokens.count <= format.context + 1 && tokens.allSatisfy { $0 < format.vocabulary })
            let edges = tokens[..<6].map { SearchTree.Edge(parent: $0 / 7, child: $0 % 7) }
            #expect(edges == tree.edges)
            #expect(tokens[6] == 56)
            let names = tokens[7...].map { $0 - 49 }
            #expect(names[0] == names.last, "the goal is named before the path and ends it")
            let path = names.dropFirst()
            #expect(!edges.contains { $0.child == path.first })
            for (parent, child) in zip(path, path.dropFirst()) {
                #expect(edges.contains(SearchTree.Edge(parent: parent, child: child)))
            }
        }
    }

    /// With free growth, each of four nodes is added below any earlier node that is not full. For example, the fourth
    /// node is below one of three nodes, or below one of the other two if the first is full.
    @Test func depthFrequenciesMatchACountByHand() {
        var draws = Draws(seed: 3, name: "trees")
        var (free, first) = ([0, 0, 0], [0, 0, 0])
        for _ in 0..<6000 {
            free[SearchTree(nodes: 4, .freely, &draws).depth - 1] += 1
            first[SearchTree(nodes: 4, .pathFirst, &draws).depth - 1] += 1
        }
        // In a fork, both free places are below a leaf of depth 1, so the goal has depth 1 or 2 with equal chance. In a
        // chain, there are three places with equal chance. If the new node is below the root, the leaves have depths 1
        // and 2; if it is below the middle node, both leaves have depth 2; if it is below the end, the only leaf has
        // depth 3.
        let (shallow, middle, deep) = (1.0 / 2 * 1 / 2 + 1.0 / 2 * 1 / 3 * 1 / 2, 1.0 / 4 + 1.0 / 12 + 1.0 / 6, 1.0 / 6)
        for (count, chance) in zip(free, [shallow, middle, deep]) { #expect(abs(Double(count) - 6000 * chance) < 150) }
        for count in first { #expect(abs(count - 2000) < 150) }
    }

    @Test(arguments: SearchTree.Growth.allCases) func namesAndTheOrderOfEdgesAreUniform(growth: SearchTree.Growth) {
        var draws = Draws(seed: 4, name: "trees")
        var roots = [Int](repeating: 0, count: 7)
        var (goals, parents) = (roots, roots)
        var places = [Int](repeating: 0, count: 6)
        for _ in 0..<4200 {
            let tree = SearchTree(nodes: 7, growth, &draws)
            roots[tree.root] += 1
            goals[tree.goal] += 1
            parents[tree.path[tree.depth - 1]] += 1
            places[tree.edges.firstIndex { $0.child == tree.goal }!] += 1
        }
        for count in roots + goals + parents { #expect(abs(count - 600) < 100) }
        for count in places { #expect(abs(count - 700) < 110) }
    }

    @Test(arguments: SearchTree.Growth.allCases) func chanceOfGuessingMatchesRandomTurns(
        growth: SearchTree.Growth
    ) {
        var draws = Draws(seed: 5, name: "trees")
        var (found, expected) = (0, 0.0)
        for _ in 0..<4000 {
            let tree = SearchTree(nodes: 7, growth, &draws)
            expected += tree.chanceOfGuessing
            var node = tree.root
            while case let children = tree.edges.filter({ $0.parent == node }), !children.isEmpty {
                node = children[draws.integer(below: children.count)].child
            }
            found += node == tree.goal ? 1 : 0
        }
        #expect(abs(Double(found) - expected) < 130)
    }

    @Test func trainingPredictsThePathOrEverything() throws {
        func config(_ predicted: String) throws -> TreeSearchConfig {
            try TreeSearchConfig(filled(["predicted": predicted], TreeSearch().description.parameters))
        }
        let paths = try config("path")
        var draws = Draws(seed: 6, name: "trees")
        let tree = SearchTree(nodes: 7, .pathFirst, &draws)
        let path = paths.format.tokens(of: tree)[paths.firstTarget...]
        #expect(Array(path) == tree.path.dropFirst().map { paths.format.token(node: $0) })
        #expect(try config("everything").firstTarget == 1)
    }

    @Test func pathsMatchTheNaiveImplementation() throws {
        let tiny = tinyTreeSearch
        let fewer = ["readings": "100"]
        let job = tiny.job("path", [:], fewer)
        let config = try TreeSearchConfig(job.config)
        let checkpoint = try tiny.kernel.train(job) { _ in }
        let model = try TrainedTransformer(checkpoint, kernel: "tree-search", config.shape).model
        let naive = NaiveTransformer(model)
        let trees = TreeSearchEvaluation(model, config, seed: job.seed, .seen).trees
        let isReproduced = trees.map { tree in
            var tokens = Array(config.format.tokens(of: tree)[..<config.format.pathStart]).map(Int.init)
            for _ in 0..<tree.depth {
                let logits = naive.forward(tokens).logits.last!
                tokens.append(logits.indices.max { (logits[$0], $1) < (logits[$1], $0) }!)
            }
            return tokens == config.format.tokens(of: tree).map(Int.init)
        }
        for depths in [1...3, 1...1, 2...3] {
            let settings = [
                "least-depth": "\(depths.lowerBound)", "most-depth": "\(depths.upperBound)", "split": "seen",
            ]
            let values = try tiny.kernel.measure(tiny.job("path", settings, fewer), of: checkpoint)
            let right = zip(trees, isReproduced).filter { depths.contains($0.0.depth) }.map(\.1)
            #expect(values["path-accuracy"] == Double(right.count { $0 }) / Double(right.count))
        }
        #expect(
            isReproduced.contains(true) && isReproduced.contains(false), "the network is neither perfect nor useless")
    }

    @Test func probesReadTheStreamAtTheirTokenInTreesWithTheirNode() throws {
        let tiny = tinyTreeSearch
        let config = try TreeSearchConfig(tiny.job("path", [:]).config)
        let model = config.transformer.model(config.shape, seed: 1)
        let naive = NaiveTransformer(model)
        let evaluation = TreeSearchEvaluation(model, config, seed: 1, .unseen)
        let cell = PathCell(.grandparent, position: PathCell.positions.firstIndex(of: "step-1")!, depths: 3...3)
        let (train, test) = try evaluation.probeData(cell, layer: 2, of: model)
        let first = evaluation.trees.filter(evaluation.trainsProbe)
        let second = evaluation.trees.filter { !evaluation.trainsProbe($0) }
        #expect(train.labels == first.filter { $0.depth >= 2 }.map { Int32($0.path[$0.depth - 2]) })
        #expect(test.labels == second.filter { $0.depth == 3 }.map { Int32($0.path[1]) })
        let tree = try #require(second.first { $0.depth == 3 })
        let tokens = config.format.tokens(of: tree).map(Int.init)
        #expect(tokens[7] == 25 + tree.path[1], "the first step comes after edges, marker, goal and root")
        let expected = naive.forward(tokens).residuals[2][7]
        #expect(relativeError(Array(floats(test.features).prefix(16)), expected) < 1e-4)
    }

    @Test func staircaseMarginIsPositiveWhereEachLevelRisesMostInItsOwnBlock() {
        let clean = Staircase(accuracies: [[0.2, 0.8, 0.9, 0.9], [0.2, 0.25, 0.75, 0.8]]).values
        let expected = [
            "staircase-margin": 0.45, "parent-margin": 0.5, "grandparent-margin": 0.45, "parent-lead": 0.55,
        ]
        #expect(clean.keys.sorted() == expected.keys.sorted())
        for (name, value) in expected { #expect(abs(clean[name]! - value) < 1e-12) }
        let late = Staircase(accuracies: [[0.2, 0.3, 0.9, 0.9], [0.2, 0.3, 0.4, 0.9]]).values
        #expect(late.filter { $0.key != "parent-lead" }.allSatisfy { $0.value < 0 })
    }

    @Test func rejectsSettingsThatNoTreeHas() {
        let cell = ["node": "parent", "position": "goal", "probe": "ridge", "layer": "1"]
        for (settings, name, message) in [
            (["position": "step-3"], "position", "a path of at most 3 edges has no step-3"),
            (["node": "grandparent", "most-depth": "1"], "node", "a path of at most 1 edges has no grandparent"),
            (["least-depth": "4"], "least-depth", "no path has at least 4 and at most 3 edges"),
            (["least-depth": "3", "most-depth": "2"], "least-depth", "no path has at least 3 and at most 2 edges"),
            (["layer": "4"], "layer", "the toy model has 3 layers, so there is no stream after layer 4"),
        ] {
            let job = tinyTreeSearch.job("path-probe", cell.merging(settings) { $1 }, ["nodes": "4"])
            let mistake = #expect(throws: ConfigMistake.self) {
                try TreeSearch().description.cost(job.config, job.measurement, job.settings)
            }
            #expect(mistake?.name == name && mistake?.message == message, "\(String(describing: mistake))")
        }
    }

    @Test(arguments: [
        ("layers", "2", "2 layers are too few for two steps and a block that reads them"),
        ("nodes", "4", "unseen trees of 4 nodes have no path of 3 edges"),
    ]) func rejectsAModelTooSmallForAStaircase(name: String, value: String, message: String) {
        let job = tinyTreeSearch.job("staircase", ["position": "goal", "probe": "ridge"], [name: value])
        let mistake = #expect(throws: ConfigMistake.self) {
            try TreeSearch().description.cost(job.config, job.measurement, job.settings)
        }
        #expect(mistake?.name == name && mistake?.message == message)
    }

    @Test func depthsWithoutReadingsAreAFailure() throws {
        let tiny = tinyTreeSearch
        let job = tiny.job(
            "path", ["least-depth": "15", "network": "untrained", "split": "seen"],
            ["nodes": "16", "readings": "100"])
        let checkpoint = try tiny.kernel.train(job) { _ in }
        let failure = #expect(throws: KernelFailure.self) { try tiny.kernel.measure(job, of: checkpoint) }
        #expect(failure?.reason == "none of the 100 trees has that depth")
    }

    @Test(arguments: [3, 7, 16]) func shapesIgnoreNamesAndOrderAndNothingElse(nodes: Int) {
        var draws = Draws(seed: 7, name: "trees")
        var codes: [String: UInt64] = [:]
        for _ in 0..<500 {
            let tree = SearchTree(nodes: nodes, .freely, &draws)
            let written = canonical(tree.root, tree)
            #expect(codes[written, default: tree.shape.code] == tree.shape.code)
            codes[written] = tree.shape.code
            let renamed = tree.renamed(&draws)
            #expect(renamed.shape == tree.shape && canonical(renamed.root, renamed) == written)
            #expect(renamed.edges.count == nodes - 1 && Set(renamed.path).count == tree.path.count)
        }
        #expect(Set(codes.values).count == codes.count)
    }

    @Test func allShapesAreThoseOfRandomTrees() {
        #expect(TreeShape.all(nodes: 7).map(\.count) == [0, 6, 11, 13, 10, 5, 1])
        for nodes in 3...7 {
            let shapes = TreeShape.all(nodes: nodes)
            for growth in SearchTree.Growth.allCases {
                var draws = Draws(seed: 8, name: "trees")
                var found = [Set<TreeShape>](repeating: [], count: nodes)
                for _ in 0..<6000 {
                    let tree = SearchTree(nodes: nodes, growth, &draws)
                    found[tree.depth].insert(tree.shape)
                }
                #expect(found == shapes.map(Set.init))
                #expect(found.map(\.count) == shapes.map(\.count))
            }
        }
        for nodes in 3...12 {
            let several = TreeShape.all(nodes: nodes).enumerated().filter { $1.count > 1 }.map(\.offset)
            #expect(several == Array(TreeShape.depthsWithSeveral(nodes: nodes)))
        }
    }

    @Test(arguments: SearchTree.Growth.allCases, ["0.01", "0.2", "0.5"]) func noTrainingTreeHasAHeldOutShape(
        growth: SearchTree.Growth, share: String
    ) throws {
        let values = ["growth": growth.rawValue, "held_out_share": share, "steps": "100", "readings": "2000"]
        let config = try TreeSearchConfig(filled(values, TreeSearch().description.parameters))
        var unseenBySeed: Set<Set<String>> = []
        for seed in UInt64(1)...3 {
            let split = TreeSplit(config, seed: seed)
            var (trained, unseen) = ([Set<String>](repeating: [], count: 7), [Set<String>](repeating: [], count: 7))
            split.forEachTrainingTree { tree, _ in trained[tree.depth].insert(canonical(tree.root, tree)) }
            for tree in split.trees(.unseen) { unseen[tree.depth].insert(canonical(tree.root, tree)) }
            for tree in split.trees(.seen) { #expect(trained[tree.depth].contains(canonical(tree.root, tree))) }
            for depth in 1...6 {
                #expect(trained[depth].isDisjoint(with: unseen[depth]))
                #expect(!trained[depth].isEmpty && unseen[depth].isEmpty == (depth == 6))
            }
            unseenBySeed.insert(Set(unseen.joined()))
        }
        #expect(unseenBySeed.count == 3)
    }

    @Test func overlapIsMeasuredOnTheTrainingData() throws {
        let config = try TreeSearchConfig(tinyTreeSearch.job("overlap", [:], ["nodes": "7"]).config)
        let model = config.transformer.model(config.shape, seed: 1)
        var evaluation = TreeSearchEvaluation(model, config, seed: 1, .unseen)
        #expect(evaluation.overlap() == ["seen-share": 0, "labelled-seen-share": 0])
        let unseen = evaluation.trees
        evaluation.trees = evaluation.split.trees(.seen)
        let seen = evaluation.overlap()
        #expect(seen["seen-share"] == 1 && seen["labelled-seen-share"]! < 1)

        // If half of the trees leaked from training, both shares are a half.
        var leak: [SearchTree] = []
        evaluation.split.forEachTrainingTree { tree, _ in
            if leak.count < 400 { leak.append(tree) }
        }
        evaluation.trees = leak + unseen
        #expect(evaluation.overlap() == ["seen-share": 0.5, "labelled-seen-share": 0.5])
    }

    @Test func probesAreTestedOnOtherLabelledTrees() throws {
        let config = try TreeSearchConfig(tinyTreeSearch.job("path", [:]).config)
        let model = config.transformer.model(config.shape, seed: 1)
        for split in ProblemSplit.allCases {
            let evaluation = TreeSearchEvaluation(model, config, seed: 1, split)
            let train = Set(evaluation.trees.filter(evaluation.trainsProbe).map(\.labelled))
            let test = Set(evaluation.trees.filter { !evaluation.trainsProbe($0) }.map(\.labelled))
            #expect(train.isDisjoint(with: test) && train.count > 20 && test.count > 20)
            #expect(evaluation.trees.count > train.count + test.count, "some labelled trees repeat")
        }
    }

    @Test(arguments: [
        ([:], ["held_out_share": "0"], "held_out_share is 0, so no problem is unseen"),
        (["split": "seen"], ["steps": "0"], "training has no steps, so no problem is seen"),
        ([:], ["nodes": "3"], "trees of 3 nodes have one shape for each depth, so no shape is held out"),
        (
            ["least-depth": "4"], [:],
            "trees of 5 nodes with a path of at least 4 edges have one shape, which is not held out"
        ),
        (
            ["most-depth": "1"], ["nodes": "4"],
            "trees of 4 nodes with a path of one edge have one shape, which is not held out"
        ),
    ]) func rejectsASplitWithoutTrees(settings: [String: String], config: [String: String], message: String) {
        let job = tinyTreeSearch.job("path", settings, config)
        let mistake = #expect(throws: ConfigMistake.self) {
            try TreeSearch().description.cost(job.config, job.measurement, job.settings)
        }
        #expect(mistake?.name == "split" && mistake?.message == message)
        let checkpoint = try? TreeSearch().train(tinyTreeSearch.job("path", ["network": "untrained"], config)) { _ in }
        let failure = #expect(throws: KernelFailure.self) { try TreeSearch().measure(job, of: checkpoint ?? []) }
        #expect(failure?.reason == message)
    }

    @Test func rejectsAShareThatIsTooSmall() {
        let job = tinyTreeSearch.job("path", [:], ["held_out_share": "0.001"])
        let mistake = #expect(throws: ConfigMistake.self) {
            try TreeSearch().description.cost(job.config, job.measurement, job.settings)
        }
        #expect(mistake?.message == "0.001 is too small a share to find unseen problems")
    }
}

private func reachable(from node: Int, _ tree: SearchTree) -> Set<Int> {
    tree.edges.filter { $0.parent == node }.reduce(into: [node]) { $0.formUnion(reachable(from: $1.child, tree)) }
}

/// Writes a tree without names, with its siblings sorted.
private func canonical(_ node: Int, _ tree: SearchTree) -> String {
    let children = tree.edges.filter { $0.parent == node }.map { canonical($0.child, tree) }.sorted()
    return "(\(node == tree.goal ? "goal" : "")\(children.joined()))"
}
