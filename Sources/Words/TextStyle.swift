/// The width, colour and length of text reports.
package struct TextStyle: Sendable {
    package var width: Int
    package var hasColour: Bool
    /// The top folder of the ledger if addresses and files are shown as links; otherwise nil.
    package var links: String?
    /// The maximum number of lines for one question or quantity; nil if there is no limit.
    package var lineLimit: Int?
    /// Whether to show numbers that most readers do not need.
    package var isVerbose: Bool

    package init(
        width: Int, hasColour: Bool, links: String? = nil, lineLimit: Int? = nil, isVerbose: Bool = false
    ) {
        self.width = width
        self.hasColour = hasColour
        self.links = links
        self.lineLimit = lineLimit
        self.isVerbose = isVerbose
    }

    package func bold(_ text: String) -> String { paint(text, "1") }
    package func dim(_ text: String) -> String { paint(text, "2") }
    package func red(_ text: String) -> String { paint(text, "31") }
    package func green(_ text: String) -> String { paint(text, "32") }
    package func yellow(_ text: String) -> String { paint(text, "33") }
    package func cyan(_ text: String) -> String { paint(text, "36") }

    private func paint(_ text: String, _ code: String) -> String {
        hasColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// Breaks a text between words so that each line, including its indent, fits the width. Does not break a word that
    /// is longer than a line.
    package func wrapped(_ text: String, indent: Int, first: Int? = nil) -> String {
        var lines: [String] = []
        var line = String(repeating: " ", count: first ?? indent)
        var filled = first ?? indent
        var isEmpty = true
        for word in text.split(whereSeparator: { $0 == " " || $0.isNewline }) {
            let count = columns(word)
            if !isEmpty && filled + 1 + count > width {
                lines.append(line)
                line = String(repeating: " ", count: indent)
                filled = indent
                isEmpty = true
            }
            if !isEmpty { line += " " }
            line += linked(word)
            filled += count + (isEmpty ? 0 : 1)
            isEmpty = false
        }
        return (lines + [line]).joined(separator: "\n")
    }
}

extension TextStyle {
    /// Truncates paragraphs to at most `limit` lines in total. The last line states how many lines are omitted.
    package func cut(_ paragraphs: [String], to limit: Int?, indent: Int) -> [String] {
        guard let limit, lineCount(paragraphs) > limit else { return paragraphs }
        var shown: [String] = []
        var rest = paragraphs[...]
        var room = limit - 1
        while let next = rest.first, lineCount([next]) <= room {
            room -= lineCount([next])
            shown.append(next)
            rest.removeFirst()
        }
        let more = "and \(counted(lineCount(rest), "more line")), printed with --all"
        return shown + [dim(wrapped(more, indent: indent))]
    }
}

package func lineCount(_ paragraphs: some Sequence<String>) -> Int {
    paragraphs.reduce(0) { $0 + 1 + $1.utf8.count { $0 == UInt8(ascii: "\n") } }
}

/// Shortens long words by removing their beginnings, because names in a column usually differ at their ends.
package func shorteningWords(of text: String, to width: Int) -> String {
    text.split(separator: " ", omittingEmptySubsequences: false)
        .map { $0.count <= width ? String($0) : "…" + $0.suffix(max(1, width - 1)) }.joined(separator: " ")
}

extension TextStyle {
    /// Makes a word a link (OSC 8) if it is a web address or the path of a ledger's file. Punctuation around it stays
    /// outside of the link.
    package func linked(_ word: some StringProtocol) -> String {
        guard let links, let last = word.lastIndex(where: { !")\"'`>,.;:".contains($0) }) else { return String(word) }
        let start = word.firstIndex { !"(\"'`<".contains($0) } ?? word.startIndex
        guard start <= last else { return String(word) }
        let (text, end) = (String(word[start...last]), word[word.index(after: last)...])
        guard let address = linkAddress(of: text, root: links) else { return String(word) }
        return "\(word[..<start])\u{1B}]8;;\(address)\u{1B}\\\(text)\u{1B}]8;;\u{1B}\\\(end)"
    }
}

/// The address of a web page or of a ledger's file.
private func linkAddress(of text: String, root: String) -> String? {
    if let address = webAddress(ofReference: text) { return address.contains("\\") ? nil : address }
    let folders = ["Claims/", "Findings/", "Verifiers/", "Traces/", "Codebooks/", "Resources/", "Kernels/"]
    guard text.utf8.allSatisfy({ 0x21..<0x7F ~= $0 && $0 != UInt8(ascii: "\\") }),
        folders.contains(where: { text.startsWithBytes($0) }),
        [".yaml", ".json", ".txt"].contains(where: { text.endsWithBytes($0) })
    else { return nil }
    return "file://" + percentEncoded("\(root)/\(text)", keeping: UInt8(ascii: "/"))
}

/// Returns the width of a text in columns, not counting colour codes.
private func columns(_ text: Substring) -> Int {
    let bytes = text.utf8
    if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return bytes.count }
    var count = 0
    var isEscape = false
    for character in text {
        if character == "\u{1B}" {
            isEscape = true
        } else if isEscape {
            isEscape = character != "m"
        } else {
            count += 1
        }
    }
    return count
}

/// Pads a text with spaces to a width; longer texts are unchanged.
package func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

/// Truncates a text to a width and ends a truncated text with an ellipsis.
package func shortened(_ text: String, _ width: Int) -> String {
    text.count <= width ? text : text.prefix(max(1, width - 1)) + "…"
}
