import YAML

/// Something on which a record rests besides its claims, such as a data set.
package struct ResourceReference: LocatedMapping, Sendable {
    package enum Target: Sendable {
        /// A record of `Resources/`.
        case name(Located<String>)
        /// The record of `Resources/` with this digest, or one annotation.
        case digest(Located<String>)
        /// An address, with the digest of its content.
        case address(Located<String>, sha256: String?)
        /// All annotations with the codebook.
        case allAnnotations
    }

    /// The kind of a resource; nil for annotations.
    package var kind: Resource.Kind?
    package var target: Target
    /// The codebook of annotations.
    package var codebook: Located<String>?
    package var keyMarks: KeyMarks

    /// The kind as records write it.
    package var kindName: String { kind?.rawValue ?? Word.annotations.rawValue }

    private enum Word: String, CaseIterable {
        case annotations, checkpoint, data, traces, activations, code, figure
    }

    package static let shape = Shape(
        subject: "an entry of \"resources\"",
        keys: [
            .required(
                "kind", .choice(Word.allCases.map(\.rawValue)),
                "The kind of thing: annotations, a checkpoint, data, traces, activations, code or a figure.",
                example: "code"),
            .optional(
                "name", .name(.resource), "A record of `Resources/`, by its name.", example: "self-reflection-count"),
            .optional(
                "url", .text, "An address of something without a record.", example: "\"https://example.org/code\""),
            .optional(
                "sha256", .name(.anything),
                "The digest of a record of `Resources/`, of an annotation, or of what is at the address.",
                example: "6e9a726901d1ad50dc217e0153573653f1359a600bd786d0877f18f1d53c4b57"),
            .optional("codebook", .name(.codebook), "The codebook of the annotations.", example: "four-behaviours"),
        ],
        rules: [
            Shape.Rule(
                .atLeastOne(["name", "url", "sha256", "codebook"]), .missingKey,
                "an entry of \"resources\" names a record, an address or a digest", fix: "add `name:`"),
            Shape.Rule(
                .with("name", forbids: ["url", "sha256", "codebook"]), .wrongType,
                "the record of the resource has its address and its digest", fix: "keep `name` alone"),
            Shape.Rule(
                .with("url", forbids: ["codebook"]), .wrongType, "annotations are in the ledger and have no address",
                fix: "remove `url`"),
            Shape.Rule(
                .when("kind", is: Word.annotations.rawValue, needs: ["codebook"]), .missingKey,
                "annotations need their \"codebook\"", fix: "add `codebook:`"),
        ])
}

extension ResourceReference {
    init?(node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log), !fields.breaksRules,
            let word = fields.choice("kind", Word.self)
        else { return nil }
        let kind = Resource.Kind(rawValue: word.rawValue)
        let sha256 = fields.node("sha256").map { _ in fields.digest("sha256") }
        let codebook = fields.name("codebook")
        if let codebook, kind != nil {
            log.report(.wrongType, codebook.mark, "only annotations have a codebook", fix: "write `kind: annotations`")
        }
        let target: Target
        if fields.node("name") != nil {
            guard let name = fields.name("name") else { return nil }
            target = .name(name)
        } else if fields.node("url") != nil {
            guard let url = fields.name("url"), ResourceSource(url, log: log) != nil else { return nil }
            target = .address(url, sha256: sha256?.value)
        } else {
            target = sha256.map(Target.digest) ?? .allAnnotations
        }
        self.init(kind: kind, target: target, codebook: codebook, keyMarks: fields.keyMarks)
    }

    /// Returns the digest of the content, if the entry or the record of the resource gives it.
    package func digest(in state: LedgerState) -> String? {
        switch target {
        case .name(let name): state.resources[name.value]?.sha256
        case .digest(let digest): digest.value
        case .address(_, let sha256): sha256
        case .allAnnotations: nil
        }
    }
}

extension Fields {
    func resources() -> [ResourceReference] {
        elements("resources").compactMap { ResourceReference(node: $0, log: log) }
    }
}
