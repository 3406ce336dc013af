import Words

extension AnnotationImport {
    /// Places the labels of a document, which must be of this trace.
    package func place(_ document: ForeignDocument) throws(ImportMistake) -> ImportedLabels {
        guard document.labels.count + document.links.count <= Self.labelLimit else {
            throw ImportMistake(
                "there are more than \(Self.labelLimit) labels and links", remedy: "split the trace into several")
        }
        var document = document
        if let offsetUnit { document.units = [offsetUnit] }
        var placing = try Placing(self, document)
        return placing.result()
    }

    /// Each label can cost a search of the whole text.
    private static let labelLimit = 20_000
}

/// A label at its place in the trace.
struct PlacedLabel {
    var foreign: ForeignLabel
    var label: String
    var value: Double?
    /// Ranges of the trace in ascending order.
    var ranges: [Range<Int>]
    /// The distance from the offset in the file.
    var distance: Int

    var start: Int { ranges[0].lowerBound }
    var end: Int { ranges[ranges.count - 1].upperBound }
}

/// One import: a document on its way into a trace.
struct Placing {
    let rules: AnnotationImport
    let document: ForeignDocument
    private let source: SourceText
    private let hasText: Bool
    private let search: QuoteSearch
    /// Where the next label of a file without offsets is expected.
    private var cursor = 0
    /// The end of the last label of a file without offsets.
    private var lastEnd = 0
    var imported = ImportedLabels()
    var located: [String: [Range<Int>]] = [:]
    /// Where labels were refused.
    var unknown: [Range<Int>] = []
    var seenLinks: Set<[Int]> = []

    init(_ rules: AnnotationImport, _ document: ForeignDocument) throws(ImportMistake) {
        (self.rules, self.document) = (rules, document)
        search = QuoteSearch(rules.text)
        hasText = !document.texts.isEmpty
        func source(_ unit: OffsetUnit) -> SourceText {
            document.texts.lazy.compactMap { SourceText($0, unit, of: rules.text) }.first
                ?? SourceText(unit, of: rules.text)
        }
        let sources = document.units.map(source)
        var best = (source: sources[0], count: -1)
        if sources.count > 1 {
            guard document.labels.allSatisfy({ Self.hasOneReading($0, sources) }) else {
                throw ImportMistake(
                    "the offsets can count code points, UTF-16 units or grapheme clusters, and no quotes tell which",
                    remedy: "name what they count with --offsets")
            }
            for source in sources {
                let count = document.labels.count { Self.isAtOffset($0, source, rules.text) }
                if count > best.count { best = (source, count) }
            }
        }
        self.source = best.source
    }

    mutating func result() -> ImportedLabels {
        imported.refused = document.refused
        imported.omitted = document.omitted
        var labels: [PlacedLabel] = []
        for label in document.labels {
            do throws(ImportMistake) {
                let (ranges, distance) = try locate(label)
                if let id = label.id { located[id] = ranges }
                if label.isAnchor { continue }
                do throws(ImportMistake) {
                    labels.append(try named(label, ranges, distance))
                } catch {
                    refuse(label, ranges, error.message)
                }
            } catch {
                if !label.isAnchor { refuse(label, ranges(of: label), error.message) }
            }
        }
        labels = withoutOverlaps(labels)
        switch rules.unit {
        case .segment: fit(labels)
        case .span, .trace: for label in labels { take(label) }
        }
        for foreign in document.links { link(foreign) }
        imported.coverage = coverage(of: labels)
        sortMarks()
        return imported
    }

    private mutating func sortMarks() {
        imported.marks.sort {
            ($0.range.lowerBound, $0.range.upperBound, $0.label) < ($1.range.lowerBound, $1.range.upperBound, $1.label)
        }
        imported.links.sort { ($0.from, $0.to) < ($1.from, $1.to) }
    }

    mutating func refuse(_ label: ForeignLabel, _ ranges: [Range<Int>], _ reason: String) {
        let quote = label.quote ?? ranges.first.map { rules.text[$0.prefix(61)] } ?? ""
        imported.refused.append(RefusedLabel(label.name, quote: quote, reason))
        unknown += ranges
    }
}

// Where a label is.
extension Placing {
    /// Returns the ranges of a label and their distance from the offset in the file.
    private mutating func locate(_ label: ForeignLabel) throws(ImportMistake) -> ([Range<Int>], Int) {
        switch label.position {
        case .whole:
            guard rules.text.count > 0 else { throw ImportMistake("the trace is empty") }
            return ([0..<rules.text.count], 0)
        case .ranges(let parts):
            guard hasText || label.quote != nil else {
                throw ImportMistake("the file has neither its text nor the text of the trace")
            }
            if Self.isAtOffset(label, source, rules.text) { return (ranges(of: label), 0) }
            guard let quote = label.quote, let first = parts.first else {
                throw ImportMistake("its offsets are outside of the text")
            }
            let offset = ranges(of: label).first?.lowerBound ?? min(first.lowerBound, rules.text.count)
            let range = try search.place(of: quote, near: offset)
            return ([range], abs(range.lowerBound - offset))
        case .next:
            return try locateNext(label.quote ?? "")
        }
    }

    /// Places a label after the label before it. If its text is not there, the next label is expected one length later.
    private mutating func locateNext(_ quote: String) throws(ImportMistake) -> ([Range<Int>], Int) {
        let text = rules.text
        let wanted = foldedQuote(quote.unicodeScalars)
        guard !wanted.isEmpty else { throw ImportMistake("it has no text") }
        while cursor < text.count, text.scalars[cursor].properties.isWhitespace { cursor += 1 }
        let expected = cursor
        let range: Range<Int>
        if let end = end(of: wanted, at: expected) {
            range = expected..<end
        } else {
            do {
                range = try search.place(of: quote, near: expected, from: lastEnd)
            } catch {
                cursor = min(expected + wanted.count, text.count)
                throw error
            }
        }
        (cursor, lastEnd) = (range.upperBound, range.upperBound)
        return ([range], abs(range.lowerBound - expected))
    }

    /// Returns where a folded quote ends that begins at an offset.
    private func end(of wanted: [Unicode.Scalar], at start: Int) -> Int? {
        let scalars = rules.text.scalars
        var place = start
        for scalar in wanted {
            guard place < scalars.count else { return nil }
            if scalar == " " {
                guard scalars[place].properties.isWhitespace else { return nil }
                while place < scalars.count, scalars[place].properties.isWhitespace { place += 1 }
            } else {
                guard scalars[place] == scalar else { return nil }
                place += 1
            }
        }
        return place
    }

    /// Returns a label's ranges in the trace. Parts of a span that only white space separates are one range.
    private func ranges(of label: ForeignLabel) -> [Range<Int>] { Self.ranges(of: label, source, rules.text) }

    private static func ranges(of label: ForeignLabel, _ source: SourceText, _ text: TraceText) -> [Range<Int>] {
        guard case .ranges(let parts) = label.position else { return [] }
        var joined: [Range<Int>] = []
        for part in parts.compactMap(source.range) {
            if let last = joined.last, last.upperBound <= part.lowerBound,
                text.scalars[last.upperBound..<part.lowerBound].allSatisfy(isGap)
            {
                joined[joined.count - 1] = last.lowerBound..<part.upperBound
            } else {
                joined.append(part)
            }
        }
        return joined
    }

    /// Returns whether the place of a label is certain: it has a quote, or all units of offsets give the same place.
    private static func hasOneReading(_ label: ForeignLabel, _ sources: [SourceText]) -> Bool {
        guard label.quote == nil, case .ranges(let parts) = label.position else { return true }
        return parts.allSatisfy { part in Set(sources.map { $0.range(part) }).count == 1 }
    }

    /// Returns whether the trace has a label's quote at its offsets.
    private static func isAtOffset(_ label: ForeignLabel, _ source: SourceText, _ text: TraceText) -> Bool {
        guard case .ranges(let parts) = label.position else { return false }
        let ranges = parts.compactMap(source.range)
        guard !parts.isEmpty, ranges.count == parts.count else { return false }
        guard let quote = label.quote else { return true }
        return hasQuote(foldedQuote(quote.unicodeScalars), ranges, text)
    }

    /// Returns whether ranges of the text, joined with blanks, have the characters of a folded quote.
    private static func hasQuote(_ wanted: [Unicode.Scalar], _ ranges: [Range<Int>], _ text: TraceText) -> Bool {
        var rest = wanted[...]
        var isAfterSpace = false
        for range in ranges {
            isAfterSpace = true
            for scalar in text.scalars[range] {
                guard !scalar.properties.isWhitespace else {
                    isAfterSpace = true
                    continue
                }
                if isAfterSpace, rest.startIndex > 0, rest.popFirst() != " " { return false }
                isAfterSpace = false
                if rest.popFirst() != scalar { return false }
            }
        }
        return rest.isEmpty
    }
}

// What a label means.
extension Placing {
    private func named(_ label: ForeignLabel, _ ranges: [Range<Int>], _ distance: Int) throws(ImportMistake)
        -> PlacedLabel
    {
        guard let meaning = rules.meaning(of: label.name) else {
            throw ImportMistake("the codebook has no such label")
        }
        let value = (meaning.value ?? label.value).map { $0 + 0 }
        if rules.hasValues {
            guard let value else { throw ImportMistake("it has no value") }
            guard value.isFinite, rules.values.isEmpty || rules.values.contains(value) else {
                throw ImportMistake("the codebook has no value \(value)")
            }
        }
        switch (rules.unit, label.position) {
        case (.segment, .whole), (.span, .whole):
            throw ImportMistake("it labels the whole text; the codebook labels parts")
        case (.span, _) where ranges.count > 1:
            throw ImportMistake("it has \(ranges.count) separate parts")
        case (.trace, .ranges), (.trace, .next):
            let scalars = rules.text.scalars
            guard ranges.count == 1, scalars[..<ranges[0].lowerBound].allSatisfy(isGap),
                scalars[ranges[0].upperBound...].allSatisfy(isGap)
            else { throw ImportMistake("it labels a part; the codebook labels whole texts") }
            return PlacedLabel(
                foreign: label, label: meaning.label, value: rules.hasValues ? value : nil,
                ranges: [0..<rules.text.count], distance: distance)
        case (.segment, _), (.span, _), (.trace, .whole):
            return PlacedLabel(
                foreign: label, label: meaning.label, value: rules.hasValues ? value : nil, ranges: ranges,
                distance: distance)
        }
    }

    /// Refuses labels that overlap another span of the same label.
    private mutating func withoutOverlaps(_ labels: [PlacedLabel]) -> [PlacedLabel] {
        var last: [String: PlacedLabel] = [:]
        var kept: [PlacedLabel] = []
        for label in labels.sorted(by: { ($0.start, -$0.end) < ($1.start, -$1.end) }) {
            if let before = last[label.label], before.end > label.start {
                let isSame = before.ranges == label.ranges && before.value == label.value
                let reason = isSame ? "it repeats another label" : "it overlaps another span of the same label"
                let quote = rules.text[label.ranges[0].prefix(61)]
                imported.refused.append(RefusedLabel(label.foreign.name, quote: quote, reason))
            } else {
                last[label.label] = label
                kept.append(label)
            }
        }
        return kept
    }
}

/// Returns whether a character only separates: white space, or a control character at which programs end a line.
func isGap(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || ("\u{1C}"..."\u{1F}").contains(scalar)
}
