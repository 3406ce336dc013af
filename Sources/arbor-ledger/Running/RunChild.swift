import ArgumentParser
import FoundationEssentials
import Glibc
import KernelInterface
import Kernels
import Records

/// The child process of a run. It reads a request, loads or trains the network, measures or draws it, and prints
/// messages.
struct RunChild: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "__run", shouldDisplay: false)

    func run() throws {
        // If the parent has ended, the next message ends this process.
        _ = signal(SIGPIPE, SIG_DFL)
        let request = try JSONDecoder().decode(RunRequest.self, from: Data(readStandardInput()))
        send(answer(request))
    }

    private func answer(_ request: RunRequest) -> RunMessage {
        do {
            try CPU.requireSupport()
            try BLAS.requireSupport()
        } catch {
            return .unsupported(reason: error.reason)
        }
        guard let kernel = kernel(named: request.kernel), let seed = UInt64(request.seed, radix: 16) else {
            return .unsupported(reason: "this build has no kernel \"\(request.kernel)\"")
        }
        let job = KernelJob(
            config: Settings(request.config), measurement: request.measurement, settings: Settings(request.settings),
            seed: seed, sample: request.sample.map { Array($0.utf8) } ?? [])
        guard kernel.description.samplesTraces == (request.sample != nil) else {
            return .unsupported(reason: "the ledger has no batch of annotated traces for this run")
        }
        guard !kernel.description.samplesTraces else { return measureSample(kernel, job, request) }
        let file = NetworkFile(path: request.networkPath, hmacKey: request.hmacKey)
        let cached = file.read()
        // While another process trains this network, the wait does not count as this run's time.
        let lock = cached == nil ? file.lock() : nil
        let found = cached ?? (lock == nil ? nil : file.read())
        if found == nil && request.purpose == .drawCached {
            return .unsupported(reason: "the cached network is damaged or missing")
        }
        limitThisProcess(request)
        let start = ContinuousClock.now
        func seconds() -> Double { (ContinuousClock.now - start) / .seconds(1) }
        let result: RunMessage.Result
        var hasDiverged = false
        do throws(KernelFailure) {
            let trained = found ?? train(kernel, job, into: file)
            send(.network(trainingSeconds: found == nil ? seconds() : nil))
            _ = consume lock
            let checkpoint = try trained.get()
            // A measurement of a diverged network often fails.
            hasDiverged = try kernel.hasDiverged(job, checkpoint)
            let values = try answer(request, kernel, job, checkpoint)
            if let folder = request.exportFolder {
                guard let network = try kernel.export(job, checkpoint) else {
                    return .unsupported(reason: "the kernel \(kernel.description.name) trains no network to export")
                }
                do {
                    try network.write(to: folder, kernel: kernel.description, job, seed: request.seed)
                } catch {
                    return .unsupported(reason: "the network was not exported: \(error)")
                }
            }
            result = RunMessage.Result(
                values: values.mapValues(Statement.Run.Value.init),
                hasDiverged: hasDiverged)
        } catch {
            result = RunMessage.Result(failure: error.reason, hasDiverged: hasDiverged || error.isDivergence)
        }
        return .finished(result, seconds: seconds(), platform: .current)
    }

    /// Measures a batch of traces. There is no network to train or to cache.
    private func measureSample(_ kernel: any Kernel, _ job: KernelJob, _ request: RunRequest) -> RunMessage {
        limitThisProcess(request)
        let start = ContinuousClock.now
        let result: RunMessage.Result
        do throws(KernelFailure) {
            let values = try kernel.measure(job, of: [])
            result = RunMessage.Result(values: values.mapValues(Statement.Run.Value.init), hasDiverged: false)
        } catch {
            result = RunMessage.Result(failure: error.reason, hasDiverged: false)
        }
        return .finished(result, seconds: (ContinuousClock.now - start) / .seconds(1), platform: .current)
    }

    /// Measures the network and returns the values. For other purposes, sends the network's pictures or texts, and returns
    /// no values.
    private func answer(
        _ request: RunRequest, _ kernel: any Kernel, _ job: KernelJob, _ checkpoint: [UInt8]
    ) throws(KernelFailure) -> [String: Double] {
        switch request.purpose {
        case .measure: return try kernel.measure(job, of: checkpoint)
        case .draw, .drawCached:
            for picture in try kernel.pictures(job, of: checkpoint) { send(.picture(picture)) }
            return [:]
        case .write:
            guard let writer = kernel as? any WritingKernel else {
                throw KernelFailure(reason: "the networks of this kernel write no texts")
            }
            for text in try writer.texts(request.textCount ?? 0, job, of: checkpoint) { send(.text(text)) }
            return [:]
        }
    }

    private func train(_ kernel: any Kernel, _ job: KernelJob, into file: NetworkFile) -> NetworkFile.TrainingResult {
        var shown = -1
        let trained = NetworkFile.TrainingResult { () throws(KernelFailure) in
            try kernel.train(job) { share in
                // At most one message is sent per percent. Printing therefore does not slow the training.
                guard Int(share * 100) > shown else { return }
                shown = Int(share * 100)
                send(.progress(share))
            }
        }
        file.write(trained)
        return trained
    }

    private func send(_ message: RunMessage) {
        if let line = try? message.line() { writeOutput(line) }
    }
}

extension Statement.Platform {
    /// The platform of this process, in which OpenBLAS must be loaded.
    static var current: Statement.Platform {
        Statement.Platform(
            architecture: machineArchitecture, operatingSystem: "linux", blas: BLAS.configuration,
            blasCore: BLAS.coreName, blasThreads: BLAS.threadCount, tool: "arbor-ledger \(toolVersion)")
    }
}

#if arch(x86_64)
    let machineArchitecture = "x86_64"
#else
    let machineArchitecture = "arm64"
#endif

/// Limits this process to the request's time and memory.
private func limitThisProcess(_ request: RunRequest) {
    alarm(UInt32(clamping: request.timeLimitSeconds))
    var limit = rlimit(rlim_cur: rlim_t(request.memoryLimitBytes), rlim_max: rlim_t(request.memoryLimitBytes))
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
}
