import Checking
import Evidence
import KernelInterface
import Merging
import Records
import Reports

/// A part of a ledger before and after some findings changed: everything that the change can concern, and enough of the
/// rest to look at that alone.
package struct ReportChange: Sendable {
    /// Quantities whose claims the change can concern.
    package var quantities: Set<String>
    /// Findings whose own lines among the superseded may change.
    package var findings: Set<String>
    let before: Merge
    let after: Merge

    /// What `conflicts` and `merge` tell once the change is made.
    package struct Told: Sendable {
        package var bytes: [UInt8]
        package var totals: DiscordTotals
    }

    /// nil where the part has an error, where runs may tell of its claims, or where it changes what the whole has settled:
    /// then everything is looked at anew.
    package init?(
        quantities: Set<String>, findings: Set<String>, before: [DecodedFile], after: [DecodedFile],
        of base: ReportBase,
        kernels: [KernelDescription], today: String, trail: AuditTrail, settings: LedgerSettings
    ) {
        let rows = quantities.map { try? base.quantity($0) }
        guard rows.allSatisfy({ $0.map { !$0.hasRuns } ?? false }) else { return nil }
        let isTesting = rows.contains { $0?.isTesting ?? false }
        func merge(_ files: [DecodedFile]) -> Merge? {
            let ledger = check(files, kernels: kernels, today: today, depth: .errors)
            guard !ledger.hasErrors, quantities.allSatisfy({ ledger.state.quantities[$0] != nil }) else { return nil }
            let concerned = ledger.state.findings.values.flatMap(\.claims).filter {
                quantities.contains($0.quantity.value)
            }
            guard base.runKeys.isEmpty || !concerned.contains(where: { ledger.mayHaveRuns($0, base.runKeys) }) else {
                return nil
            }
            let merge = Merge(
                ledger, weigh(ledger, trail: trail, settings: settings), settled: isTesting ? nil : base.settled,
                nogoods: base.settled.nogoods)
            let settled = Settled(
                fallen: merge.standings.fallen.sorted(), discharged: merge.standings.discharged.sorted(),
                nogoods: base.settled.nogoods)
            return settled == base.settled ? merge : nil
        }
        guard let before = merge(before), let after = merge(after) else { return nil }
        self.quantities = quantities
        self.findings = findings
        self.before = before
        self.after = after
    }
}

extension ReportBase {
    func quantity(_ slug: String) throws(UnpackingError) -> QuantityRow {
        guard var reader = quantities.reader(of: slug) else { throw UnpackingError() }
        return try reader.quantityRow()
    }

    func question(_ id: String) throws(UnpackingError) -> QuestionRow {
        guard var reader = questions.reader(of: id) else { throw UnpackingError() }
        return try reader.questionRow()
    }

    func finding(_ index: Int) throws(UnpackingError) -> FindingRow {
        var reader = findings.values.reader(index)
        return try reader.findingRow()
    }

    /// The report as it was.
    package func told(_ format: ReportFormat) throws -> ReportChange.Told {
        switch content {
        case .merge(let places, let blocks, let ends):
            return .init(bytes: try report(places, blocks, [:], ends, format), totals: totals)
        case .conflicts(let blocks, let parts, let superseded):
            return .init(
                bytes: try report(blocks, [:], parts, [:], superseded, totals, format), totals: totals)
        }
    }

    /// The report after a change; nil where what was told before is not what the part says of it, so that the part cannot
    /// be trusted to be all that the change concerns.
    package func told(_ change: ReportChange, _ format: ReportFormat) throws -> ReportChange.Told? {
        let (before, after) = (change.before, change.after)
        let totals = totals - before.totals(of: change.quantities) + after.totals(of: change.quantities)
        switch content {
        case .merge(let places, let blocks, let ends):
            guard let changed = try changedQuestions(change, places, blocks, format) else { return nil }
            var ends = ends
            func replace(_ claims: inout [ClaimID], _ old: [ClaimID], _ new: [ClaimID]) -> Bool {
                let gone = Set(old)
                guard gone.isSubset(of: claims) else { return false }
                if gone != Set(new) { claims = (claims.filter { !gone.contains($0) } + new).sorted() }
                return true
            }
            guard replace(&ends.unasked, before.unaskedClaims(), after.unaskedClaims()),
                replace(&ends.unansweredToys, before.unansweredToyClaims(), after.unansweredToyClaims())
            else { return nil }
            return .init(bytes: try report(places, blocks, changed, ends, format), totals: totals)
        case .conflicts(let blocks, let parts, var superseded):
            var changed: [Int: [UInt8]] = [:]
            var changedParts: [Int: ConstructPart?] = [:]
            for slug in change.quantities {
                guard let index = quantities.index(of: slug) else { return nil }
                var reader = parts.reader(index)
                guard try before.block(of: slug, format).elementsEqual(blocks[index]),
                    try ConstructPart(slug, before, format) == reader.constructPart()
                else { return nil }
                changed[index] = try after.block(of: slug, format)
                changedParts[index] = .some(try ConstructPart(slug, after, format))
            }
            func concerned(_ item: Superseded) -> Bool { change.findings.contains(item.claim.slug) }
            guard superseded.filter(concerned) == before.superseded().filter(concerned) else { return nil }
            superseded = (superseded.filter { !concerned($0) } + after.superseded().filter(concerned))
                .sorted { ($0.claim, $0.by) < ($1.claim, $1.by) }
            return .init(
                bytes: try report(blocks, changed, parts, changedParts, superseded, totals, format), totals: totals)
        }
    }

    /// The blocks that a change makes anew: of leaves that ask about its quantities, and of all above them.
    private func changedQuestions(
        _ change: ReportChange, _ places: [QuestionPlace], _ blocks: PackedPieces, _ format: ReportFormat
    ) throws -> [Int: [UInt8]]? {
        let (before, after) = (change.before, change.after)
        var changed: [Int: [UInt8]] = [:]
        var parts: [String: PartAnswer] = [:]
        var above: Set<String> = []
        func put(_ answer: Answer) throws {
            parts[answer.question.id] = answer.asPart
            for index in try question(answer.question.id).places {
                changed[index] = try questionBlock(answer, at: places[index], format)
            }
        }
        for leaf in try change.quantities.flatMap({ try quantity($0).leaves }) {
            guard let old = before.state.questions[leaf], let new = after.state.questions[leaf] else { return nil }
            let answer = before.leafAnswer(old)
            for index in try question(leaf).places {
                guard try questionBlock(answer, at: places[index], format).elementsEqual(blocks[index]) else {
                    return nil
                }
            }
            try put(after.leafAnswer(new))
            var open = new.parents
            while let id = open.popLast() {
                guard above.insert(id).inserted, let parent = after.state.questions[id] else { continue }
                open += parent.parents
            }
        }
        var visited: Set<String> = []
        func visit(_ id: String) throws {
            guard visited.insert(id).inserted, let inner = after.state.questions[id] else { return }
            let row = try question(id)
            for part in row.parts where above.contains(part) { try visit(part) }
            let active = try row.parts.compactMap { part in
                let row = try question(part)
                return row.isActive ? parts[part] ?? row.answer : nil
            }
            let gone = Weight(of: Set(before.bearers(below: id).map(\.member)))
            let come = Weight(of: Set(after.bearers(below: id).map(\.member)))
            try put(after.innerAnswer(inner, active, weight: row.weight - gone + come))
        }
        for id in above.sorted() { try visit(id) }
        return changed
    }

    private func report(
        _ places: [QuestionPlace], _ blocks: PackedPieces, _ changed: [Int: [UInt8]], _ ends: MergeEnds,
        _ format: ReportFormat
    ) throws -> [UInt8] {
        guard places.count == blocks.count else { throw UnpackingError() }
        let all = places.indices.map { changed[$0]?[...] ?? blocks[$0] }
        return try MergeReport(places: places, blocks: all, ends: ends).bytes(format)
    }

    private func report(
        _ blocks: PackedPieces, _ changed: [Int: [UInt8]], _ parts: PackedPieces,
        _ changedParts: [Int: ConstructPart?], _ superseded: [Superseded], _ totals: DiscordTotals,
        _ format: ReportFormat
    ) throws -> [UInt8] {
        guard blocks.count == quantities.count, parts.count == quantities.count else { throw UnpackingError() }
        let told = (0..<blocks.count).map { changed[$0]?[...] ?? blocks[$0] }.filter { !$0.isEmpty }
        let all = try (0..<parts.count).compactMap { index in
            if let part = changedParts[index] { return part }
            var reader = parts.reader(index)
            return try reader.constructPart()
        }
        return try conflictReport(told, ConflictEnds(parts: all, superseded: superseded, totals: totals), format)
    }
}

extension Merge {
    /// What `conflicts` says of a quantity; nothing where it has nothing to say.
    fileprivate func block(of quantity: String, _ format: ReportFormat) throws -> [UInt8] {
        guard let found = disagreement(on: quantity) else { return [] }
        return try disagreementBlock(found, pool(of: quantity), self, format)
    }
}
