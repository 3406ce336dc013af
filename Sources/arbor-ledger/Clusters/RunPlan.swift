import Evidence
import FoundationEssentials
import KernelInterface
import Records

/// Runs that are planned here and made elsewhere. The plan holds seeds, but neither a key nor the token from which the
/// seeds derive.
struct RunPlan: Codable {
    struct Study: Codable {
        /// The digest of everything that determines a run, except for its seed.
        var digest: String
        var title: String
        var model: String
        var modelDigest: String
        var kernel: String
        /// The digest of a contributor's kernel; nil for a compiled one.
        var program: String?
        var measurement: String
        var settings: [String: String]
        /// What counts as a hit, for the self-check of kernels that repeat only hits.
        var rules: [HitRule]
        /// The expected seconds of one run, with its training.
        var seconds: Double

        /// What a self-check checks; nil for a compiled kernel.
        var checkSubject: String? { program.map { "\($0) \(model)/\(measurement)" } }
    }

    struct Run: Codable {
        /// The index of the run's study.
        var study: Int
        var index: Int
        var seed: String
        /// The digest of the batch of traces that the run measures, and the SHA-256 of its text.
        var sample: String?
        var batch: String?
        /// Runs with equal numbers measure the same network.
        var network: Int
    }

    /// The version of this format.
    var arborLedgerPlan = 1
    var tool: String
    /// The ledger's folder, for people who find the plan.
    var ledger: String
    /// The key or the name of the person whose seeds these are.
    var runner: String
    /// The core type with whose code OpenBLAS computes; nil where OpenBLAS chooses.
    var coreType: String?
    var studies: [Study]
    var runs: [Run]

    /// Whether the plan is one that this tool could have written. Its texts become names of files.
    var isSound: Bool {
        studies.allSatisfy { isHexadecimal($0.digest[...], digits: 64) }
            && runs.allSatisfy { run in
                studies.indices.contains(run.study) && isHexadecimal(run.seed[...], digits: 16)
                    && (0..<runLimit).contains(run.index)
                    && [run.sample, run.batch].allSatisfy { $0.map { isHexadecimal($0[...], digits: 64) } ?? true }
                    && (run.sample == nil) == (run.batch == nil)
            }
    }

    /// The name of the files with the result of a run.
    func name(of run: Run) -> String { "\(studies[run.study].digest.prefix(16))-\(run.seed)" }

    /// The expected seconds of all runs on one core.
    var seconds: Double { runs.reduce(0) { $0 + studies[$1.study].seconds } }

    /// Distributes the runs over a number of shards, grouped by network. The networks with the most work are dealt out
    /// first, so that the shards take about equally long.
    func shards(_ count: Int) -> [[[Run]]] {
        let groups = Dictionary(grouping: runs, by: \.network).values.map { group in
            (runs: group, seconds: group.reduce(0) { $0 + studies[$1.study].seconds })
        }.sorted { ($1.seconds, $0.runs[0].network) < ($0.seconds, $1.runs[0].network) }
        var shards: [[[Run]]] = Array(repeating: [], count: count)
        for (number, group) in groups.enumerated() { shards[number % count].append(group.runs) }
        return shards
    }

    /// The number of shards in which the start and the self-check take at most a tenth of the time, and in which no shard takes
    /// longer than half an hour if that is possible. `checked` are the subjects whose self-check has passed.
    func shardCount(atMost slots: Int, cores: Int, checked: Set<String> = []) -> Int {
        let groups = Set(runs.map(\.network)).count
        // A self-check starts two workers and makes four runs; the second worker then makes the planned runs.
        var starts = toolStartSeconds
        for (subject, group) in Dictionary(grouping: studies, by: \.checkSubject) {
            guard let subject else { continue }
            let longest = group.map(\.seconds).max() ?? 0
            starts += workerStartSeconds + (checked.contains(subject) ? 0 : workerStartSeconds + 4 * longest)
        }
        let wide = seconds / Double(cores) / (10 * starts)
        let long = seconds / Double(cores) / 1800
        return min(max(1, Int(max(min(wide, Double(slots)), long.rounded(.up)))), max(1, groups), mostShards)
    }
}

/// The largest array of Slurm's default configuration has indices up to 1,000.
let mostShards = 1000

/// The time that a worker with PyTorch and a small model needs until its first run.
private let workerStartSeconds = 8.0

/// The time until the first run of a compiled kernel: the start of this program and the reading of the plan.
private let toolStartSeconds = 0.5
