import Records

/// What names a record however its file moves: a finding's slug and a receipt's digest, else the path.
package enum RecordKey: Hashable, Sendable {
    case finding(String)
    case receipt(String)
    case other(String)

    package init(path: String) {
        switch RecordPlace(path: path) {
        case .finding(let slug)?: self = .finding(slug)
        case .receipt(_, let name)?: self = .receipt(name)
        case .question?, .vote?, .quantity?, .condition?, .conditionValue?, .assumption?, .model?, .measurement?, nil:
            self = .other(path)
        }
    }
}

/// A record as one tree has it.
package struct RecordVersion: Hashable, Sendable {
    package var path: String
    /// git's name of its bytes.
    package var contentID: String

    package init(path: String, contentID: String) {
        self.path = path
        self.contentID = contentID
    }
}

/// What differs between two trees, by record; a file that only moved is no difference.
package struct RecordChanges: Sendable {
    package private(set) var changes: [RecordKey: (old: RecordVersion?, new: RecordVersion?)] = [:]

    package init(_ files: [(old: RecordVersion?, new: RecordVersion?)]) {
        for file in files {
            if let old = file.old { changes[RecordKey(path: old.path), default: (nil, nil)].old = old }
            if let new = file.new { changes[RecordKey(path: new.path), default: (nil, nil)].new = new }
        }
        changes = changes.filter { $0.value.old?.contentID != $0.value.new?.contentID }
    }

    subscript(key: RecordKey) -> (old: RecordVersion?, new: RecordVersion?)? { changes[key] }
}

/// One commit of a range, as far as records are concerned.
package struct CommitStep: Sendable {
    package var id: String
    package var summary: String
    /// Against its first parent; empty for a first commit.
    package var changes: RecordChanges
    /// Of a merge, for each parent after the first: what the first and what that one changed since the two parted.
    package var sides: [(first: RecordChanges, other: RecordChanges)]

    package init(
        id: String, summary: String, changes: RecordChanges, sides: [(first: RecordChanges, other: RecordChanges)]
    ) {
        self.id = id
        self.summary = summary
        self.changes = changes
        self.sides = sides
    }
}

/// A record that a commit took away or altered.
package struct RecordLoss: Sendable {
    package enum Kind: Sendable { case removed, altered, droppedByMerge }

    package var key: RecordKey
    package var kind: Kind
    /// What was there before.
    package var lost: RecordVersion
    /// What stands there after the commit.
    package var left: RecordVersion?
    package var commit: String
    package var summary: String
}

extension CommitStep {
    /// What this commit took from what its parents had, in no order.
    ///
    /// An ordinary commit removes records or alters receipts. A merge is held against the merge of its sides: what only one
    /// of them changed or added must come out as that side has it, or as something new.
    package var losses: [RecordLoss] { sides.isEmpty ? ownLosses : mergeLosses }

    private var ownLosses: [RecordLoss] {
        changes.changes.compactMap { key, change in
            guard let old = change.old else { return nil }
            if change.new == nil { return loss(key, .removed, old, left: nil) }
            guard case .receipt = key else { return nil }
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
            } else if case .receipt = key {
                losses[key] = loss(key, .altered, old, left: change.new)
            }
        }
        // git carries a new file along where the other side moved its folder.
        let arrived = Set(changes.changes.values.compactMap { $0.old == nil ? $0.new?.contentID : nil })
        return losses.values.filter { loss in
            if case .other = loss.key { !arrived.contains(loss.lost.contentID) } else { true }
        }
    }

    /// Whether the merge lost a record that one of its sides changed or both did; the arguments are their changes.
    private func drop(
        _ key: RecordKey, _ first: (old: RecordVersion?, new: RecordVersion?)?,
        _ other: (old: RecordVersion?, new: RecordVersion?)?
    ) -> RecordLoss? {
        let base = first?.old ?? other?.old
        let (ours, theirs) = (first.map(\.new) ?? base, other.map(\.new) ?? base)
        let merged = changes[key].map(\.new) ?? ours
        // A record that one side deleted may go or stay, and of two changes anything may come.
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
