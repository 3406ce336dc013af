/// A name as code, where forges look for neither mentions nor issue numbers; any other text is escaped.
package func markdownCode(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-_./#: ".utf8.contains(byte)
        }
    }
    return isPlain && text.utf8.contains(where: { $0 != UInt8(ascii: " ") }) ? "`\(text)`" : markdown(text)
}

/// Cells are Markdown.
package func markdownTable(_ header: [String], _ rows: [[String]]) -> String {
    func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
    let rule = "|" + String(repeating: "---|", count: header.count)
    return ([line(header), rule] + rows.map(line)).joined(separator: "\n")
}

/// Rows that are drawn, as they are.
package func markdownDrawing(_ rows: [String]) -> String {
    let fence = String(repeating: "`", count: max(3, (rows.map(longestRunOfBackticks).max() ?? 0) + 1))
    return ([fence] + rows + [fence]).joined(separator: "\n")
}

private func longestRunOfBackticks(_ text: String) -> Int {
    var (longest, current) = (0, 0)
    for byte in text.utf8 {
        current = byte == UInt8(ascii: "`") ? current + 1 : 0
        longest = max(longest, current)
    }
    return longest
}

/// A text inside of HTML, where Markdown's escapes do nothing.
package func htmlText(_ text: String) -> String {
    visible(text).unicodeScalars.reduce(into: "") { result, scalar in
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\n": result += " "
        case "@": result += "@<!-- -->"
        default: result.unicodeScalars.append(scalar)
        }
    }
}

/// Folded away under a summary, which is HTML; nothing where there is no body.
package func markdownDetails(_ summary: String, _ body: String) -> String? {
    guard !body.isEmpty else { return nil }
    return "<details><summary>\(summary)</summary>\n\n\(body)\n\n</details>"
}

/// The first lines of a section that fit a comment, and how many more there are. Forges take comments of 65,536 characters.
package func firstLines(_ lines: [String], noun: String) -> (lines: [String], more: String?) {
    var byteCount = 0
    let shown = lines.prefix { line in
        byteCount += line.utf8.count + 1
        return byteCount <= sectionByteLimit
    }
    let rest = lines.count - shown.count
    return (Array(shown), rest > 0 ? "and \(counted(rest, "more \(noun)"))" : nil)
}

private let sectionByteLimit = 14_000

/// A list of Markdown items, as many as fit.
package func markdownList(_ items: [String], noun: String) -> String {
    let (shown, more) = firstLines(items.map { "- \($0)" }, noun: noun)
    return (shown + [more.map { "- \($0)" }].compactMap(\.self)).joined(separator: "\n")
}

/// A table, as many rows of it as fit.
package func markdownTable(_ header: [String], _ rows: [[String]], noun: String) -> String {
    guard !rows.isEmpty else { return "" }
    let (shown, more) = firstLines(rows.map { $0.joined(separator: " | ") }, noun: noun)
    let table = markdownTable(header, Array(rows.prefix(shown.count)))
    return [table, more].compactMap(\.self).joined(separator: "\n\n")
}

/// Blocks with a blank line between them.
package func markdownPage(_ blocks: [String?]) -> String {
    blocks.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
}
