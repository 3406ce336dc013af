/// Formats a plain name as code, because forges do not link mentions or issue numbers in code. Escapes any other text.
package func markdownCode(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-_./#: ".utf8.contains(byte)
        }
    }
    return isPlain && text.utf8.contains(where: { $0 != UInt8(ascii: " ") }) ? "`\(text)`" : markdown(text)
}

/// Returns one line of a table. The cells must already be Markdown.
private func tableLine(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }

private func tableHead(_ header: [String]) -> [String] {
    [tableLine(header), "|" + String(repeating: "---|", count: header.count)]
}

/// Returns rows verbatim as a fenced code block.
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

/// Escapes a text inside an HTML element, where Markdown's escapes have no effect.
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

/// Returns HTML that shows a summary and unfolds the body on a click; nil if the body is empty.
package func markdownDetails(_ summary: String, _ body: String) -> String? {
    guard !body.isEmpty else { return nil }
    return "<details><summary>\(summary)</summary>\n\n\(body)\n\n</details>"
}

/// Returns the first lines that fit the limit, and a note that states how many lines are omitted. If `lines` is lazy,
/// the omitted lines are not evaluated.
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

/// Returns a Markdown list with as many items as the limit allows.
package func markdownList(_ items: some Collection<String>, noun: String, bytes limit: Int = 14_000) -> String {
    let (shown, more) = firstLines(items.lazy.map { "- \($0)" }, noun: noun, bytes: limit)
    return (shown + [more.map { "- \($0)" }].compactMap(\.self)).joined(separator: "\n")
}

/// Returns a Markdown table with as many rows as the limit allows; empty if there are no rows.
package func markdownTable(
    _ header: [String], _ rows: some Collection<[String]>, noun: String, bytes limit: Int = 14_000
) -> String {
    guard !rows.isEmpty else { return "" }
    let (shown, more) = firstLines(rows.lazy.map(tableLine), noun: noun, bytes: limit)
    return [(tableHead(header) + shown).joined(separator: "\n"), more].compactMap(\.self).joined(separator: "\n\n")
}

/// The maximum size of a page. Forges such as GitHub limit comments to 65,536 characters.
private let pageByteLimit = 60_000

/// Joins as many blocks as fit into one comment on a forge, with blank lines between them.
package func markdownPage(_ blocks: [String?]) -> String {
    let (shown, more) = firstLines(
        blocks.compactMap(\.self).filter { !$0.isEmpty }, noun: "section", bytes: pageByteLimit)
    return (shown + [more].compactMap(\.self)).joined(separator: "\n\n") + "\n"
}
