/// The run whose outcome, whatever it is, leaves the fewest of the smallest explanations standing.
public struct DecidingRun: Sendable, Equatable {
    /// One value a condition; what the finding that it changes leaves unknown is left out.
    public var cell: [String: String]
    /// How many of the smallest explanations stand after the worst outcome, and how many there are.
    public var worst: Int
    public var candidates: Int
    /// The claim whose verifier and other settings are taken.
    public var base: ClaimID
    /// The conditions that are set to something else, sorted, with what they are set to.
    public var changes: [String: String]
    /// Of one run, where a kernel can carry it out.
    public var costSeconds: Double?
    /// `toy-model/measurement`, where a kernel can carry it out.
    public var verifier: String?

    /// `take a#1, set encoding to mine-yours`.
    public var phrase: String {
        let set = changes.sorted { $0.key < $1.key }.map { "\($0.key) to \($0.value)" }
        return "take \(base), set \(listed(set))"
    }
}

/// The most cells that are compared for one quantity.
private let cellLimit = 4_096

/// The most claims whose cells are changed.
private let baseLimit = 64

extension Merge {
    /// Over the conditions in the smallest explanations, and the values that the claims at odds were tested at: the cell
    /// whose worst outcome leaves the fewest explanations standing, then the one that changes least, then the cheapest, then
    /// the first by name. An outcome is what one of the sides says. nil where no cell that nobody looked at tells them apart.
    func decidingRun(_ discord: Discord, _ explanations: [Explanation], sides: [[ClaimID]]) -> DecidingRun? {
        let comparison = discord.comparison
        let candidates = smallest(explanations)
        guard !candidates.isEmpty, !discord.isTruncated, !sides.isEmpty else { return nil }
        let sets = candidates.map(comparison.set)
        // An attribute is changed by taking another value that has it; an assumption cannot be set.
        let varied = Set(
            candidates.flatMap(\.conditions).filter { !$0.hasPrefix(assumptionPrefix) }.map {
                Vocabulary.split($0).condition
            }
        ).sorted()
        guard !varied.isEmpty else { return nil }
        let involved = discord.involved.map { comparison.members[$0] }
        let outcomes = outcomes(comparison, sides)
        var best: (run: DecidingRun, rank: [Double])?
        var compared = 0
        for base in involved.prefix(baseLimit) {
            for cell in cells(varying: varied, from: base, values: involved) {
                compared += 1
                guard compared <= cellLimit, !isTested(cell, among: comparison.members) else { continue }
                guard let row = comparison.row(recording: state.recorded(Box(cell: cell)), like: base.id) else {
                    continue
                }
                let standing = outcomes.map { outcome in
                    sets.count { comparison.separates($0, row, from: outcome) }
                }
                guard let worst = standing.max(), standing.contains(where: { $0 < sets.count }) else { continue }
                let changes = cell.filter { !base.wasTested(at: $0.value, of: $0.key) }
                let effort = [Double(worst), Double(changes.count)]
                // Whether a kernel can do it is only looked up where it matters.
                if let best, best.rank.prefix(2).lexicographicallyPrecedes(effort) { continue }
                let verification = verification(of: base, at: cell)
                let cost = verification.map(\.cost)
                let rank = effort + [cost ?? .infinity]
                if best.map({ rank.lexicographicallyPrecedes($0.rank) }) ?? true {
                    best = (
                        DecidingRun(
                            cell: cell, worst: worst, candidates: sets.count, base: base.id, changes: changes,
                            costSeconds: cost, verifier: verification?.id), rank
                    )
                }
            }
        }
        return best?.run
    }

    /// Which of the smallest explanations would stand, and which fall, were a run at a deciding run's cell on a side.
    func explanations(
        of discord: Discord, after run: DecidingRun, on side: [ClaimID]
    ) -> (standing: [Explanation], fallen: [Explanation]) {
        let comparison = discord.comparison
        let candidates = smallest(discord.explanations().all)
        guard let row = comparison.row(recording: state.recorded(Box(cell: run.cell)), like: run.base) else {
            return (candidates, [])
        }
        let members = side.compactMap { id in comparison.members.firstIndex { $0.id == id } }
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
        let place = Dictionary(uniqueKeysWithValues: comparison.members.enumerated().map { ($1.id, $0) })
        return sides.map { side in
            let members = side.compactMap { place[$0] }
            let lower = members.map { comparison.rows[$0].lower }.max() ?? .min
            let upper = members.map { comparison.rows[$0].upper }.min() ?? .max
            return comparison.rows.indices.filter {
                comparison.rows[$0].upper < lower || upper < comparison.rows[$0].lower
            }
        }
    }

    /// Cells that agree with a claim's but for the varied conditions, which take every value that any of the claims has.
    private func cells(varying conditions: [String], from base: Member, values members: [Member]) -> [[String: String]]
    {
        var fixed: [String: String] = [:]
        for side in base.claim.tested.sides where !conditions.contains(side.condition.value) {
            if case .values(let values) = side.selection { fixed[side.condition.value] = values[0] }
        }
        var cells = [fixed]
        for condition in conditions {
            let values = Set(members.flatMap { $0.testedValues(of: condition) }).sorted()
            guard !values.isEmpty, cells.count * values.count <= cellLimit else { return [] }
            cells = cells.flatMap { cell in values.map { cell.merging([condition: $0]) { _, new in new } } }
        }
        return cells
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

    /// How a kernel would carry out a claim's measurement at another cell; nil where none can.
    func verification(of base: Member, at cell: [String: String]) -> (id: String, cost: Double)? {
        guard let verification = ledger.verification(of: base.claim.moved(to: cell)),
            let studied = verification.cells.first
        else { return nil }
        let study = StudyToRun(studied.study, cell: studied.cell, verification, salt: "")
        return (verification.measurement.id, study.cost.trainingSeconds + study.cost.measuringSeconds)
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
    func testedValues(of condition: String) -> [String] {
        guard case .values(let values)? = claim.tested[condition] else { return [] }
        return values
    }

    fileprivate func wasTested(at value: String, of condition: String) -> Bool {
        testedValues(of: condition).contains(value)
    }
}
