import Evidence
import Merging
import Records
import Words

/// The number of characters to which the phrase of the next task is shortened.
private let phraseLimit = 110

/// The state of knowledge on one screen: for each part of the north star, the answers by kind of model, the dependences
/// on settings, the disputes, the re-runs, and the next task.
package struct BriefReport: Report {
    package struct Section: Sendable {
        package var answer: Answer
        /// The leaves that claims on general models answer or contest.
        package var general = Leaves()
        /// The leaves that only claims on special-purpose models answer.
        package var specialOnly = Leaves()
        /// The leaves whose only answering claims have no recorded model, a model that does not apply, or models of
        /// both kinds.
        package var otherwise = Leaves()
        package var unanswered: [String] = []
        /// The assumptions and verifiers that undercuts doubt, sorted.
        package var doubted: [String] = []
        package var next: LedgerTask?
        package var leafCount = 0
    }

    /// How many leaves have which answer.
    package struct Counts: Sendable {
        package var leaves = 0
        package var answeredForGeneralModels = 0
        package var answeredForOtherModels = 0
        package var inDispute = 0
        package var unanswered = 0
    }

    /// The leaves of all sections. Each leaf is counted once.
    package var counts: Counts {
        sections.reduce(into: Counts()) { counts, section in
            counts.leaves += section.leafCount
            counts.answeredForGeneralModels += section.general.answered
            counts.answeredForOtherModels += section.specialOnly.answered + section.otherwise.answered
            counts.inDispute += [section.general, section.specialOnly, section.otherwise].reduce(0) {
                $0 + $1.contested.count
            }
            counts.unanswered += section.unanswered.count
        }
    }

    /// The ids of leaves, sorted, by status for one kind of models.
    package struct Leaves: Sendable {
        package var supported: [String] = []
        package var refuted: [String] = []
        package var depends: [String] = []
        package var contested: [String] = []

        fileprivate var answered: Int { supported.count + refuted.count + depends.count }

        /// Adds a leaf to the list of its status. Returns false if the leaf is open.
        fileprivate mutating func insert(_ id: String, _ status: QuestionStatus) -> Bool {
            switch status {
            case .supported: supported.append(id)
            case .refuted: refuted.append(id)
            case .depends: depends.append(id)
            case .contested: contested.append(id)
            case .open, .answered: return false
            }
            return true
        }
    }

    package var northStar: Answer?
    package var sections: [Section]
    package var decided: MergeReport.Decided?

    package static let name = "merge --brief"
    package static let renderers = [
        Renderer("text", "one screen, for the terminal", briefText), Renderer("json", "every field", json),
        Renderer("markdown", "a comment on a pull request", briefMarkdown),
    ]

    /// `today` is an ISO date, at which plans may have lapsed.
    package init(_ merge: Merge, today: String) {
        let answers = merge.answers()
        self.init(merge, answers, merge.tasks(today: today, answers: answers))
    }

    /// `answers` and `tasks` are those of the merge.
    package init(_ merge: Merge, _ answers: [String: Answer], _ tasks: [LedgerTask]) {
        let root = RecordPlace.rootQuestion
        northStar = answers[root]
        let parts = northStar?.parts ?? []
        sections = (parts.isEmpty ? [root] : parts).compactMap { id in
            answers[id].map { Section($0, merge.leaves(below: id).compactMap { answers[$0] }, tasks) }
        }
        decided = MergeReport.Decided(merge.evidence)
    }
}

extension BriefReport.Section {
    fileprivate init(_ answer: Answer, _ leaves: [Answer], _ tasks: [LedgerTask]) {
        self.answer = answer
        leafCount = leaves.count
        for leaf in leaves {
            let id = leaf.question.id
            if general.insert(id, leaf.general) || specialOnly.insert(id, leaf.special)
                || otherwise.insert(id, leaf.status)
            {
                continue
            }
            unanswered.append(id)
        }
        doubted = doubtPhrases(leaves.flatMap(\.claims))
        next = tasks.first { $0.question.map { id in leaves.contains { $0.question.id == id } } ?? false }
    }

    /// The lines of the section: a title and a text each.
    var lines: [(title: String, text: String)] {
        var lines =
            phrases(general, "general models") + phrases(specialOnly, "only special-purpose models")
            + phrases(otherwise, "without a kind of model")
        if !unanswered.isEmpty { lines.append(("open", "\(unanswered.count) of \(leafCount): \(names(unanswered))")) }
        lines.append(("evidence", answer.weight.phrases.joined(separator: "; ")))
        if let set = answer.assumptions.sets.first, !set.isEmpty { lines.append(("assumes", listed(shortList(set)))) }
        if !doubted.isEmpty { lines.append(("doubts", listed(shortList(doubted)))) }
        if let next { lines.append(("next", "\(next.id): \(shortened(next.phrase, phraseLimit))")) }
        return lines
    }

    private func phrases(_ leaves: BriefReport.Leaves, _ kind: String) -> [(title: String, text: String)] {
        let lists = [
            ("yes", leaves.supported), ("no", leaves.refuted), ("depends on settings", leaves.depends),
            ("in dispute", leaves.contested),
        ].filter { !$0.1.isEmpty }
        guard !lists.isEmpty else { return [] }
        return [(kind, lists.map { "\($0.0): \(names($0.1))" }.joined(separator: "; "))]
    }

    /// Names leaves relative to the section's question.
    private func names(_ leaves: [String]) -> String {
        let prefix = answer.question.id == RecordPlace.rootQuestion ? "" : "\(answer.question.id)/"
        return listed(
            shortList(leaves.map { $0.startsWithBytes(prefix) ? String($0.dropFirst(prefix.count)) : $0 }))
    }
}
