import ArgumentParser
import FoundationEssentials
import Git
import Records
import Reports
import Signatures
import Words

struct SignersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signers",
        abstract: "List and add the people whose signatures count.",
        discussion: """
            The file .arbor-ledger/signers lists the keys of runners, who sign receipts, and of maintainers, who sign \
            commits. Only the file on the audit branch counts. ssh-keygen and git can read this file too: git config \
            gpg.ssh.allowedSignersFile .arbor-ledger/signers

            Example: arbor-ledger signers list
            """,
        subcommands: [List.self, Add.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the signers of the audit branch, and lines that only the work tree has.",
            discussion: """
                Examples:
                  arbor-ledger signers list
                  arbor-ledger signers list --format json
                """)

        @OptionGroup var format: FormatOption<SignersReport>

        func run() async throws {
            try await withWorkspace { workspace in
                let branch = try workspace.auditBranch()
                let counted = try branch.flatMap { try workspace.signers(at: .revision($0.tip.description)) }
                let here = workspace.isBare ? nil : try workspace.signers(at: .workTree)
                let known = Set((counted?.signers.entries ?? []).map(\.withoutLine))
                let new = (here?.signers.entries ?? []).filter { !known.contains($0.withoutLine) }
                try format.print(
                    SignersReport(
                        auditBranch: branch?.name,
                        (counted?.signers.entries ?? []).map { row($0, isOnlyInWorkTree: false) }
                            + new.map { row($0, isOnlyInWorkTree: true) }))
                for (name, state) in [(branch?.name, counted), ("the work tree", here)] {
                    guard let name, let first = state?.diagnostics.first else { continue }
                    let lines = Words.counted(state?.diagnostics.count ?? 0, "mistake")
                    writeError(
                        "arbor-ledger: \(lines) in \(signersPath) of \(escapeHidden(name)), such as in line "
                            + "\(first.mark.line): \(escapeHidden(first.message))\n")
                }
                return .success
            }
        }

        private func row(_ signer: Signer, isOnlyInWorkTree: Bool) -> SignersReport.Row {
            SignersReport.Row(
                principal: signer.name, namespaces: signer.namespaces,
                isRunner: signer.allows(Signers.runnerNamespaces),
                isMaintainer: signer.allows(Signers.maintainerNamespaces), keyType: signer.key.type,
                fingerprint: signer.key.fingerprint, validAfter: signer.validAfter.map(utcText),
                validBefore: signer.validBefore.map(utcText), isOnlyInWorkTree: isOnlyInWorkTree)
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a person's key to the work tree's file.",
            discussion: """
                Without --maintainer the person may sign receipts; with it, commits instead. A person who does both \
                needs two lines. The line counts when it is on the audit branch.

                Examples:
                  arbor-ledger signers add ada@example.org KEY.pub
                  arbor-ledger signers add ada@example.org KEY.pub --maintainer --valid-after 2026-01-01
                  arbor-ledger signers add ada@example.org "ssh-ed25519 KEY"
                """)

        @Flag(help: "The person signs commits, not receipts.")
        var maintainer = false

        @Option(
            name: .customLong("valid-after"),
            help: ArgumentHelp("The key counts from the start of this day (UTC).", valueName: "yyyy-mm-dd"))
        var validAfter: String?

        @Option(
            name: .customLong("valid-before"),
            help: ArgumentHelp("The key counts until the start of this day (UTC).", valueName: "yyyy-mm-dd"))
        var validBefore: String?

        @Argument(help: ArgumentHelp("The person, such as an e-mail address.", valueName: "principal"))
        var principal: String

        @Argument(
            help: ArgumentHelp("A .pub file, or the text of a public key.", valueName: "key"),
            completion: .file(extensions: ["pub"]))
        var key: String

        func validate() throws {
            if principal.isEmpty { throw ValidationError("the principal must not be empty") }
        }

        func run() async throws {
            try await withWorkspace { workspace in
                try workspace.requireWorkTree()
                let key = try publicKey(workspace)
                var options = [namespaces(maintainer ? Signers.maintainerNamespaces : Signers.runnerNamespaces)]
                if let validAfter { options.append("valid-after=\"\(try time(validAfter))\"") }
                if let validBefore { options.append("valid-before=\"\(try time(validBefore))\"") }
                try workspace.append("\(principal) \(options.joined(separator: ",")) \(key.text)", principal)
                let branch = try workspace.auditBranch()?.name ?? LedgerSettings.defaultAuditBranch
                writeOutput(
                    """
                    added  \(escapeHidden(principal)) to \(signersPath): \(maintainer ? "maintainer" : "runner"), \
                    \(key.type) \(key.fingerprint)
                    Next: git add \(signersPath) && git commit -m 'Add a signer'
                    The line counts when the commit is on the audit branch, \(escapeHidden(branch)).

                    """)
                return .success
            }
        }

        private func namespaces(_ names: [String]) -> String { "namespaces=\"\(names.joined(separator: ","))\"" }

        private func time(_ date: String) throws(Refusal) -> String {
            guard date.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) != nil else {
                throw Refusal(
                    message: "\"\(date)\" is not a date", remedy: "write it as 2026-01-31; it is in UTC", exitCode: 64)
            }
            return date.replacing("-", with: "") + "Z"
        }

        /// Reads the key from a file, or from the argument itself.
        private func publicKey(_ workspace: Workspace) throws -> PublicKey {
            let remedy = "name the .pub file that ssh-keygen wrote, or quote its line: \"ssh-ed25519 AAAA…\""
            let path = key.startsWithBytes("/") ? key : "\(workspace.startDirectory)/\(key)"
            guard fileExists(path) else {
                if let key = PublicKey(text: key) { return key }
                throw Refusal(
                    message: "\"\(key)\" is neither a file nor a public key of a supported type", remedy: remedy,
                    exitCode: 64)
            }
            guard let text = try publicKeyFile(path) else {
                throw Refusal(
                    message: "\(key) is not a public key; a private key must never leave its owner's machine",
                    remedy: remedy, exitCode: 64)
            }
            guard let found = PublicKey(text: text) else {
                throw Refusal(message: "\(key) is not a public key of a supported type", remedy: remedy, exitCode: 64)
            }
            return found
        }
    }
}

/// Returns a time in seconds since 1970 as ISO 8601 writes it, in UTC.
private func utcText(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
}

extension Signer {
    /// The signer without its place, to compare files.
    fileprivate var withoutLine: Signer {
        var signer = self
        signer.line = 0
        return signer
    }
}

extension Workspace {
    /// Reads the signers file of a state; nil if there is none.
    fileprivate func signers(at snapshot: Snapshot) throws -> (signers: Signers, diagnostics: [Diagnostic])? {
        let source: SourceFile
        switch snapshot {
        case .workTree:
            guard let entry = try WorkTree(root).entry(at: signersPath) else { return nil }
            source = try EntryReader(self).read(entry)
        case .staged: return nil
        case .revision(let revision):
            let repository = try repository()
            let tree = try repository.tree(of: repository.resolve(revision))
            guard let entry = try repository.entry(at: signersPath, inTree: tree), entry.mode != .tree else {
                return nil
            }
            source = try repository.sourceFile(entry)
        }
        guard source.kind == .file else { return nil }
        return decodeSigners(source.bytes)
    }

    /// Appends a line to the work tree's signers file, unless the line would not count there.
    fileprivate func append(_ line: String, _ principal: String) throws {
        var bytes: [UInt8] = []
        if let entry = try WorkTree(root).entry(at: signersPath) {
            let source = try EntryReader(self).read(entry)
            guard source.kind == .file else {
                throw Refusal(
                    message: "\(signersPath) is not a regular file", remedy: "remove it, or restore it with git")
            }
            bytes = source.bytes
        }
        if let last = bytes.last, last != 0x0A { bytes.append(0x0A) }
        let lineNumber = bytes.count { $0 == 0x0A } + 1
        bytes += Array(line.utf8) + [0x0A]
        let (signers, diagnostics) = decodeSigners(bytes)
        guard let last = signers.entries.last, last.line == lineNumber, last.name.hasSameBytes(as: principal) else {
            let reason = diagnostics.last
            throw Refusal(
                message: reason?.message ?? "\"\(principal)\" cannot be the name of a person in \(signersPath)",
                remedy: reason?.fix ?? "write a name such as an e-mail address")
        }
        try writeFile("\(root)/\(signersPath)", bytes)
    }
}
