import Checking
import Evidence
import Merging
import Records
import Words

/// The answer to every question.
package struct MergeReport: Report {
    /// One place of a question in the tree.
    package struct Place: Sendable {
        /// The index into `answers`.
        package var index: Int
        /// Its depth in the tree.
        package var depth: Int
        /// Whether the question is only listed here, because it names the question above in `also_under`.
        package var isListed: Bool
    }

    /// The number of claims that runs have decided, and how reliable their verdicts are.
    package struct Decided: Sendable {
        package var count: Int
        package var alpha: Number
        package var expectedWrongVerdicts: Double
        /// The number of decided sequences of runs.
        package var sequences: Int
        /// The number of claims that an independent runner decided.
        package var independent: Int
        /// The number of claims whose runs contradict each other.
        package var split: Int
        /// Whether the ledger lists runners.
        package var hasRunners: Bool
        package var isSaltUnchecked: Bool
    }

    /// The answers in tree order, one per question.
    package var answers: [Answer]
    package var places: [Place]
    /// Claims that no question asks about, sorted.
    package var unasked: [ClaimID]
    /// Toy claims without a finding on a general model, sorted.
    package var unansweredToys: [ClaimID]
    package var behavioursWithoutToy: [String]
    /// Retracted and superseded claims that runs refuted, sorted.
    package var withdrawnRefuted: [ClaimID]
    /// A summary of the decided claims, or nil if no claim has been decided.
    package var decided: Decided?
    /// The changes if the given assumptions fail; nil if none were given.
    package var changes: LedgerDiff?

    package static let name = "merge"
    package static let renderers = [
        Renderer("text", "the question tree, for the terminal", mergeText), Renderer("json", "every field", json),
        Renderer("markdown", "a comment on a pull request", mergeMarkdown),
        Renderer("csv", "one row per question", mergeCSV),
    ]

    /// `complete` is the merge in which no assumption fails. It is given only if some assumptions fail in `merge`.
    package init(
        _ merge: Merge, comparedWith complete: Merge? = nil, below question: String? = nil,
        answers known: [String: Answer]? = nil
    ) {
        let answers = known ?? merge.answers()
        let part = question == RecordPlace.rootQuestion ? nil : question
        let ids = answers.keys.filter { id in
            part.map { id.hasSameBytes(as: $0) || id.startsWithBytes("\($0)/") } ?? true
        }.sorted(by: treeOrder)
        self.answers = ids.compactMap { answers[$0] }
        places = merge.places(Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) }))
        // The lists at the end are about the whole ledger.
        unasked = part == nil ? merge.unaskedClaims() : []
        unansweredToys = part == nil ? merge.unansweredToyClaims() : []
        behavioursWithoutToy = part == nil ? merge.behavioursWithoutToy() : []
        withdrawnRefuted = part == nil ? merge.withdrawnRefutedClaims() : []
        decided = part == nil ? Decided(merge.evidence) : nil
        changes = complete.map { LedgerDiff(from: $0, to: merge, changes: []) }
    }
}

extension MergeReport.Decided {
    init?(_ evidence: Evidence) {
        let results = evidence.claims.values
        count = results.count { $0.verdict == .verified || $0.verdict == .refuted }
        split = results.count { $0.verdict == .split }
        guard count + split > 0 else { return nil }
        (alpha, expectedWrongVerdicts) = (evidence.alpha, evidence.expectedWrongVerdicts)
        sequences = evidence.decidedSequences
        independent = results.count(where: \.isIndependent)
        hasRunners = evidence.signers.hasRunners
        isSaltUnchecked = evidence.isSaltUnchecked
    }
}

extension Merge {
    /// Lists the places of the tree from the root question down, then the questions outside this tree.
    fileprivate func places(_ indices: [String: Int]) -> [MergeReport.Place] {
        var places: [MergeReport.Place] = []
        let listed = listedQuestions(state.questions)
        var shown: Set<String> = []
        func show(_ id: String, depth: Int) {
            guard let index = indices[id], shown.insert(id).inserted else { return }
            places.append(MergeReport.Place(index: index, depth: depth, isListed: false))
            for part in partsByQuestion[id, default: []] { show(part, depth: depth + 1) }
            for other in listed[id, default: []].compactMap({ indices[$0] }) {
                places.append(MergeReport.Place(index: other, depth: depth + 1, isListed: true))
            }
        }
        show(RecordPlace.rootQuestion, depth: 0)
        for id in indices.keys.sorted() where !shown.contains(id) { show(id, depth: 0) }
        return places
    }
}
