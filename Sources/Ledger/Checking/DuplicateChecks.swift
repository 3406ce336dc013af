import YAML

/// Claims that say again what another finding says: by one verifier, from one source, or in the same words.
func checkDuplicates(_ state: LedgerState) -> [Diagnostic] {
    let leftOut = state.reasonsLeftOut()
    let families = Families(state)
    let claims = state.claimsByQuantity { leftOut[$0.slug] == nil }.values.filter { $0.count > 1 }
    let repeats = claims.mapSideBySide { claims in
        repeatsAmong(claims.map { ComparedClaim($0, of: $1, vocabulary: state.vocabulary) }, families)
    }.flatMap(\.self)
    return Dictionary(grouping: repeats, by: \.later).values.flatMap { repeats in
        Repeat.Kind.allCases.compactMap { kind in diagnostic(repeats.filter { $0.kind == kind }, kind) }
    }
}

/// One claim that says what an earlier one of another finding says.
private struct Repeat {
    enum Kind: CaseIterable {
        case identical, verifier, source, version, numbers, words
    }

    /// What it is told of: a claim, or a finding whose source is entered twice.
    enum Subject: Hashable {
        case claim(ClaimID)
        case finding(String)
    }

    var kind: Kind
    var claim: ComparedClaim
    var earlier: ComparedClaim
    /// Not everything was held against everything.
    var isOneOfMany: Bool

    var later: Subject {
        switch kind {
        case .identical, .verifier, .numbers, .words: .claim(claim.claim.id)
        case .source, .version: .finding(claim.finding.slug)
        }
    }
}

private func repeatsAmong(_ claims: [ComparedClaim], _ families: Families) -> [Repeat] {
    var repeats: [PairName: Repeat] = [:]
    func add(_ pair: ClosePair, _ kind: Repeat.Kind) {
        let name = PairName(later: pair.later.claim.id, earlier: pair.earlier.claim.id)
        // The strongest reason is the first that is looked for.
        guard repeats[name] == nil else { return }
        repeats[name] = Repeat(kind: kind, claim: pair.later, earlier: pair.earlier, isOneOfMany: pair.isOneOfMany)
    }
    let byVerifier = Dictionary(grouping: claims.filter { $0.claim.verify != nil }) { $0.claim.verify?.value ?? "" }
    for (_, claims) in byVerifier where claims.count > 1 {
        for pair in closePairs(among: claims, families) {
            add(pair, Words(pair.later.claim) == Words(pair.earlier.claim) ? .identical : .verifier)
        }
    }
    let sources = Dictionary(claims.map { ($0.finding.slug, SourceNames($0.finding.source.value)) }) { first, _ in first
    }
    var bySource: [String: [ComparedClaim]] = [:]
    for claim in claims {
        for work in sources[claim.finding.slug]?.works ?? [] { bySource[work, default: []].append(claim) }
    }
    for (_, claims) in bySource.sorted(by: { $0.key < $1.key }) where claims.count > 1 {
        for pair in closePairs(among: claims, families) {
            guard let later = sources[pair.later.finding.slug], let earlier = sources[pair.earlier.finding.slug] else {
                continue
            }
            add(pair, later.isOtherVersion(of: earlier) ? .version : .source)
        }
    }
    for (_, claims) in Dictionary(grouping: claims, by: { Words($0.claim) }) where claims.count > 1 {
        for pair in closePairs(among: claims, families) {
            add(pair, pair.later.claim.printsTheSame(as: pair.earlier.claim) ? .numbers : .words)
        }
    }
    return Array(repeats.values)
}

private struct PairName: Hashable {
    var later: ClaimID
    var earlier: ClaimID
}

/// All that a claim says and where.
private struct Words: Hashable {
    var value: ValueSet?
    var tested: Box
    var holdsFor: Box?
    var verify: String?
    var kind: Claim.Kind
    /// Of an estimate, which has no value.
    var number: Number?
    var interval: Interval?

    init(_ claim: Claim) {
        value = claim.value?.value
        tested = claim.tested
        holdsFor = claim.holdsFor
        verify = claim.verify?.value
        kind = claim.kind
        number = claim.value == nil ? claim.reported?.value : nil
        interval = claim.value == nil ? claim.reported?.interval : nil
    }
}

extension Claim {
    /// Whether the sources print one number with one error, count or interval: two works seldom do.
    fileprivate func printsTheSame(as other: Claim) -> Bool {
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
    let isCut = repeats.contains(where: \.isOneOfMany)
    let earlier = firstFew(repeats.map(\.earlier.claim.id.description), isCut: isCut)
    let pairs = firstFew(repeats.map { "\($0.claim.claim.id) as \($0.earlier.claim.id)" }, isCut: isCut)
    let others = Set(repeats.prefix(namedLimit).map(\.earlier.finding.slug)).sorted().joined(separator: ", ")
    func told(_ code: Diagnostic.Code, _ mark: Mark, _ message: String, _ fix: String) -> Diagnostic {
        Diagnostic(code, path: finding.path, mark: mark, message: message, fix: fix)
    }
    switch kind {
    case .identical:
        return told(
            .likelyDuplicate, claim.mark,
            "claim \(claim.id) repeats \(earlier): same quantity, value, settings and verifier",
            "keep one, or say `same_as: [\(others)]`")
    case .verifier:
        return told(
            .likelyDuplicate, claim.mark,
            "claim \(claim.id) may repeat \(earlier): same quantity and verifier, settings in common, ranges that meet",
            "say `supersedes: [\(others)]` if it replaces them, or `same_as` if they are one result; else scope them apart"
        )
    case .source:
        return told(
            .sourceTwice, finding.source.mark,
            "another finding has this source and says the same of the same settings: \(pairs)",
            "keep one finding, or say `same_as: [\(others)]`; else scope the claims apart")
    case .version:
        return told(
            .sourceTwice, finding.source.mark,
            "another finding has another version of this paper and says the same of the same settings: \(pairs)",
            "say `supersedes` in the finding of the later version, or `same_as: [\(others)]` if nothing changed")
    case .numbers:
        return told(
            .likelyDuplicate, claim.mark,
            "claim \(claim.id) repeats \(earlier): same quantity, value, settings and printed numbers",
            "if both are one result, keep one or say `same_as: [\(others)]`; else check the numbers in the sources")
    case .words:
        return told(
            .sameClaim, claim.mark, "claim \(claim.id) says the same as \(earlier), from another source",
            "leave it if they were found independently; else say `same_as: [\(others)]`")
    }
}
