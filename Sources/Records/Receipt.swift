import FoundationEssentials
import Glibc
import Signatures
import Words
import YAML

/// The results of runs, with the machine and program that produced them. A receipt is an in-toto Statement v1. It is
/// immutable, and its name is the SHA-256 of its bytes.
package struct Receipt: Sendable, Equatable {
    /// The toy model's folder.
    package var folder: String
    /// The file's name without `.json`.
    package var name: String
    package var statement: Statement
    /// The digests of the file, which signatures cover.
    package var digests: MessageDigests
    package var seeds: SeedSource
    /// The key from whose signature the seeds derive. nil for unsigned runs.
    package var seedKey: PublicKey?
    /// The signature over the salt from which the seeds derive.
    package var seedSignature: SSHSignature?
    /// The key of the person who made the runs. nil for unsigned runs.
    package var runnerKey: PublicKey?
    /// Whether the ledger has a valid signature of the receipt by the runner's key.
    package internal(set) var isSigned = false

    package var predicate: Statement.Predicate { statement.predicate }

    package var path: String { RecordPlace.receipt(model: folder, name: name).path }

    /// The digest of the trained toy model.
    package var modelDigest: String { statement.subject[0].digest.sha256 }

    /// Whether a contributor's kernel made the runs without a sandbox.
    package var isUnsandboxed: Bool {
        predicate.platform.program != nil && predicate.sandbox.hasPrefix("none")
    }

    /// The digest of the measurement.
    package var measurementDigest: String { statement.subject[1].digest.sha256 }
}

extension Receipt {
    /// Encodes a receipt with sorted keys, one value per line, so that its content determines its bytes and name.
    package static func encode(_ statement: Statement) throws -> (name: String, bytes: [UInt8]) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes = [UInt8](try encoder.encode(statement)) + [0x0A]
        return (sha256(bytes), bytes)
    }

    /// Encodes a statement on one line.
    package static func line(_ statement: Statement) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(statement)) + [0x0A]
    }

    /// Decodes a receipt and checks its name, shape, seeds and numbers.
    static func read(folder: String, name: String, bytes: [UInt8], log: FileLog) -> Receipt? {
        func refuse(_ message: String, fix: String? = nil) -> Receipt? {
            log.report(
                .badReceipt, .fileStart, message,
                fix: fix ?? "restore it with `git checkout`; remove it only if it was never committed")
            return nil
        }
        let digest = sha256(bytes)
        guard digest == name else {
            // If every line end was converted, the bytes without CR are the original ones.
            if bytes.contains(0x0D), sha256(bytes.filter { $0 != 0x0D }) == name {
                return refuse("the receipt's lines end in CR LF instead of LF", fix: lineEndRemedy)
            }
            return refuse("the receipt was altered: the digest of its content is \(digest.prefix(12))…")
        }
        let statement: Statement
        do {
            statement = try JSONDecoder().decode(Statement.self, from: Data(bytes))
        } catch {
            return refuse("the receipt is not readable: \(decodingMessage(error))")
        }
        if let problem = characterProblems(in: bytes).first {
            return refuse("the receipt has a hidden character: \(problem.message)")
        }
        // The encoder of receipts writes `\u` escapes only for control characters.
        let escape = (UInt8(ascii: "\\"), UInt8(ascii: "u"))
        guard !zip(bytes, bytes.dropFirst()).contains(where: { $0 == escape.0 && $1 == escape.1 }) else {
            return refuse("the receipt has a hidden character: an escaped control character")
        }
        for (type, known) in [(statement._type, Statement.type), (statement.predicateType, Statement.predicateType)]
        where type != known {
            return refuse("the receipt is of another type: \"\(type)\", not \"\(known)\"")
        }
        guard statement.subject.count == 2 else {
            return refuse(
                "the receipt names \(counted(statement.subject.count, "subject")), not a toy model and a measurement")
        }
        let indices = statement.predicate.runs.map(\.index)
        guard Set(indices).count == indices.count, indices.allSatisfy((0..<runLimit).contains) else {
            return refuse("the receipt's run indices must be unique and lie between 0 and \(runLimit - 1)")
        }
        let origin: SeedOrigin
        do {
            origin = try SeedOrigin(statement.predicate)
        } catch {
            return refuse(error.message)
        }
        for run in statement.predicate.runs {
            guard run.seconds.isFinite, run.seconds >= 0 else {
                return refuse("run \(run.index) has an invalid duration of \(run.seconds) s")
            }
            let seed = origin.source.seedText(modelDigest: statement.subject[0].digest.sha256, index: run.index)
            guard run.seed == seed else {
                return refuse("run \(run.index) has a wrong seed; the right one is \(seed)")
            }
            guard run.isDivergenceCanonical else {
                return refuse("run \(run.index) has \"diverged\": false; leave it out")
            }
            guard (run.values == nil) != (run.failure == nil) else {
                return refuse("run \(run.index) must have either values or a failure")
            }
            for (quantity, value) in (run.values ?? [:]).sorted(by: { $0.key < $1.key }) where value.double == nil {
                return refuse(
                    "run \(run.index) gives two different numbers for \"\(quantity)\": \(value.decimal) and \(value.hex)"
                )
            }
        }
        // If re-encoding gives the same bytes, no key is repeated or unknown, and every value has its canonical
        // spelling.
        guard (try? encode(statement).bytes) == bytes else {
            return refuse(
                "the receipt is not in canonical form: a key is unknown or repeated, or a value has another spelling")
        }
        return Receipt(
            folder: folder, name: name, statement: statement, digests: MessageDigests(bytes), seeds: origin.source,
            seedKey: origin.signature?.key,
            seedSignature: origin.signature, runnerKey: origin.runnerKey)
    }
}

/// The keys and the signature in a receipt, decoded. The signature over the salt is not verified here, because all
/// receipts with one key and salt share it.
private struct SeedOrigin {
    struct Mistake: Error {
        var message: String
    }

    var source: SeedSource
    var signature: SSHSignature?
    var runnerKey: PublicKey?

    init(_ predicate: Statement.Predicate) throws(Mistake) {
        if let repeated = predicate.repeats, !isDigest(Substring(repeated)) {
            throw Mistake(message: "\"repeats\" must be the name of a receipt, in 64 hexadecimal digits")
        }
        runnerKey = try predicate.runnerKey.map(Self.key)
        let hasSamples = predicate.runs.contains { $0.sample != nil }
        guard
            predicate.runs.allSatisfy({
                ($0.sample != nil) == hasSamples && $0.sample.map { isDigest($0[...]) } ?? true
            })
        else {
            throw Mistake(message: "\"sample\" must be the SHA-256 of a batch of traces, for all runs or for none")
        }
        guard let seeding = predicate.seeding else {
            guard runnerKey == nil || predicate.repeats != nil else { throw Self.unsigned }
            source = SeedSource(.first, salt: predicate.salt)
            return
        }
        guard seeding.formula == SeedSource.Formula.second.rawValue else {
            throw Mistake(message: "the seeds have an unknown formula \"\(seeding.formula)\"")
        }
        guard let keyText = seeding.key, let text = seeding.signature else {
            guard seeding.key == nil, seeding.signature == nil else {
                throw Mistake(message: "the seeds have a key without a signature, or a signature without a key")
            }
            guard runnerKey == nil || predicate.repeats != nil else { throw Self.unsigned }
            source = SeedSource(salt: predicate.salt)
            return
        }
        let key = try Self.key(keyText)
        guard key.signsDeterministically else {
            throw Mistake(message: "a key of type \(key.type) gives no seeds, because its signatures vary")
        }
        guard let blob = Data(base64Encoded: text), blob.base64EncodedString() == text else {
            throw Mistake(message: "the signature over the salt is not canonical base64")
        }
        let signature: SSHSignature
        do {
            signature = try SSHSignature(blob: [UInt8](blob))
        } catch {
            throw Mistake(message: "the signature over the salt is unreadable: \(error.message)")
        }
        guard signature.key == key else { throw Mistake(message: "another key signed the salt") }
        // ssh-keygen uses SHA-512. With a choice of hashes, a runner could choose between several tokens.
        guard signature.usesSHA512 else {
            throw Mistake(message: "the salt is not signed with SHA-512, as ssh-keygen does")
        }
        guard signature.namespace == SeedSource.namespace else {
            throw Mistake(message: "the salt is signed in the namespace \"\(signature.namespace)\"")
        }
        guard predicate.repeats != nil || runnerKey == key else {
            throw Mistake(message: "the seeds derive from another key than the runner's")
        }
        source = SeedSource(salt: predicate.salt, token: SeedSource.token(signature))
        self.signature = signature
    }

    private static let unsigned = Mistake(message: "the runner has a key, but the seeds do not derive from it")

    private static func key(_ text: String) throws(Mistake) -> PublicKey {
        guard let key = PublicKey(text: text), key.text == text else {
            throw Mistake(message: "the receipt has an unreadable public key")
        }
        return key
    }
}

private func decodingMessage(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "\"\(key.stringValue)\" is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
        "\"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" has a wrong type"
    default: "it is not JSON"
    }
}

extension Diagnostic.Code {
    package static let badReceipt = Self("bad-receipt", .error, "A receipt was altered or cannot be read.")

    package static let ofReceipts = [badReceipt]
}
