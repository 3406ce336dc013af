import Records
import Words

/// A claim prepared for comparison with similar claims.
struct ComparedClaim: Sendable {
    let claim: Claim
    let finding: Finding
    let scope: Scope
    /// Its range or labels, for an estimate its interval or number; nil if it has none.
    let valueSet: ValueSet?

    init(_ claim: Claim, of finding: Finding, scope: Scope) {
        self.claim = claim
        self.finding = finding
        self.scope = scope
        valueSet =
            claim.value?.value ?? claim.reported?.interval.map(ValueSet.interval)
            ?? claim.reported?.value.map { .interval(Interval(lower: $0, upper: $0)) }
    }

    /// Compares all settings that the claim holds for.
    init(_ claim: Claim, of finding: Finding, vocabulary: Vocabulary) {
        self.init(claim, of: finding, scope: Scope(claim.scope, vocabulary: vocabulary))
    }

    /// Orders by the date of the work, because the later claim is reported.
    static func isEarlier(_ a: ComparedClaim, _ b: ComparedClaim) -> Bool {
        (a.finding.date, a.claim.id) < (b.finding.date, b.claim.id)
    }

    /// Whether both have the same kind, overlapping settings and overlapping ranges.
    func agrees(with other: ComparedClaim) -> Bool {
        guard claim.kind == other.claim.kind, scope.overlaps(other.scope) else { return false }
        guard let valueSet, let theirs = other.valueSet else { return true }
        return !valueSet.isDisjoint(from: theirs)
    }

    /// Whether both certainly tested a common cell; `unknown` values do not count.
    func sharesCell(with other: ComparedClaim) -> Bool {
        for side in claim.tested.sides {
            switch (side.selection, other.claim.tested[side.condition.value]) {
            case (_, nil): continue
            case (.values(let mine), .values(let theirs)?):
                guard mine.contains(where: theirs.contains) else { return false }
            case (.unknown, _), (_, .unknown): return false
            }
        }
        return true
    }
}

/// In groups up to this size all pairs are compared.
private let smallGroupSize = 16

/// Splits claims into groups such that any two claims with a common setting share a group.
///
/// Splits by the values of one condition after another. Skips a condition that would copy too many claims into several
/// groups.
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
            let values = claim.scope.sides.first { $0.condition == condition }?.values
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
    /// Whether the group was too large to compare all pairs.
    var isFromLargeGroup: Bool
}

/// The maximum number of claims to which one claim of a large group is compared.
let comparisonLimit = 32

/// Returns pairs of claims from unrelated findings that agree on a common setting.
func closePairs(among claims: [ComparedClaim], _ families: Families) -> [ClosePair] {
    groups(of: claims).flatMap { group in
        // After sorting by range start, overlapping ranges are neighbours.
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

/// Orders numbers by the start of their range, labels by name.
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

/// Groups of findings that `same_as` and `supersedes` connect (union-find).
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

    /// Halves the path, so that chains stay short.
    private mutating func findRoot(of slug: String) -> String {
        var slug = slug
        while let next = roots[slug] {
            if let afterNext = roots[next] { roots[slug] = afterNext }
            slug = next
        }
        return slug
    }

    /// Whether both are the same finding, or versions or copies of it.
    func areRelated(_ a: Finding, _ b: Finding) -> Bool {
        a === b || roots[a.slug] ?? a.slug == roots[b.slug] ?? b.slug
    }

    /// Whether they are related, or one builds on the other.
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

/// Lists the first names and counts the rest; `isCut` marks the count as a lower bound.
func firstFew(_ names: [String], isCut: Bool) -> String {
    guard names.count > namedLimit else { return listed(names) }
    return names.prefix(namedLimit).joined(separator: ", ")
        + " and \(isCut ? "at least " : "")\(names.count - namedLimit) more"
}
