/// A set of values. It states which values a claim allows, which values answer a question with yes, or which values a
/// quantity can have.
package enum ValueSet: Hashable, Sendable, Codable {
    case interval(Interval)
    /// The labels, sorted and without repeats.
    case labels([String])
}

/// A range of numbers; a missing end is unbounded.
package struct Interval: Hashable, Sendable, Codable {
    package var lower: Number?
    package var upper: Number?
    package var includesLower = true
    package var includesUpper = true

    package init(lower: Number?, upper: Number?, includesLower: Bool = true, includesUpper: Bool = true) {
        self.lower = lower
        self.upper = upper
        self.includesLower = lower == nil || includesLower
        self.includesUpper = upper == nil || includesUpper
    }

    package static let everything = Interval(lower: nil, upper: nil)

    package var isEmpty: Bool {
        guard let lower, let upper else { return false }
        return lower > upper || (lower == upper && !(includesLower && includesUpper))
    }

    package func intersection(_ other: Interval) -> Interval {
        var result = self
        if let lower = other.lower {
            if let mine = self.lower, mine >= lower {
                if mine == lower { result.includesLower = includesLower && other.includesLower }
            } else {
                (result.lower, result.includesLower) = (lower, other.includesLower)
            }
        }
        if let upper = other.upper {
            if let mine = self.upper, mine <= upper {
                if mine == upper { result.includesUpper = includesUpper && other.includesUpper }
            } else {
                (result.upper, result.includesUpper) = (upper, other.includesUpper)
            }
        }
        return result
    }

    package func contains(_ other: Interval) -> Bool {
        other.isEmpty || intersection(other) == other
    }

    /// Whether the interval contains a measured value. A measured double equals an end if it is the double nearest to
    /// that end.
    package func contains(_ value: Double) -> Bool {
        guard !value.isNaN else { return false }
        if let lower = lower?.doubleValue, value < lower || (value == lower && !includesLower) { return false }
        if let upper = upper?.doubleValue, value > upper || (value == upper && !includesUpper) { return false }
        return true
    }

    /// Whether the two intervals together cover `whole`.
    package static func cover(_ a: Interval, _ b: Interval, whole: Interval) -> Bool {
        let parts = [a.intersection(whole), b.intersection(whole)].filter { !$0.isEmpty }
        guard let first = parts.first(where: { sameLower($0, whole) }) else { return whole.isEmpty }
        if sameUpper(first, whole) { return true }
        return parts.contains { part in
            guard sameUpper(part, whole), let end = first.upper else { return false }
            guard let start = part.lower else { return true }
            return start < end || (start == end && (part.includesLower || first.includesUpper))
        }
    }

    private static func sameLower(_ a: Interval, _ b: Interval) -> Bool {
        a.lower == b.lower && a.includesLower == b.includesLower
    }

    private static func sameUpper(_ a: Interval, _ b: Interval) -> Bool {
        a.upper == b.upper && a.includesUpper == b.includesUpper
    }
}

/// Whether `labels` contains all of `others`; both must be sorted.
private func isSorted(_ labels: [String], containing others: [String]) -> Bool {
    guard others.count < labels.count else { return others == labels }
    var rest = labels[...]
    for label in others {
        guard let place = rest.firstIndex(where: { $0 >= label }), rest[place] == label else { return false }
        rest = rest[(place + 1)...]
    }
    return true
}

extension ValueSet {
    package var isEmpty: Bool {
        switch self {
        case .interval(let interval): interval.isEmpty
        case .labels(let labels): labels.isEmpty
        }
    }

    /// Returns the values that are in both sets. Two sets of different kinds have no values in common.
    package func intersection(_ other: ValueSet) -> ValueSet {
        switch (self, other) {
        case (.interval(let a), .interval(let b)): .interval(a.intersection(b))
        case (.labels(let a), .labels(let b)): a.allSatisfy(b.contains) ? self : .labels(a.filter(b.contains))
        case (.interval, .labels), (.labels, .interval): .labels([])
        }
    }

    package func isDisjoint(from other: ValueSet) -> Bool {
        switch (self, other) {
        case (.interval(let a), .interval(let b)): a.intersection(b).isEmpty
        case (.labels(let a), .labels(let b)): !a.contains(where: b.contains)
        case (.interval, .labels), (.labels, .interval): true
        }
    }

    package func contains(_ other: ValueSet) -> Bool {
        switch (self, other) {
        case (.interval(let a), .interval(let b)): a.contains(b)
        case (.labels(let a), .labels(let b)): isSorted(a, containing: b)
        case (.interval, .labels), (.labels, .interval): false
        }
    }

    /// Whether the set contains a measured value. Kernels measure numbers, never labels.
    package func contains(_ value: Double) -> Bool {
        switch self {
        case .interval(let interval): interval.contains(value)
        case .labels: false
        }
    }

    /// Whether the two sets together cover `whole`.
    package static func cover(_ a: ValueSet, _ b: ValueSet, whole: ValueSet) -> Bool {
        switch (a, b, whole) {
        case (.interval(let a), .interval(let b), .interval(let whole)): Interval.cover(a, b, whole: whole)
        case (.labels(let a), .labels(let b), .labels(let whole)): whole.allSatisfy { a.contains($0) || b.contains($0) }
        default: false
        }
    }

    /// The canonical spelling for digests: `[0.45,0.55]`, `(0,inf)`, `{bfs,dfs}`.
    package var canonicalText: String {
        switch self {
        case .interval(let interval):
            (interval.includesLower ? "[" : "(") + (interval.lower?.text ?? "-inf") + ","
                + (interval.upper?.text ?? "inf") + (interval.includesUpper ? "]" : ")")
        case .labels(let labels): "{" + labels.joined(separator: ",") + "}"
        }
    }

    /// The spelling in reports: `0.45 to 0.55`, `at most 3`, `above 0`, `dfs or bfs`.
    package var phrase: String {
        switch self {
        case .labels(let labels):
            return labels.joined(separator: " or ")
        case .interval(let interval):
            switch (interval.lower, interval.upper) {
            case (nil, nil): return "any value"
            case (let lower?, nil): return (interval.includesLower ? "at least " : "above ") + lower.text
            case (nil, let upper?): return (interval.includesUpper ? "at most " : "below ") + upper.text
            case (let lower?, let upper?):
                if lower == upper { return lower.text }
                let start = interval.includesLower ? lower.text : "above \(lower.text)"
                let end = interval.includesUpper ? upper.text : "below \(upper.text)"
                return "\(start) to \(end)"
            }
        }
    }
}
