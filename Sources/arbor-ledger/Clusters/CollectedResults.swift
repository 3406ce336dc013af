import Evidence
import KernelInterface
import Records
import Signatures
import Words

/// The results in the folders of plans, read as they appear. Each file is read once.
struct CollectedResults {
    private var readFiles: [String: Set<String>] = [:]
    /// The names of the runs with a result, by the folder of their plan.
    private(set) var made: [String: Set<String>] = [:]
    /// The results by the digest of their study.
    private var results: [String: [PlannedResult]] = [:]
    /// The durations of the runs that have a result, by their names.
    private var seconds: [String: Double] = [:]
    /// The reasons why runs were not made, by the folder of their plan and their name.
    private(set) var missing: [String: [String: String]] = [:]
    /// Files that do not count, with the reason. They are reported once.
    private(set) var ignored: [String] = []

    /// Reads the new files of some folders. Returns the number of new results.
    @discardableResult
    mutating func read(_ folders: [PlanFolder]) -> Int {
        var count = 0
        for folder in folders {
            for file in folder.resultFiles() where readFiles[folder.path, default: []].insert(file).inserted {
                switch folder.result(file) {
                case .success(let result):
                    results[result.study, default: []].append(result)
                    made[folder.path, default: []].insert(PlanFolder.runName(ofFile: file))
                    seconds["\(result.study.prefix(16))-\(result.run.seed)"] = result.run.seconds
                    count += 1
                case .failure(let refusal): ignored.append(refusal.message)
                }
            }
            for file in folder.failureFiles() where readFiles[folder.path, default: []].insert("- \(file)").inserted {
                if let failure = folder.failure(file) {
                    missing[folder.path, default: [:]][PlanFolder.runName(ofFile: file)] =
                        "\(failure.reason) (on \(failure.host))"
                }
            }
        }
        return count
    }

    func contains(_ name: String) -> Bool { seconds[name] != nil }

    /// The mean duration of the runs that have a result.
    func seconds(of names: [String]) -> Double? {
        let known = names.compactMap { seconds[$0] }
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }

    mutating func takeIgnored() -> [String] {
        defer { ignored = [] }
        return ignored
    }

    /// The number of results that belong to a study as it is now. Other results belong to changed claims or models, or
    /// do not fit.
    func fittingCount(_ studies: [StudyToRun]) -> Int { studies.reduce(0) { $0 + results(of: $1).count } }

    var count: Int { results.values.reduce(0) { $0 + $1.count } }

    /// The indices of the results of a study, by the platform on which they were made.
    func indices(of study: StudyToRun) -> [PlatformKind: Set<Int>] {
        results(of: study).reduce(into: [:]) { $0[PlatformKind($1.platform), default: []].insert($1.run.index) }
    }

    /// Sorts the results of some studies into layers, of which the first has at most one result of each run: the one whose
    /// platform the study has. Results of the same run that differ from it, and those of other platforms, are in further
    /// layers. No result is chosen, because each gets a receipt.
    func layers(
        of studies: [StudyToRun], on platforms: KernelPlatforms, recorded: Set<RecordedResult>
    ) -> [[(run: PlannedRun, finished: FinishedRun)]] {
        let recordedRuns = Set(recorded.map(\.source))
        var layers: [[(run: PlannedRun, finished: FinishedRun)]] = [[]]
        var taken: [Set<PlannedRun>] = [[]]
        for (number, study) in studies.enumerated() {
            var seen: Set<RecordedResult> = []
            for result in results(of: study) {
                let entry = RecordedResult(study: study.study, result.run, on: PlatformKind(result.platform))
                guard seen.insert(entry).inserted, !recorded.contains(entry) else { continue }
                let run = PlannedRun(study: number, index: result.run.index)
                let finished = FinishedRun(result.run, at: result.place, salt: study.seeds.salt)
                var layer =
                    entry.source.platform == platforms[study] && !recordedRuns.contains(entry.source) ? 0 : 1
                while layer < layers.count, taken[layer].contains(run) { layer += 1 }
                if layer >= layers.count {
                    layers += Array(repeating: [], count: layer + 1 - layers.count)
                    taken += Array(repeating: [], count: layer + 1 - taken.count)
                }
                layers[layer].append((run, finished))
                taken[layer].insert(run)
            }
        }
        return layers
    }

    /// The results of a study whose seeds belong to it, in the order of their indices.
    private func results(of study: StudyToRun) -> [PlannedResult] {
        (results[study.study.digest] ?? []).filter {
            (0..<study.possibleRuns).contains($0.run.index) && $0.run.seed == study.network($0.run.index).seed
                && $0.run.fits(study)
        }.sorted { ($0.run.index, $0.host, $0.run.seconds) < ($1.run.index, $1.host, $1.run.seconds) }
    }
}

/// The result of a run, which shows whether a receipt already contains it.
struct RecordedResult: Hashable {
    /// The run, and the platform on which it was made.
    struct Source: Hashable {
        var study: Study
        var seed: String
        var platform: PlatformKind
    }

    var source: Source
    private var values: [String: String]?
    private var failure: String?

    init(study: Study, _ run: Statement.Run, on platform: PlatformKind) {
        source = Source(study: study, seed: run.seed, platform: platform)
        (values, failure) = (run.values?.mapValues(\.hex), run.failure)
    }
}

extension Statement.Run {
    /// Whether the run could be one of the study: it has the batch of traces, and a number for each quantity or a failure.
    fileprivate func fits(_ study: StudyToRun) -> Bool {
        let kernel = study.verification.kernel
        guard kernel.program != nil || sample == study.batches?.digest(index), seconds.isFinite, seconds >= 0,
            (values == nil) != (failure == nil), failure.map(isPlain) ?? true
        else { return false }
        guard let values else { return true }
        let measurement = kernel.measurement(named: study.verification.measurement.measurement.value)
        return Set(values.keys) == Set(measurement?.quantities ?? []) && values.values.allSatisfy { $0.double != nil }
    }
}

/// Whether a receipt can contain a text without changes.
private func isPlain(_ text: String) -> Bool {
    !text.utf8.contains(UInt8(ascii: "\\")) && escapeHidden(text).hasSameBytes(as: text)
        && composed(text).hasSameBytes(as: text) && text.utf8.count <= 4096
}
