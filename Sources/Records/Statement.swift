import FoundationEssentials
import Glibc
import Signatures

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
        /// The person who executed the runs, such as `Ada <ada@example.org>`.
        package var runBy: String
        /// The public key of the person who executed the runs and signs the receipt.
        package var runnerKey: String?
        /// How the seeds derive from the salt. Absent if they derive from it by the first formula.
        package var seeding: Seeding?
        /// The name of the receipt whose runs this receipt repeats.
        package var repeats: String?

        package init(
            settings: [String: String], isControl: Bool, salt: String, kernel: KernelName, runs: [Run],
            platform: Platform, sandbox: String, runBy: String, runnerKey: String? = nil, seeding: Seeding? = nil,
            repeats: String? = nil
        ) {
            self.settings = settings
            self.isControl = isControl
            self.salt = salt
            self.kernel = kernel
            self.runs = runs
            self.platform = platform
            self.sandbox = sandbox
            self.runBy = runBy
            self.runnerKey = runnerKey
            self.seeding = seeding
            self.repeats = repeats
        }
    }

    /// The formula of the seeds and, for signed runs, the signature over the salt with which anyone can check them.
    package struct Seeding: Sendable, Hashable, Codable {
        package var formula: String
        /// The public key of the runner whose signature gives the seeds.
        package var key: String?
        /// The signature (an SSHSIG blob) in base64.
        package var signature: String?

        /// Unsigned runs.
        package init() { formula = SeedSource.Formula.second.rawValue }

        package init(_ signature: SSHSignature) {
            self.init()
            key = signature.key.text
            self.signature = Data(signature.blob).base64EncodedString()
        }
    }

    package struct KernelName: Sendable, Equatable, Codable {
        package var name: String
        package var version: Int
        /// `hits` if a seed repeats only the hits of a contributor's kernel, and not every bit; otherwise absent.
        package var sameSeed: String?

        package init(name: String, version: Int, repeatsBytes: Bool = true) {
            self.name = name
            self.version = version
            sameSeed = repeatsBytes ? nil : CommandKernel.SameSeed.hits.rawValue
        }

        package var repeatsBytes: Bool { sameSeed == nil }
    }

    package struct Platform: Sendable, Hashable, Codable {
        package var architecture: String
        package var operatingSystem: String
        /// The linear algebra library of a compiled kernel; nil for a contributor's kernel.
        package var blas: String?
        package var blasCore: String?
        package var blasThreads: Int?
        /// A contributor's kernel's description of the device and the libraries on which its values depend.
        package var program: [String: String]?
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

        /// The platform of a contributor's kernel.
        package init(architecture: String, program: [String: String], tool: String) {
            self.architecture = architecture
            operatingSystem = "linux"
            self.program = program
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
        /// The SHA-256 of the batch of traces that the run measured; nil for a run that trained a network.
        package var sample: String?
        /// True if the training diverged; otherwise absent from the JSON.
        private var diverged: Bool?

        package var hasDiverged: Bool { diverged == true }
        /// Whether `diverged` is true or absent.
        var isDivergenceCanonical: Bool { diverged != false }

        package init(
            index: Int, seed: String, seconds: Double, values: [String: Value]?, failure: String?,
            hasDiverged: Bool = false, sample: String? = nil
        ) {
            self.sample = sample
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

/// Formats an exact double as C's `%a` does.
private func hexadecimal(_ value: Double) -> String {
    var text = [CChar](repeating: 0, count: 40)
    let length = unsafe withVaList([value]) { unsafe vsnprintf(&text, text.count, "%a", $0) }
    return String(decoding: text.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
}
