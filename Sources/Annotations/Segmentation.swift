/// A rule that splits a text into segments.
package enum Segmentation: String, Sendable, CaseIterable {
    /// Sentences. A line feed ends a segment. It also ends after a sequence of `。`, `！` or `？`, and after a sequence of
    /// `.`, `!`, `?` or `…` that white space follows; closing brackets and quotation marks may come before the white
    /// space. A full stop after a single letter, an abbreviation, or a number at the start of a line does not end a
    /// segment. Segments neither begin nor end with white space.
    case sentence = "sentence-1"

    /// Returns the segments of a text in order, as ranges of code points.
    package func segments(of text: TraceText) -> [Range<Int>] {
        let scalars = text.scalars
        var segments: [Range<Int>] = []
        var start = 0
        func end(at end: Int) {
            var (low, high) = (start, end)
            while low < high, scalars[low].properties.isWhitespace { low += 1 }
            while high > low, scalars[high - 1].properties.isWhitespace { high -= 1 }
            if low < high { segments.append(low..<high) }
            start = end
        }
        var place = 0
        while place < scalars.count {
            let scalar = scalars[place]
            if scalar == "\n" {
                place += 1
                end(at: place)
                continue
            }
            guard isTerminator(scalar) else {
                place += 1
                continue
            }
            let first = place
            while place < scalars.count, isTerminator(scalars[place]) { place += 1 }
            let endsAnywhere = scalars[first..<place].contains(where: isFullWidthTerminator)
            let isOneStop = place == first + 1 && scalar == "."
            while place < scalars.count, isClosing(scalars[place]) { place += 1 }
            let isBeforeSpace = place == scalars.count || scalars[place].properties.isWhitespace
            if endsAnywhere || isBeforeSpace && !(isOneStop && isAbbreviation(scalars[start..<first])) {
                end(at: place)
            }
        }
        end(at: scalars.count)
        return segments
    }
}

private func isTerminator(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "." || scalar == "!" || scalar == "?" || scalar == "…" || isFullWidthTerminator(scalar)
}

private func isFullWidthTerminator(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "。" || scalar == "！" || scalar == "？"
}

private func isClosing(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\"" || scalar == "'"
        || [.closePunctuation, .finalPunctuation].contains(scalar.properties.generalCategory)
}

/// Words before a full stop that usually do not end a sentence.
private let abbreviations: Set<String> = [
    "al", "cf", "dr", "e.g", "eq", "etc", "fig", "i.e", "mr", "mrs", "ms", "no", "prof", "resp", "vs",
]

/// Returns whether a full stop after a segment's text belongs to its last word.
private func isAbbreviation(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
    let end = text.lastIndex { $0.properties.isWhitespace || $0 == "(" || $0 == "[" }
    let word = text[(end.map { $0 + 1 } ?? text.startIndex)...]
    if word.count == 1, let letter = word.first, letter.properties.isAlphabetic { return true }
    if !word.isEmpty, word.allSatisfy({ ("0"..."9").contains($0) }),
        text.prefix(upTo: word.startIndex).allSatisfy(\.properties.isWhitespace)
    {
        return true
    }
    return abbreviations.contains(String(String.UnicodeScalarView(word)).lowercased())
}
