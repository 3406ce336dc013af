import KernelInterface

extension Parameter {
    /// Describes the mistake in a value, which is given in canonical spelling. Returns nil if the value is valid.
    package func mistake(in value: String) -> String? {
        switch domain {
        case .integers(let range):
            if let number = Int(value), range.contains(number) { return nil }
            return "must be \(domain.phrase), not \(value)"
        case .numbers(let range):
            if let number = Double(value), range.contains(number) { return nil }
            return "must be \(domain.phrase), not \(value)"
        case .words(let words):
            return words.contains(value) ? nil : "must be \(domain.phrase), not \"\(value)\""
        case .names:
            return isName(value) ? nil : "must be \(domain.phrase), not \"\(value)\""
        }
    }
}

extension Parameter {
    /// The meaning, the possible values and the default, such as `Adam steps (a whole number from 0 to 9, 3 by default)`.
    package var meaning: String {
        "\(summary) (\(domain.phrase)\(defaultValue.map { ", \($0) by default" } ?? ""))"
    }
}

extension Parameter.Domain {
    /// The possible values in words, such as `a whole number from 1 to 5`.
    package var phrase: String {
        switch self {
        case .integers(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .numbers(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .words(let words): words.joined(separator: " or ")
        case .names: "a name"
        }
    }
}
