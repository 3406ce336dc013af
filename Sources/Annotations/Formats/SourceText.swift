/// The text of a foreign file, matched with the text of a trace. It translates offsets from one to the other.
struct SourceText {
    /// The offset in the trace of each offset in the source; -1 inside a surrogate pair.
    private let offsets: [Int]

    /// Returns nil if the texts differ by more than a byte order mark or carriage returns before line feeds.
    init?(_ source: String, _ unit: OffsetUnit, of text: TraceText) {
        self.init(source, unit, skippedFirst: 0, text)
        if offsets.isEmpty, source.unicodeScalars.first == "\u{FEFF}" {
            self.init(source, unit, skippedFirst: 1, text)
        }
        if offsets.isEmpty { return nil }
    }

    /// Matches the text of a trace with itself, for files that contain no text.
    init(_ unit: OffsetUnit, of text: TraceText) {
        self.init(text[0..<text.count], unit, skippedFirst: 0, text)
    }

    /// Leaves the offsets empty if the texts differ.
    private init(_ source: String, _ unit: OffsetUnit, skippedFirst: Int, _ text: TraceText) {
        let scalars = Array(source.unicodeScalars)
        var places: [Int] = []
        places.reserveCapacity(scalars.count + 1)
        var place = 0
        for (index, scalar) in scalars.enumerated() {
            places.append(place)
            if index < skippedFirst { continue }
            if place < text.count, text.scalars[place] == scalar {
                place += 1
            } else if scalar != "\r" || index + 1 == scalars.count || scalars[index + 1] != "\n" {
                offsets = []
                return
            }
        }
        guard place == text.count else {
            offsets = []
            return
        }
        places.append(place)
        switch unit {
        case .codePoints: offsets = places
        case .utf16:
            offsets = zip(scalars, places).flatMap { $0.utf16.count == 2 ? [$1, -1] : [$1] } + [place]
        case .graphemes:
            var first = 0
            offsets =
                source.map { character in
                    defer { first += character.unicodeScalars.count }
                    return places[first]
                } + [place]
        }
    }

    /// Returns the range of the trace for a range of the source, or nil if it does not lie between characters.
    func range(_ range: Range<Int>) -> Range<Int>? {
        guard range.lowerBound >= 0, range.upperBound < offsets.count else { return nil }
        let (start, end) = (offsets[range.lowerBound], offsets[range.upperBound])
        return start >= 0 && start < end ? start..<end : nil
    }
}

/// Returns a sentence that says where two texts first differ.
func firstDifference(_ source: String, from text: TraceText) -> String {
    var (line, column) = (1, 1)
    var rest = source.unicodeScalars.drop { $0 == "\u{FEFF}" && text.scalars.first != $0 }
    var place = 0
    func near(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        return text.isEmpty ? "the end" : "\"\(text)\""
    }
    while let scalar = rest.first, place < text.count {
        if scalar == "\r", text.scalars[place] == "\n" {
            rest.removeFirst()
            continue
        }
        guard scalar == text.scalars[place] else { break }
        (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
        place += 1
        rest.removeFirst()
    }
    return
        "it differs first in line \(line), column \(column): \(near(rest.prefix(20))) in the file, "
        + "\(near(text.scalars[place...].prefix(20))) in the trace"
}
