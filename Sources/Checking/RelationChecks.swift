import Records
import Words

/// Reports cycles of `builds_on` and `supersedes`.
func checkRelations(_ context: CheckContext) -> [Diagnostic] {
    checkCycles(context, "builds_on", \.buildsOn, verb: "builds on")
        + checkCycles(context, "supersedes", \.supersedes, verb: "supersedes")
}

private func checkCycles(
    _ context: CheckContext, _ key: String, _ names: (Finding) -> [Located<String>], verb: String
) -> [Diagnostic] {
    var findings: [(name: String, others: [String])] = []
    for finding in context.findings where !names(finding).isEmpty {
        let others = names(finding).map(\.value).filter { $0 != finding.slug }
        if !others.isEmpty { findings.append((finding.slug, others.sorted())) }
    }
    return cycles(among: findings).compactMap { cycle in
        let next = cycle[1 % cycle.count]
        guard let finding = context.state.findings[cycle[0]],
            let name = names(finding).first(where: { $0.value == next })
        else {
            return nil
        }
        return Diagnostic(
            .cycle, path: finding.path, mark: name.mark,
            message: "a finding \(verb) itself: \((cycle + [cycle[0]]).joined(separator: " > "))",
            fix: "remove one `\(key)`")
    }
}

/// Runs the checks that compare all findings. They report duplicates, redundant plans, toy claims without a bridge, and
/// claims without a question.
///
/// `findings` are the findings of `state`, in the order of their files. `exclusions` are the findings that take no part
/// in the merge. `today` is an ISO date.
func checkAcrossFindings(
    _ findings: [Finding], _ exclusions: [String: String], _ state: LedgerState, today: String
) -> [Diagnostic] {
    let bearing = BearingIndex(state)
    let diagnostics = findings.filter(\.isActive).concurrentMap { checkCoverage(of: $0, bearing, state) }.flatMap(
        \.self)
    let families = Families(findings)
    let taking = findings.filter { exclusions[$0.slug] == nil }
    return diagnostics + checkDuplicates(taking, state.vocabulary, families)
        + checkPlannedWork(findings, exclusions, state.vocabulary, families, today: today)
}

/// Reports claims without a question, and toy claims without a bridge.
private func checkCoverage(of finding: Finding, _ bearing: BearingIndex, _ state: LedgerState) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    let arms = finding.claims.flatMap { claim in
        claim.contrast.map { [claim.id, state.claimID($0.against.value) ?? claim.id] } ?? []
    }
    for claim in finding.claims {
        let isArm = arms.contains(claim.id) && bearing.asksAboutDifferences(of: claim.quantity.value)
        if !isArm, !bearing.hasLeaf(for: claim, state.vocabulary) {
            diagnostics.append(
                Diagnostic(
                    .noQuestion, path: finding.path, mark: claim.mark,
                    message: "no question asks about \"\(claim.quantity.value)\" at these settings",
                    fix: "add a question under Claims/"))
        }
        diagnostics += missingBridge(claim, path: finding.path, state)
    }
    return diagnostics
}

private func missingBridge(_ claim: Claim, path: String, _ state: LedgerState) -> [Diagnostic] {
    guard !state.models.isEmpty, case .values(let models)? = claim.tested[Condition.model] else { return [] }
    return models.filter { state.models.index(forKey: $0) != nil }.compactMap { model in
        let isBridged = claim.assumes.contains { name in
            state.assumptions[name.value]?.bridge?.from.contains { $0.value == model } ?? false
        }
        guard !isBridged else { return nil }
        return Diagnostic(
            .noBridge, path: path, mark: claim.mark,
            message: "no bridge states that results on the toy model \"\(model)\" carry over to general models",
            fix: "add a bridge from \"\(model)\" to `assumes` if they do")
    }
}

extension Diagnostic.Code {
    package static let cycle = Self("cycle", .error, "Records refer to each other in a cycle.")
    package static let noBridge = Self("no-bridge", .note, "A toy claim assumes no bridge to general models.")
    package static let noQuestion = Self("no-question", .note, "No question asks about this quantity.")

    package static let ofRelations = [cycle, noBridge, noQuestion]
}
