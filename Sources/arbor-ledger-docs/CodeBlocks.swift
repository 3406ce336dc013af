import Atlas
import Words

extension Markup {
    /// Adds a block of code. Commands look different from their output. A block that is too wide scrolls.
    mutating func addCode(_ text: String, _ language: String) {
        let kind = CodeKind(language, text)
        tag("pre", .class(kind.rawValue), .number(.tabindex, 0)) { html in
            html.tag("code") { html in
                for part in kind.parts(of: escapeHiddenInLines(text)) {
                    switch part.role {
                    case .plain: html.literalText(part.text)
                    case .prompt: html.tag("span", .class("prompt")) { $0.literalText(part.text) }
                    case .command: html.tag("b") { $0.literalText(part.text) }
                    case .comment: html.tag("i") { $0.literalText(part.text) }
                    case .key: html.tag("span", .class("key")) { $0.literalText(part.text) }
                    }
                }
            }
        }
    }
}

/// What a block of code holds. Only what helps to read it is marked.
enum CodeKind: String {
    case commands, session, records, output, usage

    init(_ language: String, _ text: String) {
        self =
            switch language {
            case "sh": .commands
            case "yaml": .records
            case "usage": .usage
            default: text.startsWithBytes("$ ") ? .session : .output
            }
    }

    enum Role { case plain, prompt, command, comment, key }

    struct Part: Equatable {
        var role: Role
        var text: String
    }

    func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var continues = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if !parts.isEmpty { parts.append(Part(role: .plain, text: "\n")) }
            switch self {
            case .output, .usage: parts.append(Part(role: .plain, text: String(line)))
            case .commands, .records:
                let (code, comment) = splitComment(line)
                parts += self == .records ? splitKey(code) : [Part(role: .plain, text: code)]
                if !comment.isEmpty { parts.append(Part(role: .comment, text: comment)) }
            case .session:
                if line.utf8.starts(with: "$ ".utf8) {
                    parts += [Part(role: .prompt, text: "$ "), Part(role: .command, text: String(line.dropFirst(2)))]
                } else {
                    parts.append(Part(role: continues ? .command : .plain, text: String(line)))
                }
                continues = line.utf8.last == UInt8(ascii: "\\")
            }
        }
        // The line end of the last line.
        if parts.count > 1, parts.last == Part(role: .plain, text: "") { parts.removeLast(2) }
        return parts
    }

    /// A comment begins with a sharp after a space or at the start of the line.
    private func splitComment(_ line: Substring) -> (code: String, comment: String) {
        let bytes = Array(line.utf8)
        let place = bytes.indices.first { index in
            bytes[index] == UInt8(ascii: "#") && (index == 0 || bytes[index - 1] == UInt8(ascii: " "))
        }
        guard let place else { return (String(line), "") }
        return (String(decoding: bytes[..<place], as: UTF8.self), String(decoding: bytes[place...], as: UTF8.self))
    }

    /// A key is the first word of a line of YAML, if a colon follows.
    private func splitKey(_ line: String) -> [Part] {
        guard let match = line.prefixMatch(of: /[ -]*[A-Za-z_][\w.-]*:/) else {
            return [Part(role: .plain, text: line)]
        }
        let key = line[match.range]
        return [Part(role: .key, text: String(key)), Part(role: .plain, text: String(line[key.endIndex...]))]
    }
}
