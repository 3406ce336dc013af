import Foundation
import Merging

func causesMarkdown(
    _ results: [(scenario: PlantedScenario, outcomes: [PlantedOutcome])], quantities: Int, seed: Int
) -> String {
    var lines = [
        "# Planted causes", "",
        "Made by `arbor-ledger-bench causes --quantities \(quantities) --seed \(seed)`: the same bytes every time. The same",
        "worlds for every method; a row is \(quantities) of them, and ± is the standard error of the mean.", "",
        "A world is one quantity with 4 to 8 conditions of 2 to 4 values, and 4 to 12 findings. Each finding starts from the",
        "settings of one of 2 or 3 houses and changes each with probability 1/4, so conditions go together that have nothing to",
        "do with each other; half of them claim to hold for all values of one or two conditions. The value is decided by *one*",
        "condition; by the *steps* of two, which add up to four levels; or by two that act *jointly* (both needed, or one turns",
        "the other around). *Noise*: the share of findings that report a wrong level. *Unrecorded*: the share that leave one",
        "condition unknown. Every world goes through decoding, checking and merging as records; a suggested run is a new finding",
        "that is right and records everything. A method ends after \(plantedRunLimit) runs, where it has nothing more to run, or",
        "where the causes are the only explanation.", "",
        "*Deciding run*: what the ledger suggests. *Random, explained*: a random new cell that changes a finding's in the",
        "conditions of the explanations; *random, all*: in any. *Greedy tree*: a decision tree grown by information gain; the next",
        "run is where it and the tree without its first condition foretell different things, then in its emptiest leaf. What is",
        "scored is what the ledger says after the runs; *tree's own* are the conditions that its tree splits on then.",
        "",
        "## At the start", "",
        "*Disagree*: in percent of all worlds, some findings' ranges do not meet; *conflict*: also where both hold. Of those that",
        "disagree, *listed*: exactly the causes are an explanation; *part*: an explanation is made of causes alone; *alone*: the",
        "causes are the one explanation with fewest conditions. The findings of the others did not vary a cause enough to tell.",
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
        "Right after the runs", "The causes are the one explanation with fewest conditions, in percent.",
        { share($0.map(\.end.isAlone)) }, more: ("tree's own", { share($0.map(\.isTreeRight)) }))
    for budget in [2, 4] {
        compare("Right after \(budget) runs", "The same after at most \(budget) runs.") { outcomes in
            share(outcomes.compactMap { $0.isAlone.prefix(budget + 1).last })
        }
    }
    compare("Runs until right", "On average; \(plantedRunLimit) where it never is.") { outcomes in
        mean(outcomes.map { Double($0.runs) }, digits: 2)
    }
    compare("The core is the causes", "The causes are the only explanation of any size after the runs, in percent.") {
        share($0.map(\.end.isOnly))
    }
    compare("Runs until then", "On average; \(plantedRunLimit) where it never is.") { outcomes in
        mean(outcomes.map { Double($0.coreRuns) }, digits: 2)
    }
    compare("In the core", "The causes are in every explanation after the runs, perhaps beside others, in percent.") {
        share($0.map(\.end.isInCore))
    }
    compare(
        "No explanation",
        "After the runs no set of up to \(explanationSizeLimit) conditions explains the disagreement, in percent."
    ) {
        share($0.map(\.end.isUnexplained))
    }
    return lines.joined(separator: "\n") + "\n"
}

private func share(_ hits: [Bool]) -> String { mean(hits.map { $0 ? 100 : 0 }, digits: 1) }

/// With its standard error.
private func mean(_ values: [Double], digits: Int) -> String {
    guard !values.isEmpty else { return "–" }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error = values.count > 1 ? (squares / (count - 1) / count).squareRoot() : 0
    return "\(String(format: "%.\(digits)f", mean)) ± \(String(format: "%.\(digits)f", error))"
}
