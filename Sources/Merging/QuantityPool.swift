import Checking
import Evidence
import Records
import Words

/// The studies of one quantity at equal settings, and the result of pooling them. Studies may differ in conditions that
/// name samples.
package struct QuantityPool: Sendable {
    package var quantity: String
    /// The quantity's range.
    package var range: Interval
    /// The settings that all studies share, by condition.
    package var settings: [String: String]
    /// The estimates that are pooled, sorted by name.
    package var studies: [StudyEstimate]
    /// The estimates of the quantity that are in no pool, sorted by name.
    package var excluded: [ExcludedEstimate]
    /// Whether the studies are reported numbers. These are used only if there are no runs.
    package var isReported: Bool
    /// Whether some studies share networks and are therefore not independent.
    package var sharesNetworks: Bool
    package var result: Result<Pool, PoolRefusal>

    package var pool: Pool? { try? result.get() }
}

extension Merge {
    /// Pools the study means of a quantity or, if there are no runs, the reported numbers. Studies at different settings
    /// are in different pools. Pools with more studies come first. Returns no pool if the quantity's values are labels,
    /// and one pool without studies if every estimate is excluded.
    package func pools(of quantity: String) -> [QuantityPool] {
        guard case .interval(let range)? = state.quantities[quantity]?.range else { return [] }
        let ran = evidence.studyMeans(of: quantity)
        let hasRun = !ran.means.isEmpty || !ran.excluded.isEmpty
        let (means, excluded) = hasRun ? ran : reportedEstimates(of: quantity)
        func pool(_ means: [StudyMean], at settings: [String: String]) -> QuantityPool {
            let studies = means.map(\.estimate).sorted { $0.study < $1.study }
            let trainings = means.flatMap(\.trainings)
            return QuantityPool(
                quantity: quantity, range: range, settings: settings, studies: studies, excluded: excluded,
                isReported: !hasRun, sharesNetworks: Set(trainings).count < trainings.count,
                result: Result { () throws(PoolRefusal) in try poolStudies(studies) })
        }
        let groups = Dictionary(grouping: means) { $0.settings.filter { !state.vocabulary.namesSamples($0.key) } }
        guard !groups.isEmpty else { return [pool([], at: [:])] }
        return groups.map { pool($1, at: $0) }.sorted { a, b in
            a.studies.count == b.studies.count
                ? a.studies[0].study < b.studies[0].study : a.studies.count > b.studies.count
        }
    }

    /// Returns one number for each cell and source. Original reports are preferred to second-hand numbers, single values
    /// to averages, and earlier claim ids to later ones.
    private func reportedEstimates(of quantity: String) -> (means: [StudyMean], excluded: [ExcludedEstimate]) {
        guard let record = state.quantities[quantity] else { return ([], []) }
        var means: [StudyMean] = []
        var excluded: [ExcludedEstimate] = []
        var firstHandSources: Set<String> = []
        var included: [Box: [Member]] = [:]
        var bySettings: [[String: String]: [Member]] = [:]
        let all = summary.quantities[quantity]?.membersByID.filter { $0.claim.reported?.holdsNumber ?? false } ?? []
        let ordered = [false, true].flatMap { isAverage in
            [false, true].flatMap { isSecondHand in
                all.filter {
                    $0.isFromSecondarySource == isSecondHand && $0.claim.averagedOver.isEmpty == !isAverage
                }
            }
        }
        let hasSecondHand = all.contains { $0.isFromSecondarySource }
        for member in ordered {
            let (name, value) = (member.id.description, member.claim.reported?.value?.doubleValue)
            func exclude(_ reason: String) {
                excluded.append(ExcludedEstimate(name: name, value: value, reason: reason))
            }
            let estimate: StudyMean
            switch member.claim.reportedEstimate(of: record, state.vocabulary) {
            case .success(let found): estimate = found
            case .failure(let unusable):
                exclude(unusable.reason)
                continue
            }
            if let same = included[member.claim.tested]?.first(where: { $0.isSameWork(as: member) }) {
                exclude("the same study as \(same.id)")
                continue
            }
            let works = hasSecondHand ? SourceNames(member.finding.source.value).works : []
            if member.isFromSecondarySource, !firstHandSources.isDisjoint(with: works) {
                exclude("second-hand, and the original is recorded too")
                continue
            }
            if let part = bySettings[estimate.settings]?.first(where: {
                member.claim.isAverage(over: $0.claim, state.vocabulary)
            }) {
                exclude("an average over samples that \(part.id) includes too")
                continue
            }
            if !member.isFromSecondarySource { firstHandSources.formUnion(works) }
            included[member.claim.tested, default: []].append(member)
            bySettings[estimate.settings, default: []].append(member)
            means.append(estimate)
        }
        return (means.sorted { $0.estimate.study < $1.estimate.study }, excluded.sorted { $0.name < $1.name })
    }
}

/// The reason why a reported number cannot be pooled.
private struct Unusable: Error {
    var reason: String
}

extension Vocabulary {
    fileprivate func namesSamples(_ condition: String) -> Bool { conditions[condition]?.namesSamples ?? false }
}

extension Claim {
    /// The reported number, with the variance that its source reports and its settings.
    fileprivate func reportedEstimate(
        of quantity: Quantity, _ vocabulary: Vocabulary
    ) -> Result<StudyMean, Unusable> {
        guard let reported else { return .failure(Unusable(reason: "it reports nothing")) }
        guard let value = reported.value?.doubleValue else {
            return .failure(Unusable(reason: "only an interval is reported"))
        }
        guard kind == .mostRuns else { return .failure(Unusable(reason: "a witness, which was searched for")) }
        switch reported.selected {
        case .best, .handPicked: return .failure(Unusable(reason: "selected among several"))
        case .mean, nil: break
        }
        guard reported.bound == nil else { return .failure(Unusable(reason: "the best or the worst case")) }
        var settings: [String: String] = [:]
        let needed = (quantity.conditions + quantity.laterConditions).map(\.value)
        for condition in Set(needed + tested.sides.map(\.condition.value)).sorted() {
            let isAverage = averagedOver.contains { $0.value == condition }
            let namesSamples = vocabulary.namesSamples(condition)
            guard case .values(let values)? = tested[condition] else {
                if namesSamples { continue }
                return .failure(Unusable(reason: "its \(condition) is not recorded"))
            }
            guard isAverage || values.count == 1 else {
                return .failure(Unusable(reason: "one number for several settings"))
            }
            if namesSamples { continue }
            settings[condition] = isAverage ? "averaged over \(listed(values))" : values[0]
        }
        guard let variance = ReportedNumber(reported, of: quantity)?.variance else {
            return .failure(Unusable(reason: "no standard error, deviation or count is reported"))
        }
        guard variance > 0, variance.isFinite else {
            return .failure(Unusable(reason: "its standard error is too small or too large for a weight"))
        }
        let estimate = StudyEstimate(
            quantity: quantity.slug, study: id.description, value: value, variance: variance, basis: .reported)
        return .success(StudyMean(estimate: estimate, settings: settings, trainings: []))
    }

    /// Whether the claim is an average over samples that may include a sample of another claim at equal settings.
    fileprivate func isAverage(over other: Claim, _ vocabulary: Vocabulary) -> Bool {
        let samples = tested.sides.map(\.condition.value).filter(vocabulary.namesSamples)
        return averagedOver.contains { samples.contains($0.value) }
            && samples.allSatisfy { condition in
                guard let mine = tested[condition], let theirs = other.tested[condition] else { return true }
                return mine.overlaps(theirs)
            }
    }
}

extension Reported {
    fileprivate var holdsNumber: Bool { value != nil || interval != nil }
}

extension Member {
    fileprivate var isFromSecondarySource: Bool { claim.reported?.isFromSecondarySource ?? false }

    fileprivate func isSameWork(as other: Member) -> Bool {
        finding.slug == other.finding.slug || finding.source.value == other.finding.source.value
            || finding.sameAs.contains { $0.value == other.finding.slug }
            || other.finding.sameAs.contains { $0.value == finding.slug }
    }
}
