/// Returns a count with its noun, such as `1 claim` or `2 claims`.
package func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(count) \(count == 1 ? noun : plural ?? "\(noun)s")"
}

/// Joins words into a list, such as `a`, `a and b` or `a, b and c`.
package func listed(_ words: [String], _ conjunction: String = "and") -> String {
    guard words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " \(conjunction) " + words[words.count - 1]
}

package func shortList(_ words: [String]) -> [String] {
    words.count > 5 ? Array(words.prefix(4)) + ["\(words.count - 4) more"] : words
}

/// Returns a text with its first letter in upper case.
package func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

extension Dictionary where Key == String {
    /// The values in the order of the bytes of their keys.
    package var valuesByKey: [Value] {
        sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
    }
}
