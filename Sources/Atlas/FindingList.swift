import Records
import Words

/// The maximum number of items on one page of a list. An item takes less than 1 KB.
private let itemsPerPage = 240

extension Atlas {
    /// The list of all findings, the newest first; those that are only planned come last.
    var findingLists: [AtlasFile] {
        let planned = records.findings.filter { ledger.findings[$0]?.isPlanned ?? false }
        let made = records.findings.filter { !(ledger.findings[$0]?.isPlanned ?? false) }
        let pages = cutIntoPages(made + planned)
        return pages.enumerated().map { number, slugs in
            page(listFrame(Place.findings, "Findings", number, pages.count, in: .findings)) { [self] html in
                addListPages(&html, Place.findings, number, pages.count)
                if slugs.isEmpty {
                    html.tag("p", text: "No finding is recorded. `arbor-ledger new finding` writes the first.")
                }
                html.tag("section", .class("wide")) { html in
                    html.choicesOfClaims()
                    html.table(
                        ["Finding", "Date", "Claims", "Best evidence"], numbers: ["Claims"], isOfClaims: true
                    ) { html in
                        for finding in slugs.compactMap({ ledger.findings[$0] }) { add(&html, finding) }
                    }
                }
            }
        }
    }

    private func add(_ html: inout Markup, _ finding: Finding) {
        let isInConflict = finding.claims.contains { inConflict.contains($0.id) }
        let hasRuns = finding.claims.contains { members[$0.id]?.evidence.runs ?? 0 > 0 }
        let classes = [isInConflict ? "dis" : nil, hasRuns ? "ran" : nil].compactMap(\.self)
        html.tag("tr", classes.isEmpty ? nil : .class(classes.joined(separator: " "))) { html in
            html.tag("th", .text(.scope, "row")) { html in
                html.link(Place.finding(finding.slug), finding.title)
                html.tag("span", .class("note")) { $0.recordText(shortList(finding.authors).joined(separator: ", ")) }
            }
            html.tag("td", .text(.dataLabel, "Date:"), text: finding.date)
            html.tag("td", .text(.dataLabel, "Claims:"), .class("num"), text: "\(finding.claims.count)")
            html.tag("td", .text(.dataLabel, "Best evidence:"), .class("full")) { html in
                if finding.retracted != nil {
                    html.text("retracted")
                } else if finding.isPlanned {
                    html.text("planned")
                } else if isInConflict {
                    html.tag("i", .class("g x")) { _ in }
                    html.text("in a conflict")
                } else if let best = finding.claims.compactMap({ members[$0.id] }).max(by: {
                    $0.shownLevel < $1.shownLevel
                }) {
                    html.add(RowEvidence(level: best.shownLevel, text: best.shownLevel.phrase))
                } else {
                    html.text("superseded")
                }
            }
        }
    }

    /// Cuts a list into the items of each page. An empty list has one page.
    func cutIntoPages<Item>(_ items: [Item]) -> [[Item]] {
        items.isEmpty
            ? [[]]
            : stride(from: 0, to: items.count, by: itemsPerPage).map {
                Array(items[$0..<min($0 + itemsPerPage, items.count)])
            }
    }

    func listFrame(_ first: Link, _ title: String, _ number: Int, _ count: Int, in section: Section?) -> PageFrame {
        PageFrame(
            listPage(first, number), number == 0 ? title : "\(title), page \(number + 1)", in: section,
            subtitle: count > 1 ? "Page \(number + 1) of \(count)" : nil)
    }

    /// Adds links to the other pages of a list.
    func addListPages(_ html: inout Markup, _ first: Link, _ number: Int, _ count: Int) {
        guard count > 1 else { return }
        html.tag("nav", .class("s"), .text(.ariaLabel, "Pages of this list")) { html in
            // With many pages, those next to this one and every tenth.
            let shown = (0..<count).filter { $0 % 10 == 0 || abs($0 - number) < 4 || $0 == count - 1 }
            html.links(shown.map { ("\($0 + 1)", $0 == number ? nil : listPage(first, $0)) })
        }
    }

    /// The page of a list: `findings.html`, then `findings-2.html`.
    private func listPage(_ first: Link, _ number: Int) -> Link {
        guard number > 0, let name = first.path?.withoutEnding(".html") else { return first }
        return .page("\(name)-\(number + 1).html")
    }
}
