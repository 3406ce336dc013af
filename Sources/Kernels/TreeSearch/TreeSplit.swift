/// The shapes that are held out from training. They depend on the seed of the run.
struct TreeSplit {
    private let config: TreeSearchConfig
    private let seed: UInt64
    private let heldOut: Set<TreeShape>

    /// Holds out a share of the shapes of each depth, but at least one and not all. The only shape of a depth is never
    /// held out.
    init(_ config: TreeSearchConfig, seed: UInt64) {
        self.config = config
        self.seed = seed
        var heldOut: Set<TreeShape> = []
        if config.heldOutShare > 0 {
            var draws = Draws(seed: seed, name: "held-out shapes")
            for var shapes in TreeShape.all(nodes: config.format.nodes) where shapes.count > 1 {
                let count = Int((config.heldOutShare * Double(shapes.count)).rounded())
                draws.shuffle(&shapes)
                heldOut.formUnion(shapes.prefix(min(max(1, count), shapes.count - 1)))
            }
        }
        self.heldOut = heldOut
    }

    func isHeldOut(_ tree: SearchTree) -> Bool { heldOut.contains(tree.shape) }

    /// Calls `body` with each training tree in order.
    func forEachTrainingTree(_ body: (_ tree: SearchTree, _ number: Int) -> Void) {
        var training = trainingTrees
        for number in 0..<config.trainingTreeCount { body(training.next(), number) }
    }

    var trainingTrees: TrainingTrees { TrainingTrees(split: self, draws: Draws(seed: seed, name: "training trees")) }

    /// Returns trees to measure on. A seen tree is a training tree with new names and a new order of edges; an unseen
    /// tree has a held-out shape.
    ///
    /// Requires that the split has trees.
    func trees(_ split: ProblemSplit) -> [SearchTree] {
        var draws = Draws(seed: seed, name: "trees to measure on")
        switch split {
        case .unseen: return (0..<config.readings).map { _ in tree(isHeldOut: true, &draws) }
        case .seen:
            var trees: [SearchTree] = []
            forEachTrainingTree { tree, number in
                while trees.count < config.readings
                    && trees.count * config.trainingTreeCount / config.readings == number
                {
                    trees.append(tree.renamed(&draws))
                }
            }
            return trees
        }
    }

    /// Draws trees until the shape of one is held out or not, as requested. If growth starts with the path, all
    /// attempts have the same depth, so that all depths stay equally frequent.
    fileprivate func tree(isHeldOut: Bool, _ draws: inout Draws) -> SearchTree {
        let nodes = config.format.nodes
        let depths = isHeldOut ? TreeShape.depthsWithSeveral(nodes: nodes) : 1..<nodes
        let depth = config.growth == .pathFirst ? depths.lowerBound + draws.integer(below: depths.count) : nil
        while true {
            let tree = SearchTree(nodes: nodes, config.growth, pathDepth: depth, &draws)
            if self.isHeldOut(tree) == isHeldOut { return tree }
        }
    }
}

/// The training trees of a run, one after the other.
struct TrainingTrees {
    fileprivate let split: TreeSplit
    fileprivate var draws: Draws

    mutating func next() -> SearchTree { split.tree(isHeldOut: false, &draws) }
}
