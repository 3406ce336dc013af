import Words

// The standoff format of brat (https://brat.nlplab.org/standoff.html). Offsets count code points of the text file, or
// UTF-16 units if brat ran on a narrow build of Python 2. Each annotation is one line, so a label whose text contains a
// line end is written as a discontinuous span.

/// Returns whether the first line is an annotation of brat: a letter and a number, a tab, and a type.
func isBrat(_ text: String) -> Bool {
    guard let line = text.split(separator: "\n").first,
        let tab = line.unicodeScalars.firstIndex(of: "\t")
    else { return false }
    let id = line.unicodeScalars[..<tab]
    guard let kind = id.first, "TREAMN#*".unicodeScalars.contains(kind) else { return false }
    return id.dropFirst().allSatisfy { ("0"..."9").contains($0) } && (id.count > 1 || kind == "*")
}

func readBrat(_ file: String) -> ForeignDocument {
    var document = ForeignDocument(units: [.codePoints, .utf16])
    var places: [String: Int] = [:]
    var values: [(id: String, value: Double)] = []
    for line in file.unicodeScalars.split(separator: "\n") {
        let fields = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false).map { String($0) }
        guard let id = fields.first, fields.count > 1, let kind = id.unicodeScalars.first else {
            if line.contains(where: { !$0.properties.isWhitespace }) {
                document.refused.append(RefusedLabel("", quote: String(line), "the line is not an annotation"))
            }
            continue
        }
        let words = fields[1].unicodeScalars.split(whereSeparator: \.properties.isWhitespace).map { String($0) }
        switch kind {
        case "T":
            var quote = fields.count > 2 ? fields[2] : ""
            if quote.unicodeScalars.last == "\r" { quote.unicodeScalars.removeLast() }
            guard let name = words.first, let ranges = bratRanges(fields[1]) else {
                document.refused.append(RefusedLabel(words.first ?? id, quote: quote, "its offsets are not readable"))
                continue
            }
            places[id] = document.labels.count
            document.labels.append(
                ForeignLabel(.ranges(ranges), name, quote: quote.isEmpty ? nil : quote, id: id))
        case "R":
            guard words.count == 3, let from = words[1].argument, let to = words[2].argument else {
                document.refused.append(RefusedLabel(words.first ?? id, quote: "", "the relation is not readable"))
                continue
            }
            document.links.append(ForeignLink(from: from, to: to, name: words[0]))
        case "A":
            if words.count == 3, foldedName(words[0]) == "value", let value = Double(words[2]) {
                values.append((words[1], value))
            } else {
                document.omitted["attribute", default: 0] += 1
            }
        case "#": document.omitted["note", default: 0] += 1
        case "E", "M", "N", "*":
            let nouns: [Unicode.Scalar: String] = ["E": "event", "M": "modifier", "N": "normalization"]
            let noun = nouns[kind] ?? "equivalence"
            document.refused.append(
                RefusedLabel(words.first ?? id, quote: "", "an annotation has no place for this \(noun)"))
        default: document.refused.append(RefusedLabel(id, quote: "", "the line is not an annotation"))
        }
    }
    for (id, value) in values {
        if let place = places[id] {
            document.labels[place].value = value
        } else {
            document.refused.append(RefusedLabel("value", quote: "", "there is no label \(id)"))
        }
    }
    return document
}

extension String {
    /// The second part of an argument such as `Arg1:T1`.
    fileprivate var argument: String? {
        let parts = unicodeScalars.split(separator: ":")
        return parts.count == 2 ? String(parts[1]) : nil
    }
}

/// Reads offsets such as `label 0 5;6 9`.
private func bratRanges(_ field: String) -> [Range<Int>]? {
    guard let space = field.unicodeScalars.firstIndex(of: " ") else { return nil }
    var ranges: [Range<Int>] = []
    for part in field.unicodeScalars[space...].split(separator: ";") {
        let numbers = part.split(whereSeparator: \.properties.isWhitespace).map { Int(String($0)) }
        guard numbers.count == 2, let range = range(numbers[0], numbers[1]),
            ranges.last.map({ $0.upperBound <= range.lowerBound }) ?? true
        else { return nil }
        ranges.append(range)
    }
    return ranges.isEmpty ? nil : ranges
}

extension Annotation {
    /// Returns the lines of brat's `.ann` file, and the number of labels that lose line ends at their borders, or that
    /// are only line ends and so cannot be written.
    package func brat(of text: TraceText, _ segmentation: Segmentation) -> (file: String, changed: Int) {
        var lines: [String] = []
        var changed = 0
        var ids: [Range<Int>: String] = [:]
        var count = 0
        func addLabel(_ range: Range<Int>, _ name: String) -> String? {
            let parts = bratParts(range, of: text)
            if parts.first?.lowerBound != range.lowerBound || parts.last?.upperBound != range.upperBound {
                changed += 1
            }
            guard !parts.isEmpty else { return nil }
            count += 1
            let id = "T\(count)"
            let offsets = parts.map { "\($0.lowerBound) \($0.upperBound)" }.joined(separator: ";")
            lines.append("\(id)\t\(name) \(offsets)\t\(parts.map { text[$0] }.joined(separator: " "))")
            if ids[range] == nil { ids[range] = id }
            return id
        }
        var values = 0
        for mark in marks {
            guard let id = addLabel(mark.range, mark.label), let value = mark.value else { continue }
            values += 1
            lines.append("A\(values)\tvalue \(id) \(numberText(value))")
        }
        let segments = links.isEmpty ? [] : segmentation.segments(of: text)
        for (number, link) in links.enumerated() where max(link.from, link.to) < segments.count {
            let ends = [link.from, link.to].compactMap { end in
                ids[segments[end]] ?? addLabel(segments[end], ForeignLabel.anchor)
            }
            guard ends.count == 2 else { continue }
            lines.append("R\(number + 1)\t\(link.relation) Arg1:\(ends[0]) Arg2:\(ends[1])")
        }
        return (lines.map { $0 + "\n" }.joined(), changed)
    }
}

/// Splits a range at line ends, so that each part fits on one line.
private func bratParts(_ range: Range<Int>, of text: TraceText) -> [Range<Int>] {
    text.scalars[range].split(whereSeparator: endsLine).map(\.indices)
}

/// Returns whether Python's `splitlines`, by which brat reads files, ends a line at a character.
private func endsLine(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\n", "\u{B}", "\u{C}", "\r", "\u{1C}", "\u{1D}", "\u{1E}", "\u{85}", "\u{2028}", "\u{2029}": true
    default: false
    }
}

/// Returns the file `annotation.conf`, which tells brat which labels, links and values there are.
package func bratConfiguration(labels: [String], values: [Double]) -> String {
    let attributes =
        values.isEmpty ? "" : "value\tArg:<ENTITY>, Value:\(values.map(numberText).joined(separator: "|"))\n"
    return """
        [entities]
        \((labels + [ForeignLabel.anchor]).joined(separator: "\n"))
        [relations]
        \(Annotation.Link.dependsOn)\tArg1:<ENTITY>, Arg2:<ENTITY>
        [events]
        [attributes]
        \(attributes)
        """
}
