import Records

/// The identity of a record: a finding's slug, or the path of any other record. A finding keeps its identity when its
/// file moves. A receipt counts only for the toy model in whose folder it lies.
package enum RecordKey: Hashable, Sendable {
    case finding(String)
    case receipt(String)
    case signature(String)
    /// An annotation or the text of a trace.
    case annotation(String)
    case other(String)

    package init(path: String) {
        switch RecordPlace(path: path) {
        case .finding(let slug)?: self = .finding(slug)
        case .receipt?: self = .receipt(path)
        case .signature?: self = .signature(path)
        case .annotation?, .traceText?: self = .annotation(path)
        case .question?, .vote?, .quantity?, .condition?, .conditionValue?, .assumption?, .constraint?, .model?,
            .measurement?, .trace?, .codebook?, .resource?, .kernel?, .kernelFile?, nil:
            self = .other(path)
        }
    }
}

extension RecordKey {
    /// Whether the record must never change.
    var isImmutable: Bool {
        switch self {
        case .receipt, .signature, .annotation: true
        case .finding, .other: false
        }
    }
}

/// The place of a receipt or a signature: the folder of its toy model, and the name of its file.
struct ReceiptPlace: Hashable {
    var model: String
    var file: String

    init(model: String, file: String) { (self.model, self.file) = (model, file) }

    /// Returns nil for other files.
    init?(path: String) {
        switch RecordPlace(path: path) {
        case .receipt(let model, let name)?: (self.model, file) = (model, "\(name).json")
        case .signature(let model, let receipt, let key)?: (self.model, file) = (model, "\(receipt).\(key).sig")
        case .question?, .vote?, .quantity?, .condition?, .conditionValue?, .assumption?, .constraint?, .finding?,
            .model?, .measurement?, .trace?, .traceText?, .annotation?, .codebook?, .resource?, .kernel?, .kernelFile?,
            nil:
            return nil
        }
    }
}

/// The file of a record in one git tree.
package struct RecordVersion: Hashable, Sendable {
    package var path: String
    /// The id of the file's git blob.
    package var contentID: String

    package init(path: String, contentID: String) {
        self.path = path
        self.contentID = contentID
    }
}

/// The differences between two trees, by record. Findings whose files only moved are not included, and neither are
/// receipts and signatures that moved with their toy model.
package struct RecordChanges: Sendable {
    package private(set) var changes: [RecordKey: (old: RecordVersion?, new: RecordVersion?)] = [:]
    /// The folders of toy models that moved with all their receipts: the new name by the old one.
    fileprivate private(set) var movedModels: [String: String] = [:]

    package init(_ files: [(old: RecordVersion?, new: RecordVersion?)]) {
        for file in files {
            if let old = file.old { changes[RecordKey(path: old.path), default: (nil, nil)].old = old }
            if let new = file.new { changes[RecordKey(path: new.path), default: (nil, nil)].new = new }
        }
        changes = changes.filter { $0.value.old?.contentID != $0.value.new?.contentID }
        leaveOutMovedReceipts()
    }

    private mutating func leaveOutMovedReceipts() {
        var gone: [(model: String, contentID: String)] = []
        var come: [String: [String]] = [:]
        var lost: [String: [(file: String, version: RecordVersion)]] = [:]
        var found: [ReceiptPlace: RecordVersion] = [:]
        for change in changes.values {
            guard let path = (change.old ?? change.new)?.path else { continue }
            if case .model(let slug)? = RecordPlace(path: path) {
                if let new = change.new { come[new.contentID, default: []].append(slug) }
                if let old = change.old, change.new == nil { gone.append((slug, old.contentID)) }
            } else if let place = ReceiptPlace(path: path) {
                if let old = change.old { lost[place.model, default: []].append((place.file, old)) }
                if change.old == nil { found[place] = change.new }
            }
        }
        for (model, contentID) in gone {
            let receipts = lost[model, default: []]
            // Of several copies, the one that has the receipts is the moved one.
            let new = come[contentID, default: []].sorted().first { new in
                receipts.allSatisfy { file, version in
                    found[ReceiptPlace(model: new, file: file)]?.contentID == version.contentID
                }
            }
            guard let new else { continue }
            movedModels[model] = new
            for (file, version) in receipts {
                changes[RecordKey(path: version.path)] = nil
                if let moved = found[ReceiptPlace(model: new, file: file)] {
                    changes[RecordKey(path: moved.path)] = nil
                }
            }
        }
    }

    subscript(key: RecordKey) -> (old: RecordVersion?, new: RecordVersion?)? { changes[key] }
}

/// The record changes in one commit of a range.
package struct CommitStep: Sendable {
    /// nil for a commit that is about to be made.
    package var id: String?
    package var summary: String
    /// The changes since the commit's first parent. Empty for a root commit.
    package var changes: RecordChanges
    /// The sides of a merge. For each parent after the first, there is one element: the changes that the first parent
    /// and this parent contain since their merge base.
    package var sides: [(first: RecordChanges, other: RecordChanges)]

    package init(
        id: String?, summary: String, changes: RecordChanges, sides: [(first: RecordChanges, other: RecordChanges)]
    ) {
        self.id = id
        self.summary = summary
        self.changes = changes
        self.sides = sides
    }
}

/// A record that a commit removed or altered, or whose change a merge commit dropped.
package struct RecordLoss: Sendable {
    package enum Kind: Sendable { case removed, altered, droppedByMerge }

    package var key: RecordKey
    package var kind: Kind
    /// The version before the commit.
    package var lost: RecordVersion
    /// The version after the commit.
    package var left: RecordVersion?
    /// nil for a commit that is about to be made.
    package var commit: String?
    package var summary: String
}

extension CommitStep {
    /// The records that the commit removed or altered, compared with its parents, in no particular order.
    ///
    /// An ordinary commit can remove records or alter receipts. If only one side of a merge changed a record, the merge
    /// must contain this change, either as it was or edited further.
    package var losses: [RecordLoss] { sides.isEmpty ? ownLosses : mergeLosses }

    private var ownLosses: [RecordLoss] {
        changes.changes.compactMap { key, change in
            guard let old = change.old else { return nil }
            if change.new == nil { return loss(key, .removed, old, left: nil) }
            guard key.isImmutable else { return nil }
            return loss(key, .altered, old, left: change.new)
        }
    }

    private var mergeLosses: [RecordLoss] {
        var losses: [RecordKey: RecordLoss] = [:]
        for side in sides {
            for key in Set(side.first.changes.keys).union(side.other.changes.keys) {
                losses[key] = drop(key, side.first[key], side.other[key])
            }
        }
        let settled = Set(sides.flatMap { [$0.first, $0.other] }.flatMap(\.changes.keys))
        for (key, change) in changes.changes where !settled.contains(key) {
            guard let old = change.old else { continue }
            if change.new == nil {
                losses[key] = loss(key, .droppedByMerge, old, left: nil)
            } else if key.isImmutable {
                losses[key] = loss(key, .altered, old, left: change.new)
            }
        }
        // If one side moved a folder and the other side added files to it, git moves the new files too. Receipts may
        // move only to where their toy model moved.
        let arrived = Set(changes.changes.values.compactMap { $0.old == nil ? $0.new : nil })
        let arrivedContents = Set(arrived.map(\.contentID))
        let moved = [changes] + sides.flatMap { [$0.first, $0.other] }
        return losses.values.filter { loss in
            switch loss.key {
            case .finding, .annotation: return true
            case .other: return !arrivedContents.contains(loss.lost.contentID)
            case .receipt, .signature:
                guard let place = ReceiptPlace(path: loss.lost.path) else { return true }
                return !moved.compactMap { $0.movedModels[place.model] }.contains { model in
                    let path = "Verifiers/\(model)/receipts/\(place.file)"
                    return arrived.contains(RecordVersion(path: path, contentID: loss.lost.contentID))
                }
            }
        }
    }

    /// Returns the loss if the merge dropped a record that one of its sides changed. `first` and `other` are the
    /// changes that the two sides made to the record.
    private func drop(
        _ key: RecordKey, _ first: (old: RecordVersion?, new: RecordVersion?)?,
        _ other: (old: RecordVersion?, new: RecordVersion?)?
    ) -> RecordLoss? {
        let base = first?.old ?? other?.old
        let (ours, theirs) = (first.map(\.new) ?? base, other.map(\.new) ?? base)
        let merged = changes[key].map(\.new) ?? ours
        // If one side deleted the record, the merge may keep or delete it. If both sides changed it, the merged record
        // may have any content.
        let isDeleted = base != nil && (ours == nil || theirs == nil)
        guard !isDeleted, let lost = other == nil ? ours : theirs ?? ours else { return nil }
        let isChangedOnce = (first == nil) != (other == nil)
        guard merged == nil || isChangedOnce && merged?.contentID == base?.contentID else { return nil }
        return loss(key, .droppedByMerge, lost, left: merged)
    }

    private func loss(
        _ key: RecordKey, _ kind: RecordLoss.Kind, _ lost: RecordVersion, left: RecordVersion?
    ) -> RecordLoss {
        RecordLoss(key: key, kind: kind, lost: lost, left: left, commit: id, summary: summary)
    }
}
