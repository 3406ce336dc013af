import Records
import Words

/// The resources of a ledger: what is stored on this machine, and what rests on each.
package struct ResourceReport: Report {
    /// The last answer of a source.
    package struct LinkCheck: Sendable {
        package var date: String
        /// nil if the source answered.
        package var problem: String?
        /// Whether the source no longer exists. A source whose server only refuses programs does not count as dead.
        package var isDead: Bool

        package init(date: String, problem: String?, isDead: Bool) {
            (self.date, self.problem, self.isDead) = (date, problem, isDead)
        }
    }

    package enum Storage: Sendable {
        case absent
        case partial(bytes: Int)
        case stored(path: String, bytes: Int)
        /// The stored bytes do not have the digest.
        case damaged(path: String)
    }

    package struct Row: Sendable {
        package var resource: Resource
        package var storage: Storage
        package var sources: [(text: String, check: LinkCheck?)]
        /// The records that rest on the resource.
        package var users: [String]

        package init(
            _ resource: Resource, storage: Storage, sources: [(text: String, check: LinkCheck?)], users: [String]
        ) {
            (self.resource, self.storage, self.sources, self.users) = (resource, storage, sources, users)
        }
    }

    /// Stored content that no resource names.
    package struct Unnamed: Sendable {
        package var path: String
        package var bytes: Int

        package init(path: String, bytes: Int) { (self.path, self.bytes) = (path, bytes) }
    }

    package var rows: [Row]
    package var unnamed: [Unnamed]
    /// Whether the stored contents were compared with their digests.
    package var isVerified: Bool

    package init(_ rows: [Row], unnamed: [Unnamed], isVerified: Bool) {
        (self.rows, self.unnamed, self.isVerified) = (rows, unnamed, isVerified)
    }

    package var hasDamage: Bool {
        rows.contains { if case .damaged = $0.storage { true } else { false } }
    }

    package static let name = "resources"
    package static let renderers = [
        Renderer("text", "one resource a paragraph, for the terminal", resourceText),
        Renderer("json", "every field", json), Renderer("markdown", "a comment on a pull request", resourceMarkdown),
        Renderer("csv", "one row per resource", resourceCSV),
    ]
}

extension ResourceReport {
    /// A dead source, as a task named like those of `tasks`.
    struct SourceTask {
        var id: String
        var phrase: String
    }

    var tasks: [SourceTask] {
        rows.flatMap { row in
            row.sources.compactMap { source in
                guard let check = source.check, check.isDead else { return nil }
                return SourceTask(
                    id: "replace-source:\(row.resource.slug)",
                    phrase: "find another source than \(source.text): \(check.problem ?? "it is gone") (\(check.date))")
            }
        }
    }

    var summary: String {
        let stored = rows.count { if case .stored = $0.storage { true } else { false } }
        let dead = tasks.count
        return [
            counted(rows.count, "resource"), "\(stored) stored here\(isVerified ? " and intact" : "")",
            dead > 0 ? counted(dead, "dead source") : nil,
            unnamed.isEmpty ? nil : "\(counted(unnamed.count, "stored file")) that no resource names",
        ].compactMap(\.self).joined(separator: ", ")
    }
}

extension ResourceReport.Row {
    /// The kind, the size and the licence.
    var properties: String {
        [resource.kind.rawValue, resource.byteCount.map(sizePhrase), "licence \(resource.licence)"].compactMap(\.self)
            .joined(separator: ", ")
    }

    var storagePhrase: String {
        switch storage {
        case .absent: resource.network == nil ? "not stored here" : "not stored here; `fetch` trains it"
        case .partial(let bytes): "fetched in part, \(sizePhrase(bytes))"
        case .stored(let path, let bytes): "stored, \(sizePhrase(bytes)), \(escapeHidden(path))"
        case .damaged(let path): "damaged: \(escapeHidden(path)) has another SHA-256; `fetch` replaces it"
        }
    }

    /// The state of the storage in one word.
    var storageWord: String {
        switch storage {
        case .absent: "absent"
        case .partial: "partial"
        case .stored: "stored"
        case .damaged: "damaged"
        }
    }

    var storedPath: String? {
        switch storage {
        case .absent, .partial: nil
        case .stored(let path, _), .damaged(let path): path
        }
    }

    var sourcePhrases: [String] {
        sources.map { source in
            guard let check = source.check else { return source.text }
            return "\(source.text) (\(check.problem ?? "answered"), \(check.date))"
        }
    }
}

extension Resource {
    /// How the file was made.
    var originPhrase: String? {
        switch origin {
        case .description(let text)?: text
        case .network(let network)?:
            "\(network.model.value)"
                + cellPhrase(network.settings) + ", seed \(network.seed)"
        case nil: nil
        }
    }

    private func cellPhrase(_ settings: [Setting]) -> String {
        settings.isEmpty
            ? "" : " at " + settings.map { "\($0.name.value) \($0.value.value)" }.sorted().joined(separator: ", ")
    }
}
