import Merging

/// The numbers of disagreements in a set of quantities.
package struct DiscordTotals: Sendable, Equatable {
    /// The numbers of quantities with a disagreement, with a conflict, and with an unexplained conflict.
    package var disagreeing = 0
    package var inConflict = 0
    package var unexplained = 0
    /// The number of conflicts, which are pairs or sets of claims that cannot all be true, and the number of pairs of
    /// claims about different parts.
    package var conflicts = 0
    package var nearMisses = 0

    package init() {}
}

extension Merge {
    package func totals(of quantities: some Sequence<String>) -> DiscordTotals {
        quantities.reduce(into: DiscordTotals()) { totals, quantity in
            guard let discord = discords[quantity] else { return }
            totals.disagreeing += 1
            totals.inConflict += discord.conflictCount > 0 || !discord.sets.isEmpty ? 1 : 0
            totals.unexplained += discord.pairs.contains { $0.isConflict && $0.differs.isEmpty } ? 1 : 0
            totals.conflicts += discord.conflictCount + discord.sets.count
            totals.nearMisses += discord.nearMissCount
        }
    }

    package var totals: DiscordTotals { totals(of: discords.keys) }
}
