/// Lines of output that a page shows. A line `…` stands for any lines.
struct ShownOutput {
    var lines: [Substring]

    /// Whether the lines occur in an output in their order.
    func matches(_ output: [Substring]) -> Bool {
        let parts = lines.split(separator: "…", omittingEmptySubsequences: false)
        guard let first = parts.first, let last = parts.last else { return output.isEmpty }
        guard parts.count > 1 else { return Array(first) == output }
        guard output.starts(with: first) else { return false }
        var rest = output.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() {
            guard let place = rest.firstRange(of: part) else { return false }
            rest = rest[place.upperBound...]
        }
        return rest.suffix(last.count).elementsEqual(last)
    }

    /// The lines of an output, as many as before if the last one is `…`; nil if another line is `…`.
    func updated(with output: [Substring]) -> [Substring]? {
        guard !lines.dropLast().contains("…") else { return nil }
        return lines.last == "…" ? output.prefix(lines.count - 1) + ["…"] : output
    }
}

extension String {
    /// The lines of an output, without the blank ones at its end.
    var printedLines: [Substring] {
        let lines = split(separator: "\n", omittingEmptySubsequences: false)
        return Array(lines[..<(lines.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? 0)])
    }
}
