/// A study under one salt: what one sequence of runs belongs to.
public struct SaltedStudy: Hashable, Sendable {
    public var study: Study
    public var salt: String

    public init(study: Study, salt: String) {
        self.study = study
        self.salt = salt
    }
}

/// The runs of many receipts.
public struct RunIndex: Sendable {
    /// By study, salt and index.
    private var runs: [Study: [String: [Int: [Statement.Run]]]] = [:]
    private var runnerNames: [SaltedStudy: Set<String>] = [:]

    public init(_ receipts: [Receipt]) {
        for receipt in receipts {
            let (study, salt) = (receipt.study, receipt.predicate.salt)
            runnerNames[SaltedStudy(study: study, salt: salt), default: []].insert(receipt.predicate.runBy)
            for run in receipt.predicate.runs { add(run, to: study, salt: salt) }
        }
    }

    public mutating func add(_ run: Statement.Run, to study: Study, salt: String) {
        runs[study, default: [:]][salt, default: [:]][run.index, default: []].append(run)
    }

    /// Whether a run with this index is recorded.
    public func holds(_ index: Int, of study: Study, salt: String) -> Bool {
        runs[study]?[salt]?[index] != nil
    }

    func runners(_ study: Study, _ salt: String) -> Set<String> {
        runnerNames[SaltedStudy(study: study, salt: salt), default: []]
    }

    /// The salt with the most runs, the smallest of several; for histories that cannot tell.
    func onlySalt(of study: Study) -> String? {
        runs[study, default: [:]]
            .map { (salt: $0.key, count: $0.value.count) }
            .min { ($1.count, $0.salt) < ($0.count, $1.salt) }?.salt
    }

    /// Runs 0…n-1 of a study without a gap, first recorded first.
    public func prefix(of study: Study, salt: String) -> [[Statement.Run]] {
        let byIndex = runs[study]?[salt] ?? [:]
        var prefix: [[Statement.Run]] = []
        while let run = byIndex[prefix.count] { prefix.append(run) }
        return prefix
    }

    /// How many runs come without a gap.
    func prefixCount(of study: Study, salt: String) -> Int {
        let byIndex = runs[study]?[salt] ?? [:]
        var count = 0
        while byIndex[count] != nil { count += 1 }
        return count
    }

    /// Hits and misses of a claim in order; a run without a value is a miss, and where repeats of one run disagree the
    /// usable prefix ends.
    public func outcomes(of claim: Claim, _ study: Study, salt: String) -> [Bool] {
        guard let range = claim.value?.value else { return [] }
        var outcomes: [Bool] = []
        for repeats in prefix(of: study, salt: salt) {
            let hits = Set(repeats.map { $0.isHit(quantity: claim.quantity.value, range) })
            guard hits.count == 1, let hit = hits.first else { break }
            outcomes.append(hit)
        }
        return outcomes
    }
}

extension Statement.Run {
    /// Whether the run's value of a quantity lies in a range.
    public func isHit(quantity: String, _ range: ValueSet) -> Bool {
        guard let value = values?[quantity]?.double, value.isFinite else { return false }
        return range.contains(value)
    }
}
