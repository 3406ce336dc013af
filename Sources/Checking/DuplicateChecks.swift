import Records
import Words
import YAML

/// Claims that say again what another finding says: by one verifier, from one source, or in the same words.
///
/// `findings` are those that take part in the merge.
func checkDuplicates(_ findings: [Finding], _ vocabulary: Vocabulary, _ families: Families) -> [Diagnostic] {
    let claims = claimsByQuantity(findings).values.filter { $0.count > 1 }
    let repeats = claims.mapSideBySide { claims in repeatsAmong(claims, vocabulary, families) }.flatMap(\.self)
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

private func repeatsAmong(
    _ claims: [(Claim, Finding)], _ vocabulary: Vocabulary, _ families: Families
) -> [Repeat] {
    var repeats: [PairName: Repeat] = [:]
    // Nearly every claim is alone in its group: only the others are made ready to be compared.
    func add(_ group: [(Claim, Finding)], _ kind: (ClosePair) -> Repeat.Kind) {
        guard group.count > 1 else { return }
        let compared = group.map { ComparedClaim($0, of: $1, vocabulary: vocabulary) }
        for pair in closePairs(among: compared, families) {
            let name = PairName(later: pair.later.claim.id, earlier: pair.earlier.claim.id)
            // The strongest reason is the first that is looked for.
            guard repeats[name] == nil else { continue }
            repeats[name] = Repeat(
                kind: kind(pair), claim: pair.later, earlier: pair.earlier, isOneOfMany: pair.isOneOfMany)
        }
    }
    let rerun = claims.filter { $0.0.verify != nil }
    for group in Dictionary(grouping: rerun, by: { $0.0.verify?.value ?? "" }).values {
        add(group) { Words($0.later.claim) == Words($0.earlier.claim) ? .identical : .verifier }
    }
    var bySource: [String: [(Claim, Finding)]] = [:]
    for (claim, finding) in claims {
        for work in SourceNames(finding.source.value).works { bySource[work, default: []].append((claim, finding)) }
    }
    for (_, group) in bySource.filter({ $0.value.count > 1 }).sorted(by: { $0.key < $1.key }) {
        add(group) { pair in
            let (later, earlier) = (pair.later.finding.source.value, pair.earlier.finding.source.value)
            return SourceNames(later).isOtherVersion(of: SourceNames(earlier)) ? .version : .source
        }
    }
    // What is said is cheaper to tell apart than all the settings of it.
    for alike in Dictionary(grouping: claims, by: { Said($0.0) }).values where alike.count > 1 {
        for group in Dictionary(grouping: alike, by: { Words($0.0) }).values {
            add(group) { $0.later.claim.printsTheSame(as: $0.earlier.claim) ? .numbers : .words }
        }
    }
    return Array(repeats.values)
}

private struct PairName: Hashable {
    var later: ClaimID
    var earlier: ClaimID
}

/// What a claim says of its quantity.
private struct Said: Hashable {
    var value: ValueSet?
    var kind: Claim.Kind
    /// Of an estimate, which has no value.
    var number: Number?
    var interval: Interval?

    init(_ claim: Claim) {
        value = claim.value?.value
        kind = claim.kind
        number = claim.value == nil ? claim.reported?.value : nil
        interval = claim.value == nil ? claim.reported?.interval : nil
    }
}

/// All that a claim says and where.
private struct Words: Hashable {
    var said: Said
    var tested: Box
    var holdsFor: Box?
    var verify: String?

    init(_ claim: Claim) {
        said = Said(claim)
        tested = claim.tested
        holdsFor = claim.holdsFor
        verify = claim.verify?.value
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

extension Diagnostic.Code {
    package static let likelyDuplicate = Self("likely-duplicate", .warning, "Two findings seem to say the same.")
    package static let sourceTwice = Self("source-twice", .warning, "Two findings take the same from one source.")
    package static let sameClaim = Self("same-claim", .note, "Two sources say the same.")

    package static let ofDuplicates = [likelyDuplicate, sourceTwice, sameClaim]
}
