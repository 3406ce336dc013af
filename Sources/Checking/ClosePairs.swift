import Records
import Words

/// A claim as it is held against others that may say the same.
struct ComparedClaim: Sendable {
    let claim: Claim
    let finding: Finding
    let scope: Scope
    /// What it says, estimates by their interval or number; nil where nothing can be compared.
    let valueSet: ValueSet?

    init(_ claim: Claim, of finding: Finding, scope: Scope) {
        self.claim = claim
        self.finding = finding
        self.scope = scope
        valueSet =
            claim.value?.value ?? claim.reported?.interval.map(ValueSet.interval)
            ?? claim.reported?.value.map { .interval(Interval(lower: $0, upper: $0)) }
    }

    /// Compared by all that it holds for.
    init(_ claim: Claim, of finding: Finding, vocabulary: Vocabulary) {
        self.init(claim, of: finding, scope: Scope(claim.scope, vocabulary: vocabulary))
    }

    /// By the date of the work: the later of two is told of the earlier.
    static func isEarlier(_ a: ComparedClaim, _ b: ComparedClaim) -> Bool {
        (a.finding.date, a.claim.id) < (b.finding.date, b.claim.id)
    }

    /// Some setting is in both, their ranges meet, and they are claims of one kind.
    func agrees(with other: ComparedClaim) -> Bool {
        guard claim.kind == other.claim.kind, scope.overlaps(other.scope) else { return false }
        guard let valueSet, let theirs = other.valueSet else { return true }
        return !valueSet.isDisjoint(from: theirs)
    }

    /// Some setting was certainly tested in both: `unknown` on a side is no setting.
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

/// A group so small that its pairs are looked at one by one.
private let smallGroupSize = 16

/// Groups in which any two claims that share a setting are together, so that only those need comparing.
///
/// Claims are parted by the values of one condition after another. One that many claims cover at many values would copy
/// more than it parts, and is left out.
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

/// Two claims that say the same of one setting.
struct ClosePair {
    var earlier: ComparedClaim
    var later: ComparedClaim
    /// In a group so large that not all pairs were looked at.
    var isFromLargeGroup: Bool
}

/// The most claims that one is held against where very many are about one setting.
let comparisonLimit = 32

/// Claims of unrelated findings that say the same of one setting.
func closePairs(among claims: [ComparedClaim], _ families: Families) -> [ClosePair] {
    groups(of: claims).flatMap { group in
        // Where ranges meet, so do those that begin between them: the next ones are the ones to look at.
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

/// Numbers by where their range begins, labels by name.
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

/// Findings that `same_as` and `supersedes` make one.
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

    /// Halves the way on its way, so that long chains stay short.
    private mutating func findRoot(of slug: String) -> String {
        var slug = slug
        while let next = roots[slug] {
            if let afterNext = roots[next] { roots[slug] = afterNext }
            slug = next
        }
        return slug
    }

    /// One finding, or versions and copies of one another.
    func areRelated(_ a: Finding, _ b: Finding) -> Bool {
        a === b || roots[a.slug] ?? a.slug == roots[b.slug] ?? b.slug
    }

    /// Related, or one builds on the other.
    func areConnected(_ a: Finding, _ b: Finding) -> Bool {
        areRelated(a, b) || a.buildsOn.contains { $0.value == b.slug } || b.buildsOn.contains { $0.value == a.slug }
    }
}

/// The claims of findings, each with its finding, in the order of the findings.
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
/// The most names that one diagnostic tells.
let namedLimit = 3

/// The first few, and how many more; at least so many where not all were looked for.
func firstFew(_ names: [String], isCut: Bool) -> String {
    guard names.count > namedLimit else { return listed(names) }
    return names.prefix(namedLimit).joined(separator: ", ")
        + " and \(isCut ? "at least " : "")\(names.count - namedLimit) more"
}
