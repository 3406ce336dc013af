import Records
import Words

/// What would be left of a claim if it gave up the settings at which it is attacked.
package struct Narrowing: Sendable, Equatable {
    package var claim: ClaimID
    /// Claims whose settings it would leave to them, sorted.
    package var attackers: [ClaimID]
    /// What it would hold for: the condition that changed with its values, the others as they are. Sorted by condition.
    package var holdsFor: [String: [String]]
    /// The condition that is narrowed.
    package var condition: String

    /// `layer 3 and 4`.
    package var phrase: String { "\(condition) \(listed(holdsFor[condition] ?? []))" }
}

extension Merge {
    /// For each claim that conflicts keep from being in, the narrower claim that none of them reaches: without the values of
    /// one condition at which they meet it, as few as can be. It still holds at some cell that was tested; nil where no one
    /// condition sets it apart. Sorted by claim.
    func narrowings(_ discord: Discord) -> [Narrowing] {
        guard !discord.isTruncated else { return [] }
        let members = discord.comparison.members
        return discord.opponents().enumerated().compactMap { place, opponents in
            guard !opponents.isEmpty, attackOutcome.status(of: members[place]) != .in else { return nil }
            let against = opponents.map { members[$0] }.filter { attackOutcome.status(of: $0) != .out }
            return against.isEmpty ? nil : narrowing(of: members[place], avoiding: against)
        }
    }

    private func narrowing(of member: Member, avoiding attackers: [Member]) -> Narrowing? {
        let tested = Scope(member.claim.tested, vocabulary: state.vocabulary)
        // Every attacker must name the condition: one that does not covers all of its values.
        let conditions = attackers[0].scope.sides.map(\.condition).filter { condition in
            attackers.allSatisfy { $0.scope.values(of: condition) != nil }
        }
        var best: (narrowing: Narrowing, kept: Double)?
        for condition in conditions {
            // Where a claim was tested unknown, nothing can be kept for it.
            guard let tested = tested.values(of: condition) else { continue }
            let own = member.scope.values(of: condition) ?? state.vocabulary.values(of: condition)
            let taken = Set(attackers.flatMap { $0.scope.values(of: condition) ?? [] })
            let left = own.filter { !taken.contains($0) }
            guard left.count < own.count, tested.contains(where: left.contains) else { continue }
            var holdsFor = Dictionary(
                member.scope.sides.map { ($0.condition, $0.values) }, uniquingKeysWith: { first, _ in first })
            holdsFor[condition] = left
            let kept = Double(left.count) / Double(own.count)
            if best.map({ kept > $0.kept }) ?? true {
                best = (
                    Narrowing(
                        claim: member.id, attackers: attackers.map(\.id), holdsFor: holdsFor, condition: condition),
                    kept
                )
            }
        }
        return best?.narrowing
    }
}
