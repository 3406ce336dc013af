import KernelInterface
import Records

/// One run to make, by a kernel of this program or by one of the ledger.
struct RunRequest: Sendable {
    enum Purpose: Sendable, Equatable {
        case measure, draw, drawCached
        /// Writes a number of texts.
        case write(Int)
    }

    var purpose: Purpose
    var kernel: KernelDescription
    var model: ToyModel
    var measurement: String
    var settings: Settings
    /// The seed, as 16 hexadecimal digits.
    var seed: String
    /// The batch of traces that a sampling kernel measures.
    var sample: String?
    /// The digest of the batch.
    var sampleDigest: String?
    /// The path at which the trained network is cached.
    var networkPath: String
    var hmacKey: HMACKey
    /// The folder to which the network is exported; nil for none.
    var exportFolder: String?

    var timeLimitSeconds: Int { max(1, Int((model.budget.minutes.doubleValue * 60).rounded(.up))) }
    var memoryLimitBytes: Int { Int(model.budget.memoryGibibytes.doubleValue * 1_073_741_824) }

    /// The request to a worker. `weights` are the folders of a contributor's kernel.
    func message(id: Int, weights: [String: String] = [:]) -> WorkerRequest {
        var message = WorkerRequest(.run)
        if case .write(let count) = purpose {
            message.do = .write
            message.count = count
        }
        message.id = id
        message.seed = seed
        message.measurement = measurement
        message.config = model.completeConfig(kernel).values(of: kernel.parameters)
        message.settings = settings.values(of: kernel.measurement(named: measurement)?.settings ?? [])
        guard kernel.program == nil else {
            message.weights = weights
            return message
        }
        let use: CompiledKernelJob.Purpose =
            switch purpose {
            case .measure, .write: .use
            case .draw: .draw
            case .drawCached: .drawCached
            }
        message.compiled = CompiledKernelJob(
            purpose: use, kernel: kernel.name, sample: sample, networkPath: networkPath, hmacKey: hmacKey,
            exportFolder: exportFolder, timeLimitSeconds: timeLimitSeconds, memoryLimitBytes: memoryLimitBytes)
        return message
    }
}

extension Settings {
    /// The values for a worker. Those of numeric parameters are numbers.
    fileprivate func values(of parameters: [Parameter]) -> [String: SettingValue] {
        Dictionary(
            values.map { name, text in
                let isNumber =
                    switch parameters.first(where: { $0.name == name })?.domain {
                    case .integers?, .numbers?: true
                    case .words?, .names?, nil: false
                    }
                return (name, SettingValue(text, isNumber: isNumber))
            }, uniquingKeysWith: { first, _ in first })
    }
}

/// What a worker sends before it has finished a run.
enum RunMessage: Sendable {
    /// The finished share of the training, from 0 to 1.
    case progress(Double)
    /// The network is ready. The seconds are nil if the network was cached.
    case network(trainingSeconds: Double?)
    case picture(Picture)
    case text(WrittenText)

    init?(_ answer: WorkerAnswer) {
        if let share = answer.progress {
            self = .progress(share)
        } else if let network = answer.network {
            self = .network(trainingSeconds: network.trainingSeconds)
        } else if let picture = answer.picture {
            self = .picture(picture)
        } else if let text = answer.text {
            self = .text(text)
        } else {
            return nil
        }
    }
}

/// Where a run was made.
struct RunPlace: Hashable, Sendable {
    var platform: Statement.Platform
    /// The name of the sandbox; nil for a compiled kernel.
    var sandbox: String?
}

/// The outcome of one run.
enum RunOutcome: Sendable {
    case run(Statement.Run, RunPlace)
    /// A time limit, a memory limit or a signal ended the run, which is no evidence about the claim.
    case noRun(reason: String)
}
