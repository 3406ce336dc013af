import ArgumentParser
import Foundation
import Glibc
import Kernels
import Ledger

/// The child's side of a run: reads a request, trains or takes the kept network, measures, answers line by line.
struct RunChild: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "__run", shouldDisplay: false)

    func run() throws {
        let request = try JSONDecoder().decode(RunRequest.self, from: FileHandle.standardInput.readDataToEndOfFile())
        limitThisProcess(request)
        writeOutput(try answer(request).line())
    }

    private func answer(_ request: RunRequest) throws -> RunMessage {
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
            seed: seed)
        let clock = ContinuousClock()
        let start = clock.now
        func seconds() -> Double { (clock.now - start) / .seconds(1) }
        do throws(KernelFailure) {
            let checkpoint: [UInt8]
            if let kept = request.checkpointPath.flatMap(keptCheckpoint) {
                checkpoint = kept
            } else {
                checkpoint = try trainAndKeep(kernel, job, request)
            }
            let values = try kernel.measure(job, of: checkpoint)
            if let broken = values.filter({ !$0.value.isFinite }).keys.min() {
                return .failed(reason: "\"\(broken)\" is not finite", seconds: seconds(), platform: platform())
            }
            return .finished(
                values: values.mapValues(Statement.Run.Value.init), seconds: seconds(), platform: platform())
        } catch {
            return .failed(reason: error.reason, seconds: seconds(), platform: platform())
        }
    }

    private func trainAndKeep(_ kernel: any Kernel, _ job: KernelJob, _ request: RunRequest) throws(KernelFailure)
        -> [UInt8]
    {
        var shown = -1
        let checkpoint = try kernel.train(job) { share in
            // A line per percent: enough to draw, too little to slow down.
            guard Int(share * 100) > shown else { return }
            shown = Int(share * 100)
            if let line = try? RunMessage.progress(share).line() { writeOutput(line) }
        }
        if let path = request.checkpointPath { keep(checkpoint, at: path) }
        return checkpoint
    }

    private func platform() -> Statement.Platform {
        Statement.Platform(
            architecture: machineArchitecture, operatingSystem: "linux", blas: BLAS.configuration,
            blasCore: BLAS.coreName,
            blasThreads: BLAS.threadCount, tool: "arbor-ledger \(toolVersion)")
    }
}

#if arch(x86_64)
    let machineArchitecture = "x86_64"
#else
    let machineArchitecture = "arm64"
#endif

/// The kernel has the request's time and memory and no more; what goes over ends the process, not the machine.
private func limitThisProcess(_ request: RunRequest) {
    alarm(UInt32(clamping: request.timeLimitSeconds))
    var limit = rlimit(rlim_cur: rlim_t(request.memoryLimitBytes), rlim_max: rlim_t(request.memoryLimitBytes))
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
}

/// The most bytes that a kept network may have.
private let checkpointByteLimit = 1 << 30

/// A kept network, if it is whole: its first line is the digest of the rest.
private func keptCheckpoint(_ path: String) -> [UInt8]? {
    guard case .bytes(let bytes)? = try? readFile(path, limit: checkpointByteLimit),
        let newline = bytes.firstIndex(of: 0x0A)
    else { return nil }
    let content = Array(bytes[(newline + 1)...])
    return String(decoding: bytes[..<newline], as: UTF8.self) == sha256(content) ? content : nil
}

/// A network that cannot be kept (a full disk) is trained again next time; the run itself is not lost.
private func keep(_ checkpoint: [UInt8], at path: String) {
    do {
        try writeFile(path, Array(sha256(checkpoint).utf8) + [0x0A] + checkpoint, mode: 0o600)
    } catch {
        writeError("arbor-ledger: \(error)\n")
    }
}
