/// A node of a Markdown document, with the line on which it begins.
package struct MarkdownNode: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case document, paragraph, quote, item, rule
        case heading(level: Int)
        /// A list without a first number has no numbers. The items of a tight list are lines without space between them.
        case list(firstNumber: Int?, isTight: Bool)
        /// `language` is the first word after the fence.
        case codeBlock(language: String, text: String)
        case table([Alignment])
        case headerRow, row, cell
        case text(String)
        case code(String)
        case softBreak, lineBreak, emphasis, strong, strikethrough
        case link(String)
        case image(String)
        /// HTML, as a block or within a line.
        case html(String)
    }

    package enum Alignment: Sendable { case start, center, end }

    package var kind: Kind
    package var line: Int
    package var children: [MarkdownNode]

    package init(_ kind: Kind, line: Int, _ children: [MarkdownNode] = []) {
        (self.kind, self.line, self.children) = (kind, line, children)
    }

    /// The text without its markup.
    package var plainText: String {
        switch kind {
        case .text(let text), .code(let text), .codeBlock(_, let text): text
        case .softBreak, .lineBreak: " "
        case .html: ""
        case .document, .paragraph, .quote, .item, .rule, .heading, .list, .table, .headerRow, .row, .cell, .emphasis,
            .strong, .strikethrough, .link, .image:
            children.map(\.plainText).joined(separator: isBlock ? " " : "")
        }
    }

    /// Whether the children of this node are paragraphs, items, rows or cells rather than parts of one line.
    private var isBlock: Bool {
        switch kind {
        case .document, .quote, .item, .list, .table, .headerRow, .row: true
        case .paragraph, .rule, .heading, .codeBlock, .cell, .text, .code, .softBreak, .lineBreak, .emphasis, .strong,
            .strikethrough, .link, .image, .html:
            false
        }
    }
}
