import Words

/// One synthetic finding: a few claims with caveats that refer to earlier findings.
struct SyntheticFinding {
    var path: String
    var text: String

    private static let filesPerFolder = 100

    init(index: Int, ledger: SyntheticLedger) {
        var random = SplitMix64(stream: "finding", index: index)
        let slug = Self.slug(index)
        let folder = index / Self.filesPerFolder
        path = "Findings/\(Prose.areas[folder % Prose.areas.count])/\(folder)/\(slug).yaml"

        let claims = Self.claims(ledger, index, &random)
        var lines = [
            "title: \(Prose.sentence(&random, words: 8))",
            "authors: [\(Prose.sentence(&random, words: 2)), \(Prose.sentence(&random, words: 2))]",
            "contributors: [contributor \(random.below(200))]",
            "date: \(random.integer(2019...2025))-\(twoDigits(random.integer(1...12)))-\(twoDigits(random.integer(1...28)))",
            "source: arXiv:\(random.integer(1901...2512)).\(10_000 + index / 3)",
            "north_star: \(Prose.folded(&random, words: random.integer(50...110), indent: 2))",
            "claims:",
        ]
        lines += claims
        lines += Self.caveats(slug, index, &random)
        if index > 0 {
            if random.happens(0.4) { lines.append("builds_on: \(list([Self.slug(random.below(index))]))") }
            if random.happens(0.02) { lines.append("supersedes: \(list([Self.slug(random.below(index))]))") }
        }
        if random.happens(0.005) { lines.append("retracted: The data of the first run were lost.") }
        if random.happens(0.1) {
            lines.append("resources:\n  - {kind: code, url: \"https://example.org/\(slug)\"}")
        }
        text = lines.joined(separator: "\n") + "\n"
    }

    /// Returns a slug that depends only on the finding's number.
    private static func slug(_ index: Int) -> String {
        var random = SplitMix64(stream: "slug", index: index)
        return "\(Prose.name(&random))-\(index)"
    }

    private static func claims(_ ledger: SyntheticLedger, _ index: Int, _ random: inout SplitMix64) -> [String] {
        if random.happens(0.002) { return toyClaim(&random) }
        let disagrees = random.happens(0.01)
        var chosen: Set<Int> = []
        var lines: [String] = []
        for _ in 0..<random.integer(1...3) {
            // Some quantities are much more frequent than others.
            let share = random.unit()
            let number = Int(share * share.squareRoot() * Double(ledger.quantities.count))
            guard chosen.insert(number).inserted else { continue }
            lines += claim(ledger.quantities[number], disagrees: disagrees && lines.isEmpty, &random)
        }
        return lines
    }

    private static func claim(_ quantity: SyntheticQuantity, disagrees: Bool, _ random: inout SplitMix64) -> [String] {
        let models = random.pick(random.happens(0.2) ? 3 : 1, of: SyntheticLedger.models)
        var tested = ["model: \(models.count == 1 ? models[0] : list(models))"]
        for condition in quantity.conditions.dropFirst() {
            tested.append("\(condition): \(setting(condition, &random))")
        }
        var lines = ["  - quantity: \(quantity.slug)"]
        let isEstimate = !disagrees && quantity.labels == nil && random.happens(0.4)
        if !isEstimate { lines.append("    value: \(value(quantity, disagrees: disagrees, &random))") }
        lines.append("    tested: {\(tested.joined(separator: ", "))}")
        if disagrees {
            let others = random.pick(10, of: SyntheticLedger.models).filter { !models.contains($0) }
            lines.append("    holds_for: {model: \(list(models + others))}")
        } else if random.happens(0.05), models.count == 1, let family = models[0].split(separator: "-").first {
            lines.append("    holds_for: {model.family: [\(family)]}")
        }
        if random.happens(0.3) {
            let count = random.integer(1...2)
            let candidates = count == 1 ? SyntheticLedger.plainAssumptions : SyntheticLedger.compatibleAssumptions
            lines.append("    assumes: \(list(random.pick(count, of: candidates)))")
        }
        if isEstimate { lines.append("    reported: \(reported(quantity, &random))") }
        return lines
    }

    private static func setting(_ condition: String, _ random: inout SplitMix64) -> String {
        if random.happens(0.05) { return "unknown" }
        switch condition {
        case "layer":
            let layer = random.below(SyntheticLedger.layerCount - 8)
            return random.happens(0.3) ? "{from: \(layer), to: \(layer + random.integer(1...7))}" : "\(layer)"
        case "probe": return random.pick(SyntheticLedger.probes)
        case "position": return random.pick(SyntheticLedger.positions)
        default: return random.pick(SyntheticLedger.tasks)
        }
    }

    /// Returns a range that usually contains the quantity's centre; if the finding disagrees, the range does not
    /// contain it.
    private static func value(_ quantity: SyntheticQuantity, disagrees: Bool, _ random: inout SplitMix64) -> String {
        if let labels = quantity.labels {
            let label = labels[disagrees ? 2 - quantity.centre : quantity.centre]
            return "{any_of: [\(label)]}"
        }
        if disagrees { return "{at_least: \(decimal(quantity.centre + random.integer(200...300)))}" }
        let (below, above) = (random.integer(20...120), random.integer(20...120))
        switch random.below(4) {
        case 0: return "{at_most: \(decimal(quantity.centre + above))}"
        case 1: return "{above: \(decimal(quantity.centre - below)), below: \(decimal(quantity.centre + above))}"
        default: return "[\(decimal(quantity.centre - below)), \(decimal(quantity.centre + above))]"
        }
    }

    private static func reported(_ quantity: SyntheticQuantity, _ random: inout SplitMix64) -> String {
        let noise = random.integer(-40...40)
        if random.happens(0.5) {
            return
                "{value: \(decimal(quantity.centre + noise)), se: \(decimal(random.integer(15...40))), seeds: \(random.integer(3...10))}"
        }
        // With 1000 items, every number of thousandths is a possible share.
        let secondHand = random.happens(0.1) ? ", second_hand: true" : ""
        return "{value: \(decimal(quantity.centre + noise / 2)), n: 1000, count: true\(secondHand)}"
    }

    private static func toyClaim(_ random: inout SplitMix64) -> [String] {
        let density = random.pick(SyntheticLedger.densities)
        return [
            "  - quantity: \(SyntheticLedger.toyQuantity)",
            "    value: [0.1, 1]",
            "    tested: {model: \(SyntheticLedger.toyModel), density: \(density)}",
            "    assumes: [\(SyntheticLedger.assumptions[0])]",
            "    verify: \(SyntheticLedger.toyModel)/dimensionality",
        ]
    }

    private static func caveats(_ slug: String, _ index: Int, _ random: inout SplitMix64) -> [String] {
        let count = random.below(3)
        guard count > 0 else { return [] }
        var lines = ["caveats:"]
        for _ in 0..<count {
            lines.append("  - text: \(Prose.folded(&random, words: random.integer(10...30), indent: 6))")
            lines.append("    against: {claim: \(slug)#1}")
            if index > 0, random.happens(0.1) { lines.append("    shown_by: \(Self.slug(random.below(index)))#1") }
        }
        return lines
    }
}

private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
