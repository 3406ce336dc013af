import Merging
import Records
import Words

/// The models for which a leaf question is answered, either by claims that are *in* or by runs that refuted a claim.
package struct QuestionModels: Sendable {
    /// The models for and against, sorted. A model can be in both lists, with different settings.
    package var pro: [String]
    package var con: [String]

    /// Finds the tested models that the question covers. Returns nil for an inner question.
    init?(_ answer: Answer, _ vocabulary: Vocabulary) {
        guard answer.question.isLeaf else { return nil }
        let asked = Scope(answer.question.covers, vocabulary: vocabulary).values(of: Condition.model)
        func models(_ side: Side) -> [String] {
            // Claims that a bridge carries are skipped, because the question does not cover their models.
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
