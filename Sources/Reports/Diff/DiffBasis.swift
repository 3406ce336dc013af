import Checking
import Evidence
import Merging
import Records

/// Finds the changes of records on which conclusions rest. Changed, retracted and planned claims are left out, because
/// the diff lists them among the claims.
func basisEntries(
    from before: Merge, to after: Merge, _ files: [ChangedFile], _ settings: [BasisChange]
) -> [LedgerDiff.BasisEntry] {
    let changes = files.flatMap { file -> [BasisChange] in
        guard file.kind != .new, let place = RecordPlace(path: file.movedFrom ?? file.path),
            let old = before.state.basisRecord(at: place)
        else { return [] }
        let new = after.state.basisRecord(at: place)
        // If the new version has errors, it is not in the later state.
        guard new != nil || file.kind == .gone else { return [] }
        return basisChanges(from: old, to: new, in: after.ledger).filter(\.isListed)
    }
    guard !changes.isEmpty else { return settings.map { LedgerDiff.BasisEntry(change: $0, audited: []) } }
    let names = before.auditedNames()
    return changes.map { LedgerDiff.BasisEntry(change: $0, audited: names[$0.auditedName] ?? []) }
        + settings.map { LedgerDiff.BasisEntry(change: $0, audited: []) }
}

extension BasisChange {
    fileprivate var isListed: Bool {
        switch kind {
        case .claim, .retraction, .plan: false
        case .verifier, .meaning, .definition, .scope, .contributors, .addedContributors, .caveat, .supersession,
            .settings, .trace:
            true
        }
    }

    /// The name under which `auditedNames` lists the claims that rest on the record.
    fileprivate var auditedName: AuditedName {
        switch kind {
        case .verifier: .verifier(name)
        case .meaning, .definition: .meaning(name)
        case .claim, .scope: .claim(name)
        case .contributors, .addedContributors, .caveat, .retraction, .supersession, .plan, .settings, .trace: .nothing
        }
    }
}

private enum AuditedName: Hashable {
    case verifier(String)
    case meaning(String)
    case claim(String)
    case nothing
}

extension Merge {
    /// Returns the claims with counted runs, by the records on which their runs rest.
    fileprivate func auditedNames() -> [AuditedName: [ClaimID]] {
        var names: [AuditedName: [ClaimID]] = [:]
        for id in evidence.claims.keys.sorted() where evidence[id].runs > 0 {
            guard let claim = state.claim(id) else { continue }
            names[.claim(id.description), default: []].append(id)
            names[.meaning(claim.quantity.value), default: []].append(id)
            for model in claim.namedModels { names[.meaning(BasisChange.name(ofModel: model)), default: []].append(id) }
            guard let verification = ledger.verification(of: claim) else { continue }
            names[.verifier(verification.model.slug), default: []].append(id)
            names[.verifier(verification.measurement.id), default: []].append(id)
        }
        return names
    }
}
