import Merging

/// A quantity whose value one or two conditions decide, and what a few contributors found of it.
///
/// A cell holds one value a condition, as its place in the condition's list.
struct PlantedWorld {
    enum Kind: String, CaseIterable {
        case one
        /// Each of two conditions adds a step of its own.
        case steps
        /// One condition matters only at some values of the other, or turns what the other does around.
        case joint
    }

    struct Finding {
        var cell: [Int]
        /// What was written down of the cell; nil for `unknown`.
        var recorded: [Int?]
        /// What it says was measured.
        var level: Int
        /// Conditions that it claims to be without influence.
        var wideOver: [Int]
        /// From the level's centre, in thousandths.
        var offset: Int
    }

    var kind: Kind
    /// How many values each condition has.
    var valueCounts: [Int]
    /// The planted ones, ascending.
    var causes: [Int]
    /// Of each cause, whether a value of it is on.
    private var isOn: [[Bool]]
    private var isConjunction: Bool
    var findings: [Finding] = []

    var levelCount: Int {
        switch kind {
        case .one, .joint: 2
        case .steps: 4
        }
    }

    /// Noise: the share of findings that are wrong. Unrecorded: the share that leave one condition unknown. Worlds of one
    /// kind, seed and index differ in nothing else.
    init(_ kind: Kind, noise: Double, unrecorded: Double, seed: Int, index: Int) {
        var random = SplitMix64(stream: "causes/\(kind.rawValue)/\(seed)", index: index)
        self.kind = kind
        valueCounts = (0..<random.integer(4...8)).map { _ in random.integer(2...4) }
        causes = random.places(kind == .one ? 1 : 2, below: valueCounts.count)
        isOn = causes.map { [valueCounts] cause in
            // Some value is on and some is off.
            let turned = random.integer(1...valueCounts[cause] - 1)
            let on = random.places(turned, below: valueCounts[cause])
            return (0..<valueCounts[cause]).map(on.contains)
        }
        isConjunction = random.happens(0.5)
        let houses = (0..<random.integer(2...3)).map { _ in drawCell(&random) }
        for _ in 0..<random.integer(4...12) {
            var cell = random.pick(houses)
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
        // Drawn whether or not it is used, so that the rest of the world stays as it is.
        let (wrong, unknown) = (random.unit(), random.unit())
        let (shift, left) = (random.integer(1...levelCount - 1), random.below(cell.count))
        if wrong < noise { finding.level = (finding.level + shift) % levelCount }
        if unknown < unrecorded { finding.recorded[left] = nil }
        if random.happens(0.5) { finding.wideOver = random.places(random.integer(1...2), below: cell.count) }
        return finding
    }

    /// What a run finds, recorded in full: enough of its kind that it is never wrong.
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
    /// So many different places, ascending.
    fileprivate mutating func places(_ count: Int, below limit: Int) -> [Int] {
        var chosen: Set<Int> = []
        while chosen.count < min(count, limit) { chosen.insert(below(limit)) }
        return chosen.sorted()
    }
}
