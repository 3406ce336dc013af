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
package final class Claim: LocatedMapping, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case mostRuns = "most-runs"
        /// One run is enough; never in conflict, never refuted.
        case witness
    }

    package let id: ClaimID
    package let quantity: Located<String>
    /// nil: an estimate, which commits to no range.
    package let value: Located<ValueSet>?
    package let tested: Box
    /// nil: what was tested. A condition it does not name is unrestricted.
    package let holdsFor: Box?
    package let assumes: [Located<String>]
    package let reported: Reported?
    /// `toy-model/measurement`.
    package let verify: Located<String>?
    package let kind: Kind
    /// The share of runs that must lie in the range, 0.5 unless the claim asks for more.
    package let reliability: Number
    package let keyMarks: KeyMarks

    package static let defaultReliability = Number("0.5")!

    fileprivate init(_ claim: Claim, cell: [String: String]) {
        id = claim.id
        quantity = claim.quantity
        value = claim.value
        tested = Box(cell: cell)
        holdsFor = nil
        assumes = claim.assumes
        reported = nil
        verify = claim.verify.flatMap { verify in
            verify.value.hasPrefix("\(cell[Condition.model] ?? "")/") ? verify : nil
        }
        kind = claim.kind
        reliability = claim.reliability
        keyMarks = claim.keyMarks
    }

    package static let shape = Shape(
        subject: "a claim",
        keys: [
            .required("quantity", .name(.quantity), "What was measured."),
            .optional(
                "value", .values, "The range or labels that the source commits to; without it an estimate.",
                promptWhen: .always),
            .required("tested", .box(withAttributes: false), "Where it was measured: a value or a list a condition."),
            .optional("holds_for", .box(withAttributes: true), "Where it is said to hold; {} is everywhere."),
            .optional("assumes", .names(.assumption), "What it takes on trust.", promptWhen: .always),
            .optional("reported", .mapping(Reported.shape), "What the source printed."),
            .optional("verify", .name(.verifier), "What re-runs it, `toy-model/measurement`.", promptWhen: .always),
            .optional("kind", .choice(Kind.allCases.map(\.rawValue)), "A witness needs one run only."),
            .optional("reliability", .between("0.5", "0.95"), "The share of runs that must lie in the range (0.5)."),
        ],
        rules: [
            Shape.Rule(
                .without("value", needs: ["reported"]), .missingKey,
                "a claim without a \"value\" is an estimate and needs \"reported\"",
                fix: "add `value:` if the source commits to a bound, or `reported:`"),
            Shape.Rule(
                .estimate(without: "value", of: "reported", needsOneOf: ["value", "interval"]), .missingKey,
                "a claim without a \"value\" is an estimate and needs a number in \"reported\"",
                fix: "add its `value:` or `interval:`"),
            Shape.Rule(
                .with("verify", needs: ["value"]), .missingKey, "runs can only be held against a \"value\"",
                fix: "add `value:` or remove `verify:`"),
        ])

    init?(id: ClaimID, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        self.id = id
        keyMarks = fields.keyMarks
        quantity = fields.name("quantity") ?? log.unreadable(.unreadable(fields.mark))
        tested = fields.box("tested") ?? log.unreadable(.unreadable)
        reported = fields.value("reported").flatMap { Reported(node: $0, log: log) }
        value = fields.valueSet("value")
        holdsFor = fields.box("holds_for")
        assumes = fields.names("assumes")
        verify = fields.name("verify")
        // A witness is in conflict with nothing.
        kind = fields.node("kind").map { _ in fields.choice("kind", Kind.self) ?? .witness } ?? .mostRuns
        reliability =
            fields.node("reliability") == nil
            ? Self.defaultReliability : fields.number("reliability")?.value ?? log.unreadable(Self.defaultReliability)
    }
}

extension Claim {
    /// The same said of one other cell, by the same verifier if that is of the cell's model.
    package func moved(to cell: [String: String]) -> Claim { Claim(self, cell: cell) }
}

/// What the source printed.
package struct Reported: LocatedMapping, Sendable {
    package enum Selected: String, Sendable, CaseIterable {
        case mean, best
        case handPicked = "hand-picked"
    }

    package var value: Number?
    package var standardError: Number?
    package var itemCount: Int?
    /// The value is a share of `itemCount` items.
    package var isCount: Bool
    /// The source's own 95 % interval.
    package var interval: Interval?
    package var seedCount: Int?
    package var selected: Selected?
    package var isFromSecondarySource: Bool
    package var keyMarks: KeyMarks
}

extension Reported {
    package static let shape = Shape(
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
        rules: [
            Shape.Rule(
                .when("count", is: "true", needs: ["n"]), .missingKey, "a share of n items needs \"n\"", fix: "add `n:`"
            ),
            Shape.Rule(
                .share(flag: "count", value: "value"), .outOfRange,
                "a share of n items lies between 0 and 1", fix: "write it as a fraction"),
        ])

    fileprivate init?(node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
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
            value: fields.number("value")?.value, standardError: fields.number("se")?.value,
            itemCount: fields.integer("n"), isCount: fields.flag("count"), interval: interval,
            seedCount: fields.integer("seeds"), selected: fields.choice("selected", Selected.self),
            isFromSecondarySource: fields.flag("second_hand"), keyMarks: fields.keyMarks)
    }
}
