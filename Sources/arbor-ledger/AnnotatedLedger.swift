import Annotations
import ArgumentParser
import Checking
import Records
import Words

/// The traces, codebooks and annotations of a ledger.
struct AnnotatedLedger {
    private let workspace: Workspace
    private let files: [DecodedFile]
    private let ledger: CheckedLedger
    var state: LedgerState { ledger.state }

    init(_ workspace: Workspace, at snapshot: Snapshot = .workTree) throws {
        self.workspace = workspace
        files = try workspace.files(snapshot)
        ledger = workspace.check(files)
    }

    func trace(_ name: String) throws(Refusal) -> Trace {
        if let trace = state.traces[name] { return trace }
        throw missing("trace", name, state.traces.keys.sorted())
    }

    func codebook(_ name: String) throws(Refusal) -> Codebook {
        if let codebook = state.codebooks[name] { return codebook }
        throw missing("codebook", name, state.codebooks.keys.sorted())
    }

    private func missing(_ noun: String, _ name: String, _ known: [String]) -> Refusal {
        Refusal(
            message: "the ledger has no \(noun) \"\(name)\" without errors",
            remedy: didYouMean(name, known)
                ?? "`arbor-ledger new \(noun)` writes one; `arbor-ledger check` lists errors",
            exitCode: 64)
    }

    func text(of trace: String) throws(Refusal) -> TraceTextFile {
        _ = try self.trace(trace)
        if let text = state.traceTexts[trace] { return text }
        throw Refusal(
            message: "the text of \(trace) is not at hand", remedy: "add it as Traces/\(trace)/text.txt")
    }

    func segmentation(of trace: String) throws(Refusal) -> Segmentation { try self.trace(trace).segments.rule }

    /// The annotation files that no other replaces, sorted by path.
    var heads: [AnnotationFile] {
        state.annotations.sorted { $0.key < $1.key }.flatMap(\.value.heads)
    }

    func heads(trace: String, codebook: String, annotator: String) -> [AnnotationFile] {
        state.annotations[trace, default: []].heads.filter {
            $0.content.codebook == codebook && $0.content.annotator == annotator
        }
    }

    /// Returns the path of a new annotation file. Refuses a file that `check` would refuse.
    func path(of annotation: Annotation, _ bytes: [UInt8], sha256: String) throws(Refusal) -> String {
        let place = AnnotationFile.place(of: annotation, sha256: sha256)
        let path = place.path
        guard RecordPlace(path: path) == place else {
            throw badHandle(annotation.annotator)
        }
        guard !files.contains(where: { $0.path == path }) else { return path }
        try requireValid([SourceFile(path: path, bytes: bytes)])
        return path
    }

    /// Refuses new files that `check` would refuse.
    func requireValid(_ added: [SourceFile]) throws(Refusal) {
        try workspace.requireValid(added, beside: files, ledger)
    }

    /// The traces without errors, sorted by slug.
    var traces: [Trace] { state.traces.sorted { $0.key < $1.key }.map(\.value) }

    /// Returns the text of a trace; nil if it is not at hand.
    func textAtHand(of trace: String) -> TraceTextFile? { state.traceTexts[trace] }
}

extension Workspace {
    /// Refuses new files that `check` would refuse, beside the files of a ledger.
    func requireValid(_ added: [SourceFile], beside files: [DecodedFile], _ ledger: CheckedLedger) throws(Refusal) {
        let known = Set(ledger.diagnostics)
        let new = check(files + added.map(decode))
        if let mistake = new.diagnostics.first(where: { $0.severity == .error && !known.contains($0) }) {
            throw Refusal(message: "\(mistake.path) would be wrong: \(mistake.message)", remedy: mistake.fix)
        }
    }
}

func badHandle(_ annotator: String) -> Refusal {
    Refusal(
        message: "\"\(annotator)\" is not a valid handle", remedy: "use lower-case letters, digits, `-`, `_` and `.`",
        exitCode: 64)
}

/// A format in which annotations are exported.
enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
    case webAnnotation = "web-annotation"
    case brat, csv
}

extension AnnotatedLedger {
    /// Returns the files of an export, the number of annotations in them, and notes on what a format cannot express.
    func exported(_ annotations: [AnnotationFile], as format: ExportFormat)
        -> (files: [(path: String, bytes: [UInt8])], count: Int, notes: [String])
    {
        if format == .csv {
            let contents = annotations.map(\.content)
            return ([("labels.csv", labelTable(contents)), ("links.csv", linkTable(contents))], contents.count, [])
        }
        var files: [(path: String, bytes: [UInt8])] = []
        var notes: [String] = []
        var count = 0
        let counts = Dictionary(grouping: annotations, by: \.base).mapValues(\.count)
        for annotation in annotations {
            let content = annotation.content
            guard let trace = state.traces[content.trace], let text = state.text(of: trace) else {
                notes.append("the text of \(content.trace) is not in the ledger; its annotations are left out")
                continue
            }
            count += 1
            let isAlone = counts[annotation.base] == 1
            let base = isAlone ? annotation.base : "\(annotation.base)-\(annotation.sha256.prefix(12))"
            switch format {
            case .webAnnotation:
                let bytes = content.webAnnotation(
                    of: text, trace.segments.rule, file: annotation.path, textFile: "Traces/\(content.trace)/text.txt")
                files.append(("\(base).jsonld", bytes))
            case .brat:
                let (lines, changed) = content.brat(of: text, trace.segments.rule)
                files += [("\(base).ann", Array(lines.utf8)), ("\(base).txt", Array(text[0..<text.count].utf8))]
                if changed > 0 {
                    notes.append("\(base).ann: \(counted(changed, "label")) lost the line ends at its borders")
                }
            case .csv: break
            }
        }
        if format == .brat {
            for name in Set(annotations.map(\.content.codebook)).sorted() {
                guard let codebook = state.codebooks[name] else { continue }
                files.append(
                    (
                        "\(name)/annotation.conf",
                        Array(
                            bratConfiguration(labels: codebook.labels.map(\.name.value), values: codebook.values).utf8)
                    ))
            }
        }
        return (files, count, Set(notes).sorted())
    }
}

extension AnnotationFile {
    /// The path of an exported file without its ending.
    fileprivate var base: String { "\(content.codebook)/\(content.annotator)/\(content.trace)" }
}
