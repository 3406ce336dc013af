import Checking
import Evidence
import Foundation
import KernelInterface
import Merging
import Records
import Reports
import Words
import YAML

/// A ledger in memory, written as text.
///
/// A line `--- path` begins a file. The path can be followed by `(symlink)`, `(submodule)`, `(too large BYTES)`,
/// `(offered)` for a receipt that is not on the audit branch, or `(FIRST to LAST)` for many files with `$n` in their
/// path and content. In content, `${hex 1b}` stands for raw bytes, and `${repeat N TEXT}` repeats a text. In a receipt,
/// `$model` and `$measurement` stand for the digests of the toy model `toy` and its measurement `dims`, `$audit` for
/// the commit that serves as the salt, and `$seed0` for the seed of run 0. In a path, `$name` stands for the SHA-256
/// digest of the content.
struct TestLedger {
    var files: [SourceFile] = []
    var offered: Set<String> = []
    /// The people whose keys the signers file lists as runners.
    var signers: [TestSigner] = []

    /// Combines two ledgers; files of `later` replace files of `base` with the same path.
    static func + (base: TestLedger, later: TestLedger) -> TestLedger {
        let replaced = Set(later.files.map(\.path))
        return TestLedger(
            files: base.files.filter { !replaced.contains($0.path) } + later.files,
            offered: base.offered.union(later.offered), signers: base.signers + later.signers)
    }

    static let today = "2026-03-18"
    static let auditCommit = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"

    func check(_ kernels: [KernelDescription] = testKernels) -> CheckedLedger {
        Checking.check(files.map(decode), kernels: kernels, today: Self.today)
    }

    /// Returns a history with one commit, which contains everything except offered receipts.
    func trail(_ ledger: CheckedLedger) -> AuditTrail {
        var trail = AuditTrail()
        trail.branch = "main"
        trail.add(commit: Self.auditCommit, date: 0)
        if !signers.isEmpty { trail.add(LedgerTests.signers(signers)) }
        trail.add(audits(ledger))
        for receipt in ledger.state.receipts where !offered.contains(receipt.name) {
            trail.add(.receipt(model: receipt.folder, name: receipt.name))
        }
        for signature in ledger.state.signatures.values.joined() {
            trail.add(
                .signature(
                    model: signature.folder, receipt: signature.receipt, key: signature.signature.key.digest))
        }
        return trail
    }

    func audits(_ ledger: CheckedLedger) -> [AuditTrail.Audit] {
        ledger.state.findings.values.flatMap { finding in
            finding.claims.compactMap { claim in
                ledger.verification(of: claim).map {
                    AuditTrail.Audit(
                        claim: claim.id, digest: $0.auditDigest(of: claim), contributors: finding.contributors)
                }
            }
        }
    }

    func merge() -> Merge {
        let ledger = check()
        return Merge(ledger, recomputeEvidence(ledger, trail: trail(ledger), settings: LedgerSettings()))
    }

    /// Returns every diagnostic as `path:line:column severity[code] message`, with its remedy.
    func diagnostics() -> [String] {
        let ledger = check()
        let evidence = recomputeEvidence(ledger, trail: trail(ledger), settings: LedgerSettings())
        let readmes = Dictionary(
            files.filter { isReadmePath($0.path) }.map { ($0.path, $0.bytes) }, uniquingKeysWith: { _, last in last })
        let notes = readmes.isEmpty ? [] : readmeNotes(expected: questionReadmes(merge()), found: readmes)
        return ledger.adding(evidenceNotes(ledger, evidence) + notes).diagnostics.map(rendered)
    }
}

func rendered(_ diagnostic: Diagnostic) -> String {
    let place = "\(diagnostic.path):\(diagnostic.mark.line):\(diagnostic.mark.column)"
    let fix = diagnostic.fix.map { "\n  -> \($0)" } ?? ""
    return escapeHidden("\(place) \(diagnostic.severity.rawValue)[\(diagnostic.code.name)] \(diagnostic.message)") + fix
}

extension TestLedger {
    init(_ text: String) {
        var header: String?
        var content: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("--- ") else {
                content.append(line)
                continue
            }
            if let header { add(header, content.joined(separator: "\n")) }
            header = String(line.dropFirst(4))
            content = []
        }
        if let header { add(header, content.joined(separator: "\n")) }
    }

    private mutating func add(_ header: String, _ content: String) {
        let parts = header.split(separator: " (", maxSplits: 1).map(String.init)
        let path = parts[0]
        let words = parts.count > 1 ? parts[1].dropLast().split(separator: " ").map(String.init) : []
        switch words.first {
        case "symlink": files.append(SourceFile(path: path, kind: .symlink, bytes: []))
        case "submodule": files.append(SourceFile(path: path, kind: .submodule, bytes: []))
        case "too": files.append(SourceFile(path: path, kind: .tooLarge(byteCount: Int(words[2])!), bytes: []))
        case let first? where Int(first) != nil:
            for n in Int(first)!...Int(words[2])! {
                func numbered(_ text: String) -> String { text.replacingOccurrences(of: "$n", with: "\(n)") }
                files.append(SourceFile(path: numbered(path), bytes: expanded(numbered(content))))
            }
        default:
            let bytes = path.hasSuffix(".json") ? receiptBytes(expanded(receiptText(content))) : expanded(content)
            let name = sha256(bytes)
            files.append(SourceFile(path: path.replacingOccurrences(of: "$name", with: name), bytes: bytes))
            if words.first == "offered" { offered.insert(name) }
        }
    }

    /// Returns a receipt in canonical form; other bytes are returned unchanged.
    private func receiptBytes(_ bytes: [UInt8]) -> [UInt8] {
        guard let statement = try? JSONDecoder().decode(Statement.self, from: Data(bytes)) else { return bytes }
        return (try? Receipt.encode(statement).bytes) ?? bytes
    }

    private func receiptText(_ content: String) -> String {
        var text = content.replacingOccurrences(of: "$model", with: testModelDigest)
            .replacingOccurrences(of: "$measurement", with: testMeasurementDigest)
            .replacingOccurrences(of: "$audit", with: Self.auditCommit)
        let model = text.firstMatch(of: /"sha256" *: *"([^"]*)"/).map { String($0.1) } ?? ""
        let salt = text.firstMatch(of: /"salt" *: *"([^"]*)"/).map { String($0.1) } ?? ""
        text.replace(/\$seed([0-9]+)/) { match in
            SeedSource(.first, salt: salt).seedText(modelDigest: model, index: Int(match.1)!)
        }
        return text
    }
}

private func expanded(_ text: String) -> [UInt8] {
    // Most files have nothing to expand, and a regular expression takes longer than checking such a file.
    guard text.range(of: "${") != nil else { return Array(text.utf8) }
    let repeated = text.replacing(/\$\{repeat ([0-9]+) ([^}]*)\}/) { match in
        String(repeating: String(match.2), count: Int(match.1)!)
    }
    var bytes: [UInt8] = []
    var rest = Substring(repeated)
    while let match = rest.firstMatch(of: /\$\{hex ([0-9a-f ]*)\}/) {
        bytes += Array(rest[..<match.range.lowerBound].utf8)
        bytes += match.1.split(separator: " ").map { UInt8($0, radix: 16)! }
        rest = rest[match.range.upperBound...]
    }
    return bytes + Array(rest.utf8)
}

/// Returns a cost of one second per feature for training and about one second for measuring. Starting the process takes
/// 1/16 of the latter second. Density 0 causes an error, although the range includes it.
private func testCost(config: Settings, measurement: String?, settings: Settings) throws(ConfigMistake) -> RunCost {
    if settings.values["density"] == "0" {
        throw ConfigMistake("density", "nothing is on at density 0", fix: "take a higher one")
    }
    let features = Double(config.values["features"] ?? "0")!
    return RunCost(
        trainingSeconds: features, measuringSeconds: measurement == nil ? 0 : 0.9375, bytes: features * features * 1e4)
}

/// The kernel that the tests use.
let testKernels = [
    KernelDescription(
        name: "toy", version: 1, summary: "a toy",
        parameters: [
            Parameter("features", .integers(1...1024), default: nil, "how many features the inputs have"),
            Parameter("learning_rate", .numbers(0...10), default: "0.001", "of the optimiser"),
        ],
        measurements: [
            KernelMeasurement(
                name: "dimensionality", quantities: ["dims"],
                settings: [
                    Parameter("density", .numbers(0...1), default: nil, "the share of features that are on"),
                    Parameter(
                        "network", .words(["trained", "untrained"]), default: "trained", "which network is measured"),
                ], trainingSettings: ["density"], measure: { _, _ in [:] })
        ], cost: testCost),
    KernelDescription(
        name: "other-toy", version: 1, summary: "another toy", parameters: [],
        measurements: [
            KernelMeasurement(
                name: "dimensionality", quantities: ["dims"],
                settings: [
                    Parameter("density", .numbers(0...1), default: nil, "the share of features that are on"),
                    Parameter(
                        "network", .words(["trained", "untrained"]), default: "trained", "which network is measured"),
                ], trainingSettings: ["density"], measure: { _, _ in [:] })
        ], cost: testCost),
]

let fixturesFolder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

func fixtureText(_ name: String) throws -> String {
    try String(contentsOf: fixturesFolder.appending(path: "\(name).txt"), encoding: .utf8)
}

/// A small valid ledger, on which the fixtures are based.
let baseLedger = TestLedger(try! fixtureText("base"))

/// The base ledger, whose contributors have addresses, so that others can be independent of them.
let addressedLedger = TestLedger(
    try! fixtureText("base").replacing("A. Handle", with: "A. Handle <a@example.org>"))

private let baseState = baseLedger.check().state
let testModelDigest = baseState.models["toy"]!.digest(testKernels[0])
let testMeasurementDigest = baseState.measurements["toy/dims"]!.digest
