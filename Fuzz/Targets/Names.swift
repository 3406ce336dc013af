import Records
import Words

/// Checks that names are safe, and that the path of a record's place belongs to no other place.
func namesViolation(_ bytes: [UInt8]) -> String? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let path = normalisedPath(text)
    let climbs = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
        .contains { ["", ".", ".."].contains(String(decoding: Array($0), as: UTF8.self)) }
    if path != "/", climbs || normalisedPath(path) != path { return "\"\(text)\" normalises to \"\(path)\"" }
    if isName(text) {
        if text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F || $0 == UInt8(ascii: "/") }) {
            return "\"\(text)\" is accepted as a name"
        }
        if text == ".." || text == "." || text.isEmpty { return "\"\(text)\" is accepted as a name" }
    }
    guard let place = RecordPlace(path: text) else { return nil }
    let file = decode(SourceFile(path: text, bytes: Array("title: x\n".utf8)))
    let isRefused = file.diagnostics.contains { $0.code == .badName }
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    for part in parts.dropFirst() {
        var part = String(decoding: Array(part), as: UTF8.self)
        if part.hasSuffix(".yaml") { part.removeLast(5) }
        if !isName(part) && !isRefused && !part.hasSuffix(".json") { return "\"\(text)\" is not rejected" }
    }
    for diagnostic in file.diagnostics {
        let line = escapeHidden(diagnostic.path + diagnostic.message + (diagnostic.fix ?? ""))
        if let violation = printingViolation(line.utf8, "a diagnostic") { return violation }
    }
    if isRefused { return nil }
    if case .finding(let slug) = place { return place.path == "Findings/\(slug).yaml" ? nil : "a finding elsewhere" }
    if RecordPlace(path: place.path) != place { return "\"\(text)\" is \(place), whose path is another place" }
    return nil
}
