/// The reason why a statistic has no value.
package enum NoNumber: String, Error, Sendable, CaseIterable {
    /// All values are equal, so that no disagreement is expected by chance.
    case oneLabelOnly = "one label only"
    case noSegmentRatedTwice = "no segment rated twice"
    case fewerThanThreeTraces = "fewer than 3 traces"
    case noCommonText = "no common text"
    case oneLabelInResamples = "one label only in more than 5 % of the resamples"
    case notNominal = "not a nominal scale"
    case noBorder = "no border"
    case notLookedAt = "no text looked at"
    case labelAbsent = "no segment with the label"
}

/// A number, or the reason why there is none.
package typealias Measured<Number> = Result<Number, NoNumber>
