import Evidence
import Merging
import Records
import Words

/// The result of a few exploratory runs at a task's cell.
package struct Exploration: Sendable {
    package var outcome: Outcome
    /// The number of runs, including those without a value.
    var runCount: Int
    /// The sides of the disagreement. Each side has its claims, the values on which they agree, and the number of runs
    /// that gave such a value.
    var sides: [(claims: [ClaimID], value: ValueSet, hits: Int)]
    /// Whether more than half of the runs support one side.
    var hasWinner: Bool
    /// The explanations that remain and those that are ruled out; nil unless the task is a deciding run and one side
    /// has won.
    var verdict: (remaining: [Explanation], ruledOut: [Explanation])?
}

extension Merge {
    /// Returns the claim to run for a task's cell, or nil if no kernel can measure it.
    package func exploration(of task: LedgerTask) -> AuditedClaim? {
        guard let base = task.base.flatMap(state.claim), let finding = state.findings[base.id.slug] else { return nil }
        let claim = base.moved(to: task.cell)
        return ledger.verification(of: claim).map {
            AuditedClaim(claim: claim, finding: finding, verification: $0, seeds: SeedSource(salt: ""))
        }
    }
}

extension Exploration {
    /// Summarises the runs of a task. `values` are the finite values of the runs; returns nil if there are none.
    package init?(of task: LedgerTask, _ audited: AuditedClaim, values: [Double], runCount: Int, in merge: Merge) {
        guard let sample = SampleMean(values) else { return nil }
        self.runCount = runCount
        let found = task.quantity.flatMap(merge.disagreement)
        sides = (found?.sides ?? []).compactMap { claims in
            let members = claims.compactMap(merge.state.claim)
            let rules = members.map(audited.verification.hitRule)
            let sets = members.compactMap { $0.value?.value }
            guard let first = sets.first else { return nil }
            let value = sets.dropFirst().reduce(first) { $0.intersection($1) }
            let hits = values.count { value in
                rules.allSatisfy { rule in rule.ranges.contains { $0.contains(value) } }
            }
            return value.isEmpty ? nil : (claims, value, hits)
        }
        // A run without a value counts for no side.
        let winner = sides.first { $0.hits * 2 > runCount }
        hasWinner = winner != nil
        let measured = ValueSet.interval(
            // The ends are not rounded. The interval therefore contains every value.
            Interval(
                lower: values.min().flatMap { Number("\($0)") }, upper: values.max().flatMap { Number("\($0)") }))
        // A kernel measures numbers. If no side wins, and the quantity is a label or the measured range is impossible,
        // the quantity's whole range is proposed. The author can then narrow it.
        let whole = task.quantity.flatMap { merge.state.quantities[$0]?.range } ?? measured
        let possible = measured.intersection(whole)
        let other = possible.isEmpty ? whole : possible
        outcome = Outcome(sample: sample, value: winner?.value ?? other)
        if let winner, let found, let run = found.decidingRun, let discord = merge.discords[found.quantity],
            task.kind == .decidingRun
        {
            verdict = merge.explanations(of: discord, after: run, on: winner.claims)
        }
    }
}

/// Writes the result for the terminal.
package func explorationText(_ exploration: Exploration, style: TextStyle) -> String {
    let (sample, runs) = (exploration.outcome.sample, exploration.runCount)
    let error = sample.standardError.map { ", standard error \(plainNumber($0))" } ?? ""
    let missing = sample.count < runs ? ", \(runs - sample.count) without a value" : ""
    var lines = [
        style.wrapped("\(counted(runs, "run"))\(missing): mean \(plainNumber(sample.mean))\(error).", indent: 0)
    ]
    for side in exploration.sides {
        lines.append(
            style.wrapped(
                "\(side.hits) of \(runs) on the side of \(listed(shortList(side.claims.map(\.description)))) (\(side.value.phrase))",
                indent: 4, first: 2))
    }
    if let verdict = exploration.verdict {
        let names = { (all: [Explanation]) in listed(all.map { named($0.conditions) }, "or") }
        if !verdict.remaining.isEmpty {
            lines.append(style.wrapped("Remaining explanations: \(names(verdict.remaining)).", indent: 0))
        }
        if !verdict.ruledOut.isEmpty {
            lines.append(style.wrapped("Ruled out: \(names(verdict.ruledOut)).", indent: 0))
        }
    }
    if !exploration.sides.isEmpty, !exploration.hasWinner {
        lines.append(style.wrapped("No side has more than half of the runs.", indent: 0))
    }
    lines.append(style.wrapped("These seeds are unsalted: the runs decide nothing before an audit.", indent: 0))
    return lines.joined(separator: "\n") + "\n"
}
