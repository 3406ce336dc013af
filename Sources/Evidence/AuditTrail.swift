import KernelInterface
import Records

/// What the history of the audit branch says of claims and receipts.
package struct AuditTrail: Sendable {
    /// nil where the repository has no such branch: then nothing counts.
    package var branch: String?
    /// By audit digest: the oldest first-parent commit whose tree holds the claim together with what re-runs it.
    package var salts: [String: String] = [:]
    /// The audit digests that each claim has had, oldest first.
    package var versions: [ClaimID: [String]] = [:]
    /// Every first-parent commit.
    package var commits: Set<String> = []
    /// Salts of receipts that the branch's history holds beside its first-parent line.
    package var saltsOffFirstParent: Set<String> = []
    /// Names of the receipts at the branch's tip.
    package var receipts: Set<String> = []
    /// A shallow history cannot tell when a claim entered.
    package var isShallow = false

    package init() {}

    /// Counted from 1; an audit that the branch does not have yet will be its next version.
    func version(of claim: ClaimID, audit: String) -> Int {
        let digests = versions[claim, default: []]
        return (digests.lastIndex(of: audit) ?? digests.count) + 1
    }

    /// Takes up the audits that are possible at one commit; commits come oldest first.
    package mutating func add(commit: String, audits: [(claim: ClaimID, digest: String)]) {
        for (claim, digest) in audits {
            if salts[digest] == nil { salts[digest] = commit }
            if versions[claim, default: []].last != digest { versions[claim, default: []].append(digest) }
        }
    }
}

/// The findings and verifiers of one commit after another, as far as audits depend on them.
package struct AuditHistory: Sendable {
    private var verifiers: VerifierSet
    private var findings: [String: Finding] = [:]

    package init(kernels: [KernelDescription]) {
        verifiers = VerifierSet(models: [:], measurements: [:], kernels: kernels)
    }

    /// Takes up what a commit changed, a record or its end by path, and returns the audits that this may have begun.
    package mutating func apply(_ changes: [(path: String, record: Record?)]) -> [(claim: ClaimID, digest: String)] {
        var changed: Set<String> = []
        var changedModels: Set<String> = []
        for (path, record) in changes {
            switch RecordPlace(path: path) {
            case .finding?:
                if case .finding(let finding)? = record { findings[path] = finding } else { findings[path] = nil }
                changed.insert(path)
            case .model(let slug)?:
                if case .model(let model)? = record {
                    verifiers.models[slug] = model
                } else {
                    verifiers.models[slug] = nil
                }
                changedModels.insert(slug)
            case .measurement(let model, let slug)?:
                let id = "\(model)/\(slug)"
                if case .measurement(let measurement)? = record {
                    verifiers.measurements[id] = measurement
                } else {
                    verifiers.measurements[id] = nil
                }
                changedModels.insert(model)
            default: break
            }
        }
        var affected = changed
        if !changedModels.isEmpty {
            for (path, finding) in findings
            where !changedModels.isDisjoint(with: finding.claims.compactMap(\.onlyModel)) {
                affected.insert(path)
            }
        }
        return affected.compactMap { findings[$0] }.flatMap(\.claims).compactMap { claim in
            verifiers.verification(of: claim).map { (claim.id, $0.auditDigest(of: claim)) }
        }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    }
}

extension Claim {
    /// The one model that it was tested on.
    fileprivate var onlyModel: String? {
        guard case .values(let models)? = tested[Condition.model], models.count == 1 else { return nil }
        return models[0]
    }
}
