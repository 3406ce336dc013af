/// A report of one commit in the pieces that it was made of, with what of the ledger tells which of them a later commit
/// changes. Read lazily: answering touches the pieces of a few quantities, whatever the size of the ledger.
///
/// Only ledgers without errors have one: every name in it leads somewhere.
public struct ReportBase: Sendable {
    /// What is the same for every report that can be made from it.
    public struct Header: Sendable, Equatable {
        /// Everything but the tree that the report depends on.
        public var stamp: String
        /// Of the root, by its id.
        public var tree: String
        /// Of the audit branch, where receipts make its history matter; else empty.
        public var auditTip: String
        /// Whether receipts of the commit itself count, as they do on the audit branch.
        public var countsOwnReceipts: Bool

        public init(stamp: String, tree: String, auditTip: String, countsOwnReceipts: Bool) {
            self.stamp = stamp
            self.tree = tree
            self.auditTip = auditTip
            self.countsOwnReceipts = countsOwnReceipts
        }
    }

    public let header: Header
    /// What holds for the claims that no change concerned.
    let settled: Settled
    let totals: DiscordTotals
    public let hasRefuted: Bool
    /// Toy model and measurement of every receipt, as `runKey` writes them.
    let runKeys: Set<String>
    /// Questions at and below those that test an assumption.
    let testingQuestions: [String]
    let questions: PackedTable
    let quantities: PackedTable
    let findings: PackedTable
    let content: Content

    /// What is told, `merge` by place, `conflicts` by quantity.
    enum Content: Sendable {
        case merge(places: [QuestionPlace], blocks: PackedPieces, ends: MergeEnds)
        case conflicts(blocks: PackedPieces, parts: PackedPieces, superseded: [Superseded])
    }
}

/// What the whole ledger settles, for looking at a part of it.
struct Settled: Sendable, Equatable {
    /// Assumptions whose question refuted them, and those whose question supports them; sorted.
    var fallen: [String]
    var discharged: [String]
    /// Sets of assumptions that cannot all hold; each sorted.
    var nogoods: [[String]]
}

struct QuestionRow {
    var isActive: Bool
    /// Sorted, active or not.
    var parts: [String]
    /// By index: where it is told.
    var places: [Int]
    var answer: PartAnswer
    var weight: Weight
}

struct QuantityRow {
    /// Questions that ask about it.
    var leaves: [String]
    /// Findings with a claim on it, by index.
    var findings: [Int]
    /// Quantities whose claims can be attacked by claims on this one through a caveat, or attack them.
    var linked: [String]
    /// Some receipt may tell of a claim on it.
    var hasRuns: Bool
    /// What becomes of an assumption that a question tests hangs on its claims.
    var isTesting: Bool
}

struct FindingRow {
    /// Findings that supersede it, by index.
    var superseders: [Int] = []
    /// Findings with a caveat against a claim of it, or shown by one.
    var critics: [Int] = []
    /// Findings that build on it or call themselves the same.
    var others: [Int] = []
}

/// What a report has for a change to be told from: a finding's name as it looks, then its path.
func findingKey(path: String) -> String {
    guard case .finding(let slug)? = RecordPlace(path: path) else { return path }
    return findingKey(slug: slug) + path
}

func findingKey(slug: String) -> String { skeleton(slug) + "\n" }

func runKey(model: String, measurement: String) -> String { "\(model) \(measurement)" }

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

extension ReportBase {
    private enum Kind: String {
        case merge, conflicts
    }

    /// nil where the bytes are not those of a base.
    public init?(_ bytes: ArraySlice<UInt8>) {
        do throws(UnpackingError) {
            var unpacker = Unpacker(bytes)
            header = try unpacker.header()
            settled = try unpacker.settled()
            totals = try unpacker.totals()
            hasRefuted = try unpacker.flag()
            runKeys = Set(try unpacker.texts())
            testingQuestions = try unpacker.texts()
            questions = try unpacker.table()
            quantities = try unpacker.table()
            findings = try unpacker.table()
            switch try unpacker.choice(Kind.self) {
            case .merge:
                content = .merge(
                    places: try unpacker.list { unpacker throws(UnpackingError) in try unpacker.place() },
                    blocks: try unpacker.pieces(), ends: try unpacker.mergeEnds())
            case .conflicts:
                content = .conflicts(
                    blocks: try unpacker.pieces(), parts: try unpacker.pieces(),
                    superseded: try unpacker.list { unpacker throws(UnpackingError) in try unpacker.superseded() })
            }
        } catch {
            return nil
        }
    }

    /// A base of `merge` as bytes.
    public static func packed(
        _ report: MergeReport, _ answers: [String: Answer], _ merge: Merge, _ header: Header
    ) -> [UInt8] {
        var packer = Packer()
        packer.addLedger(merge, header, answers, report.places)
        packer.add(Kind.merge.rawValue)
        packer.add(report.places) { $0.add($1) }
        packer.addPieces(report.blocks)
        packer.add(report.ends)
        return packer.bytes
    }

    /// A base of `conflicts` as bytes.
    public static func packed(
        _ report: ConflictPieces, _ merge: Merge, _ format: ReportFormat, _ header: Header
    ) throws -> [UInt8] {
        var packer = Packer()
        packer.addLedger(merge, header, [:], [])
        packer.add(Kind.conflicts.rawValue)
        let quantities = sortedByBytes(merge.state.quantities.keys)
        let blocks = Dictionary(report.blocks.map { ($0.quantity, $0.bytes) }, uniquingKeysWith: { first, _ in first })
        packer.addPieces(quantities.map { blocks[$0]?[...] ?? [] })
        // Also of constructs with one quantity: another may join it.
        packer.addPieces(
            try quantities.map { quantity in
                try ConstructPart(quantity, merge, format).map { part in Packer.packed { $0.add(part) }[...] } ?? []
            })
        packer.add(report.ends.superseded) { $0.add($1) }
        return packer.bytes
    }
}

func sortedByBytes(_ texts: some Sequence<String>) -> [String] {
    texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

extension Packer {
    /// Everything of a base before its blocks.
    fileprivate mutating func addLedger(
        _ merge: Merge, _ header: ReportBase.Header, _ answers: [String: Answer], _ places: [QuestionPlace]
    ) {
        let state = merge.state
        let findings = FindingIndex(state)
        let links = linkedQuantities(state)
        let testing = merge.testing(links)
        let runKeys = Set(
            state.receipts.map { runKey(model: $0.modelDigest, measurement: $0.measurementDigest) })
        add(header)
        add(
            Settled(
                fallen: merge.standings.fallen.sorted(), discharged: merge.standings.discharged.sorted(),
                nogoods: merge.nogoods.map { $0.sorted() }))
        add(merge.totals)
        add(merge.evidence.claims.values.contains { $0.verdict == .refuted })
        add(runKeys.sorted())
        add(testing.questions)

        var placesByQuestion: [String: [Int]] = [:]
        for (index, place) in places.enumerated() { placesByQuestion[place.id, default: []].append(index) }
        addTable(
            sortedByBytes(state.questions.keys).compactMap { id in
                guard let answer = answers[id] else { return nil }
                let row = QuestionRow(
                    isActive: state.questions[id]?.status == .active, parts: merge.partsByQuestion[id, default: []],
                    places: placesByQuestion[id, default: []],
                    answer: answer.asPart, weight: answer.weight)
                return (id, Packer.packed { $0.add(row) })
            })

        var leaves: [String: [String]] = [:]
        for question in state.questions.values {
            if let quantity = question.quantity?.value { leaves[quantity, default: []].append(question.id) }
        }
        let hasRuns = merge.quantitiesWithRuns(runKeys)
        addTable(
            sortedByBytes(state.quantities.keys).map { slug in
                let row = QuantityRow(
                    leaves: leaves[slug, default: []].sorted(), findings: findings.byQuantity[slug, default: []],
                    linked: links[slug, default: []].sorted(), hasRuns: hasRuns.contains(slug),
                    isTesting: testing.quantities.contains(slug))
                return (slug, Packer.packed { $0.add(row) })
            })
        addTable(zip(findings.keys, findings.rows).map { key, row in (key, Packer.packed { $0.add(row) }) })
    }
}

/// The findings of a ledger by the order of their keys, and who names whom.
private struct FindingIndex {
    var keys: [String] = []
    var rows: [FindingRow] = []
    var byQuantity: [String: [Int]] = [:]

    init(_ state: LedgerState) {
        let sorted = state.findings.values.map { (key: findingKey(path: $0.path), finding: $0) }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        keys = sorted.map(\.key)
        let numbers = Dictionary(
            sorted.enumerated().map { ($1.finding.slug, $0) }, uniquingKeysWith: { first, _ in first })
        rows = Array(repeating: FindingRow(), count: sorted.count)
        for (number, (_, finding)) in sorted.enumerated() {
            for quantity in Set(finding.claims.map(\.quantity.value)) {
                byQuantity[quantity, default: []].append(number)
            }
            func named(_ slugs: [String]) -> Set<Int> { Set(slugs.compactMap { numbers[$0] }) }
            for index in named(finding.supersedes.map(\.value)) { rows[index].superseders.append(number) }
            for index in named(finding.criticised) { rows[index].critics.append(number) }
            for index in named(finding.related) { rows[index].others.append(number) }
        }
    }
}

extension Finding {
    /// Findings in its caveats.
    var criticised: [String] { caveats.flatMap(\.findings) }

    /// Findings that it builds on or calls the same.
    var related: [String] { (buildsOn + sameAs).map(\.value) }
}

extension Caveat {
    /// The finding whose claim it is against, and that whose claim shows it.
    var findings: [String] {
        var names = [shownBy].compactMap { $0?.value }
        if case .claim(let name) = against { names.append(name.value) }
        return names.map { String($0.prefix { $0 != "#" }) }
    }
}

/// Quantities of claims that caveats may set against each other, whatever their levels are.
private func linkedQuantities(_ state: LedgerState) -> [String: Set<String>] {
    var links: [String: Set<String>] = [:]
    for finding in state.findings.values {
        for caveat in finding.caveats {
            guard case .claim(let name) = caveat.against, let shown = caveat.shownBy,
                let a = state.claimID(name.value).flatMap(state.claim),
                let b = state.claimID(shown.value).flatMap(state.claim),
                mayLink(a, b, models: state.models.keys.contains)
            else { continue }
            links[a.quantity.value, default: []].insert(b.quantity.value)
            links[b.quantity.value, default: []].insert(a.quantity.value)
        }
    }
    return links
}

/// Whether a caveat can set two claims on different quantities against each other: they share a toy model.
func mayLink(_ a: Claim, _ b: Claim, models: (String) -> Bool) -> Bool {
    guard a.quantity.value != b.quantity.value, case .values(let mine)? = a.tested[Condition.model],
        case .values(let others)? = b.tested[Condition.model]
    else { return false }
    return mine.contains { models($0) && others.contains($0) }
}

extension Merge {
    /// The questions at and below those that test assumptions, and the quantities on whose claims the outcome hangs.
    fileprivate func testing(_ links: [String: Set<String>]) -> (questions: [String], quantities: Set<String>) {
        var questions: Set<String> = []
        var open = state.assumptions.values.compactMap(\.testedBy?.value)
        while let id = open.popLast() {
            guard state.questions[id] != nil, questions.insert(id).inserted else { continue }
            open += partsByQuestion[id, default: []]
        }
        var quantities: Set<String> = []
        var reached = questions.compactMap { state.questions[$0]?.quantity?.value }
        while let quantity = reached.popLast() {
            guard quantities.insert(quantity).inserted else { continue }
            reached += links[quantity, default: []]
        }
        return (questions.sorted(), quantities)
    }

    /// Quantities with a claim that receipts of its toy model and measurement may tell of, and those that were measured.
    fileprivate func quantitiesWithRuns(_ runKeys: Set<String>) -> Set<String> {
        guard !runKeys.isEmpty else { return [] }
        var quantities = Set(evidence.studies.keys)
        for claim in state.findings.values.flatMap(\.claims) {
            if ledger.mayHaveRuns(claim, runKeys) { quantities.insert(claim.quantity.value) }
        }
        return quantities
    }
}

extension CheckedLedger {
    /// Whether a receipt of the claim's toy model and measurement is there.
    func mayHaveRuns(_ claim: Claim, _ runKeys: Set<String>) -> Bool {
        verification(of: claim)?.cells.contains { cell in
            runKeys.contains(runKey(model: cell.study.modelDigest, measurement: cell.study.measurementDigest))
        } ?? false
    }
}
