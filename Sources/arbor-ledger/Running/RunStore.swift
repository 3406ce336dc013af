import Evidence
import FoundationEssentials
import Glibc
import Records
import Reports

/// A finished run. It is saved until its receipt is written, so that Ctrl-C or a kill does not lose it.
struct FinishedRun: Codable, Sendable {
    var run: Statement.Run
    var platform: Statement.Platform
    /// The name of the sandbox; nil for a compiled kernel.
    var sandbox: String?
    /// The salt from which the run's seed derives.
    var salt: String

    init(_ run: Statement.Run, at place: RunPlace, salt: String) {
        (self.run, platform, sandbox, self.salt) = (run, place.platform, place.sandbox, salt)
    }

    /// Whether a contributor's kernel made the run without a sandbox.
    var isUnsandboxed: Bool { platform.program != nil && (sandbox ?? "").startsWithBytes("none") }

    var place: RunPlace { RunPlace(platform: platform, sandbox: sandbox) }
}

/// Finished runs in the repository's cache folder. This folder can be deleted at any time.
struct RunStore: Sendable {
    let folder: String
    private let hmacKey: HMACKey

    init(_ workspace: Workspace) {
        folder = workspace.cacheDirectory
        hmacKey = workspace.hmacKey
    }

    func save(_ run: FinishedRun, of study: StudyToRun) throws {
        let path = "\(folder(of: study))/\(run.run.seed).json"
        let bytes = hmacKey.authenticated(Array(try JSONEncoder().encode(run)), at: place(path))
        do throws(FileError) {
            try writeFile(path, bytes, mode: 0o600)
        } catch {
            // Another process may have deleted the folder.
            guard error.code == ENOENT else { throw error }
            try writeFile(path, bytes, mode: 0o600)
        }
    }

    /// Reads the saved runs of some studies that were made on this machine's kind of platform. Unreadable files are ignored.
    func runs(
        of studies: [StudyToRun], on platform: (StudyToRun) -> PlatformKind
    ) -> [(run: PlannedRun, finished: FinishedRun)] {
        guard !isEmpty else { return [] }
        var stored: [(run: PlannedRun, finished: FinishedRun)] = []
        for (number, study) in studies.enumerated() {
            for finished in files(of: study)
            where finished.run.seed == study.network(finished.run.index).seed
                && PlatformKind(finished.platform) == platform(study)
            {
                stored.append((PlannedRun(study: number, index: finished.run.index), finished))
            }
        }
        return stored
    }

    /// Whether no run is saved.
    var isEmpty: Bool { ((try? listFolder("\(folder)/runs")) ?? []).isEmpty }

    func remove(_ runs: [FinishedRun], of study: StudyToRun) throws {
        let path = folder(of: study)
        for saved in files(of: study)
        where runs.contains(where: { $0.run == saved.run && $0.platform == saved.platform }) {
            try removeFile("\(path)/\(saved.run.seed).json")
        }
        removeAbandonedFiles(in: path)
        // This fails if another process has saved a run in the folder.
        _ = unsafe rmdir(path)
    }

    /// Remembers that receipts were made here and wait for a signature. So if another person writes a receipt that
    /// names the user's key, the user does not sign it by mistake.
    func saveUnsigned(_ receipts: [WrittenReceipt]) throws {
        for receipt in receipts {
            let path = unsignedPath(receipt.name)
            try writeFile(path, hmacKey.authenticated(Array(receipt.name.utf8), at: place(path)), mode: 0o600)
        }
    }

    func removeUnsigned(_ receipts: [WrittenReceipt]) throws {
        for receipt in receipts { try removeFile(unsignedPath(receipt.name)) }
    }

    /// Whether a receipt was made here and waits for a signature.
    func isUnsigned(_ name: String) -> Bool {
        let path = unsignedPath(name)
        guard case .bytes(let bytes)? = try? readFile(path, limit: recordByteLimit) else { return false }
        return hmacKey.verified(bytes, at: place(path)) != nil
    }

    private func unsignedPath(_ receipt: String) -> String { "\(folder)/unsigned/\(receipt)" }

    /// Returns a path relative to the cache folder. The HMAC therefore stays valid if the repository is moved.
    private func place(_ path: String) -> String { String(path.dropFirst(folder.count)) }

    /// Returns the saved runs of a study, with seeds of any salt and token.
    func runs(of study: StudyToRun) -> [FinishedRun] { files(of: study) }

    private func files(of study: StudyToRun) -> [FinishedRun] {
        let path = folder(of: study)
        guard let files = try? listFolder(path) else { return [] }
        return files.filter { $0.name.hasSuffix(".json") }.compactMap { file in
            let filePath = "\(path)/\(file.name)"
            guard case .bytes(let bytes)? = try? readFile(filePath, limit: recordByteLimit),
                let content = hmacKey.verified(bytes, at: place(filePath))
            else { return nil }
            return try? JSONDecoder().decode(FinishedRun.self, from: Data(content))
        }
    }

    /// The folder does not depend on the seeds, because they can be computed only with the runner's key.
    private func folder(of study: StudyToRun) -> String { "\(folder)/runs/\(study.study.digest)" }
}

extension Workspace {
    /// Returns the claims of a finding, or the claim, whose runs are saved here and in no receipt.
    func keptRuns(of name: String, _ loaded: LoadedLedger) throws -> [KeptRuns] {
        let store = RunStore(self)
        guard !store.isEmpty else { return [] }
        let trail = try auditTrail(auditBranch(), needsSalts: true)
        guard trail.branch != nil, !trail.isShallow else { return [] }
        let selection = try VerifySelection([name], loaded, trail, key: nil)
        let samples = TraceSamples(loaded.ledger, trail)
        let recorded = Set(loaded.ledger.state.receipts.flatMap { $0.predicate.runs.map(\.seed) })
        return selection.claims.map { audited in
            let audit = audited.verification.auditDigest(of: audited.claim)
            let rule = audited.verification.hitRule(of: audited.claim)
            var kept = KeptRuns(claim: audited.claim.id)
            for study in studiesToRun([audited], samples) {
                let runs = store.runs(of: study).filter {
                    !recorded.contains($0.run.seed) && trail.isSalt($0.salt, possibleFor: audit)
                }
                if study.study.isControl {
                    kept.controlRuns += runs.count
                } else {
                    kept.runs += runs.count
                    kept.hits += runs.count { rule.isHit($0.run) }
                }
            }
            return kept
        }.filter { $0.runs + $0.controlRuns > 0 }
    }

    /// Returns the number of receipts of a finding's claims, or of the claim, that the work tree holds and the last commit
    /// does not.
    func uncommittedReceipts(of name: String, _ loaded: LoadedLedger) throws -> Int {
        let state = loaded.ledger.state
        let claims = state.findings[name]?.claims ?? [state.claimID(name).flatMap(state.claim)].compactMap(\.self)
        let studies = Set(
            claims.compactMap(loaded.ledger.verification).flatMap(\.cells).flatMap(\.studies))
        let receipts = state.receipts.filter { studies.contains($0.study) }
        guard !receipts.isEmpty else { return 0 }
        let repository = try repository()
        guard let head = try repository.head() else { return receipts.count }
        let tree = try repository.tree(of: head)
        return try receipts.count { receipt in
            let path = RecordPlace.receipt(model: receipt.folder, name: receipt.name).path
            return try repository.entry(at: path, inTree: tree) == nil
        }
    }
}
