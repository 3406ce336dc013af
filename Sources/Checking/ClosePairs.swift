import Records
import Words

/// A claim prepared for comparison with similar claims.
struct ComparedClaim: Sendable {
    let claim: Claim
    let finding: Finding
    let scope: Scope
    /// The claim's range or labels. For an estimate, this is the reported interval or, if there is none, the reported
    /// number. nil if neither is reported.
    let valueSet: ValueSet?

    init(_ claim: Claim, of finding: Finding, scope: Scope) {
        self.claim = claim
        self.finding = finding
        self.scope = scope
        valueSet =
            claim.value?.value ?? claim.reported?.interval.map(ValueSet.interval)
            ?? claim.reported?.value.map { .interval(Interval(lower: $0, upper: $0)) }
    }

    /// Prepares a claim for a comparison at all settings in its scope.
    init(_ claim: Claim, of finding: Finding, vocabulary: Vocabulary) {
        self.init(claim, of: finding, scope: Scope(of: claim, vocabulary: vocabulary))
    }

    /// Returns whether claim `a` comes before claim `b`: by the date of the finding, then by id. Of two similar claims,
    /// the later one is reported.
    static func isEarlier(_ a: ComparedClaim, _ b: ComparedClaim) -> Bool {
        (a.finding.date, a.claim.id) < (b.finding.date, b.claim.id)
    }

    /// Returns whether both claims have the same kind, overlapping settings and overlapping ranges.
    func agrees(with other: ComparedClaim) -> Bool {
        guard claim.kind == other.claim.kind, scope.overlaps(other.scope) else { return false }
        guard let valueSet, let theirs = other.valueSet else { return true }
        return !valueSet.isDisjoint(from: theirs)
    }

    /// Returns whether both claims certainly tested a common cell. A cell with an `unknown` value does not count.
    func sharesCell(with other: ComparedClaim) -> Bool {
        let averaged = claim.averagedOver.map(\.value)
        guard averaged == other.claim.averagedOver.map(\.value) else { return false }
        for side in claim.tested.sides {
            switch (side.selection, other.claim.tested[side.condition.value]) {
            case (_, nil): continue
            case (.values(let mine), .values(let theirs)?):
                let isShared =
                    averaged.contains(side.condition.value) ? mine == theirs : mine.contains(where: theirs.contains)
                guard isShared else { return false }
            case (.unknown, _), (_, .unknown): return false
            }
        }
        return true
    }
}

/// Groups of at most this many claims are not split further.
private let smallGroupSize = 16

/// Splits claims into groups so that any two claims with a common setting are in a common group.
///
/// Splits by the values of one condition after another. A claim with several values is copied into several groups.
/// Skips conditions that would cause too many copies.
func groups(of claims: [ComparedClaim]) -> [[ComparedClaim]] {
    guard claims.count > smallGroupSize else { return [claims] }
    var finished: [[ComparedClaim]] = []
    var open = [(claims: claims, conditions: Set(claims.flatMap { $0.scope.sides.map(\.condition) }).sorted())]
    while let next = open.popLast() {
        let claims = next.claims
        var conditions = next.conditions
        guard claims.count > smallGroupSize, let condition = conditions.popLast() else {
            finished.append(claims)
            continue
        }
        var anywhere: [ComparedClaim] = []
        var byValue: [String: [ComparedClaim]] = [:]
        var copies = 0
        for claim in claims {
            // An average over unknown values has no values, and may agree with any average.
            let values = claim.scope.sides.first { $0.condition == condition && !$0.values.isEmpty }?.values
            copies += values?.count ?? 0
            for value in values ?? [] where copies <= 2 * claims.count { byValue[value, default: []].append(claim) }
            if values == nil { anywhere.append(claim) }
        }
        if copies + anywhere.count * max(1, byValue.count) > 2 * claims.count {
            open.append((claims, conditions))
        } else {
            for (_, part) in byValue { open.append((part + anywhere, conditions)) }
            if byValue.isEmpty { open.append((anywhere, conditions)) }
        }
    }
    return finished
}

/// Two claims that agree on a common setting.
struct ClosePair {
    var earlier: ComparedClaim
    var later: ComparedClaim
    /// Whether the group was too large for a comparison of all its pairs.
    var isFromLargeGroup: Bool
}

/// The maximum number of claims with which one claim of a large group is compared.
let comparisonLimit = 32

/// Returns pairs of claims from unrelated findings that agree on a common setting.
func closePairs(among claims: [ComparedClaim], _ families: Families) -> [ClosePair] {
    groups(of: claims).flatMap { group in
        // In this order, claims with overlapping ranges are close to each other.
        let group = group.map { (claim: $0, start: RangeStart($0.valueSet)) }.sorted { a, b in
            a.start == b.start ? ComparedClaim.isEarlier(a.claim, b.claim) : a.start < b.start
        }.map(\.claim)
        var pairs: [ClosePair] = []
        for (index, claim) in group.enumerated() {
            for other in group[(index + 1)...].prefix(comparisonLimit)
            where claim.agrees(with: other) && !families.areRelated(claim.finding, other.finding) {
                let isInOrder = ComparedClaim.isEarlier(claim, other)
                pairs.append(
                    ClosePair(
                        earlier: isInOrder ? claim : other, later: isInOrder ? other : claim,
                        isFromLargeGroup: group.count > comparisonLimit))
            }
        }
        return pairs
    }
}

/// The sort key of a claim: the lower end of its range, or the names of its labels.
private struct RangeStart: Comparable {
    private var hasLower = false
    private var lower = Number(0)
    private var labels = ""

    init(_ valueSet: ValueSet?) {
        switch valueSet {
        case .interval(let interval)?:
            hasLower = interval.lower != nil
            lower = interval.lower ?? lower
        case .labels(let names)?: labels = names.joined(separator: ",")
        case nil: break
        }
    }

    static func < (a: RangeStart, b: RangeStart) -> Bool {
        if a.hasLower != b.hasLower { return b.hasLower }
        return a.lower == b.lower ? a.labels < b.labels : a.lower < b.lower
    }
}

/// Groups of findings that are connected by `same_as` or `supersedes` (union-find).
struct Families: Sendable {
    private var roots: [String: String] = [:]

    init(_ findings: [Finding]) {
        for finding in findings where !finding.sameAs.isEmpty || !finding.supersedes.isEmpty {
            for other in finding.sameAs + finding.supersedes {
                let (a, b) = (findRoot(of: finding.slug), findRoot(of: other.value))
                if a != b { roots[a] = b }
            }
        }
        for slug in roots.keys.sorted() { roots[slug] = findRoot(of: slug) }
    }

    /// Finds the root of a finding's group. Shortens the path on the way (path halving), so that later searches are
    /// fast.
    private mutating func findRoot(of slug: String) -> String {
        var slug = slug
        while let next = roots[slug] {
            if let afterNext = roots[next] { roots[slug] = afterNext }
            slug = next
        }
        return slug
    }

    /// Returns whether `a` and `b` are the same finding, or are versions or copies of one finding.
    func areRelated(_ a: Finding, _ b: Finding) -> Bool {
        a === b || roots[a.slug] ?? a.slug == roots[b.slug] ?? b.slug
    }

    /// Returns whether the findings are related, or one of them builds on the other.
    func areConnected(_ a: Finding, _ b: Finding) -> Bool {
        areRelated(a, b) || a.buildsOn.contains { $0.value == b.slug } || b.buildsOn.contains { $0.value == a.slug }
    }
}

/// Returns claims by quantity, each with its finding, in the order of the findings.
package func claimsByQuantity(_ findings: [Finding]) -> [String: [(Claim, Finding)]] {
    let parts = findings.chunks(of: 10_000).concurrentMap { findings in
        var claims: [String: [(Claim, Finding)]] = [:]
        for finding in findings {
            for claim in finding.claims { claims[claim.quantity.value, default: []].append((claim, finding)) }
        }
        return claims
    }
    return parts.dropFirst().reduce(into: parts.first ?? [:]) { all, part in
        for (quantity, claims) in part { all[quantity, default: []] += claims }
    }
}
/// The maximum number of names in one diagnostic.
let namedLimit = 3

/// Lists the first names and counts the remaining ones. If `isCut` is true, the count is shown as a lower bound.
func firstFew(_ names: [String], isCut: Bool) -> String {
    guard names.count > namedLimit else { return listed(names) }
    return names.prefix(namedLimit).joined(separator: ", ")
        + " and \(isCut ? "at least " : "")\(names.count - namedLimit) more"
}
