import KernelInterface
import Records
import Words

/// What the counted runs of a state rest on.
package struct CountedRuns: Sendable {
    /// The counted runs of claims, and the number of tested settings that they cover.
    package var claims: [ClaimID: (runs: Int, settings: Int)]
    /// The claims with counted runs, by quantity and by named model.
    private var meanings: [String: Int] = [:]
    /// The recorded runs by toy model, and by measurement as `toy-model/measurement`.
    private var verifiers: [String: Int] = [:]

    /// `receipts` are the names of the receipts on the audit branch.
    package init(
        _ ledger: CheckedLedger, claims: [ClaimID: (runs: Int, settings: Int)], receipts names: Set<String>
    ) {
        self.claims = claims.filter { $0.value.runs > 0 }
        for claim in self.claims.keys.compactMap(ledger.state.claim) {
            meanings[claim.quantity.value, default: 0] += 1
            for model in claim.namedModels { meanings[BasisChange.name(ofModel: model), default: 0] += 1 }
        }
        let measurements = Dictionary(grouping: ledger.state.measurements.values, by: \.digest)
        for receipt in ledger.state.receipts where names.contains(receipt.name) {
            let runs = receipt.predicate.runs.count
            guard let model = ledger.state.models[receipt.folder],
                var kernel = ledger.kernels.first(where: { $0.name == receipt.predicate.kernel.name }),
                model.kernel.value == kernel.name
            else { continue }
            // Runs of an earlier version of the kernel are runs of the same toy model.
            kernel.version = receipt.predicate.kernel.version
            guard model.digest(kernel) == receipt.modelDigest else { continue }
            verifiers[model.slug, default: 0] += runs
            for measurement in measurements[receipt.measurementDigest, default: []]
            where measurement.model == model.slug {
                verifiers[measurement.id, default: 0] += runs
            }
        }
    }

    fileprivate func count(restingOn change: BasisChange) -> Int {
        switch change.kind {
        case .claim, .scope: change.claim.flatMap { claims[$0]?.runs } ?? 0
        case .verifier: verifiers[change.name] ?? 0
        case .meaning, .definition: meanings[change.name] ?? 0
        case .contributors, .addedContributors, .caveat, .retraction, .supersession, .plan, .settings, .trace: 0
        }
    }
}

/// The authors of the commits of a range, compared with case folded.
package struct RangeAuthors: Sendable {
    private var names: Set<String> = []
    private var addresses: Set<String> = []

    package init(_ authors: [(name: String, address: String)]) {
        names = Set(authors.map { $0.name.lowercased() }).subtracting([""])
        addresses = Set(authors.map { foldedAddress($0.address) }).subtracting([""])
    }

    /// Whether a contributor is one of the authors. A contributor who is recorded with an address is recognised by it
    /// alone; any other contributor is recognised by the name.
    package func contains(_ contributor: String) -> Bool {
        contributorAddress(contributor).map(addresses.contains) ?? names.contains(contributor.lowercased())
    }
}

/// Reports the changes of a range on which counted runs rest, and those that strangers made to findings. `runs` is
/// evaluated only if needed.
package func checkBasisChanges(
    _ changes: [BasisChange], counted runs: @autoclosure () throws -> CountedRuns, authors: RangeAuthors
) rethrows -> [Diagnostic] {
    let (ofRuns, ofFindings) = (changes.filter(\.concernsRuns), changes.filter(\.needsContributor))
    var diagnostics: [Diagnostic] = []
    if !ofRuns.isEmpty {
        let runs = try runs()
        diagnostics += ofRuns.compactMap { diagnostic($0, runs) }
    }
    return diagnostics + changes.filter { $0.kind == .trace }.map(changedTrace)
        + ofFindings.filter { !$0.contributors.contains(where: authors.contains) }.map(strangersEdit)
}

extension BasisChange {
    fileprivate var concernsRuns: Bool {
        switch kind {
        case .claim, .verifier, .meaning, .definition, .scope: true
        case .contributors, .addedContributors, .caveat, .retraction, .supersession, .plan, .settings, .trace: false
        }
    }

    /// Whether only a contributor of the finding may make the change.
    fileprivate var needsContributor: Bool {
        switch kind {
        case .contributors, .addedContributors, .caveat, .retraction, .supersession, .plan: true
        case .claim, .verifier, .meaning, .definition, .scope, .settings, .trace: false
        }
    }
}

private func diagnostic(_ change: BasisChange, _ runs: CountedRuns) -> Diagnostic? {
    let count = runs.count(restingOn: change)
    guard count > 0 else { return nil }
    func report(_ code: Diagnostic.Code, _ message: String, fix: String) -> Diagnostic {
        Diagnostic(code, path: change.path, mark: change.mark, message: message, fix: fix)
    }
    let recorded = "\"\(change.name)\" has \(counted(count, "recorded run"))"
    let claims = counted(count, "claim") + (count == 1 ? " has" : " have")
    switch change.kind {
    case .claim:
        return report(
            .changedClaim, "\(recorded), but \(change.change)",
            fix: "restore it, and write the new claim in a finding with `supersedes: [\(change.claim?.slug ?? "")]`")
    case .verifier:
        let isMeasurement = change.name.utf8.contains(UInt8(ascii: "/"))
        let place = isMeasurement ? "measurement in another file" : "toy model in another folder"
        return report(
            .changedVerifier, "\(recorded), but \(change.change)", fix: "restore it, and describe the new \(place)")
    case .meaning:
        guard change.isOfModel else {
            return report(
                .changedMeaning, "\(claims) recorded runs of \"\(change.name)\", but \(change.change)",
                fix: "restore it, and define the new quantity under another slug")
        }
        let naming = count == 1 ? "1 claim that names" : "\(count) claims that name"
        return report(
            .changedMeaning,
            "\(naming) \"\(change.name)\" \(count == 1 ? "has" : "have") recorded runs, but \(change.change)",
            fix: "restore it, and record a model of the other kind under another slug")
    case .definition:
        return report(
            .changedDefinition, "\(claims) recorded runs of \"\(change.name)\", but \(change.change)",
            fix: "if the meaning changed too, restore it and define the new quantity under another slug")
    case .scope:
        let settings = change.claim.flatMap { runs.claims[$0]?.settings } ?? 0
        return report(
            .scopeGrew,
            "the runs of \"\(change.name)\" cover \(counted(settings, "setting")), but now \(change.change)",
            fix: "test the new settings in another finding, or narrow `holds_for`")
    case .contributors, .addedContributors, .caveat, .retraction, .supersession, .plan, .settings, .trace:
        return nil
    }
}

private func changedTrace(_ change: BasisChange) -> Diagnostic {
    Diagnostic(
        .changedTrace, path: change.path, mark: change.mark,
        message: "the trace \"\(change.name)\" never changes, but \(change.change)",
        fix: "restore it, and record another text as another trace")
}

private func strangersEdit(_ change: BasisChange) -> Diagnostic {
    Diagnostic(
        .strangersEdit, path: change.path, mark: change.mark,
        message: "no contributor of \"\(change.name)\" is the author of a commit in the range, but \(change.change)",
        fix: "ask a contributor to commit it: \(listed(shortList(change.contributors), "or"))")
}

/// Returns the error for a root commit in a range that builds on other commits.
package func unrelatedHistory(_ commit: String, summary: String) -> Diagnostic {
    Diagnostic(
        .unrelatedHistory, path: settingsPath, mark: .fileStart,
        message:
            "commit \(commit.prefix(12)) (\(summary)) begins a history that has nothing in common with the ledger's",
        fix: "copy its files in an ordinary commit, or rebase its commits onto the ledger's branch")
}

/// Returns the error for a change of settings or signers that no maintainer signed: of one commit, or of the range as a
/// whole.
package func unsignedSettings(_ path: String, commit: (id: String, summary: String)?) -> Diagnostic {
    let change = commit.map { "commit \($0.id.prefix(12)) (\($0.summary))" } ?? "the range"
    return Diagnostic(
        .changedSettings, path: path, mark: .fileStart,
        message: "\(change) changes \(path), and no maintainer whom \(signersPath) lists at the base of the range "
            + "signed the change",
        fix: "let a maintainer commit it with `git commit -S`, or merge it with `git merge --no-ff -S`; squash and "
            + "rebase lose signatures")
}

/// Returns the warning for a change of settings or signers in a ledger without maintainers.
package func unguardedSettings(_ path: String) -> Diagnostic {
    Diagnostic(
        .unguardedSettings, path: path, mark: .fileStart,
        message:
            "the range changes \(path), which anyone may do, because \(signersPath) lists no maintainer at its base",
        fix: "list a maintainer's key there with `namespaces=\"git\"`")
}

extension Diagnostic.Code {
    package static let changedClaim = Self("changed-claim", .error, "A claim with recorded runs was changed.")
    package static let changedVerifier = Self(
        "changed-verifier", .error, "A toy model or measurement with recorded runs was changed.")
    package static let changedTrace = Self(
        "changed-trace", .error, "The model, the task, the text or the segments of a trace changed.")
    package static let changedMeaning = Self(
        "changed-meaning", .error, "A quantity or model whose claims have recorded runs got another meaning.")
    package static let changedDefinition = Self(
        "changed-definition", .warning, "The definition of a quantity whose claims have recorded runs was changed.")
    package static let scopeGrew = Self(
        "scope-grew", .warning, "A claim with recorded runs holds for more settings than before.")
    package static let strangersEdit = Self(
        "strangers-edit", .error, "A person other than a contributor weakened a finding.")
    package static let changedSettings = Self(
        "changed-settings", .error, "The settings or the signers were changed without a maintainer's signature.")
    package static let unguardedSettings = Self(
        "unguarded-settings", .warning, "The settings or the signers were changed, and no maintainer is listed.")
    package static let unrelatedHistory = Self(
        "unrelated-history", .error, "A range contains the root of another history.")

    package static let ofBasisChanges = [
        changedClaim, changedVerifier, changedMeaning, changedTrace, changedDefinition, scopeGrew, strangersEdit,
        changedSettings,
        unguardedSettings, unrelatedHistory,
    ]
}
