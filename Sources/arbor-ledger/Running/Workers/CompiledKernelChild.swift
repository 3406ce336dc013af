import ArgumentParser
import FoundationEssentials
import Glibc
import KernelInterface
import Kernels
import Records

/// The worker of the compiled kernels. It answers requests in the protocol of docs/external-kernels.md: it loads or trains
/// the network, measures or draws it, and prints messages.
struct CompiledKernelChild: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "__kernel", shouldDisplay: false)

    func run() throws {
        // If the parent has ended, the next message ends this process.
        _ = signal(SIGPIPE, SIG_DFL)
        while let line = readLine() {
            let request = try JSONDecoder().decode(WorkerRequest.self, from: Data(line.utf8))
            switch request.do {
            case .describe: send(description())
            case .run, .write: send(answer(request))
            case .end: return
            }
        }
    }

    private func description() -> WorkerAnswer {
        var answer = WorkerAnswer()
        do {
            try CPU.requireSupport()
            try BLAS.requireSupport()
        } catch {
            answer.unsupported = error.reason
            return answer
        }
        answer.arbor = 1
        answer.platform = Statement.Platform.current.compiledTexts
        return answer
    }

    private func answer(_ request: WorkerRequest) -> WorkerAnswer {
        var refusal = WorkerAnswer(id: request.id)
        guard let own = request.compiled, let kernel = kernel(named: own.kernel), let seedText = request.seed,
            let seed = UInt64(seedText, radix: 16)
        else {
            refusal.unsupported = "this build has no kernel \"\(request.compiled?.kernel ?? "")\""
            return refusal
        }
        let job = KernelJob(
            config: Settings(request.config?.mapValues(\.text) ?? [:]), measurement: request.measurement ?? "",
            settings: Settings(request.settings?.mapValues(\.text) ?? [:]),
            seed: seed, sample: own.sample.map { Array($0.utf8) } ?? [])
        guard kernel.description.samplesTraces == (own.sample != nil) else {
            refusal.unsupported = "the ledger has no batch of annotated traces for this run"
            return refusal
        }
        guard !kernel.description.samplesTraces else { return measureSample(kernel, job, request, own) }
        let file = NetworkFile(path: own.networkPath, hmacKey: own.hmacKey)
        let cached = file.read()
        // The time to wait while another process trains this network does not count as time of this run.
        let lock = cached == nil ? file.lock() : nil
        let found = cached ?? (lock == nil ? nil : file.read())
        if found == nil && own.purpose == .drawCached {
            refusal.unsupported = "the cached network is damaged or missing"
            return refusal
        }
        limitThisProcess(own)
        let start = ContinuousClock.now
        func seconds() -> Double { (ContinuousClock.now - start) / .seconds(1) }
        var result = WorkerAnswer(id: request.id)
        var hasDiverged = false
        do throws(KernelFailure) {
            let trained = found ?? train(kernel, job, into: file, request.id)
            var ready = WorkerAnswer(id: request.id)
            ready.network = WorkerAnswer.TrainedNetwork(trainingSeconds: found == nil ? seconds() : nil)
            send(ready)
            _ = consume lock
            let checkpoint = try trained.get()
            // A measurement of a diverged network often fails.
            hasDiverged = try kernel.hasDiverged(job, checkpoint)
            let values = try answer(request, own, kernel, job, checkpoint)
            if let folder = own.exportFolder {
                guard let network = try kernel.export(job, checkpoint) else {
                    refusal.unsupported = "the kernel \(kernel.description.name) trains no network to export"
                    return refusal
                }
                do {
                    try network.write(to: folder, kernel: kernel.description, job, seed: seedText)
                } catch {
                    refusal.unsupported = "the network was not exported: \(error)"
                    return refusal
                }
            }
            result.values = values.mapValues(WorkerNumber.init)
        } catch {
            result.failed = error.reason
            hasDiverged = hasDiverged || error.isDivergence
        }
        result.diverged = hasDiverged
        result.seconds = seconds()
        return result
    }

    /// Measures a batch of traces. These kernels have no network to train or to cache.
    private func measureSample(
        _ kernel: any Kernel, _ job: KernelJob, _ request: WorkerRequest, _ own: CompiledKernelJob
    ) -> WorkerAnswer {
        limitThisProcess(own)
        let start = ContinuousClock.now
        var result = WorkerAnswer(id: request.id)
        do throws(KernelFailure) {
            result.values = try kernel.measure(job, of: []).mapValues(WorkerNumber.init)
        } catch {
            result.failed = error.reason
        }
        result.seconds = (ContinuousClock.now - start) / .seconds(1)
        return result
    }

    /// Measures the network and returns the values. For other purposes, sends the network's pictures or texts, and returns
    /// no values.
    private func answer(
        _ request: WorkerRequest, _ own: CompiledKernelJob, _ kernel: any Kernel, _ job: KernelJob,
        _ checkpoint: [UInt8]
    ) throws(KernelFailure) -> [String: Double] {
        guard own.purpose == .use else {
            for picture in try kernel.pictures(job, of: checkpoint) {
                var message = WorkerAnswer(id: request.id)
                message.picture = picture
                send(message)
            }
            return [:]
        }
        guard request.do == .write else { return try kernel.measure(job, of: checkpoint) }
        guard let writer = kernel as? any WritingKernel else {
            throw KernelFailure(reason: "the networks of this kernel write no texts")
        }
        for text in try writer.texts(request.count ?? 0, job, of: checkpoint) {
            var message = WorkerAnswer(id: request.id)
            message.text = text
            send(message)
        }
        return [:]
    }

    private func train(
        _ kernel: any Kernel, _ job: KernelJob, into file: NetworkFile, _ id: Int?
    ) -> NetworkFile.TrainingResult {
        var shown = -1
        let trained = NetworkFile.TrainingResult { () throws(KernelFailure) in
            try kernel.train(job) { share in
                // At most one message is sent per percent. Printing therefore does not slow the training.
                guard Int(share * 100) > shown else { return }
                shown = Int(share * 100)
                var message = WorkerAnswer(id: id)
                message.progress = share
                send(message)
            }
        }
        file.write(trained)
        return trained
    }

    private func send(_ message: WorkerAnswer) {
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

    /// The texts with which a worker of a compiled kernel describes its platform.
    fileprivate var compiledTexts: [String: String] {
        [
            "architecture": architecture, "system": operatingSystem, "blas": blas ?? "", "core": blasCore ?? "",
            "threads": "\(blasThreads ?? 1)", "tool": tool,
        ]
    }

    /// Reads `compiledTexts`.
    init?(compiled texts: [String: String]) {
        guard let architecture = texts["architecture"], let system = texts["system"], let blas = texts["blas"],
            let core = texts["core"], let threads = texts["threads"].flatMap(Int.init), let tool = texts["tool"]
        else { return nil }
        self.init(
            architecture: architecture, operatingSystem: system, blas: blas, blasCore: core, blasThreads: threads,
            tool: tool)
    }
}

#if arch(x86_64)
    let machineArchitecture = "x86_64"
#else
    let machineArchitecture = "arm64"
#endif

/// Limits this process to the request's time and memory.
private func limitThisProcess(_ request: CompiledKernelJob) {
    alarm(UInt32(clamping: request.timeLimitSeconds))
    var limit = rlimit(rlim_cur: rlim_t(request.memoryLimitBytes), rlim_max: rlim_t(request.memoryLimitBytes))
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
}
