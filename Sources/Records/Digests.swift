import Crypto
import FoundationEssentials
import KernelInterface
import Signatures
import Words

/// Returns the SHA-256 of bytes in hexadecimal digits.
package func sha256(_ bytes: [UInt8]) -> String {
    hexText(SHA256.hash(data: bytes))
}

/// Returns the SHA-256 of concatenated pieces.
package func sha256(_ pieces: [ArraySlice<UInt8>]) -> String {
    var hash = SHA256()
    for piece in pieces { unsafe piece.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) } }
    return hexText(hash.finalize())
}

/// The SHA-256 of bytes that arrive in pieces.
package struct RunningDigest: Sendable {
    private var hash = SHA256()

    package init() {}

    package mutating func update(_ bytes: [UInt8]) { hash.update(data: bytes) }

    /// The digest of all bytes so far, in hexadecimal digits.
    package var text: String { hexText(hash.finalize()) }
}

/// Returns the HMAC-SHA-256 (RFC 2104) of concatenated pieces in hexadecimal digits.
package func hmacSHA256(_ key: [UInt8], _ pieces: [ArraySlice<UInt8>]) -> String {
    var code = HMAC<SHA256>(key: SymmetricKey(data: key))
    for piece in pieces { code.update(data: piece) }
    return hexText(code.finalize())
}

package func sha256(_ text: String) -> String {
    sha256(Array(text.utf8))
}

/// Returns the SHA-256 of a text in base64 with the alphabet for addresses and without padding (RFC 4648, section 5).
package func base64SHA256(_ text: String) -> String {
    Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        .replacing("=", with: "")
}

func hexText(_ value: UInt64) -> String {
    hexText((0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) })
}

/// The values from which the seeds of a sequence of runs derive, except for the model.
package struct SeedSource: Hashable, Sendable, Comparable {
    package enum Formula: String, Sendable, Comparable {
        /// The formula of older receipts. Everyone who knows the salt can compute the seeds.
        case first = "arbor-seed/1"
        case second = "arbor-seed/2"

        package static func < (a: Formula, b: Formula) -> Bool { a.rawValue < b.rawValue }
    }

    package var formula: Formula
    /// The id of a commit on the audit branch. Empty for a self-check.
    package var salt: String
    /// The SHA-256 of the runner's signature over the salt. Empty if the runs are not signed.
    package var token: String

    package init(_ formula: Formula = .second, salt: String, token: String = "") {
        self.formula = formula
        self.salt = salt
        self.token = token
    }

    /// The namespace of the SSH signatures from which tokens derive.
    package static let namespace = "arbor-seed"

    /// Returns the message that a runner signs to get the seeds of a salt.
    package static func message(salt: String) -> [UInt8] { Array("\(Formula.second.rawValue)\n\(salt)".utf8) }

    /// Returns the token that a signature over the salt gives.
    package static func token(_ signature: SSHSignature) -> String { sha256(signature.blob) }

    /// Returns the seed of run `index`: the first 8 bytes of a SHA-256.
    ///
    /// With a token, only the holder of the runner's key can know a seed before the receipt is published.
    package func seed(modelDigest: String, index: Int) -> UInt64 {
        let fields =
            switch formula {
            case .first: [formula.rawValue, modelDigest, salt, "\(index)"]
            case .second: [formula.rawValue, modelDigest, salt, token, "\(index)"]
            }
        let digest = SHA256.hash(data: Array(fields.joined(separator: "\n").utf8))
        return digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Returns a seed in 16 hexadecimal digits, as in receipts.
    package func seedText(modelDigest: String, index: Int) -> String {
        hexText(seed(modelDigest: modelDigest, index: index))
    }

    package static func < (a: SeedSource, b: SeedSource) -> Bool {
        (a.formula, a.salt, a.token) < (b.formula, b.salt, b.token)
    }
}

extension Claim {
    /// A digest of the parts of the claim on which a verdict depends: quantity, value, reliability, kind, tested,
    /// verify.
    package var digest: String {
        var lines = [
            "arbor-claim/1", "quantity \(quantity.value)", "value \(value?.value.canonicalText ?? "-")",
            "reliability \(reliability)", "kind \(kind.rawValue)", "verify \(verify?.value ?? "-")",
        ]
        lines += testedLines
        lines += averagedOver.map { "averaged over \($0.value)" }
        return sha256(lines.joined(separator: "\n"))
    }
}

extension Claim {
    /// The tested settings, one line per condition.
    package var testedLines: [String] {
        tested.sides.map { side in
            switch side.selection {
            case .unknown: "tested \(side.condition.value) unknown"
            case .values(let values): "tested \(side.condition.value) [\(values.joined(separator: ","))]"
            }
        }
    }
}

extension ToyModel {
    /// Returns a digest of the kernel's name, version and program, of the values of all parameters, including default
    /// values, and of the weights.
    package func digest(_ kernel: KernelDescription) -> String {
        var lines = ["arbor-model/1", "kernel \(kernel.name) \(kernel.version)"]
        lines += completeConfig(kernel).values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        lines += kernel.program.map { ["program \($0)"] } ?? []
        lines += weights.flatMap(\.digestLines).sorted()
        return sha256(lines.joined(separator: "\n"))
    }

    /// Returns the kernel's defaults, overridden by the record's settings.
    package func completeConfig(_ kernel: KernelDescription) -> Settings {
        var values: [String: String] = [:]
        for parameter in kernel.parameters { values[parameter.name] = parameter.defaultValue }
        for setting in config { values[setting.name.value] = setting.value.value }
        return Settings(values)
    }
}

extension Measurement {
    /// A digest of everything that is passed to the kernel.
    package var digest: String {
        var lines = ["arbor-measurement/1", "measurement \(measurement.value)"]
        lines += measures.map(\.value).sorted().map { "measures \($0)" }
        lines += conditions.map(\.value).sorted().map { "condition \($0)" }
        lines += control.sorted { $0.name.value < $1.name.value }.map { "control \($0.name.value) \($0.value.value)" }
        for label in labels.sorted(by: { $0.name.value < $1.name.value }) {
            lines += label.ranges.sorted { $0.label.value < $1.label.value }.map {
                "label \(label.name.value) of \(label.number.value) \($0.label.value) \($0.range.value.canonicalText)"
            }
        }
        return sha256(lines.joined(separator: "\n"))
    }
}
