internal import CCmark

/// A document, or a part of it, that cannot be read.
package struct MarkdownMistake: Error, Equatable {
    package var line: Int
    package var message: String
}

/// Parses GitHub's Markdown: CommonMark with tables, strikethrough and bare addresses as links.
package func readMarkdown(_ text: String) throws(MarkdownMistake) -> MarkdownNode {
    registerExtensions
    guard let parser = cmark_parser_new(CMARK_OPT_DEFAULT) else {
        throw MarkdownMistake(line: 1, message: "cmark made no parser")
    }
    defer { cmark_parser_free(parser) }
    for name in ["table", "strikethrough", "autolink"] {
        cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(name))
    }
    var text = text
    text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
    }
    guard let document = cmark_parser_finish(parser) else {
        throw MarkdownMistake(line: 1, message: "cmark made no document")
    }
    defer { cmark_node_free(document) }
    return try node(from: document, line: 1)
}

/// cmark keeps its extensions in a global list.
private let registerExtensions: Void = cmark_gfm_core_extensions_ensure_registered()

/// Returns a node with its children. Nodes that extensions make have no line; they get that of the node around them.
private func node(from pointer: OpaquePointer, line outer: Int) throws(MarkdownMistake) -> MarkdownNode {
    let own = Int(cmark_node_get_start_line(pointer))
    let line = own > 0 ? own : outer
    var children: [MarkdownNode] = []
    var next = cmark_node_first_child(pointer)
    while let child = next {
        children.append(try node(from: child, line: line))
        next = cmark_node_next(child)
    }
    // The types of the extensions are variables, which Swift cannot read safely; their names are constants.
    let name = text(cmark_node_get_type_string(pointer))
    guard let kind = kind(of: pointer, named: name) else {
        throw MarkdownMistake(line: line, message: "Markdown of the kind \"\(name)\" cannot be shown")
    }
    return MarkdownNode(kind, line: line, children)
}

/// Returns nil for a kind that no extension in use makes.
private func kind(of node: OpaquePointer, named name: String) -> MarkdownNode.Kind? {
    switch name {
    case "document": .document
    case "paragraph": .paragraph
    case "block_quote": .quote
    case "item": .item
    case "thematic_break": .rule
    case "heading": .heading(level: Int(cmark_node_get_heading_level(node)))
    case "list":
        .list(
            firstNumber: cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
                ? Int(cmark_node_get_list_start(node)) : nil,
            isTight: cmark_node_get_list_tight(node) == 1)
    case "code_block":
        .codeBlock(
            language: text(cmark_node_get_fence_info(node)).split(separator: " ").first.map(String.init) ?? "",
            text: literal(node))
    case "table": .table(alignments(of: node))
    case "table_header": .headerRow
    case "table_row": .row
    case "table_cell": .cell
    case "text": .text(literal(node))
    case "code": .code(literal(node))
    case "softbreak": .softBreak
    case "linebreak": .lineBreak
    case "emph": .emphasis
    case "strong": .strong
    case "strikethrough": .strikethrough
    case "link": .link(text(cmark_node_get_url(node)))
    case "image": .image(text(cmark_node_get_url(node)))
    case "html_block", "html_inline": .html(literal(node))
    default: nil
    }
}

private func alignments(of table: OpaquePointer) -> [MarkdownNode.Alignment] {
    guard let letters = cmark_gfm_extensions_get_table_alignments(table) else { return [] }
    let count = Int(cmark_gfm_extensions_get_table_columns(table))
    return UnsafeBufferPointer(start: letters, count: count).map { letter in
        switch letter {
        case UInt8(ascii: "c"): .center
        case UInt8(ascii: "r"): .end
        default: .start
        }
    }
}

private func literal(_ node: OpaquePointer) -> String { text(cmark_node_get_literal(node)) }

private func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
