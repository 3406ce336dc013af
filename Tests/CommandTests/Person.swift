import Foundation
import Records
import Signatures
import Testing

/// A person who works in a ledger and has an Ed25519 key, which git uses to sign.
struct Person {
    /// The first name in lower case. The key has this name, too, and lies beside the ledger.
    var id: String
    var ledger: TemporaryLedger

    var name: String { id.prefix(1).uppercased() + id.dropFirst() }
    var address: String { "\(id)@example.org" }
    var keyFile: String { "\(ledger.root)/\(id)" }

    var key: PublicKey {
        get throws { try #require(PublicKey(text: try ledger.read("\(keyFile).pub"))) }
    }

    var environment: [String: String] {
        var environment: [String: String] = [:]
        for role in ["AUTHOR", "COMMITTER"] {
            environment["GIT_\(role)_NAME"] = name
            environment["GIT_\(role)_EMAIL"] = address
        }
        return environment
    }

    /// Runs arbor-ledger as this person. `key` is the key in git's configuration; nil if it names none.
    func run(_ arguments: [String], key: String?, in folder: String = "", extra: [String: String] = [:]) throws
        -> ProcessResult
    {
        for (name, value) in [("gpg.format", key.map { _ in "ssh" }), ("user.signingKey", key)] {
            _ = try ledger.tryGit(
                value.map { ["config", name, $0] } ?? ["config", "--unset", name], in: folder)
        }
        return try ledger.run(arguments, in: folder, extra: environment.merging(extra) { $1 })
    }

    func run(_ arguments: String...) throws -> ProcessResult { try run(arguments, key: keyFile) }

    /// Runs the command without a signing key.
    func runUnsigned(_ arguments: String...) throws -> ProcessResult { try run(arguments, key: nil) }

    @discardableResult
    func git(_ arguments: String..., extra: [String: String] = [:]) throws -> String {
        let printed = try ledger.tryGit(arguments, extra: environment.merging(extra) { $1 })
        guard printed.status == 0 else { throw Failure(description: "git \(arguments): \(printed)") }
        return printed.output.hasSuffix("\n") ? String(printed.output.dropLast()) : printed.output
    }

    func commit(_ message: String, signed: Bool = false) throws {
        try git("add", "-A")
        try git(
            "-c", "gpg.format=ssh", "-c", "user.signingKey=\(keyFile)", "commit", "-q", signed ? "-S" : "--no-gpg-sign",
            "-m", message)
    }

    /// Runs `verify` and commits the receipts.
    func audit(_ arguments: String...) throws {
        let printed = try run(["verify"] + arguments, key: keyFile)
        guard printed.status == 0 else { throw Failure(description: printed.description) }
        try commit("Audit by \(name)")
    }

    func sign(_ message: [UInt8], _ namespace: String) throws -> SSHSignature {
        try ledger.sign(message, namespace, with: keyFile)
    }

    /// A line of the signers file.
    func line(_ options: String = "namespaces=\"arbor-ledger,arbor-seed\"") throws -> String {
        "\(address) \(options) \(try key.text)\n"
    }
}

extension TemporaryLedger {
    /// The example with the contributor Ada, and with the keys of five people beside it.
    private static let community = Result {
        let ledger = try TemporaryLedger.example()
        try ledger.edit(exampleFinding, "[\"Ada <ada@example.org>\"]", "[Ada <ada@example.org>]")
        for id in ["ada", "bob", "cem", "mia", "mallory"] {
            try keygen(ledger, ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", "\(ledger.root)/\(id)"])
        }
        return ledger
    }

    /// Returns the example, written by Ada. Its first commit lists the given people as runners and, if there are any,
    /// Mia as the maintainer.
    static func community(runners: [String] = []) throws -> TemporaryLedger {
        let ledger = try TemporaryLedger(copyOf: community.get())
        if !runners.isEmpty { try ledger.list(runners, maintainer: "mia") }
        try ledger.git("add", "-A")
        try ledger.git("commit", "-q", "--amend", "-m", "Begin")
        return ledger
    }

    func person(_ id: String) -> Person { Person(id: id, ledger: self) }

    /// Writes the signers file.
    func list(_ runners: [String], maintainer: String? = nil) throws {
        var lines = try runners.map { try person($0).line() }.joined()
        if let maintainer { lines += try person(maintainer).line("namespaces=\"git\"") }
        try write(".arbor-ledger/signers", lines)
    }

    /// Signs a message with the real `ssh-keygen`.
    func sign(_ message: [UInt8], _ namespace: String, with key: String) throws -> SSHSignature {
        let file = "\(root)/message-\(UUID().uuidString)"
        try Data(message).write(to: URL(fileURLWithPath: file))
        try keygen(self, ["-Y", "sign", "-q", "-n", namespace, "-f", key, file])
        return try SSHSignature(armored: Array(read("\(file).sig").utf8))
    }

    /// Expects what `merge` says of a claim, such as `+ own run, toy`.
    func expectStanding(
        _ expected: String, of claim: String = "half-a-dimension#1", in folder: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let printed = try run(["merge"], in: folder)
        let line = printed.output.split(separator: "\n").first { $0.contains("\(claim)  ") } ?? ""
        let found = line.replacing(claim, with: "").split(separator: " ").joined(separator: " ")
        #expect(found == expected, "\(printed)", sourceLocation: sourceLocation)
    }

    /// The codes of the errors that `check` finds.
    func errors(_ arguments: String...) throws -> [String] {
        try run(["check", "--format", "json"] + arguments).json()["diagnostics"].items
            .filter { $0["severity"].text == "error" }.map { $0["code"].text }
    }
}

/// A person who writes receipts of runs that were never made. The forger knows everything that is public: the toy
/// model, the salt, the keys, and the signatures in the receipts of others.
struct Forger {
    let ledger: TemporaryLedger
    /// Receipts of the claim and of its control, which the forger alters.
    private let real: [Bool: Statement]

    /// Reads the receipts in a ledger, which other people may have made.
    init(_ ledger: TemporaryLedger, from other: TemporaryLedger) throws {
        self.ledger = ledger
        var real: [Bool: Statement] = [:]
        for statement in try other.receipts() { real[statement.predicate.isControl] = statement }
        self.real = real
    }

    /// Writes a receipt in which every run has this value. Returns its name. `change` makes further changes before the
    /// seeds are computed.
    @discardableResult
    func type(
        _ value: Double, runs: Range<Int> = 0..<8, isControl: Bool = false, salt: String,
        seeding: Statement.Seeding? = .init(), token: String = "", by name: String = "Mallory <mallory@example.org>",
        _ change: (inout Statement.Predicate) -> Void = { _ in }
    ) throws -> String {
        var statement = try #require(real[isControl])
        statement.predicate.salt = salt
        statement.predicate.seeding = seeding
        statement.predicate.runBy = name
        statement.predicate.runnerKey = seeding?.key
        change(&statement.predicate)
        let seeds = seeding == nil ? SeedSource(.first, salt: salt) : SeedSource(salt: salt, token: token)
        let quantity = "dimensions-per-feature"
        statement.predicate.runs = runs.map { index in
            Statement.Run(
                index: index, seed: seeds.seedText(modelDigest: statement.subject[0].digest.sha256, index: index),
                seconds: 0.25, values: [quantity: Statement.Run.Value(value)], failure: nil)
        }
        let (receipt, bytes) = try Receipt.encode(statement)
        try ledger.write("\(receiptsFolder)/\(receipt).json", String(decoding: bytes, as: UTF8.self))
        return receipt
    }

    /// Writes a receipt of runs with seeds of a person's signature over the salt.
    @discardableResult
    func type(
        _ value: Double, runs: Range<Int> = 0..<8, isControl: Bool = false, salt: String, seedsOf owner: Person,
        by name: String, _ change: (inout Statement.Predicate) -> Void = { _ in }
    ) throws -> String {
        let signature = try owner.sign(SeedSource.message(salt: salt), SeedSource.namespace)
        return try type(
            value, runs: runs, isControl: isControl, salt: salt, seeding: .init(signature),
            token: SeedSource.token(signature), by: name, change)
    }
}

extension TemporaryLedger {
    /// The receipts in the work tree, by their names in order.
    func receipts(in folder: String = receiptsFolder) throws -> [Statement] {
        try names(in: folder).filter { $0.hasSuffix(".json") }.map { name in
            try JSONDecoder().decode(Statement.self, from: Data(try read("\(folder)/\(name)").utf8))
        }
    }

    /// The receipts of one person, with the names of their files.
    func receipts(of person: Person, in folder: String = receiptsFolder) throws
        -> [(name: String, statement: Statement)]
    {
        let key = try person.key.text
        let names = names(in: folder).filter { $0.hasSuffix(".json") }
        return try zip(names, receipts(in: folder)).filter { $1.predicate.runnerKey == key }
            .map { (String($0.dropLast(".json".count)), $1) }
    }

    /// Writes a signature of a receipt beside it.
    func writeSignature(_ signature: SSHSignature, of receipt: String) throws {
        try write(
            "\(receiptsFolder)/\(receipt).\(signature.key.digest).sig",
            String(decoding: signature.armored, as: UTF8.self))
    }

    /// Signs a receipt as a person does.
    func sign(_ receipt: String, by person: Person) throws {
        let bytes = Array(try read("\(receiptsFolder)/\(receipt).json").utf8)
        try writeSignature(try person.sign(bytes, ReceiptSignature.namespace), of: receipt)
    }
}

extension String {
    /// The text in one line, with one space between words.
    var words: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}

extension TemporaryLedger {
    /// Starts an ssh-agent that holds a key.
    func startAgent(at socket: String, with key: String) throws -> RunningProcess {
        try? FileManager.default.removeItem(atPath: socket)
        let agent = try RunningProcess("/usr/bin/ssh-agent", ["-D", "-a", socket], in: path, environment)
        // The socket exists shortly before the agent listens on it.
        while true {
            let added = try RunningProcess(
                "/usr/bin/ssh-add", ["-q", key], in: path, environment.merging(["SSH_AUTH_SOCK": socket]) { $1 }
            ).wait()
            if added.status == 0 { return agent }
            guard agent.isRunning else { throw Failure(description: "ssh-agent ended: \(added)") }
            usleep(10_000)
        }
    }
}
