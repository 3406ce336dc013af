import Records

/// The recorded runs that are to be repeated. A run is repeated on the OpenBLAS core type in its receipt. If this
/// machine does not support it, the run is repeated on the machine's default core type.
package struct RepeatPlan: Sendable {
    /// A run in a receipt.
    package struct RecordedRun: Sendable {
        package var receipt: Receipt
        package var run: Statement.Run

        package var platform: PlatformKind { PlatformKind(receipt.predicate.platform) }
    }

    package var studies: [StudyToRun] = []
    package var recorded: [PlannedRun: [RecordedRun]] = [:]

    /// `coreTypes` lists the OpenBLAS core types that this machine supports, the default first. Receipts that repeat
    /// others are left out. `isWanted` selects receipts.
    package init(
        _ claims: [AuditedClaim], _ receipts: [Receipt], _ trail: AuditTrail, _ samples: TraceSamples,
        coreTypes: [String],
        isWanted: (Receipt) -> Bool = { _ in true }
    ) {
        var claimsOfStudy: [Study: [(claim: AuditedClaim, cell: StudiedCell, audit: String)]] = [:]
        for audited in claims {
            let audit = audited.verification.auditDigest(of: audited.claim)
            for cell in audited.verification.cells {
                for study in cell.studies {
                    claimsOfStudy[study, default: []].append((audited, cell, audit))
                }
            }
        }
        var numbers: [Training: [Study: Int]] = [:]
        for receipt in receipts where receipt.predicate.repeats == nil && isWanted(receipt) {
            guard
                let (audited, cell, _) = claimsOfStudy[receipt.study]?.first(where: {
                    trail.accepts(
                        receipt.seeds, of: receipt.seedKey, at: trail.entry(of: receipt) ?? trail.next, $0.audit)
                })
            else { continue }
            let blasCore = receipt.predicate.platform.blasCore ?? ""
            let here = StudyToRun(
                receipt.study, cell: cell.cell, audited.verification, seeds: receipt.seeds,
                coreType: coreTypes.contains(blasCore) ? blasCore : coreTypes.first, samples: samples)
            let number = numbers[here.training]?[here.study] ?? studies.count
            if number == studies.count {
                numbers[here.training, default: [:]][here.study] = number
                studies.append(here)
            }
            for run in receipt.predicate.runs where samples.fits(run, of: receipt) {
                recorded[PlannedRun(study: number, index: run.index), default: []].append(
                    RecordedRun(receipt: receipt, run: run))
            }
        }
    }

    /// Keeps `count` runs that are chosen at random.
    package mutating func sample(_ count: Int, using generator: inout some RandomNumberGenerator) {
        let chosen = runs.shuffled(using: &generator).prefix(count)
        recorded = recorded.filter { chosen.contains($0.key) }
    }

    private var runs: [PlannedRun] { recorded.keys.sorted { ($0.study, $0.index) < ($1.study, $1.index) } }

    package func plan(isCached: @escaping @Sendable (Network) -> Bool) -> AuditPlan {
        AuditPlan(exactly: runs, of: studies, isCached: isCached)
    }

    /// Pairs each record of a run with its repeat on this machine.
    package func compare(_ run: PlannedRun, with done: Statement.Run, on platform: Statement.Platform)
        -> [RepeatedRun]
    {
        recorded[run, default: []].map { RepeatedRun(recorded: $0, repeated: done, platform: platform) }
    }
}

/// A recorded run and its repeat on this machine.
package struct RepeatedRun: Sendable {
    package var recorded: RepeatPlan.RecordedRun
    package var repeated: Statement.Run
    /// The platform of the repeat.
    package var platform: Statement.Platform

    private var kernel: Statement.KernelName { recorded.receipt.predicate.kernel }

    /// Whether both runs were made on the same kind of platform, so that they must agree.
    package var mustAgree: Bool { recorded.platform == PlatformKind(platform) }
    package var agrees: Bool { recorded.run.hasSameResult(as: repeated, by: kernel) }
    /// Whether agreement includes every bit, and not only the hits.
    package var repeatsBytes: Bool { kernel.repeatsBytes }
}
