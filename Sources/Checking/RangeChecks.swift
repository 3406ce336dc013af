import Records
import Words

/// What the commits of a range may not have done to records: losses that its end has not made good.
///
/// `losses` come newest commit first; `bases` are the states that the range builds on, `tip` is its end. What the range
/// itself brought and took back is nobody's loss, save where a merge dropped it. `isRecord` tells whether a file of a
/// base can be read, since a broken one may go.
package func checkLosses(
    _ losses: [RecordLoss], bases: [[RecordKey: RecordVersion]], tip: [RecordKey: RecordVersion],
    isRecord: (RecordVersion) throws -> Bool
) rethrows -> [Diagnostic] {
    var reported: Set<RecordKey> = []
    var diagnostics: [Diagnostic] = []
    for loss in losses where !reported.contains(loss.key) {
        let now = tip[loss.key]
        let based = bases.compactMap { $0[loss.key] }
        let diagnostic: Diagnostic?
        switch loss.kind {
        case .removed:
            guard now == nil, let before = based.first, try isRecord(before) else { continue }
            diagnostic = removal(loss)
        case .altered:
            guard let now, let before = based.first, !based.contains(where: { $0.contentID == now.contentID }),
                try isRecord(before), try !isRecord(now)
            else { continue }
            diagnostic = alteration(loss, now)
        case .droppedByMerge:
            guard now?.contentID == loss.left?.contentID else { continue }
            diagnostic = drop(loss)
        }
        guard let diagnostic else { continue }
        reported.insert(loss.key)
        diagnostics.append(diagnostic)
    }
    return diagnostics.sorted()
}

private func removal(_ loss: RecordLoss) -> Diagnostic? {
    let restore = "git checkout \(loss.commit.prefix(12))~1 -- \(loss.lost.path)"
    switch loss.key {
    case .receipt:
        return Diagnostic(
            .removedReceipt, path: loss.lost.path, mark: .fileStart,
            message: "\(loss.place) removes the receipt, and receipts are only ever added",
            fix: "restore it: \(restore)")
    case .finding(let slug):
        return Diagnostic(
            .deletedFinding, path: loss.lost.path, mark: .fileStart,
            message: "\(loss.place) deletes the finding \"\(slug)\", which others may have read and built on",
            fix: "restore it with `\(restore)`; then write `retracted: REASON` in it, or let another supersede it")
    case .other:
        return nil
    }
}

private func alteration(_ loss: RecordLoss, _ now: RecordVersion) -> Diagnostic {
    Diagnostic(
        .alteredReceipt, path: now.path, mark: .fileStart,
        message: "\(loss.place) alters the receipt, and receipts never change",
        fix: "restore it: git checkout \(loss.commit.prefix(12))~1 -- \(loss.lost.path)")
}

private func drop(_ loss: RecordLoss) -> Diagnostic {
    Diagnostic(
        .droppedByMerge, path: loss.lost.path, mark: .fileStart,
        message: "\(loss.place) is a merge that drops what one of its sides \(loss.left == nil ? "had" : "changed")",
        fix: "merge again and keep it; what is to change on purpose goes into a commit of its own")
}

extension RecordLoss {
    fileprivate var place: String { "commit \(commit.prefix(12)) (\(summary))" }
}

/// Claims of a finding with receipts that count whose digest changed: an audit is of one claim, and a new version of it is
/// another finding that supersedes this one.
///
/// `runs` is how many counted runs each claim of the earlier finding has; `accepted` are digests that the claim has in
/// another state that the range builds on.
package func checkAuditedClaims(
    of before: Finding, in after: Finding, runs: (ClaimID) -> Int, accepted: (ClaimID) -> Set<String>
) -> [Diagnostic] {
    before.claims.compactMap { old in
        let count = runs(old.id)
        guard count > 0 else { return nil }
        let new = after.claims.first { $0.id == old.id }
        guard new?.digest != old.digest, !(new.map { accepted(old.id).contains($0.digest) } ?? false) else {
            return nil
        }
        let change = new.map { "its \(listed($0.differences(from: old), "and")) changed" } ?? "it is gone"
        return Diagnostic(
            .changedClaim, path: after.path, mark: new?.mark ?? .fileStart,
            message: "\(counted(count, "run")) of \"\(old.id)\" \(count == 1 ? "is" : "are") on record, and \(change)",
            fix: "leave it as it was, and say it anew in a finding with `supersedes: [\(before.slug)]`")
    }
}

extension Claim {
    /// Which keys that the digest covers say something else.
    fileprivate func differences(from old: Claim) -> [String] {
        let pairs: [(String, Bool)] = [
            ("quantity", quantity.value == old.quantity.value),
            ("value", value?.value.canonicalText == old.value?.value.canonicalText),
            ("reliability", "\(reliability)" == "\(old.reliability)"), ("kind", kind == old.kind),
            ("tested", testedLines == old.testedLines), ("verify", verify?.value == old.verify?.value),
        ]
        return pairs.filter { !$0.1 }.map { "\"\($0.0)\"" }
    }
}

/// An audit branch that a push would move off its own past, on which the salts of receipts rest.
package func rewrittenHistory(leaving commit: String, isMerged: Bool, remedy: String) -> Diagnostic {
    let commit = "commit \(commit.prefix(12))"
    let message =
        isMerged
        ? "\(commit) would leave the audit branch's first-parent line, though not its history, and seeds come from that line"
        : "the audit branch would leave \(commit) behind, and with it seeds and receipts"
    return Diagnostic(.rewrittenHistory, path: settingsPath, mark: .fileStart, message: message, fix: remedy)
}

extension Diagnostic.Code {
    package static let removedReceipt = Self("removed-receipt", .error, "A receipt was removed.")
    package static let alteredReceipt = Self("altered-receipt", .error, "A receipt was altered.")
    package static let deletedFinding = Self("deleted-finding", .error, "A finding was deleted.")
    package static let changedClaim = Self("changed-claim", .error, "A claim that runs were held against was changed.")
    package static let droppedByMerge = Self("dropped-by-merge", .error, "A merge left out what one of its sides has.")
    package static let rewrittenHistory = Self(
        "rewritten-history", .error, "The audit branch would lose a part of its past.")

    package static let ofRanges = [
        removedReceipt, alteredReceipt, deletedFinding, changedClaim, droppedByMerge, rewrittenHistory,
    ]
}
