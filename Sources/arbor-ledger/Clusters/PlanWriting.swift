import Evidence
import FoundationEssentials
import Kernels
import Records
import Reports
import Words

extension AuditSession {
    /// Plans what the claims need beyond receipts and collected results. Also returns sentences about results that differ.
    func collect(
        _ results: CollectedResults, _ prepared: PreparedClaims, _ executor: LocalExecutor, again: Bool
    ) async throws -> (planned: PlannedAudit, notes: [String]) {
        let studies = studiesToRun(prepared.claims, samples)
        let platforms = await platforms(of: results, studies, executor)
        let recorded = Set(
            loaded.ledger.state.receipts.filter { $0.runnerKey == prepared.runner.key?.key }.flatMap { receipt in
                receipt.predicate.runs.map {
                    RecordedResult(study: receipt.study, $0, on: PlatformKind(receipt.predicate.platform))
                }
            })
        let layers = results.layers(of: studies, on: platforms, recorded: recorded)
        var planned = plan(prepared, on: platforms, saved: layers[0], again: again, isCached: { _ in false })
        planned.others = Array(layers.dropFirst())
        let isCommon = planned.others.joined().map { run, finished in
            PlatformKind(finished.platform) == platforms[studies[run.study]]
        }
        let (contradictions, foreign) = (isCommon.count { $0 }, isCommon.count { !$0 })
        var notes: [String] = []
        if contradictions > 0 {
            notes.append(
                "\(counted(contradictions, "result")) \(contradictions == 1 ? "differs" : "differ") from another result of the same run on the same kind of platform: a machine or the program is at fault. All get receipts, of which one counts; `arbor-ledger verify --repeat` shows which is right"
            )
        }
        if foreign > 0 {
            notes.append(
                "\(counted(foreign, "result")) \(foreign == 1 ? "is" : "are") from another kind of platform than the runs before and \(foreign == 1 ? "does" : "do") not continue them; \(foreign == 1 ? "it gets a receipt of its" : "they get receipts of their") own"
            )
        }
        let unsandboxed = (planned.saved + planned.others.joined()).count { $0.finished.isUnsandboxed }
        if unsandboxed > 0, !loaded.settings.countsUnsandboxedRuns {
            notes.append(
                "\(counted(unsandboxed, "run")) of contributors' kernels \(unsandboxed == 1 ? "was" : "were") made without a sandbox and \(unsandboxed == 1 ? "does" : "do") not count in this ledger"
            )
        }
        return (planned, notes)
    }

    /// Returns the claims whose kernel the user has allowed, and the other claims with the reason. The nodes would
    /// refuse them too, but only after a wait in the queue.
    var allowedClaims: (claims: [AuditedClaim], skipped: [(claim: ClaimID, reason: String)]) {
        var (claims, skipped) = ([AuditedClaim](), selection.skipped)
        for audited in selection.claims {
            do throws(Refusal) {
                if audited.verification.kernel.program != nil {
                    _ = try workspace.kernelHome.allowedKernel(audited.verification.kernel)
                }
                claims.append(audited)
            } catch {
                skipped.append((audited.claim.id, error.message + (error.remedy.map { "; \($0)" } ?? "")))
            }
        }
        return (claims, skipped)
    }

    /// The platforms of the sequences that results continue: those with the longest sequences in this runner's receipts and
    /// the results, else that of this machine.
    private func platforms(
        of results: CollectedResults, _ studies: [StudyToRun], _ executor: LocalExecutor
    ) async -> KernelPlatforms {
        let own = Dictionary(
            grouping: loaded.ledger.state.receipts.filter { $0.runnerKey == runner.key?.key }, by: \.study)
        var compiled: [PlatformKind: Int] = [:]
        var contributed: [String: [PlatformKind: Int]] = [:]
        for study in studies {
            var indices = results.indices(of: study)
            for receipt in own[study.study] ?? [] where receipt.seeds == study.seeds {
                indices[PlatformKind(receipt.predicate.platform), default: []].formUnion(
                    receipt.predicate.runs.map(\.index))
            }
            for (kind, indices) in indices {
                let length = (0...indices.count).first { !indices.contains($0) } ?? 0
                if study.verification.kernel.program == nil {
                    // Receipts of other core types were made on this machine.
                    if kind.blasCore == sharedCoreType ?? kind.blasCore { compiled[kind, default: 0] += length }
                } else {
                    contributed[study.verification.model.slug, default: [:]][kind, default: 0] += length
                }
            }
        }
        func longest(_ lengths: [PlatformKind: Int]) -> PlatformKind? {
            lengths.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
        }
        var common = longest(compiled)
        if common == nil { common = (try? await executor.platform(sharedCoreType)).map(PlatformKind.init) }
        return KernelPlatforms(
            compiled: common ?? PlatformKind(architecture: machineArchitecture, blasCore: "", blas: ""),
            contributed: contributed.compactMapValues(longest))
    }

    /// Writes a plan of some runs into a folder.
    func write(
        _ runs: [PlannedRun], of studies: [StudyToRun], _ prepared: PreparedClaims, into folder: PlanFolder
    ) throws -> RunPlan {
        let used = Set(runs.map(\.study)).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
        var files: [String: [UInt8]] = [:]
        var samples: [String: String] = [:]
        var networks: [Network: Int] = [:]
        let planned = runs.map { run in
            let study = studies[run.study]
            let batch = study.batches?.batch(run.index)
            if let batch { samples[sha256(batch)] = String(decoding: batch, as: UTF8.self) }
            var network = study.network(run.index)
            // Contributors' kernels train nothing, so that their runs share nothing.
            if study.verification.kernel.program != nil { network.training.settings["study"] = study.study.digest }
            let number = networks[network] ?? networks.count
            networks[network] = number
            return RunPlan.Run(
                study: numbers[run.study] ?? 0, index: run.index, seed: study.network(run.index).seed,
                sample: study.batches?.digest(run.index), batch: batch.map { sha256($0) }, network: number)
        }
        for number in used { try add(studies[number].verification, to: &files) }
        let plan = RunPlan(
            tool: "arbor-ledger \(toolVersion)", ledger: workspace.root,
            runner: prepared.runner.key?.key.text ?? prepared.runner.name, coreType: sharedCoreType,
            studies: used.map { plannedStudy(studies[$0], prepared) }, runs: planned)
        try folder.create(
            plan, files: files.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, samples: samples)
        return plan
    }

    private func plannedStudy(_ study: StudyToRun, _ prepared: PreparedClaims) -> RunPlan.Study {
        let verification = study.verification
        let claims = prepared.claims.filter { audited in
            audited.verification.cells.contains { $0.studies.contains(study.study) }
        }
        return RunPlan.Study(
            digest: study.study.digest, title: study.title, model: verification.model.slug,
            modelDigest: study.study.modelDigest, kernel: verification.kernel.name,
            program: verification.kernel.program, measurement: verification.measurement.measurement.value,
            settings: study.study.settings, rules: claims.map { $0.verification.hitRule(of: $0.claim) },
            seconds: study.cost.trainingSeconds + study.cost.measuringSeconds)
    }

    /// Adds the files of the model's record and, if contributors wrote it, of the kernel.
    private func add(_ verification: Verification, to files: inout [String: [UInt8]]) throws {
        let path = RecordPlace.model(slug: verification.model.slug).path
        if files[path] == nil { files[path] = try bytes(at: path) }
        guard verification.kernel.program != nil else { return }
        let kernel = try workspace.kernelHome.commandKernel(named: verification.kernel.name)
        let record = RecordPlace.kernel(slug: kernel.slug).path
        guard files[record] == nil else { return }
        files[record] = try bytes(at: record)
        for file in kernel.files {
            files[RecordPlace.kernelFile(kernel: kernel.slug, file: file.name.value).path] =
                try workspace.kernelHome.programFile(file, of: kernel)
        }
    }

    private func bytes(at path: String) throws -> [UInt8] {
        guard case .bytes(let bytes) = try readFile("\(workspace.root)/\(path)", limit: recordByteLimit) else {
            throw Refusal(message: "\(path) is too large", exitCode: 2)
        }
        return bytes
    }
}

/// The core type that all machines of an architecture have, so that the runs of different machines belong together.
let sharedCoreType = CPU.blasCoreTypes.last
