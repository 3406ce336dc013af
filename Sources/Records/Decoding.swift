import Words
import YAML

/// One decoded file of a ledger.
package indirect enum Record: Sendable {
    case question(Question)
    case vote(Vote)
    case quantity(Quantity)
    case condition(Condition)
    case conditionValue(ConditionValue)
    case assumption(Assumption)
    case constraint(Constraint)
    case finding(Finding)
    case model(ToyModel)
    case measurement(Measurement)
    case receipt(Receipt)
    case signature(ReceiptSignature)
    case trace(Trace)
    case traceText(TraceTextFile)
    case annotation(AnnotationFile)
    case codebook(Codebook)
    case resource(Resource)
    case kernel(CommandKernel)
    case kernelFile(KernelFile)
}

/// The result of decoding one file: its record, as far as it could be read, and its diagnostics.
///
/// This is a class, so that sorting a hundred thousand decoded files moves only references.
package final class DecodedFile: Sendable {
    package let path: String
    package let place: RecordPlace?
    package let diagnostics: [Diagnostic]
    /// The record, with placeholders for required parts that are missing or wrong. It is used only for checking.
    package let partialRecord: Record?
    private let isComplete: Bool

    /// The complete record; nil if a required part is missing or wrong.
    package var record: Record? { isComplete ? partialRecord : nil }

    private init(path: String, place: RecordPlace?, partialRecord: Record?, isComplete: Bool, diagnostics: [Diagnostic])
    {
        self.path = path
        self.place = place
        self.partialRecord = partialRecord
        self.isComplete = isComplete
        self.diagnostics = diagnostics
    }

    fileprivate convenience init(path: String, place: RecordPlace?, partialRecord: Record?, _ log: FileLog) {
        assert(log.isComplete || log.diagnostics.contains { $0.severity == .error })
        self.init(
            path: path, place: place, partialRecord: partialRecord, isComplete: log.isComplete,
            diagnostics: log.diagnostics)
    }

    /// Returns a placeholder for a file that exists but was not read, so that references to the file can be resolved.
    package static func placeholder(_ path: String) -> DecodedFile {
        DecodedFile(path: path, place: RecordPlace(path: path), partialRecord: nil, isComplete: true, diagnostics: [])
    }
}

/// Decodes one file without reading any other file.
package func decode(_ file: SourceFile) -> DecodedFile { decodeWithYAML(file).file }

/// Decodes a record from YAML that was parsed without problems.
package func decode(path: String, yaml: Node) -> DecodedFile {
    let log = FileLog(path: path)
    let place = RecordPlace(path: path)
    if let place { checkNames(of: path, place: place, log: log) }
    if let foreign = place.flatMap({ ForeignFile(yaml, at: $0, path: path) }) {
        foreign.report(to: log)
        return DecodedFile(path: path, place: place, partialRecord: nil, log)
    }
    let partialRecord = place.flatMap { record(at: $0, path: path, node: yaml, log: log) }
    return DecodedFile(path: path, place: place, partialRecord: partialRecord, log)
}

/// Decodes one file and returns its YAML, which `decode(path:yaml:)` decodes to the same result. The YAML is nil if it
/// cannot give the same result.
package func decodeWithYAML(_ file: SourceFile) -> (file: DecodedFile, yaml: Node?) {
    let log = FileLog(path: file.path)
    let place = RecordPlace(path: file.path)
    func result(_ partialRecord: Record?) -> (DecodedFile, Node?) {
        (DecodedFile(path: file.path, place: place, partialRecord: partialRecord, log), nil)
    }
    func result(_ foreign: ForeignFile) -> (DecodedFile, Node?) {
        foreign.report(to: log)
        return result(nil)
    }
    if let foreign = ForeignFile(path: file.path) { return result(foreign) }
    switch file.kind {
    case .symlink:
        log.report(.symlink, .fileStart, "a symbolic link", fix: "commit the file itself")
        return result(nil)
    case .submodule:
        log.report(.submodule, .fileStart, "a submodule", fix: "copy the records into this ledger")
        return result(nil)
    case .special:
        log.report(.symlink, .fileStart, "a folder, pipe, socket or device", fix: "put a file there, or remove it")
        return result(nil)
    case .tooLarge(let byteCount):
        log.report(.tooLarge, .fileStart, tooLargeMessage(byteCount, limit: recordByteLimit), fix: "split it")
        return result(nil)
    case .file:
        break
    }
    if file.path.hasSameBytes(as: settingsPath) || file.path.hasSameBytes(as: signersPath) {
        let diagnostics =
            file.path.hasSameBytes(as: settingsPath)
            ? decodeSettings(file.bytes).diagnostics : decodeSigners(file.bytes).diagnostics
        for found in diagnostics {
            log.report(found.code, found.mark, found.message, fix: found.fix, edits: found.edits)
        }
        return result(nil)
    }
    guard let place else {
        reportStray(file.path, log: log)
        return result(nil)
    }
    if case .receipt(let model, let name) = place {
        checkNames(of: file.path, place: place, log: log)
        return result(Receipt.read(folder: model, name: name, bytes: file.bytes, log: log).map(Record.receipt))
    }
    if case .signature(let model, let receipt, let key) = place {
        checkNames(of: file.path, place: place, log: log)
        let signature = ReceiptSignature.read(
            folder: model, receipt: receipt, key: key, bytes: file.bytes, log: log)
        return result(signature.map(Record.signature))
    }
    if case .annotation = place {
        checkNames(of: file.path, place: place, log: log)
        return result(AnnotationFile.read(at: place, bytes: file.bytes, log: log).map(Record.annotation))
    }
    if case .traceText(let slug) = place {
        checkNames(of: file.path, place: place, log: log)
        return result(TraceTextFile.read(slug: slug, bytes: file.bytes, log: log).map(Record.traceText))
    }
    if case .kernelFile(let kernel, let name) = place {
        checkNames(of: file.path, place: place, log: log)
        let digest = sha256(file.bytes)
        return result(.kernelFile(KernelFile(kernel: kernel, name: name, sha256: digest)))
    }
    if let foreign = ForeignFile(content: file.bytes) { return result(foreign) }
    let (node, problems) = readYAML(file.bytes)
    if let node, problems.isEmpty { return (decode(path: file.path, yaml: node), node) }
    checkNames(of: file.path, place: place, log: log)
    for problem in problems { log.report(syntaxMistake(behind: problem, in: file) ?? problem) }
    return result(node.flatMap { record(at: place, path: file.path, node: $0, log: log) })
}

private func record(at place: RecordPlace, path: String, node: Node, log: FileLog) -> Record? {
    switch place {
    case .question(let id): Question(id: id, node: node, log: log).map(Record.question)
    case .vote(let question, let handle):
        Vote(question: question, handle: handle, node: node, log: log).map(Record.vote)
    case .quantity(let slug): Quantity(slug: slug, node: node, log: log).map(Record.quantity)
    case .condition(let slug): Condition(slug: slug, node: node, log: log).map(Record.condition)
    case .conditionValue(let condition, let slug):
        ConditionValue(condition: condition, slug: slug, node: node, log: log).map(Record.conditionValue)
    case .assumption(let slug): Assumption(slug: slug, node: node, log: log).map(Record.assumption)
    case .constraint(let slug): Constraint(slug: slug, node: node, log: log).map(Record.constraint)
    case .finding(let slug): Finding(slug: slug, path: path, node: node, log: log).map(Record.finding)
    case .model(let slug): ToyModel(slug: slug, node: node, log: log).map(Record.model)
    case .measurement(let model, let slug):
        Measurement(model: model, slug: slug, node: node, log: log).map(Record.measurement)
    case .trace(let slug): Trace(slug: slug, node: node, log: log).map(Record.trace)
    case .codebook(let slug): Codebook(slug: slug, node: node, log: log).map(Record.codebook)
    case .resource(let slug): Resource(slug: slug, node: node, log: log).map(Record.resource)
    case .kernel(let slug): CommandKernel(slug: slug, node: node, log: log).map(Record.kernel)
    case .receipt, .signature, .traceText, .annotation, .kernelFile: nil
    }
}

/// Reports misplaced YAML files and receipts. Without this report, they would be ignored silently.
private func reportStray(_ path: String, log: FileLog) {
    if hasUnsafePart(path) {
        log.report(
            .badName, .fileStart, "the path contains a name that git does not allow",
            fix: "remove it from the commit; `git fsck --strict` finds such paths")
    } else if path.endsWithBytes(".yml") {
        log.report(.strayFile, .fileStart, "the file ends in .yml, and records end in .yaml", fix: "rename it")
    } else if isLedgerPath(path) {
        log.report(
            .strayFile, .fileStart, "records cannot be stored at this path",
            fix: "see docs/format.md for where each record goes")
    }
}

/// Checks the names in a path. They must match `[a-z0-9][a-z0-9._-]*`, which is safe on every file system, in URLs and
/// in shells.
private func checkNames(of path: String, place: RecordPlace, log: FileLog) {
    var parts = pathParts(path).dropFirst()
    if let file = parts.popLast() {
        // A signature's name consists of two digests.
        switch place {
        case .signature: break
        case .kernelFile:
            if !isProgramFileName(file) {
                log.report(
                    .badName, .fileStart, "\"\(file)\" cannot name a file of a program",
                    fix: "use letters, digits, `-`, `_` and `.`; begin with a letter, a digit or `_`")
            }
        default: parts.append(file.withoutEnding(".yaml") ?? file)
        }
    }
    for part in parts where !isName(part) {
        let fix = "use lower-case letters, digits, `-`, `_` and `.`; begin with a letter or digit"
        log.report(.badName, .fileStart, "\"\(part)\" is not a valid record name", fix: fix)
    }
    let folders: [String] =
        switch place {
        case .question(let id): pathParts(id)
        case .vote(let question, _): pathParts(question)
        case .quantity, .condition, .conditionValue, .assumption, .constraint, .finding, .model, .measurement, .receipt,
            .signature, .trace, .traceText, .annotation, .codebook, .resource, .kernel, .kernelFile:
            []
        }
    if folders.contains(RecordPlace.votesName) {
        log.report(
            .badName, .fileStart, "\"votes\" is the folder for votes and cannot name a question",
            fix: "rename the folder; if the file is the vote of a user named \"question\", rename the file")
    }
    guard case .conditionValue(_, let slug) = place else { return }
    if Number(slug) != nil {
        log.report(
            .badName, .fileStart, "\"\(slug)\" cannot name a value: it is a number", fix: "begin it with a letter")
    } else if ["unknown", Condition.notApplicable].contains(slug) {
        log.report(
            .badName, .fileStart, "\"\(slug)\" is a value of every condition and has no file", fix: "remove it")
    }
}

package func isName(_ text: some StringProtocol) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, bytes.count <= 100, !text.endsWithBytes(".") else { return false }
    func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
            || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }
    return isLetterOrDigit(first)
        && bytes.allSatisfy {
            isLetterOrDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
}

extension Diagnostic.Code {
    package init(_ kind: Problem.Kind) {
        self =
            switch kind {
            case .syntax: .syntax
            case .encoding: .encoding
            case .controlCharacter: .controlCharacter
            case .bidirectionalOverride: .bidirectionalOverride
            case .notComposed: .notComposed
            case .alias: .alias
            case .tag: .tag
            case .duplicateKey: .duplicateKey
            case .tooLarge: .tooLarge
            case .tooDeep: .tooDeep
            case .tooManyNodes: .tooManyNodes
            }
    }
}

extension Diagnostic.Code {
    package static let syntax = Self("syntax", .error, "The file is not a single YAML document.")
    package static let encoding = Self("encoding", .error, "The file is not UTF-8.")
    package static let controlCharacter = Self("control-character", .error, "The file contains a control character.")
    package static let bidirectionalOverride = Self(
        "bidirectional-override", .error, "An invisible character can hide or reorder text.")
    package static let notComposed = Self(
        "not-composed", .error, "The text is not in Unicode's composed form.")
    package static let alias = Self("alias", .error, "YAML anchors, aliases and merge keys are not allowed.")
    package static let tag = Self("tag", .error, "YAML tags are not allowed: types follow from the key.")
    package static let duplicateKey = Self("duplicate-key", .error, "A key or a value is given twice.")
    package static let tooLarge = Self("too-large", .error, "The file exceeds the size limit.")
    package static let tooDeep = Self("too-deep", .error, "The file exceeds the nesting limit.")
    package static let tooManyNodes = Self("too-many-nodes", .error, "The file exceeds the node limit.")
    package static let symlink = Self("symlink", .error, "A record is a symbolic link or a special file.")
    package static let submodule = Self("submodule", .error, "A submodule lies among the records.")
    package static let badName = Self("bad-name", .error, "A name breaks the rules for names.")

    package static let ofFiles = [
        syntax, encoding, controlCharacter, bidirectionalOverride, notComposed, alias, tag, duplicateKey, tooLarge,
        tooDeep, tooManyNodes, symlink, submodule, badName,
    ]
    package static let ofRecords =
        ofFiles + ofForeignFiles + ofFields + ofReceipts + ofSignatures + ofSettings + ofTraceFiles
        + ofResourceFiles + ofKernelRecords
}
