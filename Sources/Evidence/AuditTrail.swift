import KernelInterface
import Records

/// What the history of the audit branch says about claims and receipts.
package struct AuditTrail: Sendable {
    /// nil where the repository has no such branch; no receipt counts then.
    package var branch: String?
    /// By audit digest: the oldest first-parent commit whose tree holds the claim and its verifier.
    package var salts: [String: String] = [:]
    /// The audit digests of each claim, oldest first.
    package var versions: [ClaimID: [String]] = [:]
    /// Every first-parent commit.
    package var commits: Set<String> = []
    /// Salts of receipts that are in the branch's history but not on its first-parent line.
    package var saltsOffFirstParent: Set<String> = []
    /// Names of the receipts at the branch's tip.
    package var receipts: Set<String> = []
    /// Whether the history is shallow, so that nobody can tell when a claim entered.
    package var isShallow = false

    package init() {}

    /// The version of a claim, from 1; an audit that is not on the branch yet is the next version.
    func version(of claim: ClaimID, audit: String) -> Int {
        let digests = versions[claim, default: []]
        return (digests.lastIndex(of: audit) ?? digests.count) + 1
    }

    /// Adds the audits that are possible at one commit; commits come oldest first.
    package mutating func add(commit: String, audits: [(claim: ClaimID, digest: String)]) {
        for (claim, digest) in audits {
            if salts[digest] == nil { salts[digest] = commit }
            if versions[claim, default: []].last != digest { versions[claim, default: []].append(digest) }
        }
    }
}

/// The findings and verifiers on which audits depend, commit by commit.
package struct AuditHistory: Sendable {
    private var verifiers: VerifierSet
    private var findings: [String: Finding] = [:]

    package init(kernels: [KernelDescription]) {
        verifiers = VerifierSet(models: [:], measurements: [:], kernels: kernels)
    }

    /// Applies the changes of a commit (a removed record is nil) and returns the audits that they may have started.
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
    /// The model that it was tested on; nil for none or several.
    fileprivate var onlyModel: String? {
        guard case .values(let models)? = tested[Condition.model], models.count == 1 else { return nil }
        return models[0]
    }
}
