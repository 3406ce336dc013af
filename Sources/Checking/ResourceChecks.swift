import KernelInterface
import Records
import Words
import YAML

/// What references to resources by digest may name.
struct ResourceIndex: Sendable {
    /// The resources by digest.
    let resources: [String: String]
    /// The codebooks of annotations, by the digest of the annotation. Empty if no finding rests on annotations.
    let codebooks: [String: String]

    init(_ state: LedgerState) {
        resources = Dictionary(
            state.resources.values.compactMap { resource in resource.sha256.map { ($0, resource.slug) } },
            uniquingKeysWith: min)
        let namesAnnotations = state.findings.values.contains { finding in
            finding.resources.contains { $0.kind == nil }
        }
        let files = namesAnnotations ? state.annotations.values.flatMap(\.self) : []
        codebooks = Dictionary(files.map { ($0.sha256, $0.content.codebook) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Checks how resources were made, and which resources toy models, other models and traces name.
func checkResources(_ context: CheckContext) -> [Diagnostic] {
    let state = context.state
    var diagnostics: [Diagnostic] = []
    for resource in state.resources.values {
        if let network = resource.network {
            let path = RecordPlace.resource(slug: resource.slug).path
            diagnostics += checkNetwork(network, path: path, context)
        }
    }
    for model in state.models.values {
        let path = RecordPlace.model(slug: model.slug).path
        for entry in model.resources { diagnostics += checkReference(entry, path: path, context) }
    }
    for (condition, values) in state.vocabulary.attributes {
        for value in values.values {
            let path = RecordPlace.conditionValue(condition: condition, slug: value.slug).path
            for entry in value.resources { diagnostics += checkReference(entry, path: path, context) }
        }
    }
    for trace in state.traces.values {
        let path = RecordPlace.trace(slug: trace.slug).path
        for name in trace.places where context.resources.resources[name.value] == nil {
            diagnostics += checkResourceName(name, kind: nil, path: path, context)
        }
    }
    return diagnostics
}

private func checkNetwork(_ network: Resource.ToyNetwork, path: String, _ context: CheckContext) -> [Diagnostic] {
    let name = network.model
    guard let model = context.state.models[name.value] else {
        guard !context.existing.contains(.model(slug: name.value)) else { return [] }
        return [
            Diagnostic(
                .unknownVerifier, path: path, mark: name.mark, message: "unknown toy model \"\(name.value)\"",
                Mend(name: name.value, at: name.mark, among: context.state.models.keys),
                otherwise: "write the name of its folder")
        ]
    }
    guard let kernel = context.kernel(model.kernel.value) else { return [] }
    let known = Set(kernel.measurements.flatMap(\.trainingSettings))
    return network.settings.filter { !$0.name.isUnreadable && !known.contains($0.name.value) }.map { setting in
        Diagnostic(
            .unknownSetting, path: path, mark: setting.name.mark,
            message: "\"\(setting.name.value)\" does not change how \(kernel.name) trains a network",
            Mend(name: setting.name.value, at: setting.name.mark, among: known),
            otherwise: known.isEmpty ? "remove it" : "it has \(listed(known.sorted()))")
    }
}

/// Checks an entry of `resources`.
func checkReference(_ entry: ResourceReference, path: String, _ context: CheckContext) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    if let codebook = entry.codebook, !context.existing.contains(.codebook(slug: codebook.value)) {
        diagnostics.append(
            Diagnostic(
                .unknownCodebook, path: path, mark: codebook.mark, message: "unknown codebook \"\(codebook.value)\"",
                Mend(name: codebook.value, at: codebook.mark, among: context.state.codebooks.keys),
                otherwise: "add \(RecordPlace.codebook(slug: codebook.value).path)"))
    }
    switch entry.target {
    case .name(let name): diagnostics += checkResourceName(name, kind: entry.kind, path: path, context)
    case .digest(let digest):
        guard !digest.isUnreadable else { break }
        if let kind = entry.kind {
            if let slug = context.resources.resources[digest.value] {
                diagnostics += checkKind(of: slug, kind, at: digest, path: path, context)
            } else {
                diagnostics.append(unknownDigest(digest, "no resource", path: path, fix: "describe it in Resources/"))
            }
        } else if context.resources.codebooks[digest.value] != entry.codebook?.value {
            let codebook = entry.codebook?.value ?? ""
            diagnostics.append(
                unknownDigest(
                    digest, "no annotation with the codebook \"\(codebook)\"", path: path,
                    fix: "write the SHA-256 of a file below Traces/*/annotations/\(codebook)/"))
        }
    case .address, .allAnnotations: break
    }
    return diagnostics
}

private func unknownDigest(_ digest: Located<String>, _ what: String, path: String, fix: String) -> Diagnostic {
    Diagnostic(.unknownResource, path: path, mark: digest.mark, message: "\(what) has this SHA-256", fix: fix)
}

private func checkResourceName(
    _ name: Located<String>, kind: Resource.Kind?, path: String, _ context: CheckContext
) -> [Diagnostic] {
    guard !name.isUnreadable else { return [] }
    if context.existing.contains(.resource(slug: name.value)) {
        return kind.map { checkKind(of: name.value, $0, at: name, path: path, context) } ?? []
    }
    return [
        Diagnostic(
            .unknownResource, path: path, mark: name.mark, message: "unknown resource \"\(name.value)\"",
            Mend(name: name.value, at: name.mark, among: context.state.resources.keys),
            otherwise: "add \(RecordPlace.resource(slug: name.value).path)")
    ]
}

private func checkKind(
    of slug: String, _ kind: Resource.Kind, at name: Located<String>, path: String, _ context: CheckContext
) -> [Diagnostic] {
    guard let resource = context.state.resources[slug], resource.kind != kind else { return [] }
    return [
        Diagnostic(
            .unknownResource, path: path, mark: name.mark,
            message: "the kind of the resource \"\(slug)\" is \(resource.kind.rawValue), not \(kind.rawValue)",
            fix: "write `kind: \(resource.kind.rawValue)`")
    ]
}

extension Diagnostic.Code {
    package static let unknownResource = Self("unknown-resource", .error, "No resource has this name, digest or kind.")

    package static let ofResources = [unknownResource]
}
