import Merging

/// A small random ledger that uses every feature: numbers and labels, toy models with runs, bridges, caveats, tested
/// assumptions, and all kinds of questions.
struct RandomTree {
    struct RandomFinding {
        var slug: String
        var claims: [RandomClaim]
        var caveats: [(target: String, shownBy: String?)] = []
        var supersedes: [String] = []
        var supersededBy: [String] = []
        /// The assumption that its first claim undercuts.
        var undercut: String?
        var isPlanned = false
    }

    /// A claim as a list of keys and values, in any order.
    struct RandomClaim {
        var keys: [(key: String, value: String)]
        subscript(key: String) -> String? { keys.first { $0.key == key }?.value }
    }

    var findings: [RandomFinding] = []
    /// The values of the runs of each toy claim.
    var runs: [String: [Double?]] = [:]
    /// The toy claims whose runs an independent runner made, and those whose controls were run too.
    var independent: Set<String> = []
    var controlled: Set<String> = []
    var extraFiles = ""
    /// The prefix of the names of findings; results do not depend on the order of these names.
    var prefix = "f"
    var isReversed = false

    static let assumptions = ["left", "right", "free", "tested", "carries"]

    init(_ seed: UInt64) {
        var random = SeededGenerator(seed &* 7919)
        let count = Int.random(in: 5...9, using: &random)
        for number in 0..<count {
            var finding = RandomFinding(slug: "f\(number)", claims: [])
            let claims = random.chance(0.2) ? 2 : 1
            for index in 0..<claims {
                // Claims of one finding must not contradict each other.
                finding.claims.append(Self.claim(index == 0 ? random.pick(["q", "w", "w", "dims"]) : "good", &random))
            }
            for _ in 0..<(random.chance(0.5) ? Int.random(in: 1...2, using: &random) : 0) {
                let target = Int.random(in: 0..<count, using: &random)
                let shownBy = random.chance(0.7) ? "f\(Int.random(in: 0..<count, using: &random))#1" : nil
                finding.caveats.append(("f\(target)#1", shownBy))
            }
            if number > 0, random.chance(0.2) {
                let old = random.below(number)
                finding.supersedes = ["f\(old)"]
                if random.chance(0.6) { findings[old].supersededBy.append(finding.slug) }
            }
            if random.chance(0.15) { finding.undercut = random.pick(["free", "left"]) }
            finding.isPlanned = random.chance(0.06)
            if finding.claims[0]["tested"]!.contains("toy"), random.chance(0.6) {
                let range = finding.claims[0]["value"].flatMap { $0.dropFirst().split(separator: ",").first }
                let value =
                    (random.chance(0.6) ? range.flatMap { Double($0) } : nil).map { $0 + 0.1 }
                    ?? random.pick([0.5, 1.0, 1.6])
                let name = "\(finding.slug)#1"
                runs[name] = Array(repeating: value, count: random.pick([3, 8, 8, 8]))
                if random.chance(0.7) { independent.insert(name) }
                if random.chance(0.6) { controlled.insert(name) }
            }
            findings.append(finding)
        }
    }

    private static func claim(_ quantity: String, _ random: inout SeededGenerator) -> RandomClaim {
        var keys: [(key: String, value: String)] = [("quantity", quantity)]
        let assumes = assumptions.filter { $0 != "right" && random.chance(0.25) }
        var assumed = assumes.map { $0 == "left" && random.chance(0.5) ? "right" : $0 }
        switch quantity {
        case "w":
            let labels = random.pick([["a"], ["b"], ["a", "b"], ["b", "c"], ["a", "c"], ["b", "c"], ["a", "c"]])
            keys.append(("value", "{any_of: [\(labels.joined(separator: ", "))]}"))
            keys.append(("tested", "{model: [\(random.some(["big", "mid", "small"]).joined(separator: ", "))]}"))
            if random.chance(0.4) { keys.append(("holds_for", "{}")) }
        case "dims":
            let lower = random.pick([0.0, 0.4, 0.4, 0.9, 1.5])
            keys.append(("value", "[\(lower), \(lower + 0.3)]"))
            if random.chance(0.25) {
                keys.append(("tested", "{model: big, density: \(random.pick(["0.3", "0.9"]))}"))
                break
            }
            keys.append(("tested", "{model: toy, density: \(random.pick(["0.3", "0.9"]))}"))
            if random.chance(0.6) { assumed.append("carries") }
            if random.chance(0.5) { keys.append(("holds_for", "{model: [toy]}")) }
        default:
            let lower = Int.random(in: 0...8, using: &random)
            let tested =
                "{model: \(random.pick(["big", "mid", "small"])), layer: \(random.pick(["1", "2", "unknown"]))}"
            keys.append(("tested", tested))
            if random.chance(0.15) {
                keys.append(("reported", "{value: \(lower), se: 0.4}"))
            } else {
                keys.append(("value", "[\(lower), \(min(10, lower + Int.random(in: 0...3, using: &random)))]"))
            }
            if random.chance(0.3) { keys.append(("holds_for", "{}")) }
            if random.chance(0.1) { keys.append(("kind", "witness")) }
        }
        let sorted = Set(assumed).sorted()
        if !sorted.isEmpty { keys.append(("assumes", "[\(sorted.joined(separator: ", "))]")) }
        return RandomClaim(keys: keys)
    }

    func ledger() throws -> TestLedger {
        var ledger = TestLedger(Self.vocabulary + findings.map(text).joined() + extraFiles)
        for (claim, values) in runs.sorted(by: { $0.key < $1.key }) {
            for isControl in controlled.contains(claim) ? [false, true] : [false] {
                let values = isControl ? values.map { $0.map { $0 + 0.35 } } : values
                if independent.contains(claim) {
                    try ledger.addIndependentRuns(of: named(claim), values, isControl: isControl)
                } else {
                    try ledger.addRuns(of: named(claim), values, isControl: isControl)
                }
            }
        }
        // Two claims with the same runs have the same receipt.
        var paths: Set<String> = []
        ledger.files.removeAll { !paths.insert($0.path).inserted }
        return ledger
    }

    /// Renames a finding or a claim, such as `f3#1`.
    private func named(_ name: String) -> String {
        let parts = name.dropFirst().split(separator: "#", maxSplits: 1)
        let number = isReversed ? 9 - Int(parts[0])! : Int(parts[0])!
        return "\(prefix)\(number)" + parts.dropFirst().map { "#\($0)" }.joined()
    }

    private func text(_ finding: RandomFinding) -> String {
        var lines = [
            "--- Findings/\(named(finding.slug)).yaml", "title: A finding", "authors: [A]",
            "contributors: [A <a@example.org>]",
            "date: 2025",
            "source: somewhere", "north_star: None.",
        ]
        if finding.isPlanned { lines += ["status: planned", "until: 2027"] }
        if !finding.supersedes.isEmpty {
            lines.append("supersedes: [\(finding.supersedes.map(named).joined(separator: ", "))]")
        }
        if !finding.supersededBy.isEmpty {
            lines.append("superseded_by: [\(finding.supersededBy.map(named).joined(separator: ", "))]")
        }
        lines.append("claims:")
        for claim in finding.claims {
            for (index, key) in claim.keys.enumerated() {
                lines.append("\(index == 0 ? "  - " : "    ")\(key.key): \(key.value)")
            }
        }
        if !finding.caveats.isEmpty || finding.undercut != nil { lines.append("caveats:") }
        if let assumption = finding.undercut, finding.claims[0]["assumes"]?.contains(assumption) != true {
            lines.append(
                "  - {text: Not so., against: {assumption: \(assumption)}, shown_by: \(named(finding.slug))#1}")
        }
        for caveat in finding.caveats {
            lines.append("  - text: But.")
            lines.append("    against: {claim: \(named(caveat.target))}")
            if let shownBy = caveat.shownBy { lines.append("    shown_by: \(named(shownBy))") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func question(_ id: String, _ rest: String) -> String {
        "--- Claims/\(id)/question.yaml\nquestion: What of \(id)?\nwhy: It matters.\n\(rest)\n"
    }

    static let vocabulary =
        "--- Claims/question.yaml\nquestion: What is it?\nwhy: It matters.\n"
        + question("every", "needs: all")
        + question("every/low", "quantity: q\nyes: [0, 4]")
        + question("every/word", "quantity: w\nyes: {any_of: [a]}")
        + question("some", "needs: any\nasks: special")
        + question("some/high", "quantity: q\nyes: {above: 5}\ncovers: {model: [big, mid], layer: {from: 1, to: 2}}")
        + question("some/other", "quantity: w\nyes: {any_of: [b, c]}\ncovers: {model: [small]}")
        + question("sharing", "quantity: dims\nyes: [0.4, 0.7]\ncovers: {density: [0.3, 0.9]}")
        + question("real", "quantity: dims\nyes: [0.4, 0.7]\ncovers: {model: [big]}\nasks: general")
        + question("good", "quantity: good\nyes: {at_least: 5}\nalso_under: [some]") + """
            --- Claims/vocabulary/quantities/q.yaml
            title: Q
            definition: A number.
            range: [0, 10]
            conditions: [layer, model]
            --- Claims/vocabulary/quantities/good.yaml
            title: Good
            definition: A number.
            range: [0, 10]
            conditions: [layer, model]
            --- Claims/vocabulary/quantities/w.yaml
            title: W
            definition: A word.
            labels: [a, b, c]
            conditions: [model]
            --- Claims/vocabulary/quantities/dims.yaml
            title: Dimensions
            definition: A number.
            range: [0, 2]
            conditions: [density, model]
            --- Claims/vocabulary/conditions/layer.yaml
            title: Layer
            values: {from: 1, to: 3}
            --- Claims/vocabulary/conditions/density.yaml
            title: Density
            values: [0.3, 0.9]
            --- Claims/vocabulary/conditions/model/big.yaml
            title: Big
            general: true
            --- Claims/vocabulary/conditions/model/mid.yaml
            title: Mid
            --- Claims/vocabulary/conditions/model/small.yaml
            title: Small
            --- Claims/vocabulary/assumptions/tested.yaml
            statement: Tested.
            tested_by: good
            \(randomAssumptions)
            --- Verifiers/toy/model.yaml
            title: Toy
            contributors: [A]
            abstracts: sharing
            kernel: toy
            config: {features: 2}
            budget: {minutes: 1, memory_gib: 1}
            --- Verifiers/toy/dims.yaml
            measurement: dimensionality
            measures: [dims]
            conditions: [density]
            control: {network: untrained}

            """
}
