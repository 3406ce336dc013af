import Foundation
import Merging

func causesMarkdown(
    _ results: [(scenario: PlantedScenario, outcomes: [PlantedOutcome])], quantities: Int, seed: Int
) -> String {
    var lines = [
        "# Planted causes", "",
        "Made by `arbor-ledger-bench causes --quantities \(quantities) --seed \(seed)`; deterministic. All methods get the same",
        "worlds; a row averages \(quantities) of them, and ± is the standard error of the mean.", "",
        "A world is one quantity with 4 to 8 conditions of 2 to 4 values, and 4 to 12 findings. Each finding starts from the",
        "settings of one of 2 or 3 labs and changes each setting with probability 1/4, so unrelated conditions are correlated;",
        "half of the findings claim to hold for all values of one or two conditions. The value depends on *one* condition, on",
        "the *steps* of two, which add up to four levels, or *jointly* on two (both needed, or one inverts the other). *Noise*:",
        "the share of findings that report a wrong level. *Unrecorded*: the share that leave one condition unknown. Every world",
        "is decoded, checked and merged as records; a suggested run becomes a new finding that is correct and complete. A method",
        "ends after \(plantedRunLimit) runs, if it has nothing more to run, or if the causes are the only explanation.",
        "",
        "*Deciding run*: suggested by the ledger. *Random, explained*: a random new cell that changes a finding's cell in the",
        "conditions of the explanations; *random, all*: in any condition. *Greedy tree*: a decision tree grown by information",
        "gain; the next run is where it and the tree without its first condition predict different values, then in its emptiest",
        "leaf. The score is that of the ledger after the runs; *tree's own* is that of the tree's split conditions.",
        "",
        "## At the start", "",
        "Percentages. *Disagree*: of all worlds, those with disjoint ranges; *conflict*: those with disjoint ranges at a shared",
        "cell. Of those that disagree, *listed*: the set of causes is an explanation; *part*: an explanation consists of causes",
        "only; *alone*: the causes are the only smallest explanation. In the others the findings did not vary a cause enough.",
        "",
    ]
    func table(_ columns: [String], _ cells: ([PlantedOutcome]) -> [String]) {
        lines.append("| \((["causes", "noise", "unrecorded"] + columns).joined(separator: " | ")) |")
        lines.append("|---|---:|---:|\(columns.map { _ in "---:|" }.joined())")
        for (scenario, outcomes) in results {
            let row = [scenario.kind.rawValue, "\(scenario.noise)", "\(scenario.unrecorded)"] + cells(outcomes)
            lines.append("| \(row.joined(separator: " | ")) |")
        }
    }
    table(["disagree", "conflict", "listed", "part", "alone"]) { outcomes in
        let starts = outcomes.compactMap(\.start)
        return [
            share(outcomes.map { $0.start != nil }), share(outcomes.map(\.hasConflict)), share(starts.map(\.isListed)),
            share(starts.map(\.isPartListed)), share(starts.map(\.isAlone)),
        ]
    }
    func compare(
        _ title: String, _ meaning: String, _ cell: ([PlantedOutcome.MethodOutcome]) -> String,
        more: (title: String, cell: ([PlantedOutcome]) -> String)? = nil
    ) {
        lines += ["", "## \(title)", "", meaning, ""]
        table(RunStrategy.allCases.map(\.title) + (more.map { [$0.title] } ?? [])) { outcomes in
            let started = outcomes.filter { $0.start != nil }
            return RunStrategy.allCases.map { method in cell(started.compactMap { $0.methods[method] }) }
                + (more.map { [$0.cell(started)] } ?? [])
        }
    }
    compare(
        "Right after the runs", "Percentage of worlds whose only smallest explanation is the set of causes.",
        { share($0.map(\.end.isAlone)) }, more: ("tree's own", { share($0.map(\.isTreeRight)) }))
    for budget in [2, 4] {
        compare("Right after \(budget) runs", "The same, after at most \(budget) runs.") { outcomes in
            share(outcomes.compactMap { $0.isAlone.prefix(budget + 1).last })
        }
    }
    compare("Runs until right", "Mean number of runs; \(plantedRunLimit) if never.") { outcomes in
        mean(outcomes.map { Double($0.runs) }, digits: 2)
    }
    compare(
        "The core is the causes", "Percentage of worlds whose only explanation after the runs is the set of causes."
    ) {
        share($0.map(\.end.isOnly))
    }
    compare("Runs until then", "Mean number of runs; \(plantedRunLimit) if never.") { outcomes in
        mean(outcomes.map { Double($0.coreRuns) }, digits: 2)
    }
    compare("In the core", "Percentage of worlds with the causes in every explanation after the runs.") {
        share($0.map(\.end.isInCore))
    }
    compare(
        "No explanation",
        "Percentage of worlds in which no set of up to \(explanationSizeLimit) conditions explains the disagreement after the runs."
    ) {
        share($0.map(\.end.isUnexplained))
    }
    return lines.joined(separator: "\n") + "\n"
}

private func share(_ hits: [Bool]) -> String { mean(hits.map { $0 ? 100 : 0 }, digits: 1) }

/// Returns the mean with its standard error, as text.
private func mean(_ values: [Double], digits: Int) -> String {
    guard !values.isEmpty else { return "–" }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error = values.count > 1 ? (squares / (count - 1) / count).squareRoot() : 0
    return "\(String(format: "%.\(digits)f", mean)) ± \(String(format: "%.\(digits)f", error))"
}
