import Records
import Words

/// Reports records that were lost by a commit in a range and are not restored at the end of the range.
///
/// `losses` begin with those of the newest commit. `bases` are the states before the range, and `tip` is the state at
/// its end. A record that the range both adds and removes is not lost, unless a merge dropped it. `isRecord` returns
/// whether a file can be decoded. Files that cannot be decoded may be removed.
package func checkLosses(
    _ losses: [RecordLoss], bases: [[RecordKey: RecordVersion]], tip: [RecordKey: RecordVersion],
    isRecord: (RecordVersion) throws -> Bool
) rethrows -> [Diagnostic] {
    var reported: Set<RecordKey> = []
    var diagnostics: [Diagnostic] = []
    // The receipts of the base states that are no longer in their places, by the names of their files. The range may
    // have moved them with their toy model before it lost them.
    var displaced: [String: [RecordVersion]] = [:]
    if losses.contains(where: \.key.isImmutable) {
        for base in bases {
            for (key, version) in base where key.isImmutable && tip[key] == nil {
                guard let place = ReceiptPlace(path: version.path) else { continue }
                displaced[place.file, default: []].append(version)
            }
        }
    }
    for loss in losses where !reported.contains(loss.key) {
        let now = tip[loss.key]
        var based = bases.compactMap { $0[loss.key] }
        if based.isEmpty, let place = ReceiptPlace(path: loss.lost.path) {
            based = displaced[place.file, default: []]
        }
        let diagnostic: Diagnostic?
        switch loss.kind {
        case .removed:
            guard now == nil, let before = based.first, try isRecord(before) else { continue }
            diagnostic = removal(loss)
        case .altered:
            guard let now, let before = based.first, !based.contains(where: { $0.contentID == now.contentID }),
                try isRecord(before)
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
    let restore = loss.restoration
    switch loss.key {
    case .receipt, .signature, .annotation:
        return Diagnostic(
            .removedReceipt, path: loss.lost.path, mark: .fileStart,
            message: "\(loss.place) removes the \(loss.noun), and \(loss.noun)s must never be removed",
            fix: "restore it: \(restore)")
    case .finding(let slug):
        return Diagnostic(
            .deletedFinding, path: loss.lost.path, mark: .fileStart,
            message: "\(loss.place) deletes the finding \"\(slug)\", to which others may refer",
            fix:
                "restore it with `\(restore)`; then write `retracted: REASON` in it, or supersede it by another finding"
        )
    case .other:
        return nil
    }
}

private func alteration(_ loss: RecordLoss, _ now: RecordVersion) -> Diagnostic {
    Diagnostic(
        .alteredReceipt, path: now.path, mark: .fileStart,
        message: "\(loss.place) alters the \(loss.noun), and \(loss.noun)s must never change",
        fix: "restore it: \(loss.restoration)")
}

private func drop(_ loss: RecordLoss) -> Diagnostic {
    Diagnostic(
        .droppedByMerge, path: loss.lost.path, mark: .fileStart,
        message: "\(loss.place) is a merge that drops \(loss.left == nil ? "a file" : "a change") of one of its sides",
        fix: "merge again without dropping it; make deliberate changes in a separate commit")
}

extension RecordLoss {
    fileprivate var place: String { commit.map { "commit \($0.prefix(12)) (\(summary))" } ?? "this commit" }

    /// The command that restores the record.
    fileprivate var restoration: String {
        "git checkout \(commit.map { "\($0.prefix(12))~1" } ?? "HEAD") -- \(lost.path)"
    }

    fileprivate var noun: String {
        switch key {
        case .signature: "signature"
        case .annotation(let path): path.endsWithBytes(".json") ? "annotation" : "text"
        case .receipt, .finding, .other: "receipt"
        }
    }
}

/// Returns the error for a push that rewrites the audit branch. The ids of the branch's commits are the salts of
/// receipts.
package func rewrittenHistory(leaving commit: String, isMerged: Bool, remedy: String) -> Diagnostic {
    let commit = "commit \(commit.prefix(12))"
    let message =
        isMerged
        ? "\(commit) would leave the audit branch's first-parent line, from which seeds derive"
        : "the audit branch would lose \(commit), and with it seeds and receipts"
    return Diagnostic(.rewrittenHistory, path: settingsPath, mark: .fileStart, message: message, fix: remedy)
}

extension Diagnostic.Code {
    package static let removedReceipt = Self(
        "removed-receipt", .error, "A receipt, a signature, an annotation or a text was removed.")
    package static let alteredReceipt = Self(
        "altered-receipt", .error, "A receipt, a signature, an annotation or a text was altered.")
    package static let deletedFinding = Self("deleted-finding", .error, "A finding was deleted.")
    package static let droppedByMerge = Self(
        "dropped-by-merge", .error, "A merge dropped a file or change of one of its sides.")
    package static let rewrittenHistory = Self(
        "rewritten-history", .error, "The audit branch would lose a part of its history.")

    package static let ofRanges = [
        removedReceipt, alteredReceipt, deletedFinding, droppedByMerge, rewrittenHistory,
    ]
}
