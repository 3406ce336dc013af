import Words

/// Patterns that put labels on segments.
///
/// A file of rules has one `label: pattern` per line. Empty lines and lines that begin with `#` are left out. A segment
/// gets a label if one of the label's patterns matches a part of the segment.
package struct LabelRules: Sendable, Equatable {
    package struct Rule: Sendable, Equatable {
        package var label: String
        /// A regular expression as `Regex` reads it.
        package var pattern: String
        /// The line of the file, counted from 1.
        package var line: Int

        /// Returns the segments that contain a match. With a bad pattern, the time can grow exponentially with the
        /// length of a segment.
        package func matches(in text: TraceText, _ segments: [Range<Int>]) throws(LabelRuleMistake) -> [Range<Int>] {
            let regex = try regex
            do {
                return try segments.filter { try regex.firstMatch(in: text[$0]) != nil }
            } catch {
                throw LabelRuleMistake(line: line, message: "the pattern failed: \(error)")
            }
        }

        fileprivate var regex: Regex<AnyRegexOutput> {
            get throws(LabelRuleMistake) {
                do {
                    return try Regex(pattern).matchingSemantics(.unicodeScalar)
                } catch {
                    throw LabelRuleMistake(
                        line: line, message: "\"\(pattern)\" is not a regular expression: \(error)")
                }
            }
        }
    }

    package var rules: [Rule] = []

    /// Reads a file of rules for the labels of a codebook. Each label needs a rule, because a label without one would count
    /// as absent from every segment.
    package init(_ file: String, labels: [String]) throws(LabelRuleMistake) {
        let lines = file.split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in zip(1..., lines) where !line.isEmpty && !line.hasPrefix("#") {
            guard let sign = line.firstRange(of: ": "), sign.upperBound < line.endIndex else {
                throw LabelRuleMistake(
                    line: number, message: "the line is not `label: pattern`",
                    remedy: "write the label, \": \" and a pattern")
            }
            let rule = Rule(
                label: String(line[..<sign.lowerBound]), pattern: String(line[sign.upperBound...]), line: number)
            guard labels.contains(rule.label) else {
                throw LabelRuleMistake(
                    line: number, message: "the codebook has no label \"\(rule.label)\"",
                    remedy: didYouMean(rule.label, labels) ?? "choose among \(listed(labels))")
            }
            _ = try rule.regex
            rules.append(rule)
        }
        if let label = labels.first(where: { label in !rules.contains { $0.label == label } }) {
            throw LabelRuleMistake(
                line: max(1, lines.count), message: "the label \"\(label)\" has no pattern, and would count as absent",
                remedy: "add a line; `\(label): (?!)` matches nothing")
        }
    }
}

/// The reason why rules cannot be applied, with the line of their file.
package struct LabelRuleMistake: Error, Equatable {
    package var line: Int
    package var message: String
    package var remedy: String?

    package init(line: Int, message: String, remedy: String? = nil) {
        self.line = line
        self.message = message
        self.remedy = remedy
    }
}
