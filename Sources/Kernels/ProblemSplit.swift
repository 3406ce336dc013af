import KernelInterface

/// Whether the problems to measure on occurred in training. Problems that differ only in names or order count as one.
enum ProblemSplit: String, CaseIterable {
    case unseen, seen

    static let parameter = Parameter(
        "split", .words(allCases.map(\.rawValue)), default: unseen.rawValue,
        "unseen: problems held out from training, with any names and in any order; seen: problems that occurred in it"
    )

    /// Returns the split that settings name; nil if they name none.
    init?(_ settings: Settings) {
        guard let split = settings.values["split"].flatMap(Self.init(rawValue:)) else { return nil }
        self = split
    }
}

/// The share of problems that are held out from training.
enum HeldOutShare {
    static let name = "held_out_share"

    /// The least share above 0. With a smaller one, unseen problems would be too rare to find by trial and error.
    static let least = 0.01

    static func parameter(default share: String, of problems: String) -> Parameter {
        Parameter(name, .numbers(0...0.5), default: share, "share of \(problems) that training leaves out; 0 for none")
    }

    static func read(_ config: Settings) throws(ConfigMistake) -> Double {
        let share = config.number(name)
        guard share == 0 || share >= least else {
            throw ConfigMistake(name, "\(share) is too small a share to find unseen problems", fix: "use 0 or \(least)")
        }
        return share
    }

    /// Throws if there are no problems to measure on.
    static func check(_ share: Double, _ split: ProblemSplit?, trained: Int) throws(ConfigMistake) {
        if split == .unseen && share == 0 {
            throw ConfigMistake(
                "split", "held_out_share is 0, so no problem is unseen", fix: "use split seen, or hold out a share")
        }
        if split == .seen && trained == 0 {
            throw ConfigMistake(
                "split", "training has no steps, so no problem is seen", fix: "train, or use split unseen")
        }
    }
}
