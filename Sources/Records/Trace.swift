import Annotations
import Words
import YAML

/// A text that a model wrote, described by its `trace.yaml`.
package struct Trace: Sendable {
    /// The facts about the text, which may be stored elsewhere.
    package struct Text: LocatedMapping, Sendable {
        package var sha256: Located<String>
        package var bytes: Int
        package var codePoints: Int
        package var keyMarks: KeyMarks
    }

    package struct Segments: LocatedMapping, Sendable {
        package var rule: Segmentation
        /// The digest of the segments' ranges.
        package var sha256: Located<String>
        package var keyMarks: KeyMarks
    }

    package var slug: String
    package var title: String
    package var contributors: [String]
    /// The model that wrote the text: a value of the condition `model`.
    package var model: Located<String>
    /// A value of the condition `task`.
    package var task: Located<String>?
    package var prompt: String?
    /// How the text was sampled.
    package var sampling: [Setting]
    package var revision: String?
    package var tokenizer: String?
    package var text: Text
    package var segments: Segments
    /// The resources from which the text can be fetched, by name or digest.
    package var places: [Located<String>]
    package var licence: String
    package var keyMarks: KeyMarks
}

extension Trace.Text {
    package static let shape = Shape(
        subject: "a text",
        keys: [
            .required(
                "sha256", .name(.anything), "The SHA-256 of its bytes, in lower-case hexadecimal digits.",
                example: "6e9a726901d1ad50dc217e0153573653f1359a600bd786d0877f18f1d53c4b57"),
            .required("bytes", .integer(0...Int(Int32.max)), "Its size in bytes.", example: "219"),
            .required("codepoints", .integer(0...Int(Int32.max)), "Its length in Unicode code points.", example: "217"),
        ])

    fileprivate init?(node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        self.init(
            sha256: fields.digest("sha256"), bytes: fields.integer("bytes") ?? log.unreadable(0),
            codePoints: fields.integer("codepoints") ?? log.unreadable(0), keyMarks: fields.keyMarks)
    }
}

extension Trace.Segments {
    package static let shape = Shape(
        subject: "segments",
        keys: [
            .required(
                "rule", .choice(Segmentation.allCases.map(\.rawValue)), "The rule that splits the text.",
                example: "sentence-1", defaultAnswer: .text(Segmentation.sentence.rawValue)),
            .required(
                "sha256", .name(.anything),
                "The SHA-256 of the segments' ranges, as `arbor-ledger traces add` computes it.",
                example: "fa7751d1ad94e40f0fdb6054ab2d8f401c159f03cd348fad26f2a984b9daf2c9"),
        ])

    fileprivate init?(node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        self.init(
            rule: fields.choice("rule", Segmentation.self) ?? log.unreadable(.sentence),
            sha256: fields.digest("sha256"), keyMarks: fields.keyMarks)
    }
}

extension Trace: LocatedMapping {
    package static let shape = Shape(
        subject: "a trace",
        keys: [
            .required(
                "title", .text, "The name in reports, in a few words.", example: "A countdown problem solved by R1"),
            .required(
                "contributors", .names(.anything, atLeastOne: true), "The authors of this file, as `Name <address>`.",
                example: "[\"Ada <ada@example.org>\"]", defaultAnswer: .contributor),
            .required("model", .name(.model), "The model that wrote the text.", example: "r1"),
            .optional(
                "task", .name(.anything), "The task: a value of the condition `task`.", example: "countdown",
                promptWhen: .always),
            .optional("prompt", .text, "The prompt, as the model saw it.", example: "\"Reach 10 from 3, 5, 5.\""),
            .optional(
                "sampling", .settings, "How the text was sampled: temperature, seed and other settings.",
                example: "{temperature: 0.6, seed: 1}"),
            .optional(
                "revision", .text, "The revision of the model, such as a commit or a date.", example: "2025-01-20"),
            .optional("tokenizer", .text, "The tokenizer of the model.", example: "deepseek-r1"),
            .required(
                "text", .mapping(Text.shape), "The digest and the length of the text.",
                example:
                    "{sha256: 6e9a726901d1ad50dc217e0153573653f1359a600bd786d0877f18f1d53c4b57, bytes: 219, codepoints: 217}"
            ),
            .optional(
                "where", .names(.anything), "The resources that contain the text, by name or SHA-256.",
                example: "[traces-of-r1]"),
            .required(
                "segments", .mapping(Segments.shape), "How the text is split.",
                example: "{rule: sentence-1, sha256: fa7751d1ad94e40f0fdb6054ab2d8f401c159f03cd348fad26f2a984b9daf2c9}"),
            .required(
                "licence", .text, "The licence of the text, by its SPDX name, or `unknown`.", example: "CC0-1.0",
                defaultAnswer: .text("unknown")),
        ])

    init?(slug: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        let (prompt, sampling) = (fields.text("prompt"), fields.settings("sampling"))
        let (revision, tokenizer) = (fields.text("revision"), fields.text("tokenizer"))
        guard let text = fields.value("text").flatMap({ Text(node: $0, log: log) }),
            let segments = fields.value("segments").flatMap({ Segments(node: $0, log: log) })
        else {
            _ = log.unreadable(0)
            return nil
        }
        self.init(
            slug: slug, title: fields.text("title") ?? log.unreadable(""),
            contributors: fields.names("contributors").map(\.value),
            model: fields.name("model") ?? log.unreadable(.unreadable(fields.mark)), task: fields.name("task"),
            prompt: prompt, sampling: sampling, revision: revision, tokenizer: tokenizer, text: text,
            segments: segments, places: fields.names("where"),
            licence: fields.text("licence") ?? log.unreadable(""), keyMarks: fields.keyMarks)
    }
}

extension Fields {
    /// Reads a SHA-256.
    func digest(_ key: String) -> Located<String> {
        guard let name = name(key) else { return log.unreadable(.unreadable(mark)) }
        guard isDigest(name.value[...]) else {
            log.report(
                .badDigest, name.mark, "\"\(key)\" is not a SHA-256 in 64 lower-case hexadecimal digits",
                fix: "write the output of `sha256sum`")
            return log.unreadable(.unreadable(name.mark))
        }
        return name
    }
}

/// The text of a trace, as the ledger contains it.
package struct TraceTextFile: Sendable {
    package var slug: String
    package var sha256: String
    package var bytes: Int
    package var text: TraceText

    /// The largest text that a ledger may contain, in bytes.
    package static let byteLimit = 256 * 1024

    static func read(slug: String, bytes: [UInt8], log: FileLog) -> TraceTextFile? {
        guard bytes.count <= byteLimit else {
            log.report(
                .tooLarge, .fileStart, tooLargeMessage(bytes.count, limit: byteLimit),
                fix: "describe it in Resources/, name the resource in the trace's `where`, and remove this file")
            return nil
        }
        guard let text = TraceText(utf8: bytes) else {
            log.report(.encoding, .fileStart, "the text is not UTF-8", fix: "convert it to UTF-8")
            return nil
        }
        if let line = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .firstIndex(where: { $0.last == UInt8(ascii: "\r") })
        {
            log.report(
                .lineEnds, Mark(line: line + 1, column: 1), "the text's lines end in CR LF instead of LF",
                fix: lineEndRemedy(for: "Traces/**/text.txt"))
        }
        return TraceTextFile(
            slug: slug, sha256: Records.sha256(bytes), bytes: bytes.count, text: text)
    }
}

/// Returns the digest of segments: of one line with the two offsets of each segment.
package func segmentsDigest(_ segments: [Range<Int>]) -> String {
    sha256(segments.map { "\($0.lowerBound) \($0.upperBound)\n" }.joined())
}

/// One annotation file.
package struct AnnotationFile: Sendable {
    package var content: Annotation
    /// The SHA-256 of the file. Its first 12 digits are the file's name.
    package var sha256: String

    package var path: String { Self.place(of: content, sha256: sha256).path }

    /// Returns the place of an annotation in a ledger.
    package static func place(of annotation: Annotation, sha256: String) -> RecordPlace {
        .annotation(
            trace: annotation.trace, codebook: annotation.codebook, annotator: annotation.annotator,
            name: String(sha256.prefix(12)))
    }

    /// The places of the files that this file replaces.
    package var replacedPlaces: [RecordPlace] { content.replaces.map { Self.place(of: content, sha256: $0) } }

    static func read(at place: RecordPlace, bytes: [UInt8], log: FileLog) -> AnnotationFile? {
        func refuse(_ message: String, fix: String) -> AnnotationFile? {
            log.report(.badAnnotation, .fileStart, message, fix: fix)
            return nil
        }
        let restore = "restore it with `git checkout`; annotations never change, and a new one can replace it"
        let content: Annotation
        do {
            content = try Annotation(encoded: bytes)
        } catch {
            if bytes.contains(0x0D), (try? Annotation(encoded: bytes.filter { $0 != 0x0D })) != nil {
                return refuse("the annotation's lines end in CR LF instead of LF", fix: lineEndRemedy)
            }
            return refuse(
                "the annotation is not readable: \(error.message)",
                fix: "make it with `arbor-ledger annotate` or `arbor-ledger annotations import`")
        }
        let digest = Records.sha256(bytes)
        let right = self.place(of: content, sha256: digest)
        guard right == place else {
            if case .annotation(_, _, _, let name) = place, name != right.name {
                return refuse(
                    "the annotation was altered or renamed: its name must be \(right.name), the beginning of its SHA-256",
                    fix: restore)
            }
            return refuse(
                "the annotation belongs to another folder", fix: "move it to \(escapeHidden(right.path))")
        }
        return AnnotationFile(content: content, sha256: digest)
    }
}

extension [AnnotationFile] {
    /// The files that no file of the same annotator and codebook replaces. The files must belong to one trace.
    package var heads: [AnnotationFile] {
        let replaced = Set(flatMap { file in file.content.replaces.map { ReplacedFile(file.content, $0) } })
        return filter { !replaced.contains(ReplacedFile($0.content, $0.sha256)) }
    }
}

/// The identity of a file that another one replaces. An annotator can replace only files of the same annotator.
private struct ReplacedFile: Hashable {
    var codebook: String
    var annotator: String
    var sha256: String

    init(_ annotation: Annotation, _ sha256: String) {
        (codebook, annotator, self.sha256) = (annotation.codebook, annotation.annotator, sha256)
    }
}

extension Diagnostic.Code {
    package static let badAnnotation = Self("bad-annotation", .error, "An annotation was altered or cannot be read.")
    package static let badDigest = Self("bad-digest", .error, "A digest is not a SHA-256.")
    package static let lineEnds = Self("line-ends", .error, "The line ends of a text were converted.")

    package static let ofTraceFiles = [badAnnotation, badDigest, lineEnds]
}
