import Checking
import Records
import Words

/// Returns notes on claims without counted runs and on receipts that do not count.
package func evidenceNotes(_ ledger: CheckedLedger, _ evidence: Evidence) -> [Diagnostic] {
    var notes: [Diagnostic] = []
    for (id, result) in evidence.claims where result.verdict == .none {
        if let finding = ledger.state.findings[id.slug], finding.isActive, let claim = ledger.state.claim(id) {
            let offered = result.offeredRuns
            for past in result.pastRuns {
                notes.append(
                    Diagnostic(
                        past.isRefutation ? .refutedBefore : .recordedRuns, path: finding.path, mark: claim.mark,
                        message: past.phrase,
                        fix: past.isRefutation
                            ? "correct or withdraw the claim; an audit with new seeds decides it"
                            : "an audit with new seeds decides the claim"))
            }
            notes.append(
                Diagnostic(
                    .unverified, path: finding.path, mark: claim.mark,
                    message: offered > 0
                        ? "\(counted(offered, "run")) offered, and none counts yet"
                        : "this claim can be re-run, but no run counts yet",
                    fix: offered > 0
                        ? "merge their receipts into the audit branch" : "run `arbor-ledger verify \(finding.slug)`"))
        }
    }
    let receipts = Dictionary(ledger.state.receipts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for disputed in evidence.runs.disputed {
        guard let receipt = receipts[disputed.receipt] else { continue }
        notes.append(
            Diagnostic(
                .disputedRun, path: receipt.path, mark: .fileStart, message: disputed.phrase,
                fix: disputed.isOutvoted
                    ? nil : "a listed runner who did not make it can repeat it with `arbor-ledger verify`"))
    }
    for (receipt, reason, remedy) in evidence.useless {
        notes.append(
            Diagnostic(.unnamedReceipt, path: receipt.path, mark: .fileStart, message: reason, fix: remedy))
    }
    for receipt in ledger.state.receipts where receipt.isUnsandboxed && !evidence.countsUnsandboxedRuns {
        notes.append(
            Diagnostic(
                .unsandboxedReceipt, path: receipt.path, mark: .fileStart,
                message: "the kernel ran without a sandbox, and such runs do not count here",
                fix: "run `arbor-ledger verify` where `arbor-ledger doctor` finds a sandbox"))
    }
    for (receipt, reason) in evidence.stale {
        notes.append(
            Diagnostic(
                .staleReceipt, path: receipt.path, mark: .fileStart, message: reason,
                fix: "run `arbor-ledger verify` for new receipts"))
    }
    return notes
}

extension Diagnostic.Code {
    package static let staleReceipt = Self(
        "stale-receipt", .note, "A receipt no longer matches its toy model, measurement or claim.")
    package static let unnamedReceipt = Self(
        "unnamed-receipt", .note, "The runs of a receipt decide nothing, because no listed key signed it.")

    package static let unsandboxedReceipt = Self(
        "unsandboxed-receipt", .note, "The runs of a receipt do not count, because their kernel had no sandbox.")

    package static let refutedBefore = Self(
        "refuted-before", .warning, "Recorded runs that were made for another claim or version refute this claim.")
    package static let recordedRuns = Self(
        "recorded-runs", .note, "Runs that were made for another claim or version say something of this claim.")
    package static let disputedRun = Self(
        "disputed-run", .warning, "The repeat of a recorded run gave another result.")

    package static let ofEvidence = [
        refutedBefore, recordedRuns, disputedRun, staleReceipt, unnamedReceipt, unsandboxedReceipt,
    ]
}
