import Words
import YAML

/// One file of a ledger, read from a commit, the index or the work tree.
package struct SourceFile: Sendable {
    package enum Kind: Sendable, Equatable {
        case file, symlink, submodule
        /// A pipe, socket or device in the work tree.
        case special
        /// A file that is too large and was therefore not read.
        case tooLarge(byteCount: Int)
    }

    /// The path relative to the ledger's root, with parts separated by `/`.
    package var path: String
    package var kind: Kind
    package var bytes: [UInt8]
    /// The id of the git blob, if known. It identifies unchanged files.
    package var contentID: String?

    package init(path: String, kind: Kind = .file, bytes: [UInt8], contentID: String? = nil) {
        self.path = path
        self.kind = kind
        self.bytes = bytes
        self.contentID = contentID
    }
}

/// The kind and name of a record. The record's path determines both.
package enum RecordPlace: Hashable, Sendable {
    case question(id: String)
    case vote(question: String, handle: String)
    case quantity(slug: String)
    case condition(slug: String)
    case conditionValue(condition: String, slug: String)
    case assumption(slug: String)
    case constraint(slug: String)
    case finding(slug: String)
    case model(slug: String)
    case measurement(model: String, slug: String)
    case receipt(model: String, name: String)
    /// The signature of a receipt. `key` is the digest of the public key.
    case signature(model: String, receipt: String, key: String)
    case trace(slug: String)
    /// The text of a trace, as its model produced it.
    case traceText(slug: String)
    case annotation(trace: String, codebook: String, annotator: String, name: String)
    case codebook(slug: String)
    case resource(slug: String)
    case kernel(slug: String)
    /// A file of a kernel's program.
    case kernelFile(kernel: String, file: String)

    /// The id of the north star; other ids are folders below `Claims/`.
    package static let rootQuestion = "."

    /// The name of the subfolder that contains a question's votes. No question can have this name.
    package static let votesName = "votes"

    /// The name of the record of a kernel.
    package static let kernelFileName = "kernel.yaml"

    /// The name of the file with the text of a trace.
    package static let textFileName = "text.txt"

    package static func votesFolder(of question: String) -> String {
        question == rootQuestion ? "Claims/\(votesName)" : "Claims/\(question)/\(votesName)"
    }

    /// Returns nil for files that are not records, such as a README.
    package init?(path: String) {
        let parts = pathParts(path)
        guard let file = parts.last, parts.count >= 2 else { return nil }
        let slug = file.withoutEnding(".yaml")
        switch (parts[0], parts.count) {
        case ("Findings", _):
            guard let slug else { return nil }
            self = .finding(slug: slug)
        case ("Verifiers", 3):
            guard let slug else { return nil }
            self = slug == "model" ? .model(slug: parts[1]) : .measurement(model: parts[1], slug: slug)
        case ("Verifiers", 4):
            guard parts[2] == "receipts" else { return nil }
            if let name = file.withoutEnding(".json") {
                self = .receipt(model: parts[1], name: name)
            } else if let digests = file.withoutEnding(".sig")?.split(
                separator: ".", omittingEmptySubsequences: false), digests.count == 2, digests.allSatisfy(isDigest)
            {
                self = .signature(model: parts[1], receipt: String(digests[0]), key: String(digests[1]))
            } else {
                return nil
            }
        case ("Kernels", 3):
            self =
                file == Self.kernelFileName ? .kernel(slug: parts[1]) : .kernelFile(kernel: parts[1], file: file)
        case ("Codebooks", 2):
            guard let slug else { return nil }
            self = .codebook(slug: slug)
        case ("Resources", 2):
            guard let slug else { return nil }
            self = .resource(slug: slug)
        case ("Traces", 3):
            switch file {
            case "trace.yaml": self = .trace(slug: parts[1])
            case Self.textFileName: self = .traceText(slug: parts[1])
            default: return nil
            }
        case ("Traces", 6):
            guard parts[2] == "annotations", let name = file.withoutEnding(".json") else { return nil }
            self = .annotation(trace: parts[1], codebook: parts[3], annotator: parts[4], name: name)
        case ("Claims", _) where parts[1] == "vocabulary":
            guard let slug, parts.count >= 4 else { return nil }
            switch (parts[2], parts.count) {
            case ("assumptions", 5...):
                self = .assumption(slug: (parts[3..<parts.count - 1] + [slug]).joined(separator: "/"))
            case ("quantities", 4): self = .quantity(slug: slug)
            case ("assumptions", 4): self = .assumption(slug: slug)
            case ("constraints", 4): self = .constraint(slug: slug)
            case ("conditions", 4): self = .condition(slug: slug)
            case ("conditions", 5): self = .conditionValue(condition: parts[3], slug: slug)
            default: return nil
            }
        case ("Claims", _):
            var folders = parts[1..<(parts.count - 1)]
            let isVote = folders.last == Self.votesName && slug != "question"
            if isVote { folders.removeLast() }
            let id = folders.isEmpty ? Self.rootQuestion : folders.joined(separator: "/")
            guard let slug, isVote || slug == "question" else { return nil }
            self = isVote ? .vote(question: id, handle: slug) : .question(id: id)
        default:
            return nil
        }
    }

    /// The name of the record's file or folder.
    package var name: String {
        switch self {
        case .question(let id): id
        case .vote(_, let handle): handle
        case .quantity(let slug), .condition(let slug), .conditionValue(_, let slug), .assumption(let slug),
            .constraint(let slug), .finding(let slug), .model(let slug), .measurement(_, let slug), .trace(let slug),
            .traceText(let slug), .codebook(let slug), .resource(let slug), .kernel(let slug):
            slug
        case .kernelFile(let kernel, let file): "\(kernel)/\(file)"
        case .annotation(_, _, _, let name): name
        case .receipt(_, let name): name
        case .signature(_, let receipt, let key): "\(receipt).\(key)"
        }
    }

    /// The path of a record: the inverse of `init(path:)`, except for findings, which may be in any folder.
    package var path: String {
        switch self {
        case .question(Self.rootQuestion): "Claims/question.yaml"
        case .question(let id): "Claims/\(id)/question.yaml"
        case .vote(let question, let handle): "\(Self.votesFolder(of: question))/\(handle).yaml"
        case .quantity(let slug): "Claims/vocabulary/quantities/\(slug).yaml"
        case .condition(let slug): "Claims/vocabulary/conditions/\(slug).yaml"
        case .conditionValue(let condition, let slug): "Claims/vocabulary/conditions/\(condition)/\(slug).yaml"
        case .assumption(let slug): "Claims/vocabulary/assumptions/\(slug).yaml"
        case .constraint(let slug): "Claims/vocabulary/constraints/\(slug).yaml"
        case .finding(let slug): "Findings/\(slug).yaml"
        case .model(let slug): "Verifiers/\(slug)/model.yaml"
        case .measurement(let model, let slug): "Verifiers/\(model)/\(slug).yaml"
        case .receipt(let model, let name): "Verifiers/\(model)/receipts/\(name).json"
        case .signature(let model, _, _): "Verifiers/\(model)/receipts/\(name).sig"
        case .trace(let slug): "Traces/\(slug)/trace.yaml"
        case .traceText(let slug): "Traces/\(slug)/\(Self.textFileName)"
        case .annotation(let trace, let codebook, let annotator, let name):
            "Traces/\(trace)/annotations/\(codebook)/\(annotator)/\(name).json"
        case .codebook(let slug): "Codebooks/\(slug).yaml"
        case .resource(let slug): "Resources/\(slug).yaml"
        case .kernel(let slug): "Kernels/\(slug)/\(Self.kernelFileName)"
        case .kernelFile(let kernel, let file): "Kernels/\(kernel)/\(file)"
        }
    }
}

/// Returns whether a text is a SHA-256 in lower-case hexadecimal digits.
func isDigest(_ text: Substring) -> Bool { isHexadecimal(text, digits: 64) }

/// Returns whether a text consists of a number of lower-case hexadecimal digits.
package func isHexadecimal(_ text: Substring, digits: Int) -> Bool {
    text.utf8.count == digits && text.utf8.allSatisfy("0123456789abcdef".utf8.contains)
}

/// Whether a file is a record, could be mistaken for a record, or holds settings; other files are ignored.
package func isLedgerPath(_ path: String) -> Bool {
    // The settings folder also holds schemas for editors.
    if isInSettingsFolder(path) { return path.hasSameBytes(as: signersPath) }
    return path.endsWithBytes(".yaml") || path.endsWithBytes(".yml") || path.endsWithBytes(".ipynb")
        || path.endsWithBytes(".json")
        || isBelowReceipts(path) || isTraceText(path) || isBelowKernels(path) || hasUnsafePart(path)
}

private func isTraceText(_ path: String) -> Bool {
    guard path.startsWithBytes("Traces/"), case .traceText? = RecordPlace(path: path) else { return false }
    return true
}

/// Whether a part of a path is `.` or `..`, or leads into a `.git` folder. git refuses such names, but a tree that was
/// not made by git can contain them.
func hasUnsafePart(_ path: String) -> Bool {
    // U+FFFD replaces invalid UTF-8 and slashes within names.
    if path.unicodeScalars.contains("\u{FFFD}") { return true }
    guard path.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "~") }) else { return false }
    return pathParts(path).contains { part in
        if part.isEmpty || part == "." || part == ".." { return true }
        // Some case-insensitive file systems also ignore invisible characters; others ignore final dots and spaces.
        let plain = part.lowercased().unicodeScalars.filter { !isInvisible($0, after: nil, before: nil) }
        let name = String(String.UnicodeScalarView(plain))
        return name == "git~1"
            || name.startsWithBytes(".git") && name.utf8.dropFirst(4).allSatisfy { ". ".utf8.contains($0) }
    }
}

/// Whether a file belongs to the folder of a kernel. READMEs and hidden files do not.
func isBelowKernels(_ path: String) -> Bool {
    guard path.startsWithBytes("Kernels/"), case .kernelFile(_, let file)? = RecordPlace(path: path) else {
        return false
    }
    return !file.hasPrefix(".") && file != "README.md"
}

func isBelowReceipts(_ path: String) -> Bool { pathParts(path).dropFirst().dropLast().contains("receipts") }

func isBelowAnnotations(_ path: String) -> Bool {
    path.startsWithBytes("Traces/") && pathParts(path).dropFirst(2).dropLast().contains("annotations")
}

/// The maximum size of a file in bytes.
package let recordByteLimit = Limits().bytes

/// The top-level folders of a ledger.
package let ledgerFolders = ["Claims", "Codebooks", "Findings", "Kernels", "Resources", "Traces", "Verifiers"]

/// The path of the settings file, which is always read from the audit branch.
package let settingsPath = ".arbor-ledger.yaml"

package let settingsFolder = ".arbor-ledger"

/// The path of the signers file, which is always read from the audit branch.
package let signersPath = "\(settingsFolder)/signers"

package func isInSettingsFolder(_ path: String) -> Bool { path.startsWithBytes("\(settingsFolder)/") }

/// The top-level names of everything that is checked: the ledger's folders and the settings.
package let ledgerNames = ledgerFolders + [settingsPath, settingsFolder]
