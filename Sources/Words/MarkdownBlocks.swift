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
private func tableLine(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }

private func tableHead(_ header: [String]) -> [String] {
    [tableLine(header), "|" + String(repeating: "---|", count: header.count)]
}

/// Rows that are drawn, as they are.
package func markdownCodeBlock(_ rows: [String]) -> String {
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
    escapeHidden(text).unicodeScalars.reduce(into: "") { result, scalar in
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

/// The lines of a section that fit, and how many more there are. Lazy lines beyond them are never made.
package func firstLines(
    _ lines: some Collection<String>, noun: String, bytes limit: Int = 14_000
) -> (lines: [String], more: String?) {
    var shown: [String] = []
    var byteCount = 0
    for line in lines {
        byteCount += line.utf8.count + 1
        guard byteCount <= limit else { break }
        shown.append(line)
    }
    let rest = lines.count - shown.count
    return (shown, rest > 0 ? "and \(counted(rest, "more \(noun)"))" : nil)
}

/// A list of Markdown items, as many as fit.
package func markdownList(_ items: some Collection<String>, noun: String, bytes limit: Int = 14_000) -> String {
    let (shown, more) = firstLines(items.lazy.map { "- \($0)" }, noun: noun, bytes: limit)
    return (shown + [more.map { "- \($0)" }].compactMap(\.self)).joined(separator: "\n")
}

/// A table, as many rows of it as fit; nothing where there is no row.
package func markdownTable(
    _ header: [String], _ rows: some Collection<[String]>, noun: String, bytes limit: Int = 14_000
) -> String {
    guard !rows.isEmpty else { return "" }
    let (shown, more) = firstLines(rows.lazy.map(tableLine), noun: noun, bytes: limit)
    return [(tableHead(header) + shown).joined(separator: "\n"), more].compactMap(\.self).joined(separator: "\n\n")
}

/// Forges take comments of 65,536 characters.
private let pageByteLimit = 60_000

/// Blocks with a blank line between them, as many as fit a comment.
package func markdownPage(_ blocks: [String?]) -> String {
    let (shown, more) = firstLines(
        blocks.compactMap(\.self).filter { !$0.isEmpty }, noun: "section", bytes: pageByteLimit)
    return (shown + [more].compactMap(\.self)).joined(separator: "\n\n") + "\n"
}
