import Words

/// A quantity whose value depends on one or two conditions, with findings by a few contributors.
///
/// A cell is a list with one value index for each condition.
struct PlantedWorld {
    enum Kind: String, CaseIterable {
        case one
        /// Each of the two conditions adds its own step to the level.
        case steps
        /// The effect of one condition depends on the other condition, which can remove or invert it.
        case joint
    }

    struct Finding {
        var cell: [Int]
        /// The recorded cell; nil for a condition that is recorded as `unknown`.
        var recorded: [Int?]
        /// The reported level.
        var level: Int
        /// The finding generalises over all values of these conditions.
        var wideOver: [Int]
        /// The offset of the reported value from the level's centre, in thousandths.
        var offset: Int
    }

    var kind: Kind
    /// The number of values of each condition.
    var valueCounts: [Int]
    /// The planted causes, ascending.
    var causes: [Int]
    /// For each cause, whether each of its values is on. The level depends on the causes whose value is on.
    private var isOn: [[Bool]]
    private var isConjunction: Bool
    var findings: [Finding] = []

    var levelCount: Int {
        switch kind {
        case .one, .joint: 2
        case .steps: 4
        }
    }

    /// Draws a world. `noise` is the share of wrong findings, and `unrecorded` is the share of findings that leave one
    /// condition unknown. Two worlds of the same kind, seed and index do not differ in anything else.
    init(_ kind: Kind, noise: Double, unrecorded: Double, seed: Int, index: Int) {
        var random = SplitMix64(stream: "causes/\(kind.rawValue)/\(seed)", index: index)
        self.kind = kind
        valueCounts = (0..<random.integer(4...8)).map { _ in random.integer(2...4) }
        causes = random.places(kind == .one ? 1 : 2, below: valueCounts.count)
        isOn = causes.map { [valueCounts] cause in
            // At least one value is on, and at least one is off.
            let turned = random.integer(1...valueCounts[cause] - 1)
            let on = random.places(turned, below: valueCounts[cause])
            return (0..<valueCounts[cause]).map(on.contains)
        }
        isConjunction = random.happens(0.5)
        let labs = (0..<random.integer(2...3)).map { _ in drawCell(&random) }
        for _ in 0..<random.integer(4...12) {
            var cell = random.pick(labs)
            for condition in cell.indices where random.happens(0.25) {
                cell[condition] = random.below(valueCounts[condition])
            }
            findings.append(finding(at: cell, noise: noise, unrecorded: unrecorded, &random))
        }
    }

    private func finding(
        at cell: [Int], noise: Double, unrecorded: Double, _ random: inout SplitMix64
    ) -> Finding {
        var finding = run(at: cell, offset: random.integer(-30...30))
        // These numbers are always drawn, so that the rest of the world does not depend on the error rates.
        let (wrong, unknown) = (random.unit(), random.unit())
        let (shift, left) = (random.integer(1...levelCount - 1), random.below(cell.count))
        if wrong < noise { finding.level = (finding.level + shift) % levelCount }
        if unknown < unrecorded { finding.recorded[left] = nil }
        if random.happens(0.5) { finding.wideOver = random.places(random.integer(1...2), below: cell.count) }
        return finding
    }

    /// Returns the finding of a run. It is complete and correct.
    func run(at cell: [Int], offset: Int) -> Finding {
        Finding(cell: cell, recorded: cell, level: level(at: cell), wideOver: [], offset: offset)
    }

    func level(at cell: [Int]) -> Int {
        let on = zip(causes, isOn).map { $1[cell[$0]] }
        switch kind {
        case .one: return on[0] ? 1 : 0
        case .steps: return (on[0] ? 1 : 0) + (on[1] ? 2 : 0)
        case .joint: return (isConjunction ? on[0] && on[1] : on[0] != on[1]) ? 1 : 0
        }
    }

    private func drawCell(_ random: inout SplitMix64) -> [Int] { valueCounts.map { random.below($0) } }
}

extension SplitMix64 {
    /// Draws `count` different indices, ascending.
    fileprivate mutating func places(_ count: Int, below limit: Int) -> [Int] {
        var chosen: Set<Int> = []
        while chosen.count < min(count, limit) { chosen.insert(below(limit)) }
        return chosen.sorted()
    }
}
