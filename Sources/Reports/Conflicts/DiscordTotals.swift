import Merging

/// The numbers of disagreements in a set of quantities.
package struct DiscordTotals: Sendable, Equatable {
    /// The numbers of quantities with a disagreement, with a conflict, and with an unexplained conflict.
    package var disagreeing = 0
    package var inConflict = 0
    package var unexplained = 0
    /// The numbers of pairs in conflict and about different parts, and of sets of three or more claims without a common
    /// label, likewise.
    package var conflicts = 0
    package var nearMisses = 0
    package var sets = 0
    package var setsApart = 0

    package init() {}
}

extension Merge {
    package func totals(of quantities: some Sequence<String>) -> DiscordTotals {
        quantities.reduce(into: DiscordTotals()) { totals, quantity in
            guard let discord = discords[quantity] else { return }
            totals.disagreeing += 1
            totals.inConflict += discord.conflictCount > 0 || !discord.sets.isEmpty ? 1 : 0
            totals.unexplained += discord.hasUnexplainedConflict ? 1 : 0
            totals.conflicts += discord.conflictCount
            totals.nearMisses += discord.nearMissCount
            totals.sets += discord.sets.count
            totals.setsApart += discord.setsApart.count
        }
    }

    package var totals: DiscordTotals { totals(of: discords.keys) }
}
