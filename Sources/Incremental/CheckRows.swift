import Checking
import Records
import Words

/// What of a checked ledger tells which of its findings a change of others concerns: lists of paths by key.
package enum CheckRow {
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

    package var key: String {
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

/// One text of a row.
package struct RowText: Sendable {
    package var key: String
    package var text: String

    package init(key: String, text: String) {
        self.key = key
        self.text = text
    }
}

/// The rows of a ledger without errors, in runs; in each row paths come in the order of the files.
package func checkRows(of files: [DecodedFile]) -> [[RowText]] {
    files.inRuns(of: 10_000).mapSideBySide { files in
        var texts: [RowText] = []
        for file in files {
            func add(_ row: CheckRow, _ text: String) { texts.append(RowText(key: row.key, text: text)) }
            if let key = file.place?.nameKey { add(.named(key), file.path) }
            switch file.record {
            case .finding(let finding)?:
                let said = SaidBefore(finding)
                for slug in finding.namedFindings { add(.naming(slug: slug), file.path) }
                for slug in said.relatives { add(.related(slug: slug), file.path) }
                for quantity in said.quantities { add(.claiming(quantity: quantity), file.path) }
                add(.said(path: file.path), said.text)
            case .question(let question)?:
                if let quantity = question.quantity { add(.asking(quantity: quantity.value), file.path) }
            default: break
            }
        }
        return texts
    }
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

    /// nil where the text is none of ours.
    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let count = Int(lines[0]) else { return nil }
        func all(_ mark: String) -> [String] {
            lines.filter { $0.utf8.starts(with: mark.utf8) }.map { String($0.dropFirst(mark.count)) }
        }
        claimCount = count
        quantities = Set(all("on "))
        relatives = Set(all("is "))
    }

    var text: String {
        (["\(claimCount)"] + quantities.map { "on \($0)" } + relatives.map { "is \($0)" }).joined(separator: "\n")
    }
}
