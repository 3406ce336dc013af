import Annotations
import Words
import YAML

/// A set of labels for texts, with their definitions.
package struct Codebook: Sendable {
    package struct Label: LocatedMapping, Sendable {
        package var name: Located<String>
        package var definition: String
        package var examples: [String]
        /// Labels of other codebooks with the same meaning, such as `codebook/label`.
        package var mapsTo: [Located<String>]
        /// The assumption that these labels have the same meaning.
        package var assumes: Located<String>?
        package var keyMarks: KeyMarks
    }

    package var slug: String
    package var title: String
    package var contributors: [String]
    /// Where the labels were published.
    package var source: String?
    package var scale: LabelScale
    package var unit: LabelUnit
    /// The values of an ordinal scale, in ascending order.
    package var values: [Double]
    /// The labels, in the order of the file.
    package var labels: [Label]
    package var keyMarks: KeyMarks

    package func label(_ name: String) -> Label? { labels.first { $0.name.value == name } }
}

extension Codebook.Label {
    package static let shape = Shape(
        subject: "a label",
        keys: [
            .required(
                "definition", .sentence, "The texts to which it applies, precisely enough that two people label alike.",
                example: "The text computes a result again to test it."),
            .required(
                "examples", .names(.anything, atLeastOne: true), "Texts to which it applies; give two or more.",
                example: "[\"Does 14 + 9 give 23? It does.\", \"The total should be 40.\"]"),
            .optional(
                "maps_to", .names(.anything), "Labels of other codebooks that mean the same: `codebook/label`.",
                example: "[four-behaviours/verification]"),
            .optional(
                "assumes", .name(.assumption), "The assumption that the labels in `maps_to` mean the same.",
                example: "labels-mean-the-same"),
        ],
        rules: [
            Shape.Rule(
                .with("maps_to", needs: ["assumes"]), .missingKey,
                "a label with \"maps_to\" needs \"assumes\", because other people may use the labels differently",
                fix: "add `assumes:` with an assumption")
        ])

    fileprivate init?(_ entry: Node.Entry, log: FileLog) {
        if !isName(entry.key) {
            log.report(
                .badName, entry.keyMark, "\"\(entry.key)\" is not a valid name of a label",
                fix: "use lower-case letters, digits, `-`, `_` and `.`; begin with a letter or digit")
        }
        guard let fields = Fields(entry.value, Self.shape, log: log) else { return nil }
        let examples = fields.names("examples")
        if let node = fields.node("examples"), examples.count == 1 {
            log.report(.missingKey, node.mark, "\"examples\" has one example", fix: "give two or more")
        }
        self.init(
            name: Located(entry.key, entry.keyMark), definition: fields.text("definition") ?? log.unreadable(""),
            examples: examples.map(\.value), mapsTo: fields.names("maps_to"), assumes: fields.name("assumes"),
            keyMarks: fields.keyMarks)
    }
}

extension Codebook: LocatedMapping {
    package static let shape = Shape(
        subject: "a codebook",
        keys: [
            .required(
                "title", .text, "The name in reports, in a few words.",
                example: "Four behaviours that help a model to improve"),
            .required(
                "contributors", .names(.anything, atLeastOne: true), "The authors of this file, as `Name <address>`.",
                example: "[\"Ada <ada@example.org>\"]", defaultAnswer: .contributor),
            .optional("source", .text, "Where the labels were published.", example: "arXiv:2503.01307"),
            .required(
                "scale", .choice(LabelScale.allCases.map(\.rawValue)),
                "Whether labels are present or absent (nominal), or have values in an order (ordinal) or at distances (interval).",
                example: "nominal", defaultAnswer: .text("nominal")),
            .required(
                "unit", .choice(LabelUnit.allCases.map(\.rawValue)),
                "What a label applies to: a segment of a trace, a span of characters, or a whole trace.",
                example: "segment", defaultAnswer: .text("segment")),
            .optional(
                "values", .names(.anything, atLeastOne: true),
                "The values of an ordinal scale in ascending order, such as [-1, 0, 1].", example: "[-1, 0, 1]"),
            .required(
                "labels", .each(Label.shape), "The labels by name.",
                example:
                    "{verification: {definition: The text tests a result., examples: [\"14 + 9 is 23.\", \"So it holds.\"]}}"
            ),
        ],
        rules: [
            Shape.Rule(
                .when("scale", is: LabelScale.ordinal.rawValue, needs: ["values"]), .missingKey,
                "an ordinal scale needs \"values\"", fix: "add `values: [-1, 0, 1]`"),
            Shape.Rule(
                .when("scale", is: LabelScale.nominal.rawValue, forbids: ["values"]), .wrongType,
                "a nominal scale has no \"values\"", fix: "remove `values:`, or write `scale: ordinal`"),
        ])

    init?(slug: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        let pairs = fields.pairs("labels")
        let labels = pairs.compactMap { Label($0, log: log) }
        if let node = fields.value("labels"), labels.count < pairs.count || !node.isMapping { _ = log.unreadable(0) }
        if let node = fields.node("labels"), node.isMapping, pairs.isEmpty {
            log.report(.missingKey, node.mark, "\"labels\" is empty", fix: "define at least one label")
        }
        let names = fields.names("values")
        let values = names.compactMap { Number($0.value)?.doubleValue }
        if let name = names.first(where: { Number($0.value) == nil }) {
            log.report(.wrongType, name.mark, "\"values\" must be numbers, not \"\(name.value)\"")
        }
        self.init(
            slug: slug, title: fields.text("title") ?? log.unreadable(""),
            contributors: fields.names("contributors").map(\.value), source: fields.text("source"),
            scale: fields.choice("scale", LabelScale.self) ?? log.unreadable(.nominal),
            unit: fields.choice("unit", LabelUnit.self) ?? log.unreadable(.segment), values: Set(values).sorted(),
            labels: labels, keyMarks: fields.keyMarks)
    }
}

extension Codebook {
    /// A digest of everything that determines what an annotator does: the scale, the unit, the values, the labels and
    /// their definitions. Titles and examples can change without a new version.
    package var digest: String {
        var lines = ["arbor-codebook/1", "scale \(scale.rawValue)", "unit \(unit.rawValue)"]
        lines += values.map { "value \($0)" }
        lines += labels.sorted { $0.name.value < $1.name.value }.map { "label \($0.name.value) \($0.definition)" }
        return sha256(lines.joined(separator: "\n"))
    }

    /// The name of the assumption that annotators use a label in the same way.
    package static func reliability(of label: String, in codebook: String) -> String {
        "labels-are-reliable/\(codebook)/\(label)"
    }
}
