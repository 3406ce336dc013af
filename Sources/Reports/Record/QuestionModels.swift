import Merging
import Records
import Words

/// The models at which a leaf is answered, by claims that are in or by the runs that refuted one.
package struct QuestionModels: Sendable {
    /// Sorted; a model can be on both sides, at settings that no claim shares.
    package var pro: [String]
    package var con: [String]

    /// Of the models that the question asks about, those that claims were tested on; nil where parts answer the question.
    init?(_ answer: Answer, _ vocabulary: Vocabulary) {
        guard answer.question.isLeaf else { return nil }
        let asked = Scope(answer.question.covers, vocabulary: vocabulary).values(of: Condition.model)
        func models(_ side: Side) -> [String] {
            // What a bridge carries here was tested on a model that is not asked about.
            let claims = answer.claims.filter { $0.side == side && $0.effectiveStatus == .in && $0.bridge == nil }
            let tested = Set(claims.flatMap { $0.member.testedValues(of: Condition.model) })
            return tested.filter { asked?.contains($0) ?? true }.sorted()
        }
        (pro, con) = (models(.pro), models(.con))
    }

    var lines: [String] {
        guard !pro.isEmpty || !con.isEmpty else { return [] }
        func line(_ verb: String, _ models: [String]) -> String {
            "\(verb) at \(counted(models.count, "model"))\(models.isEmpty ? "" : ": \(listed(shortList(models)))")"
        }
        return [line("holds", pro), line("does not hold", con)]
    }
}
