/// Comparisons byte by byte, as in git and file systems. The comparisons of `String` differ: a slash with a combining
/// accent is not a slash, and two Unicode spellings of a letter are equal.
extension StringProtocol {
    @inlinable package func startsWithBytes(_ prefix: some StringProtocol) -> Bool { utf8.starts(with: prefix.utf8) }

    @inlinable package func endsWithBytes(_ suffix: some StringProtocol) -> Bool {
        utf8.count >= suffix.utf8.count && utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }

    @inlinable package func containsBytes(_ part: some StringProtocol) -> Bool { utf8.firstRange(of: part.utf8) != nil }

    @inlinable package func hasSameBytes(as other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension String {
    /// Returns the text without the given ending, or nil if the text does not have this ending.
    @inlinable package func withoutEnding(_ ending: String) -> String? {
        endsWithBytes(ending) ? String(decoding: utf8.dropLast(ending.utf8.count), as: UTF8.self) : nil
    }

    /// Returns the text without the given beginning, or nil if the text does not have this beginning.
    package func withoutBeginning(_ beginning: String) -> String? {
        startsWithBytes(beginning) ? String(decoding: utf8.dropFirst(beginning.utf8.count), as: UTF8.self) : nil
    }
}
