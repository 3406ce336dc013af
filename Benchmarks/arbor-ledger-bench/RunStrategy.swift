import Merging
import Words

/// A strategy for choosing the next run.
enum RunStrategy: String, CaseIterable {
    /// The deciding run that the ledger suggests.
    case deciding
    /// A random cell that differs from a finding's cell in the conditions of the explanations.
    case randomExplained
    /// A random cell.
    case randomAll
    case tree

    var title: String {
        switch self {
        case .deciding: "deciding run"
        case .randomExplained: "random, explained"
        case .randomAll: "random, all"
        case .tree: "greedy tree"
        }
    }

    /// Returns the next cell to run, made of recorded values; nil if nothing is left to run.
    func cell(for found: Disagreement, in ledger: PlantedLedger, _ random: inout SplitMix64) -> [Int]? {
        let seen = ledger.seen.map { $0.isEmpty ? [0] : $0 }
        switch self {
        case .deciding:
            // Conditions that the finding left unknown get a random value.
            guard let run = found.decidingRun else { return nil }
            return zip(ledger.places(run.cell), seen).map { $0 ?? random.pick($1) }
        case .randomExplained:
            let conditions = Set(found.explanations.flatMap(\.conditions).compactMap(ledger.condition))
            return untested(in: ledger, &random) { random in
                let base = random.pick(ledger.findings).recorded
                return base.indices.map { condition in
                    guard !conditions.contains(condition), let value = base[condition] else {
                        return random.pick(seen[condition])
                    }
                    return value
                }
            }
        case .randomAll:
            return untested(in: ledger, &random) { random in seen.map { random.pick($0) } }
        case .tree:
            return GreedyTree(ledger.findings).mostUncertainCell(seen: seen, &random)
        }
    }

    private func untested(
        in ledger: PlantedLedger, _ random: inout SplitMix64, _ draw: (inout SplitMix64) -> [Int]
    ) -> [Int]? {
        let tested = Set(ledger.findings.map(\.recorded))
        for _ in 0..<100 {
            let cell = draw(&random)
            if !tested.contains(cell) { return cell }
        }
        return nil
    }
}
