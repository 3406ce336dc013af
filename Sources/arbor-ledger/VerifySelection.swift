import Checking
import Evidence
import Git
import Merging
import Records
import Signatures
import Words

/// The claims that `verify` audits.
struct VerifySelection {
    var claims: [AuditedClaim] = []
    /// Claims that cannot be audited yet, with the reason.
    var skipped: [(claim: ClaimID, reason: String)] = []

    /// Selects claims for the runner with this key, or for unsigned runs. The tokens of the claims' seeds are empty.
    init(_ names: [String], _ loaded: LoadedLedger, _ trail: AuditTrail, key: PublicKey?) throws {
        let state = loaded.ledger.state
        guard trail.branch != nil else {
            throw Refusal(
                message: "this repository has no audit branch \"\(loaded.settings.auditBranch)\"",
                remedy: "name it with `git config arbor-ledger.auditBranch BRANCH`", exitCode: 2)
        }
        guard !trail.isShallow else {
            throw Refusal(
                message: "the history is shallow, so the commit at which a claim entered is unknown",
                remedy: "git fetch --unshallow", exitCode: 2)
        }
        let wanted = try Self.claimIDs(names, state)
        let exclusionReasons = loaded.ledger.exclusionReasons
        let successors = loaded.ledger.successors(loaded.evidence)
        for finding in state.findings.values.sorted(by: { $0.slug < $1.slug }) {
            for claim in finding.claims where names.isEmpty || wanted.contains(claim.id) {
                let successor = successors[claim.id].map { "superseded by \($0)" }
                if let leftOut = exclusionReasons[finding.slug] ?? successor {
                    if !names.isEmpty { skipped.append((claim.id, leftOut)) }
                    continue
                }
                guard let verification = loaded.ledger.verification(of: claim) else {
                    if !names.isEmpty { skipped.append((claim.id, "no verifier can measure it")) }
                    continue
                }
                let audit = verification.auditDigest(of: claim)
                guard
                    let salt = trail.salt(of: audit, for: key, at: trail.next)
                else {
                    skipped.append((claim.id, "not on \(trail.branch ?? "") yet, so it has no audit seeds"))
                    continue
                }
                claims.append(
                    AuditedClaim(
                        claim: claim, finding: finding, verification: verification, seeds: SeedSource(salt: salt)))
            }
        }
    }

    private static func claimIDs(_ names: [String], _ state: LedgerState) throws -> Set<ClaimID> {
        var ids: Set<ClaimID> = []
        for name in names {
            if let finding = state.findings[name] {
                ids.formUnion(finding.claims.map(\.id))
            } else if let id = state.claimID(name) {
                ids.insert(id)
            } else {
                throw Refusal(
                    message: "there is no finding or claim \"\(name)\"",
                    remedy: state.remedy(forFinding: name), exitCode: 64)
            }
        }
        return ids
    }
}

extension LedgerState {
    /// Says what kind of record a name belongs to if it is no finding, or which finding has a similar name.
    fileprivate func remedy(forFinding name: String) -> String? {
        if models[name] != nil {
            let claims = findings.values.flatMap(\.claims)
                .filter { $0.verify?.value.startsWithBytes("\(name)/") ?? false }.map(\.id).sorted()
            return claims.isEmpty
                ? "it is a toy model, which verifies no claim yet"
                : "it is a toy model; name its claims: \(listed(shortList(claims.map(\.description))))"
        }
        if questions[name] != nil { return "it is a question; `arbor-ledger show \(name)` lists its claims" }
        return nearestFinding(to: name).map { "did you mean \"\($0)\"?" }
    }
}
