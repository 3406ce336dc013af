import Merging
import Records
import Words

/// The columns of the table. A row describes a change or, in a preview, an error.
let changeHeader = ["what", "id", "change", "before", "after", "causes"]

func diffCSV(_ diff: LedgerDiff) -> [UInt8] { csv(changeHeader, changeRows(diff)) }

func changeRows(_ diff: LedgerDiff) -> [[CSVCell]] {
    diff.questions.map { change in
        row(
            "question", change.id, change.kind, change.before?.phrase,
            change.after?.phrase, change.causes)
    }
        + diff.claims.map { change in
            row(
                "claim", change.id.description, change.kind, change.before.map(sentence), change.after.map(sentence),
                change.causes)
        }
        + diff.pairs.map { change in
            row(
                change.pair.isConflict ? "conflict" : "different parts",
                "\(change.quantity): \(change.pair.a) and \(change.pair.b)", change.begins, change.causes)
        }
        + diff.superseded.map { change in
            row("superseded", "\(change.item.claim) by \(change.item.by)", change.begins, change.causes)
        }
        + diff.basis.map { entry in
            let file = ChangedFile(path: entry.change.path, kind: .changed)
            return row(
                "basis: \(entry.change.kind.rawValue)", entry.change.name, .changed, nil, entry.change.change, [file])
        }
}

private func sentence(_ state: ClaimState) -> String {
    let places = state.places.map { "\($0.side.rawValue) (\($0.status)) at \($0.question)" }
    return (["\(state.quantity) is \(state.valueText), \(state.verdict.rawValue), \(state.level.rawValue)"] + places)
        .joined(separator: "; ")
}

private func row(
    _ what: String, _ id: String, _ kind: ChangeKind, _ before: String?, _ after: String?, _ causes: [ChangedFile]
) -> [CSVCell] {
    [.text(what), .text(id), .text(kind.rawValue), .text(before), .text(after), .list(causes.map(\.path))]
}

private func row(_ what: String, _ id: String, _ begins: Bool, _ causes: [ChangedFile]) -> [CSVCell] {
    row(what, id, begins ? .new : .gone, nil, nil, causes)
}
