import Records
import Words

/// A narrower version of a claim that avoids the settings at which it is attacked.
package struct Narrowing: Sendable, Equatable {
    package var claim: ClaimID
    /// The attackers that it avoids, sorted.
    package var attackers: [ClaimID]
    /// The scope of the narrower claim, by condition.
    package var holdsFor: [String: [String]]
    /// The condition that is narrowed.
    package var condition: String

    /// A phrase such as `layer 3 and 4`.
    package var phrase: String { "\(condition) \(listed(holdsFor[condition] ?? []))" }
}

extension Merge {
    /// Returns narrower versions of the claims that are in conflict and whose status is not `in`, sorted by claim. Each
    /// is the widest version that drops values of a single condition, keeps a tested cell, and overlaps the scope of no
    /// attacker. A claim without such a version is omitted.
    func narrowings(_ discord: Discord) -> [Narrowing] {
        guard !discord.isTruncated else { return [] }
        let members = discord.comparison.members
        return discord.opponents().enumerated().compactMap { place, opponents in
            guard !opponents.isEmpty, !attackOutcome.parts(of: members[place]).isEmpty else { return nil }
            let against = opponents.map { members[$0] }.filter { attackOutcome.status(of: $0) != .out }
            return against.isEmpty ? nil : narrowing(of: members[place], avoiding: against)
        }
    }

    private func narrowing(of member: Member, avoiding attackers: [Member]) -> Narrowing? {
        let tested = Scope(member.claim.tested, vocabulary: state.vocabulary)
        // An attacker whose scope does not restrict a condition covers all values of this condition.
        let conditions = attackers[0].scope.sides.map(\.condition).filter { condition in
            attackers.allSatisfy { $0.scope.values(of: condition) != nil }
        }
        var best: (narrowing: Narrowing, share: Double)?
        for condition in conditions {
            // If the tested value is unknown, it is not certain that a tested cell would remain.
            guard let tested = tested.values(of: condition) else { continue }
            let own = member.scope.values(of: condition) ?? state.vocabulary.values(of: condition)
            let taken = Set(attackers.flatMap { $0.scope.values(of: condition) ?? [] })
            let left = own.filter { !taken.contains($0) }
            guard left.count < own.count, tested.contains(where: left.contains) else { continue }
            var holdsFor = Dictionary(
                member.scope.sides.map { ($0.condition, $0.values) }, uniquingKeysWith: { first, _ in first })
            holdsFor[condition] = left
            let share = Double(left.count) / Double(own.count)
            if best.map({ share > $0.share }) ?? true {
                best = (
                    Narrowing(
                        claim: member.id, attackers: attackers.map(\.id), holdsFor: holdsFor, condition: condition),
                    share
                )
            }
        }
        return best?.narrowing
    }
}
