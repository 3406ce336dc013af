/// Finds quotes in a text, where runs of white space count as one blank.
struct QuoteSearch {
    /// The text with one blank for each run of white space.
    private var folded: [Unicode.Scalar] = []
    /// The offset of each code point of `folded` in the text.
    private var offsets: [Int] = []
    private var known: [[Unicode.Scalar]: [Range<Int>]] = [:]
    /// How far from its offset a quote is looked for that occurs several times in the text.
    static let window = 500

    init(_ text: TraceText) {
        for (offset, scalar) in text.scalars.enumerated() {
            guard scalar.properties.isWhitespace else {
                folded.append(scalar)
                offsets.append(offset)
                continue
            }
            if folded.last != " " {
                folded.append(" ")
                offsets.append(offset)
            }
        }
    }

    /// Returns the ranges of the text that have the same characters as a quote, apart from white space.
    mutating func occurrences(of quote: String) -> [Range<Int>] {
        let wanted = foldedQuote(quote.unicodeScalars)
        guard !wanted.isEmpty else { return [] }
        if let ranges = known[wanted] { return ranges }
        let ranges = starts(of: wanted).map { offsets[$0]..<(offsets[$0 + wanted.count - 1] + 1) }
        // Repeated labels repeat few quotes; a list for each prefix of a hostile text would not fit in memory.
        if ranges.count < 100 { known[wanted] = ranges }
        return ranges
    }

    /// Returns the only occurrence of a quote in the text after `first`, or else the only one near an offset. The error
    /// is the reason why there is none.
    mutating func place(of quote: String, near offset: Int, from first: Int = 0) throws(ImportMistake) -> Range<Int> {
        let found = occurrences(of: quote).filter { $0.lowerBound >= first }
        if found.count == 1 { return found[0] }
        let near = found.filter { abs($0.lowerBound - offset) <= Self.window }
        if near.count == 1 { return near[0] }
        let place = first > 0 ? "the rest of the trace" : "the trace"
        throw ImportMistake(
            found.isEmpty ? "\(place) does not have this text" : "\(place) has this text \(found.count) times")
    }

    /// Knuth, Morris and Pratt (1977): the time is linear in the lengths, so that no file makes the search slow.
    private func starts(of wanted: [Unicode.Scalar]) -> [Int] {
        var borders = [0]
        var length = 0
        for scalar in wanted.dropFirst() {
            while length > 0, wanted[length] != scalar { length = borders[length - 1] }
            if wanted[length] == scalar { length += 1 }
            borders.append(length)
        }
        var starts: [Int] = []
        length = 0
        for (place, scalar) in folded.enumerated() {
            while length > 0, length == wanted.count || wanted[length] != scalar { length = borders[length - 1] }
            if wanted[length] == scalar { length += 1 }
            if length == wanted.count { starts.append(place - length + 1) }
        }
        return starts
    }
}

/// Returns a text without white space at its ends, and with one blank for each other run of white space.
func foldedQuote(_ scalars: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
    var folded: [Unicode.Scalar] = []
    var isAfterSpace = false
    for scalar in scalars {
        guard !scalar.properties.isWhitespace else {
            isAfterSpace = true
            continue
        }
        if isAfterSpace, !folded.isEmpty { folded.append(" ") }
        isAfterSpace = false
        folded.append(scalar)
    }
    return folded
}
