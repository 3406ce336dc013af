/// Escapes a text from a record for Markdown, so that it is shown literally on one line, without markup, links, tables
/// or HTML.
package func markdown(_ text: String) -> String {
    let words = text.split(whereSeparator: { $0 == " " || $0.isNewline || $0 == "\t" })
    let scalars = Array(escapeHidden(words.joined(separator: " ")).unicodeScalars)
    var result = String.UnicodeScalarView()
    for (index, scalar) in scalars.enumerated() {
        if isMarkup(scalar, at: index, in: scalars) { result.append("\\") }
        result.append(scalar)
        if startsReference(scalar, at: index, in: scalars) { result.append(contentsOf: "<!-- -->".unicodeScalars) }
    }
    return String(result)
}

/// Whether the sign at `index` begins a mention, an address or an issue number, which a forge such as GitHub would turn
/// into a link. The number of a claim, such as `#1` in `f#1`, is not such a reference. To prevent the link, the caller
/// inserts an empty comment after the sign.
private func startsReference(_ scalar: Unicode.Scalar, at index: Int, in scalars: [Unicode.Scalar]) -> Bool {
    guard index + 1 < scalars.count, scalar == "@" || scalar == "#" || scalar == "!" else { return false }
    let next = scalars[index + 1]
    if scalar == "@" { return isWord(next) }
    return isDigit(next) && (index == 0 || !isWord(scalars[index - 1]))
}

private func isWord(_ scalar: Unicode.Scalar) -> Bool {
    isDigit(scalar) || scalar.properties.isAlphabetic || scalar == "_" || scalar == "-"
}

private func isDigit(_ scalar: Unicode.Scalar) -> Bool { "0"..."9" ~= scalar }

/// Whether the scalar at `index` is markup in CommonMark or in a forge's dialect, which also links bare addresses.
private func isMarkup(_ scalar: Unicode.Scalar, at index: Int, in scalars: [Unicode.Scalar]) -> Bool {
    switch scalar {
    case "\\", "`", "*", "_", "[", "]", "<", ">", "&", "|", "~", "#", "$", "@", "!", "^", "{", "}": return true
    // A colon can belong to an address such as `https://…` or `mailto:…`.
    case ":": return index + 1 < scalars.count && scalars[index + 1] != " "
    // At the start of a line, these signs can begin list items. A point can also belong to an address such as `www.…`.
    case "+", "-", "=": return index == 0
    case ".", ")":
        guard index > 0 else { return false }
        if scalar == ".", "wW".unicodeScalars.contains(scalars[index - 1]) { return true }
        let isEnd = index + 1 == scalars.count || scalars[index + 1] == " "
        return isEnd && scalars[..<index].allSatisfy { ("0"..."9").contains($0) }
    default: return false
    }
}

/// Returns a link from a file in `folder` to the file at `path`, both relative to the ledger's root. Every byte outside
/// RFC 3986's unreserved set is percent-encoded.
package func markdownLink(_ text: String, from folder: String, to path: String) -> String {
    var up = pathParts(folder)
    var down = pathParts(path)
    while let first = up.first, down.count > 1, first == down[0] {
        up.removeFirst()
        down.removeFirst()
    }
    let target = (up.map { _ in ".." } + down.map { percentEncoded($0) }).joined(separator: "/")
    return "[\(markdown(text))](\(target))"
}
