/// What the marks of a codebook express.
package enum LabelScale: String, Sendable, CaseIterable {
    /// A label is present or absent.
    case nominal
    /// A label has a value, and values have an order.
    case ordinal
    /// A label has a value, and differences of values are comparable.
    case interval

    /// Whether each mark has a value.
    package var hasValues: Bool { self != .nominal }
}

/// What a mark of a codebook lies on.
package enum LabelUnit: String, Sendable, CaseIterable {
    case segment
    /// Any range of the text.
    case span
    /// The whole text.
    case trace
}
