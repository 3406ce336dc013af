/// Finds quotes in a text, where runs of white space count as one blank.
struct QuoteSearch {
    /// The text with one blank for each run of white space.
    private var folded: [Unicode.Scalar] = []
    /// The offset of each code point of `folded` in the text.
    private var offsets: [Int] = []
    /// The largest distance from its offset at which a quote is accepted if it occurs several times in the text.
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

    /// Returns the only occurrence of a quote in the text after `first`, or else the only one near an offset. The error
    /// is the reason why there is none.
    func place(of quote: String, near offset: Int, from first: Int = 0) throws(ImportMistake) -> Range<Int> {
        let wanted = foldedQuote(quote.unicodeScalars)
        guard !wanted.isEmpty else { throw ImportMistake("it has no text") }
        var (count, nearCount) = (0, 0)
        var found: Range<Int>?
        forEachStart(of: wanted) { start in
            let range = offsets[start]..<(offsets[start + wanted.count - 1] + 1)
            guard range.lowerBound >= first else { return }
            count += 1
            let isNear = abs(range.lowerBound - offset) <= Self.window
            if isNear { nearCount += 1 }
            if isNear || count == 1 { found = range }
        }
        if let found, count == 1 || nearCount == 1 { return found }
        let place = first > 0 ? "the rest of the trace" : "the trace"
        throw ImportMistake(
            count == 0 ? "\(place) does not have this text" : "\(place) has this text \(count) times")
    }

    /// Knuth, Morris and Pratt (1977): the time is linear in the lengths, so that no file makes the search slow.
    private func forEachStart(of wanted: [Unicode.Scalar], _ body: (Int) -> Void) {
        var borders = [0]
        var length = 0
        for scalar in wanted.dropFirst() {
            while length > 0, wanted[length] != scalar { length = borders[length - 1] }
            if wanted[length] == scalar { length += 1 }
            borders.append(length)
        }
        length = 0
        for (place, scalar) in folded.enumerated() {
            while length > 0, length == wanted.count || wanted[length] != scalar { length = borders[length - 1] }
            if wanted[length] == scalar { length += 1 }
            if length == wanted.count { body(place - length + 1) }
        }
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
