import Records

/// The recorded runs that are to be repeated for some claims. A run is repeated on the OpenBLAS core type in its
/// receipt. If this machine does not support it, the run is repeated on the machine's default core type.
package struct RepeatPlan: Sendable {
    /// A run in a receipt, with its core type.
    package struct RecordedRun: Sendable, Equatable {
        package var run: Statement.Run
        package var blasCore: String
    }

    package var studies: [StudyToRun] = []
    package var recorded: [PlannedRun: [RecordedRun]] = [:]

    /// `coreTypes` lists the OpenBLAS core types that this machine supports, the default first.
    package init(_ claims: [AuditedClaim], _ receipts: [Receipt], coreTypes: [String]) {
        let wanted = Dictionary(
            studiesToRun(claims).map { (SaltedStudy(study: $0.study, salt: $0.salt), $0) },
            uniquingKeysWith: { first, _ in first })
        var numbers: [Training: [Study: Int]] = [:]
        for receipt in receipts {
            let salt = receipt.predicate.salt
            guard let study = wanted[SaltedStudy(study: receipt.study, salt: salt)] else { continue }
            let blasCore = receipt.predicate.platform.blasCore
            let here = StudyToRun(
                study.study, cell: study.cell, study.verification, salt: salt,
                coreType: coreTypes.contains(blasCore) ? blasCore : coreTypes.first)
            let number = numbers[here.training]?[here.study] ?? studies.count
            if number == studies.count {
                numbers[here.training, default: [:]][here.study] = number
                studies.append(here)
            }
            for run in receipt.predicate.runs {
                let planned = PlannedRun(study: number, index: run.index)
                let isKnown = recorded[planned, default: []].contains { other in
                    other.blasCore == blasCore && other.run.values == run.values && other.run.failure == run.failure
                }
                if !isKnown { recorded[planned, default: []].append(RecordedRun(run: run, blasCore: blasCore)) }
            }
        }
    }

    package func plan(isCached: @escaping @Sendable (Network) -> Bool) -> AuditPlan {
        AuditPlan(
            exactly: recorded.keys.sorted { ($0.study, $0.index) < ($1.study, $1.index) }, of: studies,
            isCached: isCached)
    }

    /// Returns whether a receipt records the run on this core type.
    package func isRecorded(_ run: PlannedRun, on blasCore: String) -> Bool {
        recorded[run, default: []].contains { $0.blasCore == blasCore }
    }

    /// Pairs each record of a run with its repeat on this machine.
    package func compare(_ run: PlannedRun, with done: Statement.Run, on blasCore: String) -> [RepeatedRun] {
        let study = studies[run.study]
        return recorded[run, default: []].map {
            RepeatedRun(
                study: SaltedStudy(study: study.study, salt: study.salt), recorded: $0,
                repeated: RecordedRun(run: done, blasCore: blasCore))
        }
    }
}

/// A recorded run and its repeat on this machine.
package struct RepeatedRun: Sendable {
    package var study: SaltedStudy
    package var recorded: RepeatPlan.RecordedRun
    package var repeated: RepeatPlan.RecordedRun
}
