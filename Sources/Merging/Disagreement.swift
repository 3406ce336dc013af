import Records
import Words

/// A chain of claims in which each range is inside the range of the previous claim and the scopes of successive claims
/// overlap.
package struct Refinement: Sendable, Equatable {
    /// The claims, the one with the widest range first.
    package var chain: [ClaimID]
    package var tightest: ClaimID { chain[chain.count - 1] }
}

/// The disagreements, refinements and estimates on one quantity.
package struct Disagreement: Sendable {
    package var quantity: String
    /// The lowest question at or above all leaves to which the involved claims are relevant. nil if they are relevant
    /// to no leaf.
    package var home: String?
    package var members: [Member]
    /// The discordant pairs, sorted. At most `QuantitySummary.pairLimit` pairs are listed.
    package var pairs: [Pair] = []
    package var conflictCount = 0
    package var nearMissCount = 0
    /// The number of pairs in which nothing differs, including unlisted pairs.
    package var unexplainedCount = 0
    /// The minimal sets of three or more claims that share no label: those that share a cell, which are in conflict,
    /// and those about different parts.
    package var sets: [[ClaimID]] = []
    package var setsApart: [[ClaimID]] = []
    /// The sets in which nothing differs.
    package var unexplainedSets: [[ClaimID]] = []
    /// The maximal sets of claims whose ranges overlap pairwise. Scopes are ignored.
    package var sides: [[ClaimID]] = []
    /// The maximal sets of claims without a conflict.
    package var camps: [[ClaimID]] = []
    package var explanations: [Explanation] = []
    /// Whether the search for explanations was incomplete because there were too many differences.
    package var explanationsAreTruncated = false
    /// The conditions that occur in every explanation.
    package var core: [String] = []
    /// The result of the permutation test. nil if it was not computed.
    package var shuffle: Shuffle?
    package var decidingRun: DecidingRun?
    /// The claims in contradictions that a kernel can re-run.
    package var rerunnable: Set<ClaimID> = []
    /// Narrower versions of claims that would avoid the conflicts.
    package var narrowings: [Narrowing] = []
    package var reversals: [Reversal] = []
    package var refinements: [Refinement]
    /// The pairs of estimates at a shared setting that are not discordant although the 95 % interval of their difference
    /// excludes 0. Empty if there are too many discordant pairs.
    package var estimates: [(a: ClaimID, b: ClaimID)]
    /// Whether there are more sets than listed.
    package var setsAreTruncated = false
    /// Whether sides, camps, sets or pairs of estimates are missing from the lists.
    package var isTruncated = false

    package var conflicts: [Pair] { pairs.filter(\.isConflict) }
    package var nearMisses: [Pair] { pairs.filter { !$0.isConflict } }
    /// The listed pairs in which nothing differs.
    package var unexplained: [Pair] { pairs.filter { $0.differs.isEmpty } }
    /// Whether kernels can re-run both claims of a contradiction.
    package func canRerun(_ pair: Pair) -> Bool { rerunnable.contains(pair.a) && rerunnable.contains(pair.b) }
    package var hasDiscord: Bool { conflictCount + nearMissCount > 0 || !sets.isEmpty || !setsApart.isEmpty }
    package var hasConflict: Bool { conflictCount > 0 || !sets.isEmpty }
}

extension Merge {
    /// Returns the disagreements, refinements and disjoint estimates on all quantities that have any, or on some of them,
    /// sorted by name. The permutation test is slow and can be skipped.
    package func disagreements(
        on isWanted: (String) -> Bool = { _ in true }, shuffles: Bool = true
    ) -> [Disagreement] {
        summary.quantities.keys.filter(isWanted).sorted().concurrentMap {
            disagreement(on: $0, shuffles: shuffles, suggests: true)
        }.compactMap(\.self)
    }

    /// Returns nil if the claims on a quantity neither disagree nor refine each other.
    package func disagreement(on quantity: String) -> Disagreement? {
        disagreement(on: quantity, shuffles: true, suggests: true)
    }

    /// Returns nil if the claims on a quantity neither disagree nor refine each other. The permutation test and the
    /// search for a deciding run are slow and can be skipped.
    package func disagreement(on quantity: String, shuffles: Bool, suggests: Bool) -> Disagreement? {
        let all = members(of: quantity)
        let ranges = summary.quantities[quantity]?.membersByID.filter { $0.canDisagree && !$0.isEstimate } ?? []
        let discord = discords[quantity]
        let refinements = ranges.count <= refinedLimit ? findRefinements(ranges) : []
        let (estimates, hasMoreEstimates) = discord?.isTruncated ?? false ? ([], true) : suggestivePairs(all)
        guard discord != nil || !refinements.isEmpty || !estimates.isEmpty else { return nil }
        var found = Disagreement(quantity: quantity, members: all, refinements: refinements, estimates: estimates)
        var named = Set(refinements.flatMap(\.chain)).union(estimates.flatMap { [$0.a, $0.b] })
        if let discord {
            named.formUnion(discord.involved.map { discord.comparison.members[$0].id })
            fill(&found, discord, shuffles: shuffles, suggests: suggests)
        }
        found.isTruncated = found.isTruncated || hasMoreEstimates
        found.home = home(of: all.filter { named.contains($0.id) })
        return found
    }

    private func fill(_ found: inout Disagreement, _ discord: Discord, shuffles: Bool, suggests: Bool) {
        found.pairs = discord.pairs
        found.conflictCount = discord.conflictCount
        found.nearMissCount = discord.nearMissCount
        found.unexplainedCount = discord.unexplainedCount
        (found.sets, found.setsApart) = (discord.sets, discord.setsApart)
        found.unexplainedSets = discord.groups.filter { $0.claims.count > 2 && $0.differs.isEmpty }
            .map { $0.claims.map { discord.comparison.members[$0].id } }
        let explanations = discord.explanations()
        found.explanations = explanations.all
        found.explanationsAreTruncated = explanations.isTruncated
        // The common conditions are known only if the list of explanations is complete.
        found.core = explanations.isTruncated ? [] : Merging.core(of: explanations.all)
        if shuffles { found.shuffle = discord.shuffle(explanations.all.first, quantity: found.quantity) }
        let sides = findSides(discord.comparison)
        let camps = findCamps(discord)
        (found.sides, found.camps) = (sides.groups, camps.groups)
        found.setsAreTruncated = discord.setsAreTruncated
        found.isTruncated = sides.isTruncated || camps.isTruncated || discord.setsAreTruncated || discord.isTruncated
        if suggests { found.decidingRun = decidingRun(discord, explanations.all, sides: found.sides) }
        let contradicting = Set(
            found.conflicts.filter { $0.kind == .contradiction }.flatMap { [$0.a, $0.b] })
        found.rerunnable = contradicting.filter { id in
            state.claim(id).map { ledger.verification(of: $0) != nil } ?? false
        }
        found.narrowings = narrowings(discord)
        found.reversals = findReversals(discord)
    }

    private func home(of members: [Member]) -> String? {
        let leaves = Set(members.flatMap(\.leaves))
        guard var common = leaves.first.map(ancestry) else { return nil }
        for leaf in leaves {
            let path = ancestry(of: leaf)
            common = Array(zip(common, path).prefix { $0 == $1 }.map(\.0))
        }
        return common.last
    }

    /// Returns the ids on the path from the north star to a question.
    private func ancestry(of id: String) -> [String] {
        var path = [id]
        while let parent = Question.parent(of: path[0]) { path.insert(parent, at: 0) }
        return path
    }
}

/// The maximum number of claims among which refinements are searched.
private let refinedLimit = 2_048

/// The maximum number of pairs of estimates that are listed for one quantity.
private let estimatePairLimit = 1_000

/// Returns the pairs of estimates at a shared setting that differ at 95 % but are not discordant, sorted by id.
private func suggestivePairs(_ members: [Member]) -> (pairs: [(a: ClaimID, b: ClaimID)], isTruncated: Bool) {
    let estimates = members.compactMap { member in
        member.canDisagree ? member.estimate.map { (member, number: $0, core: $0.core(\.usual)) } : nil
    }.sorted { ($0.core.lower, $0.0.id) < ($1.core.lower, $1.0.id) }
    var pairs: [(a: ClaimID, b: ClaimID)] = []
    for (place, a) in estimates.enumerated() {
        for b in estimates[(place + 1)...].reversed() {
            // If these cores overlap, so do the core of `a` and those of all estimates between the two.
            guard b.core.lower > a.core.upper else { break }
            guard (b.core.value - a.core.value).magnitude > a.number.margin else { continue }
            guard a.number.differs(from: b.number, \.usual), !a.0.isDiscordant(with: b.0), a.0.scope.overlaps(b.0.scope)
            else { continue }
            guard pairs.count < estimatePairLimit else { return (pairs.sorted { ($0.a, $0.b) < ($1.a, $1.b) }, true) }
            pairs.append(a.0.id < b.0.id ? (a.0.id, b.0.id) : (b.0.id, a.0.id))
        }
    }
    return (pairs.sorted { ($0.a, $0.b) < ($1.a, $1.b) }, false)
}

extension Merge {
    /// The number of pairs of estimates on a quantity that are compared with each other.
    package func comparedEstimatePairs(on quantity: String) -> Int {
        let count = members(of: quantity).count { $0.canDisagree && $0.isEstimate }
        return count * (count - 1) / 2
    }
}
