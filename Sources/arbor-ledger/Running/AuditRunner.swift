import Evidence
import Git
import Records
import Signatures
import Words

/// The person who makes runs here, with the key that signs their receipts.
struct AuditRunner {
    /// nil if git does not sign with an SSH key. The runs are then unsigned.
    var key: SigningKey?
    /// git's name and address of the user.
    var name: String
    /// The runner of receipts that enter the audit branch next.
    var runner: Runner
    /// Whether the signers file lists the key, even if it is not valid now.
    private let isListed: Bool
    /// The signatures over salts, from which the tokens of seeds derive.
    private var signatures: [String: SSHSignature] = [:]

    init(_ workspace: Workspace, _ trail: AuditTrail) async throws {
        name = try workspace.runnerName()
        let key = try await SigningKey.configured(workspace)
        self.key = key
        isListed = trail.signers.entries.contains { $0.key == key?.key && $0.allows(Signers.runnerNamespaces) }
        if let principal = key.flatMap({ trail.runner($0.key, at: trail.next) }) {
            runner = .listed(principal: principal)
        } else if !trail.hadRunners(at: trail.next) {
            runner = .early
        } else {
            let address = contributorAddress(name)
            runner = key.map { .unlisted(key: $0.key.fingerprint, address: address) } ?? .unnamed
        }
    }

    /// Signs the salts of the claims and sets the tokens of their seeds. Repeats need no tokens, so that every type of
    /// key can sign them.
    mutating func setTokens(of claims: inout [AuditedClaim]) async throws {
        guard let key else { return }
        guard key.key.signsDeterministically else {
            throw Refusal(
                message:
                    "git signs with a key of type \(key.key.type), which gives no seeds because its signatures vary",
                remedy:
                    "sign runs with an Ed25519 key: `git -c user.signingKey=FILE …`, or set user.signingKey in this "
                    + "repository",
                exitCode: 2)
        }
        for number in claims.indices {
            let salt = claims[number].seeds.salt
            let signature: SSHSignature
            if let known = signatures[salt] {
                signature = known
            } else {
                signature = try await key.sign(SeedSource.message(salt: salt), namespace: SeedSource.namespace)
                signatures[salt] = signature
            }
            claims[number].seeds.token = SeedSource.token(signature)
        }
    }

    /// Returns the runner and the source of seeds for a receipt.
    func signing(_ study: StudyToRun) -> RunSigning {
        RunSigning(
            salt: study.seeds.salt,
            seeding: signatures[study.seeds.salt].map(Statement.Seeding.init) ?? Statement.Seeding(),
            runBy: name, runnerKey: key?.key)
    }

    /// Returns an empty sequence of this runner.
    func sequence(_ study: StudyToRun, on platform: PlatformKind, _ trail: AuditTrail) -> RunSequence {
        RunSequence(
            RunSequence.Key(seeds: study.seeds, platform: platform, runner: runner),
            seedKey: key?.key,
            entry: trail.next)
    }

    /// Signs receipts and writes the signatures beside them. Returns the paths of the signatures. If a signature fails,
    /// the remaining receipts can be signed later.
    func sign(_ receipts: [WrittenReceipt], _ workspace: Workspace) async throws -> [String] {
        guard let key else { return [] }
        var paths: [String] = []
        for receipt in receipts {
            let signature = try await key.sign(receipt.bytes, namespace: ReceiptSignature.namespace)
            let path = RecordPlace.signature(model: receipt.model, receipt: receipt.name, key: key.key.digest).path
            try writeFile("\(workspace.root)/\(path)", signature.armored)
            paths.append(path)
        }
        return paths
    }

    /// Says why the runs of this person would decide nothing.
    var refusal: Refusal {
        guard key != nil else {
            return Refusal(
                message: "your runs would decide nothing, because git does not sign with an SSH key",
                remedy: "git config gpg.format ssh, and git config user.signingKey ~/.ssh/id_ed25519.pub")
        }
        guard !isListed else {
            return Refusal(
                message:
                    "your runs would decide nothing, because your key is not valid now according to \(signersPath) on "
                    + "the audit branch",
                remedy: "ask a maintainer to change the dates in its line")
        }
        return Refusal(
            message:
                "your runs would decide nothing, because \(signersPath) on the audit branch does not list your key",
            remedy: "add it with `arbor-ledger signers add` and ask a maintainer to merge it")
    }
}

extension Workspace {
    /// Returns git's name and address of the user, escaped so that a receipt can be read back.
    func runnerName() throws -> String {
        try repository().identity(.author, environment: environment).contributor
    }

    /// Returns git's name and address of the user. nil if git does not know them.
    func contributor() -> String? { try? runnerName() }
}

extension Identity {
    /// The name and address, as in the contributors of a finding. Hidden characters are escaped.
    var contributor: String { escapeHidden(composed("\(name) <\(email)>")).replacing("\\", with: "/") }
}
