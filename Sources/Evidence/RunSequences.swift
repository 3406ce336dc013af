import Records
import Signatures
import Words

/// A study with the source of its seeds.
package struct SeededStudy: Hashable, Sendable {
    package var study: Study
    package var seeds: SeedSource

    package init(study: Study, seeds: SeedSource) {
        self.study = study
        self.seeds = seeds
    }
}

/// The parts of a platform on which the bits of a result depend, besides the kernel. For a contributor's kernel, `blas`
/// is the program's description of its platform, and there is no core type.
package struct PlatformKind: Hashable, Sendable, Comparable {
    package var architecture: String
    package var blasCore: String
    package var blas: String

    package init(architecture: String, blasCore: String, blas: String) {
        self.architecture = architecture
        self.blasCore = blasCore
        self.blas = blas
    }

    package init(_ platform: Statement.Platform) {
        let program = platform.program?.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" } ?? []
        self.init(
            architecture: platform.architecture, blasCore: platform.blasCore ?? "",
            blas: platform.blas ?? program.joined(separator: ", "))
    }

    /// Whether a contributor's kernel described the platform.
    var isDescribed: Bool { blasCore.isEmpty }

    /// The core type, or the platform that a contributor's kernel describes.
    package var phrase: String { blasCore.isEmpty ? blas : blasCore }

    package static func < (a: PlatformKind, b: PlatformKind) -> Bool {
        (a.architecture, a.blasCore, a.blas) < (b.architecture, b.blasCore, b.blas)
    }
}

/// The person who made a sequence of runs, as far as the person is known.
package enum Runner: Hashable, Sendable, Comparable {
    /// The principal of a key that the signers file listed when the receipt entered. The key signed the receipt.
    case listed(principal: String)
    /// The holder of a key that is not listed, with the address that the receipt gives. The key signed the receipt.
    case unlisted(key: String, address: String?)
    /// The receipt entered before the ledger listed a runner.
    case early
    /// Any other receipt, such as one without a signature.
    case unnamed

    /// Whether contradictions between runs are worth a repeat. A key that is not listed could make any number of them.
    var isAccountable: Bool {
        switch self {
        case .listed, .early: true
        case .unlisted, .unnamed: false
        }
    }

    package static func < (a: Runner, b: Runner) -> Bool { a.sortKey < b.sortKey }

    private var sortKey: (Int, String, String) {
        switch self {
        case .listed(let principal): (0, principal, "")
        case .unlisted(let key, let address): (1, key, address ?? "")
        case .early: (2, "", "")
        case .unnamed: (3, "", "")
        }
    }
}

/// How much the runs of a sequence say about a claim.
package enum Grade: Int, Sendable, Comparable {
    /// The runs are listed, but they decide nothing.
    case unnamed
    /// The signed runs of a key that is not listed, with the address of a contributor of the claim. Anyone can write an
    /// address into a receipt, so these runs count only if no other sequence decides.
    case unlisted
    /// Unsigned runs, from the time before the ledger listed runners. They count as own runs.
    case unsigned
    /// The signed runs of a contributor of the claim.
    case own
    /// The runs of a listed runner who is no contributor of the claim.
    case independent

    package static func < (a: Grade, b: Grade) -> Bool { a.rawValue < b.rawValue }
}

/// The runs of one person with one source of seeds on one kind of platform.
package struct RunSequence: Sendable {
    package struct Key: Hashable, Sendable, Comparable {
        package var seeds: SeedSource
        package var platform: PlatformKind
        package var runner: Runner

        package init(seeds: SeedSource, platform: PlatformKind, runner: Runner) {
            self.seeds = seeds
            self.platform = platform
            self.runner = runner
        }

        package static func < (a: Key, b: Key) -> Bool {
            (a.runner, a.platform, a.seeds) < (b.runner, b.platform, b.seeds)
        }
    }

    package struct Recorded: Sendable {
        package var run: Statement.Run
        /// The name of the receipt. nil for a run that has no receipt yet.
        package var receipt: String?
        /// Whether the numbers of listed principals who deny the run and who confirm it are equal.
        package var isTied = false
    }

    package var key: Key
    /// The key from whose signature the seeds derive.
    package var seedKey: PublicKey?
    /// The runs, by index.
    package var runs: [Int: Recorded] = [:]
    /// The position at which the first receipt of the sequence entered.
    package var entry: Int

    package init(_ key: Key, seedKey: PublicKey?, entry: Int) {
        self.key = key
        self.seedKey = seedKey
        self.entry = entry
    }

    /// An empty sequence of runs that are made here, outside of any audit.
    init(_ study: StudyToRun) {
        self.init(
            Key(seeds: study.seeds, platform: PlatformKind(architecture: "", blasCore: "", blas: ""), runner: .unnamed),
            seedKey: nil, entry: 0)
    }

    /// Adds a run that has no receipt yet, unless a run with its index is recorded.
    package mutating func add(_ run: Statement.Run) {
        if runs[run.index] == nil { runs[run.index] = Recorded(run: run) }
    }

    /// The runs 0…n-1, where n is the first index without a run. Only these count.
    package var prefix: [Recorded] {
        var prefix: [Recorded] = []
        while let run = runs[prefix.count] { prefix.append(run) }
        return prefix
    }

    package func outcomes(_ rule: HitRule) -> [Bool] { prefix.map { rule.isHit($0.run) } }

    /// Counts the runs for a claim, and how many of their trainings diverged.
    package func count(_ claim: Claim, _ rule: HitRule, alpha: Double) -> Count {
        let prefix = prefix
        var count = claim.count(prefix.map { rule.isHit($0.run) }, alpha: alpha)
        count.diverged = prefix.prefix(count.runs).count(where: \.run.hasDiverged)
        return count
    }
}

/// The sequences of runs in a list of receipts.
package struct RunSequences: Sendable {
    /// The sequences of each study, sorted by key.
    package private(set) var byStudy: [Study: [RunSequence]] = [:]
    package private(set) var disputed: [DisputedReceipt] = []

    package init() {}

    /// Sorts receipts into sequences. A receipt without an entry position does not count. If several receipts of one
    /// sequence record a run, the one that entered first counts. A run on traces counts only if it measured the batch that
    /// `samples` has for it.
    package init(_ receipts: [Receipt], _ trail: AuditTrail, _ samples: TraceSamples) {
        var placed: [PlacedReceipt] = []
        var repeats: [String: [PlacedReceipt]] = [:]
        for receipt in receipts {
            guard let place = trail.place(receipt) else { continue }
            if let original = receipt.predicate.repeats {
                repeats[original, default: []].append(place)
            } else {
                placed.append(place)
            }
        }
        placed.sort { ($0.entry, $0.receipt.name) < ($1.entry, $1.receipt.name) }
        var sequences: [Study: [RunSequence.Key: RunSequence]] = [:]
        for place in placed {
            let vote = Vote(on: place, repeats[place.receipt.name, default: []])
            if let dispute = vote.dispute { disputed.append(dispute) }
            guard vote.dispute?.isOutvoted != true else { continue }
            let receipt = place.receipt
            let key = RunSequence.Key(
                seeds: receipt.seeds, platform: PlatformKind(receipt.predicate.platform), runner: place.runner)
            var sequence =
                sequences[receipt.study]?[key]
                ?? RunSequence(key, seedKey: receipt.seedKey, entry: place.entry)
            for run in receipt.predicate.runs where samples.fits(run, of: receipt) {
                if let first = sequence.runs[run.index] {
                    if !first.run.hasSameResult(as: run, by: receipt.predicate.kernel), place.runner.isAccountable {
                        disputed.append(
                            DisputedReceipt(
                                receipt: receipt.name, study: receipt.study, index: run.index, denied: [],
                                confirmed: [], isOutvoted: false))
                    }
                    continue
                }
                sequence.runs[run.index] = RunSequence.Recorded(
                    run: run, receipt: receipt.name, isTied: vote.tied.contains(run.index))
            }
            sequences[receipt.study, default: [:]][key] = sequence
        }
        byStudy = sequences.mapValues { firstPlatforms(Array($0.values)).sorted { $0.key < $1.key } }
    }

    package subscript(study: Study) -> [RunSequence] { byStudy[study] ?? [] }

    /// The names of the receipts that do not count, because repeats outvoted them.
    package var outvotedReceipts: Set<String> { Set(disputed.filter(\.isOutvoted).map(\.receipt)) }

    /// The names of the receipts whose runner is listed, or that entered before the ledger listed runners.
    package var namedReceipts: Set<String> {
        Set(
            byStudy.values.joined().filter { $0.key.runner.isAccountable }
                .flatMap { $0.runs.values.compactMap(\.receipt) })
    }

    /// Adds or replaces a sequence.
    package mutating func set(_ sequence: RunSequence, of study: Study) {
        byStudy[study, default: []].removeAll { $0.key == sequence.key }
        byStudy[study, default: []].append(sequence)
        byStudy[study, default: []].sort { $0.key < $1.key }
    }
}

/// Keeps, for each runner and source of seeds, the sequence of a contributor's kernel that entered first. Such a
/// program describes its own platform, so it could otherwise create new sequences until one decides.
private func firstPlatforms(_ sequences: [RunSequence]) -> [RunSequence] {
    struct Origin: Hashable {
        var seeds: SeedSource
        var runner: Runner
    }
    var kept = sequences.filter { !$0.key.platform.isDescribed }
    let described = Dictionary(grouping: sequences.filter(\.key.platform.isDescribed)) {
        Origin(seeds: $0.key.seeds, runner: $0.key.runner)
    }
    kept += described.values.compactMap { $0.min { ($0.entry, $0.key) < ($1.entry, $1.key) } }
    return kept
}

extension Statement.Run {
    /// Whether two runs gave the same values to the last bit, or failed in the same way.
    package func hasSameResult(as other: Statement.Run) -> Bool {
        values == other.values && failure == other.failure && hasDiverged == other.hasDiverged
            && sample == other.sample
    }

    /// Whether a repeat gave the same result, as far as the kernel says that a seed repeats it. If a seed repeats only
    /// hits, this compares the samples and whether there is a value, because the hits depend on the claim.
    package func hasSameResult(as other: Statement.Run, by kernel: Statement.KernelName) -> Bool {
        kernel.repeatsBytes
            ? hasSameResult(as: other) : sample == other.sample && (values == nil) == (other.values == nil)
    }
}
