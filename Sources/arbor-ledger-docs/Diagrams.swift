import Atlas
import Words

extension Markup {
    /// Adds a flowchart in the language of Mermaid as a table of its arrows, since pages run no script of others.
    mutating func addDiagram(_ text: String) {
        let lines = text.split(separator: "\n").dropFirst().map(String.init)
        let arrows = lines.compactMap(Arrow.init)
        guard !arrows.isEmpty, arrows.count == lines.count else { return addCode(text, "mermaid") }
        addTable { html in
            html.tag("tbody") { html in
                for arrow in arrows {
                    html.tag("tr") { html in
                        html.tag("th", .text(.scope, "row"), text: arrow.from)
                        html.tag("td", text: arrow.label)
                        html.tag("td") { $0.tag("strong", text: arrow.to) }
                    }
                }
            }
        }
    }
}

/// An arrow of a flowchart, as in `finding -- contains --> claim & caveat`.
struct Arrow: Equatable {
    var from: String
    var label: String
    var to: String

    init?(_ line: String) {
        guard let match = line.wholeMatch(of: /\s*(.+?) -- "?(.+?)"? --> (.+)/) else { return nil }
        (from, label, to) = (Self.names(match.1), String(match.2), Self.names(match.3))
    }

    /// The names of nodes; a node may have a text in brackets besides its id.
    private static func names(_ text: Substring) -> String {
        listed(
            text.split(separator: " & ").map { node in
                String(node.firstMatch(of: /\[(.+)\]/)?.1 ?? node)
            })
    }
}
