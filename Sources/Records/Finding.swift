import YAML

/// A contributor's file: claims, what they rest on, and what speaks against them.
///
/// A reference: copying a value of so many parts would touch each of them, a hundred thousand times over.
package final class Finding: Sendable {
    package let slug: String
    package let path: String
    package let title: String
    /// Of the work.
    package let authors: [String]
    /// Of this file.
    package let contributors: [String]
    package let date: String
    package let source: Located<String>
    package let northStar: String
    package let claims: [Claim]
    package let caveats: [Caveat]
    package let buildsOn: [Located<String>]
    package let supersedes: [Located<String>]
    package let sameAs: [Located<String>]
    package let retracted: String?
    /// A planned finding names its expectation before any run and has no part in the merge; it lapses after this date.
    package let plannedUntil: Located<String>?
    package let resources: [Resource]

    package var isPlanned: Bool { plannedUntil != nil }

    package static let shape = Shape(
        subject: "a finding",
        keys: [
            .required("title", .text, "What was found, in one line."),
            .required("authors", .names(.anything, atLeastOne: true), "Of the work."),
            .required("contributors", .names(.anything, atLeastOne: true), "Of this file."),
            .required("date", .date, "Of the work."),
            .required("source", .text, "Where it was published; several stand apart by `;`."),
            .required("north_star", .text, "What is new, and how it takes us closer to the parent question."),
            .required(
                "claims", .list(of: Claim.shape, atLeastOne: true), "In more than half of all runs, these ranges hold."),
            .optional("caveats", .list(of: Caveat.shape), "What speaks against claims, assumptions or verifiers."),
            .optional("builds_on", .names(.finding), "Findings that it needs."),
            .optional("supersedes", .names(.finding), "Findings that it replaces."),
            .optional("same_as", .names(.finding), "Findings of the same result."),
            .optional("retracted", .text, "Why it is taken back."),
            .optional("status", .choice(FindingStatus.allCases.map(\.rawValue)), "A plan, made before any run."),
            .optional("until", .date, "When a plan lapses."),
            .optional("resources", .list(of: Resource.shape), "Checkpoints, data, code."),
        ],
        rules: [
            .when("status", is: FindingStatus.planned.rawValue, needs: ["until"]), .with("until", needs: ["status"]),
        ])

    init?(slug: String, path: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        self.slug = slug
        self.path = path
        title = fields.requiredText("title") ?? log.unread("")
        authors = fields.requiredNames("authors").map(\.value)
        contributors = fields.requiredNames("contributors").map(\.value)
        date = fields.requiredDate("date") ?? log.unread("")
        source = fields.requiredName("source") ?? log.unread(.unread(fields.mark))
        northStar = fields.requiredText("north_star") ?? log.unread("")
        plannedUntil = fields.plannedUntil()
        claims = fields.claims(of: slug)
        caveats = fields.elements("caveats").compactMap { Caveat(node: $0, log: log) }
        resources = fields.elements("resources").compactMap { Resource(node: $0, log: log) }
        buildsOn = fields.names("builds_on")
        supersedes = fields.names("supersedes")
        sameAs = fields.names("same_as")
        retracted = fields.text("retracted")
    }
}

/// What stands against a claim, an assumption or a verifier.
package struct Caveat: Sendable {
    package enum Target: Sendable {
        case claim(Located<String>)
        case assumption(Located<String>)
        case verifier(Located<String>)
    }

    package var text: String
    package var against: Target
    /// The claim that tests it; only a tested caveat can attack.
    package var shownBy: Located<String>?
}

package struct Resource: Sendable {
    package var kind: String
    package var url: String
    package var sha256: String?
}

private enum FindingStatus: String, CaseIterable {
    case planned
}

extension Fields {
    fileprivate func plannedUntil() -> Located<String>? {
        let status = choice("status", FindingStatus.self)
        let until = date("until")
        switch (status, until) {
        case (.planned, nil):
            if node("until") == nil {
                log.report(
                    .missingKey, node("status")?.mark ?? mark, "a planned finding needs \"until\"",
                    fix: "add `until:` with a date")
            }
            return nil
        case (nil, let until?):
            if node("status") == nil {
                log.report(
                    .missingKey, until.mark, "\"until\" belongs to a planned finding", fix: "add `status: planned`")
            }
            return nil
        case (.planned, let until?): return until
        case (nil, nil): return nil
        }
    }

    fileprivate func claims(of slug: String) -> [Claim] {
        guard let list = required("claims") else { return log.unread([]) }
        let nodes = elements("claims")
        if case .sequence(let elements) = list.content, elements.isEmpty {
            log.report(.missingKey, list.mark, "\"claims\" is an empty list", fix: "state at least one claim")
        }
        let claims = nodes.enumerated().compactMap { offset, node in
            let id = ClaimID(slug: slug, number: offset + 1, isOnly: nodes.count == 1)
            // What is no mapping has its number all the same: those after it are named by theirs.
            let nothing = Node(mark: node.mark, content: .mapping([]))
            return Claim(id: id, node: node, log: log)
                ?? log.unread(Claim(id: id, node: nothing, log: FileLog(path: log.path)))
        }
        return claims.isEmpty ? log.unread([]) : claims
    }
}

extension Caveat {
    static let shape = Shape(
        subject: "a caveat",
        keys: [
            .required("text", .text, "What speaks against it."),
            .required("against", .mapping(against), "What it is against."),
            .optional("shown_by", .name(.claim), "The claim that tests it; only then can it attack."),
        ])

    static let against = Shape(
        subject: "\"against\"",
        keys: [
            .optional("claim", .name(.claim), "A claim, `slug#n`."),
            .optional("assumption", .name(.assumption), "An assumption."),
            .optional("verifier", .name(.verifier), "A toy model or its measurement."),
        ],
        rules: [.single])

    init?(node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        self.init(
            text: fields.requiredText("text") ?? "",
            against: fields.required("against").flatMap { Target(node: $0, log: log) } ?? .claim(.unread(fields.mark)),
            shownBy: fields.name("shown_by"))
    }
}

extension Caveat.Target {
    fileprivate init?(node: Node, log: FileLog) {
        guard let fields = Fields(node, Caveat.against, log: log) else { return nil }
        guard fields.allEntries.count == 1 else {
            log.report(
                .wrongType, node.mark, "\"against\" must name one thing", fix: "write `against: {claim: slug#1}`")
            return nil
        }
        let named =
            fields.name("claim").map(Self.claim) ?? fields.name("assumption").map(Self.assumption)
            ?? fields.name("verifier").map(Self.verifier)
        guard let named else {
            for key in Caveat.against.known where fields.allEntries[0].key == key { _ = fields.required(key) }
            return nil
        }
        self = named
    }
}

extension Resource {
    static let shape = Shape(
        subject: "a resource",
        keys: [
            .required("kind", .text, "What it is: a checkpoint, a data set, code."),
            .required("url", .text, "Where it is."),
            .optional("sha256", .text, "The digest of its content."),
        ])

    init?(node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        guard let kind = fields.requiredText("kind"), let url = fields.requiredText("url") else { return nil }
        self.init(kind: kind, url: url, sha256: fields.text("sha256"))
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
