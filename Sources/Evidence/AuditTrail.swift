import KernelInterface
import Records

/// The facts about claims and receipts that the history of the audit branch records.
package struct AuditTrail: Sendable {
    /// The name of the audit branch. nil if the repository has no such branch, in which case no receipt counts.
    package var branch: String?
    /// The salt of each audit, by audit digest. The salt is the oldest first-parent commit whose tree contains both the
    /// claim and its verifier.
    package var salts: [String: String] = [:]
    /// The audit digests of each claim, the oldest first.
    package var versions: [ClaimID: [String]] = [:]
    /// All commits on the branch's first-parent line.
    package var commits: Set<String> = []
    /// The salts from receipts. Each is a commit that is in the branch's history but not on its first-parent line.
    package var saltsOffFirstParent: Set<String> = []
    /// The names of the receipts at the branch's tip.
    package var receipts: Set<String> = []
    /// Whether the history is shallow. A shallow history does not show when a claim was added.
    package var isShallow = false

    package init() {}

    /// Returns the version of a claim, counted from 1. An audit that is not on the branch yet is the next version.
    func version(of claim: ClaimID, audit: String) -> Int {
        let digests = versions[claim, default: []]
        return (digests.lastIndex(of: audit) ?? digests.count) + 1
    }

    /// Adds the audits that are possible at one commit. Commits must be added from the oldest to the newest.
    package mutating func add(commit: String, audits: [(claim: ClaimID, digest: String)]) {
        for (claim, digest) in audits {
            if salts[digest] == nil { salts[digest] = commit }
            if versions[claim, default: []].last != digest { versions[claim, default: []].append(digest) }
        }
    }
}

/// The findings and verifiers on which audits depend, updated with each commit.
package struct AuditHistory: Sendable {
    private var verifiers: VerifierSet
    private var findings: [String: Finding] = [:]

    package init(kernels: [KernelDescription]) {
        verifiers = VerifierSet(models: [:], measurements: [:], kernels: kernels)
    }

    /// Applies the changes of a commit and returns the audits that they may have started. The record is nil if the
    /// commit removed it.
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
    /// The only model on which the claim was tested. nil if there is none or more than one.
    fileprivate var onlyModel: String? {
        guard case .values(let models)? = tested[Condition.model], models.count == 1 else { return nil }
        return models[0]
    }
}
