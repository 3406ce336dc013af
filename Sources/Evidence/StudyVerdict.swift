import Records

/// The count of one sequence of runs for one claim.
package struct SequenceCount: Sendable, Equatable {
    package var key: RunSequence.Key
    package var grade: Grade
    package var isControl: Bool
    package var count: Count
    /// The position at which the sequence entered the audit branch.
    package var entry: Int
    /// Whether equally many principals deny and confirm a counted run.
    package var isTied: Bool

    /// The verdict that the sequence supports. The runs of a key that is not listed neither refute a claim nor verify
    /// its control, because anyone can write a contributor's address into a receipt.
    package var verdict: Verdict {
        if case .unlisted = key.runner, count.conclusion == (isControl ? .verified : .refuted) { return .open }
        return grade == .unnamed && count.isDecided ? .open : count.conclusion
    }

    package var isDecided: Bool { verdict == .verified || verdict == .refuted }
}

/// The verdict of all sequences of a study on one claim.
package struct StudyVerdict: Sendable, Equatable {
    package var verdict: Verdict = .none
    /// The highest grade with a decided sequence. nil if no sequence is decided.
    package var grade: Grade?
    /// The count that is shown: that of the first sequence with the verdict or, if none is decided, that of the longest
    /// sequence.
    package var count: Count
    /// All sequences with runs, the highest grade first.
    package var sequences: [SequenceCount] = []

    /// The verdict is that of the highest grade that has a decided sequence. If the decided sequences of this grade
    /// disagree, the verdict is split. Undecided sequences and lower grades do not change the verdict. Of unsigned
    /// sequences, the one that entered first decides, so that a later unsigned file cannot change a verdict.
    package init(_ sequences: [SequenceCount], without none: Count) {
        self.sequences = sequences.filter { $0.count.runs > 0 }.sorted {
            ($1.grade.rawValue, $0.entry, $0.key) < ($0.grade.rawValue, $1.entry, $1.key)
        }
        count = none
        guard let decided = self.sequences.first(where: \.isDecided) else {
            let counting = self.sequences.filter { $0.grade > .unnamed }
            guard let longest = counting.max(by: { $0.count.runs < $1.count.runs }) else { return }
            verdict = longest.verdict
            count = longest.count
            return
        }
        grade = decided.grade
        let verdicts = Set(deciding.map(\.verdict))
        verdict = verdicts.count == 1 ? decided.verdict : .split
        count = decided.count
    }

    /// Whether the runs would decide the claim if not every training had diverged.
    package var isVoid: Bool { grade == nil && count.isVoid }
    package var isDecided: Bool { verdict == .verified || verdict == .refuted }
    /// The decided sequences that agree with the verdict or, if the verdict is split, that contradict each other.
    package var deciding: [SequenceCount] {
        let decided = sequences.filter { $0.grade == grade && $0.isDecided }
        return grade == .unsigned ? Array(decided.prefix(1)) : decided
    }
    /// The sequences that would decide the claim otherwise, if they counted.
    package var dissenting: [SequenceCount] {
        guard isDecided else { return [] }
        return sequences.filter { $0.count.isDecided && $0.count.conclusion != verdict }
    }
    /// The undecided sequences of a higher grade than the verdict's. If one of them is decided, it replaces the verdict.
    package var pending: [SequenceCount] {
        guard let grade else { return [] }
        return sequences.filter { $0.grade > grade && !$0.isDecided }
    }
    /// The number of sequences whose verdicts count. Each is wrong with a probability of at most alpha/2.
    package var decidedSequences: Int { sequences.count(where: \.isDecided) }
    package var isTied: Bool { sequences.contains { $0.isTied && $0.grade > .unnamed } }
}

/// A claim with the facts that determine which sequences of runs count for it.
package struct ClaimAudit: Sendable {
    package let claim: Claim
    package let rule: HitRule
    /// The audit digest.
    let audit: String
    private let contributors: ClaimContributors
    /// The contributors of the toy model.
    private let builders: ClaimContributors
    private let verification: Verification
    private var samplesTraces: Bool { verification.kernel.samplesTraces }
    private let alpha: Double

    package init(_ claim: Claim, _ verification: Verification, _ trail: AuditTrail, alpha: Double) {
        self.claim = claim
        rule = verification.hitRule(of: claim)
        audit = verification.auditDigest(of: claim)
        contributors = trail.contributors(of: claim.id, audit: audit)
        builders = ClaimContributors(verification.model.contributors)
        self.verification = verification
        self.alpha = alpha
    }

    /// Returns the sequences of a study that were made for this audit.
    package func sequences(_ study: Study, _ all: RunSequences, _ trail: AuditTrail) -> [RunSequence] {
        if trail.isShallow {
            // The salt cannot be determined. Takes the one with the most runs of listed people or, if there are none,
            // with the most runs. No grade is then above `own`.
            let possible = all[study].filter { isHexadecimal($0.key.seeds.salt[...], digits: 40) }
            let listed = possible.filter { if case .listed = $0.key.runner { true } else { false } }
            let runs = Dictionary(grouping: listed.isEmpty ? possible : listed, by: \.key.seeds.salt).mapValues {
                $0.reduce(0) { $0 + $1.runs.count }
            }
            let salt = runs.keys.min { (-(runs[$0] ?? 0), $0) < (-(runs[$1] ?? 0), $1) }
            return all[study].filter { $0.key.seeds.salt == salt }
        }
        return all[study].filter { trail.accepts($0.key.seeds, of: $0.seedKey, at: $0.entry, audit) }
    }

    package func grade(_ sequence: RunSequence, _ trail: AuditTrail) -> Grade {
        switch sequence.key.runner {
        case .listed(let principal):
            if contributors.contains(principal) || obstacle(to: sequence.key.runner) != nil || trail.isShallow {
                return .own
            }
            let salt = trail.salt(of: audit, for: sequence.seedKey, at: sequence.entry)
            return sequence.key.seeds.salt == salt && !sequence.key.seeds.token.isEmpty ? .independent : .unnamed
        case .unlisted(_, let address):
            return address.map(contributors.addresses.contains) == true ? .unlisted : .unnamed
        case .early: return .unsigned
        case .unnamed: return .unnamed
        }
    }

    /// Says why the runs of a listed runner who is no contributor are not independent. nil if they are.
    package func obstacle(to runner: Runner) -> String? {
        guard case .listed(let principal) = runner, !contributors.contains(principal) else { return nil }
        if !principal.split(separator: ",").allSatisfy({ $0.utf8.contains(UInt8(ascii: "@")) }) {
            return "the runs of \(principal) count as own runs, because \(signersPath) gives no address"
        }
        return contributors.areKnown
            ? nil
            : "your runs count as own runs, because a contributor of the finding has no address; add it as `Name <address>`, with the same name"
    }

    package func verdict(_ study: Study, _ all: RunSequences, _ trail: AuditTrail) -> StudyVerdict {
        let counts = sequences(study, all, trail).map { sequence in
            let count = sequence.count(claim, rule, alpha: alpha)
            return SequenceCount(
                key: sequence.key, grade: grade(sequence, trail), isControl: study.isControl, count: count,
                entry: sequence.entry,
                isTied: sequence.prefix.prefix(count.runs).contains(where: \.isTied))
        }
        return StudyVerdict(counts, without: claim.count([], alpha: alpha))
    }
}

extension ClaimAudit {
    /// Returns the evidence at each tested cell and the verdict of all.
    package func evidence(_ runs: RunSequences, _ trail: AuditTrail, _ samples: TraceSamples) -> ClaimEvidence {
        var evidence = ClaimEvidence()
        evidence.version = trail.version(of: claim.id, audit: audit)
        evidence.isSaltUnchecked = trail.isShallow
        evidence.cells = verification.cells.map { cell in
            let main = verdict(cell.study, runs, trail)
            return CellEvidence(
                cell: cell.cell, main: main, control: cell.control.map { verdict($0, runs, trail) }, offeredRuns: 0,
                missingTraces: samplesTraces && !main.isDecided
                    ? samples.shortage(cell.study, verification.model, claim, main.count, alpha: alpha) : nil)
        }
        evidence.decide()
        evidence.builders = evidence.runners.filter(builders.contains)
        return evidence
    }
}
