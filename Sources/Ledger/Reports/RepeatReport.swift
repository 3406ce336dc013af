/// What `verify --repeat` tells: whether recorded runs come out the same here.
public struct RepeatReport: Sendable, Encodable {
    public struct Line: Sendable, Encodable {
        public var claim: String
        public var cell: [String: String]
        public var index: Int
        public var control: Bool
        public var recorded: Double?
        public var repeated: Double?
        public var recordedHit: Bool
        public var repeatedHit: Bool

        /// The same double, or a failure both times.
        public var isIdentical: Bool { recorded == repeated }

        enum CodingKeys: String, CodingKey {
            case claim, cell, index, control, recorded, repeated
            case recordedHit = "recorded_hit"
            case repeatedHit = "repeated_hit"
        }
    }

    public var repeats: [Line] = []
    public var receipts: [String]

    public init(_ claims: [AuditedClaim], recorded: RunIndex, repeated: RunIndex, receipts: [String]) {
        self.receipts = receipts
        for audited in claims.sorted(by: { $0.claim.id < $1.claim.id }) {
            guard let range = audited.claim.value?.value else { continue }
            let quantity = audited.claim.quantity.value
            for cell in audited.verification.cells {
                for study in [cell.study, cell.control].compactMap(\.self) {
                    let pairs = zip(
                        recorded.prefix(of: study, salt: audited.salt).compactMap(\.first),
                        repeated.prefix(of: study, salt: audited.salt).compactMap(\.first))
                    for (old, new) in pairs {
                        repeats.append(
                            Line(
                                claim: audited.claim.id.description, cell: cell.cell, index: old.index,
                                control: study.isControl, recorded: old.values?[quantity]?.double,
                                repeated: new.values?[quantity]?.double,
                                recordedHit: old.isHit(quantity: quantity, range),
                                repeatedHit: new.isHit(quantity: quantity, range)))
                    }
                }
            }
        }
    }
}

/// `verify --repeat` for eyes.
public func repeatText(_ report: RepeatReport, style: TextStyle) -> String {
    var lines: [String] = []
    var claim: String?
    for line in report.repeats where !line.control {
        if line.claim != claim {
            claim = line.claim
            lines.append(style.bold(line.claim))
        }
        let cell = line.cell.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let values = "\(numberText(line.recorded)) recorded, \(numberText(line.repeated)) here"
        let word =
            line.isIdentical
            ? style.green("identical")
            : line.recordedHit == line.repeatedHit ? "differs, same verdict" : style.red("flips")
        lines.append("  \(cell.isEmpty ? "" : cell + ", ")seed \(line.index): \(values)  \(word)")
    }
    let identical = report.repeats.count(where: \.isIdentical)
    let flips = report.repeats.count { $0.recordedHit != $0.repeatedHit }
    lines.append("")
    lines.append(
        style.wrapped(
            "\(identical) of \(counted(report.repeats.count, "repeated value")) identical to the last bit (controls included); \(flips == 0 ? "no hit flips" : "\(counted(flips, "hit")) flipped").",
            indent: 0))
    if !report.receipts.isEmpty {
        lines.append("\(counted(report.receipts.count, "receipt")) of this other platform written.")
    }
    return lines.joined(separator: "\n") + "\n"
}

private func numberText(_ value: Double?) -> String {
    value.map { fixed($0, digits: 6) } ?? "no value"
}
