/// What of a checked ledger tells which of its findings a change of others concerns: lists of paths by key.
public enum CheckRow {
    /// Records with names that could be taken for this one's; the key is a `nameKey`.
    case named(String)
    /// Findings that name a finding in any way.
    case naming(slug: String)
    /// Findings that say they repeat or replace a finding.
    case related(slug: String)
    /// Findings with a claim on a quantity.
    case claiming(quantity: String)
    /// Questions that ask about a quantity.
    case asking(quantity: String)
    /// What the finding at a path says, as `SaidBefore` writes it.
    case said(path: String)

    public var key: String {
        switch self {
        case .named(let key): "named \(key)"
        case .naming(let slug): "naming \(slug)"
        case .related(let slug): "related \(slug)"
        case .claiming(let quantity): "claiming \(quantity)"
        case .asking(let quantity): "asking \(quantity)"
        case .said(let path): "said \(path)"
        }
    }
}

/// The rows of a ledger without errors, by key; sorted.
public func checkRows(_ ledger: CheckedLedger, paths: some Sequence<String>) -> [String: [String]] {
    var rows: [String: [String]] = [:]
    func add(_ text: String, to row: CheckRow) { rows[row.key, default: []].append(text) }
    for path in paths {
        if let key = RecordPlace(path: path)?.nameKey { add(path, to: .named(key)) }
    }
    for finding in ledger.state.findings.values {
        let said = SaidBefore(finding)
        for slug in finding.namedFindings { add(finding.path, to: .naming(slug: slug)) }
        for slug in said.relatives { add(finding.path, to: .related(slug: slug)) }
        for quantity in said.quantities { add(finding.path, to: .claiming(quantity: quantity)) }
        rows[CheckRow.said(path: finding.path).key] = said.texts
    }
    for question in ledger.state.questions.values {
        guard let quantity = question.quantity?.value else { continue }
        add(RecordPlace.question(id: question.id).path, to: .asking(quantity: quantity))
    }
    return rows.mapValues { $0.sorted() }
}

/// What a finding said when the ledger was checked, as far as a change of it can concern others.
struct SaidBefore {
    var claimCount: Int
    var quantities: Set<String>
    /// Findings that it repeats or replaces.
    var relatives: Set<String>

    init(_ finding: Finding) {
        claimCount = finding.claims.count
        quantities = Set(finding.claims.map(\.quantity.value))
        relatives = Set((finding.sameAs + finding.supersedes).map(\.value))
    }

    /// nil where there was none.
    init?(_ texts: [String]) {
        func all(_ mark: String) -> [String] {
            texts.filter { $0.utf8.starts(with: mark.utf8) }.map { String($0.dropFirst(mark.count)) }
        }
        guard let count = all("claims ").first.flatMap(Int.init) else { return nil }
        claimCount = count
        quantities = Set(all("on "))
        relatives = Set(all("is "))
    }

    var texts: [String] { ["claims \(claimCount)"] + quantities.map { "on \($0)" } + relatives.map { "is \($0)" } }
}

extension Finding {
    /// Slugs of the findings that it builds on, replaces, repeats or criticises.
    var namedFindings: Set<String> {
        Set(
            Record.finding(self).namedPlaces.compactMap { place in
                if case .finding(let slug) = place { slug } else { nil }
            })
    }
}
