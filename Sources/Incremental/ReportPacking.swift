import Merging
import Records
import Reports

extension Packer {
    mutating func add(_ header: ReportBase.Header) {
        add(header.stamp)
        add(header.tree)
        add(header.auditTip)
        add(header.countsOwnReceipts)
    }

    mutating func add(_ settled: Settled) {
        add(settled.fallen)
        add(settled.discharged)
        add(settled.nogoods) { $0.add($1) }
    }

    mutating func add(_ totals: DiscordTotals) {
        add([totals.disagreeing, totals.inConflict, totals.unexplained, totals.conflicts, totals.nearMisses])
    }

    mutating func add(_ weight: Weight) { add([weight.claims, weight.rerun, weight.general, weight.toys]) }

    mutating func add(_ id: ClaimID) {
        add(id.slug)
        add(id.number)
    }

    mutating func add(_ row: QuestionRow) {
        add(row.isActive)
        add(row.parts)
        add(row.places)
        add(row.answer.id)
        for standing in [row.answer.status, row.answer.verified, row.answer.general] { add(standing.rawValue) }
        add(row.answer.testedCells)
        add(row.answer.totalCells)
        add(row.answer.assumptions.sets) { $0.add($1) }
        add(row.answer.assumptions.isCut)
        add(row.weight)
    }

    mutating func add(_ row: QuantityRow) {
        add(row.leaves)
        add(row.findings)
        add(row.linked)
        add(row.hasRuns)
        add(row.isTesting)
    }

    mutating func add(_ row: FindingRow) {
        add(row.superseders)
        add(row.critics)
        add(row.others)
    }

    mutating func add(_ place: QuestionPlace) {
        add(place.id)
        add(place.depth)
        add(place.isRepeat)
    }

    mutating func add(_ ends: MergeEnds) {
        add(ends.unasked) { $0.add($1) }
        add(ends.unansweredToys) { $0.add($1) }
        add(ends.behavioursWithoutToy)
        add(ends.evidence != nil)
        add(ends.evidence ?? "")
    }

    mutating func add(_ item: Superseded) {
        add(item.by)
        add(item.claim)
        add(item.buildsOn)
    }

    mutating func add(_ part: ConstructPart) {
        add(part.construct)
        add(part.quantity)
        add(part.content)
    }

    static func packed(_ pack: (inout Packer) -> Void) -> [UInt8] {
        var packer = Packer()
        pack(&packer)
        return packer.bytes
    }
}

extension Unpacker {
    mutating func header() throws(UnpackingError) -> ReportBase.Header {
        ReportBase.Header(
            stamp: try text(), tree: try text(), auditTip: try text(), countsOwnReceipts: try flag())
    }

    mutating func settled() throws(UnpackingError) -> Settled {
        Settled(
            fallen: try texts(), discharged: try texts(),
            nogoods: try list { unpacker throws(UnpackingError) in try unpacker.texts() })
    }

    mutating func totals() throws(UnpackingError) -> DiscordTotals {
        let numbers = try numbers()
        guard numbers.count == 5 else { throw UnpackingError() }
        var totals = DiscordTotals()
        (totals.disagreeing, totals.inConflict, totals.unexplained) = (numbers[0], numbers[1], numbers[2])
        (totals.conflicts, totals.nearMisses) = (numbers[3], numbers[4])
        return totals
    }

    mutating func weight() throws(UnpackingError) -> Weight {
        let numbers = try numbers()
        guard numbers.count == 4 else { throw UnpackingError() }
        var weight = Weight()
        (weight.claims, weight.rerun, weight.general, weight.toys) = (numbers[0], numbers[1], numbers[2], numbers[3])
        return weight
    }

    mutating func claimID() throws(UnpackingError) -> ClaimID {
        ClaimID(slug: try text(), number: try number(), isOnly: false)
    }

    mutating func claimIDs() throws(UnpackingError) -> [ClaimID] {
        try list { unpacker throws(UnpackingError) in try unpacker.claimID() }
    }

    mutating func questionRow() throws(UnpackingError) -> QuestionRow {
        QuestionRow(
            isActive: try flag(), parts: try texts(), places: try numbers(),
            answer: PartAnswer(
                id: try text(), status: try choice(Standing.self), verified: try choice(Standing.self),
                general: try choice(Standing.self), testedCells: try number(), totalCells: try number(),
                assumptions: AssumptionSets(
                    sets: try list { unpacker throws(UnpackingError) in try unpacker.texts() }, isCut: try flag())),
            weight: try weight())
    }

    mutating func quantityRow() throws(UnpackingError) -> QuantityRow {
        QuantityRow(
            leaves: try texts(), findings: try numbers(), linked: try texts(), hasRuns: try flag(),
            isTesting: try flag())
    }

    mutating func findingRow() throws(UnpackingError) -> FindingRow {
        FindingRow(superseders: try numbers(), critics: try numbers(), others: try numbers())
    }

    mutating func place() throws(UnpackingError) -> QuestionPlace {
        QuestionPlace(id: try text(), depth: try number(), isRepeat: try flag())
    }

    mutating func mergeEnds() throws(UnpackingError) -> MergeEnds {
        var ends = MergeEnds()
        ends.unasked = try claimIDs()
        ends.unansweredToys = try claimIDs()
        ends.behavioursWithoutToy = try texts()
        let hasEvidence = try flag()
        let evidence = try text()
        ends.evidence = hasEvidence ? evidence : nil
        return ends
    }

    mutating func superseded() throws(UnpackingError) -> Superseded {
        Superseded(by: try text(), claim: try claimID(), buildsOn: try texts())
    }

    /// nil where nothing was packed.
    mutating func constructPart() throws(UnpackingError) -> ConstructPart? {
        guard position < end else { return nil }
        return ConstructPart(construct: try text(), quantity: try text(), content: try piece())
    }
}
