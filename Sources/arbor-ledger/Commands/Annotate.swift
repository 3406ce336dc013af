import ArgumentParser
import Atlas
import Checking
import Records
import Words

struct Annotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Label a trace in a browser.",
        discussion: """
            Prints the address of a page on which you label the text, and serves it until Ctrl-C. The page saves your \
            labels as a file in the work tree, after the checks of `arbor-ledger check`; commit it with git. The page \
            does not show the labels of others before your work is complete.

            --next chooses a trace that you have not labelled and that has the fewest annotators in a codebook. \
            If several traces have equally few annotators, each annotator gets them in a different order.

            The port is always the same for the ledger's folder, because browsers store drafts by address.

            Examples (replace TRACE and CODEBOOK):
              arbor-ledger annotate TRACE --codebook CODEBOOK
              arbor-ledger annotate TRACE --annotator ada
              arbor-ledger annotate --next CODEBOOK
            """)

    @Argument(help: "The trace.", completion: .names(\.traces))
    var trace: String?

    @Option(
        help: ArgumentHelp("The codebook; needed if the ledger has several.", valueName: "name"),
        completion: .names(\.codebooks))
    var codebook: String?

    @Option(
        help: ArgumentHelp("Choose a trace that needs annotators in this codebook.", valueName: "codebook"),
        completion: .names(\.codebooks))
    var next: String?

    @Option(help: ArgumentHelp("Your short name (default: from git's user.name).", valueName: "handle"))
    var annotator: String?

    @Option(help: ArgumentHelp("The port to listen on.", valueName: "number"))
    var port: Int?

    func validate() throws {
        guard (trace == nil) != (next == nil), next == nil || codebook == nil else {
            throw ValidationError("name a trace, or give --next and no --codebook")
        }
        guard 0...65535 ~= port ?? 0 else { throw ValidationError("--port must be between 0 and 65535") }
        if let annotator, !isName(annotator) {
            throw ValidationError(
                "--annotator must have lower-case letters, digits, `-`, `_` and `.`, and begin with a letter or digit")
        }
    }

    func run() async throws {
        try await withWorkspace { workspace in
            let ledger = try AnnotatedLedger(workspace)
            let identity = try? workspace.repository().identity(.author, environment: workspace.environment)
            guard let handle = annotator ?? identity.map({ usualHandle($0.name) }) else {
                throw Refusal(message: "missing --annotator", remedy: "give it, or set user.name in git", exitCode: 64)
            }
            let (trace, codebook) = try choose(ledger, handle)
            var state = try workspace.atlasState(AtlasOptions.parse([]))
            state.traceState = ledger.state
            state.annotatedCodebooks = nil
            let saving = AnnotationSaving(workspace: workspace)
            let site = Site(atlasFiles(state)) { try saving.save($1, from: $0) }
            let signals = interrupts()
            let server = try await listen(site, workspace)
            let page = annotatingPage(trace: trace, codebook: codebook)
            writeOutput("\(site.address(of: page, port: server.port))#annotator=\(handle)\n")
            for await _ in signals { break }
            try await server.stop()
            return .success
        }
    }

    /// Chooses a trace with a text, and a codebook.
    private func choose(_ ledger: AnnotatedLedger, _ handle: String) throws -> (trace: String, codebook: String) {
        let state = ledger.state
        if let name = next ?? codebook { _ = try ledger.codebook(name) }
        guard let codebook = next ?? codebook ?? (state.codebooks.count == 1 ? state.codebooks.keys.first : nil) else {
            throw Refusal(
                message: state.codebooks.isEmpty ? "the ledger has no codebook" : "the ledger has several codebooks",
                remedy: state.codebooks.isEmpty
                    ? "`arbor-ledger new codebook` writes one"
                    : "choose one with --codebook: \(state.codebooks.keys.sorted().joined(separator: ", "))",
                exitCode: 64)
        }
        guard let trace else {
            guard let next = state.nextTrace(for: handle, codebook: codebook) else {
                let hasText = state.traces.values.contains(where: state.canBeLabelled)
                throw Refusal(
                    message: hasText
                        ? "\(handle) has labelled every text of this ledger with the codebook \(codebook)"
                        : "this ledger has no trace with a text",
                    remedy: hasText
                        ? "add a trace, or choose another codebook" : "`arbor-ledger new trace --text FILE` writes one")
            }
            return (next, codebook)
        }
        guard state.canBeLabelled(try ledger.trace(trace)) else {
            throw Refusal(
                message: "the text of \(trace) is not in the ledger, or has no segment",
                remedy: "fetch the text and put it at \(RecordPlace.traceText(slug: trace).path)")
        }
        return (trace, codebook)
    }

    /// Listens on the port of the ledger; if another program has it, on a free one.
    private func listen(_ site: Site, _ workspace: Workspace) async throws -> AtlasServer {
        if let port { return try await AtlasServer(site, port: port) }
        do {
            return try await AtlasServer(site, port: usualPort(workspace.root))
        } catch is Refusal {
            writeError("arbor-ledger: the usual port is taken; drafts of earlier pages are at the other address\n")
            return try await AtlasServer(site, port: 0)
        }
    }
}

/// Returns a port for private use that follows from a folder.
private func usualPort(_ folder: String) -> Int {
    let first = UInt16(sha256(Array(folder.utf8)).prefix(4), radix: 16) ?? 0
    return 49_152 + Int(first) % 16_384
}

extension LedgerState {
    /// Whether the ledger has the text of a trace, and it has a segment.
    fileprivate func canBeLabelled(_ trace: Trace) -> Bool {
        text(of: trace).map { !trace.segments.rule.segments(of: $0).isEmpty } ?? false
    }

    /// Returns a trace that an annotator has not labelled and that has the fewest annotators in a codebook. Among
    /// equals, the first in order of SHA-256(handle, trace).
    func nextTrace(for handle: String, codebook: String) -> String? {
        let candidates = traces.keys.compactMap { trace -> (count: Int, order: String, trace: String)? in
            let names = Set(
                annotations[trace, default: []].filter { $0.content.codebook == codebook }.map(\.content.annotator))
            guard !names.contains(handle), let record = traces[trace], canBeLabelled(record) else { return nil }
            return (names.count, sha256("\(handle)\n\(trace)"), trace)
        }
        return candidates.min { ($0.count, $0.order) < ($1.count, $1.order) }?.trace
    }
}
