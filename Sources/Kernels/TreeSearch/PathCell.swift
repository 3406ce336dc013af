import KernelInterface

/// What is read of a path, at which token, in trees of which depth.
struct PathCell {
    var node: PathNode
    /// Counted from the last edge: 0 is that, 1 the goal marker, 2 the goal, 3 the root, then the steps of the path.
    var position: Int
    var depths: ClosedRange<Int>

    static let positions =
        ["last-edge", "goal-marker", "goal", "root"] + (1...(TreeSearchConfig.mostNodes - 2)).map { "step-\($0)" }

    static let nodeParameter = Parameter(
        "node", .words(PathNode.allCases.map(\.rawValue)), default: nil,
        "which node of the path is read: the goal's parent and those above it, or the first one below the root")

    static let positionParameter = Parameter(
        "position", .words(positions), default: nil, "token at which the stream is read; step-1 comes after the root")

    private static let mostDepth = TreeSearchConfig.mostNodes - 1

    static let depthParameters = [
        Parameter("least-depth", .integers(1...mostDepth), default: "1", "edges from the root to the goal, at least"),
        Parameter("most-depth", .integers(1...mostDepth), default: "\(mostDepth)", "and at most"),
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

    /// The place among a tree's tokens; nil where the network is not given so many.
    func place(in tree: SearchTree) -> Int? {
        position - 3 < tree.depth ? tree.edges.count - 1 + position : nil
    }

    /// Throws where no tree has such a cell.
    static func check(_ settings: Settings, nodes: Int) throws(ConfigMistake) {
        let least = settings.values["least-depth"].flatMap { Int($0) } ?? 1
        let most = min(nodes - 1, settings.values["most-depth"].flatMap { Int($0) } ?? mostDepth)
        guard least <= most else {
            throw ConfigMistake(
                "least-depth", "no path has \(least) edges or more and \(most) or less",
                fix: "take a range of depths up to \(nodes - 1)")
        }
        let node = settings.values["node"].flatMap(PathNode.init)
        let position = settings.values["position"].flatMap { positions.firstIndex(of: $0) }
        for (name, needed) in [("node", node?.leastDepth ?? 1), ("position", (position ?? 0) - 2)] where needed > most {
            throw ConfigMistake(
                name, "a path of at most \(most) edges has no \(settings.values[name] ?? "")",
                fix: "take paths of \(needed) edges or more")
        }
    }
}

/// A node of the path that a probe reads.
enum PathNode: String, CaseIterable {
    case parent
    case grandparent
    case greatGrandparent = "great-grandparent"
    case firstStep = "first-step"

    /// How far the goal must be from the root for there to be such a node, other than the goal.
    var leastDepth: Int {
        switch self {
        case .parent: 1
        case .grandparent, .firstStep: 2
        case .greatGrandparent: 3
        }
    }

    /// nil where the tree has none.
    func name(in tree: SearchTree) -> Int? {
        guard tree.depth >= leastDepth else { return nil }
        return switch self {
        case .parent, .grandparent, .greatGrandparent: tree.path[tree.depth - leastDepth]
        case .firstStep: tree.path[1]
        }
    }
}
