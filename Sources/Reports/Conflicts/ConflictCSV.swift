import Merging
import Records
import Words

func conflictCSV(_ report: ConflictReport) -> [UInt8] {
    csv(["asked_by", "side"] + ClaimRow.header, report.subjects.flatMap(rows))
}

/// Returns the rows of a quantity's claims. A claim on several sides has one row per side.
private func rows(_ subject: ConflictReport.Subject) -> [[CSVCell]] {
    let members = Dictionary(subject.found.members.map { ($0.id, $0) }) { first, _ in first }
    return subject.found.sides.enumerated().flatMap { index, side in
        side.compactMap { members[$0] }.map { member in
            [.text(subject.found.home), .number(index + 1)] + ClaimRow(member).cells
        }
    }
}
