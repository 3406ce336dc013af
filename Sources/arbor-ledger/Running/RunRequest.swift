import FoundationEssentials
import KernelInterface
import Records

/// The job of a child process, which receives it as JSON on its standard input.
struct RunRequest: Codable, Sendable {
    enum Purpose: String, Codable {
        /// Measures the network, training it if it is not cached.
        case measure
        /// Draws the network, training it if it is not cached.
        case draw
        /// Draws the network only if it is cached.
        case drawCached
        /// Lets the network write texts, training it if it is not cached.
        case write
    }

    var purpose: Purpose
    var kernel: String
    var config: [String: String]
    var measurement: String
    var settings: [String: String]
    /// The seed, as 16 hexadecimal digits.
    var seed: String
    /// The batch of traces that a sampling kernel measures; nil for a kernel that trains networks.
    var sample: String?
    /// The digest of the batch.
    var sampleDigest: String?
    /// The path at which the trained network is cached.
    var networkPath: String
    var hmacKey: HMACKey
    /// The folder to which the network is exported; nil for none.
    var exportFolder: String?
    /// The number of texts to write; nil for none.
    var textCount: Int?
    var timeLimitSeconds: Int
    var memoryLimitBytes: Int
}

/// One line of a child's standard output.
enum RunMessage: Codable, Sendable {
    /// The finished share of the training, from 0 to 1.
    case progress(Double)
    /// The network is ready. The seconds are nil if the network was cached.
    case network(trainingSeconds: Double?)
    case picture(Picture)
    case text(WrittenText)
    /// The run has ended, with values or with a failure of the kernel.
    case finished(Result, seconds: Double, platform: Statement.Platform)
    /// This machine cannot make the run, which therefore does not count.
    case unsupported(reason: String)

    struct Result: Codable, Sendable {
        var values: [String: Statement.Run.Value]?
        /// The failure of the kernel, which counts as a miss.
        var failure: String?
        var hasDiverged: Bool
    }

    func line() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
}

/// The outcome of one run.
enum RunOutcome: Sendable {
    case run(Statement.Run, Statement.Platform)
    /// A time limit, a memory limit or a signal ended the run, which is no evidence about the claim.
    case noRun(reason: String)
}
