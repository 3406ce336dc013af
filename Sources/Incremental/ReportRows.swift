import Checking
import Evidence
import Merging
import Records
import Reports

func sortedByBytes(_ texts: some Sequence<String>) -> [String] {
    texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

extension Packer {
    /// Everything of a base before its blocks; only of `merge` are there answers.
    mutating func addLedger(
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
            answers.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { id, answer in
                let row = QuestionRow(
                    isActive: answer.question.status == .active, parts: merge.partsByQuestion[id, default: []],
                    places: placesByQuestion[id, default: []], answer: answer.asPart, weight: answer.weight)
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
