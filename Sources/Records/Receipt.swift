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

    package var predicate: Statement.Predicate { statement.predicate }

    /// The digest of the trained toy model.
    package var modelDigest: String { statement.subject[0].digest.sha256 }

    /// The digest of the measurement.
    package var measurementDigest: String { statement.subject[1].digest.sha256 }
}

/// The JSON of a receipt.
package struct Statement: Sendable, Equatable, Codable {
    package static let type = "https://in-toto.io/Statement/v1"
    package static let predicateType = "https://arbor-ledger.dev/attestation/runs/v1"

    package struct Subject: Sendable, Equatable, Codable {
        package struct Digest: Sendable, Equatable, Codable {
            package var sha256: String

            package init(sha256: String) {
                self.sha256 = sha256
            }
        }

        package var name: String
        package var digest: Digest

        package init(name: String, digest: Digest) {
            self.name = name
            self.digest = digest
        }
    }

    package struct Predicate: Sendable, Equatable, Codable {
        /// The settings passed to the kernel: the cell's conditions and, for a control, the control's settings.
        package var settings: [String: String]
        package var isControl: Bool
        /// The id of the commit from which the seeds derive.
        package var salt: String
        package var kernel: KernelName
        package var runs: [Run]
        package var platform: Platform
        package var sandbox: String
        /// The person who executed the runs.
        package var runBy: String

        package init(
            settings: [String: String], isControl: Bool, salt: String, kernel: KernelName, runs: [Run],
            platform: Platform, sandbox: String, runBy: String
        ) {
            self.settings = settings
            self.isControl = isControl
            self.salt = salt
            self.kernel = kernel
            self.runs = runs
            self.platform = platform
            self.sandbox = sandbox
            self.runBy = runBy
        }
    }

    package struct KernelName: Sendable, Equatable, Codable {
        package var name: String
        package var version: Int

        package init(name: String, version: Int) {
            self.name = name
            self.version = version
        }
    }

    package struct Platform: Sendable, Hashable, Codable {
        package var architecture: String
        package var operatingSystem: String
        package var blas: String
        package var blasCore: String
        package var blasThreads: Int
        package var tool: String

        package init(
            architecture: String, operatingSystem: String, blas: String, blasCore: String, blasThreads: Int,
            tool: String
        ) {
            self.architecture = architecture
            self.operatingSystem = operatingSystem
            self.blas = blas
            self.blasCore = blasCore
            self.blasThreads = blasThreads
            self.tool = tool
        }
    }

    /// One run with one seed. It has a value for each quantity, or the failure that the kernel reported.
    package struct Run: Sendable, Equatable, Codable {
        package struct Value: Sendable, Equatable, Codable {
            /// The value in decimal digits, for human readers.
            package var decimal: String
            /// The exact double, as C writes it with `%a`.
            package var hex: String

            package init(_ value: Double) {
                decimal = "\(value)"
                hex = hexadecimal(value)
            }

            /// The value; nil if the two spellings differ.
            package var double: Double? {
                guard let value = Double(hex), let read = Double(decimal), read == value || (read.isNaN && value.isNaN)
                else { return nil }
                return value
            }
        }

        package var index: Int
        /// The seed as 16 hexadecimal digits.
        package var seed: String
        package var seconds: Double
        package var values: [String: Value]?
        /// The failure that the kernel reported. For every claim, a failed run counts as a run outside the claimed
        /// range.
        package var failure: String?
        /// True if the training diverged; otherwise absent from the JSON.
        private var diverged: Bool?

        package var hasDiverged: Bool { diverged == true }
        /// Whether `diverged` is true or absent.
        fileprivate var isDivergenceCanonical: Bool { diverged != false }

        package init(
            index: Int, seed: String, seconds: Double, values: [String: Value]?, failure: String?,
            hasDiverged: Bool = false
        ) {
            self.index = index
            self.seed = seed
            self.seconds = seconds
            self.values = values
            self.failure = failure
            diverged = hasDiverged ? true : nil
        }
    }

    package var _type: String
    package var subject: [Subject]
    package var predicateType: String
    package var predicate: Predicate

    package init(model: Subject, measurement: Subject, predicate: Predicate) {
        _type = Self.type
        subject = [model, measurement]
        predicateType = Self.predicateType
        self.predicate = predicate
    }
}

extension Receipt {
    /// Encodes a receipt with sorted keys, one value per line, so that its content determines its bytes and name.
    package static func encode(_ statement: Statement) throws -> (name: String, bytes: [UInt8]) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes = [UInt8](try encoder.encode(statement)) + [0x0A]
        return (sha256(bytes), bytes)
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
        guard bytes.firstRange(of: Array("\\u".utf8)) == nil else {
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
        for run in statement.predicate.runs {
            guard run.seconds.isFinite, run.seconds >= 0 else {
                return refuse("run \(run.index) has an invalid duration of \(run.seconds) s")
            }
            let seed = runSeed(
                modelDigest: statement.subject[0].digest.sha256, salt: statement.predicate.salt, index: run.index)
            guard run.seed == hexText(seed) else {
                return refuse("run \(run.index) has a wrong seed; the right one is \(hexText(seed))")
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
        return Receipt(folder: folder, name: name, statement: statement, digests: MessageDigests(bytes))
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

/// Formats an exact double as C's `%a` does.
private func hexadecimal(_ value: Double) -> String {
    var text = [CChar](repeating: 0, count: 40)
    let length = unsafe withVaList([value]) { unsafe vsnprintf(&text, text.count, "%a", $0) }
    return String(decoding: text.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
}

extension Diagnostic.Code {
    package static let badReceipt = Self("bad-receipt", .error, "A receipt was altered or cannot be read.")

    package static let ofReceipts = [badReceipt]
}
