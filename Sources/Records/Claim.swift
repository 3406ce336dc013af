import YAML

/// `slug#n`, n from 1; `slug` alone where the finding has one claim.
package struct ClaimID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var slug: String
    package var number: Int
    package var isOnly: Bool

    package init(slug: String, number: Int, isOnly: Bool) {
        self.slug = slug
        self.number = number
        self.isOnly = isOnly
    }

    /// As reports and JSON print it.
    package var description: String { "\(slug)#\(number)" }

    package static func < (a: ClaimID, b: ClaimID) -> Bool {
        (a.slug, a.number) < (b.slug, b.number)
    }

    package static func == (a: ClaimID, b: ClaimID) -> Bool {
        a.slug == b.slug && a.number == b.number
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(slug)
        hasher.combine(number)
    }
}

/// In more than half of all runs, at every setting it covers, this quantity lies in this range.
///
/// A reference, as a finding is.
package final class Claim: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case mostRuns = "most-runs"
        /// One run is enough; never in conflict, never refuted.
        case witness
    }

    package let id: ClaimID
    package let mark: Mark
    package let quantity: Located<String>
    /// nil: an estimate, which commits to no range.
    package let value: Located<ValueSet>?
    package let tested: Box
    /// nil: what was tested. A condition it does not name is unrestricted.
    package let holdsFor: Box?
    package let holdsForMark: Mark?
    package let assumes: [Located<String>]
    package let reported: Reported?
    /// `toy-model/measurement`.
    package let verify: Located<String>?
    package let kind: Kind
    /// The share of runs that must lie in the range, 0.5 unless the claim asks for more.
    package let reliability: Number

    package static let defaultReliability = Number("0.5")!

    fileprivate init(_ claim: Claim, cell: [String: String]) {
        id = claim.id
        mark = claim.mark
        quantity = claim.quantity
        value = claim.value
        tested = Box(cell: cell)
        holdsFor = nil
        holdsForMark = nil
        assumes = claim.assumes
        reported = nil
        verify = claim.verify.flatMap { verify in
            verify.value.hasPrefix("\(cell[Condition.model] ?? "")/") ? verify : nil
        }
        kind = claim.kind
        reliability = claim.reliability
    }

    static let shape = Shape(
        subject: "a claim",
        keys: [
            .required("quantity", .name(.quantity), "What was measured."),
            .optional("value", .values, "The range or labels that the source commits to; without it an estimate."),
            .required("tested", .box(withAttributes: false), "Where it was measured: a value or a list a condition."),
            .optional("holds_for", .box(withAttributes: true), "Where it is said to hold; {} is everywhere."),
            .optional("assumes", .names(.assumption), "What it takes on trust."),
            .optional("reported", .mapping(Reported.shape), "What the source printed."),
            .optional("verify", .name(.verifier), "What re-runs it, `toy-model/measurement`."),
            .optional("kind", .choice(Kind.allCases.map(\.rawValue)), "A witness needs one run only."),
            .optional("reliability", .between("0.5", "0.95"), "The share of runs that must lie in the range (0.5)."),
        ],
        rules: [
            .estimate(without: "value", of: "reported", needsOneOf: ["value", "interval"]),
            .with("verify", needs: ["value"]),
        ])

    init?(id: ClaimID, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        self.id = id
        mark = fields.mark
        quantity = fields.requiredName("quantity") ?? log.unread(.unread(fields.mark))
        tested = fields.required("tested").flatMap { _ in fields.box("tested") } ?? log.unread(.unread)
        let isEstimate = fields.node("value") == nil
        reported = fields.node("reported").flatMap { Reported(node: $0, isEstimate: isEstimate, log: log) }
        if isEstimate && fields.node("reported") == nil {
            log.report(
                .missingKey, fields.mark, "a claim without a \"value\" is an estimate and needs \"reported\"",
                fix: "add `value:` if the source commits to a bound, or `reported:`")
        }
        value = fields.valueSet("value")
        holdsFor = fields.box("holds_for")
        holdsForMark = fields.node("holds_for")?.mark
        assumes = fields.names("assumes")
        verify = fields.name("verify")
        if isEstimate, let verify {
            log.report(
                .missingKey, verify.mark, "runs can only be held against a \"value\"",
                fix: "add `value:` or remove `verify:`")
        }
        // A witness is in conflict with nothing.
        kind = fields.node("kind").map { _ in fields.choice("kind", Kind.self) ?? .witness } ?? .mostRuns
        reliability = fields.reliability() ?? log.unread(Self.defaultReliability)
    }
}

extension Claim {
    /// The same said of one other cell, by the same verifier if that is of the cell's model.
    package func moved(to cell: [String: String]) -> Claim { Claim(self, cell: cell) }
}

/// What the source printed.
package struct Reported: Sendable {
    package enum Selected: String, Sendable, CaseIterable {
        case mean, best
        case handPicked = "hand-picked"
    }

    package var mark: Mark
    package var value: Number?
    package var standardError: Number?
    package var itemCount: Int?
    /// The value is a share of `itemCount` items.
    package var isCount: Bool
    /// The source's own 95 % interval.
    package var interval: Interval?
    package var seedCount: Int?
    package var selected: Selected?
    package var isSecondHand: Bool
}

extension Fields {
    fileprivate func reliability() -> Number? {
        guard node("reliability") != nil else { return Claim.defaultReliability }
        guard let number = number("reliability") else { return nil }
        guard number.value >= Claim.defaultReliability, number.value <= Number("0.95")! else {
            log.report(.outOfRange, number.mark, "\"reliability\" must be between 0.5 and 0.95, not \(number.value)")
            return nil
        }
        return number.value
    }
}

extension Reported {
    static let shape = Shape(
        subject: "\"reported\"",
        keys: [
            .optional("value", .number, "The number that the source printed."),
            .optional("se", .atLeast0, "Its standard error."),
            .optional("n", .integer(1...1_000_000_000), "How many items it was measured on."),
            .optional("count", .flag, "Whether it is a share of n items."),
            .optional("interval", .range, "The source's own 95 % interval."),
            .optional("seeds", .integer(1...1_000_000), "How many runs it comes from."),
            .optional("selected", .choice(Selected.allCases.map(\.rawValue)), "How it was picked among several runs."),
            .optional("second_hand", .flag, "Whether it is from another source than its own."),
        ],
        rules: [.share(flag: "count", of: "n", value: "value")])

    /// `isEstimate`: of a claim that commits to no range.
    fileprivate init?(node: Node, isEstimate: Bool, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        if isEstimate, fields.node("value") == nil, fields.node("interval") == nil {
            log.report(
                .missingKey, node.mark,
                "a claim without a \"value\" is an estimate and needs a number in \"reported\"",
                fix: "add its `value:` or `interval:`")
        }
        let standardError = fields.number("se")
        if let standardError, standardError.value < Number(0) {
            log.report(.outOfRange, standardError.mark, "a standard error is not negative: \(standardError.value)")
        }
        let isCount = fields.flag("count")
        let value = fields.number("value")
        if isCount {
            _ = fields.required("n")
            if let value, !Interval(lower: Number(0), upper: Number(1)).contains(value.value.doubleValue) {
                log.report(.outOfRange, value.mark, "a share of n items lies between 0 and 1, not \(value.value)")
            }
        }
        var interval: Interval?
        if let ends = fields.valueSet("interval") {
            if case .interval(let range) = ends.value {
                interval = range
            } else {
                log.report(
                    .wrongType, ends.mark, "\"interval\" must be a range of numbers", fix: "write [low, high]")
            }
        }
        self.init(
            mark: node.mark, value: value?.value, standardError: standardError?.value,
            itemCount: fields.integer("n", in: 1...1_000_000_000), isCount: isCount, interval: interval,
            seedCount: fields.integer("seeds", in: 1...1_000_000),
            selected: fields.choice("selected", Selected.self), isSecondHand: fields.flag("second_hand"))
    }
}
