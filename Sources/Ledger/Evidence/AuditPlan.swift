/// A claim that runs can decide, with the salt that its seeds derive from.
public struct AuditedClaim: Sendable {
    public var claim: Claim
    public var finding: Finding
    public var verification: Verification
    public var salt: String

    public init(claim: Claim, finding: Finding, verification: Verification, salt: String) {
        self.claim = claim
        self.finding = finding
        self.verification = verification
        self.salt = salt
    }
}

/// One run that is needed.
public struct PlannedRun: Sendable, Hashable {
    public var study: Study
    public var salt: String
    public var index: Int

    public init(study: Study, salt: String, index: Int) {
        self.study = study
        self.salt = salt
        self.index = index
    }

    public static func == (a: PlannedRun, b: PlannedRun) -> Bool {
        a.index == b.index && a.study == b.study && a.salt == b.salt
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(study.modelDigest)
        hasher.combine(index)
    }
}

/// The runs that could decide the claims at the soonest, each once however many claims share it, in a fixed order.
///
/// A claim's control is run when the claim is verified at the cell. `exhausted` studies are left alone: a run of them
/// could not be made.
public func plannedRuns(
    _ claims: [AuditedClaim], _ runs: RunIndex, alpha: Double, exhausted: Set<Study> = []
) -> [PlannedRun] {
    var wanted: [PlannedRun] = []
    var seen: Set<PlannedRun> = []
    func want(_ study: Study, of audited: AuditedClaim) {
        guard !exhausted.contains(study) else { return }
        let prefix = runs.prefix(of: study, salt: audited.salt).count
        let outcomes = runs.outcomes(of: audited.claim, study, salt: audited.salt)
        // Where repeats disagree the usable prefix ends: more runs would not count.
        guard outcomes.count == prefix,
            let missing = audited.claim.fewestRunsToDecide(after: outcomes, alpha: alpha)
        else { return }
        for index in prefix..<(prefix + missing) {
            let run = PlannedRun(study: study, salt: audited.salt, index: index)
            if seen.insert(run).inserted { wanted.append(run) }
        }
    }
    for audited in claims {
        for cell in audited.verification.cells {
            want(cell.study, of: audited)
            let outcomes = runs.outcomes(of: audited.claim, cell.study, salt: audited.salt)
            let verdict = audited.claim.count(outcomes, alpha: alpha).verdict
            if verdict == .verified, let control = cell.control { want(control, of: audited) }
        }
    }
    return wanted
}
