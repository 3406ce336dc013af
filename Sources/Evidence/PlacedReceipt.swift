import Records
import Signatures

/// A receipt that counts, with its runner.
struct PlacedReceipt {
    var receipt: Receipt
    var runner: Runner
    var entry: Int
}

extension AuditTrail {
    /// Determines who made a receipt. Returns nil if the receipt is not on the audit branch.
    func place(_ receipt: Receipt) -> PlacedReceipt? {
        guard let entry = entry(of: receipt), countsUnsandboxedRuns || !receipt.isUnsandboxed else { return nil }
        // A shallow history does not show what entered before its first commit, so unsigned receipts there count as
        // early ones.
        let isEarly = !hadRunners(at: entry) || isShallow && entry == 0
        func placed(_ runner: Runner, _ entry: Int) -> PlacedReceipt {
            PlacedReceipt(receipt: receipt, runner: runner, entry: entry)
        }
        guard let key = receipt.runnerKey, let signed = signedEntry(of: receipt) else {
            return placed(isEarly ? .early : .unnamed, entry)
        }
        // A signature that is added after runners were listed does not change the grade of an early receipt.
        if !hadRunners(at: entry) && receipt.predicate.repeats == nil { return placed(.early, entry) }
        if let principal = runner(key, at: signed) { return placed(.listed(principal: principal), signed) }
        if isEarly { return placed(.early, entry) }
        return placed(
            .unlisted(key: key.fingerprint, address: contributorAddress(receipt.predicate.runBy)), signed)
    }
}

extension AuditTrail {
    /// Returns whether a receipt is on the audit branch, and its runner is listed or it entered before any was.
    func isAccountable(_ receipt: Receipt) -> Bool { place(receipt)?.runner.isAccountable ?? false }

    /// Explains why the runs of a receipt that is on the audit branch decide nothing, and what to do. `graded` contains
    /// the runners whose runs of the receipt's study decide something. Returns nil for them, and for repeats of listed
    /// runners.
    func obstacle(to receipt: Receipt, graded: Set<Runner>) -> (reason: String, remedy: String)? {
        guard let place = place(receipt), !graded.contains(place.runner) else { return nil }
        switch place.runner {
        case .early: return nil
        case .listed:
            guard receipt.predicate.repeats == nil else { return nil }
            return (
                "its seeds derive from a commit before its key was listed, so its runs decide nothing",
                "its runner can run `arbor-ledger verify` again"
            )
        case .unnamed where receipt.runnerKey == nil:
            return (
                "its runs decide nothing, because it names no key of its runner",
                "its runner can run `arbor-ledger verify` again with a key that \(signersPath) lists"
            )
        case .unnamed:
            return (
                "its runs decide nothing, because its runner has not signed it",
                "its runner can sign it with `arbor-ledger verify --sign`"
            )
        case .unlisted(let key, _):
            return (
                "its key \(key) was not listed as a valid runner's key when the receipt entered \(branch ?? "")",
                "list the key with `arbor-ledger signers add`; then its runner can run `arbor-ledger verify` again"
            )
        }
    }
}
