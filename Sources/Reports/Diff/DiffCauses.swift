import Evidence
import Merging
import Records

/// Finds the changed files that caused a change of a question, a claim or a disagreement.
///
/// A changed finding is a cause only if its change affects content that the merge uses, not only prose. Changed
/// vocabulary is a cause only if there is no other cause.
struct CauseFinder {
    /// The questions whose state changed. An inner question inherits the causes of its changed parts.
    var changedQuestions: Set<String> = []

    private let states: [LedgerState]
    private let merges: [Merge]
    private var byPlace: [RecordPlace: [ChangedFile]] = [:]
    /// The changed files of each finding, by its slug. Changes that do not affect the merge are left out.
    private var findings: [String: [ChangedFile]] = [:]
    /// The slugs of the findings that supersede a finding in either state, by the slug of the superseded finding.
    private var successors: [String: Set<String>] = [:]
    /// The changed receipts, toy model and measurement of each claim, and the changed models that it names.
    private var bases: [ClaimID: Set<ChangedFile>] = [:]
    private var vocabulary: [ChangedFile] = []
    /// The claims of each leaf in both states, by the id of the leaf in the later state.
    private var bearing: [String: [Member]] = [:]
    private var parts: [String: Set<String>] = [:]
    private var found: [String: Set<ChangedFile>] = [:]

    init(_ before: Merge, _ after: Merge, _ files: [ChangedFile], moves: [String: String]) {
        merges = [before, after]
        states = [before.state, after.state]
        for file in files {
            for path in Set([file.path] + [file.movedFrom].compactMap(\.self)) {
                guard let place = RecordPlace(path: path) else { continue }
                byPlace[place, default: []].append(file)
            }
            switch RecordPlace(path: file.path) {
            case .finding(let slug)?:
                if before.state.mergedContent(of: slug) != after.state.mergedContent(of: slug) {
                    findings[slug, default: []].append(file)
                }
            case .quantity?, .condition?, .conditionValue?, .assumption?, .constraint?: vocabulary.append(file)
            case .question?, .vote?, .model?, .measurement?, .receipt?, .signature?, .trace?, .traceText?, .annotation?,
                .codebook?, .resource?, .kernel?, .kernelFile?, nil:
                break
            }
        }
        for finding in states.flatMap(\.findings.values) {
            for old in finding.supersedes { successors[old.value, default: []].insert(finding.slug) }
        }
        gatherModels()
        gatherRuns()
        for (merge, moves) in [(before, moves), (after, [:])] {
            for (leaf, members) in merge.membersByLeaf {
                bearing[moves[leaf] ?? leaf, default: []] += members.map(\.member)
            }
            for (question, names) in merge.partsByQuestion {
                parts[moves[question] ?? question, default: []].formUnion(names.map { moves[$0] ?? $0 })
            }
        }
    }

    /// Finds the models that are of another kind or have other attributes than before.
    private mutating func gatherModels() {
        func content(_ slug: String, in state: LedgerState) -> [String]? {
            state.vocabulary.value(slug, of: Condition.model).map { value in
                ["general \(value.isGeneral)"]
                    + value.attributes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            }
        }
        let models = byPlace.filter { place, _ in
            guard case .conditionValue(Condition.model, let slug) = place else { return false }
            return content(slug, in: states[0]) != content(slug, in: states[1])
        }
        guard !models.isEmpty else { return }
        for member in merges.flatMap(\.members) {
            for model in member.claim.namedModels {
                let place = RecordPlace.conditionValue(condition: Condition.model, slug: model)
                if let files = models[place] { bases[member.id, default: []].formUnion(files) }
            }
        }
    }

    private mutating func gatherRuns() {
        let verifiers = byPlace.keys.contains { place in
            switch place {
            case .model, .measurement, .receipt, .signature, .kernel: true
            case .question, .vote, .quantity, .condition, .conditionValue, .assumption, .constraint, .finding, .trace,
                .traceText, .annotation, .codebook, .resource, .kernelFile:
                false
            }
        }
        guard verifiers else { return }
        for merge in merges {
            var receipts: [Study: [ChangedFile]] = [:]
            for receipt in merge.state.receipts {
                for file in byPlace[.receipt(model: receipt.folder, name: receipt.name), default: []] {
                    receipts[receipt.study, default: []].append(file)
                }
            }
            for member in merge.members {
                guard let verification = merge.ledger.verification(of: member.claim) else { continue }
                let (model, measurement) = (verification.model.slug, verification.measurement.slug)
                var files = byPlace[.model(slug: model), default: []]
                files += byPlace[.measurement(model: model, slug: measurement), default: []]
                for study in verification.cells.flatMap({ [$0.study, $0.control].compactMap(\.self) }) {
                    files += receipts[study, default: []]
                }
                if !files.isEmpty { bases[member.id, default: []].formUnion(files) }
            }
        }
    }

    /// Finds the causes of a question's change: its own record, its quantity, and the findings, runs and models of its
    /// claims. An inner question also has the causes of its changed parts.
    mutating func ofQuestion(_ id: String) -> [ChangedFile] { orVocabulary(search(id)) }

    private mutating func search(_ id: String) -> Set<ChangedFile> {
        if let known = found[id] { return known }
        // This entry ends the search if questions form a cycle.
        found[id] = []
        var causes = Set(byPlace[.question(id: id), default: []])
        causes.formUnion(inheritedAsks(id))
        for quantity in Set(states.compactMap { $0.questions[id]?.quantity?.value }) {
            causes.formUnion(byPlace[.quantity(slug: quantity), default: []])
        }
        for member in bearing[id, default: []] {
            causes.formUnion(ofFinding(member.id.slug))
            causes.formUnion(bases[member.id, default: []])
        }
        for part in parts[id, default: []] where changedQuestions.contains(part) {
            causes.formUnion(search(part))
        }
        if causes.isEmpty { causes = attacks(at: id) }
        found[id] = causes
        return causes
    }

    /// Finds the changed questions from which a question inherits the kind of models that it asks about.
    private func inheritedAsks(_ id: String) -> Set<ChangedFile> {
        guard states[0].asks(of: id) != states[1].asks(of: id) else { return [] }
        var causes: Set<ChangedFile> = []
        var above = Question.parent(of: id)
        while let parent = above {
            if states[0].questions[parent]?.asks != states[1].questions[parent]?.asks {
                causes.formUnion(byPlace[.question(id: parent), default: []])
            }
            above = Question.parent(of: parent)
        }
        return causes
    }

    /// Finds the changed files that may change the attacks on a question's claims: other findings on its quantity,
    /// caveats against its claims, and the tests of assumptions that its claims make.
    private mutating func attacks(at id: String) -> Set<ChangedFile> {
        let quantities = Set(states.compactMap { $0.questions[id]?.quantity?.value })
        var causes = Set(quantities.flatMap(ofFindings))
        let claims = Set(bearing[id, default: []].map(\.id))
        for (slug, files) in findings {
            let caveats = states.flatMap { state in
                (state.findings[slug]?.caveats ?? []).compactMap { caveat -> ClaimID? in
                    if case .claim(let name) = caveat.against { state.claimID(name.value) } else { nil }
                }
            }
            if !claims.isDisjoint(with: caveats) { causes.formUnion(files) }
        }
        let assumed = Set(bearing[id, default: []].flatMap { $0.claim.assumes.map(\.value) })
        for test in Set(assumed.flatMap { name in states.compactMap { $0.assumptions[name]?.testedBy?.value } }) {
            causes.formUnion(search(test))
        }
        return causes
    }

    /// Finds the causes of a claim's change, which are changes that affect the claim itself. Other findings on its
    /// quantity are included if the claim's status changed or if there is no other cause.
    func ofClaim(_ id: ClaimID, from before: ClaimState?, to after: ClaimState?) -> [ChangedFile] {
        var causes = ofFinding(id.slug)
        if let before, let after {
            causes.formUnion(bases[id, default: []])
            causes.formUnion(byPlace[.quantity(slug: after.quantity), default: []])
            for place in before.places + after.places
            where !(before.places.contains(place) && after.places.contains(place)) {
                causes.formUnion(byPlace[.question(id: place.question), default: []])
            }
            if causes.isEmpty || before.places.map(\.status) != after.places.map(\.status) {
                causes.formUnion(ofFindings(on: after.quantity))
            }
        }
        return orVocabulary(causes)
    }

    /// Finds the causes of a pair's change, which are the changed findings of both claims. If there are none, the
    /// causes are the changes of their runs, models and quantities.
    func ofPair(_ pair: Pair) -> [ChangedFile] {
        let claims = [pair.a, pair.b]
        let causes = Set(claims.flatMap { ofFinding($0.slug) })
        guard causes.isEmpty else { return causes.sorted() }
        let quantities = claims.flatMap { id in states.compactMap { $0.claim(id)?.quantity.value } }
        return orVocabulary(
            Set(claims.flatMap { bases[$0, default: []] })
                .union(Set(quantities).flatMap { byPlace[.quantity(slug: $0), default: []] }))
    }

    func ofSupersession(_ item: Superseded) -> [ChangedFile] {
        orVocabulary(Set(findings[item.by, default: []] + findings[item.claim.slug, default: []]))
    }

    /// Returns the changed files of a finding and of the findings that supersede it.
    private func ofFinding(_ slug: String) -> Set<ChangedFile> {
        Set(findings[slug, default: []] + successors[slug, default: []].flatMap { findings[$0, default: []] })
    }

    private func ofFindings(on quantity: String) -> Set<ChangedFile> {
        Set(merges.flatMap { $0.members(of: quantity) }.flatMap { findings[$0.id.slug, default: []] })
    }

    private func orVocabulary(_ causes: Set<ChangedFile>) -> [ChangedFile] {
        causes.isEmpty ? vocabulary : causes.sorted()
    }
}

extension LedgerState {
    /// The content of a finding that the merge depends on. Prose is left out.
    fileprivate func mergedContent(of slug: String) -> [String]? {
        guard let finding = findings[slug] else { return nil }
        var lines = ["planned \(finding.isPlanned)", "retracted \(finding.retracted != nil)"]
        lines += finding.contributors.map { "by \($0)" } + finding.supersedes.map { "supersedes \($0.value)" }
        lines += finding.supersededBy.map { "superseded by \($0.value)" }
        lines += finding.caveats.map { caveat in
            let settings = caveat.attackedSettings?.canonicalLines ?? []
            return "caveat \(caveat.against.name) \(caveat.shownBy?.value ?? "-") \(settings)"
        }
        for claim in finding.claims {
            lines.append(claim.digest)
            lines += claim.assumes.map { "assumes \($0.value)" }
            lines.append("says \(valueText(claim))")
            lines += claim.contrast.map { [contrastText($0)] } ?? []
            lines.append("holds for \(claim.holdsFor.map { "\($0.canonicalLines)" } ?? "-")")
        }
        return lines
    }
}

private func contrastText(_ contrast: Contrast) -> String {
    let interval = contrast.interval.map { ValueSet.interval($0).canonicalText } ?? "-"
    return
        "against \(contrast.against.value), paired \(contrast.isPaired), se \(contrast.standardError?.text ?? "-"), interval \(interval)"
}

extension Box {
    fileprivate var canonicalLines: [String] {
        sides.map { side in
            switch side.selection {
            case .unknown: "\(side.condition.value) unknown"
            case .values(let values): "\(side.condition.value) \(values)\(side.isRange ? " and between" : "")"
            }
        }
    }
}
