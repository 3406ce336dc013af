import Merging
import Records
import Reports
import Words

/// The maximum number of blocks that are drawn one by one.
private let blockLimit = 128

/// Claims on the blocks of one model.
struct DepthFigure: Sendable {
    fileprivate struct Row: Sendable {
        var member: Member
        var blocks: Set<Int>
        var extended: Set<Int>
    }

    fileprivate let blocks: Int
    fileprivate let rows: [Row]

    /// Returns nil if no claim names a block. `blocks` is the number of the model's blocks, if it is recorded.
    init?(_ members: [Member], blocks: Int?) {
        func numbers(_ values: [String]) -> Set<Int> { Set(values.compactMap { Int($0) }.filter { $0 >= 0 }) }
        rows = members.map { member in
            let tested = numbers(member.testedValues(of: "layer"))
            return Row(
                member: member, blocks: tested,
                extended: numbers(member.scope.values(of: "layer") ?? []).subtracting(tested))
        }.filter { !$0.blocks.isEmpty }
        guard let last = rows.flatMap(\.blocks).max() else { return nil }
        self.blocks = max(blocks ?? 0, last + 1)
        guard self.blocks <= blockLimit else { return nil }
    }
}

extension Atlas {
    func add(_ figure: DepthFigure, to html: inout Markup) {
        html.tag("figure") { html in
            html.figureHead(
                "\(counted(figure.rows.count, "claim")) by block",
                "Filled: tested. Outlined: claimed beyond what was tested. Output of the block unless the claim names another site."
            )
            html.tag("table", .class("strip depth")) { html in
                html.tag("thead") { html in
                    html.tag("tr") { html in
                        html.tag("th", .text(.scope, "col"), text: "Claim")
                        html.tag("td", .class("pl")) { addTicks(figure.blocks, to: &$0) }
                        html.tag("th", .text(.scope, "col"), .class("num"), text: "Blocks")
                        html.tag("th", .text(.scope, "col"), text: "Says")
                    }
                }
                html.tag("tbody") { html in for row in figure.rows { add(row, figure.blocks, to: &html) } }
            }
        }
    }

    private func addTicks(_ blocks: Int, to html: inout Markup) {
        let step = [1, 2, 4, 5, 10, 20].first { blocks / $0 <= 8 } ?? 32
        html.tag("svg", .number(.height, 20), .text(.ariaHidden, "true")) { html in
            for block in stride(from: 0, to: blocks, by: step) {
                html.tag(
                    "text", .class("soft c"), .percent(.x, (Double(block) + 0.5) / Double(blocks) * 100),
                    .number(.y, 14), text: "\(block)")
            }
        }
    }

    private func add(_ row: DepthFigure.Row, _ blocks: Int, to html: inout Markup) {
        let evidence = evidence(of: row.member)
        let width = 100 / Double(blocks)
        html.tag("tr") { html in
            html.tag("th", .text(.scope, "row")) { html in
                html.link(Place.claim(row.member.id), row.member.id.description)
                html.tag("span", .class("note")) { $0.recordText(row.member.finding.title) }
            }
            html.tag("td", .class("pl")) { html in
                html.tag("svg", .number(.height, 24), .text(.ariaHidden, "true")) { html in
                    html.shape(
                        "line", .class("ax"), .percent(.x1, 0), .percent(.x2, 100), .number(.y1, 12), .number(.y2, 12))
                    for (numbers, style) in [(row.extended, "dash"), (row.blocks, evidence.cssClass)] {
                        for run in consecutiveRuns(numbers.filter { $0 < blocks }) {
                            html.shape(
                                "rect", .class(style), .percent(.x, Double(run.lowerBound) * width),
                                .percent(.width, Double(run.count) * width), .number(.y, 6), .number(.height, 12))
                        }
                    }
                }
            }
            html.tag(
                "td", .class("num"), text: shortList(consecutiveRuns(row.blocks).map(phrase)).joined(separator: ", "))
            html.tag("td") { html in
                html.recordText(row.member.valueText)
                html.tag("span", .class("note")) { $0.add(evidence) }
            }
        }
    }

    private func phrase(_ blocks: ClosedRange<Int>) -> String {
        blocks.count == 1 ? "\(blocks.lowerBound)" : "\(blocks.lowerBound) to \(blocks.upperBound)"
    }
}

/// Returns the ranges of successive numbers, in ascending order.
func consecutiveRuns(_ numbers: Set<Int>) -> [ClosedRange<Int>] {
    var runs: [ClosedRange<Int>] = []
    for number in numbers.sorted() {
        if let last = runs.last, last.upperBound + 1 == number {
            runs[runs.count - 1] = last.lowerBound...number
        } else {
            runs.append(number...number)
        }
    }
    return runs
}
