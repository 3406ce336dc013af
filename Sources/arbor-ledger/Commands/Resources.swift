import ArgumentParser
import Records
import Reports

struct Resources: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List resources: what is stored here, and what rests on each.",
        discussion: """
            --verify reads all stored contents and compares them with their digests; it exits with 1 if one is \
            damaged. --links asks each source whether it still has the content, without downloading it, and lists \
            sources that are gone as tasks. Later calls show the last answers.

            Examples:
              arbor-ledger resources
              arbor-ledger resources --verify --format json
            """)

    @OptionGroup var report: ReportOptions<ResourceReport>

    @Flag(name: .customLong("verify"), help: "Compare all stored contents with their digests.")
    var verifies = false

    @Flag(name: .customLong("links"), help: "Ask each source whether it still has the content.")
    var checksLinks = false

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard checksLinks || connection.givenTimeout == nil else {
            throw ValidationError("--timeout needs --links: no other part of the report asks a server")
        }
    }

    func run() async throws {
        try await withWorkspace { workspace in
            let state = try workspace.load(report.snapshot).ledger.state
            let store = ResourceStore(workspace)
            let resources = state.resources.values.sorted { $0.slug < $1.slug }
            var links = LinkChecks(store)
            if checksLinks { try await links.refresh(resources, with: connection.curl(workspace), date: today()) }
            let uses = ResourceUses(state)
            let rows = try resources.map { resource in
                ResourceReport.Row(
                    resource, storage: try storage(of: resource, store),
                    sources: resource.sources.map { ($0.text.value, links[$0.place]) },
                    users: uses.users(of: resource.slug))
            }
            let unnamed = try unnamedContents(resources, store)
            let found = ResourceReport(rows, unnamed: unnamed, isVerified: verifies)
            try report.format.print(found)
            return found.hasDamage ? .failure : .success
        }
    }

    private func storage(of resource: Resource, _ store: ResourceStore) throws -> ResourceReport.Storage {
        guard let digest = resource.sha256 else { return .absent }
        if let bytes = store.byteCount(of: digest) {
            let path = store.path(of: digest)
            return try !verifies || store.isIntact(digest) ? .stored(path: path, bytes: bytes) : .damaged(path: path)
        }
        guard let bytes = store.partialByteCount(of: digest), bytes > 0 else { return .absent }
        return .partial(bytes: bytes)
    }

    private func unnamedContents(_ resources: [Resource], _ store: ResourceStore) throws -> [ResourceReport.Unnamed] {
        let named = Set(resources.compactMap(\.sha256))
        return try store.digests().filter { !named.contains($0) }.map { digest in
            ResourceReport.Unnamed(path: store.path(of: digest), bytes: store.byteCount(of: digest) ?? 0)
        }
    }
}
