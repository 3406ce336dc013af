import Records
import Words

/// The runs that an audit still needs, updated after each finished run.
///
/// Plans the fewest runs that could decide each claim. Claims that use the same study share its runs. The runs of a
/// control wait until the claim is verified at the control's cell.
package struct AuditPlan: Sendable {
    /// One tested cell of one claim.
    private struct TestedCell {
        var claim: Claim
        var rule: HitRule
        var study: Int
        var control: Int?
        /// The verdict of runs whose grade is at least this runner's. nil if this runner's runs must decide.
        var settled: Verdict?
        var settledControl: Verdict?
        /// Whether the control needs no more runs, because they cannot change the claim's level.
        var needsNoControl = false
    }

    package let studies: [StudyToRun]
    package var queue: RunQueue
    /// For each study, the recorded runs of this runner's sequence and the runs that have finished since.
    package private(set) var sequences: [RunSequence]
    private let alpha: Double
    private var testedCells: [TestedCell] = []
    private var cellsOfStudy: [[Int]]
    /// For each study, the number of tested cells that may still need it as a control.
    private var pendingControls: [Int]
    /// For each study, the number of runs that are planned or recorded, counted from run 0.
    private var plannedCounts: [Int]
    /// For each study, whether one of its runs failed.
    private var hasFailed: [Bool]

    /// Plans an audit of the claims. `studies` contains all studies of these claims, and `sequences` this runner's
    /// sequence of each study. `recorded` contains all recorded runs, from which the durations are estimated. `settled`
    /// returns the verdict of the runs that need no confirmation by this runner.
    package init(
        _ claims: [AuditedClaim], _ studies: [StudyToRun], sequences: [RunSequence], recorded: RunSequences,
        alpha: Double, settled: (AuditedClaim, Study) -> Verdict?, isCached: @escaping @Sendable (Network) -> Bool
    ) {
        self.init(studies, sequences: sequences, recorded: recorded, alpha: alpha, isCached: isCached)
        let numbers = Dictionary(
            studies.enumerated().map { (SeededStudy(study: $1.study, seeds: $1.seeds), $0) },
            uniquingKeysWith: { first, _ in first })
        for audited in claims {
            func number(_ study: Study) -> Int? { numbers[SeededStudy(study: study, seeds: audited.seeds)] }
            for cell in audited.verification.cells {
                guard let study = number(cell.study) else { continue }
                // Runs cannot refute a witness, so its control would show nothing.
                let control = audited.claim.kind == .witness ? nil : cell.control.flatMap(number)
                cellsOfStudy[study].append(testedCells.count)
                if let control {
                    cellsOfStudy[control].append(testedCells.count)
                    pendingControls[control] += 1
                    queue.hold(control)
                }
                testedCells.append(
                    TestedCell(
                        claim: audited.claim, rule: audited.verification.hitRule(of: audited.claim), study: study,
                        control: control, settled: settled(audited, cell.study),
                        settledControl: cell.control.flatMap { settled(audited, $0) }))
            }
        }
        for cell in testedCells.indices { plan(cell) }
        queue.sortBatches()
    }

    /// Plans exactly the given runs.
    package init(
        exactly runs: [PlannedRun], of studies: [StudyToRun], isCached: @escaping @Sendable (Network) -> Bool
    ) {
        self.init(
            studies, sequences: studies.map(RunSequence.init), recorded: RunSequences(),
            alpha: defaultAlpha.doubleValue, isCached: isCached)
        for run in runs { queue.add(run) }
        queue.sortBatches()
    }

    private init(
        _ studies: [StudyToRun], sequences: [RunSequence], recorded: RunSequences, alpha: Double,
        isCached: @escaping @Sendable (Network) -> Bool
    ) {
        self.studies = studies
        self.alpha = alpha
        self.sequences = sequences
        queue = RunQueue(studies, isCached: isCached)
        // Runs that wait for a receipt are in `sequences` alone.
        queue.calibrate(
            from: zip(studies, sequences).map { study, sequence in
                let known = recorded[study.study].flatMap(\.runs.values).map(\.run)
                let seeds = Set(known.map(\.seed))
                return known + sequence.runs.values.map(\.run).filter { !seeds.contains($0.seed) }
            })
        cellsOfStudy = Array(repeating: [], count: studies.count)
        pendingControls = Array(repeating: 0, count: studies.count)
        plannedCounts = Array(repeating: 0, count: studies.count)
        hasFailed = Array(repeating: false, count: studies.count)
    }

    /// Records a finished run and plans the runs that the claims need next.
    package mutating func finish(_ run: PlannedRun, _ done: Statement.Run, seconds: Double, trainingSeconds: Double?) {
        queue.finish(run, seconds: seconds, trainingSeconds: trainingSeconds)
        sequences[run.study].add(done)
        for cell in cellsOfStudy[run.study] { plan(cell) }
    }

    /// Drops all runs of the study whose run failed. If the network could not be trained, drops the runs of every study
    /// that trains the same networks.
    package mutating func markFailed(_ run: PlannedRun) {
        let isUntrained = queue.stop(run)
        let lost = studies[run.study]
        var kind = lost.training
        for (number, other) in studies.enumerated() where !hasFailed[number] {
            kind.seeds = other.seeds
            guard isUntrained ? other.training == kind : other.study == lost.study else { continue }
            hasFailed[number] = true
            queue.drop(number)
            for cell in cellsOfStudy[number] { plan(cell) }
        }
    }

    /// Starts all runs that can be made side by side on many machines, and returns them. For each undecided cell, these are
    /// as many as make its number of runs the next of 8, 16, 32, 64 and 128: few, because the counting rule may stop
    /// early, but enough that most of the time is not spent in the queue.
    package mutating func startWave() -> [PlannedRun] {
        for cell in testedCells where cell.settled == nil {
            widen(cell, cell.study)
            if let control = cell.control, !cell.needsNoControl, cell.settledControl == nil { widen(cell, control) }
        }
        var wave: [PlannedRun] = []
        while let run = queue.next() {
            // Runs on other machines share no networks.
            queue.networkIsReady(of: run)
            wave.append(run)
        }
        return wave
    }

    private mutating func widen(_ cell: TestedCell, _ study: Int) {
        guard let missing = missingRuns(cell, study), missing.lowerBound < plannedCounts[study] else { return }
        let end = [8, 16, 32, 64].first { $0 >= missing.upperBound } ?? studies[study].possibleRuns
        add(0..<min(end, studies[study].possibleRuns), of: study)
    }

    /// Whether a run of the study failed, so that no more of them are planned.
    package func hasFailedRun(of study: Int) -> Bool { hasFailed[study] }

    /// Returns the message that is shown before the first run. It states the fewest runs that could decide the claims.
    /// If the claims may need more runs than these, it also states the largest number that they may need.
    public func announcement(cores: Int) -> String {
        let (soonest, most) = (queue.workload(cores: cores), withEveryRun.queue.workload(cores: cores))
        guard most.runs > soonest.runs else { return soonest.phrase }
        return "at least \(soonest.phrase); at most \(counted(most.runs, "run")), about \(duration(most.seconds))"
    }

    /// Whether the claims may need more runs than are planned now.
    package var mayGrow: Bool { withEveryRun.queue.runCount > queue.runCount }

    /// The finished runs of a claim at one cell, or of its control there.
    package struct CellTally: Sendable {
        package var claim: ClaimID
        package var study: Int
        package var finished: Int
        package var hits: Int
        /// Whether the cell needs no more runs of this runner.
        package var isDecided: Bool
    }

    /// The finished runs of all cells and of the controls that may be needed.
    package var cellTallies: [CellTally] {
        testedCells.flatMap { cell -> [CellTally] in
            let control = cell.needsNoControl ? nil : cell.control
            return [cell.study, control].compactMap(\.self).map { study in
                let outcomes = sequences[study].outcomes(cell.rule)
                let settled = study == cell.study ? cell.settled : cell.settledControl
                return CellTally(
                    claim: cell.claim.id, study: study, finished: outcomes.count, hits: outcomes.count { $0 },
                    isDecided: settled != nil || missingRuns(cell, study) == nil)
            }
        }
    }

    /// Returns the current count of each claim that a study decides.
    package func tallies(of study: Int) -> [ClaimTally] {
        cellsOfStudy[study].map { testedCells[$0] }.filter { $0.study == study }.map { cell in
            ClaimTally(
                claim: cell.claim, cell: studies[study].cell,
                count: sequences[study].count(cell.claim, cell.rule, alpha: alpha), alpha: alpha)
        }
    }

    /// A copy of this plan that contains, for each undecided cell, all runs up to the limit.
    private var withEveryRun: AuditPlan {
        var every = self
        for cell in testedCells where missingRuns(cell, cell.study) != nil {
            every.add(0..<studies[cell.study].possibleRuns, of: cell.study)
            if let control = cell.control, cell.settledControl == nil, !hasFailed[control] {
                every.add(0..<studies[control].possibleRuns, of: control)
            }
        }
        return every
    }

    private mutating func plan(_ number: Int) {
        let cell = testedCells[number]
        let missing = cell.settled == nil ? missingRuns(cell, cell.study) : nil
        if let missing { add(missing, of: cell.study) }
        guard let control = cell.control, !cell.needsNoControl else { return }
        let verdict = cell.settled ?? sequences[cell.study].count(cell.claim, cell.rule, alpha: alpha).verdict
        if verdict == .verified { queue.release(control) }
        if cell.settledControl == nil, verdict == .verified || missing != nil {
            if let missing = missingRuns(cell, control) { add(missing, of: control) }
        } else {
            testedCells[number].needsNoControl = true
            pendingControls[control] -= 1
            if pendingControls[control] == 0 { queue.drop(control) }
        }
    }

    /// Returns the indices of the fewest further runs that could decide a cell's claim or control. Returns nil if it is
    /// decided or further runs cannot help.
    private func missingRuns(_ cell: TestedCell, _ study: Int) -> Range<Int>? {
        let outcomes = sequences[study].outcomes(cell.rule)
        guard !hasFailed[study], let missing = cell.claim.fewestRunsToDecide(after: outcomes, alpha: alpha) else {
            return nil
        }
        let end = min(outcomes.count + missing, studies[study].possibleRuns)
        return outcomes.count < end ? outcomes.count..<end : nil
    }

    private mutating func add(_ indices: Range<Int>, of study: Int) {
        for index in indices where index >= plannedCounts[study] {
            if sequences[study].runs[index] == nil {
                queue.add(PlannedRun(study: study, index: index))
            }
        }
        plannedCounts[study] = max(plannedCounts[study], indices.upperBound)
    }
}

/// Returns the studies and controls of the claims, without repeats and in the order of the claims.
package func studiesToRun(_ claims: [AuditedClaim], _ samples: TraceSamples) -> [StudyToRun] {
    var seen: Set<SeededStudy> = []
    var studies: [StudyToRun] = []
    for audited in claims {
        for cell in audited.verification.cells {
            for study in cell.studies
            where seen.insert(SeededStudy(study: study, seeds: audited.seeds)).inserted {
                studies.append(
                    StudyToRun(study, cell: cell.cell, audited.verification, seeds: audited.seeds, samples: samples))
            }
        }
    }
    return studies
}
