import Words

// Text in which a model put a tag before each sentence and another after it: `["deduction"]So it is 4.["end-section"]`.
// This is the format of the labels that Venhoff et al. (2025, arXiv:2506.18167) published for distilled R1 models.
// Their files are JSON lists whose objects have the tagged text and the text of the model.

func readInlineTags(_ bytes: ArraySlice<UInt8>) throws(ImportMistake) -> [ForeignDocument] {
    let file = try utf8(bytes)
    if let first = file.unicodeScalars.first(where: { !$0.properties.isWhitespace }),
        "[{".unicodeScalars.contains(first),
        let value = ForeignJSON(bytes)
    {
        let items = value.list ?? [value]
        let documents = items.compactMap { item -> ForeignDocument? in
            guard let tagged = item["annotated_response"]?.text ?? item["annotated_thinking"]?.text else { return nil }
            var document = readInlineTags(tagged)
            document.texts = ["thinking_process", "response"].compactMap { item[$0]?.text }
            return document
        }
        if documents.isEmpty {
            throw ImportMistake("no object of the JSON has \"annotated_response\"")
        }
        return documents
    }
    return [readInlineTags(file)]
}

private func readInlineTags(_ text: String) -> ForeignDocument {
    let scalars = Array(text.unicodeScalars)
    // Some models omit the quotes. In this form, a list such as [x] in the text looks like a tag, so tags with quotes
    // are preferred.
    let isQuoted = text.containsBytes("[\"end-section\"]")
    var document = ForeignDocument()
    var name: String?
    var start = 0
    func close(at end: Int) {
        let part = String(String.UnicodeScalarView(scalars[start..<end]))
        if let name {
            document.labels.append(ForeignLabel(.next, name, quote: part))
        } else if part.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) {
            document.omitted["untagged part", default: 0] += 1
            document.labels.append(ForeignLabel(.next, ForeignLabel.anchor, quote: part))
        }
    }
    var place = 0
    while place < scalars.count {
        guard scalars[place] == "[", let tag = tag(scalars[place...], isQuoted: isQuoted) else {
            place += 1
            continue
        }
        close(at: place)
        name = tag.name.hasSameBytes(as: "end-section") ? nil : tag.name
        place = tag.end
        start = place
    }
    close(at: scalars.count)
    return document
}

/// Reads a tag at the start of a text, such as `["deduction"]`, and returns where it ends.
private func tag(_ scalars: ArraySlice<Unicode.Scalar>, isQuoted: Bool) -> (name: String, end: Int)? {
    var rest = scalars.dropFirst()
    if isQuoted, rest.popFirst() != "\"" { return nil }
    let name = rest.prefix(60).prefix { $0.properties.isAlphabetic || "-_ ".unicodeScalars.contains($0) }
    rest = rest.dropFirst(name.count)
    if isQuoted, rest.popFirst() != "\"" { return nil }
    guard rest.popFirst() == "]", name.contains(where: \.properties.isAlphabetic) else { return nil }
    // Without quotes a single letter is more often mathematics than a label.
    if !isQuoted, name.count < 3 { return nil }
    return (String(String.UnicodeScalarView(name)), rest.startIndex)
}
