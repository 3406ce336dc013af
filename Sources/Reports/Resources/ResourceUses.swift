import Records
import Words

/// The records that rest on each resource.
package struct ResourceUses: Sendable {
    /// A record, named as in messages, such as `finding half-a-dimension`.
    private var names: [String: [String]] = [:]

    package init(_ state: LedgerState) {
        var slugs: [String: [String]] = [:]
        for resource in state.resources.values {
            if let digest = resource.sha256 { slugs[digest, default: []].append(resource.slug) }
        }
        func add(_ entries: [ResourceReference], _ user: String) -> [(String, String)] {
            entries.flatMap { entry -> [(String, String)] in
                switch entry.target {
                case .name(let name): [(name.value, user)]
                case .digest(let digest): (slugs[digest.value] ?? []).map { ($0, user) }
                case .address, .allAnnotations: []
                }
            }
        }
        var uses: [(resource: String, user: String)] = []
        for finding in state.findings.values { uses += add(finding.resources, "finding \(finding.slug)") }
        for model in state.models.values { uses += add(model.resources, "toy model \(model.slug)") }
        for (condition, values) in state.vocabulary.attributes {
            for value in values.values { uses += add(value.resources, "\(condition) \(value.slug)") }
        }
        for trace in state.traces.values {
            uses += trace.places.flatMap { slugs[$0.value] ?? [$0.value] }.map { ($0, "trace \(trace.slug)") }
        }
        for (resource, user) in uses { names[resource, default: []].append(user) }
        names = names.mapValues { Set($0).sorted() }
    }

    /// Returns the records that rest on a resource, sorted.
    package func users(of slug: String) -> [String] { names[slug] ?? [] }
}

extension ResourceReference {
    /// Describes the entry, with its resource if the ledger has it.
    func phrase(in state: LedgerState) -> String {
        let what: String? =
            switch target {
            case .name(let name):
                state.resources[name.value].map { "\($0.title) (resource \(name.value))" } ?? name.value
            case .address(let url, _): url.value
            case .digest, .allAnnotations: codebook.map { "codebook \($0.value)" }
            }
        let digest = digest(in: state).map { "SHA-256 \($0)" }
        return "\(kindName): " + [what, digest].compactMap(\.self).joined(separator: ", ")
    }
}

extension RecordView {
    init(_ resource: Resource, _ state: LedgerState) {
        self.init(resource.slug, .resource, resource.title, .resource(slug: resource.slug))
        add("kind", [resource.kind.rawValue])
        add("size", [resource.byteCount.map { "\(sizePhrase($0)) (\(counted($0, "byte")))" }].compactMap(\.self))
        add("SHA-256", [resource.sha256].compactMap(\.self))
        add("licence", [resource.licence])
        add("made by", [resource.originPhrase].compactMap(\.self))
        add("sources", resource.sources.map(\.text.value))
        add("what rests on it", ResourceUses(state).users(of: resource.slug))
    }
}

/// Returns a size in binary units, such as `1.4 MiB`, and in bytes.
package func sizePhrase(_ bytes: Int) -> String {
    guard bytes >= 1024 else { return counted(bytes, "byte") }
    let units = ["KiB", "MiB", "GiB", "TiB"]
    var (size, unit) = (Double(bytes) / 1024, 0)
    while size >= 1024, unit + 1 < units.count { (size, unit) = (size / 1024, unit + 1) }
    return "\(fixed(size, digits: size < 10 ? 1 : 0)) \(units[unit])"
}
