import YAML

/// A file outside the ledger on which records rest, named by its digest.
package struct Resource: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case checkpoint, data, traces, activations, code, figure
    }

    /// The way in which the file was made.
    package enum Origin: Sendable {
        case description(String)
        /// A network that the kernel of a toy model trains from a seed.
        case network(ToyNetwork)
    }

    /// A network that can be trained again instead of downloaded.
    package struct ToyNetwork: Sendable {
        package var model: Located<String>
        /// The seed in 16 hexadecimal digits.
        package var seed: String
        /// The settings of the training, such as a density.
        package var settings: [Setting]
    }

    package struct Source: Sendable {
        package var text: Located<String>
        package var place: ResourceSource
    }

    package var slug: String
    package var title: String
    package var kind: Kind
    package var sha256: String?
    package var byteCount: Int?
    package var sources: [Source]
    package var licence: String
    package var origin: Origin?
    package var keyMarks: KeyMarks

    /// The network that `fetch` trains; nil for a file that it downloads.
    package var network: ToyNetwork? {
        if case .network(let network)? = origin { network } else { nil }
    }
}

extension Resource: LocatedMapping {
    package static let shape = Shape(
        subject: "a resource",
        keys: [
            .required(
                "title", .text, "The name in reports, in a few words.",
                example: "Program that counts self-reflection by keywords"),
            .required(
                "kind", .choice(Kind.allCases.map(\.rawValue)),
                "The kind of thing: a checkpoint, data, traces, activations, code or a figure.", example: "code"),
            .optional(
                "sha256", .name(.anything), "The SHA-256 of its bytes, in lower-case hexadecimal digits.",
                example: "6e9a726901d1ad50dc217e0153573653f1359a600bd786d0877f18f1d53c4b57", promptWhen: .always),
            .optional("bytes", .integer(0...1 << 50), "Its size in bytes.", example: "8088", promptWhen: .always),
            .optional(
                "sources", .names(.anything, atLeastOne: true),
                "The sources of its bytes: `https:`, `hf:`, `doi:`, `swh:` or `oci:`.",
                example: "[\"doi:10.1234/count\"]", promptWhen: .always),
            .required(
                "licence", .text, "The licence of its content, by its SPDX name, or `unknown`.", example: "MIT",
                defaultAnswer: .text("unknown")),
            .optional(
                "made_by", .mapping(originShape), "How it was made: in words, or by which toy model.",
                example: "{description: Trained on 500 traces.}"),
        ],
        rules: [
            Shape.Rule(
                .atLeastOne(["sources", "made_by"]), .missingKey, "a resource needs \"sources\" or \"made_by\"",
                fix: "add `sources:` with an address")
        ])

    package static let originShape = Shape(
        subject: "\"made_by\"",
        keys: [
            .optional("description", .sentence, "How it was made, in words.", example: "Trained on 500 traces."),
            .optional(
                "verifier", .name(.toyModel), "The toy model whose network it is.", example: "superposition-geometry"),
            .optional(
                "seed", .name(.anything), "The seed of the network: 16 hexadecimal digits.",
                example: "\"259077848ef69221\""),
            .optional(
                "settings", .settings, "The settings with which the network was trained, if not the defaults.",
                example: "{density: 0.3}"),
        ],
        rules: [
            Shape.Rule(
                .exactlyOne(["description", "verifier"]), .wrongType,
                "\"made_by\" has a description or a verifier", fix: "write `{verifier: …, seed: …}`"),
            Shape.Rule(
                .with("verifier", needs: ["seed"]), .missingKey, "a network needs its \"seed\"",
                fix: "add `seed:` as receipts write it"),
            Shape.Rule(
                .with("description", forbids: ["seed", "settings"]), .wrongType,
                "\"seed\" and \"settings\" belong to a verifier", fix: "remove them"),
        ])

    init?(slug: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        let sources = fields.names("sources").compactMap { Source($0, log: log) }
        let origin = fields.node("made_by").flatMap { Origin($0, log: log) }
        let sha256 = fields.node("sha256").map { _ in fields.digest("sha256").value }
        self.init(
            slug: slug, title: fields.text("title") ?? log.unreadable(""),
            kind: fields.choice("kind", Kind.self) ?? log.unreadable(.data), sha256: sha256,
            byteCount: fields.integer("bytes"), sources: sources, licence: fields.text("licence") ?? log.unreadable(""),
            origin: origin, keyMarks: fields.keyMarks)
        let isUnknown = origin == nil && fields.node("made_by") != nil
        if sha256 == nil, network == nil, !isUnknown {
            log.report(
                .missingDigest, fields.mark, "nothing says which bytes the resource has",
                fix: "write `sha256:`; `arbor-ledger fetch --no-digest \(slug)` prints it")
        }
    }
}

extension Resource.Origin {
    fileprivate init?(_ node: Node, log: FileLog) {
        guard let fields = Fields(node, Resource.originShape, log: log) else { return nil }
        guard !fields.breaksRules else { return nil }
        if let text = fields.text("description") {
            self = .description(text)
            return
        }
        guard let model = fields.name("verifier"), let seed = fields.name("seed") else { return nil }
        guard isHexadecimal(seed.value[...], digits: 16) else {
            log.report(
                .outOfRange, seed.mark, "\"seed\" is not written in 16 lower-case hexadecimal digits",
                fix: "copy it from a receipt")
            return nil
        }
        self = .network(
            Resource.ToyNetwork(model: model, seed: seed.value, settings: fields.settings("settings")))
    }
}

extension Resource.Source {
    /// Reports a source that cannot be used or that can change.
    fileprivate init?(_ text: Located<String>, log: FileLog) {
        guard let place = ResourceSource(text, log: log) else { return nil }
        self.init(text: text, place: place)
    }
}

extension ResourceSource {
    init?(_ text: Located<String>, log: FileLog) {
        do throws(SourceProblem) {
            try self.init(text.value)
        } catch {
            log.report(.badSource, text.mark, error.message, fix: error.fix)
            return nil
        }
        guard isImmutable else {
            log.report(
                .movingSource, text.mark, "the address does not name one version of its content",
                fix: "name a commit, a release or a DOI")
            return
        }
    }
}

extension Diagnostic.Code {
    package static let badSource = Self("bad-source", .error, "A source is not a public, unchanging address.")
    package static let movingSource = Self("moving-source", .warning, "The content at an address can change.")
    package static let missingDigest = Self("missing-digest", .warning, "A resource has no SHA-256.")

    package static let ofResourceFiles = [badSource, movingSource, missingDigest]
}
