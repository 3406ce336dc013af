import KernelInterface
import Records
import Words
import YAML

/// The numbers of records and diagnostics in a ledger.
package struct Counts: Sendable, Equatable {
    package var findings = 0
    package var claims = 0
    package var questions = 0
    package var verifiers = 0
    package var errors = 0
    package var warnings = 0
    /// The claims whose findings do not say that the source was read.
    package var unreadClaims = 0

    package init(
        findings: Int = 0, claims: Int = 0, questions: Int = 0, verifiers: Int = 0, errors: Int = 0, warnings: Int = 0,
        unreadClaims: Int = 0
    ) {
        self.findings = findings
        self.claims = claims
        self.questions = questions
        self.verifiers = verifiers
        self.errors = errors
        self.warnings = warnings
        self.unreadClaims = unreadClaims
    }
}

/// The result of `check`: the records without errors, and all diagnostics.
package struct CheckedLedger: Sendable {
    /// The records of files without errors.
    package let state: LedgerState
    /// The findings of `state`, in the order of their files. This is also their order in memory.
    package let findings: [Finding]
    /// The reasons why findings are excluded from the merge, by slug. All other findings take part in the merge.
    package let exclusionReasons: [String: String]
    /// The kernels that are compiled into the program, and those of the ledger.
    package let kernels: [KernelDescription]
    /// The diagnostics, sorted by path and place.
    package let diagnostics: [Diagnostic]
    package let counts: Counts

    package var hasErrors: Bool { counts.errors > 0 }

    package var activeFindings: [Finding] {
        exclusionReasons.isEmpty ? findings : findings.filter { exclusionReasons[$0.slug] == nil }
    }

    fileprivate init(
        state: LedgerState, findings: [Finding], exclusionReasons: [String: String], kernels: [KernelDescription],
        diagnostics: [Diagnostic], counts: Counts
    ) {
        self.state = state
        self.findings = findings
        self.exclusionReasons = exclusionReasons
        self.kernels = kernels
        self.diagnostics = diagnostics
        self.counts = counts
    }

    /// Returns the ledger with further diagnostics, such as those that depend on evidence or settings.
    package func adding(_ notes: [Diagnostic]) -> CheckedLedger {
        guard !notes.isEmpty else { return self }
        var counts = counts
        counts.errors += notes.count { $0.severity == .error }
        counts.warnings += notes.count { $0.severity == .warning }
        return CheckedLedger(
            state: state, findings: findings, exclusionReasons: exclusionReasons, kernels: kernels,
            diagnostics: (diagnostics + notes).sorted(), counts: counts)
    }
}

/// The checks that `check` runs.
package enum CheckDepth: Sendable {
    case everything
    /// Every check except those that compare all findings with each other. The excluded checks give only warnings and
    /// notes.
    case errors
}

/// Checks every record and its references. Reports files with errors and excludes them from the state.
///
/// `today` is an ISO date. It determines which plans have lapsed.
package func check(
    _ files: [DecodedFile], kernels: [KernelDescription], today: String, depth: CheckDepth = .everything
) -> CheckedLedger {
    let files = files.sorted { $0.path < $1.path }
    var state = LedgerState(files)
    let places = ExistingRecords(files, findings: state.findings)
    let context = CheckContext(files: files, state: state, existing: places, kernels: kernels)
    var diagnostics = files.flatMap { withPercentagesSettled($0, context) } + checkSlugs(files, context)
    let checks: [@Sendable () -> [Diagnostic]] = [
        { checkNames(files) }, { checkRelations(context) }, { checkVocabulary(context) }, { checkQuestions(context) },
        { checkVotes(context, today: today) }, { checkConstraints(context) }, { checkVerifiers(context) },
        { checkKernels(context) },
        { checkSignatures(files, context) }, { checkCodebooks(context) }, { checkResources(context) },
    ]
    diagnostics += checks.concurrentMap { $0() }.flatMap(\.self)
    // These checks are not in the list because they call `concurrentMap` themselves, and a nested call would run on one
    // core.
    diagnostics += checkFindings(context, today: today) + checkTraces(context)

    let broken = Set(diagnostics.filter { $0.severity == .error }.map(\.path))
    if !broken.isEmpty {
        state.removeRecords(at: broken, leaving: files.compactMap(\.record))
    }
    let findings = broken.isEmpty ? context.findings : context.findings.filter { state.findings[$0.slug] != nil }
    let exclusions = exclusionReasons(of: findings)
    switch depth {
    case .everything: diagnostics += checkAcrossFindings(findings, exclusions, state, today: today)
    case .errors: break
    }
    diagnostics.sort()
    let counts = Counts(
        findings: findings.count, claims: findings.reduce(0) { $0 + $1.claims.count },
        questions: state.questions.count, verifiers: state.measurements.count,
        errors: diagnostics.count { $0.severity == .error }, warnings: diagnostics.count { $0.severity == .warning },
        unreadClaims: findings.reduce(0) { $0 + $1.claims.count(where: \.isUnread) })
    return CheckedLedger(
        state: state, findings: findings, exclusionReasons: exclusions,
        kernels: kernels + state.kernels.values.map(\.description), diagnostics: diagnostics, counts: counts)
}

/// Reports findings with the same slug.
private func checkSlugs(_ files: [DecodedFile], _ context: CheckContext) -> [Diagnostic] {
    let repeated = context.existing.repeated
    guard !repeated.isEmpty else { return [] }
    let paths = Dictionary(grouping: files) { $0.place }.mapValues { $0.map(\.path) }
    return repeated.flatMap { place -> [Diagnostic] in
        guard case .finding(let slug) = place, let paths = paths[place] else { return [] }
        // Both files are reported, because their contents do not show which one is newer.
        return paths.compactMap { path in
            guard let other = paths.first(where: { $0 != path }) else { return nil }
            return Diagnostic(
                .duplicateSlug, path: path, mark: .fileStart,
                message: "the slug \"\(slug)\" is also used by \(other)", fix: "rename the newer file")
        }
    }
}

/// The places of all records, with or without errors.
struct ExistingRecords: Sendable {
    private let findings: [String: Finding]
    /// The places of other records and of unreadable findings.
    private var others: Set<RecordPlace> = []
    /// The places that several files share.
    private(set) var repeated: Set<RecordPlace> = []

    /// `findings` are the readable findings in `files`.
    init(_ files: [DecodedFile], findings: [String: Finding]) {
        self.findings = findings
        var readCount = 0
        for file in files {
            guard let place = file.place else { continue }
            if case .finding(let slug) = place {
                if file.partialRecord != nil {
                    readCount += 1
                    continue
                }
                if findings[slug] != nil { repeated.insert(place) }
            }
            if !others.insert(place).inserted { repeated.insert(place) }
        }
        guard readCount > findings.count else { return }
        var slugs: Set<String> = []
        for case .finding(let finding)? in files.map(\.partialRecord) where !slugs.insert(finding.slug).inserted {
            repeated.insert(.finding(slug: finding.slug))
        }
    }

    func contains(_ place: RecordPlace) -> Bool {
        if case .finding(let slug) = place, findings[slug] != nil { return true }
        return others.contains(place)
    }

    /// The ids of all questions, sorted.
    var questions: [String] {
        others.compactMap { place in
            if case .question(let id) = place { id } else { nil }
        }.sorted()
    }

    var findingSlugs: [String] {
        findings.keys
            + others.compactMap { place in
                if case .finding(let slug) = place { slug } else { nil }
            }
    }
}

/// The information about other records that the check of one record needs.
struct CheckContext: Sendable {
    let state: LedgerState
    /// The findings of `state`, in the order of their files. This is also their order in memory and in reports.
    let findings: [Finding]
    /// All existing records, with or without errors. A reference to any of them is valid, so that one broken quantity
    /// causes a single error and not one error for each reference.
    let existing: ExistingRecords
    /// The kernels that are compiled into the program.
    let compiledKernels: [KernelDescription]
    /// All kernels.
    let kernels: [KernelDescription]
    let resources: ResourceIndex
    /// The sorted ids of questions, by the last part of the id.
    private let questionsByName: [Substring: [String]]

    /// `files` must be sorted by path.
    fileprivate init(files: [DecodedFile], state: LedgerState, existing: ExistingRecords, kernels: [KernelDescription])
    {
        self.state = state
        compiledKernels = kernels
        self.kernels = kernels + state.kernels.values.map(\.description)
        self.existing = existing
        findings = files.compactMap { file in
            guard case .finding(let finding)? = file.partialRecord else { return nil }
            return existing.repeated.isEmpty || state.findings[finding.slug] === finding ? finding : nil
        }
        resources = ResourceIndex(state)
        questionsByName = Dictionary(grouping: existing.questions, by: lastPart)
    }

    /// Returns the sorted ids of questions whose last part equals that of `id`. A missing question may have moved to
    /// one of these places.
    func questions(namedAs id: String) -> [String] {
        questionsByName[lastPart(of: id), default: []]
    }

    /// Finds the question that an unknown id means.
    func mend(forQuestion name: Located<String>) -> Mend? {
        let moved = questions(namedAs: name.value)
        if moved.count == 1 {
            return Mend(
                "write \"\(moved[0])\", the only question with that name",
                edits: Edit.replacing(name.mark, with: moved[0]))
        }
        if let near = Mend(name: name.value, at: name.mark, among: state.questions.keys) { return near }
        guard (2...3).contains(moved.count) else { return nil }
        return Mend("write \(listed(moved.map { "\"\($0)\"" }, "or")) if it has moved")
    }

    /// The slugs of all findings, which are used for suggestions.
    var findingSlugs: [String] { existing.findingSlugs }

    func isCondition(_ slug: String) -> Bool {
        state.vocabulary.conditions[slug] != nil || existing.contains(.condition(slug: slug))
    }

    /// Returns whether the attribute of the value could not be read.
    func isUnreadable(_ attribute: String, of condition: String, _ value: String) -> Bool {
        guard let record = state.vocabulary.value(value, of: condition) else {
            return existing.contains(.conditionValue(condition: condition, slug: value))
        }
        return record.attributes[attribute]?.isEmpty ?? false
    }

    func kernel(_ name: String) -> KernelDescription? {
        kernels.first { $0.name == name }
    }

    /// Whether the kernel of a verifier measures annotated traces instead of a toy model.
    func samplesTraces(_ model: String) -> Bool {
        state.models[model].flatMap { kernel($0.kernel.value) }?.samplesTraces ?? false
    }
}

private func lastPart(of id: String) -> Substring {
    id.utf8.lastIndex(of: UInt8(ascii: "/")).map { id[id.utf8.index(after: $0)...] } ?? id[...]
}

extension Diagnostic.Code {
    package static let duplicateSlug = Self("duplicate-slug", .error, "Two findings have the same slug.")

    package static let ofSlugs = [duplicateSlug]
    package static let ofChecks =
        ofSlugs + ofNames + ofRelations + ofVocabulary + ofQuestions + ofVerifiers + ofReruns + ofFindings
        + ofClaimRelations + ofConstraints + ofQuantities + ofDuplicates
        + ofPlans + ofTraces + ofResources + ofRanges + ofBasisChanges + ofKernels
}
