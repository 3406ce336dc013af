import Records

/// What recorded runs of the same measurement show about a claim that has no runs of its own.
package struct PastRuns: Sendable, Equatable {
    /// The version of the kernel that made the runs. nil if it is the current one.
    package var kernelVersion: Int?
    package var hits: Int
    package var runs: Int
    /// Whether the runs of a cell would refute the claim.
    package var isRefutation: Bool
}

/// The recorded runs that may concern claims without runs of their own, by what they measured.
struct RunHistory {
    private struct Place: Hashable {
        var folder: String
        var measurementDigest: String
        var settings: [String: String]
    }

    private var receipts: [Place: [Receipt]] = [:]

    /// `receipts` are those on the audit branch, including those of earlier claims and kernel versions.
    init(_ receipts: [Receipt]) {
        for receipt in receipts where receipt.predicate.repeats == nil && !receipt.predicate.isControl {
            let place = Place(
                folder: receipt.folder, measurementDigest: receipt.measurementDigest,
                settings: receipt.predicate.settings)
            self.receipts[place, default: []].append(receipt)
        }
    }

    /// Returns what the runs at a claim's tested cells show about the claim, for each version of the kernel.
    func runs(for claim: Claim, _ verification: Verification, alpha: Double) -> [PastRuns] {
        let rule = verification.hitRule(of: claim)
        var runs: [Int: [SeedAndCell: Statement.Run]] = [:]
        for cell in verification.cells {
            let place = Place(
                folder: verification.model.slug, measurementDigest: cell.study.measurementDigest,
                settings: cell.study.settings)
            for receipt in receipts[place, default: []] {
                let version = receipt.predicate.kernel.version
                // A receipt of this kernel version with another digest ran another configuration.
                guard receipt.modelDigest == cell.study.modelDigest || version != verification.kernel.version else {
                    continue
                }
                for run in receipt.predicate.runs {
                    let key = SeedAndCell(seed: run.seed, cell: cell.cell)
                    if runs[version]?[key] == nil { runs[version, default: [:]][key] = run }
                }
            }
        }
        return runs.sorted { $0.key > $1.key }.map { version, runs in
            let cells = Dictionary(grouping: runs, by: \.key.cell).values.map { runs in
                runs.sorted { ($0.value.index, $0.key.seed) < ($1.value.index, $1.key.seed) }.map {
                    rule.isHit($0.value)
                }
            }
            return PastRuns(
                kernelVersion: version == verification.kernel.version ? nil : version,
                hits: cells.reduce(0) { $0 + $1.count(where: \.self) }, runs: runs.count,
                isRefutation: cells.contains { claim.count($0, alpha: alpha).verdict == .refuted })
        }
    }

    private struct SeedAndCell: Hashable {
        var seed: String
        var cell: [String: String]
    }
}

extension PastRuns {
    /// Says what the runs show: `of the 12 recorded runs, 1 lies in this range; they would refute it`.
    package var phrase: String {
        let version = kernelVersion.map { " of kernel version \($0)" } ?? ""
        let share = "of the \(runs) recorded runs\(version), \(hits) \(hits == 1 ? "lies" : "lie") in this range"
        return isRefutation ? "\(share), which refutes it" : share
    }
}
