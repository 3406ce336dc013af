import YAML

/// Chains of findings that lead back to their start.
func checkRelations(_ context: CheckContext) -> [Diagnostic] {
    let findings = context.state.findings
    return checkCycles(findings, "builds_on", \.buildsOn, verb: "builds on")
        + checkCycles(findings, "supersedes", \.supersedes, verb: "supersedes")
}

private func checkCycles(
    _ findings: [String: Finding], _ key: String, _ names: (Finding) -> [Located<String>], verb: String
) -> [Diagnostic] {
    var edges: [String: [String]] = [:]
    for finding in findings.values {
        let targets = names(finding).map(\.value).filter { $0 != finding.slug }
        if !targets.isEmpty { edges[finding.slug] = targets.sorted() }
    }
    return cycles(in: edges).compactMap { cycle in
        let next = cycle[1 % cycle.count]
        guard let finding = findings[cycle[0]], let name = names(finding).first(where: { $0.value == next }) else {
            return nil
        }
        return Diagnostic(
            .cycle, path: finding.path, mark: name.mark,
            message: "a finding \(verb) itself: \((cycle + [cycle[0]]).joined(separator: " > "))",
            fix: "remove one `\(key)`")
    }
}

/// The most likely duplicates that are told of one claim.
private let duplicateLimit = 3

/// What only a look over all findings shows: likely duplicates, toy claims without a bridge, claims that no question asks about.
func checkAcrossFindings(_ state: LedgerState) -> [Diagnostic] {
    let bearing = BearingIndex(state)
    let findings = state.findings.values.filter { !$0.isPlanned && $0.retracted == nil }
    let diagnostics = findings.mapSideBySide { checkReach(of: $0, bearing, state) }.flatMap(\.self)
    return diagnostics + likelyDuplicates(findings, state)
}

/// Whether a question asks about a finding's claims, and whether those on toys carry over.
private func checkReach(of finding: Finding, _ bearing: BearingIndex, _ state: LedgerState) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    for claim in finding.claims {
        if bearing.leaves(for: claim, scope: Scope(claim.scope, vocabulary: state.vocabulary)).isEmpty {
            diagnostics.append(
                Diagnostic(
                    .noQuestion, path: finding.path, mark: claim.mark,
                    message: "no question asks about \"\(claim.quantity.value)\" at these settings",
                    fix: "propose one under Claims/"))
        }
        diagnostics += missingBridge(claim, path: finding.path, state)
    }
    return diagnostics
}

private func missingBridge(_ claim: Claim, path: String, _ state: LedgerState) -> [Diagnostic] {
    guard case .values(let models)? = claim.tested[Condition.model] else { return [] }
    return models.filter { state.models[$0] != nil }.compactMap { model in
        let isBridged = claim.assumes.contains { name in
            state.assumptions[name.value]?.bridge?.from.contains { $0.value == model } ?? false
        }
        guard !isBridged else { return nil }
        return Diagnostic(
            .noBridge, path: path, mark: claim.mark,
            message: "nothing says that a result on the toy model \"\(model)\" carries over to general models",
            fix: "assume a bridge from \"\(model)\" if you think it does")
    }
}

/// Two findings that say the same of overlapping settings by one verifier or from one source.
private func likelyDuplicates(_ findings: [Finding], _ state: LedgerState) -> [Diagnostic] {
    var claims: [String: [(claim: Claim, finding: Finding)]] = [:]
    for finding in findings {
        for claim in finding.claims { claims[claim.quantity.value, default: []].append((claim, finding)) }
    }
    let found = claims.values.mapSideBySide { claims in
        let bySource = Dictionary(grouping: claims, by: { $0.finding.source.value })
        let byVerifier = Dictionary(grouping: claims.filter { $0.claim.verify != nil }, by: { $0.claim.verify!.value })
        return [bySource, byVerifier].flatMap(\.values).filter { $0.count > 1 }
            .flatMap { likelyDuplicates(in: $0, state) }
    }
    // One source and one verifier tell of the same pair twice.
    return Array(Set(found.joined()))
}

private func likelyDuplicates(in group: [(claim: Claim, finding: Finding)], _ state: LedgerState) -> [Diagnostic] {
    let members = group.sorted { ($0.finding.date, $0.claim.id) < ($1.finding.date, $1.claim.id) }
    let scopes = members.map { Scope($0.claim.scope, vocabulary: state.vocabulary) }
    var found: [Diagnostic] = []
    for (j, later) in members.enumerated() {
        var count = 0
        for i in 0..<j where count < duplicateLimit {
            let earlier = members[i]
            guard earlier.finding.slug != later.finding.slug, scopes[i].overlaps(scopes[j]),
                !state.isVersion(later.claim.id.slug, of: earlier.claim.id.slug)
            else { continue }
            count += 1
            found.append(
                Diagnostic(
                    .likelyDuplicate, path: later.finding.path, mark: later.claim.mark,
                    message:
                        "claim \(later.claim.id) may repeat \(earlier.claim.id): same quantity, settings in common, same source or verifier",
                    fix: "join them with `same_as`, or scope them apart"))
        }
    }
    return found
}

extension LedgerState {
    /// Whether one finding supersedes the other or says that they are the same.
    fileprivate func isVersion(_ a: String, of b: String) -> Bool {
        func names(_ slug: String) -> [String] {
            guard let finding = findings[slug] else { return [] }
            return (finding.supersedes + finding.sameAs).map(\.value)
        }
        return names(a).contains(b) || names(b).contains(a)
    }
}
