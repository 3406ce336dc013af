import Annotations
import ArgumentParser
import Checking
import Git
import Records
import Reports
import Words

struct AnnotationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "annotations",
        abstract: "Import and export labels of traces, or make them by rules.",
        discussion: """
            An annotation is the file of the labels that one annotator gave to one trace with one codebook.

            Example: arbor-ledger annotations export labels --to csv
            """,
        subcommands: [Import.self, Export.self, Match.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import the labels of another annotation tool.",
            discussion: """
                Each label is placed by its quote: at its offset, or else where the trace has the only copy of its text. \
                A label that has no such place or that the codebook lacks is refused; then nothing is written, unless \
                --allow-refused is given. A codebook of segments gets a label on each segment that it covers by more \
                than half.

                Formats: brat (the .txt file beside the .ann file is read, too), Label Studio (JSON and JSON-MIN), \
                doccano (JSONL), UIMA CAS JSON (INCEpTION), and text with tags around each sentence.

                Examples:
                  arbor-ledger annotations import SLUG.ann --trace SLUG --codebook SLUG \\
                    --annotator ada --by human --blind
                  arbor-ledger annotations import SLUG.json --trace SLUG --codebook SLUG \\
                    --annotator gpt-4o --by model --label Guess=uncertainty --allow-refused
                """)

        @OptionGroup var format: FormatOption<ImportReport>

        @Option(help: ArgumentHelp("The trace that is labelled.", valueName: "slug"))
        var trace: String

        @Option(help: ArgumentHelp("The codebook that defines the labels.", valueName: "slug"))
        var codebook: String

        @Option(help: ArgumentHelp("Who made the labels.", valueName: "handle"))
        var annotator: String

        @Option(name: .customLong("by"), help: "What made the labels: human, model or rule.")
        var maker: Annotation.Maker

        @Option(
            name: .customLong("as"),
            help: "The format, if its content does not show it: brat, label-studio, doccano, uima or inline-tags.")
        var source: AnnotationFormat?

        @Option(
            name: .customLong("offsets"),
            help: "What offsets count, if neither format nor quotes show it: code-points, utf-16 or graphemes.")
        var offsetUnit: OffsetUnit?

        @Option(
            name: .customLong("label"),
            help: ArgumentHelp(
                "The codebook's label for a name of the file, with a value if labels have values; repeat for several.",
                valueName: "name=label[:value]"))
        var meanings: [LabelMeaning] = []

        @Option(
            name: .customLong("from"),
            help: ArgumentHelp("The annotator's name in the file, if it has several.", valueName: "name"))
        var sourceAnnotator: String?

        @Option(help: ArgumentHelp("The tool that made the labels (default: the format).", valueName: "name"))
        var tool: String?

        @Flag(name: .customLong("blind"), help: "The annotator saw no labels of others.")
        var isBlind = false

        @Flag(name: .customLong("replace"), help: "Replace the annotator's present annotation of this trace.")
        var replaces = false

        @Flag(name: .customLong("allow-refused"), help: "Import the other labels if some are refused.")
        var allowsRefused = false

        @Flag(name: .customLong("dry-run"), help: "Print the counts and write nothing.")
        var isDryRun = false

        @Argument(help: "The files to import.", completion: .file())
        var files: [String]

        func run() async throws {
            try await withWorkspace { workspace in
                try workspace.requireWorkTree()
                let ledger = try AnnotatedLedger(workspace)
                let codebook = try ledger.codebook(self.codebook)
                let text = try ledger.text(of: trace)
                let rules = try rules(codebook, text, ledger.segmentation(of: trace))
                let (format, document) = try document(rules, workspace)
                let labels = try refusing { () throws(ImportMistake) in try rules.place(document) }
                let heads = ledger.heads(trace: trace, codebook: codebook.slug, annotator: annotator)
                var annotation = Annotation(
                    trace: trace, text: text.sha256, codebook: codebook.slug, version: codebook.digest,
                    annotator: annotator, maker: maker, isBlind: isBlind,
                    replaces: replaces ? heads.map(\.sha256) : [], coverage: labels.coverage, marks: labels.marks,
                    links: labels.links, minutes: document.minutes, tool: tool ?? format.rawValue)
                annotation.sort()
                let present = heads.count == 1 && heads[0].content.saysTheSame(as: annotation) ? heads[0] : nil
                if let present { annotation = present.content }
                let bytes = annotation.encoded
                let path = try present?.path ?? ledger.path(of: annotation, bytes, sha256: sha256(bytes))
                if !replaces, present == nil, !heads.isEmpty {
                    throw Refusal(
                        message: "\(annotator) has another annotation of \(trace) with the codebook \(codebook.slug)",
                        remedy: "add --replace, so that the new one counts instead")
                }
                // A file without labels says that the text has none.
                let placesNone = labels.marks.isEmpty && !labels.refused.isEmpty
                let isRefused = placesNone || !labels.refused.isEmpty && !allowsRefused
                let isWritten = !isRefused && !isDryRun && present == nil
                if isWritten { try writeFile("\(workspace.root)/\(path)", bytes) }
                try self.format.print(
                    ImportReport(
                        path: path, isWritten: isWritten, isUnchanged: present != nil, format: format, labels: labels,
                        replacedCount: annotation.replaces.count, textLength: text.text.count))
                if isRefused {
                    let remedy =
                        placesNone
                        ? "no label could be placed; check --trace, and name labels with --label NAME=LABEL"
                        : "--label NAME=LABEL names labels, and --allow-refused imports those that were placed"
                    writeError("arbor-ledger: nothing was written; \(remedy)\n")
                }
                return isRefused ? .failure : .success
            }
        }

        private func rules(_ codebook: Codebook, _ text: TraceTextFile, _ segmentation: Segmentation) throws(Refusal)
            -> AnnotationImport
        {
            let names = codebook.labels.map(\.name.value) + [Annotation.Link.dependsOn]
            for meaning in meanings where !names.contains(meaning.label) {
                throw Refusal(
                    message: "the codebook \(codebook.slug) has no label \"\(meaning.label)\"",
                    remedy: didYouMean(meaning.label, names) ?? "choose among \(listed(shortList(names)))",
                    exitCode: 64)
            }
            return AnnotationImport(
                text: text.text, segments: segmentation.segments(of: text.text), unit: codebook.unit,
                labels: codebook.labels.map(\.name.value), hasValues: codebook.scale.hasValues,
                values: codebook.values, meanings: meanings.map { .init($0.name, label: $0.label, value: $0.value) },
                offsetUnit: offsetUnit)
        }

        /// Reads the files and chooses the document that labels the trace.
        private func document(_ rules: AnnotationImport, _ workspace: Workspace) throws -> (
            AnnotationFormat, ForeignDocument
        ) {
            var found: AnnotationFormat?
            var documents: [ForeignDocument] = []
            let paths = files.map(workspace.absolutePath)
            // The text of a brat file is read with it.
            let texts = Set(paths.compactMap { $0.withoutEnding(".ann").map { "\($0).txt" } })
            for (path, typed) in zip(paths, files) where !texts.contains(path) {
                let bytes = try content(path, typed)
                guard let format = source ?? AnnotationFormat(recognising: bytes) else {
                    throw Refusal(
                        message: "\(typed) has no format of an annotation tool that is known",
                        remedy: "name its format with --as, or export it from the tool in one of the formats in --help")
                }
                let text = "\(path.withoutEnding(".ann") ?? path).txt"
                let hasText = format == .brat && text != path && fileExists(text)
                let textBytes = hasText ? try content(text, text) : nil
                do {
                    documents += try format.documents(in: bytes, text: textBytes)
                } catch {
                    throw Refusal(message: "\(typed): \(error.message)", remedy: error.remedy)
                }
                found = found ?? format
            }
            guard let found else {
                throw Refusal(message: "there is no .ann file", remedy: "name the .ann file", exitCode: 64)
            }
            return (
                found,
                try refusing { () throws(ImportMistake) in
                    try rules.document(among: documents, by: sourceAnnotator)
                }
            )
        }

        private func content(_ path: String, _ typed: String) throws -> [UInt8] {
            switch try readFile(path, limit: importByteLimit) {
            case .bytes(let bytes): return bytes
            case .tooLarge(let size):
                throw Refusal(
                    message: "\(typed) has \(size) bytes, more than \(importByteLimit)",
                    remedy: "export fewer texts at once")
            case .special: throw Refusal(message: "\(typed) is not a regular file", exitCode: 64)
            }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Export the labels of traces for other tools.",
            discussion: """
                Writes the annotations that no other replaces. web-annotation writes JSON-LD of the W3C's Web Annotation \
                Data Model, with positions and quotes; brat writes a .txt and an .ann file for each annotation, and \
                annotation.conf; csv writes labels.csv with one label a row, and links.csv. No other file is overwritten.

                Examples (replace SLUG):
                  arbor-ledger annotations export labels --to csv
                  arbor-ledger annotations export pages --to web-annotation --trace SLUG
                  arbor-ledger annotations export corpus --to brat --codebook SLUG --at HEAD
                """)

        @Option(name: .customLong("to"), help: "The format: web-annotation, brat or csv.")
        var target: ExportFormat

        @Option(help: ArgumentHelp("Only this trace; repeat for several.", valueName: "slug"))
        var trace: [String] = []

        @Option(help: ArgumentHelp("Only this codebook; repeat for several.", valueName: "slug"))
        var codebook: [String] = []

        @Option(help: ArgumentHelp("Export the annotations at this commit.", valueName: "rev"))
        var at: String?

        @Argument(help: "The folder to write.", completion: .directory)
        var folder: String

        func run() async throws {
            try await withWorkspace { workspace in
                let ledger = try AnnotatedLedger(workspace, at: at.map(Snapshot.revision) ?? .workTree)
                for name in trace { _ = try ledger.trace(name) }
                for name in codebook { _ = try ledger.codebook(name) }
                let chosen = ledger.heads.filter { file in
                    (trace.isEmpty || trace.contains(file.content.trace))
                        && (codebook.isEmpty || codebook.contains(file.content.codebook))
                }
                let exported = ledger.exported(chosen, as: target)
                let folder = workspace.absolutePath(folder)
                for file in exported.files {
                    let path = "\(folder)/\(file.path)"
                    if fileExists(path) {
                        guard case .bytes(file.bytes) = try readFile(path, limit: file.bytes.count) else {
                            throw Refusal(
                                message: "\(path) already exists with another content",
                                remedy: "remove it, or name another folder")
                        }
                    } else {
                        try writeFile(path, file.bytes)
                    }
                }
                for note in exported.notes { writeError("arbor-ledger: \(escapeHidden(note))\n") }
                writeOutput(
                    "\(counted(exported.count, "annotation")) in \(counted(exported.files.count, "file")) in "
                        + "\(escapeHidden(folder))\n")
                return .success
            }
        }
    }
}

/// The largest file that is imported, in bytes.
private let importByteLimit = 16 * 1024 * 1024

/// The codebook's label for a name of a foreign file, such as `Guess=uncertainty` or `good=correctness:1`.
struct LabelMeaning: ExpressibleByArgument {
    var name: String
    var label: String
    var value: Double?

    init?(argument: String) {
        guard let sign = argument.utf8.lastIndex(of: UInt8(ascii: "=")) else { return nil }
        name = String(argument[..<sign])
        let parts = argument.utf8[argument.utf8.index(after: sign)...].split(
            separator: UInt8(ascii: ":"), omittingEmptySubsequences: false
        ).map { String(decoding: $0, as: UTF8.self) }
        guard parts.count <= 2, !parts[0].isEmpty, !name.isEmpty else { return nil }
        label = parts[0]
        if parts.count == 2 {
            guard let value = Number(parts[1])?.doubleValue else { return nil }
            self.value = value
        }
    }
}

extension AnnotationFormat: ExpressibleByArgument {}
extension OffsetUnit: ExpressibleByArgument {}
extension Annotation.Maker: ExpressibleByArgument {}

private func refusing<Result>(_ body: () throws(ImportMistake) -> Result) throws(Refusal) -> Result {
    do {
        return try body()
    } catch {
        throw Refusal(message: error.message, remedy: error.remedy)
    }
}
