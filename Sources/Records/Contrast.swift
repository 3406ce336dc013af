import YAML

/// The other arm of a comparison: the claim's number minus the other claim's number is the effect.
package struct Contrast: LocatedMapping, Sendable {
    /// A claim of the same finding.
    package var against: Located<String>
    /// Whether both arms measured the same items.
    package var isPaired: Bool
    /// The standard error or the 95 % interval of the difference that the source states.
    package var standardError: Number?
    package var interval: Interval?
    package var keyMarks: KeyMarks

    package static let shape = Shape(
        subject: "a contrast",
        keys: [
            .required(
                "against", .name(.claim), "The claim of the same finding whose number is subtracted.",
                example: "half-a-dimension#1"),
            .optional("paired", .flag, "Whether both arms measured the same items.", example: "true"),
            .optional(
                "se", .atLeast0, "The standard error of the difference, as the source prints it.", example: "0.02"),
            .optional("interval", .range, "The source's own 95 % interval of the difference.", example: "[0.01, 0.09]"),
        ],
        rules: [
            Shape.Rule(
                .with("se", forbids: ["interval"]), .wrongType, "a contrast has \"se\" or \"interval\", not both",
                fix: "keep the one that the source prints")
        ])
}

extension Contrast {
    init?(node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log), let against = fields.name("against") else { return nil }
        self.init(
            against: against, isPaired: fields.flag("paired"), standardError: fields.number("se")?.value,
            interval: fields.interval("interval"), keyMarks: fields.keyMarks)
    }

    /// Whether the uncertainty of the difference is unknown. If both numbers are about the same items, it does not
    /// follow from their uncertainties.
    package var hasUnknownUncertainty: Bool {
        isPaired && standardError == nil && (interval?.lower == nil || interval?.upper == nil)
    }
}

/// How much of a claim's source its contributor read.
package enum ReadExtent: String, Sendable, CaseIterable {
    case abstract, full, thread, code
    case notChecked = "not-checked"
}

extension Claim {
    /// Whether the finding does not say that the source was read for the claim.
    package var isUnread: Bool { read == nil || read == .notChecked }
}

extension Reported {
    /// Returns the value as a share from 0 to 1; nil unless the source counted items.
    package func share(of quantity: borrowing Quantity) -> Double? {
        guard isCount, itemCount != nil, let value = value?.doubleValue else { return nil }
        let share = quantity.isPercent ? value / 100 : value
        return (0...1).contains(share) ? share : nil
    }
}
