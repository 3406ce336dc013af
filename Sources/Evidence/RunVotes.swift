import Records
import Words

/// A receipt whose recorded run is doubted by repeats.
package struct DisputedReceipt: Sendable, Equatable {
    package var receipt: String
    package var study: Study
    /// The index of the first disputed run.
    package var index: Int
    /// The listed principals whose repeats deny the run.
    package var denied: [String]
    /// The listed principals, except the receipt's runner, whose repeats confirm it.
    package var confirmed: [String]
    /// Whether more principals deny the run than confirm it. The receipt then does not count.
    package var isOutvoted: Bool

    package var phrase: String {
        guard !denied.isEmpty else {
            return "run \(index) has another result in an earlier receipt of the same runner; the earlier one counts"
        }
        let confirmation = confirmed.isEmpty ? "" : " and confirmed by \(listed(confirmed))"
        return "run \(index) is contradicted by \(listed(denied))\(confirmation); "
            + (isOutvoted ? "the receipt does not count" : "the run counts as recorded until it is settled")
    }
}

/// The vote of listed principals on the runs of a receipt. Each principal has one vote on each run. Only repeats on the
/// same kind of platform vote, because results of other platforms may differ in their last bits.
struct Vote {
    var dispute: DisputedReceipt?
    /// The indices of the runs that equally many principals deny and confirm.
    var tied: Set<Int> = []

    init(on place: PlacedReceipt, _ repeats: [PlacedReceipt]) {
        let receipt = place.receipt
        let platform = PlatformKind(receipt.predicate.platform)
        let voters = repeats.compactMap { other -> (principal: String, receipt: Receipt)? in
            guard case .listed(let principal) = other.runner, other.receipt.study == receipt.study,
                other.receipt.seeds == receipt.seeds, PlatformKind(other.receipt.predicate.platform) == platform
            else { return nil }
            return (principal, other.receipt)
        }
        guard !voters.isEmpty else { return }
        let runner: String? = if case .listed(let principal) = place.runner { principal } else { nil }
        for run in receipt.predicate.runs {
            var results: [(run: Statement.Run, principals: Set<String>)] = [(run, Set([runner].compactMap(\.self)))]
            var voted = results[0].principals
            for voter in voters.sorted(by: { $0.receipt.name < $1.receipt.name }) {
                guard let repeated = voter.receipt.predicate.runs.first(where: { $0.index == run.index }),
                    voted.insert(voter.principal).inserted
                else { continue }
                if let same = results.firstIndex(where: {
                    $0.run.hasSameResult(as: repeated, by: receipt.predicate.kernel)
                }) {
                    results[same].principals.insert(voter.principal)
                } else {
                    results.append((repeated, [voter.principal]))
                }
            }
            guard results.count > 1 else { continue }
            let most = results.dropFirst().map(\.principals.count).max() ?? 0
            let isOutvoted = most > results[0].principals.count
            if most == results[0].principals.count { tied.insert(run.index) }
            guard isOutvoted || tied.contains(run.index), dispute?.isOutvoted != true else { continue }
            if dispute == nil || isOutvoted {
                dispute = DisputedReceipt(
                    receipt: receipt.name, study: receipt.study, index: run.index,
                    denied: results.dropFirst().flatMap(\.principals).sorted(),
                    confirmed: results[0].principals.subtracting([runner].compactMap(\.self)).sorted(),
                    isOutvoted: isOutvoted)
            }
        }
    }
}
