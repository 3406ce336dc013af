import Checking
import Evidence
import Merging
import Records
import Reports
import Words

/// Returns a finding with the given claims; its other keys have fixed values.
func finding(
    _ slug: String, by contributor: String = "C. Handle <c@example.org>", _ claims: String, _ extra: String = ""
) -> String {
    """
    --- Findings/\(slug).yaml
    title: Finding \(slug)
    authors: [A. Author]
    contributors: [\(contributor)]
    date: 2026-01-05
    source: source of \(slug)
    north_star: None.
    \(extra)
    claims:
    \(claims)

    """
}

/// Describes a disagreement in a few lines.
func outline(_ found: Disagreement?) -> String {
    guard let found else { return "nothing to tell" }
    func group(_ ids: [ClaimID]) -> String { "{\(ids.map(\.slug).joined(separator: ", "))}" }
    var lines = ["\(found.quantity) at \(found.home ?? "no question")"]
    for pair in found.pairs {
        let kind = pair.isConflict ? "conflict" : "near miss"
        lines.append("\(kind): \(pair.a) \(pair.b), \(pair.kind.rawValue), \(pair.grade.rawValue) \(pair.differs)")
    }
    if !found.sides.isEmpty { lines.append("sides: \(found.sides.map(group).joined(separator: " "))") }
    if !found.camps.isEmpty { lines.append("camps: \(found.camps.map(group).joined(separator: " "))") }
    for explanation in found.explanations {
        let note = explanation.identifies ? ", identifies" : explanation.threshold.map { ", as \($0.phrase)" } ?? ""
        lines.append("explained by \(explanation.conditions), \(explanation.blockCount) blocks\(note)")
    }
    if !found.core.isEmpty { lines.append("core: \(found.core)") }
    for set in found.sets { lines.append("set: \(set.map(\.slug).joined(separator: " "))") }
    for set in found.setsApart { lines.append("set apart: \(set.map(\.slug).joined(separator: " "))") }
    if let shuffle = found.shuffle {
        lines.append("chance: \(shuffle.asGoodCount) of \(shuffle.total), floor \(shuffle.floorCount)")
    }
    if let run = found.decidingRun {
        lines.append("deciding: \(run.phrase), worst \(run.worst) of \(run.candidates)")
    }
    for narrowing in found.narrowings { lines.append("narrowed: \(narrowing.claim) to \(narrowing.phrase)") }
    for refinement in found.refinements {
        lines.append("refined: \(refinement.chain.map(\.slug).joined(separator: " > "))")
    }
    for (a, b) in found.estimates { lines.append("estimates: \(a) \(b)") }
    return lines.joined(separator: "\n")
}

/// Describes an answer in a few lines.
func outline(_ answer: Answer?) -> String {
    guard let answer else { return "no such question" }
    var lines = [
        answer.phrase,
        "verified \(answer.verified.rawValue), general \(answer.general.rawValue), special \(answer.special.rawValue)",
    ]
    if let reason = answer.reason { lines.append("because: \(reason)") }
    if !answer.parts.isEmpty { lines.append("\(answer.answeredParts) of \(answer.parts) answered") }
    for claim in answer.claims {
        lines.append(
            "\(claim.member.id) \(claim.side.rawValue)\(claim.status == .in ? "" : ", \(claim.status.rawValue)")\(claim.bridge.map { ", over \($0)" } ?? claim.omission.map { ", \($0)" } ?? "")"
        )
    }
    lines.append("assuming \(answer.assumptions.sets)")
    return lines.joined(separator: "\n")
}

extension TestLedger {
    /// Adds a receipt with the values of consecutive runs, the first of which is run `first`. A nil value is a failure
    /// of the kernel. The receipt is signed if `signer` is given. If `repeats` is given, the runs repeat those of the
    /// receipt with this name, whose seeds derive from the signature of `seedSigner`. Returns the name of the receipt.
    @discardableResult mutating func addRuns(
        of name: String, _ values: [Double?], from first: Int = 0, cell: Int = 0, isControl: Bool = false,
        runBy: String = "Z. Auditor", salt: String = TestLedger.auditCommit, offered isOffered: Bool = false,
        blasCore: String = "Haswell", by signer: TestSigner? = nil, seedSigner: TestSigner? = nil,
        repeats: String? = nil, isSigned: Bool = true
    ) throws -> String {
        let ledger = check()
        let claim = ledger.state.claim(ledger.state.claimID(name)!)!
        let verification = ledger.verification(of: claim)!
        let studied = verification.cells[cell]
        let study = isControl ? studied.control! : studied.study
        let owner = repeats == nil ? signer : seedSigner
        let seedSignature = owner.map { $0.sign(SeedSource.message(salt: salt), SeedSource.namespace) }
        let seeds = seedSignature.map { SeedSource(salt: salt, token: SeedSource.token($0)) } ?? SeedSource(salt: salt)
        let runs = values.enumerated().map { offset, value in
            Statement.Run(
                index: first + offset, seed: seeds.seedText(modelDigest: study.modelDigest, index: first + offset),
                seconds: 1,
                values: value.map { [verification.hitRule(of: claim).quantity: Statement.Run.Value($0)] },
                failure: value == nil ? "it diverged" : nil)
        }
        let platform = Statement.Platform(
            architecture: "x86_64", operatingSystem: "Debian 12", blas: "OpenBLAS 0.3.21", blasCore: blasCore,
            blasThreads: 1, tool: "0.1.0")
        var statement = verification.statement(
            of: study, runs: runs, platform: platform,
            RunSigning(
                salt: salt, seeding: seedSignature.map(Statement.Seeding.init) ?? Statement.Seeding(), runBy: runBy,
                runnerKey: signer?.publicKey))
        statement.predicate.repeats = repeats
        let (receipt, bytes) = try Receipt.encode(statement)
        let model = verification.model.slug
        files.append(SourceFile(path: RecordPlace.receipt(model: model, name: receipt).path, bytes: bytes))
        if let signer, isSigned {
            let place = RecordPlace.signature(model: model, receipt: receipt, key: signer.publicKey.digest)
            files.append(
                SourceFile(
                    path: place.path, bytes: signer.sign(bytes, ReceiptSignature.namespace).armored))
        }
        if isOffered { offered.insert(receipt) }
        return receipt
    }

    /// Adds runs of a listed runner who is no contributor.
    mutating func addIndependentRuns(
        of name: String, _ values: [Double?], cell: Int = 0, isControl: Bool = false
    ) throws {
        if signers.isEmpty { signers = [.bob] }
        try addRuns(of: name, values, cell: cell, isControl: isControl, by: .bob)
    }

    func sequences() -> RunSequences {
        let ledger = check()
        return RunSequences(ledger.state.receipts, trail(ledger), TraceSamples(ledger, trail(ledger)))
    }

    func evidence(_ change: (inout AuditTrail) -> Void = { _ in }) -> Evidence {
        let ledger = check()
        var trail = trail(ledger)
        change(&trail)
        return recomputeEvidence(ledger, trail: trail, settings: LedgerSettings())
    }
}

/// Returns one line per claim with its verdict, level, hits, runs and remarks.
func outline(_ evidence: Evidence) -> [String] {
    evidence.claims.sorted { $0.key < $1.key }.map { id, evidence in
        var line =
            "\(id) \(evidence.verdict.rawValue), \(evidence.evidence.phrase), \(evidence.hits) of \(evidence.runs)"
        if evidence.offeredRuns > 0 { line += ", \(evidence.offeredRuns) offered" }
        if evidence.verdict == .verified, evidence.isControlRefuted { line += ", control refuted" }
        if evidence.isUninformative { line += ", uninformative" }
        if evidence.isSaltUnchecked { line += ", salt not checked" }
        if evidence.version > 1 { line += ", version \(evidence.version)" }
        return line
    }
}

extension Report {
    /// Returns the whole report in one format.
    func written(_ format: String = "text", width: Int = 80) -> String {
        String(decoding: written(as: format, style: TextStyle(width: width, hasColour: false)) ?? [], as: UTF8.self)
    }
}
