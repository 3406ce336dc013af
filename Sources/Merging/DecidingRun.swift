import Evidence
import KernelInterface
import Records
import Words

/// The run that best narrows down the explanations. In its worst case, it leaves the fewest of the smallest
/// explanations.
package struct DecidingRun: Sendable, Equatable {
    /// One value for each condition. Conditions that are unknown in the base claim are missing.
    package var cell: [String: String]
    /// The number of the smallest explanations that remain after the worst outcome, and their number before the run.
    package var worst: Int
    package var candidates: Int
    /// The claim that supplies the verifier and the other settings.
    package var base: ClaimID
    /// The changed conditions with their new values.
    package var changes: [String: String]
    /// The cost of one run. nil if no kernel can do it.
    package var costSeconds: Double?
    /// The verifier, as `toy-model/measurement`. nil if no kernel can do the run.
    package var verifier: String?

    /// A phrase such as `repeat a#1 with encoding mine-yours`.
    package var phrase: String {
        let set = changes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return "repeat \(base) with \(listed(set))"
    }
}

/// The maximum number of cells that are compared for one quantity, and the maximum number of comparisons between a cell
/// and a claim.
private let cellLimit = 16_384
private let cellComparisonLimit = 65_536

/// The maximum number of claims that are tried as a base.
private let baseLimit = 64

extension Merge {
    /// Searches all cells that combine tested values of the conditions in the smallest explanations. Each side is a
    /// possible outcome. Prefers the cell whose worst outcome leaves the fewest of the smallest explanations. Breaks
    /// ties by the fewest changes to the settings of a claim, then the lowest cost, then the fewest explanations that
    /// all outcomes together leave, and then the order of the cells. Skips cells that no kernel can run although they
    /// name a toy model.
    ///
    /// If the outcomes at no such cell tell the smallest explanations apart, or there is only one, varies the conditions of
    /// all explanations. If this fails too, searches for a cell that tests one of the smallest explanations. Returns
    /// nil if no run is left to try.
    func decidingRun(_ discord: Discord, _ explanations: [Explanation], sides: [[ClaimID]]) -> DecidingRun? {
        guard !discord.isTruncated, !sides.isEmpty else { return nil }
        return explanations.count <= UInt64.limit
            ? decidingRun(discord, explanations, sides, countedIn: UInt64.self)
            : decidingRun(discord, explanations, sides, countedIn: SIMD4<UInt64>.self)
    }

    private func decidingRun<Explanations: ExplanationSet>(
        _ discord: Discord, _ explanations: [Explanation], _ sides: [[ClaimID]], countedIn: Explanations.Type
    ) -> DecidingRun? {
        let smallest = smallest(explanations)
        guard !smallest.isEmpty else { return nil }
        let all = smallest + explanations.filter { !smallest.contains($0) }
        let comparison = discord.comparison
        let involved = discord.involved.map { comparison.members[$0] }
        let trials = OutcomeTrials<Explanations>(
            comparison, all.prefix(Explanations.limit).map(comparison.set), smallest: smallest.count,
            outcomes: outcomes(discord, sides))
        let varied = conditions(of: smallest)
        if smallest.count > 1, let run = best(varying: varied, trials, involved, where: { $0.tellsSmallestApart }) {
            return run
        }
        if all.count > 1, let run = best(varying: conditions(of: all), trials, involved, where: { $0.isInformative }) {
            return run
        }
        for explanation in smallest {
            if let run = challenge(explanation, trials, involved) { return run }
        }
        return best(varying: varied, trials, involved, where: { $0.isInformative })
    }

    /// Returns the best run. Prefers base claims without unknown conditions, because the claims may differ in an
    /// unknown condition.
    private func best<Explanations: ExplanationSet>(
        varying varied: [String], _ trials: OutcomeTrials<Explanations>, _ involved: [Member],
        where isUseful: (RunEffect) -> Bool
    ) -> DecidingRun? {
        let incomplete = Set(
            zip(trials.comparison.members, trials.comparison.rows).filter(\.1.hasUnknownConditions).map(\.0))
        let complete = involved.filter { !incomplete.contains($0) }
        let bases = complete.prefix(baseLimit)
        if let run = best(varying: varied, trials, involved, bases: bases, where: isUseful) { return run }
        let others = involved.filter(incomplete.contains).prefix(baseLimit)
        return best(varying: varied, trials, involved, bases: others, where: isUseful)
    }

    private func best<Explanations: ExplanationSet>(
        varying varied: [String], _ trials: OutcomeTrials<Explanations>, _ involved: [Member],
        bases: ArraySlice<Member>, where isUseful: (RunEffect) -> Bool
    ) -> DecidingRun? {
        guard let first = bases.first, !varied.isEmpty else { return nil }
        let comparison = trials.comparison
        let settings = varied.map { condition in
            (condition: condition, values: testable(condition, involved))
        }.filter { !$0.values.isEmpty }
        func hits(_ cell: [String: String], like base: Member, assumptionsToo: Bool) -> [Explanations] {
            comparison.row(recording: state.recorded(Box(cell: cell)), like: base.id)
                .map { trials.hits($0, assumptionsToo: assumptionsToo) } ?? []
        }
        let (members, toyModels) = (comparison.members, state.models)
        // A closure that captures `self` would copy the whole merge for every cell.
        let (verify, isExcluded) = (verification(of:at:), state.isExcluded)
        let options = settings.map { setting in
            setting.values.map { hits([setting.condition: $0], like: first, assumptionsToo: false) }
        }
        let none = members.map { _ in Explanations.empty }
        let modelSetting = settings.firstIndex { $0.condition == Condition.model }
        let cells = min(cellLimit, cellComparisonLimit / comparison.members.count)
        let changeLimit = mostChanges(settings.map(\.values.count), bases: bases.count, cellLimit: cells)
        var best: (run: DecidingRun, cost: Double, left: Int)?
        var bestRank = Rank.none
        /// Considers a cell that ranks at least as high as the best one so far. The checks whether a cell was tested
        /// and whether a kernel can run it are slow, so only such cells undergo them.
        func consider(_ base: Member, _ fixed: [String: String], _ chosen: [Int], _ rank: Rank, left: Int) {
            let model = modelSetting.map { settings[$0].values[chosen[$0]] } ?? fixed[Condition.model]
            let isToy = model.map { toyModels[$0] != nil } ?? false
            // Only cells with a toy model have a cost. Of equally good cells, the first is kept.
            if let best, rank == bestRank, !isToy, (best.cost, best.left) <= (.infinity, left) { return }
            var cell = fixed
            for (setting, value) in zip(settings, chosen) { cell[setting.condition] = setting.values[value] }
            guard !isTested(cell, among: members), !isExcluded(cell) else { return }
            let verification = verify(base, cell)
            let cost = verification?.cost ?? .infinity
            if isToy && verification == nil { return }
            if let best, rank == bestRank, (best.cost, best.left) <= (cost, left) { return }
            best = (DecidingRun(at: cell, from: base, rank.worst, trials, verification), cost, left)
            bestRank = rank
        }
        for base in bases {
            let fixed = fixed(base, varying: varied)
            let isChange = settings.map { setting in
                setting.values.map { !base.wasTested(at: $0, of: setting.condition) }
            }
            func effect(
                _ changeCount: Int, _ hits: [Explanations], _ start: Int, _ option: [Explanations]
            ) -> RunEffect? {
                guard let effect = trials.effect(of: hits, from: start, adding: option, worst: bestRank.worst),
                    !(bestRank < Rank(worst: effect.worst, changes: changeCount))
                else { return nil }
                return effect
            }
            forEachCell(
                fixed: hits(fixed, like: base, assumptionsToo: true), options: options, isChange: isChange,
                changeLimit: changeLimit, where: { effect($0, $1, $2, none) != nil },
                { chosen, changeCount, hits, start, option in
                    guard let effect = effect(changeCount, hits, start, option), isUseful(effect) else { return }
                    consider(
                        base, fixed, chosen, Rank(worst: effect.worst, changes: changeCount), left: effect.left)
                })
        }
        return best?.run
    }

    /// The rank of a cell. Better ranks are smaller.
    private struct Rank: Comparable {
        /// The number of the smallest explanations that remain after the worst outcome.
        var worst: Int
        /// The number of changed conditions.
        var changes: Int

        static let none = Rank(worst: .max, changes: .max)

        static func < (a: Rank, b: Rank) -> Bool { (a.worst, a.changes) < (b.worst, b.changes) }
    }

    /// Returns a run that tests a single explanation. The explanation's conditions have the values of a discordant
    /// claim. Every other condition has the value at which similar claims were tested least often, if the run remains
    /// possible. Prefers the run that differs from similar claims in the most conditions. Breaks ties by the fewest
    /// changes, then the lowest cost, then the order of the claims.
    private func challenge(
        _ explanation: Explanation, _ trials: OutcomeTrials<some ExplanationSet>, _ involved: [Member]
    ) -> DecidingRun? {
        guard !explanation.namesAverage else { return nil }
        let explained = conditions(of: [explanation])
        let others = Set(involved.flatMap { $0.claim.tested.sides.map(\.condition.value) }).subtracting(explained)
            .sorted()
        let members = trials.comparison.members
        var best: (run: DecidingRun, rank: (novelty: Int, changes: Int, cost: Double))?
        for base in involved.prefix(baseLimit) {
            let alike = members.filter { member in
                explained.allSatisfy { condition in
                    let mine = base.testedValues(of: condition)
                    return mine.isEmpty || member.testedValues(of: condition).contains(mine[0])
                }
            }
            var cell = fixed(base, varying: [])
            for condition in others {
                let values = testable(condition, involved)
                let uses = values.map { value in alike.count { $0.wasTested(at: value, of: condition) } }
                guard let least = uses.min(), let rarest = uses.firstIndex(of: least) else { continue }
                var changed = cell
                changed[condition] = values[rarest]
                if isPossible(changed, like: base) { cell = changed }
            }
            guard isPossible(cell, like: base), !isTested(cell, among: members),
                let row = trials.comparison.row(recording: state.recorded(Box(cell: cell)), like: base.id),
                case let hits = trials.hits(row, assumptionsToo: true),
                let effect = trials.effect(of: hits, from: 0, adding: hits), effect.isInformative
            else { continue }
            let run = DecidingRun(at: cell, from: base, effect.worst, trials, verification(of: base, at: cell))
            let novelty = alike.map { member in cell.count { !member.wasTested(at: $0.value, of: $0.key) } }.min() ?? 0
            let rank = (-novelty, run.changes.count, run.costSeconds ?? .infinity)
            if best.map({ rank < $0.rank }) ?? true { best = (run, rank) }
        }
        return best?.run
    }

    /// Returns the tested values of a condition, which a run can choose from.
    private func testable(_ condition: String, _ members: [Member]) -> [String] {
        Set(members.flatMap { $0.testedValues(of: condition) }).subtracting([Condition.notApplicable]).sorted()
    }

    /// Returns whether a run is possible: no constraint excludes its cell, and a toy model runs only in its kernel.
    private func isPossible(_ cell: [String: String], like base: Member) -> Bool {
        if state.isExcluded(cell) { return false }
        guard let model = cell[Condition.model], state.models[model] != nil else { return true }
        return verification(of: base, at: cell) != nil
    }

    /// Returns the conditions that a run can set. To set an attribute, a run chooses a condition value with this
    /// attribute. Assumptions and averages cannot be set.
    private func conditions(of explanations: [Explanation]) -> [String] {
        Set(
            explanations.flatMap(\.conditions).filter {
                !$0.hasPrefix(assumptionPrefix) && !$0.hasPrefix(averagePrefix) && !$0.hasPrefix(againstPrefix)
            }.map {
                Vocabulary.split($0).condition
            }
        ).sorted()
    }

    /// Returns the largest number of changes per cell for which the number of all cells is within the limit.
    private func mostChanges(_ valueCounts: [Int], bases: Int, cellLimit: Int) -> Int {
        var limit = valueCounts.count
        while limit > 1 {
            // The number of cells, by number of changes.
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

    /// Returns the claim's first tested cell without the varied conditions.
    private func fixed(_ base: Member, varying conditions: [String]) -> [String: String] {
        var fixed: [String: String] = [:]
        for side in base.claim.tested.sides where !conditions.contains(side.condition.value) {
            if case .values(let values) = side.selection { fixed[side.condition.value] = values[0] }
        }
        return fixed
    }

    /// Returns the smallest explanations that would remain, and those that would be ruled out, if the result of the
    /// deciding run agreed with this side.
    package func explanations(
        of discord: Discord, after run: DecidingRun, on side: [ClaimID]
    ) -> (remaining: [Explanation], ruledOut: [Explanation]) {
        let comparison = discord.comparison
        let candidates = smallest(discord.explanations().all)
        guard let row = comparison.row(recording: state.recorded(Box(cell: run.cell)), like: run.base) else {
            return (candidates, [])
        }
        let members = side.compactMap(comparison.index)
        let others = comparison.rows.indices.filter { other in members.contains { comparison.isDiscordant($0, other) } }
        let remains = candidates.map { comparison.separates(comparison.set($0), row, from: others) }
        return (
            zip(candidates, remains).filter(\.1).map(\.0), zip(candidates, remains).filter { !$0.1 }.map(\.0)
        )
    }

    /// Returns the explanations with the fewest conditions. Uses explanations that merely identify the claims only if
    /// there are no others.
    private func smallest(_ explanations: [Explanation]) -> [Explanation] {
        let real = explanations.filter { !$0.identifies }
        let considered = real.isEmpty ? explanations : real
        let size = considered.map(\.conditions.count).min() ?? 0
        return considered.filter { $0.conditions.count == size }
    }

    /// Returns the claims with which each outcome would be discordant. An outcome agrees with all claims of a side or,
    /// for labels, is a single label.
    private func outcomes(_ discord: Discord, _ sides: [[ClaimID]]) -> [[Int]] {
        let comparison = discord.comparison
        guard comparison.labels.isEmpty else {
            return comparison.labels.indices.map { label in
                comparison.rows.indices.filter { !comparison.rows[$0].labels.contains(label) }
            }.filter { $0.count < comparison.rows.count }
        }
        let rivals = discord.rivals { _ in true }
        return sides.map { side in
            side.compactMap(comparison.index).reduce(into: BitSet(capacity: comparison.members.count)) {
                $0.formUnion(rivals[$1])
            }.elements
        }
    }

    /// Returns the verifier that can measure a claim's quantity at another cell, with the cost of a run. Returns nil if
    /// there is none.
    func verification(of base: Member, at cell: [String: String]) -> (id: String, cost: Double)? {
        guard let verification = ledger.verification(of: base.claim.moved(to: cell)),
            let studied = verification.cells.first
        else { return nil }
        let study = StudyToRun(studied.study, cell: studied.cell, verification, seeds: SeedSource(salt: ""))
        return (verification.measurement.id, study.cost.trainingSeconds + study.cost.measuringSeconds)
    }
}

extension DecidingRun {
    fileprivate init(
        at cell: [String: String], from base: Member, _ worst: Int, _ trials: OutcomeTrials<some ExplanationSet>,
        _ verification: (id: String, cost: Double)?
    ) {
        self.init(
            cell: cell, worst: worst, candidates: trials.smallestCount, base: base.id,
            changes: cell.filter { !base.wasTested(at: $0.value, of: $0.key) }, costSeconds: verification?.cost,
            verifier: verification?.id)
    }
}

/// Returns whether some claim was tested at exactly this cell.
private func isTested(_ cell: [String: String], among members: [Member]) -> Bool {
    members.contains { member in
        member.claim.averagedOver.isEmpty
            && member.claim.tested.sides.allSatisfy { side in
                guard case .values(let values) = side.selection else { return cell[side.condition.value] == nil }
                return cell[side.condition.value].map(values.contains) ?? false
            } && cell.keys.allSatisfy { member.claim.tested[$0] != nil }
    }
}

extension Comparison {
    fileprivate func set(_ explanation: Explanation) -> BitSet {
        BitSet(explanation.conditions.compactMap(names.firstIndex), capacity: names.count)
    }

    /// Returns whether a set of names distinguishes a row from every one of `others`.
    fileprivate func separates(_ set: BitSet, _ row: Row, from others: [Int]) -> Bool {
        others.allSatisfy { !differences(row, rows[$0]).isDisjoint(with: set) }
    }
}

extension Member {
    package func testedValues(of condition: String) -> [String] {
        guard case .values(let values)? = claim.tested[condition],
            !claim.averagedOver.contains(where: { $0.value == condition })
        else { return [] }
        return values
    }

    fileprivate func wasTested(at value: String, of condition: String) -> Bool {
        testedValues(of: condition).contains(value)
    }
}
