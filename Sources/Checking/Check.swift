import KernelInterface
import Records
import Words

/// How many records of each kind a ledger has, and how many mistakes.
package struct Counts: Sendable, Equatable {
    package var findings = 0
    package var claims = 0
    package var questions = 0
    package var verifiers = 0
    package var errors = 0
    package var warnings = 0

    package init(
        findings: Int = 0, claims: Int = 0, questions: Int = 0, verifiers: Int = 0, errors: Int = 0, warnings: Int = 0
    ) {
        self.findings = findings
        self.claims = claims
        self.questions = questions
        self.verifiers = verifiers
        self.errors = errors
        self.warnings = warnings
    }
}

/// Records that were checked together; only `check` makes one.
package struct CheckedLedger: Sendable {
    /// The records of files without errors.
    package let state: LedgerState
    /// Those of the state in the order of their files, in which they lie in memory.
    package let findings: [Finding]
    /// Why findings take no part in the merge, by slug; the others do.
    package let exclusionReasons: [String: String]
    package let kernels: [KernelDescription]
    /// Sorted by path and place.
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

    /// The same records with what only their evidence and the settings can tell.
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

/// How far checking goes.
package enum CheckDepth: Sendable {
    case everything
    /// Without the warnings and notes that only a look across all findings gives, which no other report tells of.
    case errors
}

/// Checks every record by itself and against the others; a file with an error is reported and left out.
///
/// `today` is an ISO date, by which planned findings lapse.
package func check(
    _ files: [DecodedFile], kernels: [KernelDescription], today: String, depth: CheckDepth = .everything
) -> CheckedLedger {
    let files = files.sorted { $0.path < $1.path }
    var state = LedgerState(files)
    let places = ExistingRecords(files, findings: state.findings)
    let context = CheckContext(files: files, state: state, existing: places, kernels: kernels)
    var diagnostics = files.flatMap(\.diagnostics) + checkSlugs(files, context)
    let checks: [@Sendable () -> [Diagnostic]] = [
        { checkNames(files) }, { checkRelations(context) }, { checkVocabulary(context) }, { checkQuestions(context) },
        { checkVotes(context) }, { checkVerifiers(context) },
    ]
    diagnostics += checks.concurrentMap { $0() }.flatMap(\.self)
    // By itself: what runs side by side within another that does has one core only.
    diagnostics += checkFindings(context, today: today)

    let broken = Set(diagnostics.filter { $0.severity == .error }.map(\.path))
    if !broken.isEmpty {
        state.removeRecords(at: broken)
        state.vocabulary = Vocabulary(files.compactMap(\.record))
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
        errors: diagnostics.count { $0.severity == .error }, warnings: diagnostics.count { $0.severity == .warning })
    return CheckedLedger(
        state: state, findings: findings, exclusionReasons: exclusions, kernels: kernels, diagnostics: diagnostics,
        counts: counts)
}

/// Findings that go by one slug.
private func checkSlugs(_ files: [DecodedFile], _ context: CheckContext) -> [Diagnostic] {
    let repeated = context.existing.repeated
    guard !repeated.isEmpty else { return [] }
    let paths = Dictionary(grouping: files) { $0.place }.mapValues { $0.map(\.path) }
    return repeated.flatMap { place -> [Diagnostic] in
        guard case .finding(let slug) = place, let paths = paths[place] else { return [] }
        // Told of both: which one is newer, the files do not say.
        return paths.compactMap { path in
            guard let other = paths.first(where: { $0 != path }) else { return nil }
            return Diagnostic(
                .duplicateSlug, path: path, mark: .fileStart,
                message: "the slug \"\(slug)\" is also that of \(other)", fix: "rename the newer file")
        }
    }
}

/// Where records stand, sound or not.
struct ExistingRecords: Sendable {
    private let findings: [String: Finding]
    /// All others, and findings that could not be read.
    private var others: Set<RecordPlace> = []
    /// Where more than one file stands.
    private(set) var repeated: Set<RecordPlace> = []

    /// `findings` are those that could be read of the files.
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

    /// Sorted.
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

/// What checks of one record need to know of the others.
struct CheckContext: Sendable {
    let state: LedgerState
    /// Those of the state in the order of their files, in which they lie in memory and diagnostics are printed.
    let findings: [Finding]
    /// References are held against everything that exists, sound or not: one broken quantity is one mistake, not a thousand.
    let existing: ExistingRecords
    let kernels: [KernelDescription]
    /// By the last part of their ids, sorted.
    private let questionsByName: [Substring: [String]]

    /// `files` are sorted by path.
    fileprivate init(files: [DecodedFile], state: LedgerState, existing: ExistingRecords, kernels: [KernelDescription])
    {
        self.state = state
        self.kernels = kernels
        self.existing = existing
        findings = files.compactMap { file in
            guard case .finding(let finding)? = file.partialRecord else { return nil }
            return existing.repeated.isEmpty || state.findings[finding.slug] === finding ? finding : nil
        }
        questionsByName = Dictionary(grouping: existing.questions, by: lastPart)
    }

    /// Where a question that is not here may stand now, sorted: those of its folder's name.
    func questions(namedAs id: String) -> [String] {
        questionsByName[lastPart(of: id), default: []]
    }

    /// What to write instead of a question's id that names none.
    func remedy(forQuestion id: String) -> String? {
        let moved = questions(namedAs: id)
        if moved.count == 1 { return "write \"\(moved[0])\", where the only question of that name stands" }
        if let near = didYouMean(id, state.questions.keys) { return near }
        guard (2...3).contains(moved.count) else { return nil }
        return "if it has moved, it may be \(listed(moved.map { "\"\($0)\"" }, "or"))"
    }

    /// To suggest one where a name is wrong.
    var findingSlugs: [String] { existing.findingSlugs }

    func isCondition(_ slug: String) -> Bool {
        state.vocabulary.conditions[slug] != nil || existing.contains(.condition(slug: slug))
    }

    /// Whether a value has what could not be read for an attribute.
    func isUnreadable(_ attribute: String, of condition: String, _ value: String) -> Bool {
        guard let record = state.vocabulary.value(value, of: condition) else {
            return existing.contains(.conditionValue(condition: condition, slug: value))
        }
        return record.attributes[attribute]?.isEmpty ?? false
    }

    func kernel(_ name: String) -> KernelDescription? {
        kernels.first { $0.name == name }
    }
}

private func lastPart(of id: String) -> Substring {
    id.utf8.lastIndex(of: UInt8(ascii: "/")).map { id[id.utf8.index(after: $0)...] } ?? id[...]
}

extension Diagnostic.Code {
    package static let duplicateSlug = Self("duplicate-slug", .error, "Two findings have one slug.")

    package static let ofSlugs = [duplicateSlug]
    package static let ofChecks =
        ofSlugs + ofNames + ofRelations + ofVocabulary + ofQuestions + ofVerifiers + ofReruns + ofFindings
        + ofDuplicates
        + ofPlans + ofRanges
}
