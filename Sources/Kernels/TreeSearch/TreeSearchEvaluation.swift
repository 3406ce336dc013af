import KernelInterface

/// Evaluates a network on trees with unseen shapes, or with shapes that occurred in training.
struct TreeSearchEvaluation: NetworkEvaluation {
    let model: Transformer
    let config: TreeSearchConfig
    let seed: UInt64
    let split: TreeSplit
    var trees: [SearchTree]

    init(_ model: Transformer, _ config: TreeSearchConfig, seed: UInt64, _ problems: ProblemSplit) {
        self.model = model
        self.config = config
        self.seed = seed
        split = TreeSplit(config, seed: seed)
        trees = split.trees(problems)
    }

    init(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) {
        let config = try TreeSearchConfig(checking: job)
        let model = try TrainedTransformer(checkpoint, kernel: "tree-search", config.shape).model
        self.init(model, config, seed: job.seed, job.settings.choice("split"))
    }

    /// Compares the trees with the training data of this run. Returns the share of trees whose shape occurs, and the
    /// share of trees that occur with the same names. For an untrained network, these are the data that its training
    /// would use.
    func overlap() -> [String: Double] {
        var shapes: Set<TreeShape> = []
        var labelled: Set<LabelledTree> = []
        let own = Set(trees.map(\.labelled))
        split.forEachTrainingTree { tree, _ in
            shapes.insert(tree.shape)
            if own.contains(tree.labelled) { labelled.insert(tree.labelled) }
        }
        return [
            "seen-share": Double(trees.count { shapes.contains($0.shape) }) / Double(trees.count),
            "labelled-seen-share": Double(trees.count { labelled.contains($0.labelled) }) / Double(trees.count),
        ]
    }

    func accuracy(
        _ settings: Settings, of model: Transformer? = nil, layer: Int? = nil
    ) throws(KernelFailure) -> Double {
        let (train, test) = try probeData(settings, of: model, layer: layer)
        return try probeScore(settings.choice("probe"), train: train, test: test, seed: seed).accuracy
    }

    func staircase(_ settings: Settings) throws(KernelFailure) -> Staircase {
        var accuracies: [[Double]] = []
        for node in Staircase.levels(layers: config.transformer.layers) {
            let cell = PathCell(
                node, position: PathCell.position(settings), depths: Staircase.leastDepth...(config.format.nodes - 1))
            var byLayer: [Double] = []
            for layer in 0...config.transformer.layers {
                let (train, test) = try probeData(cell, layer: layer, of: model)
                byLayer.append(try probeScore(settings.choice("probe"), train: train, test: test, seed: seed).accuracy)
            }
            accuracies.append(byLayer)
        }
        return Staircase(accuracies: accuracies)
    }

    /// Measures how the network predicts each node from the true path before that node. All predictions are right if
    /// and only if the network would decode the whole path.
    func pathAccuracy(_ depths: ClosedRange<Int>) throws(KernelFailure) -> [String: Double] {
        var (seen, exact, firstRight, guessed) = (0, 0, 0, 0.0)
        let start = config.format.pathStart - 1
        forEachTree(model) { tree, row, _, logits in
            guard depths.contains(tree.depth) else { return }
            let steps = tree.path.dropFirst().enumerated().map { step, node in
                logits.largest(row: row + start + step, vocabulary: config.format.vocabulary)
                    == Int32(config.format.token(node: node))
            }
            seen += 1
            exact += steps.allSatisfy(\.self) ? 1 : 0
            firstRight += steps[0] ? 1 : 0
            guessed += tree.chanceOfGuessing
        }
        guard seen > 0 else { throw noTree }
        return [
            "path-accuracy": Double(exact) / Double(seen),
            "first-step-accuracy": Double(firstRight) / Double(seen),
            "guessed-path-accuracy": guessed / Double(seen),
        ]
    }

    private var noTree: KernelFailure { KernelFailure(reason: "none of the \(trees.count) trees has that depth") }

    func probeData(
        _ settings: Settings, of model: Transformer? = nil, layer: Int? = nil
    ) throws(KernelFailure) -> (train: ProbeData, test: ProbeData) {
        try probeData(
            PathCell(settings), layer: layer ?? settings.integer("layer"), of: model ?? self.model,
            areShuffled: settings.word("labels") == "shuffled")
    }

    /// Returns the residual stream at the cell's token, labelled with the name of the cell's node, for all trees that
    /// have both. About half of the trees are training data. The test data are the trees of the other half whose depth
    /// is in the cell's range. Trees that differ only in the order of their edges are in the same half.
    ///
    /// - Parameter areShuffled: whether each tree gets the label of the previous tree; the first tree is then left out
    func probeData(
        _ cell: PathCell, layer: Int, of model: Transformer, areShuffled: Bool = false
    ) throws(KernelFailure) -> (train: ProbeData, test: ProbeData) {
        var train = ProbeData(width: model.shape.width, classes: config.format.nodes)
        var test = train
        let groups = model.shape.width / 8
        var previous: Int?
        forEachTree(model, layer: layer) { tree, row, stream, _ in
            guard let place = cell.place(in: tree), let name = cell.node.name(in: tree) else { return }
            defer { previous = name }
            guard let label = areShuffled ? previous : name else { return }
            let features = stream[((row + place) * groups)..<((row + place + 1) * groups)]
            if trainsProbe(tree) {
                train.append(features, labels: [Int32(label)])
            } else if cell.depths.contains(tree.depth) {
                test.append(features, labels: [Int32(label)])
            }
        }
        guard train.rows > 0, test.rows > 0 else { throw noTree }
        return (train, test)
    }

    func trainsProbe(_ tree: SearchTree) -> Bool {
        let labelled = tree.labelled
        return philox(seed: seed, stream: labelled.parents, block: UInt64(labelled.goal)).0[0] % 2 == 0
    }

    /// Calls `body` for every tree. Passes the stream (rows, d) after a layer, the logits, and the tree's first row in
    /// both.
    private func forEachTree(
        _ model: Transformer, layer: Int = 0,
        _ body: (_ tree: SearchTree, _ row: Int, _ stream: [Lanes], _ logits: [Lanes]) -> Void
    ) {
        var pass = TransformerPass(model.shape)
        for first in stride(from: 0, to: trees.count, by: Self.partSize) {
            let part = trees[first..<min(first + Self.partSize, trees.count)]
            var batch = TokenBatch()
            for tree in part { batch.append(Array(config.format.tokens(of: tree).dropLast())) }
            for sequences in batch.chunks(rows: TransformerPass.chunkRows) {
                let chunk = Chunk(batch, sequences)
                var stream: [Lanes] = []
                pass.forward(model, chunk) { index, residual, _ in
                    if index == layer { stream = residual }
                }
                for sequence in sequences {
                    let row = batch.starts[sequence] - chunk.rows.lowerBound
                    body(part[first + sequence], row, stream, pass.logits)
                }
            }
        }
    }

    /// The number of trees per batch. About this many trees fit in one pass.
    private static let partSize = 16
}
