import FoundationEssentials
import KernelInterface
import Records

/// What a child process is asked to compute: the job JSON on its standard input.
struct RunRequest: Codable, Sendable {
    /// What a network is wanted for.
    enum Purpose: String, Codable {
        /// To be measured; it is trained where none is kept.
        case measure
        /// To be looked at; it is trained where none is kept.
        case draw
        /// To be looked at where it is kept.
        case drawCached
    }

    var purpose: Purpose
    var kernel: String
    var config: [String: String]
    var measurement: String
    var settings: [String: String]
    /// 16 hexadecimal digits.
    var seed: String
    /// Where the trained network is taken from, or kept for the runs after this one.
    var networkPath: String
    var hmacKey: HMACKey
    var timeLimitSeconds: Int
    var memoryLimitBytes: Int
}

/// One line of a child's standard output.
enum RunMessage: Codable, Sendable {
    /// Finished share of the training, 0 to 1.
    case progress(Double)
    /// The network is there; nil where it was before.
    case network(trainingSeconds: Double?)
    case picture(Picture)
    case finished(values: [String: Statement.Run.Value], seconds: Double, platform: Statement.Platform)
    /// The kernel's own failure: a miss.
    case failed(reason: String, seconds: Double, platform: Statement.Platform)
    /// This machine cannot run it: no run at all.
    case unsupported(reason: String)

    func line() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
}

/// What became of one run.
enum RunOutcome: Sendable {
    case run(Statement.Run, Statement.Platform)
    /// A time limit, lack of memory, a signal, a lost machine: says nothing of the claim.
    case noRun(reason: String)
}
