import Records
import Words
import YAML

/// Reports claims that repeat a claim of another finding. The two claims have the same verifier, have the same source,
/// or are identical.
///
/// `findings` are the findings that take part in the merge.
func checkDuplicates(_ findings: [Finding], _ vocabulary: Vocabulary, _ families: Families) -> [Diagnostic] {
    Dictionary(grouping: repeats(among: findings, vocabulary, families), by: \.later).values.flatMap { repeats in
        Repeat.Kind.allCases.compactMap { kind in diagnostic(repeats.filter { $0.kind == kind }, kind) }
    }
}

/// A claim that repeats an earlier claim of another finding.
private struct Repeat {
    enum Kind: CaseIterable {
        case identical, verifier, source, version, numbers, statement
    }

    /// The subject of the diagnostic: a claim, or a finding whose source another finding also records.
    enum Subject: Hashable {
        case claim(ClaimID)
        case finding(String)
    }

    var kind: Kind
    var claim: ComparedClaim
    var earlier: ComparedClaim
    /// Whether some pairs of the group were not compared.
    var isFromLargeGroup: Bool

    var later: Subject {
        switch kind {
        case .identical, .verifier, .numbers, .statement: .claim(claim.claim.id)
        case .source, .version: .finding(claim.finding.slug)
        }
    }
}

private typealias StatedClaim = (claim: Claim, finding: Finding)

/// Claims on one quantity that may report the same result. A function classifies each pair of similar claims.
private struct Group: Sendable {
    var claims: [StatedClaim]
    var kind: @Sendable (ClosePair) -> Repeat.Kind
}

/// Finds the repeated claims. Most claims are alone in their group, and these claims are not prepared for comparison.
private func repeats(among findings: [Finding], _ vocabulary: Vocabulary, _ families: Families) -> [Repeat] {
    let claims = findings.flatMap { finding in finding.claims.map { StatedClaim($0, finding) } }
    let groups = groupsByVerifier(claims) + groupsBySource(findings) + groupsByIdentity(claims)
    let pairs = groups.concurrentMap { group in
        closePairs(
            among: group.claims.map { ComparedClaim($0.claim, of: $0.finding, vocabulary: vocabulary) }, families
        ).map { (pair: $0, kind: group.kind($0)) }
    }
    var repeats: [ClaimPair: Repeat] = [:]
    for (pair, kind) in pairs.joined() {
        let name = ClaimPair(later: pair.later.claim.id, earlier: pair.earlier.claim.id)
        // Groups with stronger evidence for a repeat come first, so the first kind found is kept.
        guard repeats[name] == nil else { continue }
        repeats[name] = Repeat(
            kind: kind, claim: pair.later, earlier: pair.earlier, isFromLargeGroup: pair.isFromLargeGroup)
    }
    return Array(repeats.values)
}

/// A quantity and the common verifier or source.
private struct GroupKey: Hashable, Comparable {
    var common: String
    var quantity: String

    static func < (a: GroupKey, b: GroupKey) -> Bool { (a.common, a.quantity) < (b.common, b.quantity) }
}

private func groupsByVerifier(_ claims: [StatedClaim]) -> [Group] {
    let rerun = claims.filter { $0.claim.verify != nil }
    return Dictionary(grouping: rerun) { claim, _ in
        GroupKey(common: claim.verify?.value ?? "", quantity: claim.quantity.value)
    }.values.filter { $0.count > 1 }.map { claims in
        Group(claims: claims) {
            ClaimIdentity($0.later.claim) == ClaimIdentity($0.earlier.claim) ? .identical : .verifier
        }
    }
}

/// Returns groups of claims whose findings have a common source. The groups are sorted by source.
private func groupsBySource(_ findings: [Finding]) -> [Group] {
    let named = findings.chunks(of: 1_000).concurrentMap { findings in
        findings.flatMap { finding in
            SourceNames(finding.source.value).works.map { (work: $0, finding: finding, digest: $0.hashValue) }
        }
    }.flatMap(\.self)
    var groups: [GroupKey: [StatedClaim]] = [:]
    for (work, named) in groupsSharingKey(named, named.map(\.digest), by: { $0.work }) {
        for (_, finding, _) in named {
            for claim in finding.claims {
                groups[GroupKey(common: work, quantity: claim.quantity.value), default: []].append((claim, finding))
            }
        }
    }
    return groups.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map { _, claims in
        Group(claims: claims) { pair in
            let (later, earlier) = (pair.later.finding.source.value, pair.earlier.finding.source.value)
            return SourceNames(later).isOtherVersion(of: SourceNames(earlier)) ? .version : .source
        }
    }
}

private func groupsByIdentity(_ claims: [StatedClaim]) -> [Group] {
    let digests = claims.chunks(of: 1_000).concurrentMap { claims in
        claims.map { Optional(ClaimIdentity($0.claim).hashValue) }
    }.flatMap(\.self)
    return groupsSharingKey(claims, digests, by: { ClaimIdentity($0.claim) }).map { _, claims in
        Group(claims: claims) { $0.later.claim.reportsTheSame(as: $0.earlier.claim) ? .numbers : .statement }
    }
}

private struct ClaimPair: Hashable {
    var later: ClaimID
    var earlier: ClaimID
}

/// The statement of a claim, without its settings.
private struct ClaimStatement: Hashable {
    var quantity: String
    var value: ValueSet?
    var kind: Claim.Kind
    /// The reported number of an estimate, which has no `value`.
    var number: Number?
    var interval: Interval?

    init(_ claim: Claim) {
        quantity = claim.quantity.value
        value = claim.value?.value
        kind = claim.kind
        number = claim.value == nil ? claim.reported?.value : nil
        interval = claim.value == nil ? claim.reported?.interval : nil
    }
}

/// A claim's statement, settings and verifier.
private struct ClaimIdentity: Hashable {
    var statement: ClaimStatement
    var tested: Box
    var holdsFor: Box?
    var verify: String?

    init(_ claim: Claim) {
        statement = ClaimStatement(claim)
        tested = claim.tested
        holdsFor = claim.holdsFor
        verify = claim.verify?.value
    }
}

extension Claim {
    /// Returns whether both claims report the same number with the same error, count and interval. This rarely happens
    /// in independent works.
    fileprivate func reportsTheSame(as other: Claim) -> Bool {
        guard let mine = reported, let theirs = other.reported else { return false }
        let isPrecise = mine.standardError != nil || mine.itemCount != nil || mine.interval != nil
        return isPrecise && mine.value == theirs.value && mine.standardError == theirs.standardError
            && mine.itemCount == theirs.itemCount && mine.interval == theirs.interval
    }
}

private func diagnostic(_ repeats: [Repeat], _ kind: Repeat.Kind) -> Diagnostic? {
    let repeats = repeats.sorted { a, b in
        a.claim.claim.id == b.claim.claim.id
            ? ComparedClaim.isEarlier(a.earlier, b.earlier) : a.claim.claim.id < b.claim.claim.id
    }
    guard let first = repeats.first else { return nil }
    let (finding, claim) = (first.claim.finding, first.claim.claim)
    let isCut = repeats.contains(where: \.isFromLargeGroup)
    let earlier = firstFew(repeats.map(\.earlier.claim.id.description), isCut: isCut)
    let pairs = firstFew(repeats.map { "\($0.claim.claim.id) as \($0.earlier.claim.id)" }, isCut: isCut)
    let others = Set(repeats.prefix(namedLimit).map(\.earlier.finding.slug)).sorted().joined(separator: ", ")
    func make(_ code: Diagnostic.Code, _ mark: Mark, _ message: String, _ fix: String) -> Diagnostic {
        Diagnostic(code, path: finding.path, mark: mark, message: message, fix: fix)
    }
    switch kind {
    case .identical:
        return make(
            .likelyDuplicate, claim.mark,
            "claim \(claim.id) repeats \(earlier): same quantity, value, settings and verifier",
            "remove one, or write `same_as: [\(others)]`")
    case .verifier:
        return make(
            .likelyDuplicate, claim.mark,
            "claim \(claim.id) may repeat \(earlier): same quantity and verifier, overlapping settings and ranges",
            "write `supersedes: [\(others)]` if it replaces them, `same_as` if they are one result, or separate their scopes"
        )
    case .source:
        return make(
            .sourceTwice, finding.source.mark,
            "another finding has the same source and the same claim at the same settings: \(pairs)",
            "remove one finding, write `same_as: [\(others)]`, or separate the claims' scopes")
    case .version:
        return make(
            .sourceTwice, finding.source.mark,
            "another finding has another version of this paper and the same claim at the same settings: \(pairs)",
            "write `supersedes` in the finding of the later version and `superseded_by` in the other, or `same_as: [\(others)]` if nothing changed"
        )
    case .numbers:
        return make(
            .likelyDuplicate, claim.mark,
            "claim \(claim.id) repeats \(earlier): same quantity, value, settings and printed numbers",
            "if both are one result, remove one or write `same_as: [\(others)]`; otherwise check the numbers in the sources"
        )
    case .statement:
        return make(
            .sameClaim, claim.mark, "claim \(claim.id) agrees with \(earlier), from another source",
            "write `same_as: [\(others)]` unless they are independent results")
    }
}

extension Diagnostic.Code {
    package static let likelyDuplicate = Self("likely-duplicate", .warning, "Two findings may report the same result.")
    package static let sourceTwice = Self(
        "source-twice", .warning, "Two findings record the same claim from one source.")
    package static let sameClaim = Self("same-claim", .note, "Two sources make the same claim.")

    package static let ofDuplicates = [likelyDuplicate, sourceTwice, sameClaim]
}
