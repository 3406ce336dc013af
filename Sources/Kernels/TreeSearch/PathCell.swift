import KernelInterface

/// The node of the path that a probe predicts, the token from which it reads, and the depths of the trees.
struct PathCell {
    var node: PathNode
    /// The token from which the probe reads, counted from the last edge. 0 is the last edge, 1 the goal marker, 2 the
    /// goal and 3 the root; larger numbers are the steps of the path.
    var position: Int
    var depths: ClosedRange<Int>

    static let positions =
        ["last-edge", "goal-marker", "goal", "root"] + (1...(TreeSearchConfig.mostNodes - 2)).map { "step-\($0)" }

    static let nodeParameter = Parameter(
        "node", .words(PathNode.allCases.map(\.rawValue)), default: nil,
        "probed node of the path: the goal's parent or a node above it, or the first node below the root")

    static let positionParameter = Parameter(
        "position", .words(positions), default: nil, "token of the probed stream; step-1 comes after the root")

    private static let mostDepth = TreeSearchConfig.mostNodes - 1

    static let depthParameters = [
        Parameter("least-depth", .integers(1...mostDepth), default: "1", "minimum number of edges from root to goal"),
        Parameter(
            "most-depth", .integers(1...mostDepth), default: "\(mostDepth)", "maximum number of edges from root to goal"
        ),
    ]

    init(_ settings: Settings) {
        node = settings.choice("node")
        position = Self.position(settings)
        depths = Self.depths(settings)
    }

    init(_ node: PathNode, position: Int, depths: ClosedRange<Int>) {
        self.node = node
        self.position = position
        self.depths = depths
    }

    static func position(_ settings: Settings) -> Int {
        let word = settings.word("position")
        guard let position = positions.firstIndex(of: word) else {
            preconditionFailure("setting position was not checked: \(word)")
        }
        return position
    }

    static func depths(_ settings: Settings) -> ClosedRange<Int> {
        let least = settings.integer("least-depth")
        return least...max(least, settings.integer("most-depth"))
    }

    /// Returns the index of the cell's token in a tree's input; nil if the input has fewer tokens.
    func place(in tree: SearchTree) -> Int? {
        position - 3 < tree.depth ? tree.edges.count - 1 + position : nil
    }

    /// Returns the least and the greatest depth of settings, or the defaults if they are missing. The least can be
    /// larger than the greatest.
    static func givenDepths(_ settings: Settings) -> (least: Int, most: Int) {
        (
            settings.values["least-depth"].flatMap { Int($0) } ?? 1,
            settings.values["most-depth"].flatMap { Int($0) } ?? mostDepth
        )
    }

    /// Throws if no tree with one of these depths has a cell with these settings.
    static func check(_ settings: Settings, depths: Range<Int>) throws(ConfigMistake) {
        let given = givenDepths(settings)
        let most = min(depths.upperBound - 1, given.most)
        guard given.least <= most else {
            throw ConfigMistake(
                "least-depth", "no path has at least \(given.least) and at most \(most) edges",
                fix: "use a range of depths up to \(depths.upperBound - 1)")
        }
        let node = settings.values["node"].flatMap(PathNode.init)
        let position = settings.values["position"].flatMap { positions.firstIndex(of: $0) }
        for (name, needed) in [("node", node?.leastDepth ?? 1), ("position", (position ?? 0) - 2)] where needed > most {
            throw ConfigMistake(
                name, "a path of at most \(most) edges has no \(settings.values[name] ?? "")",
                fix: "use paths of at least \(needed) edges")
        }
    }
}

/// A node of the path that a probe predicts.
enum PathNode: String, CaseIterable {
    case parent
    case grandparent
    case greatGrandparent = "great-grandparent"
    case firstStep = "first-step"

    /// The least depth of the goal at which a path has this node.
    var leastDepth: Int {
        switch self {
        case .parent: 1
        case .grandparent, .firstStep: 2
        case .greatGrandparent: 3
        }
    }

    /// Returns the name of the node; nil if the tree has no such node.
    func name(in tree: SearchTree) -> Int? {
        guard tree.depth >= leastDepth else { return nil }
        return switch self {
        case .parent, .grandparent, .greatGrandparent: tree.path[tree.depth - leastDepth]
        case .firstStep: tree.path[1]
        }
    }
}
