import YAML

/// A contributor's file with claims, their sources, and caveats.
///
/// This is a class, because copying a struct would retain each of its many fields, and a ledger can have a hundred
/// thousand findings.
package final class Finding: LocatedMapping, Sendable {
    package let slug: String
    package let path: String
    package let title: String
    /// The authors of the work.
    package let authors: [String]
    /// The authors of this file.
    package let contributors: [String]
    package let date: String
    package let source: Located<String>
    package let relevance: String
    package let claims: [Claim]
    package let caveats: [Caveat]
    package let buildsOn: [Located<String>]
    package let supersedes: [Located<String>]
    /// The findings whose replacement of this one its contributors accept.
    package let supersededBy: [Located<String>]
    package let sameAs: [Located<String>]
    package let retracted: String?
    /// The date after which a plan expires; nil unless the finding is planned. A planned finding states its expectation
    /// before any run and is not part of the merge.
    package let plannedUntil: Located<String>?
    package let resources: [ResourceReference]
    /// Whether a claim or a caveat names the value `not-applicable` of some condition, or a claim is an average.
    let hasSpecialSettings: Bool
    package let keyMarks: KeyMarks

    package var isPlanned: Bool { plannedUntil != nil }

    package static let shape = Shape(
        subject: "a finding",
        keys: [
            .required(
                "title", .text, "The result in one line, with its number and its setting.",
                example: "At density 0.1 features come in antipodal pairs"),
            .required(
                "authors", .names(.anything, atLeastOne: true), "The authors of the work, one an entry.",
                example: "[Elhage et al.]"),
            .required(
                "contributors", .names(.anything, atLeastOne: true), "The authors of this file, as `Name <address>`.",
                example: "[\"Ada <ada@example.org>\"]", defaultAnswer: .contributor),
            .required("date", .date, "When the work was published: a year, a month or a day.", example: "2022-09-14"),
            .required(
                "source", .text, "Where the work was published; separate several by `;`.", example: "arXiv:2209.10652"),
            .required(
                "north_star", .text, "What is new, and how it helps to answer the parent question.",
                example: "Says when a model packs more features than it has dimensions."),
            .required(
                "claims", .list(of: Claim.shape, atLeastOne: true),
                "Statements about ranges of quantities that hold in more than half of all runs, or estimates; one entry for each number.",
                example:
                    "[{quantity: dimensions-per-feature, value: [0.45, 0.55], tested: {model: superposition-geometry, density: 0.1}}]"
            ),
            .optional(
                "caveats", .list(of: Caveat.shape), "Objections to claims, assumptions or verifiers.",
                example: "[{text: All features are equally important., against: {claim: \"half-a-dimension#1\"}}]"),
            .optional(
                "builds_on", .names(.finding), "Findings that it depends on: if their claims fail, so do its own.",
                example: "[half-a-dimension]"),
            .optional("supersedes", .names(.finding), "Findings that it replaces.", example: "[half-a-dimension]"),
            .optional(
                "superseded_by", .names(.finding), "Findings that replace it, as its contributors agree.",
                example: "[half-a-dimension]"),
            .optional(
                "same_as", .names(.finding), "Findings that report the same result from another source.",
                example: "[half-a-dimension]"),
            .optional(
                "retracted", .text, "Why it is retracted; its claims then no longer count.",
                example: "The baseline used the training set."),
            .optional(
                "status", .choice(Status.allCases.map(\.rawValue)), "`planned` before any run; leave it out otherwise.",
                example: "planned"),
            .optional("until", .date, "The last day of the plan, after which it lapses.", example: "2030-12-31"),
            .optional(
                "resources", .list(of: ResourceReference.shape),
                "What it rests on besides its claims: code, data, checkpoints, traces or annotations.",
                example: "[{kind: code, url: \"https://example.org/code\"}]"),
        ],
        rules: [
            Shape.Rule(
                .when("status", is: Status.planned.rawValue, needs: ["until"]), .missingKey,
                "a planned finding needs \"until\"", fix: "add `until:` with a date"),
            Shape.Rule(
                .with("until", needs: ["status"]), .missingKey, "\"until\" belongs to a planned finding",
                fix: "add `status: planned`"),
        ])

    private enum Status: String, CaseIterable {
        case planned
    }

    init?(slug: String, path: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        self.slug = slug
        self.path = path
        keyMarks = fields.keyMarks
        title = fields.text("title") ?? log.unreadable("")
        authors = fields.names("authors").map(\.value)
        contributors = fields.names("contributors").map(\.value)
        date = fields.date("date")?.value ?? log.unreadable("")
        source = fields.name("source") ?? log.unreadable(.unreadable(fields.mark))
        relevance = fields.text("north_star") ?? log.unreadable("")
        let until = fields.date("until")
        plannedUntil = fields.choice("status", Status.self) == .planned ? until : nil
        claims = fields.claims(of: slug)
        caveats = fields.elements("caveats").compactMap { Caveat(node: $0, log: log) }
        resources = fields.resources()
        buildsOn = fields.names("builds_on")
        supersedes = fields.names("supersedes")
        supersededBy = fields.names("superseded_by")
        sameAs = fields.names("same_as")
        retracted = fields.text("retracted")
        hasSpecialSettings =
            claims.contains {
                !$0.averagedOver.isEmpty || $0.tested.namesNotApplicable || $0.holdsFor?.namesNotApplicable ?? false
            }
            || caveats.contains { $0.attackedSettings?.namesNotApplicable ?? false }
    }
}

/// An objection to a claim, an assumption or a verifier.
package struct Caveat: LocatedMapping, Sendable {
    package enum Target: Sendable {
        case claim(Located<String>)
        case assumption(Located<String>)
        case verifier(Located<String>)
    }

    package var text: String
    package var against: Target
    /// The settings at which an assumption or verifier is attacked; nil if it is attacked everywhere.
    package var attackedSettings: Box?
    /// The claim that supports the caveat. Without such a claim, the caveat cannot attack its target.
    package var shownBy: Located<String>?
    package var keyMarks: KeyMarks
}

extension Fields {
    fileprivate func claims(of slug: String) -> [Claim] {
        let nodes = elements("claims")
        let claims = nodes.enumerated().compactMap { offset, node in
            let id = ClaimID(slug: slug, number: offset + 1, isOnly: nodes.count == 1)
            // A claim that cannot be read still gets a number, so that the numbers of later claims do not change.
            let nothing = Node(mark: node.mark, content: .mapping([]))
            return Claim(id: id, node: node, log: log)
                ?? log.unreadable(Claim(id: id, node: nothing, log: FileLog(path: log.path)))
        }
        return claims.isEmpty ? log.unreadable([]) : claims
    }
}

extension Caveat {
    package static let shape = Shape(
        subject: "a caveat",
        keys: [
            .required("text", .text, "The objection, in one sentence.", example: "All features are equally important."),
            .required(
                "against", .mapping(Target.shape), "The target of the objection: one claim, assumption or verifier.",
                example: "{claim: \"half-a-dimension#1\"}"),
            .optional(
                "shown_by", .name(.claim), "The claim that supports it; without one, the caveat cannot attack.",
                example: "half-a-dimension#1"),
        ])

    init?(node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        let target = fields.value("against").flatMap { Target.fields($0, log: log) }
        self.init(
            text: fields.text("text") ?? "",
            against: target.flatMap(Target.init) ?? .claim(.unreadable(fields.mark)),
            attackedSettings: target?.box("where"), shownBy: fields.name("shown_by"), keyMarks: fields.keyMarks)
    }
}

extension Caveat.Target {
    static let shape = Shape(
        subject: "\"against\"",
        keys: [
            .optional(
                "claim", .name(.claim), "A claim, `slug#n`; `slug` is the file name of its finding.",
                example: "half-a-dimension#1"),
            .optional(
                "assumption", .name(.assumption), "An assumption, by its name.", example: "toy-superposition-is-r1s"),
            .optional(
                "verifier", .name(.verifier), "A toy model or its measurement, `toy-model/measurement`.",
                example: "superposition-geometry"),
            .optional(
                "where", .box(withAttributes: true, allowsUnknown: false),
                "The settings at which the assumption or verifier is doubted; without it, all.",
                example: "{density: [0.1]}"),
        ],
        rules: [
            Shape.Rule(
                .exactlyOne(["claim", "assumption", "verifier"]), .wrongType, "\"against\" must name one thing",
                fix: "write `against: {claim: slug#1}`"),
            Shape.Rule(
                .with("claim", forbids: ["where"]), .wrongType,
                "\"where\" belongs to an assumption or a verifier, not to a claim", fix: "remove it"),
        ])

    /// Returns the keys of a target. Reports a name without the key that says what it names.
    fileprivate static func fields(_ node: Node, log: FileLog) -> Fields? {
        guard let name = node.scalarText else { return Fields(node, shape, log: log) }
        let parts = name.split(separator: "#", omittingEmptySubsequences: false)
        let mend =
            parts.count == 2 && isName(parts[0]) && Int(parts[1]) != nil
            ? Mend(write: "{claim: \(name)}", at: node.mark)
            : Mend("write {claim: \(name)}, {assumption: \(name)} or {verifier: \(name)}")
        log.report(
            .wrongType, node.mark, "\"against\" must be a mapping of keys to values, not \(node.kindName)", mend)
        return nil
    }

    fileprivate init?(_ fields: Fields) {
        guard !fields.breaksRules else { return nil }
        let named =
            fields.name("claim").map(Self.claim) ?? fields.name("assumption").map(Self.assumption)
            ?? fields.name("verifier").map(Self.verifier)
        guard let named else { return nil }
        self = named
    }
}

extension Caveat.Target {
    package var name: String {
        switch self {
        case .claim(let name): "claim \(name.value)"
        case .assumption(let name): "assumption \(name.value)"
        case .verifier(let name): "verifier \(name.value)"
        }
    }
}
