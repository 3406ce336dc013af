import Foundation
import Ledger

/// A finished run as it is kept until its receipt is written: nothing that was computed is lost to Ctrl-C or a kill.
struct FinishedRun: Codable, Sendable {
    var run: Statement.Run
    var platform: Statement.Platform
}

/// Finished runs and trained networks in the repository's cache folder; all of it may be deleted at any time.
struct RunStore: Sendable {
    let folder: String

    init(_ workspace: Workspace) {
        folder = workspace.cacheDirectory
    }

    func keep(_ run: FinishedRun, of study: Study, salt: String) throws {
        let bytes = try JSONEncoder().encode(run)
        try writeFile("\(runFolder(study, salt))/\(run.run.index).json", Array(bytes), mode: 0o600)
    }

    /// Runs of a study that are not in a receipt yet; a file that cannot be read is as good as absent.
    func runs(of study: Study, salt: String, modelDigest: String) -> [FinishedRun] {
        let path = runFolder(study, salt)
        let names = (try? listFolder(path)) ?? []
        return names.map(\.name).filter { $0.hasSuffix(".json") }.compactMap { name in
            guard case .bytes(let bytes)? = try? readFile("\(path)/\(name)", limit: recordByteLimit),
                let run = try? JSONDecoder().decode(FinishedRun.self, from: Data(bytes)),
                run.run.seed == seedText(modelDigest: modelDigest, salt: salt, index: run.run.index)
            else { return nil }
            return run
        }.sorted { $0.run.index < $1.run.index }
    }

    func forget(_ runs: [FinishedRun], of study: Study, salt: String) throws {
        for run in runs { try removeFile("\(runFolder(study, salt))/\(run.run.index).json") }
    }

    /// One network per toy model, seed and training settings.
    func checkpointPath(modelDigest: String, seed: String, trainingSettings: [String: String]) -> String {
        let settings = trainingSettings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let digest = sha256(Array(settings.joined(separator: "\n").utf8)).prefix(16)
        return "\(folder)/models/\(modelDigest)/\(seed)-\(digest).checkpoint"
    }

    private func runFolder(_ study: Study, _ salt: String) -> String {
        let settings = study.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let lines =
            [study.modelDigest, study.measurementDigest, salt, study.isControl ? "control" : "claim"] + settings
        return "\(folder)/runs/\(sha256(Array(lines.joined(separator: "\n").utf8)))"
    }
}
