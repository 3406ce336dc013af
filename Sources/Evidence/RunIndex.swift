import Records

/// A study with a salt: the key of a sequence of runs.
package struct SaltedStudy: Hashable, Sendable {
    package var study: Study
    package var salt: String

    package init(study: Study, salt: String) {
        self.study = study
        self.salt = salt
    }
}

/// The runs of many receipts.
package struct RunIndex: Sendable {
    /// By study, salt and index.
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

    /// Whether a run with this index is recorded.
    package func contains(_ index: Int, of study: Study, salt: String) -> Bool {
        runs[study]?[salt]?[index] != nil
    }

    /// The duration of the first record of each run, by index.
    func seconds(of study: Study, salt: String) -> [(index: Int, seconds: Double)] {
        (runs[study]?[salt] ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value[0].seconds) }
    }

    func runners(_ study: Study, _ salt: String) -> Set<String> {
        runnerNames[SaltedStudy(study: study, salt: salt), default: []]
    }

    /// The salt with the most runs, the smallest among ties; for shallow histories.
    func mostUsedSalt(of study: Study) -> String? {
        runs[study, default: [:]]
            .map { (salt: $0.key, count: $0.value.count) }
            .min { ($1.count, $0.salt) < ($0.count, $1.salt) }?.salt
    }

    /// Runs 0…n-1 of a study without a gap, for each index in the order of recording.
    package func prefix(of study: Study, salt: String) -> [[Statement.Run]] {
        let byIndex = runs[study]?[salt] ?? [:]
        var prefix: [[Statement.Run]] = []
        while let run = byIndex[prefix.count] { prefix.append(run) }
        return prefix
    }

    /// How many runs there are without a gap.
    func prefixCount(of study: Study, salt: String) -> Int {
        let byIndex = runs[study]?[salt] ?? [:]
        var count = 0
        while byIndex[count] != nil { count += 1 }
        return count
    }

    /// Hits and misses in order. A run without a value is a miss; the usable prefix ends where repeats of one run
    /// disagree.
    package func outcomes(_ rule: HitRule, _ study: Study, salt: String) -> [Bool] {
        var outcomes: [Bool] = []
        for repeats in prefix(of: study, salt: salt) {
            let hits = Set(repeats.map(rule.isHit))
            guard hits.count == 1, let hit = hits.first else { break }
            outcomes.append(hit)
        }
        return outcomes
    }
}

/// When a run counts as a hit for a claim.
package struct HitRule: Sendable {
    /// The measured number that decides.
    package var quantity: String
    /// The value must lie in one of these.
    package var ranges: [ValueSet]

    /// nil where the run failed or has no such value.
    package func value(of run: Statement.Run) -> Double? { run.values?[quantity]?.double }

    package func isHit(_ run: Statement.Run) -> Bool {
        guard let value = value(of: run), value.isFinite else { return false }
        return ranges.contains { $0.contains(value) }
    }
}

extension Verification {
    /// A number must lie in the claim's range, a label's number in the range that the measurement gives that label.
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
