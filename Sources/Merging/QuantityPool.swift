import Checking
import Evidence
import Records

/// The estimates of one quantity and the result of pooling them.
package struct QuantityPool: Sendable {
    package var quantity: String
    /// The quantity's range.
    package var range: Interval
    /// The estimates that are pooled, sorted by name.
    package var studies: [StudyEstimate]
    package var excluded: [ExcludedEstimate]
    /// Whether the studies are reported numbers. These are used only if there are no runs.
    package var isReported: Bool
    /// Whether some studies share networks and are therefore not independent.
    package var sharesNetworks: Bool
    package var result: Result<Pool, PoolRefusal>

    package var pool: Pool? { try? result.get() }
}

extension Merge {
    /// Pools the study means of a quantity or, if there are no runs, the reported numbers. Returns nil if the values of
    /// the quantity are labels.
    package func pool(of quantity: String) -> QuantityPool? {
        guard case .interval(let range)? = state.quantities[quantity]?.range else { return nil }
        let ran = evidence.studyMeans(of: quantity)
        let hasRun = !ran.estimates.isEmpty || !ran.excluded.isEmpty
        let (studies, excluded) = hasRun ? (ran.estimates, ran.excluded) : reportedEstimates(of: quantity)
        let result = Result { () throws(PoolRefusal) in try poolStudies(studies) }
        return QuantityPool(
            quantity: quantity, range: range, studies: studies, excluded: excluded, isReported: !hasRun,
            sharesNetworks: ran.shareNetworks, result: result)
    }

    /// Returns one number for each cell and source. Original reports are preferred to second-hand numbers, and earlier
    /// claim ids to later ones.
    private func reportedEstimates(of quantity: String) -> (estimates: [StudyEstimate], excluded: [ExcludedEstimate]) {
        var estimates: [StudyEstimate] = []
        var excluded: [ExcludedEstimate] = []
        var firstHandSources: Set<String> = []
        var included: [Box: [Member]] = [:]
        let all = summary.quantities[quantity]?.membersByID.filter { $0.claim.reported?.holdsNumber ?? false } ?? []
        let (firstHand, secondHand) = (
            all.filter { !$0.isFromSecondarySource }, all.filter { $0.isFromSecondarySource }
        )
        for member in firstHand + secondHand {
            let (name, value) = (member.id.description, member.claim.reported?.value?.doubleValue)
            func exclude(_ reason: String) {
                excluded.append(ExcludedEstimate(name: name, value: value, reason: reason))
            }
            let estimate: (value: Double, variance: Double)
            switch member.claim.reportedEstimate {
            case .success(let found): estimate = found
            case .failure(let unusable):
                exclude(unusable.reason)
                continue
            }
            let cell = member.claim.tested
            if let same = included[cell]?.first(where: { $0.isSameWork(as: member) }) {
                exclude("the same study as \(same.id)")
                continue
            }
            let works = secondHand.isEmpty ? [] : SourceNames(member.finding.source.value).works
            if member.isFromSecondarySource, !firstHandSources.isDisjoint(with: works) {
                exclude("second-hand, and the original is recorded too")
                continue
            }
            if !member.isFromSecondarySource { firstHandSources.formUnion(works) }
            included[cell, default: []].append(member)
            estimates.append(
                StudyEstimate(
                    quantity: quantity, study: name, value: estimate.value, variance: estimate.variance,
                    basis: .reported))
        }
        return (estimates.sorted { $0.study < $1.study }, excluded.sorted { $0.name < $1.name })
    }
}

/// The reason why a reported number cannot be pooled.
private struct Unusable: Error {
    var reason: String
}

extension Claim {
    /// The reported number, with the variance that its source reports.
    fileprivate var reportedEstimate: Result<(value: Double, variance: Double), Unusable> {
        guard let reported else { return .failure(Unusable(reason: "it reports nothing")) }
        guard let value = reported.value?.doubleValue else {
            return .failure(Unusable(reason: "only an interval is reported"))
        }
        guard kind == .mostRuns else { return .failure(Unusable(reason: "a witness, which was searched for")) }
        switch reported.selected {
        case .best, .handPicked: return .failure(Unusable(reason: "selected among several"))
        case .mean, nil: break
        }
        guard tested.sides.allSatisfy(\.selection.isOneSetting) else {
            return .failure(Unusable(reason: "one number for several settings"))
        }
        guard let variance = reported.variance else {
            return .failure(Unusable(reason: "no standard error or count is reported"))
        }
        guard variance > 0, variance.isFinite else {
            return .failure(Unusable(reason: "its standard error is too small or too large for a weight"))
        }
        return .success((value, variance))
    }
}

extension Reported {
    fileprivate var holdsNumber: Bool { value != nil || interval != nil }

    /// The squared standard error, or p(1 - p)/n for a share p of n items. nil if the source reports neither a standard
    /// error nor n.
    ///
    /// For the shares 0 and 1 the variance would be 0, so half a hit and half a miss are added (Anscombe 1956).
    fileprivate var variance: Double? {
        if let error = standardError?.doubleValue { return error * error }
        guard isCount, let n = itemCount.map(Double.init), let share = value?.doubleValue, share <= 1 else {
            return nil
        }
        guard share <= 0 || share >= 1 else { return share * (1 - share) / n }
        let moved = (share * n + 0.5) / (n + 1)
        return moved * (1 - moved) / (n + 1)
    }
}

extension Selection {
    fileprivate var isOneSetting: Bool {
        switch self {
        case .unknown: true
        case .values(let values): values.count == 1
        }
    }
}

extension Member {
    fileprivate var isFromSecondarySource: Bool { claim.reported?.isFromSecondarySource ?? false }

    fileprivate func isSameWork(as other: Member) -> Bool {
        finding.slug == other.finding.slug || finding.source.value == other.finding.source.value
            || finding.sameAs.contains { $0.value == other.finding.slug }
            || other.finding.sameAs.contains { $0.value == finding.slug }
    }
}
