import YAML

/// The name of a claim: `slug#n`, where n begins at 1, or only `slug` if the finding has one claim.
package struct ClaimID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var slug: String
    package var number: Int
    package var isOnly: Bool

    package init(slug: String, number: Int, isOnly: Bool) {
        self.slug = slug
        self.number = number
        self.isOnly = isOnly
    }

    /// The spelling of the name in reports and JSON.
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

/// A statement about the range of a quantity. By default, it says that at every covered setting, more than half of all
/// runs have a value in this range.
///
/// This is a class for the same reason as `Finding`.
package final class Claim: LocatedMapping, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case mostRuns = "most-runs"
        /// A claim that a single run can prove. It never conflicts with other claims and is never refuted.
        case witness
    }

    package let id: ClaimID
    package let quantity: Located<String>
    /// The claimed range; nil for an estimate, which does not state a range.
    package let value: Located<ValueSet>?
    package let tested: Box
    /// The settings to which the claim applies; nil if these are the tested settings. Conditions that are not named
    /// here are unrestricted.
    package let holdsFor: Box?
    /// The conditions over whose tested values the number is one average, sorted by name.
    package let averagedOver: [Located<String>]
    /// The other arm of a comparison that the source made.
    package let contrast: Contrast?
    /// How much of the source the contributor read for this claim; nil if the finding does not say.
    package let read: ReadExtent?
    package let assumes: [Located<String>]
    package let reported: Reported?
    /// The verifier, named `toy-model/measurement`.
    package let verify: Located<String>?
    package let kind: Kind
    /// The share of runs whose values must be in the range; 0.5 by default.
    package let reliability: Number
    package let keyMarks: KeyMarks

    package static let defaultReliability = Number("0.5")!

    fileprivate init(_ claim: Claim, cell: [String: String]) {
        id = claim.id
        quantity = claim.quantity
        value = claim.value
        tested = Box(cell: cell)
        holdsFor = nil
        averagedOver = []
        contrast = nil
        read = nil
        assumes = claim.assumes
        reported = nil
        verify = claim.verify.flatMap { verify in
            verify.value.hasPrefix("\(cell[Condition.model] ?? "")/") ? verify : nil
        }
        kind = claim.kind
        reliability = claim.reliability
        keyMarks = claim.keyMarks
    }

    /// Creates the claim that a contrast makes about the difference of two claims.
    package init(
        id: ClaimID, difference claim: Claim, minus other: Claim, on quantity: String, tested: Box, reported: Reported
    ) {
        self.id = id
        self.quantity = Located(quantity, claim.quantity.mark)
        value = nil
        self.tested = tested
        holdsFor = nil
        averagedOver = claim.averagedOver.filter { mine in
            other.averagedOver.contains { $0.value == mine.value }
        }
        contrast = nil
        read = claim.read
        assumes =
            claim.assumes
            + other.assumes.filter { theirs in
                !claim.assumes.contains { $0.value == theirs.value }
            }
        self.reported = reported
        verify = nil
        kind = .mostRuns
        reliability = Self.defaultReliability
        keyMarks = claim.keyMarks
    }

    package static let shape = Shape(
        subject: "a claim",
        keys: [
            .required(
                "quantity", .name(.quantity), "The quantity that was measured, by the name of its file.",
                example: "dimensions-per-feature"),
            .optional(
                "value", .values,
                "The range or labels that the source commits to, such as [0.4, 0.6], {at_least: 0.9} or {any_of: [dfs]}. Without it, the claim is an estimate.",
                example: "[0.45, 0.55]", promptWhen: .always),
            .required(
                "tested", .box(withAttributes: false),
                "The settings at which it was measured: for each condition a value, a list of values, or `unknown` if the source does not say.",
                example: "{model: superposition-geometry, density: 0.1}"),
            .optional(
                "holds_for", .box(withAttributes: true),
                "The settings at which it is claimed to hold, if not only at the tested ones; {} means all.",
                example: "{model: superposition-geometry, density: [0.1, 1]}", promptWhen: .always),
            .optional(
                "averaged_over", .names(.condition),
                "Conditions over which the number is an average: it is one mean over all their tested values.",
                example: "[density]"),
            .optional(
                "contrast", .mapping(Contrast.shape), "The other arm of a comparison within the finding.",
                example: "{against: \"half-a-dimension#1\", paired: true}"),
            .optional(
                "assumes", .names(.assumption),
                "Assumptions without which the claim would not follow from what was measured.",
                example: "[toy-superposition-is-r1s]", promptWhen: .always),
            .optional(
                "reported", .mapping(Reported.shape),
                "The numbers printed in the source, such as 0.93 or {value: 0.93, n: 200}.",
                example: "{value: 0.5, seeds: 5}", promptWhen: .always),
            .optional(
                "verify", .name(.measurement),
                "The measurement that re-runs it, `toy-model/measurement`. It must measure the quantity, and the claim must be tested on the toy model.",
                example: "superposition-geometry/dimensionality", promptWhen: .measured),
            .optional(
                "kind", .choice(Kind.allCases.map(\.rawValue)),
                "`most-runs` if more than half of all runs lie in the range (the default); `witness` if one run suffices.",
                example: "witness"),
            .optional(
                "reliability", .between("0.5", "0.95"), "The share of runs that must lie in the range (0.5).",
                example: "0.9"),
            .optional(
                "read", .choice(ReadExtent.allCases.map(\.rawValue)),
                "What the contributor read of the source: its abstract, all of it, a thread, its code, or nothing that supports the claim.",
                example: "full"),
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
                .with("verify", needs: ["value"]), .missingKey,
                "a claim with \"verify\" needs a \"value\" to compare runs with",
                fix: "add `value:` or remove `verify:`"),
            Shape.Rule(
                .with("averaged_over", forbids: ["verify"]), .wrongType,
                "an average cannot be re-run, because runs measure each setting by itself", fix: "remove `verify:`"),
        ])

    init?(id: ClaimID, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        self.id = id
        keyMarks = fields.keyMarks
        quantity = fields.name("quantity") ?? log.unreadable(.unreadable(fields.mark))
        tested = fields.box("tested") ?? log.unreadable(.unreadable)
        reported = fields.value("reported").flatMap { Reported(node: $0, log: log) }
        value = fields.valueSet("value")
        holdsFor = fields.box("holds_for")?.scope(ofClaimOn: quantity.value)
        averagedOver = fields.names("averaged_over").sorted { $0.value < $1.value }
        contrast = fields.value("contrast").flatMap { Contrast(node: $0, log: log) }
        read = fields.choice("read", ReadExtent.self)
        assumes = fields.names("assumes")
        verify = fields.name("verify")
        // A kind that cannot be read counts as a witness, because a witness conflicts with nothing.
        kind = fields.node("kind").map { _ in fields.choice("kind", Kind.self) ?? .witness } ?? .mostRuns
        reliability =
            fields.node("reliability") == nil
            ? Self.defaultReliability : fields.number("reliability")?.value ?? log.unreadable(Self.defaultReliability)
    }
}

extension Claim {
    /// Returns the claim for another cell. The claim keeps its verifier if the verifier belongs to the model of that
    /// cell.
    package func moved(to cell: [String: String]) -> Claim { Claim(self, cell: cell) }

    /// The models that the claim names, whether it was tested on them or is only said to hold for them.
    package var namedModels: Set<String> {
        var models: Set<String> = []
        for selection in [tested[Condition.model], holdsFor?[Condition.model]] {
            if case .values(let values)? = selection { models.formUnion(values) }
        }
        return models
    }
}

/// The numbers printed in a claim's source.
package struct Reported: LocatedMapping, Sendable {
    package enum Selected: String, Sendable, CaseIterable {
        case mean, best
        case handPicked = "hand-picked"
    }

    /// The case for which a source gives a number instead of a measurement.
    package enum Bound: String, Sendable, CaseIterable {
        case bestCase = "best_case"
        case worstCase = "worst_case"
    }

    package var value: Number?
    package var standardError: Number?
    package var itemCount: Int?
    /// Whether the value is a share of `itemCount` items, in percent if the quantity is in percent.
    package var isCount: Bool
    /// The 95 % interval that the source states.
    package var interval: Interval?
    package var seedCount: Int?
    /// The standard deviation over seeds or, if `seedCount` is nil, over items.
    package var standardDeviation: Number?
    /// Whether the value is only the best or the worst case; nil for a measurement.
    package var bound: Bound?
    package var selected: Selected?
    package var isFromSecondarySource: Bool
    package var keyMarks: KeyMarks
}

extension Reported {
    /// Creates a number that follows from others.
    package init(value: Number?, interval: Interval) {
        self.init(
            value: value, isCount: false, interval: interval, isFromSecondarySource: false, keyMarks: .none)
    }

    package static let shape = Shape(
        subject: "\"reported\"",
        keys: [
            .optional(
                "value", .number, "The number printed in the source, in the unit of the quantity.", example: "0.93"),
            .optional("se", .atLeast0, "The standard error of the value.", example: "0.02"),
            .optional(
                "n", .integer(1...1_000_000_000),
                "The number of items that it was measured on, such as problems or prompts.", example: "200"),
            .optional(
                "count", .flag, "Whether the value is a share of n items, or a percentage if the quantity is one.",
                example: "true"),
            .optional("interval", .range, "The source's own 95 % interval.", example: "[0.4, 0.6]"),
            .optional("seeds", .integer(1...1_000_000), "The number of runs behind the value.", example: "5"),
            .optional(
                "sd", .atLeast0, "The standard deviation over the seeds or, without `seeds`, over the items.",
                example: "0.1"),
            .optional(
                "bound", .choice(Bound.allCases.map(\.rawValue)),
                "Whether the number is only a bound: the best or the worst case.", example: "best_case"),
            .optional(
                "selected", .choice(Selected.allCases.map(\.rawValue)),
                "How it was selected among several runs: their mean, the best of them, or one picked by hand.",
                example: "mean"),
            .optional("second_hand", .flag, "Whether it was copied from a secondary source.", example: "true"),
        ],
        rules: [
            Shape.Rule(
                .when("count", is: "true", needs: ["n"]), .missingKey, "a share of n items needs \"n\"", fix: "add `n:`"
            ),
            Shape.Rule(
                .withOneOf("sd", needs: ["seeds", "n"]), .missingKey,
                "a standard deviation needs the number of seeds or items", fix: "add `seeds:` or `n:`"),
            Shape.Rule(
                .with("sd", forbids: ["se"]), .wrongType, "\"reported\" has \"se\" or \"sd\", not both",
                fix: "keep the one that the source prints"),
            Shape.Rule(.with("bound", needs: ["value"]), .missingKey, "a bound needs a \"value\"", fix: "add `value:`"),
        ])

    fileprivate init?(node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        self.init(
            value: fields.number("value")?.value, standardError: fields.number("se")?.value,
            itemCount: fields.integer("n"), isCount: fields.flag("count"), interval: fields.interval("interval"),
            seedCount: fields.integer("seeds"), standardDeviation: fields.number("sd")?.value,
            bound: fields.choice("bound", Bound.self), selected: fields.choice("selected", Selected.self),
            isFromSecondarySource: fields.flag("second_hand"), keyMarks: fields.keyMarks)
    }
}
