import YAML

/// The weights of a model, as files that are not in the ledger.
package struct ModelWeights: Sendable {
    package struct File: Sendable {
        package var name: String
        /// The SHA-256 of the content; nil if the record says `unknown`.
        package var sha256: String?
        package var mark: Mark
    }

    /// The name under which the kernel gets the folder.
    package var name: Located<String>
    /// The repository of a model hub, such as `deepseek-ai/DeepSeek-R1`.
    package var repository: String?
    /// The commit of the repository.
    package var revision: String?
    package var files: [File]
    package var keyMarks: KeyMarks
}

extension ModelWeights {
    /// What the digest of a model covers.
    package var digestLines: [String] {
        files.map { "weights \(name.value) \($0.name) \($0.sha256 ?? "unknown")" }.sorted()
    }
}

extension ModelWeights: LocatedMapping {
    package static let shape = Shape(
        subject: "an entry of \"weights\"",
        keys: [
            .required(
                "name", .name(.anything), "The name under which the kernel gets the folder.", example: "model"),
            .optional(
                "repository", .text, "The repository on Hugging Face, as `owner/name`.",
                example: "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B"),
            .optional(
                "revision", .text, "The commit of the repository: 40 hexadecimal digits.",
                example: "ad9f0ae0864d7fbcd1cd905e3c6c5b069cc8b562"),
            .required(
                "files", .settings, "The files, each with its SHA-256, or `unknown` until it is known.",
                example: "{model.safetensors: unknown}"),
        ],
        rules: [
            Shape.Rule(
                .with("repository", needs: ["revision"]), .missingKey,
                "the content of a repository changes, so that \"weights\" need the \"revision\"",
                fix: "add `revision:` with a commit")
        ])

    init?(node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log), !fields.breaksRules, let name = fields.name("name")
        else { return nil }
        if !isName(name.value) {
            log.report(
                .badName, name.mark, "\"\(firstPart(of: name.value))\" is not a valid name of weights",
                fix: "use lower-case letters, digits, `-`, `_` and `.`; begin with a letter or digit")
        }
        let repository = fields.name("repository")
        if let repository, !isRepository(repository.value) {
            log.report(
                .outOfRange, repository.mark, "\"\(firstPart(of: repository.value))\" is not a repository",
                fix: "write owner/name")
        }
        let revision = fields.name("revision")
        if let revision, !isHexadecimal(revision.value[...], digits: 40) {
            log.report(
                .outOfRange, revision.mark, "\"revision\" is not a commit",
                fix: "write its 40 lower-case hexadecimal digits")
        }
        let files = fields.pairs("files").map { File($0, log: log) }
        guard !files.isEmpty, files.allSatisfy({ $0 != nil }) else {
            if files.isEmpty { log.report(.missingKey, fields.mark, "the weights have no files", fix: "list them") }
            return nil
        }
        self.init(
            name: name, repository: repository?.value, revision: revision?.value, files: files.compactMap(\.self),
            keyMarks: fields.keyMarks)
    }
}

/// Whether a text is the owner and the name of a repository. Both become parts of a path.
private func isRepository(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { isProgramFileName(String($0)) }
}

extension ModelWeights.File {
    fileprivate init?(_ entry: Node.Entry, log: FileLog) {
        guard isProgramFileName(entry.key) else {
            log.report(
                .badName, entry.keyMark, "\"\(firstPart(of: entry.key))\" cannot name a file of weights",
                fix: "use letters, digits, `-`, `_` and `.`")
            return nil
        }
        let digest = entry.value.scalarText ?? ""
        guard digest == "unknown" || isDigest(digest[...]) else {
            log.report(
                .wrongType, entry.value.mark, "\"\(entry.key)\" has no SHA-256 of 64 lower-case hexadecimal digits",
                fix: "write `unknown`, and `arbor-ledger verify` prints the right one")
            return nil
        }
        if !isWeightsFile(entry.key) {
            log.report(
                .outOfRange, entry.keyMark, "\"\(entry.key)\" may contain code that runs when it is loaded",
                fix: "use safetensors")
        }
        self.init(name: entry.key, sha256: digest == "unknown" ? nil : digest, mark: entry.value.mark)
    }
}

/// Whether a file of a model can be read without running code from it; pickled files contain code.
private func isWeightsFile(_ name: String) -> Bool {
    [".safetensors", ".json", ".txt", ".model", ".jinja"].contains { name.endsWithBytes($0) }
}
