import Evidence
import Kernels
import Records
import Words

/// The kinds of platforms on which this machine makes the runs of studies.
struct KernelPlatforms {
    private let compiled: PlatformKind
    private var contributed: [String: PlatformKind] = [:]

    /// The platforms of runs that other machines made: one of compiled kernels, and those of contributors' kernels by model.
    init(compiled: PlatformKind, contributed: [String: PlatformKind]) {
        (self.compiled, self.contributed) = (compiled, contributed)
    }

    /// Prepares the kernels that contributors wrote, and checks them with the first cell of each claim. Claims whose kernel
    /// cannot run here move to `skipped`, with the reason.
    init(
        _ executor: LocalExecutor, _ claims: inout [AuditedClaim], _ skipped: inout [(claim: ClaimID, reason: String)],
        _ samples: TraceSamples
    ) async throws {
        compiled = PlatformKind(try await executor.platform(CPU.blasCoreTypes.first))
        var kept: [AuditedClaim] = []
        for audited in claims {
            let verification = audited.verification
            guard verification.kernel.program != nil else {
                kept.append(audited)
                continue
            }
            do throws(Refusal) {
                let place = try await executor.contributed.place(verification.kernel, verification.model)
                contributed[verification.model.slug] = PlatformKind(place.platform)
                if let cell = verification.cells.first {
                    let study = StudyToRun(
                        cell.study, cell: cell.cell, verification, seeds: audited.seeds, samples: samples)
                    try await executor.check(study, [verification.hitRule(of: audited.claim)])
                }
                kept.append(audited)
            } catch {
                let remedy = error.remedy.map { "; \($0)" } ?? ""
                skipped.append((audited.claim.id, error.message + remedy))
            }
        }
        claims = kept
    }

    subscript(study: StudyToRun) -> PlatformKind {
        contributed[study.verification.model.slug] ?? compiled
    }

    func contains(_ platform: PlatformKind) -> Bool {
        platform == compiled || contributed.values.contains(platform)
    }
}
