import YAML

/// The other arm of a comparison: the claim's number minus the other claim's number is the effect.
package struct Contrast: LocatedMapping, Sendable {
    /// A claim of the same finding.
    package var against: Located<String>
    /// Whether both arms measured the same items.
    package var isPaired: Bool
    package var keyMarks: KeyMarks

    package static let shape = Shape(
        subject: "a contrast",
        keys: [
            .required("against", .name(.claim), "The claim of the same finding whose number is subtracted."),
            .optional("paired", .flag, "Whether both arms measured the same items."),
        ])
}

extension Contrast {
    init?(node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log), let against = fields.name("against") else { return nil }
        self.init(against: against, isPaired: fields.flag("paired"), keyMarks: fields.keyMarks)
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
