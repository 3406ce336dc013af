import Atlas
import Markdown
import Words

/// What a page needs to become HTML: where its links lead, and the size of its pictures.
struct PageContext: Sendable {
    let page: SitePage
    let links: LinkTable
    /// The width and height of pictures, by path in the repository.
    let sizes: [String: PictureSize]
}

extension Markup {
    /// Adds the blocks of a page below its title.
    mutating func add(_ blocks: ArraySlice<MarkdownNode>, _ context: PageContext) {
        var headings = context.page.headings.dropFirst()
        for block in blocks {
            if case .heading(let level) = block.kind, let heading = headings.popFirst() {
                addHeading(block, level, heading.anchor, context)
            } else {
                add(block, context)
            }
        }
    }

    /// Adds the sections of the front page, each as a group of its own.
    mutating func addGroups(_ blocks: ArraySlice<MarkdownNode>, _ context: PageContext) {
        var headings = context.page.headings.dropFirst()
        let start = blocks.firstIndex(where: \.isHeading) ?? blocks.endIndex
        for block in blocks[..<start] { add(block, context) }
        tag("div", .class("groups")) { html in
            var rest = blocks[start...]
            while let first = rest.first, let heading = headings.popFirst() {
                let end = rest.dropFirst().firstIndex(where: \.isHeading) ?? rest.endIndex
                html.tag("div") { html in
                    html.addHeading(first, 2, heading.anchor, context)
                    for block in rest[..<end].dropFirst() { html.add(block, context) }
                }
                rest = rest[end...]
            }
        }
    }

    private mutating func addHeading(_ node: MarkdownNode, _ level: Int, _ anchor: String, _ context: PageContext) {
        func content(_ html: inout Markup) {
            html.add(node.children, context)
            html.tag(
                "a", .class("here"), .href(.page(context.page.path, anchor)),
                .text(.ariaLabel, "Link to \(node.plainText)"), text: "#")
        }
        switch level {
        case 2: tag("h2", .id(anchor), body: content)
        case 3: tag("h3", .id(anchor), body: content)
        default: tag("h4", .id(anchor), body: content)
        }
    }

    private mutating func add(_ nodes: [MarkdownNode], _ context: PageContext) {
        for node in nodes { add(node, context) }
    }

    private mutating func add(_ node: MarkdownNode, _ context: PageContext) {
        switch node.kind {
        case .document, .headerRow, .row, .cell, .heading: add(node.children, context)
        case .paragraph: tag("p") { $0.add(node.children, context) }
        case .quote: tag("blockquote") { $0.add(node.children, context) }
        case .item: tag("li") { $0.add(node.children, context) }
        case .rule: void("hr")
        case .list(let first, let isTight): addList(node, first, isTight, context)
        case .codeBlock("mermaid", let text): addDiagram(text)
        case .codeBlock(let language, let text): addCode(text, language)
        case .table(let alignments): addTable(node, alignments, context)
        case .text(let text): self.text(text)
        case .code(let text): tag("code", text: text)
        case .softBreak: literal("\n")
        case .lineBreak: void("br")
        case .emphasis: tag("em") { $0.add(node.children, context) }
        case .strong: tag("strong") { $0.add(node.children, context) }
        case .strikethrough: tag("s") { $0.add(node.children, context) }
        case .link(let address): addLink(node, address, context)
        case .image(let address): addPicture(node, address, context)
        // A comment is for tools. Other HTML is shown as it is written.
        case .html(let text): if !node.isComment { self.text(text) }
        }
    }

    private mutating func addList(_ node: MarkdownNode, _ first: Int?, _ isTight: Bool, _ context: PageContext) {
        func items(_ html: inout Markup) {
            for item in node.children {
                html.tag("li") { html in
                    for child in item.children {
                        if isTight, child.kind == .paragraph {
                            html.add(child.children, context)
                        } else {
                            html.add(child, context)
                        }
                    }
                }
            }
        }
        if let first {
            tag("ol", first == 1 ? nil : .number(.start, Double(first)), body: items)
        } else {
            tag("ul", body: items)
        }
    }

    private mutating func addTable(
        _ node: MarkdownNode, _ alignments: [MarkdownNode.Alignment], _ context: PageContext
    ) {
        func cells(_ row: MarkdownNode, _ html: inout Markup, _ isHead: Bool) {
            for (cell, alignment) in zip(row.children, alignments) {
                let position: Attribute? = alignment == .start ? nil : .class(alignment == .end ? "end" : "center")
                if isHead {
                    html.tag("th", .text(.scope, "col"), position) { $0.add(cell.children, context) }
                } else {
                    html.tag("td", position) { $0.add(cell.children, context) }
                }
            }
        }
        addTable { html in
            html.tag("thead") { html in
                for row in node.children where row.kind == .headerRow {
                    html.tag("tr") { cells(row, &$0, true) }
                }
            }
            html.tag("tbody") { html in
                for row in node.children where row.kind == .row { html.tag("tr") { cells(row, &$0, false) } }
            }
        }
    }

    /// Adds a table that scrolls if it is wider than the page.
    mutating func addTable(_ body: (inout Markup) -> Void) {
        tag("div", .class("scroll"), .text(.role, "group"), .text(.ariaLabel, "Table"), .number(.tabindex, 0)) {
            $0.tag("table", body: body)
        }
    }

    private mutating func addLink(_ node: MarkdownNode, _ address: String, _ context: PageContext) {
        // The problems of links were reported before.
        guard let target = try? context.links.target(of: address, at: node.line, on: context.page) else { return }
        switch target {
        case .link(let link), .file(_, let link?):
            tag("a", .href(link)) { html in
                // The path of a page is of no use to a reader of the site.
                if let title = context.links.title(ofLink: node.plainText, to: link) {
                    html.text(title)
                } else {
                    html.add(node.children, context)
                }
            }
        case .mail: add(node.children, context)
        case .file(let path, nil):
            add(node.children, context)
            if node.plainText != path {
                text(" (")
                tag("code", text: path)
                text(")")
            }
        }
    }

    private mutating func addPicture(_ node: MarkdownNode, _ address: String, _ context: PageContext) {
        guard let (source, path) = try? context.links.picture(at: address, line: node.line, on: context.page) else {
            return
        }
        let size = context.sizes[source]
        void(
            "img", .source(.page(path)), .text(.alt, node.plainText), size.map { .number(.width, Double($0.width)) },
            size.map { .number(.height, Double($0.height)) })
    }
}

/// The size of a picture, so that a page does not move when the picture arrives.
struct PictureSize: Equatable, Sendable {
    var width: Int
    var height: Int

    /// Reads the size from the first chunk of a PNG file; nil for another file.
    init?(png bytes: [UInt8]) {
        guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), bytes.count >= 24 else {
            return nil
        }
        func number(_ place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        (width, height) = (number(16), number(20))
    }
}
