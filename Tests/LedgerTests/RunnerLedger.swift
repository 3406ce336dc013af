import Checking
import Evidence
import Foundation
import Records
import Signatures
import Testing

let hits8 = Array(repeating: Optional(0.5), count: 8)
let misses8 = Array(repeating: Optional(1.9), count: 8)

/// One commit of an audit branch. The ledger's claims enter with the first one.
struct AuditStep {
    var date: Int64 = 0
    /// A changed signers file.
    var signers: Signers?
    /// The receipts that enter, together with their signatures.
    var receipts: [String] = []
    /// The authors of the commits on `half` that enter.
    var authors: [String] = []
}

func commitID(_ number: Int) -> String { String(repeating: "\(number)", count: 40) }

extension TestLedger {
    func trail(_ steps: [AuditStep]) -> AuditTrail {
        let ledger = check()
        var trail = AuditTrail()
        trail.branch = "main"
        for (number, step) in steps.enumerated() {
            trail.add(commit: commitID(number), date: step.date)
            if let signers = step.signers { trail.add(signers) }
            if number == 0 { trail.add(audits(ledger)) }
            for receipt in ledger.state.receipts where step.receipts.contains(receipt.name) {
                trail.add(.receipt(model: receipt.folder, name: receipt.name))
                for signature in ledger.state.signatures[receipt.name] ?? [] {
                    trail.add(
                        .signature(model: receipt.folder, receipt: receipt.name, key: signature.signature.key.digest))
                }
            }
            for author in step.authors { trail.add(author: author, of: "half", at: number) }
        }
        return trail
    }

    func evidence(_ steps: [AuditStep]) -> Evidence {
        recomputeEvidence(check(), trail: trail(steps), settings: LedgerSettings())
    }

    /// Returns the outline of the claim `half#1`.
    func half(_ steps: [AuditStep]? = nil) -> String {
        outline(steps.map(evidence) ?? evidence())[0].replacing("half#1 ", with: "")
    }

    /// Returns the codes and messages of notes on receipts.
    func notes(_ steps: [AuditStep]? = nil) -> [String] {
        let evidence = steps.map(evidence) ?? evidence()
        return evidenceNotes(check(), evidence).filter { $0.path.hasSuffix(".json") }
            .map { "\($0.code.name): \($0.message)" }.sorted()
    }
}

func runnerLedger(_ people: [TestSigner] = [.bob]) -> TestLedger {
    var ledger = addressedLedger
    ledger.signers = people
    return ledger
}

/// The codes of diagnostics that these tests show.
let runnerCodes: [Diagnostic.Code] = [.unnamedReceipt, .disputedRun, .refutedBefore, .recordedRuns]
