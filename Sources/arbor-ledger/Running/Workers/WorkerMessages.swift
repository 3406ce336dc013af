import FoundationEssentials
import KernelInterface
import Records

/// One line that the tool writes to a worker, a process that runs a kernel. docs/external-kernels.md describes the
/// protocol; `compiled` is for the kernels that are part of this program.
struct WorkerRequest: Codable, Sendable {
    enum Action: String, Codable {
        case describe, run, write, end
    }

    /// The version of the protocol, in `describe`.
    var arbor: Int?
    var `do`: Action
    var id: Int?
    var seed: String?
    var measurement: String?
    var config: [String: SettingValue]?
    var settings: [String: SettingValue]?
    /// The folders of weights, by name.
    var weights: [String: String]?
    /// The number of texts to write.
    var count: Int?
    var compiled: CompiledKernelJob?

    init(_ action: Action) {
        self.do = action
        if action == .describe { arbor = 1 }
    }

    func line() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
}

/// What a kernel of this program needs beyond the protocol.
struct CompiledKernelJob: Codable, Sendable {
    enum Purpose: String, Codable {
        /// Measures the network or lets it write, training it if it is not cached.
        case use
        /// Draws the network, training it if it is not cached.
        case draw
        /// Draws the network only if it is cached.
        case drawCached
    }

    var purpose: Purpose
    var kernel: String
    /// The batch of traces that a sampling kernel measures; nil for a kernel that trains networks.
    var sample: String?
    /// The path at which the trained network is cached.
    var networkPath: String
    var hmacKey: HMACKey
    /// The folder to which the network is exported; nil for none.
    var exportFolder: String?
    var timeLimitSeconds: Int
    var memoryLimitBytes: Int
}

/// The value of a setting: in JSON a number or a text, here canonical text.
struct SettingValue: Codable, Sendable {
    var text: String
    private var isNumber: Bool

    init(_ text: String, isNumber: Bool) { (self.text, self.isNumber) = (text, isNumber) }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self.init(text, isNumber: false)
        } else if let integer = try? container.decode(Int.self) {
            self.init("\(integer)", isNumber: true)
        } else {
            self.init("\(try container.decode(Double.self))", isNumber: true)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if isNumber, let integer = Int(text) {
            try container.encode(integer)
        } else if isNumber, let number = Double(text) {
            try container.encode(number)
        } else {
            try container.encode(text)
        }
    }
}

/// One line that a worker writes.
struct WorkerAnswer: Codable, Sendable {
    /// The answer to `describe`.
    struct Interface: Codable, Sendable {
        var quantities: [String]
        var settings: [String]
    }

    struct TrainedNetwork: Codable, Sendable {
        /// nil if the network was cached.
        var trainingSeconds: Double?
    }

    var arbor: Int?
    var kernel: String?
    var version: Int?
    var measurements: [String: Interface]?
    var sameSeed: String?
    var platform: [String: String]?

    var id: Int?
    /// The finished share of the run, from 0 to 1.
    var progress: Double?
    /// The network is ready.
    var network: TrainedNetwork?
    var picture: Picture?
    var text: WrittenText?
    var values: [String: WorkerNumber]?
    /// The SHA-256 of the sample that the seed chose.
    var sample: String?
    var diverged: Bool?
    /// The duration of the run as the worker measured it.
    var seconds: Double?
    var failed: String?
    var unsupported: String?
    /// Why the worker cannot start, or what it could not read.
    var error: String?

    enum CodingKeys: String, CodingKey {
        case arbor, kernel, version, measurements, platform, id, progress, network, picture, text, values, sample
        case diverged, seconds, failed, unsupported, error
        case sameSeed = "same_seed"
    }

    init() {}

    init(id: Int?) { self.id = id }

    init(_ line: some StringProtocol) throws {
        self = try JSONDecoder().decode(WorkerAnswer.self, from: Data(line.utf8))
    }

    /// Whether the answer ends the request.
    var isFinal: Bool { arbor != nil || values != nil || failed != nil || unsupported != nil || error != nil }

    func line() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
}

/// A measured number: in JSON a number, or a text as C's `%a` writes it. The text can also be `nan` or `inf`.
struct WorkerNumber: Codable, Sendable {
    var value: Double

    init(_ value: Double) { self.value = value }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            guard let value = Double(text) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a number")
            }
            self.init(value)
        } else {
            self.init(try container.decode(Double.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Statement.Run.Value(value).hex)
    }
}
