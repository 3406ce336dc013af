/// The most assumption sets that are carried beside one answer.
private let assumptionSetLimit = 16

extension Merge {
    /// Minimal sets of assumptions, each enough for one claim on the winning side; of both sides where contested.
    func assumptions(of claims: [BearingClaim], for status: Standing) -> [[String]] {
        let winners = claims.filter { claim in
            switch status {
            case .supported: claim.side == .pro
            case .refuted: claim.side == .con
            case .contested: true
            case .open, .answered: false
            }
        }
        return minimal(winners.map { $0.member.claim.assumes.map(\.value) })
    }

    /// One supporting part is enough where `any` is supported, one refuting part where `all` is refuted; otherwise each
    /// part brings one of its sets.
    func combinedAssumptions(_ parts: [Answer], _ needs: Question.Needs, _ status: Standing) -> [[String]] {
        let deciding: [Answer]
        switch (needs, status) {
        case (_, .open): return []
        case (.any, .supported), (.all, .refuted):
            return minimal(parts.filter { $0.status == status }.flatMap(\.assumptions))
        case (_, .contested): deciding = parts.filter { $0.status == .contested }
        case (.all, _), (.any, _), (.answers, _): deciding = parts
        }
        var sets: [[String]] = [[]]
        for part in deciding where !part.assumptions.isEmpty {
            sets = minimal(sets.flatMap { set in part.assumptions.map { set + $0 } })
        }
        return sets
    }

    /// Sorted, without supersets and without sets that cannot hold together.
    private func minimal(_ sets: [[String]]) -> [[String]] {
        let distinct = Set(sets.map { Set($0) }).filter { set in
            !state.areExclusive(Array(set), Array(set))
        }
        let smallest = distinct.filter { set in !distinct.contains { $0.isStrictSubset(of: set) } }
        let sorted = smallest.map { $0.sorted() }.sorted { a, b in
            a.count == b.count ? a.lexicographicallyPrecedes(b) : a.count < b.count
        }
        return Array(sorted.prefix(assumptionSetLimit))
    }
}
