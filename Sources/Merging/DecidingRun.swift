import Evidence
import KernelInterface
import Records
import Words

/// The run whose outcome, whatever it is, leaves the fewest of the smallest explanations standing.
package struct DecidingRun: Sendable, Equatable {
    /// One value a condition; what the finding that it changes leaves unknown is left out.
    package var cell: [String: String]
    /// How many of the smallest explanations stand after the worst outcome, and how many there are.
    package var worst: Int
    package var candidates: Int
    /// The claim whose verifier and other settings are taken.
    package var base: ClaimID
    /// The conditions that are set to something else, sorted, with what they are set to.
    package var changes: [String: String]
    /// Of one run, where a kernel can carry it out.
    package var costSeconds: Double?
    /// `toy-model/measurement`, where a kernel can carry it out.
    package var verifier: String?

    /// `take a#1, set encoding to mine-yours`.
    package var phrase: String {
        let set = changes.sorted { $0.key < $1.key }.map { "\($0.key) to \($0.value)" }
        return "take \(base), set \(listed(set))"
    }
}

/// The most cells that are compared for one quantity, and the most times that a cell is held against a claim.
private let cellLimit = 16_384
private let cellComparisonLimit = 65_536

/// The most claims whose cells are changed.
private let baseLimit = 64

extension Merge {
    /// Over the conditions in the smallest explanations, and the values that the claims at odds were tested at: the cell
    /// whose worst outcome leaves the fewest of them standing, then the one that leaves the fewest of all explanations, then
    /// the one that changes least, then the cheapest, then the first by name. An outcome is what one of the sides says.
    ///
    /// Where that tells nothing, or one explanation is smaller than all others, the conditions of all explanations are looked
    /// at; where that tells nothing, or there is only one, it is challenged. nil where nothing is left to try.
    func decidingRun(_ discord: Discord, _ explanations: [Explanation], sides: [[ClaimID]]) -> DecidingRun? {
        let smallest = smallest(explanations)
        guard !smallest.isEmpty, !discord.isTruncated, !sides.isEmpty else { return nil }
        let all = smallest + explanations.filter { !smallest.contains($0) }
        let comparison = discord.comparison
        let involved = discord.involved.map { comparison.members[$0] }
        let trials = OutcomeTrials(
            comparison, all.prefix(ExplanationSet.limit).map(comparison.set), smallest: smallest.count,
            outcomes: outcomes(comparison, sides))
        if smallest.count > 1, let run = best(varying: conditions(of: smallest), trials, involved) { return run }
        if all.count > 1, let run = best(varying: conditions(of: all), trials, involved) { return run }
        for explanation in smallest {
            if let run = challenge(explanation, trials, involved) { return run }
        }
        return best(varying: conditions(of: smallest), trials, involved)
    }

    /// Of a claim that leaves something unknown, that may be what differs: such a cell is changed where no other tells.
    private func best(varying varied: [String], _ trials: OutcomeTrials, _ involved: [Member]) -> DecidingRun? {
        let incomplete = Set(
            zip(trials.comparison.members, trials.comparison.rows).filter(\.1.hasUnknownConditions).map(\.0))
        let complete = involved.filter { !incomplete.contains($0) }
        if let run = best(varying: varied, trials, involved, bases: complete.prefix(baseLimit)) { return run }
        return best(
            varying: varied, trials, involved, bases: involved.filter(incomplete.contains).prefix(baseLimit))
    }

    private func best(
        varying varied: [String], _ trials: OutcomeTrials, _ involved: [Member], bases: ArraySlice<Member>
    ) -> DecidingRun? {
        guard let first = bases.first, !varied.isEmpty else { return nil }
        let comparison = trials.comparison
        let settings = varied.map { condition in
            (condition: condition, values: Set(involved.flatMap { $0.testedValues(of: condition) }).sorted())
        }.filter { !$0.values.isEmpty }
        func hits(_ cell: [String: String], like base: Member, assumptionsToo: Bool) -> [ExplanationSet] {
            comparison.row(recording: state.recorded(Box(cell: cell)), like: base.id)
                .map { trials.hits($0, assumptionsToo: assumptionsToo) } ?? []
        }
        let (members, toyModels) = (comparison.members, state.models)
        // What is asked at every cell must not carry the whole merge along.
        let verify = verification(of:at:)
        let options = settings.map { setting in
            setting.values.map { hits([setting.condition: $0], like: first, assumptionsToo: false) }
        }
        let cells = min(cellLimit, cellComparisonLimit / comparison.members.count)
        let changeLimit = mostChanges(settings.map(\.values.count), bases: bases.count, cellLimit: cells)
        var best: (run: DecidingRun, cost: Double)?
        var bestRank = Rank.none
        /// Of a cell that ranks no lower than the best so far; whether it was tested and a kernel can do it is only looked up
        /// here, where it matters.
        func consider(_ base: Member, _ fixed: [String: String], _ chosen: [Int], _ rank: Rank) {
            var cell = fixed
            for (setting, value) in zip(settings, chosen) { cell[setting.condition] = setting.values[value] }
            // Only what runs on a toy model has a cost, and of cells that are as good the first stands.
            if rank == bestRank, cell[Condition.model].flatMap({ toyModels[$0] }) == nil { return }
            guard !isTested(cell, among: members) else { return }
            let verification = verify(base, cell)
            let cost = verification?.cost ?? .infinity
            if let best, rank == bestRank, best.cost <= cost { return }
            (best, bestRank) = ((DecidingRun(at: cell, from: base, rank.worst, trials, verification), cost), rank)
        }
        for base in bases {
            let fixed = fixed(base, varying: varied)
            let isChange = settings.map { setting in
                setting.values.map { !base.wasTested(at: $0, of: setting.condition) }
            }
            func rank(_ changeCount: Int, _ hits: ArraySlice<ExplanationSet>) -> Rank? {
                guard let effect = trials.effect(of: hits, worst: bestRank.worst), effect.isInformative else {
                    return nil
                }
                let rank = Rank(worst: effect.worst, left: effect.left, changes: changeCount)
                return bestRank < rank ? nil : rank
            }
            forEachCell(
                fixed: hits(fixed, like: base, assumptionsToo: true), options: options, isChange: isChange,
                changeLimit: changeLimit, where: { rank($0, $1) != nil },
                { chosen, changeCount, hits in
                    if let rank = rank(changeCount, hits) { consider(base, fixed, chosen, rank) }
                })
        }
        return best?.run
    }

    /// How good a cell is, the best first.
    private struct Rank: Comparable {
        /// Of the smallest explanations, after the worst outcome.
        var worst: Int
        /// Of all of them, as `OutcomeTrials.Effect` weighs them.
        var left: Int
        /// Conditions that are set to something else.
        var changes: Int

        static let none = Rank(worst: .max, left: .max, changes: .max)

        static func < (a: Rank, b: Rank) -> Bool { (a.worst, a.left, a.changes) < (b.worst, b.left, b.changes) }
    }

    /// What an explanation that stands alone has to endure: its conditions as a claim at odds has them, all others at the
    /// values that claims like it were tested at least often.
    private func challenge(_ explanation: Explanation, _ trials: OutcomeTrials, _ involved: [Member]) -> DecidingRun? {
        let kept = conditions(of: [explanation])
        let others = Set(involved.flatMap { $0.claim.tested.sides.map(\.condition.value) }).subtracting(kept).sorted()
        let members = trials.comparison.members
        var best: (run: DecidingRun, novelty: Int)?
        for base in involved.prefix(baseLimit) {
            let alike = members.filter { member in
                kept.allSatisfy { condition in
                    let mine = base.testedValues(of: condition)
                    return mine.isEmpty || member.testedValues(of: condition).contains(mine[0])
                }
            }
            var cell = fixed(base, varying: others)
            for condition in others {
                let values = Set(involved.flatMap { $0.testedValues(of: condition) }).sorted()
                let uses = values.map { value in alike.count { $0.wasTested(at: value, of: condition) } }
                guard let least = uses.min(), let rarest = uses.firstIndex(of: least) else { continue }
                cell[condition] = values[rarest]
            }
            guard !isTested(cell, among: members),
                let row = trials.comparison.row(recording: state.recorded(Box(cell: cell)), like: base.id)
            else { continue }
            guard let effect = trials.effect(of: trials.hits(row, assumptionsToo: true)[...]), effect.isInformative
            else {
                continue
            }
            let novelty = alike.map { member in cell.count { !member.wasTested(at: $0.value, of: $0.key) } }.min() ?? 0
            if best.map({ novelty > $0.novelty }) ?? true {
                best = (
                    DecidingRun(at: cell, from: base, effect.worst, trials, verification(of: base, at: cell)), novelty
                )
            }
        }
        return best?.run
    }

    /// What can be set: an attribute is changed by taking another value that has it; an assumption cannot be set.
    private func conditions(of explanations: [Explanation]) -> [String] {
        Set(
            explanations.flatMap(\.conditions).filter { !$0.hasPrefix(assumptionPrefix) }.map {
                Vocabulary.split($0).condition
            }
        ).sorted()
    }

    /// Everything where that is few enough cells, and else fewer changes.
    private func mostChanges(_ valueCounts: [Int], bases: Int, cellLimit: Int) -> Int {
        var limit = valueCounts.count
        while limit > 1 {
            // By number of changes, so many cells.
            var cells = [1.0] + Array(repeating: 0.0, count: limit)
            for count in valueCounts {
                for changes in stride(from: limit, to: 0, by: -1) {
                    cells[changes] += cells[changes - 1] * Double(count - 1)
                }
            }
            if cells.reduce(0, +) * Double(bases) <= Double(cellLimit) { break }
            limit -= 1
        }
        return limit
    }

    /// A claim's own cell without the varied conditions.
    private func fixed(_ base: Member, varying conditions: [String]) -> [String: String] {
        var fixed: [String: String] = [:]
        for side in base.claim.tested.sides where !conditions.contains(side.condition.value) {
            if case .values(let values) = side.selection { fixed[side.condition.value] = values[0] }
        }
        return fixed
    }

    /// Which of the smallest explanations would stand, and which fall, were a run at a deciding run's cell on a side.
    package func explanations(
        of discord: Discord, after run: DecidingRun, on side: [ClaimID]
    ) -> (remaining: [Explanation], ruledOut: [Explanation]) {
        let comparison = discord.comparison
        let candidates = smallest(discord.explanations().all)
        guard let row = comparison.row(recording: state.recorded(Box(cell: run.cell)), like: run.base) else {
            return (candidates, [])
        }
        let members = side.compactMap(comparison.index)
        let others = comparison.rows.indices.filter { other in members.contains { comparison.isDisjoint($0, other) } }
        let stands = candidates.map { comparison.separates(comparison.set($0), row, from: others) }
        return (
            zip(candidates, stands).filter(\.1).map(\.0), zip(candidates, stands).filter { !$0.1 }.map(\.0)
        )
    }

    /// Those with the fewest conditions; of sets that put every finding alone only where there are no others.
    private func smallest(_ explanations: [Explanation]) -> [Explanation] {
        let real = explanations.filter { !$0.identifies }
        let considered = real.isEmpty ? explanations : real
        let size = considered.map(\.conditions.count).min() ?? 0
        return considered.filter { $0.conditions.count == size }
    }

    /// For each side, the claims that a run with its outcome would be discordant with: those that say nothing of what all on
    /// the side agree on; of labels, each label is an outcome.
    private func outcomes(_ comparison: Comparison, _ sides: [[ClaimID]]) -> [[Int]] {
        guard comparison.labels.isEmpty else {
            return comparison.labels.indices.map { label in
                comparison.rows.indices.filter { !comparison.rows[$0].labels.contains(label) }
            }.filter { $0.count < comparison.rows.count }
        }
        return sides.map { side in
            let members = side.compactMap(comparison.index)
            let lower = members.map { comparison.rows[$0].lower }.max() ?? .min
            let upper = members.map { comparison.rows[$0].upper }.min() ?? .max
            return comparison.rows.indices.filter {
                comparison.rows[$0].upper < lower || upper < comparison.rows[$0].lower
            }
        }
    }

    /// How a kernel would carry out a claim's measurement at another cell; nil where none can.
    func verification(of base: Member, at cell: [String: String]) -> (id: String, cost: Double)? {
        guard let verification = ledger.verification(of: base.claim.moved(to: cell)),
            let studied = verification.cells.first
        else { return nil }
        let study = StudyToRun(studied.study, cell: studied.cell, verification, salt: "")
        return (verification.measurement.id, study.cost.trainingSeconds + study.cost.measuringSeconds)
    }
}

extension DecidingRun {
    fileprivate init(
        at cell: [String: String], from base: Member, _ worst: Int, _ trials: OutcomeTrials,
        _ verification: (id: String, cost: Double)?
    ) {
        self.init(
            cell: cell, worst: worst, candidates: trials.smallestCount, base: base.id,
            changes: cell.filter { !base.wasTested(at: $0.value, of: $0.key) }, costSeconds: verification?.cost,
            verifier: verification?.id)
    }
}

/// Whether some claim was tested at the cell, all that it says of settings included.
private func isTested(_ cell: [String: String], among members: [Member]) -> Bool {
    members.contains { member in
        member.claim.tested.sides.allSatisfy { side in
            guard case .values(let values) = side.selection else { return cell[side.condition.value] == nil }
            return cell[side.condition.value].map(values.contains) ?? false
        } && cell.keys.allSatisfy { member.claim.tested[$0] != nil }
    }
}

extension Comparison {
    fileprivate func set(_ explanation: Explanation) -> BitSet {
        BitSet(explanation.conditions.compactMap(names.firstIndex), capacity: names.count)
    }

    /// Whether a set tells a row from every one of some claims.
    fileprivate func separates(_ set: BitSet, _ row: Row, from others: [Int]) -> Bool {
        others.allSatisfy { !differences(row, rows[$0]).isDisjoint(with: set) }
    }
}

extension Member {
    package func testedValues(of condition: String) -> [String] {
        guard case .values(let values)? = claim.tested[condition] else { return [] }
        return values
    }

    fileprivate func wasTested(at value: String, of condition: String) -> Bool {
        testedValues(of: condition).contains(value)
    }
}
