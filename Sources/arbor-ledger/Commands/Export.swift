import ArgumentParser
import Checking
import Git
import Records
import Reports
import Words

struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the ledger in a format of other tools.",
        discussion: """
            Exports a commit into a new folder. Equal commits give equal bytes. The formats:

            \(LedgerExport.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

            Examples:
              arbor-ledger export csv tables
              arbor-ledger export ro-crate crate --license CC-BY-4.0
              arbor-ledger export citation cite
            """)

    @Argument(
        help: ArgumentHelp("The format: \(listed(LedgerExport.allCases.map(\.rawValue), "or"))."),
        completion: .list(LedgerExport.allCases.map(\.rawValue)))
    var format: String

    @Argument(help: "The folder to write. It must be new or empty.", completion: .directory)
    var folder: String

    @Option(help: ArgumentHelp("The commit to export.", valueName: "revision"))
    var at = "HEAD"

    @Option(help: ArgumentHelp("Licence of the records: a name of SPDX or an address.", valueName: "licence"))
    var license: String?

    @Option(
        help: ArgumentHelp("Address of the ledger on the web (default: that of the remote origin).", valueName: "url"))
    var address: String?

    func run() async throws {
        try await withWorkspace { workspace in
            guard let format = LedgerExport(rawValue: format) else {
                throw Refusal(
                    message: "there is no format \"\(format)\"",
                    remedy: didYouMean(format, LedgerExport.allCases.map(\.rawValue))
                        ?? "use \(listed(LedgerExport.allCases.map(\.rawValue), "or"))",
                    exitCode: 64)
            }
            let target = workspace.absolutePath(folder)
            if fileExists(target), try !listFolder(target).isEmpty {
                throw Refusal(message: "\(target) is not empty", remedy: "name a new folder")
            }
            let repository = try workspace.repository()
            let commit = try repository.resolve(at)
            let loaded = try workspace.load(.revision(at))
            warnAboutErrors(loaded.ledger)
            let address = try webAddressOfLedger(repository)
            let source = ExportSource(
                ledger: loaded.ledger, evidence: loaded.evidence,
                name: (address ?? workspace.root).split(separator: "/").last.map(String.init) ?? "ledger",
                commit: commit.description,
                date: utcDate(ofSeconds: try repository.commit(commit).committerTimeSeconds),
                address: address, licence: try licenceAddress())
            if format.needsLicence, source.licence == nil {
                throw Refusal(
                    message: "\(format.rawValue) has to name the licence of the records",
                    remedy: "for example: --license CC-BY-4.0", exitCode: 64)
            }
            if format.needsAddress, source.address == nil {
                throw Refusal(
                    message:
                        "\(format.rawValue) has to name the address of the ledger, and there is no remote \"origin\" on the web",
                    remedy: "for example: --address https://github.com/lab/ledger", exitCode: 64)
            }
            let records = format == .roCrate ? try recordFiles(workspace, commit) : []
            let exported = try format.files(of: source, records: records)
            // An export can be written again, so it need not survive a power loss.
            for file in exported {
                try writeFile("\(target)/\(file.path)", [file.bytes[...]], survivesPowerLoss: false)
            }
            writeOutput("\(counted(exported.count, "file")) written to \(escapeHidden(target)).\n")
            return .success
        }
    }

    /// Reads the files of the ledger's folders at a commit.
    private func recordFiles(_ workspace: Workspace, _ commit: ObjectID) throws -> [ExportedFile] {
        let repository = try workspace.repository()
        let tree = try repository.tree(of: commit)
        return try repository.entries(ofTree: tree, under: ledgerFolders).filter { $0.pathIsUTF8 && $0.mode == .file }
            .map { ExportedFile($0.path, try repository.blob($0.id, limit: recordByteLimit)) }
    }

    private func licenceAddress() throws -> String? {
        guard let license else { return nil }
        if isPlainAddress(license) { return license }
        guard license.wholeMatch(of: /[A-Za-z0-9.+-]+/) != nil else {
            throw Refusal(
                message: "\"\(license)\" is neither a name of SPDX nor an address", remedy: "for example: CC-BY-4.0",
                exitCode: 64)
        }
        return "https://spdx.org/licenses/\(license)"
    }

    /// Returns the given address, or that of the remote origin. nil if that is not on the web.
    private func webAddressOfLedger(_ repository: borrowing Repository) throws -> String? {
        if let address {
            guard isPlainAddress(address) else {
                throw Refusal(
                    message: "\"\(address)\" is no address of a ledger",
                    remedy: "for example: https://github.com/lab/ledger",
                    exitCode: 64)
            }
            return withoutEnding(address)
        }
        guard var url = repository.configValue("remote.origin.url") else { return nil }
        if let match = url.wholeMatch(of: /(?:ssh:\/\/)?(?:[^@\/]+@)([^:\/]+)(?::\d+)?[:\/]\/?(.+)/),
            url.startsWithBytes("ssh://") || !url.containsBytes("://")
        {
            url = "https://\(match.1)/\(match.2)"
        }
        // An address with a name or a password is not published.
        return isPlainAddress(url) ? withoutEnding(url) : nil
    }

    private func isPlainAddress(_ text: String) -> Bool {
        text.wholeMatch(of: /https?:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[A-Za-z0-9._~%+-]+)*\/?/) != nil
    }

    private func withoutEnding(_ address: String) -> String {
        let plain = address.hasSuffix("/") ? String(address.dropLast()) : address
        return plain.hasSuffix(".git") ? String(plain.dropLast(4)) : plain
    }
}
