import Foundation

/// A published or recorded value, with which the value of a seed is compared.
struct Reference: Sendable {
    /// The quantity with its non-default settings, such as `edit-recovery, direction random`.
    var key: String
    var text: String
    /// The accepted values; nil without a tolerance.
    var accepted: ClosedRange<Double>?

    static func value(_ key: String, _ value: Double, within tolerance: Double?) -> Reference {
        Reference(
            key: key, text: shown(value) + (tolerance.map { " ± \(shown($0))" } ?? ""),
            accepted: tolerance.map { around(value, value, $0) })
    }

    static func between(_ key: String, _ low: Double, _ high: Double, within tolerance: Double?) -> Reference {
        Reference(
            key: key, text: "\(shown(low))–\(shown(high))" + (tolerance.map { " ± \(shown($0))" } ?? ""),
            accepted: tolerance.map { around(low, high, $0) })
    }

    static func atMost(_ key: String, _ bound: Double) -> Reference {
        Reference(key: key, text: "≤ \(shown(bound))", accepted: -Double.infinity...bound)
    }

    static func atLeast(_ key: String, _ bound: Double) -> Reference {
        Reference(key: key, text: "≥ \(shown(bound))", accepted: bound...Double.infinity)
    }

    /// Returns a range that allows for rounding in the last bit.
    private static func around(_ low: Double, _ high: Double, _ tolerance: Double) -> ClosedRange<Double> {
        (low - tolerance - 1e-9)...(high + tolerance + 1e-9)
    }
}

/// States that one value of a seed must be larger than another value of the same seed.
struct Ordering: Sendable {
    var smaller: String
    var larger: String
    var leastDifference = 0.0

    func holds(_ values: [String: Double]) -> Bool {
        guard let smaller = values[smaller], let larger = values[larger] else { return false }
        return larger - smaller > leastDifference
    }
}

func shown(_ value: Double) -> String { String(format: "%.4g", value) }
