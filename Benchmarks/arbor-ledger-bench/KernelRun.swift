import Dispatch
import Foundation
import KernelInterface
import Records
import Synchronization
import vector_kernels

/// The measurements of one job, which has one seed.
struct SeedRun: Sendable {
    /// The time to generate data before training; 0 if data is generated during training.
    var dataSeconds: Double
    var trainingSeconds: Double
    var measuringSeconds: Double
    /// The time of all processes of the job, including their start.
    var wallSeconds: Double
    var cpuSeconds: Double
    /// The measured values, by quantity and settings. A quantity is missing if its measurement failed.
    var values: [String: Double]
    var platform: Statement.Platform?

    var jobSeconds: Double { dataSeconds + trainingSeconds + measuringSeconds }
}

/// The set-up of the kernel benchmark.
struct KernelBench: Sendable {
    var tool: String
    /// The Python interpreter for PyTorch.
    var python: String
    var programs: String
    var folder: String
    var seeds: Int
    /// The number of seeds to run in PyTorch.
    var pyTorchSeeds: Int
    /// Replaces the number of steps of each preset in tests of the benchmark; nil for the preset's own number.
    var steps: Int?

    /// The environment that `verify` gives to a run.
    var toolEnvironment: [String: String] {
        var variables = ["PATH": "/usr/bin:/bin", "HOME": folder, "LC_ALL": "C", "OPENBLAS_NUM_THREADS": "1"]
        variables["MIMALLOC_EAGER_COMMIT"] = "0"
        variables["OPENBLAS_CORETYPE"] = CPU.blasCoreTypes.first
        return variables
    }

    private var pythonEnvironment: [String: String] {
        ProcessInfo.processInfo.environment.merging(["OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"]) { $1 }
    }

    func config(_ preset: KernelPreset) throws(ChildFailure) -> Settings {
        var config = Settings(preset.config, try preset.described().parameters)
        if let steps { config.values["steps"] = "\(steps)" }
        return config
    }

    /// Runs our kernel on all seeds, then PyTorch on its seeds.
    func result(_ preset: KernelPreset, hasPyTorch: Bool, report: (String) -> Void) throws -> KernelResult {
        let config = try config(preset)
        func samples(_ runs: [SeedRun]) -> Double { runs.map { preset.sampleCount(config, $0.values) }.reduce(0, +) }
        report("\(seeds) seeds")
        let peak = try preset.operations.map { _ in try productPeak() }
        let own = try twoAtATime(seeds) { try run(preset, seed: $0 + 1) }
        var gigaflops: (training: Double, peak: Double)?
        if let operations = preset.operations, let peak {
            let seconds = own.map(\.trainingSeconds).reduce(0, +)
            gigaflops = (training: samples(own) * operations(config) / seconds / 1e9, peak: peak)
        }
        var pyTorch: [SeedRun]?
        if hasPyTorch {
            report("\(pyTorchSeeds) seeds in PyTorch")
            var runs = try twoAtATime(pyTorchSeeds) { try runPyTorch(preset, seed: $0 + 1) }
            // Training that can stop early varies in length, so PyTorch's time is scaled to our number of samples.
            let share = samples(own) / Double(own.count) / (samples(runs) / Double(runs.count))
            for index in runs.indices { runs[index].trainingSeconds *= share }
            pyTorch = runs
        }
        return KernelResult(preset: preset, own: own, pyTorch: pyTorch, gigaflops: gigaflops)
    }

    /// Trains once and makes all measurements on the cached network, each in its own process.
    func run(_ preset: KernelPreset, seed: Int) throws -> SeedRun {
        let description = try preset.described()
        let config = try config(preset)
        var run = SeedRun(
            dataSeconds: 0, trainingSeconds: 0, measuringSeconds: 0, wallSeconds: 0, cpuSeconds: 0, values: [:])
        for measured in preset.measured {
            guard let measurement = description.measurement(named: measured.measurement) else {
                throw ChildFailure(description: "\(preset.kernel) does not measure \(measured.measurement)")
            }
            let settings = Settings(measured.settings, measurement.settings)
            let network = measurement.trainingSettings.sorted().map { settings.word($0) }
            let path = "\(folder)/\(preset.name)-\(seed)"
            let request = Request(
                config: config.values, measurement: measurement.name, settings: settings.values,
                seed: String(format: "%016x", seed),
                compiled: CompiledJob(
                    kernel: preset.kernel,
                    networkPath: "\(folder)/networks/\(([preset.name, "\(seed)"] + network).joined(separator: "-"))"))
            let describe = Data("{\"arbor\":1,\"do\":\"describe\"}\n".utf8)
            try (describe + JSONEncoder().encode(request)).write(to: URL(filePath: path))
            let usage = try require(
                [tool, "__kernel"], environment: toolEnvironment, input: path, output: "\(path)-output")
            let messages = try Data(contentsOf: URL(filePath: "\(path)-output")).split(separator: UInt8(ascii: "\n"))
                .map { try JSONDecoder().decode(Message.self, from: $0) }
            let training = messages.compactMap { $0.network?.trainingSeconds }.reduce(0, +)
            run.trainingSeconds += training
            run.measuringSeconds += usage.seconds - training
            run.wallSeconds += usage.seconds
            run.cpuSeconds += usage.cpuSeconds
            guard let last = messages.last, last.unsupported == nil else {
                throw ChildFailure(description: "this machine cannot run \(preset.kernel)")
            }
            let suffix = measurement.settings.filter { settings.values[$0.name] != $0.defaultValue }
                .map { ", \($0.name) \(settings.word($0.name))" }.joined()
            for (quantity, value) in last.values ?? [:] { run.values[quantity + suffix] = Double(value) }
            run.platform = messages.lazy.compactMap(\.platform).first?.statement ?? run.platform
        }
        return run
    }

    /// Returns the interpreter's PyTorch version; nil if it has no PyTorch.
    func pyTorchVersion() -> String? {
        let output = "\(folder)/version"
        let code = "import numpy, torch; print(torch.__version__)"
        // The traceback is discarded, because the report says that PyTorch is missing.
        let silent = ["/bin/sh", "-c", "exec \"$0\" -c \"$1\" 2>/dev/null", python, code]
        guard let usage = try? measure(silent, environment: pythonEnvironment, output: output), usage.exitCode == 0
        else { return nil }
        return try? String(contentsOfFile: output, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func runPyTorch(_ preset: KernelPreset, seed: Int) throws -> SeedRun {
        let output = "\(folder)/\(preset.name)-\(seed)-pytorch"
        let steps = steps.map { ["--steps", "\($0)"] } ?? []
        let usage = try require(
            [python, "\(programs)/\(preset.program[0])"] + preset.program.dropFirst() + ["--seed", "\(seed)"] + steps,
            environment: pythonEnvironment, output: output)
        let result = try JSONDecoder().decode(PyTorchResult.self, from: Data(contentsOf: URL(filePath: output)))
        return SeedRun(
            dataSeconds: result.dataSeconds, trainingSeconds: result.trainSeconds,
            measuringSeconds: result.measureSeconds, wallSeconds: usage.seconds, cpuSeconds: usage.cpuSeconds,
            values: result.values)
    }

    /// Returns the speed of large products in GFLOP/s per core, measured while both cores are busy.
    func productPeak() throws -> Double {
        let myself = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let speeds = try twoAtATime(2) { index in
            let output = "\(folder)/peak-\(index)"
            try require([myself, "peak"], environment: toolEnvironment, output: output)
            return Double(try String(contentsOfFile: output, encoding: .utf8).dropLast()) ?? .nan
        }
        return speeds.reduce(0, +) / Double(speeds.count)
    }
}

/// Calls `body` with each of 0..<count, two calls at a time, and returns the results in order.
func twoAtATime<Value: Sendable>(_ count: Int, _ body: @Sendable (Int) throws -> Value) throws -> [Value] {
    let results = Mutex([Result<Value, any Error>?](repeating: nil, count: count))
    let next = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 2) { _ in
        while true {
            let index = next.withLock { index in
                defer { index += 1 }
                return index
            }
            guard index < count else { return }
            let result = Result { try body(index) }
            results.withLock { $0[index] = result }
        }
    }
    return try results.withLock { $0 }.compactMap { try $0?.get() }
}

/// A request to `arbor-ledger __kernel`, as docs/external-kernels.md describes it.
private struct Request: Encodable {
    var action = "run"
    var id = 0
    var config: [String: String]
    var measurement: String
    var settings: [String: String]
    var seed: String
    var compiled: CompiledJob

    enum CodingKeys: String, CodingKey {
        case action = "do"
        case id, config, measurement, settings, seed, compiled
    }
}

/// What the kernels of the tool need beyond the protocol.
private struct CompiledJob: Encodable {
    var purpose = "use"
    var kernel: String
    var networkPath: String
    /// The key that authenticates networks. It can be fixed, because the benchmark reads only its own networks.
    var hmacKey = ["key": [UInt8](repeating: 0, count: 32)]
    var timeLimitSeconds = 3600
    var memoryLimitBytes = 8 << 30
}

/// A line of the output of `arbor-ledger __kernel`.
private struct Message: Decodable {
    struct Network: Decodable {
        var trainingSeconds: Double?
    }

    struct Platform: Decodable {
        var architecture: String
        var system: String
        var blas: String
        var core: String
        var threads: String
        var tool: String

        var statement: Statement.Platform {
            Statement.Platform(
                architecture: architecture, operatingSystem: system, blas: blas, blasCore: core,
                blasThreads: Int(threads) ?? 1, tool: tool)
        }
    }

    var network: Network?
    /// The values in hexadecimal digits; nil if the measurement failed.
    var values: [String: String]?
    var platform: Platform?
    var unsupported: String?
}

/// The output of our PyTorch programs.
private struct PyTorchResult: Decodable {
    var dataSeconds: Double
    var trainSeconds: Double
    var measureSeconds: Double
    var values: [String: Double]

    enum CodingKeys: String, CodingKey {
        case dataSeconds = "data_seconds"
        case trainSeconds = "train_seconds"
        case measureSeconds = "measure_seconds"
        case values
    }
}
