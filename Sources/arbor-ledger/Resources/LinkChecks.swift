import FoundationEssentials
import Records
import Reports
import Words

/// The last answers of the sources, stored beside the contents of resources.
struct LinkChecks {
    private static let byteLimit = 1 << 24

    private struct Entry: Codable {
        var date: String
        var problem: String?
        var isDead: Bool
    }

    private var entries: [String: Entry] = [:]
    private let path: String
    private let hmacKey: HMACKey

    /// Reads the stored answers. A file that is missing or was not written by this user counts as empty.
    init(_ store: ResourceStore) {
        path = "\(store.folder)/links.json"
        hmacKey = store.hmacKey
        guard case .bytes(let bytes)? = try? readFile(path, limit: Self.byteLimit),
            let content = hmacKey.verified(bytes, at: Self.place),
            let stored = try? JSONDecoder().decode([String: Entry].self, from: Data(content))
        else { return }
        entries = stored
    }

    private static let place = "links"

    subscript(source: ResourceSource) -> ResourceReport.LinkCheck? {
        guard let address = source.address, let entry = entries[address.text] else { return nil }
        return ResourceReport.LinkCheck(date: entry.date, problem: entry.problem, isDead: entry.isDead)
    }

    /// Sends a HEAD request to each source, and stores the answers.
    mutating func refresh(_ resources: [Resource], with curl: Curl, date: String) async throws {
        let addresses = Set(resources.flatMap { $0.sources.compactMap(\.place.address) })
        var fresh: [String: Entry] = [:]
        var isOnline = addresses.isEmpty
        for address in addresses.sorted(by: { $0.text < $1.text }) {
            do throws(FetchFailure) {
                let status = try await curl.status(of: address)
                isOnline = true
                let isFine = (200..<300).contains(status)
                fresh[address.text] = Entry(
                    date: date, problem: isFine ? nil : "the server answered \(status)",
                    isDead: [404, 410].contains(status))
            } catch {
                isOnline = isOnline || error.isLasting
                // The message can contain what a server sent.
                fresh[address.text] = Entry(date: date, problem: escapeHidden(error.message), isDead: true)
            }
        }
        guard isOnline else {
            let first = fresh.sorted { $0.key < $1.key }.first
            throw Refusal(
                message: "no source answered; \(first?.key ?? ""): \(first?.value.problem ?? "")",
                remedy: "check that this machine is online")
        }
        entries = fresh
        let content = Array(try JSONEncoder().encode(entries))
        try writeFile(path, hmacKey.authenticated(content, at: Self.place), mode: 0o600)
    }
}

extension Curl {
    /// Returns the status with which a source answers a HEAD request, after redirects.
    fileprivate func status(of address: WebAddress) async throws(FetchFailure) -> Int {
        var address = address
        for _ in 0...5 {
            var answer: ResponseHead?
            try await request(address, isHead: true) { (head) throws(FetchFailure) in
                answer = head
                return true
            } append: { (_) throws(FetchFailure) in
            }
            guard let location = answer?.location else { return answer?.status ?? 0 }
            address = try redirect(address, to: location)
        }
        throw FetchFailure("the server redirects too often")
    }
}
