import Annotations
import ArgumentParser
import Editing
import Records
import Words

struct NewTrace: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Write a trace: a text that a model wrote, and the facts about it.",
        discussion: """
            --text copies the text into the trace's folder and fills in its digest, its length and its segments. A \
            byte-order mark is removed, and line ends become line feeds.

            Example:
              arbor-ledger new trace sums-1 --text TEXT.txt --title "A chain of sums" \\
                --model superposition-geometry --licence CC-BY-4.0
            """)
    static let kind = RecordKind.trace
    static let nameAbout = "The trace's permanent slug, such as countdown-1."

    @OptionGroup var options: NewOptions
    @Argument(help: Self.nameHelp) var name: String?
    @Option(name: .customLong("text"), help: "The file with the text, in UTF-8.", completion: .file())
    var textFile: String
    @OptionGroup var flags: RecordFlags<NewTrace>

    static let computedKeys = ["text", "segments"]
    /// The largest text that is read, in bytes.
    private static let textLimit = 64 << 20

    func place(_ name: String, by contributor: String?) -> RecordPlace { .trace(slug: name) }

    func companion(_ workspace: Workspace, _ place: RecordPlace) throws -> RecordCompanion {
        let path = workspace.absolutePath(textFile)
        guard case .bytes(let given) = try readFile(path, limit: Self.textLimit) else {
            throw Refusal(
                message: "\(escapeHidden(textFile)) is no regular file of at most \(Self.textLimit >> 20) MiB",
                exitCode: 64)
        }
        let bytes = plainText(given)
        guard let text = TraceText(utf8: bytes) else {
            throw Refusal(
                message: "\(escapeHidden(textFile)) is not UTF-8", remedy: "convert it with `iconv -t UTF-8`",
                exitCode: 64)
        }
        let rule = Segmentation.sentence
        let segments = rule.segments(of: text)
        var companion = RecordCompanion(
            answers: [
                FlagValue(key: "text.sha256", text: sha256(bytes)),
                FlagValue(key: "text.bytes", text: "\(bytes.count)"),
                FlagValue(key: "text.codepoints", text: "\(text.count)"),
                FlagValue(key: "segments.rule", text: rule.rawValue),
                FlagValue(key: "segments.sha256", text: segmentsDigest(segments)),
            ])
        if bytes != given {
            companion.notes.append("The text has no byte-order mark, and its lines end in line feeds.")
        }
        if bytes.count <= TraceTextFile.byteLimit {
            companion.file = SourceFile(path: RecordPlace.traceText(slug: place.name).path, bytes: bytes)
        } else {
            companion.notes.append(
                "The text is larger than \(TraceTextFile.byteLimit / 1024) KiB, so it was not copied. Describe it in "
                    + "Resources/, and name that resource in `where`.")
        }
        return companion
    }
}

/// Removes a byte-order mark, and replaces CR LF by LF.
private func plainText(_ bytes: [UInt8]) -> [UInt8] {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
    guard text.contains(0x0D) else { return Array(text) }
    var plain: [UInt8] = []
    plain.reserveCapacity(text.count)
    for (index, byte) in zip(text.indices, text) {
        if byte == 0x0D, index + 1 < text.endIndex, text[index + 1] == 0x0A { continue }
        plain.append(byte)
    }
    return plain
}

struct NewCodebook: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "codebook", abstract: "Write a codebook: labels for texts, with their definitions.",
        discussion: """
            Example:
              arbor-ledger new codebook checks --title "Checks of results" \\
                --labels '{check: {definition: A test., examples: [Is it 7?, Check it.]}}'
            """)
    static let kind = RecordKind.codebook
    static let nameAbout = "The codebook's permanent slug, such as four-behaviours."

    @OptionGroup var options: NewOptions
    @Argument(help: Self.nameHelp) var name: String?
    @OptionGroup var flags: RecordFlags<NewCodebook>

    func place(_ name: String, by contributor: String?) -> RecordPlace { .codebook(slug: name) }
}
