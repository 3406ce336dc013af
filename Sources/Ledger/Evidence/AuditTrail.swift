/// What the history of the audit branch says of claims and receipts.
public struct AuditTrail: Sendable {
    /// nil where the repository has no such branch: then nothing counts.
    public var branch: String?
    /// By claim digest: the oldest first-parent commit whose tree holds the claim.
    public var salts: [String: String] = [:]
    /// The digests that each claim has had, oldest first.
    public var versions: [ClaimID: [String]] = [:]
    /// Every first-parent commit.
    public var commits: Set<String> = []
    /// Names of the receipts at the branch's tip.
    public var receipts: Set<String> = []
    /// A shallow history cannot tell when a claim entered.
    public var isShallow = false

    public init() {}

    /// Counted from 1; a digest that the branch does not have yet will be its next version.
    func version(of claim: Claim) -> Int {
        let digests = versions[claim.id, default: []]
        return (digests.lastIndex(of: claim.digest) ?? digests.count) + 1
    }

    /// Takes up one commit's claims; commits come oldest first.
    public mutating func add(commit: String, claims: [(id: ClaimID, digest: String)]) {
        for (id, digest) in claims {
            if salts[digest] == nil { salts[digest] = commit }
            if versions[id, default: []].last != digest { versions[id, default: []].append(digest) }
        }
    }
}
