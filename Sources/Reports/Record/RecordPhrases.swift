import Evidence
import Merging
import Records
import Words

extension Claim {
    /// Returns the claimed value, or the estimate if the claim has no value. `interval` is the 95 % interval of the
    /// estimate, whose ends are rounded unless the source states them.
    func valueText(_ interval: Interval?) -> String {
        value?.value.phrase ?? reported?.text(interval) ?? "nothing"
    }
}

extension Reported {
    /// Returns the number, its 95 % interval, and whether it is only a bound or second-hand.
    package func text(_ interval: Interval?) -> String {
        let limit: String =
            switch bound {
            case .bestCase?: ", the best case"
            case .worstCase?: ", the worst case"
            case nil: ""
            }
        let notes = limit + (isFromSecondarySource ? ", second-hand" : "")
        let number = value?.text ?? "a range"
        guard let interval else { return "about \(number)\(notes)" }
        let shown = interval == self.interval ? interval : interval.roundedToSixDigits
        return "about \(number) (95 %: \(ValueSet.interval(shown).phrase))\(notes)"
    }
}

extension Member {
    package var valueText: String { claim.valueText(confidenceInterval) + (contrast.map { " for \($0.phrase)" } ?? "") }
}

extension ContrastArms {
    /// The difference with its 95 % interval and Fisher's test.
    package var result: String {
        let limits = difference.usual
        let test = difference.fisherProbability.map { ", Fisher's exact test: p \(chance($0))" } ?? ""
        return "\(figures(limits.value)) (95 %: \(figures(limits.lower)) to \(figures(limits.upper)))\(test)"
    }
}

extension ContrastArms: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("fisher_p", difference.fisherProbability)
        json.add("lower", difference.usual.lower)
        json.add("minuend", minuend.id.description)
        json.add("subtrahend", subtrahend.id.description)
        json.add("upper", difference.usual.upper)
        json.add("value", difference.usual.value)
    }
}

extension LedgerState {
    package func valueText(_ claim: Claim) -> String {
        let quantity = quantities[claim.quantity.value]
        return claim.valueText(quantity.flatMap { claim.reported?.confidenceInterval(of: $0) })
    }
}

extension Contrast {
    package var phrase: String { "minus \(against.value)\(isPaired ? ", the same items in both" : "")" }
}

extension ReadExtent {
    package var phrase: String {
        switch self {
        case .abstract: "the abstract"
        case .full: "all of it"
        case .thread: "a thread about it"
        case .code: "its code"
        case .notChecked: "nothing"
        }
    }
}

extension Question.Asks {
    /// The models about which a question asks; nil if it asks about models of either kind.
    var phrase: String? {
        switch self {
        case .general: "general models"
        case .special: "special-purpose models"
        case .either: nil
        }
    }
}

extension Caveat {
    /// The target with the settings at which it is attacked.
    package var targetPhrase: String {
        guard let attackedSettings, !attackedSettings.sides.isEmpty else { return against.name }
        return "\(against.name) where \(listed(attackedSettings.phrases))"
    }
}

extension Claim {
    /// The settings at which the claim was tested, one phrase per condition.
    package var testedPhrases: [String] { tested.phrases(separator: " ", isAverage: isAverage) }

    /// The same phrases with a colon after each name.
    var namedPhrases: [String] { tested.phrases(separator: ": ", isAverage: isAverage) }

    private func isAverage(_ side: Box.Side) -> Bool { averagedOver.contains { $0.value == side.condition.value } }
}

extension Box {
    package var phrases: [String] { phrases(separator: " ") { _ in false } }

    /// Returns one phrase per condition, such as `density 0.3` or `average over density 0.3 and 0.9`.
    fileprivate func phrases(separator: String, isAverage: (Side) -> Bool) -> [String] {
        sides.map {
            "\(isAverage($0) ? "average over " : "")\($0.condition.value)\(separator)\($0.valuePhrase)"
        }
    }
}

extension Box.Side {
    /// The selected values in words, such as `0.3 and 0.9` or `0 to 11`.
    package var valuePhrase: String {
        if let range, range.lowerBound < range.upperBound { return "\(range.lowerBound) to \(range.upperBound)" }
        return switch selection {
        case .unknown: "unknown"
        case .values(let values):
            values.count > 6
                ? "\(values.prefix(5).joined(separator: ", ")) … (\(values.count) values)" : listed(values)
        }
    }
}
