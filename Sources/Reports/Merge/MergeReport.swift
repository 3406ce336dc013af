import Evidence
import Merging
import Records
import Words

/// What the claims say of every question, merged up the tree.
package struct MergeReport: Report {
    /// Where the tree shows a question: below each of its parents.
    package struct Place: Sendable {
        /// Into `answers`.
        package var index: Int
        /// How many questions it is below.
        package var depth: Int
        /// The tree shows it before, below another parent.
        package var isRepeat: Bool
    }

    /// Claims that were decided by re-running.
    package struct Decided: Sendable {
        package var count: Int
        package var alpha: Number
        package var expectedWrongVerdicts: Double
        package var selfAudited: Int
        package var isSaltUnchecked: Bool
    }

    /// Each question once, in the order of the tree.
    package var answers: [Answer]
    package var places: [Place]
    /// Claims that no question asks about, sorted.
    package var unasked: [ClaimID]
    /// Toy claims that no general-model finding answers, sorted.
    package var unansweredToys: [ClaimID]
    package var behavioursWithoutToy: [String]
    /// nil where no claim was decided.
    package var decided: Decided?
    /// What changes where assumptions are taken to fail; nil where none is.
    package var changes: LedgerDiff?

    package static let name = "merge"
    package static let renderers = [
        Renderer("text", "the question tree, for the terminal", mergeText), Renderer("json", "every field", json),
        Renderer("markdown", "a comment on a pull request", mergeMarkdown),
        Renderer("csv", "a row a question", mergeCSV),
    ]

    /// `complete` is the merge in which no assumption fails, where `merge` is one in which some do.
    package init(_ merge: Merge, comparedWith complete: Merge? = nil) {
        let answers = merge.answers()
        let ids = answers.keys.sorted(by: treeOrder)
        self.answers = ids.compactMap { answers[$0] }
        places = merge.places(Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) }))
        unasked = merge.unaskedClaims()
        unansweredToys = merge.unansweredToyClaims()
        behavioursWithoutToy = merge.behavioursWithoutToy()
        decided = Decided(merge.evidence)
        changes = complete.map { LedgerDiff(from: $0, to: merge, changes: []) }
    }
}

extension MergeReport.Decided {
    fileprivate init?(_ evidence: Evidence) {
        let results = evidence.claims.values
        count = results.count { $0.verdict == .verified || $0.verdict == .refuted }
        guard count > 0 else { return nil }
        (alpha, expectedWrongVerdicts) = (evidence.alpha, evidence.expectedWrongVerdicts)
        selfAudited = results.count { $0.isSelfAudited }
        isSaltUnchecked = results.contains(where: \.isSaltUnchecked)
    }
}

extension Merge {
    /// The tree from the top, and then the questions that are not below it.
    fileprivate func places(_ indices: [String: Int]) -> [MergeReport.Place] {
        var places: [MergeReport.Place] = []
        var shown: Set<String> = []
        func show(_ id: String, depth: Int) {
            guard let index = indices[id] else { return }
            let isFirst = shown.insert(id).inserted
            places.append(MergeReport.Place(index: index, depth: depth, isRepeat: !isFirst))
            guard isFirst else { return }
            for part in partsByQuestion[id, default: []] { show(part, depth: depth + 1) }
        }
        show(RecordPlace.rootQuestion, depth: 0)
        for id in indices.keys.sorted() where !shown.contains(id) { show(id, depth: 0) }
        return places
    }
}
