import Records
import Words

func checkCaveat(
    against target: Caveat.Target, shownBy: Located<String>?, path: String, _ context: CheckContext
) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    switch target {
    case .claim(let name): diagnostics += checkClaimName(name, path: path, context)
    case .assumption(let name): diagnostics += checkAssumptionName(name, path: path, context)
    case .verifier(let name):
        let parts = name.value.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let exists =
            parts.count == 1
            ? context.existing.contains(.model(slug: name.value))
            : parts.count == 2 && context.existing.contains(.measurement(model: parts[0], slug: parts[1]))
        if !exists {
            let known = Array(context.state.models.keys) + Array(context.state.measurements.keys)
            diagnostics.append(
                Diagnostic(
                    .unknownVerifier, path: path, mark: name.mark, message: "unknown verifier \"\(name.value)\"",
                    Mend(name: name.value, at: name.mark, among: known),
                    otherwise: "write toy-model or toy-model/measurement"))
        }
    }
    if let claim = shownBy {
        diagnostics += checkClaimName(claim, path: path, context)
        diagnostics += checkSelfUndercut(of: target, shownBy: claim, path: path, context)
    }
    return diagnostics
}

/// Checks that the claim that shows a caveat does not itself rest on the assumption or the measurement under attack. A
/// measurement may show that its own toy model is unfit.
private func checkSelfUndercut(
    of target: Caveat.Target, shownBy name: Located<String>, path: String, _ context: CheckContext
) -> [Diagnostic] {
    guard let shown = context.state.claimID(name.value).flatMap(context.state.claim) else { return [] }
    func report(_ message: String, fix: String) -> [Diagnostic] {
        [Diagnostic(.selfUndercut, path: path, mark: name.mark, message: message, fix: fix)]
    }
    switch target {
    case .assumption(let assumption) where shown.assumes.contains { $0.value == assumption.value }:
        return report(
            "\"\(shown.id)\" assumes \"\(assumption.value)\", so it cannot show that this assumption is wrong",
            fix: "name a claim that does without the assumption, or remove `shown_by`")
    case .verifier(let verifier) where shown.verify?.value == verifier.value:
        return report(
            "\"\(shown.id)\" was measured by \"\(verifier.value)\", so it cannot show that this measurement is wrong",
            fix: "name a claim that was measured in another way, or remove `shown_by`")
    case .claim, .assumption, .verifier: return []
    }
}

/// Checks that each finding in `superseded_by` supersedes this one.
func checkSupersededBy(_ finding: Finding, _ context: CheckContext) -> [Diagnostic] {
    finding.supersededBy.compactMap { name in
        guard name.value != finding.slug, let newer = context.state.findings[name.value],
            !newer.supersedes.contains(where: { $0.value == finding.slug })
        else { return nil }
        return Diagnostic(
            .oneSided, path: finding.path, mark: name.mark,
            message: "\"\(name.value)\" does not supersede this finding",
            fix: "write `supersedes: [\(finding.slug)]` in \"\(name.value)\", or remove it here")
    }
}

func checkClaimName(_ name: Located<String>, path: String, _ context: CheckContext) -> [Diagnostic] {
    guard !name.isUnreadable, context.state.claimID(name.value) == nil else { return [] }
    let slug = String(name.value.prefix { $0 != "#" })
    guard let finding = context.state.findings[slug] else {
        if context.existing.contains(.finding(slug: slug)) { return [] }
        // The marked place also contains the number.
        var mend = Mend(name: slug, at: name.mark, among: context.findingSlugs)
        let number = name.value.dropFirst(slug.count)
        for index in mend?.edits.indices ?? 0..<0 { mend?.edits[index].text += number }
        return [
            Diagnostic(
                .unknownClaim, path: path, mark: name.mark, message: "unknown claim \"\(name.value)\"", mend,
                otherwise: "write slug#n")
        ]
    }
    // If no claim of the finding is readable, the reference may be correct.
    guard !finding.claims.isEmpty else { return [] }
    let range = finding.claims.count == 1 ? "\(slug) or \(slug)#1" : "\(slug)#1 to \(slug)#\(finding.claims.count)"
    return [
        Diagnostic(
            .unknownClaim, path: path, mark: name.mark,
            message: "\"\(name.value)\" does not name a single claim of \"\(slug)\"", fix: "write \(range)")
    ]
}

func checkFindingName(_ name: Located<String>, of finding: Finding, _ context: CheckContext) -> [Diagnostic] {
    if name.value == finding.slug {
        return [
            Diagnostic(
                .cycle, path: finding.path, mark: name.mark, message: "a finding cannot refer to itself here",
                fix: "remove it")
        ]
    }
    guard !context.existing.contains(.finding(slug: name.value)) else { return [] }
    return [
        Diagnostic(
            .unknownFinding, path: finding.path, mark: name.mark, message: "unknown finding \"\(name.value)\"",
            Mend(name: name.value, at: name.mark, among: context.findingSlugs),
            otherwise: "write the finding's file name without .yaml")
    ]
}
