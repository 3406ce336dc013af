import Records

/// An average that lies above all its parts, or below all of them, as in Simpson's paradox.
package struct Reversal: Sendable, Equatable {
    package var average: ClaimID
    /// The claims about the parts, sorted. Together they cover every value that was averaged.
    package var parts: [ClaimID]
    package var condition: String
    /// Whether the average and its parts are on different sides of 0.
    package var turnsSign: Bool
}

/// Finds the averages with a part at each value of a condition that are discordant with all these parts in one
/// direction. The claims of the parts have the settings of the average, apart from this condition.
func findReversals(_ discord: Discord) -> [Reversal] {
    let comparison = discord.comparison
    let averages = comparison.members.indices.filter { !comparison.members[$0].claim.averagedOver.isEmpty }
    guard !averages.isEmpty, !discord.isTruncated, comparison.labels.isEmpty else { return [] }
    let rivals = discord.rivals { !$0.hiddenConditions.isEmpty }
    return averages.flatMap { index -> [Reversal] in
        let average = comparison.members[index]
        return average.claim.averagedOver.compactMap { condition -> Reversal? in
            guard case .values(let values)? = average.claim.tested[condition.value] else { return nil }
            let parts = rivals[index].map { comparison.members[$0] }.filter {
                $0.claim.isPart(of: average.claim, over: condition.value)
            }
            let covered = Set(parts.flatMap { $0.testedValues(of: condition.value) })
            guard covered.isSuperset(of: values) else { return nil }
            let directions = Set(parts.map { comesBefore($0, average) })
            guard directions.count == 1 else { return nil }
            let signs = Set(parts.map(\.sign))
            return Reversal(
                average: average.id, parts: parts.map(\.id), condition: condition.value,
                turnsSign: signs.count == 1 && signs.first != 0 && signs.first == -average.sign)
        }
    }
}

extension Claim {
    /// Whether the claim was tested at some of the values over which another claim is an average, and otherwise at the
    /// same settings.
    fileprivate func isPart(of average: Claim, over condition: String) -> Bool {
        func others(_ claim: Claim) -> [Box.Side] { claim.tested.sides.filter { $0.condition.value != condition } }
        guard case .values(let mine)? = tested[condition], case .values(let all)? = average.tested[condition],
            mine.allSatisfy(all.contains), others(self) == others(average)
        else { return false }
        let averaged = average.averagedOver.map(\.value).filter { $0 != condition }
        return averagedOver.map(\.value) == averaged
    }
}

extension Member {
    /// 1 if all possible values are above 0, -1 if all are below 0, and 0 otherwise.
    fileprivate var sign: Int {
        guard case .interval(let interval)? = values else { return 0 }
        if let lower = interval.lower, lower > Number(0) || (lower == Number(0) && !interval.includesLower) { return 1 }
        if let upper = interval.upper, upper < Number(0) || (upper == Number(0) && !interval.includesUpper) {
            return -1
        }
        return 0
    }
}
