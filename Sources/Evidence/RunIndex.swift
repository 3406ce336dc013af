import Records

/// A study with a salt. Together they identify a sequence of runs.
package struct SaltedStudy: Hashable, Sendable {
    package var study: Study
    package var salt: String

    package init(study: Study, salt: String) {
        self.study = study
        self.salt = salt
    }
}

/// The runs in a list of receipts.
package struct RunIndex: Sendable {
    /// The records of each run, by study, salt and index.
    private var runs: [Study: [String: [Int: [Statement.Run]]]] = [:]
    private var runnerNames: [SaltedStudy: Set<String>] = [:]

    package init(_ receipts: [Receipt]) {
        for receipt in receipts {
            let (study, salt) = (receipt.study, receipt.predicate.salt)
            runnerNames[SaltedStudy(study: study, salt: salt), default: []].insert(receipt.predicate.runBy)
            for run in receipt.predicate.runs { add(run, to: study, salt: salt) }
        }
    }

    package mutating func add(_ run: Statement.Run, to study: Study, salt: String) {
        runs[study, default: [:]][salt, default: [:]][run.index, default: []].append(run)
    }

    /// Returns whether a run with this index is recorded.
    package func contains(_ index: Int, of study: Study, salt: String) -> Bool {
        runs[study]?[salt]?[index] != nil
    }

    /// Returns the duration in the first record of each run, sorted by index.
    func seconds(of study: Study, salt: String) -> [(index: Int, seconds: Double)] {
        (runs[study]?[salt] ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value[0].seconds) }
    }

    func runners(_ study: Study, _ salt: String) -> Set<String> {
        runnerNames[SaltedStudy(study: study, salt: salt), default: []]
    }

    /// Returns the salt with the most runs. Of several such salts, returns the smallest. Used if the history is
    /// shallow.
    func mostUsedSalt(of study: Study) -> String? {
        runs[study, default: [:]]
            .map { (salt: $0.key, count: $0.value.count) }
            .min { ($1.count, $0.salt) < ($0.count, $1.salt) }?.salt
    }

    /// Returns the records of the runs 0…n-1, where n is the first index without a recorded run. Several records of one
    /// run are in the order in which they were added.
    package func prefix(of study: Study, salt: String) -> [[Statement.Run]] {
        let byIndex = runs[study]?[salt] ?? [:]
        var prefix: [[Statement.Run]] = []
        while let run = byIndex[prefix.count] { prefix.append(run) }
        return prefix
    }

    /// Returns the first index without a recorded run.
    func prefixCount(of study: Study, salt: String) -> Int {
        let byIndex = runs[study]?[salt] ?? [:]
        var count = 0
        while byIndex[count] != nil { count += 1 }
        return count
    }

    /// Returns the hits and misses in order. A run without a value is a miss. The result ends before the first run
    /// whose repeats disagree.
    package func outcomes(_ rule: HitRule, _ study: Study, salt: String) -> [Bool] {
        var outcomes: [Bool] = []
        for repeats in prefix(of: study, salt: salt) {
            let hits = Set(repeats.map(rule.isHit))
            guard hits.count == 1, let hit = hits.first else { break }
            outcomes.append(hit)
        }
        return outcomes
    }

    /// Counts the runs of a study for a claim, and how many of their trainings diverged.
    package func count(_ claim: Claim, _ rule: HitRule, _ study: Study, salt: String, alpha: Double) -> Count {
        var count = claim.count(outcomes(rule, study, salt: salt), alpha: alpha)
        count.diverged = prefix(of: study, salt: salt).prefix(count.runs).count { $0.allSatisfy(\.hasDiverged) }
        return count
    }
}

/// The rule by which a run is a hit for a claim.
package struct HitRule: Sendable {
    /// The quantity whose measured number decides whether a run is a hit.
    package var quantity: String
    /// The ranges. A run is a hit if its value is in one of them.
    package var ranges: [ValueSet]

    /// Returns the measured number. Returns nil if the run failed or has no such number.
    package func value(of run: Statement.Run) -> Double? { run.values?[quantity]?.double }

    package func isHit(_ run: Statement.Run) -> Bool {
        guard let value = value(of: run), value.isFinite else { return false }
        return ranges.contains { $0.contains(value) }
    }
}

extension Verification {
    /// Returns the rule for a claim. A number is a hit if it is in the claim's range. For labels, the measured number
    /// is a hit if it is in the range that the measurement assigns to one of the claim's labels.
    package func hitRule(of claim: Claim) -> HitRule {
        let (quantity, value) = (claim.quantity.value, claim.value?.value)
        guard case .labels(let labels)? = value,
            let reading = measurement.labels.first(where: { $0.name.value == quantity })
        else { return HitRule(quantity: quantity, ranges: [value].compactMap(\.self)) }
        return HitRule(
            quantity: reading.number.value,
            ranges: reading.ranges.filter { labels.contains($0.label.value) }.map(\.range.value))
    }
}
