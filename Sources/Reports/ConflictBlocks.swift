import Merging
import Records
import Words

/// How much disagrees, over any number of quantities.
package struct DiscordTotals: Sendable, Equatable, AdditiveArithmetic {
    /// Quantities with a disagreement, with a conflict, and with one that nothing recorded explains.
    package var disagreeing = 0
    package var inConflict = 0
    package var unexplained = 0
    /// Pairs and sets of claims that cannot all be true, and pairs that touched different parts.
    package var conflicts = 0
    package var nearMisses = 0

    package static let zero = DiscordTotals()

    package init() {}

    package static func + (a: DiscordTotals, b: DiscordTotals) -> DiscordTotals { a.combined(b, &+) }

    package static func - (a: DiscordTotals, b: DiscordTotals) -> DiscordTotals { a.combined(b, &-) }

    private func combined(_ other: DiscordTotals, _ combine: (Int, Int) -> Int) -> DiscordTotals {
        var result = DiscordTotals()
        result.disagreeing = combine(disagreeing, other.disagreeing)
        result.inConflict = combine(inConflict, other.inConflict)
        result.unexplained = combine(unexplained, other.unexplained)
        result.conflicts = combine(conflicts, other.conflicts)
        result.nearMisses = combine(nearMisses, other.nearMisses)
        return result
    }
}

extension Merge {
    package func totals(of quantities: some Sequence<String>) -> DiscordTotals {
        quantities.reduce(into: .zero) { totals, quantity in
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

/// What `conflicts` tells of one quantity among those that try to measure one construct.
package struct ConstructPart: Sendable, Equatable {
    package var construct: String
    package var quantity: String
    /// As it stands in the report.
    package var content: ArraySlice<UInt8>

    package init(construct: String, quantity: String, content: ArraySlice<UInt8>) {
        self.construct = construct
        self.quantity = quantity
        self.content = content
    }

    /// nil for a quantity without a construct or without claims.
    package init?(_ quantity: String, _ merge: Merge, _ format: ReportFormat) throws {
        let claims = merge.members(of: quantity).sorted { $0.id < $1.id }
        guard let construct = merge.state.quantities[quantity]?.construct, !claims.isEmpty else { return nil }
        self.construct = construct
        self.quantity = quantity
        switch format {
        case .text(let style): content = Array(constructText(quantity, claims, style: style).utf8)[...]
        case .json:
            // The elements of a list without its brackets: those of several quantities make one list.
            let list = try jsonText(claims.map(\.id.description), depth: 3)
            content = Array(list.utf8)[...].dropFirst("[\n        ".utf8.count).dropLast("\n      ]".utf8.count)
        }
    }
}

/// What `conflicts` tells after the quantities.
package struct ConflictEnds: Sendable {
    /// Constructs with claims on more than one quantity, by name; each with its quantities, by name.
    var constructs: [(name: String, parts: [ConstructPart])]
    /// By claim.
    package var superseded: [Superseded]
    var totals: DiscordTotals

    /// `parts` in any order, also of constructs with one quantity.
    package init(parts: [ConstructPart], superseded: [Superseded], totals: DiscordTotals) {
        constructs = Dictionary(grouping: parts, by: \.construct).filter { $0.value.count > 1 }
            .map { ($0.key, $0.value.sorted { $0.quantity < $1.quantity }) }.sorted { $0.name < $1.name }
        self.superseded = superseded
        self.totals = totals
    }
}

/// What `conflicts` says of one quantity.
package func disagreementBlock(
    _ found: Disagreement, _ pool: QuantityPool?, _ merge: Merge, _ format: ReportFormat
) throws -> [UInt8] {
    switch format {
    case .text(let style): Array(disagreementText(found, pool, merge, style: style).utf8)
    case .json: Array(try jsonText(QuantityJSON(found, pool), depth: 2).utf8)
    }
}

/// `conflicts` from the blocks of the quantities that it tells of, by name, and the ends.
package func conflictReport(
    _ blocks: [ArraySlice<UInt8>], _ ends: ConflictEnds, _ format: ReportFormat
) throws -> [UInt8] {
    switch format {
    case .text(let style): return joined(blocks + ends.text(style: style), separator: "\n\n", end: "\n")
    case .json:
        let constructs = try ends.constructs.map { name, parts in
            jsonObject(
                [
                    ("claims", jsonList(parts.map(\.content), depth: 3)),
                    ("construct", Array(try jsonText(name, depth: 3).utf8)),
                    ("quantities", Array(try jsonText(parts.map(\.quantity), depth: 3).utf8)),
                ], depth: 2)[...]
        }
        return jsonObject(
            [
                ("constructs", jsonList(constructs, depth: 1)), ("quantities", jsonList(blocks, depth: 1)),
                ("superseded", Array(try jsonText(ends.superseded.map(SupersededJSON.init), depth: 1).utf8)),
            ], depth: 0, end: "\n")
    }
}

/// `conflicts` as what it is put together from.
package struct ConflictPieces: Sendable {
    /// Of the quantities that it tells of, by name.
    package var blocks: [(quantity: String, bytes: [UInt8])]
    package var ends: ConflictEnds

    package var totals: DiscordTotals { ends.totals }

    package init(_ report: ConflictReport, _ merge: Merge, _ format: ReportFormat) throws {
        blocks = try report.disagreements.mapSideBySide { found in
            Result { (found.quantity, try disagreementBlock(found, report.pools[found.quantity], merge, format)) }
        }.map { try $0.get() }
        ends = ConflictEnds(
            parts: try Set(report.constructs.flatMap(\.quantities)).sorted()
                .compactMap { try ConstructPart($0, merge, format) },
            superseded: report.superseded, totals: merge.totals(of: report.disagreements.map(\.quantity)))
    }

    package func bytes(_ format: ReportFormat) throws -> [UInt8] {
        try conflictReport(blocks.map { $0.bytes[...] }, ends, format)
    }
}

/// `conflicts` in one piece.
package func conflictReport(_ report: ConflictReport, _ merge: Merge, _ format: ReportFormat) throws -> [UInt8] {
    try ConflictPieces(report, merge, format).bytes(format)
}

/// `conflicts` for eyes.
package func conflictText(_ report: ConflictReport, _ merge: Merge, style: TextStyle) throws -> String {
    String(decoding: try conflictReport(report, merge, .text(style)), as: UTF8.self)
}
