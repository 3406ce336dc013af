/// The labels that one annotator gave to one trace: the content of an annotation file.
package struct Annotation: Sendable, Equatable {
    /// What made the labels.
    package enum Maker: String, Sendable, CaseIterable {
        case human, model, rule
    }

    /// The parts of a text that the annotator looked at. A missing label means "absent" only in these parts.
    package enum Coverage: Sendable, Equatable {
        case all
        /// Disjoint ranges of code points in ascending order.
        case ranges([Range<Int>])
    }

    /// A label on a range of the text.
    package struct Mark: Sendable, Equatable {
        package var range: Range<Int>
        package var label: String
        /// The value, for codebooks whose scale is ordinal or interval.
        package var value: Double?
        /// The text of the range.
        package var quote: String

        package init(_ range: Range<Int>, _ label: String, value: Double? = nil, quote: String) {
            (self.range, self.label, self.value, self.quote) = (range, label, value, quote)
        }
    }

    /// A relation between two segments, given by their numbers, counted from 0.
    package struct Link: Sendable, Equatable {
        package var from: Int
        package var to: Int
        package var relation: String

        package init(from: Int, to: Int, relation: String) {
            (self.from, self.to, self.relation) = (from, to, relation)
        }

        package static let dependsOn = "depends-on"
    }

    /// The slug of the trace.
    package var trace: String
    /// The SHA-256 of the trace's text.
    package var text: String
    package var codebook: String
    /// The digest of the codebook that the annotator used.
    package var version: String
    /// The handle of the annotator.
    package var annotator: String
    package var maker: Maker
    /// Whether the annotator did not see the labels of others before the annotation was complete.
    package var isBlind: Bool
    /// The SHA-256 of the annotation files that this file replaces, sorted.
    package var replaces: [String]
    package var coverage: Coverage
    /// The labels, sorted by range, label and value.
    package var marks: [Mark]
    package var links: [Link]
    /// The working time in minutes.
    package var minutes: Double?
    /// The program that made the file.
    package var tool: String

    package init(
        trace: String, text: String, codebook: String, version: String, annotator: String, maker: Maker,
        isBlind: Bool, replaces: [String] = [], coverage: Coverage = .all, marks: [Mark], links: [Link] = [],
        minutes: Double? = nil, tool: String
    ) {
        self.trace = trace
        self.text = text
        self.codebook = codebook
        self.version = version
        self.annotator = annotator
        self.maker = maker
        self.isBlind = isBlind
        self.replaces = replaces
        self.coverage = coverage
        self.marks = marks
        self.links = links
        self.minutes = minutes
        self.tool = tool
    }

    /// Sorts marks, links and other parts whose order has no meaning, and drops repeated ones.
    package mutating func sort() {
        replaces = Set(replaces).sorted()
        marks = uniqueSorted(marks) { ($0.range.lowerBound, $0.range.upperBound, $0.label, $0.value ?? -.infinity) }
        links = uniqueSorted(links) { ($0.from, $0.to, $0.relation, 0) }
    }
}

private func uniqueSorted<Element: Equatable>(
    _ elements: [Element], by key: (Element) -> (Int, Int, String, Double)
) -> [Element] {
    var unique: [Element] = []
    for element in elements.sorted(by: { key($0) < key($1) }) where unique.last != element { unique.append(element) }
    return unique
}

extension Annotation {
    /// The file's content: JSON with sorted keys and one label, link or range per line. Every annotation has exactly one
    /// spelling. Strings are escaped as `JSON.stringify` escapes them, so that the page and this function write the same
    /// bytes.
    package var encoded: [UInt8] {
        var members = [
            ("annotator", quoted(annotator)), ("blind", "\(isBlind)"), ("by", quoted(maker.rawValue)),
            ("codebook", quoted(codebook)),
        ]
        switch coverage {
        case .all: members.append(("covers", quoted("all")))
        case .ranges(let ranges):
            members.append(("covers", list(ranges.map { "[\($0.lowerBound), \($0.upperBound)]" })))
        }
        members.append(
            (
                "labels",
                list(
                    marks.map { mark in
                        let value = mark.value.map { ", \(numberText($0))" } ?? ""
                        return
                            "[\(mark.range.lowerBound), \(mark.range.upperBound), \(quoted(mark.label))\(value), \(quoted(mark.quote))]"
                    })
            ))
        members.append(("links", list(links.map { "[\($0.from), \($0.to), \(quoted($0.relation))]" })))
        if let minutes { members.append(("minutes", numberText(minutes))) }
        members += [
            ("replaces", list(replaces.map(quoted))), ("text", quoted(text)), ("tool", quoted(tool)),
            ("trace", quoted(trace)), ("version", quoted(version)),
        ]
        let lines = members.map { "  \"\($0)\": \($1)" }.joined(separator: ",\n")
        return Array("{\n\(lines)\n}\n".utf8)
    }
}

/// Returns a JSON list with one element per line.
private func list(_ elements: [String]) -> String {
    elements.isEmpty ? "[]" : "[\n    \(elements.joined(separator: ",\n    "))\n  ]"
}

/// Returns the shortest decimal text of a number, as JavaScript writes numbers from 1e-6 to 1e15.
package func numberText(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return "\(Int(value))" }
    let parts = "\(value)".split(separator: "e")
    // Swift writes an exponent below 1e-4.
    guard parts.count == 2, let exponent = Int(parts[1]), -6..<0 ~= exponent else { return "\(value)" }
    let digits = parts[0].filter(\.isNumber)
    return (value < 0 ? "-0." : "0.") + String(repeating: "0", count: -exponent - 1) + digits
}

/// Returns a JSON string, escaped as `JSON.stringify` escapes it.
private func quoted(_ text: String) -> String {
    var json = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": json += "\\\""
        case "\\": json += "\\\\"
        case "\u{8}": json += "\\b"
        case "\t": json += "\\t"
        case "\n": json += "\\n"
        case "\u{C}": json += "\\f"
        case "\r": json += "\\r"
        case "\0"..<" ":
            let digits = String(scalar.value, radix: 16)
            json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: json.unicodeScalars.append(scalar)
        }
    }
    return json + "\""
}

extension Annotation {
    /// The keys of the file.
    package enum Key: String, CodingKey, CaseIterable {
        case annotator, blind, by, codebook, covers, labels, links, minutes, replaces, text, tool, trace, version
    }

    /// The line of the file at which a key stands, counted from 1.
    package func line(of key: Key) -> Int {
        let earlier = Key.allCases.prefix { $0 != key }.filter { $0 != .minutes || minutes != nil }
        return 2 + earlier.reduce(0) { $0 + lineCount($1) }
    }

    /// The line of the file at which a mark stands, counted from 1.
    package func line(ofMark number: Int) -> Int { line(of: .labels) + 1 + number }

    private func lineCount(_ key: Key) -> Int {
        let elements =
            switch key {
            case .covers: if case .ranges(let ranges) = coverage { ranges.count } else { 0 }
            case .labels: marks.count
            case .links: links.count
            case .replaces: replaces.count
            case .annotator, .blind, .by, .codebook, .minutes, .text, .tool, .trace, .version: 0
            }
        return elements == 0 ? 1 : elements + 2
    }
}

extension Annotation {
    /// Returns whether another annotation differs at most in the files that it replaces.
    package func saysTheSame(as other: Annotation) -> Bool {
        var other = other
        other.replaces = replaces
        return self == other
    }
}
