import Merging
import Records
import Reports
import Words

/// The maximum numbers of blocks and of claims that are drawn.
private let (blockLimit, rowLimit) = (128, 60)

/// What the layers of toys mean in figures by block.
let toyLayerNote =
    "Records of toys count the blocks passed: their layer n is the output of block n − 1, and 0 is the embedding."

extension Member {
    /// The blocks at which a claim was tested, with the recorded layer. In toy models a layer is the number of blocks
    /// passed, so it is the output of the block before; the embedding is block -1.
    var blockPlaces: [Int: String] {
        let shift = kind == .toy ? 1 : 0
        return Dictionary(
            testedValues(of: "layer").compactMap { layer -> (Int, String)? in
                Int(layer).flatMap { $0 >= 0 ? ($0 - shift, layer) : nil }
            }
        ) { first, _ in first }
    }

    /// The blocks that a claim covers; nil if it covers all.
    fileprivate var coveredBlocks: Set<Int>? {
        let shift = kind == .toy ? 1 : 0
        return scope.values(of: "layer").map { Set($0.compactMap { Int($0) }.filter { $0 >= 0 }.map { $0 - shift }) }
    }
}

/// Claims on the blocks of one model.
struct DepthFigure: Sendable {
    fileprivate struct Row: Sendable {
        var member: Member
        var tested: [Int: String]
        var extended: Set<Int>
    }

    /// The first block, which is -1 if a claim is about the embedding, and the one after the last.
    fileprivate let blocks: Range<Int>
    fileprivate let rows: [Row]
    /// The number of claims that do not fit.
    fileprivate let cut: Int

    /// Returns nil if no claim names a block by its number, or the model has too many. `count` is the number of the
    /// model's blocks, if it is known.
    init?(_ members: [Member], blocks count: Int?) {
        let placed = members.filter { !$0.blockPlaces.isEmpty }
        let tested = placed.flatMap(\.blockPlaces.keys)
        guard let first = tested.min(), let last = tested.max() else { return nil }
        let blocks = min(first, 0)..<max(count ?? 0, last + 1)
        guard blocks.upperBound <= blockLimit else { return nil }
        self.blocks = blocks
        cut = max(0, placed.count - rowLimit)
        rows = placed.prefix(rowLimit).map { member in
            let tested = member.blockPlaces
            let covered = member.coveredBlocks ?? Set(0..<blocks.upperBound)
            return Row(
                member: member, tested: tested, extended: covered.filter { blocks.contains($0) && tested[$0] == nil })
        }
    }
}

extension Atlas {
    func add(_ figure: DepthFigure, to html: inout Markup) {
        var notes = ["Filled: tested. Outlined: claimed beyond what was tested."]
        if figure.rows.contains(where: { $0.member.kind == .toy }) { notes.append(toyLayerNote) }
        if figure.cut > 0 { notes.append("\(figure.cut) more claims are not drawn.") }
        html.tag("figure") { html in
            html.figureHead("\(counted(figure.rows.count, "claim")) by block", notes.joined(separator: " "))
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

    private func addTicks(_ blocks: Range<Int>, to html: inout Markup) {
        let step = [1, 2, 4, 5, 10, 20].first { blocks.count / $0 <= 8 } ?? 32
        html.tag("svg", .number(.height, 20), .text(.ariaHidden, "true")) { html in
            for block in stride(from: 0, to: blocks.upperBound, by: step) {
                html.tag(
                    "text", .class("soft c"),
                    .percent(.x, (Double(block - blocks.lowerBound) + 0.5) / Double(blocks.count) * 100),
                    .number(.y, 14), text: "\(block)")
            }
        }
    }

    private func add(_ row: DepthFigure.Row, _ blocks: Range<Int>, to html: inout Markup) {
        let evidence = evidence(of: row.member)
        let width = 100 / Double(blocks.count)
        let classes = [evidence.isInConflict ? "dis" : nil, evidence.hasRuns ? "ran" : nil].compactMap(\.self)
        // Only the blocks at which the other claim holds too are hatched.
        let hatched = row.tested.filter { conflictIndex.contains(row.member, at: $0.value, of: "layer") }
        let plain = Set(row.tested.keys).subtracting(hatched.keys)
        let level = evidence.level.cssClass
        html.tag("tr", classes.isEmpty ? nil : .class(classes.joined(separator: " "))) { html in
            html.tag("th", .text(.scope, "row")) { html in
                html.link(Place.claim(row.member.id), row.member.id.description)
                html.tag("span", .class("note")) { $0.recordText(row.member.finding.title) }
            }
            html.tag("td", .class("pl")) { html in
                html.tag("svg", .number(.height, 24), .text(.ariaHidden, "true")) { html in
                    html.shape(
                        "line", .class("ax"), .percent(.x1, 0), .percent(.x2, 100), .number(.y1, 12), .number(.y2, 12))
                    for (numbers, style) in [(row.extended, "dash"), (plain, level), (Set(hatched.keys), "x")] {
                        for run in consecutiveRuns(numbers.filter(blocks.contains)) {
                            html.shape(
                                "rect", .class(style), .percent(.x, Double(run.lowerBound - blocks.lowerBound) * width),
                                .percent(.width, Double(run.count) * width), .number(.y, 6), .number(.height, 12))
                        }
                    }
                }
            }
            html.tag(
                "td", .class("num"),
                text: shortList(consecutiveRuns(Set(row.tested.keys)).map(phrase)).joined(separator: ", "))
            html.tag("td") { html in
                html.recordText(row.member.valueText)
                html.tag("span", .class("note")) { $0.add(evidence) }
            }
        }
    }

    private func phrase(_ blocks: ClosedRange<Int>) -> String {
        func name(_ block: Int) -> String { block < 0 ? "embedding" : "\(block)" }
        return blocks.count == 1 ? name(blocks.lowerBound) : "\(name(blocks.lowerBound)) to \(name(blocks.upperBound))"
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
