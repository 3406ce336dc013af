import ArgumentParser
import FoundationEssentials
import Records
import Reports
import Words

struct Fetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Download resources and check their digests.",
        discussion: """
            SLUG is a record of Resources/ or its SHA-256. The content is downloaded over https from the first source \
            that has it, compared with the digest of the record, and stored in the .git folder, which all work trees \
            share. It is never run or unpacked. An interrupted download continues where it stopped. The network of a \
            toy model is not downloaded but trained from its seed.

            --no-digest fetches a resource whose record has no digest yet, and prints the digest. --from uses a local \
            copy, for example one that was downloaded from a container registry or through a proxy.

            Examples:
              arbor-ledger fetch SLUG
              arbor-ledger fetch SLUG --from FILE
            """)

    @Flag(name: .customLong("no-digest"), help: "Fetch a resource whose digest is not known yet.")
    var hasNoDigest = false

    @Option(name: .customLong("max-bytes"), help: "The largest size to download, in bytes.")
    var byteLimit = 2 << 30

    @OptionGroup var connection: ConnectionOptions

    @Option(
        name: .customLong("from"), help: ArgumentHelp("Take the content from a file.", valueName: "file"),
        completion: .file())
    var localFile: String?

    @Argument(help: ArgumentHelp("The resources to fetch.", valueName: "resource"), completion: .names(.resource))
    var names: [String]

    func validate() throws {
        guard localFile == nil || names.count == 1 else { throw ValidationError("--from needs one resource") }
        guard byteLimit >= 0 else { throw ValidationError("--max-bytes must be at least 0") }
        guard localFile == nil || connection.givenTimeout == nil else {
            throw ValidationError("--timeout has no effect with --from, which uses no server")
        }
    }

    func run() async throws {
        try await withWorkspace { workspace in
            let loaded = try workspace.load(.workTree)
            let resources = try names.map { try resource(named: $0, loaded.ledger.state) }
            for resource in resources { try requireDigest(of: resource) }
            var isComplete = true
            for resource in resources {
                let content = try await fetch(resource, workspace, loaded)
                isComplete = isComplete && (resource.sha256 == nil || content.digest == resource.sha256)
                writeOutput(line(resource, content))
            }
            return isComplete ? .success : .failure
        }
    }

    private struct Content {
        var digest: String
        var path: String
        var byteCount: Int
        var wasStored = false
    }

    private func resource(named name: String, _ state: LedgerState) throws -> Resource {
        let found =
            state.resources[name] ?? state.resources.values.filter { $0.sha256 == name }.min { $0.slug < $1.slug }
        guard let found else {
            throw Refusal(
                message: "there is no resource \"\(name)\"",
                remedy: nearestName(to: name, among: state.resources.keys).map { "did you mean \"\($0)\"?" }
                    ?? "`arbor-ledger resources` lists them", exitCode: 64)
        }
        return found
    }

    private func requireDigest(of resource: Resource) throws {
        guard resource.network == nil else { return }
        let slug = resource.slug
        if resource.sha256 == nil, !hasNoDigest {
            throw Refusal(
                message: "the record of \"\(slug)\" has no digest, so that nothing can check its content",
                remedy: "add `--no-digest` to fetch it and learn the digest", exitCode: 64)
        }
        if resource.sha256 != nil, hasNoDigest {
            throw Refusal(message: "\"\(slug)\" has a digest", remedy: "omit --no-digest", exitCode: 64)
        }
    }

    private func fetch(_ resource: Resource, _ workspace: Workspace, _ loaded: LoadedLedger) async throws -> Content {
        let store = ResourceStore(workspace)
        if let digest = resource.sha256, let size = store.byteCount(of: digest) {
            if try store.isIntact(digest) {
                if let localFile, try fileDigest(workspace.absolutePath(localFile)).digest != digest {
                    throw Refusal(
                        message: "\(localFile) is not \(resource.slug), which is stored already",
                        remedy:
                            "omit --from, or correct the digest in \(RecordPlace.resource(slug: resource.slug).path)")
                }
                return Content(digest: digest, path: store.path(of: digest), byteCount: size, wasStored: true)
            }
            writeError("arbor-ledger: the stored \(resource.slug) is damaged and is fetched again\n")
            try store.remove(digest)
        }
        let digest: String
        if let localFile {
            digest = try download(resource, store).add(workspace.absolutePath(localFile))
        } else if let network = resource.network {
            let path = try await workspace.train(network, of: resource, loaded)
            defer { try? FileManager.default.removeItem(atPath: folder(of: path)) }
            var trained = resource
            // Another kind of processor may train a network with other bits, which is stored under its own digest.
            (trained.sha256, trained.byteCount) = (nil, nil)
            digest = try download(trained, store).add(path)
        } else {
            let curl = try connection.curl(workspace)
            digest = try await download(resource, store).run(with: curl)
        }
        return Content(digest: digest, path: store.path(of: digest), byteCount: store.byteCount(of: digest) ?? 0)
    }

    private func download(_ resource: Resource, _ store: ResourceStore) throws -> Download {
        if let size = resource.byteCount, size > byteLimit {
            throw Refusal(
                message: "\"\(resource.slug)\" has \(sizePhrase(size)), more than --max-bytes allows",
                remedy: "add --max-bytes \(size)")
        }
        return Download(
            resource: resource, store: store, byteLimit: resource.byteCount ?? byteLimit,
            progress: DownloadProgress(resource))
    }

    private func line(_ resource: Resource, _ content: Content) -> String {
        let verb = content.wasStored ? "stored " : "fetched"
        var text = "\(verb) \(resource.slug), \(sizePhrase(content.byteCount)): \(escapeHidden(content.path))\n"
        if resource.sha256 == nil {
            text += "  write into \(RecordPlace.resource(slug: resource.slug).path):\n"
            text += "    sha256: \(content.digest)\n    bytes: \(content.byteCount)\n"
        } else if content.digest != resource.sha256 {
            text += "  its SHA-256 is \(content.digest), and the record says \(resource.sha256 ?? ""): another kind of "
            text += "processor or another version of the kernel made the recorded network\n"
        }
        return text
    }
}

/// The options of commands that send requests.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: .customLong("timeout"), help: "Give up if a server is silent for this time, in seconds (default: 60).")
    var givenTimeout: Int?

    private var timeoutSeconds: Int { givenTimeout ?? 60 }

    @Option(name: .customLong("test-server"), help: .hidden)
    var testServers: [String] = []

    func validate() throws {
        guard (1...3600).contains(timeoutSeconds) else { throw ValidationError("--timeout must be from 1 to 3600") }
        guard testServers.allSatisfy({ TestServer($0) != nil }) else {
            throw ValidationError("--test-server must be HOST=127.0.0.1:PORT")
        }
    }

    func curl(_ workspace: Workspace) throws -> Curl {
        let servers = testServers.compactMap(TestServer.init).map { ($0.host, $0) }
        return try Curl(
            workspace, timeoutSeconds: timeoutSeconds,
            testServers: Dictionary(servers, uniquingKeysWith: { first, _ in first }))
    }
}
