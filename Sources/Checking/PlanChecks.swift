import Records
import Words

/// Reports planned claims that share a cell with a tested claim or with an earlier plan.
///
/// `exclusions` are the findings that take no part in the merge. `today` is an ISO date. Plans that have lapsed by this
/// date are ignored.
func checkPlannedWork(
    _ findings: [Finding], _ exclusions: [String: String], _ vocabulary: Vocabulary, _ families: Families, today: String
) -> [Diagnostic] {
    @Sendable func isPlan(_ finding: Finding) -> Bool { finding.isLivePlan(today: today) }
    let planned = Set(findings.filter(isPlan).flatMap { $0.claims.map(\.quantity.value) })
    guard !planned.isEmpty else { return [] }
    let claims = claimsByQuantity(findings.filter { isPlan($0) || exclusions[$0.slug] == nil })
        .filter { planned.contains($0.key) }
    return claims.values.concurrentMap { claims in
        let compared = claims.map { ComparedClaim($0, of: $1, scope: Scope($0.tested, vocabulary: vocabulary)) }
        var plans: [ClaimID: Plan] = [:]
        for group in groups(of: compared) {
            let group = group.sorted(by: ComparedClaim.isEarlier)
            let (planned, done) = (group.filter { isPlan($0.finding) }, group.filter { !isPlan($0.finding) })
            for (index, plan) in planned.enumerated() {
                plans[plan.claim.id, default: Plan(claim: plan)].add(done, planned[..<index], families)
            }
        }
        return plans.values.flatMap { [$0.alreadyDone, $0.plannedTwice].compactMap(\.self) }
    }.flatMap(\.self)
}

extension Finding {
    /// Returns whether the finding is a plan that has not lapsed.
    package func isLivePlan(today: String) -> Bool {
        guard let until = plannedUntil, retracted == nil else { return false }
        return !hasPassed(until.value, today: today)
    }
}

/// The maximum number of claims with which a plan is compared. The claims of a larger group nearly always share one
/// cell.
private let scanLimit = 1024

/// A planned claim, with the tested claims and the earlier planned claims that share a cell with it.
private struct Plan {
    var claim: ComparedClaim
    private var done: [ClaimID: ComparedClaim] = [:]
    private var planned: [ClaimID: ComparedClaim] = [:]
    /// Whether the plan is connected with a claim that shares a cell with it. If so, the plan's author knows that the
    /// cell was tested.
    private var repeatsDone = false
    private var repeatsPlanned = false

    init(claim: ComparedClaim) { self.claim = claim }

    mutating func add(_ done: [ComparedClaim], _ earlierPlans: ArraySlice<ComparedClaim>, _ families: Families) {
        let plan = claim
        func sharingCell(of others: some Collection<ComparedClaim>) -> some Sequence<ComparedClaim> {
            others.prefix(scanLimit).lazy.filter { other in
                plan.sharesCell(with: other) && !families.areRelated(plan.finding, other.finding)
            }.prefix(comparisonLimit)
        }
        for other in sharingCell(of: done) {
            self.done[other.claim.id] = other
            if families.areConnected(claim.finding, other.finding) { repeatsDone = true }
        }
        for other in sharingCell(of: earlierPlans) {
            planned[other.claim.id] = other
            if families.areConnected(claim.finding, other.finding) { repeatsPlanned = true }
        }
    }

    var alreadyDone: Diagnostic? {
        let others = done.values.sorted(by: ComparedClaim.isEarlier)
        guard !repeatsDone, let first = others.first else { return nil }
        return Diagnostic(
            .alreadyDone, path: claim.finding.path, mark: claim.claim.mark,
            message:
                "\(claim.claim.id) is planned, but \(names(others)) already \(others.count == 1 ? "records" : "record") \"\(claim.claim.quantity.value)\" at these settings",
            fix: "remove the plan, or write `builds_on: [\(first.finding.slug)]` if it is a deliberate repeat")
    }

    var plannedTwice: Diagnostic? {
        let others = planned.values.sorted(by: ComparedClaim.isEarlier)
        guard !repeatsPlanned, let first = others.first else { return nil }
        let until = first.finding.plannedUntil.map { " until \($0.value)" } ?? ""
        return Diagnostic(
            .plannedTwice, path: claim.finding.path, mark: claim.claim.mark,
            message:
                "\(names(others)) \(others.count == 1 ? "is" : "are") already planned\(until) at settings of \(claim.claim.id)",
            fix:
                "ask \(listed(first.finding.contributors)) and remove one plan, or write `builds_on: [\(first.finding.slug)]` if both are wanted"
        )
    }

    private func names(_ others: [ComparedClaim]) -> String {
        firstFew(others.map(\.claim.id.description), isCut: others.count >= comparisonLimit)
    }
}

extension Diagnostic.Code {
    package static let plannedTwice = Self("planned-twice", .warning, "Two findings plan the same test.")
    package static let alreadyDone = Self("already-done", .warning, "A plan is for a cell that was already tested.")

    package static let ofPlans = [plannedTwice, alreadyDone]
}
