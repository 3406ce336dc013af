import KernelInterface
import Records
import Signatures
import Words

/// The facts about claims, receipts and keys that the history of the audit branch records.
///
/// A position is the number of a commit on the branch's first-parent line, counted from the oldest. A record *enters*
/// at the first position whose tree contains it.
package struct AuditTrail: Sendable {
    /// The claim and the verifier that start an audit, as they were when they entered.
    package struct Audit: Sendable {
        package var claim: ClaimID
        /// The audit digest, which identifies the audit.
        package var digest: String
        /// The contributors that the finding named.
        package var contributors: [String]

        package init(claim: ClaimID, digest: String, contributors: [String]) {
            self.claim = claim
            self.digest = digest
            self.contributors = contributors
        }
    }

    /// The first commit with a claim of one finding.
    private struct Origin {
        var position: Int
        var contributors: [String]
    }

    private struct ClaimAuditKey: Hashable {
        var claim: ClaimID
        var digest: String
    }

    /// The name of the audit branch. nil if the repository has no such branch, in which case no receipt counts.
    package var branch: String?
    /// The ids of the commits, by position.
    package private(set) var commits: [String] = []
    /// The committer dates of the commits in seconds since 1970, by position.
    private var dates: [Int64] = []
    private var positions: [String: Int] = [:]
    /// For each audit, the positions at which its presence on the branch began. If no finding has the audit for a while,
    /// a new presence begins.
    private var starts: [String: [Int]] = [:]
    /// The audits that a finding of the newest commit has.
    private var present: Set<String> = []
    private var origins: [ClaimAuditKey: Origin] = [:]
    /// The audit digests of each claim, the oldest first.
    private var versions: [ClaimID: [String]] = [:]
    /// The versions of the signers file, with the positions at which they entered.
    private var signerVersions: [(position: Int, signers: Signers)] = []
    /// The position at which each receipt entered, by its name.
    private var receiptEntries: [String: Int] = [:]
    /// The position at which each trace, text and annotation entered, by its path.
    private var traceEntries: [String: Int] = [:]
    /// The position at which each signature entered, by the names of its receipt and key.
    private var signatureEntries: [String: Int] = [:]
    /// The addresses of the authors of each finding's commits, with the positions at which the commits entered.
    private var authors: [String: [(position: Int, address: String)]] = [:]
    /// The salts from receipts. Each is a commit that is in the branch's history but not on its first-parent line.
    package var saltsOffFirstParent: Set<String> = []
    /// The names of the receipts and signatures that count although they are not at the branch's tip yet.
    package var arriving: Set<String> = []
    /// The signers file at the branch's tip.
    package var signers = Signers()
    /// Whether the history is shallow. A shallow history does not show when a claim was added.
    package var isShallow = false
    /// Whether runs of contributors' kernels without a sandbox count, according to the settings.
    package var countsUnsandboxedRuns = false

    package init() {}

    /// The position of the next commit.
    package var next: Int { commits.count }

    package func contains(commit: String) -> Bool { positions[commit] != nil }

    /// Adds a commit. Commits must be added from the oldest to the newest, before anything that entered at them.
    package mutating func add(commit: String, date: Int64) {
        positions[commit] = commits.count
        commits.append(commit)
        dates.append(date)
    }

    /// Adds the audits that are possible at the newest commit, and ends those that no finding has any more.
    ///
    /// Contributors are those of the first version of the finding. Later versions can only add the address of a person
    /// who was named without one.
    package mutating func add(_ audits: [Audit], ended: Set<String> = []) {
        present.subtract(ended)
        for audit in audits {
            if present.insert(audit.digest).inserted { starts[audit.digest, default: []].append(next - 1) }
            let key = ClaimAuditKey(claim: audit.claim, digest: audit.digest)
            var origin = origins[key] ?? Origin(position: next - 1, contributors: audit.contributors)
            origin.contributors.addAddresses(from: audit.contributors)
            origins[key] = origin
            if versions[audit.claim, default: []].last != audit.digest {
                versions[audit.claim, default: []].append(audit.digest)
            }
        }
    }

    /// Adds the version of the signers file that entered at the newest commit.
    package mutating func add(_ signers: Signers) {
        signerVersions.append((next - 1, signers))
        self.signers = signers
    }

    /// Adds a receipt, a signature, or a file of a trace that the newest commit contains.
    package mutating func add(_ place: RecordPlace) {
        switch place {
        case .trace, .traceText, .annotation: traceEntries[place.path] = traceEntries[place.path] ?? next - 1
        case .receipt(_, let name): receiptEntries[name] = receiptEntries[name] ?? next - 1
        case .signature(_, let receipt, let key):
            let name = Self.signatureName(receipt, key)
            signatureEntries[name] = signatureEntries[name] ?? next - 1
        default: break
        }
    }

    /// Adds an author of a finding's commit, which entered at a position.
    package mutating func add(author address: String, of finding: String, at position: Int) {
        authors[finding, default: []].append((position, foldedAddress(address)))
    }

    private static func signatureName(_ receipt: String, _ key: String) -> String { "\(receipt).\(key)" }
}

extension AuditTrail {
    /// Whether the branch ever listed a signer.
    package var hasSigners: Bool { signerVersions.contains { !$0.signers.entries.isEmpty } }

    /// Returns the salt of an audit whose receipts enter at `position` (by default, with the next commit). It is the
    /// commit since which the branch has contained the claim and its verifier without interruption.
    package func salt(of audit: String, at position: Int? = nil) -> String? {
        start(of: audit, at: position ?? next).map { commits[$0] }
    }

    private func start(of audit: String, at position: Int) -> Int? { starts[audit]?.last { $0 <= position } }

    /// Returns the version of a claim, counted from 1. An audit that is not on the branch yet is the next version.
    func version(of claim: ClaimID, audit: String) -> Int {
        let digests = versions[claim, default: []]
        return (digests.lastIndex(of: audit) ?? digests.count) + 1
    }

    /// Returns the position at which a receipt entered. nil if it is not on the branch.
    func entry(of receipt: Receipt) -> Int? {
        receiptEntries[receipt.name] ?? (arriving.contains(receipt.name) ? next : nil)
    }

    /// Returns the position of a commit; nil if it is not on the branch.
    func position(of commit: String) -> Int? { positions[commit] }

    /// Returns the position at which a file of a trace entered. nil if it is not on the branch.
    func entry(ofTraceFile place: RecordPlace) -> Int? { traceEntries[place.path] }

    /// Returns the position at which both a receipt and the signature of its runner's key entered. nil if the signature
    /// does not fit, because the branch may contain a forged file.
    func signedEntry(of receipt: Receipt) -> Int? {
        guard receipt.isSigned, let key = receipt.runnerKey else { return nil }
        let name = Self.signatureName(receipt.name, key.digest)
        guard let receipt = entry(of: receipt),
            let signature = signatureEntries[name] ?? (arriving.contains(name) ? next : nil)
        else { return nil }
        return max(receipt, signature)
    }

    /// Makes a state's receipts and signatures count as if the next commit of the branch contained them.
    package mutating func arrive(_ state: LedgerState) {
        arriving.formUnion(state.receipts.map(\.name))
        for signature in state.signatures.values.joined() {
            arriving.insert(Self.signatureName(signature.receipt, signature.signature.key.digest))
        }
    }

    /// Returns whether a signers file with a runner was on the branch at a position or before.
    package func hadRunners(at position: Int) -> Bool {
        signerVersions.contains { $0.position <= position && $0.signers.hasRunners }
    }

    /// Returns the principal whose key is listed as a runner's and valid at a position, in the form in which addresses
    /// are compared, so that two spellings of an address are one person with one vote.
    package func runner(_ key: PublicKey, at position: Int) -> String? {
        guard let version = signerVersions.last(where: { $0.position <= position }) else { return nil }
        return version.signers.principal(
            of: key, for: Signers.runnerNamespaces, at: position < dates.count ? dates[position] : dates.last ?? 0
        ).map(foldedAddress)
    }

    /// Returns the listed principal who signed a receipt. nil if there is none.
    package func principal(of receipt: Receipt) -> String? {
        guard let key = receipt.runnerKey, let entry = signedEntry(of: receipt) else { return nil }
        return runner(key, at: entry)
    }

    /// Returns the position at which the listing of a key that covers `position` began, without interruption.
    func listingStart(of key: PublicKey, at position: Int) -> Int? {
        var start: Int?
        for version in signerVersions where version.position <= position {
            let isListed = version.signers.entries.contains {
                $0.key == key && $0.allows(Signers.runnerNamespaces)
            }
            start = isListed ? start ?? version.position : nil
        }
        return start
    }

    /// Returns the salt from which the seeds of a key's runs for an audit derive, if the runs entered at `position`.
    package func salt(of audit: String, for key: PublicKey?, at position: Int) -> String? {
        guard let start = start(of: audit, at: position) else { return nil }
        return commits[max(start, key.flatMap { listingStart(of: $0, at: position) } ?? 0)]
    }

    /// Returns whether runs with a salt may have been made for an audit. They may not if the salt is older than that of
    /// the audit.
    package func isSalt(_ salt: String, possibleFor audit: String) -> Bool {
        guard let position = positions[salt], let start = starts[audit]?.first else { return false }
        return position >= start
    }

    /// Returns whether an audit accepts runs with these seeds, which derive from `key` and entered at `position`.
    func accepts(_ seeds: SeedSource, of key: PublicKey?, at position: Int, _ audit: String) -> Bool {
        seeds.salt == salt(of: audit, at: position) || seeds.salt == salt(of: audit, for: key, at: position)
    }

    /// The contributors of an audited claim: those that its finding named when the claim entered, and the authors of
    /// the finding's commits up to then.
    func contributors(of claim: ClaimID, audit: String) -> ClaimContributors {
        guard let origin = origins[ClaimAuditKey(claim: claim, digest: audit)] else {
            return .unknown
        }
        var contributors = ClaimContributors(origin.contributors)
        for author in authors[claim.slug, default: []] where author.position <= origin.position {
            contributors.addresses.insert(author.address)
        }
        return contributors
    }

}

extension [String] {
    /// Adds addresses to the people whom this list names without an address, if a later list of contributors gives
    /// them.
    fileprivate mutating func addAddresses(from later: [String]) {
        for index in indices where contributorAddress(self[index]) == nil {
            let known = later.first { contributorAddress($0) != nil && $0.hasSameBytes(as: self[index], before: " <") }
            self[index] = known ?? self[index]
        }
    }
}

extension String {
    /// Returns whether the part of this text before the last `separator` has the same bytes as `name`.
    fileprivate func hasSameBytes(as name: String, before separator: String) -> Bool {
        guard let end = utf8.indices.last(where: { utf8[$0...].starts(with: separator.utf8) }) else { return false }
        return utf8[..<end].elementsEqual(name.utf8)
    }
}

/// The contributors of a claim, compared by address.
struct ClaimContributors: Sendable {
    var addresses: Set<String>
    /// Whether every named contributor has an address. If one has none, nobody can be shown to be independent.
    var areKnown: Bool

    /// The contributors of a claim that is not on the audit branch.
    static let unknown = ClaimContributors(addresses: [], areKnown: false)

    private init(addresses: Set<String>, areKnown: Bool) {
        self.addresses = addresses
        self.areKnown = areKnown
    }

    init(_ contributors: [String]) {
        let known = contributors.map(contributorAddress)
        addresses = Set(known.compactMap(\.self))
        areKnown = !known.contains(nil)
    }

    /// Returns whether the contributors are known and none of them is among the others.
    func areApart(from other: ClaimContributors) -> Bool {
        areKnown && other.areKnown && addresses.isDisjoint(with: other.addresses)
    }

    /// Returns whether a principal, or one of several in a list, is a contributor.
    func contains(_ principals: String) -> Bool {
        principals.split(separator: ",").contains { addresses.contains(foldedAddress(String($0))) }
    }
}

/// The findings and verifiers on which audits depend, updated with each commit.
package struct AuditHistory: Sendable {
    private var verifiers: VerifierSet
    private var findings: [String: Finding] = [:]
    /// The audits of each finding's claims, by the finding's path.
    private var audits: [String: [AuditTrail.Audit]] = [:]
    /// For each audit digest, the number of claims with this audit.
    private var holders: [String: Int] = [:]

    package init(kernels: [KernelDescription]) {
        verifiers = VerifierSet(models: [:], measurements: [:], kernels: kernels)
    }

    /// Applies the changes of a commit. Returns the audits of the changed claims, and the digests of audits that no
    /// claim has any more. Planned and retracted findings have no audits, so that their authors cannot see seeds before
    /// they decide to claim something. The record is nil if the commit removed it.
    package mutating func apply(
        _ changes: [(path: String, record: Record?)]
    ) -> (audits: [AuditTrail.Audit], ended: Set<String>) {
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
            case .kernel(let slug)?:
                verifiers.kernels.removeAll { $0.name == slug && $0.program != nil }
                if case .kernel(let kernel)? = record { verifiers.kernels.append(kernel.description) }
                changedModels.formUnion(verifiers.models.values.filter { $0.kernel.value == slug }.map(\.slug))
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
            where !changedModels.isDisjoint(with: finding.claims.flatMap(\.possibleVerifiers)) {
                affected.insert(path)
            }
        }
        var ended: Set<String> = []
        var begun: [AuditTrail.Audit] = []
        for path in affected {
            for audit in audits[path] ?? [] {
                holders[audit.digest, default: 0] -= 1
                if holders[audit.digest] == 0 { ended.insert(audit.digest) }
            }
            audits[path] = findings[path].map { audits(of: $0) }
            for audit in audits[path] ?? [] { holders[audit.digest, default: 0] += 1 }
            begun += audits[path] ?? []
        }
        ended = ended.filter { holders[$0] == 0 }
        return (begun.sorted { ($0.claim, $0.digest) < ($1.claim, $1.digest) }, ended)
    }

    private func audits(of finding: Finding) -> [AuditTrail.Audit] {
        guard !finding.isPlanned, finding.retracted == nil else { return [] }
        return finding.claims.compactMap { claim in
            verifiers.verification(of: claim).map {
                AuditTrail.Audit(
                    claim: claim.id, digest: $0.auditDigest(of: claim), contributors: finding.contributors)
            }
        }
    }
}

extension Claim {
    /// The only model on which the claim was tested. nil if there is none or more than one.
    var onlyModel: String? {
        guard case .values(let models)? = tested[Condition.model], models.count == 1 else { return nil }
        return models[0]
    }

    /// The toy models whose measurements may verify the claim.
    fileprivate var possibleVerifiers: [String] {
        [onlyModel, verify.map { String($0.value.prefix { $0 != "/" }) }].compactMap(\.self)
    }
}
