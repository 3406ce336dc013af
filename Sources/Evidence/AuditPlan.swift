import Records
import Words

/// What claims still need to be decided, worked out anew with each finished run.
///
/// Planned are the runs that could decide a claim at the soonest, each once however many claims share it, and those of
/// its control, which are held back until the claim is verified at the cell.
package struct AuditPlan: Sendable {
    /// One tested cell of one claim.
    private struct Place {
        var claim: Claim
        var rule: HitRule
        var study: Int
        var control: Int?
        /// Its control is not needed, or may not be.
        var hasGivenUp = false
    }

    package let studies: [StudyToRun]
    package var queue: RunQueue
    /// What is recorded, and what was finished since.
    package private(set) var runs: RunIndex
    private let alpha: Double
    private var places: [Place] = []
    private var placesOfStudy: [[Int]]
    /// How many places may need a control yet.
    private var hopes: [Int]
    /// So many runs of each study, from the first, were planned or are recorded.
    private var plannedCounts: [Int]
    /// Studies of which a run could not be made.
    private var isHopeless: [Bool]

    /// Plans an audit of the claims, whose studies are among these.
    package init(
        _ claims: [AuditedClaim], _ studies: [StudyToRun], recorded: RunIndex, alpha: Double,
        isKept: @escaping @Sendable (Network) -> Bool
    ) {
        self.init(studies, recorded: recorded, alpha: alpha, isKept: isKept)
        let numbers = Dictionary(
            studies.enumerated().map { (SaltedStudy(study: $1.study, salt: $1.salt), $0) },
            uniquingKeysWith: { first, _ in first })
        for audited in claims {
            func number(_ study: Study) -> Int? { numbers[SaltedStudy(study: study, salt: audited.salt)] }
            for cell in audited.verification.cells {
                guard let study = number(cell.study) else { continue }
                // Nothing refutes a witness: its control would tell nothing.
                let control = audited.claim.kind == .witness ? nil : cell.control.flatMap(number)
                placesOfStudy[study].append(places.count)
                if let control {
                    placesOfStudy[control].append(places.count)
                    hopes[control] += 1
                    queue.hold(control)
                }
                places.append(
                    Place(
                        claim: audited.claim, rule: audited.verification.hitRule(of: audited.claim), study: study,
                        control: control))
            }
        }
        for place in places.indices { plan(place) }
        queue.settleOrder()
    }

    /// Plans these runs and no others.
    package init(
        exactly runs: [PlannedRun], of studies: [StudyToRun], isKept: @escaping @Sendable (Network) -> Bool
    ) {
        self.init(studies, recorded: RunIndex([]), alpha: defaultAlpha.doubleValue, isKept: isKept)
        for run in runs { queue.add(run) }
        queue.settleOrder()
    }

    private init(
        _ studies: [StudyToRun], recorded: RunIndex, alpha: Double, isKept: @escaping @Sendable (Network) -> Bool
    ) {
        self.studies = studies
        self.alpha = alpha
        runs = recorded
        queue = RunQueue(studies, isKept: isKept)
        placesOfStudy = Array(repeating: [], count: studies.count)
        hopes = Array(repeating: 0, count: studies.count)
        plannedCounts = Array(repeating: 0, count: studies.count)
        isHopeless = Array(repeating: false, count: studies.count)
    }

    /// Takes up a finished run and what the claims need after it.
    package mutating func finish(_ run: PlannedRun, _ done: Statement.Run, seconds: Double, trainingSeconds: Double?) {
        queue.finish(run, seconds: seconds, trainingSeconds: trainingSeconds)
        runs.add(done, to: studies[run.study].study, salt: studies[run.study].salt)
        for place in placesOfStudy[run.study] { plan(place) }
    }

    /// A run could not be made: a further one of its study would be in vain too, and where not even the network was
    /// trained, one of any study that needs such a training.
    package mutating func giveUp(_ run: PlannedRun) {
        let isUntrained = queue.leave(run)
        let lost = studies[run.study]
        var kind = lost.training
        for (number, other) in studies.enumerated() where !isHopeless[number] {
            kind.salt = other.salt
            guard isUntrained ? other.training == kind : other.study == lost.study else { continue }
            isHopeless[number] = true
            queue.drop(number)
            for place in placesOfStudy[number] { plan(place) }
        }
    }

    /// What is told before the first run: the runs that could decide at the soonest, and where claims may need more than
    /// these, as many as they may need.
    public func announcement(cores: Int) -> String {
        let (soonest, most) = (queue.workload(cores: cores), withEveryRun.queue.workload(cores: cores))
        guard most.runs > soonest.runs else { return soonest.phrase }
        return "at least \(soonest.phrase); at most \(counted(most.runs, "run")), about \(duration(most.seconds))"
    }

    /// The same plan if no claim were decided before the limit.
    private var withEveryRun: AuditPlan {
        var every = self
        for place in places where missingRuns(place.claim, place.study, after: outcomes(place.rule, place.study)) != nil
        {
            every.add(0..<runLimit, of: place.study)
            if let control = place.control, !isHopeless[control] { every.add(0..<runLimit, of: control) }
        }
        return every
    }

    private mutating func plan(_ number: Int) {
        let place = places[number]
        let outcomes = outcomes(place.rule, place.study)
        let missing = missingRuns(place.claim, place.study, after: outcomes)
        if let missing { add(missing, of: place.study) }
        guard let control = place.control, !place.hasGivenUp else { return }
        let isVerified = place.claim.count(outcomes, alpha: alpha).verdict == .verified
        if isVerified { queue.release(control) }
        if isVerified || missing != nil {
            let outcomes = self.outcomes(place.rule, control)
            if let missing = missingRuns(place.claim, control, after: outcomes) { add(missing, of: control) }
        } else {
            places[number].hasGivenUp = true
            hopes[control] -= 1
            if hopes[control] == 0 { queue.drop(control) }
        }
    }

    private func outcomes(_ rule: HitRule, _ study: Int) -> [Bool] {
        runs.outcomes(rule, studies[study].study, salt: studies[study].salt)
    }

    /// The runs that could decide at the soonest; nil where none is missing or could help.
    private func missingRuns(_ claim: Claim, _ study: Int, after outcomes: [Bool]) -> Range<Int>? {
        // Where repeats disagree the usable prefix ends: more runs would not count.
        guard !isHopeless[study],
            outcomes.count == runs.prefixCount(of: studies[study].study, salt: studies[study].salt),
            let missing = claim.fewestRunsToDecide(after: outcomes, alpha: alpha)
        else { return nil }
        return outcomes.count..<(outcomes.count + missing)
    }

    private mutating func add(_ indices: Range<Int>, of study: Int) {
        for index in indices where index >= plannedCounts[study] {
            if !runs.holds(index, of: studies[study].study, salt: studies[study].salt) {
                queue.add(PlannedRun(study: study, index: index))
            }
        }
        plannedCounts[study] = max(plannedCounts[study], indices.upperBound)
    }
}

/// The studies of the claims and their controls, each once, in the claims' order.
package func studiesToRun(_ claims: [AuditedClaim]) -> [StudyToRun] {
    var seen: Set<SaltedStudy> = []
    var studies: [StudyToRun] = []
    for audited in claims {
        for cell in audited.verification.cells {
            for study in [cell.study, cell.control].compactMap(\.self)
            where seen.insert(SaltedStudy(study: study, salt: audited.salt)).inserted {
                studies.append(StudyToRun(study, cell: cell.cell, audited.verification, salt: audited.salt))
            }
        }
    }
    return studies
}
