import Foundation

private let usage = """
    usage: arbor-ledger-bench run TOOL [--beside OTHER] [--sizes 1000,10000,100000] [--repeats 5] [--output FILE]
           arbor-ledger-bench kernels TOOL [--only PRESET] [--seeds 8] [--pytorch-seeds 8] [--steps COUNT]
                                               [--output FILE]
           arbor-ledger-bench scaling TOOL [--sizes 1000,10000,100000,1000000] [--output FILE]
           arbor-ledger-bench causes [--quantities 500] [--seed 1] [--output FILE]
           arbor-ledger-bench ledger COUNT    a synthetic ledger, as a stream for `git fast-import --done`
           arbor-ledger-bench signatures      verification of 1,000 signatures, against the library alone
           arbor-ledger-bench peak            GFLOP/s of large products on one thread

    `kernels` needs the programs in Benchmarks/pytorch, and an interpreter with PyTorch: python3, or that of the
    environment variable PYTHON.

    """

/// Times `arbor-ledger` as a process on synthetic ledgers. For comparison, times how long git takes to read the same
/// blobs.
@main
enum Bench {
    static func main() {
        do {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            FileHandle.standardError.write(Data("arbor-ledger-bench: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws {
        switch arguments.first {
        case "ledger" where arguments.count == 2:
            guard let count = Int(arguments[1]), count > 0 else { throw ChildFailure(description: usage) }
            writeFastImport(SyntheticLedger(findingCount: count))
        case "peak" where arguments.count == 1: print(productPeak())
        case "signatures" where arguments.count == 1: print(try signatureTimes(count: 1_000, repeats: 7))
        case "run" where arguments.count >= 2: try benchmark(Options(arguments.dropFirst()))
        case "scaling" where arguments.count >= 2:
            try benchmarkScaling(Options(arguments.dropFirst(), sizes: [1_000, 10_000, 100_000, 1_000_000]))
        case "scaling-row" where arguments.count == 3:
            print(
                String(
                    decoding: try JSONEncoder().encode(scalingRow(arguments[1], Int(arguments[2]) ?? 0)), as: UTF8.self)
            )
        case "kernels" where arguments.count >= 2: try benchmarkKernels(KernelOptions(arguments.dropFirst()))
        case "causes": try benchmarkCauses(CauseOptions(arguments.dropFirst()))
        default: throw ChildFailure(description: usage)
        }
    }

    private struct Options {
        var tool: String
        var sizes: [Int]
        var repeats = 5
        /// Another build, which is timed alternately with the tool.
        var other: String?
        var output: String?

        init(_ arguments: ArraySlice<String>, sizes: [Int] = [1_000, 10_000, 100_000]) throws {
            tool = arguments.first ?? ""
            self.sizes = sizes
            try forEachOption(arguments.dropFirst()) { option, text in
                switch option {
                case "--sizes": self.sizes = text.split(separator: ",").compactMap { Int($0) }
                case "--beside": other = text
                case "--repeats": repeats = max(1, Int(text) ?? repeats)
                case "--output": output = text
                default: throw ChildFailure(description: usage)
                }
            }
        }
    }

    private struct KernelOptions {
        var tool: String
        var presets = kernelPresets
        var seeds = 8
        var pyTorchSeeds: Int?
        var steps: Int?
        var output: String?

        init(_ arguments: ArraySlice<String>) throws {
            tool = arguments.first ?? ""
            try forEachOption(arguments.dropFirst()) { option, text in
                switch option {
                case "--only": presets = kernelPresets.filter { $0.name == text || $0.kernel == text }
                case "--seeds": seeds = max(1, Int(text) ?? seeds)
                case "--pytorch-seeds": pyTorchSeeds = Int(text)
                case "--steps": steps = Int(text)
                case "--output": output = text
                default: throw ChildFailure(description: usage)
                }
            }
            guard !presets.isEmpty else {
                let names = kernelPresets.map(\.name).joined(separator: ", ")
                throw ChildFailure(description: "unknown preset; use one of \(names)")
            }
        }
    }

    private struct CauseOptions {
        var quantities = 500
        var seed = 1
        var output: String?

        init(_ arguments: ArraySlice<String>) throws {
            try forEachOption(arguments) { option, text in
                switch (option, Int(text)) {
                case ("--quantities", let count?) where count > 0: quantities = count
                case ("--seed", let number?): seed = number
                case ("--output", _): output = text
                default: throw ChildFailure(description: usage)
                }
            }
        }
    }

    private static func forEachOption(
        _ arguments: ArraySlice<String>, _ body: (_ option: String, _ text: String) throws -> Void
    ) throws {
        var rest = arguments
        while let option = rest.popFirst() {
            guard let text = rest.popFirst() else { throw ChildFailure(description: usage) }
            try body(option, text)
        }
    }

    private static func benchmark(_ options: Options) throws {
        try withFolder { folder in
            let environment = plainEnvironment(home: folder)
            let machine = try describeMachine(tool: options.tool, environment: environment, in: folder)
            let generator = try executablePath
            var ledgers: [(findings: Int, times: [LedgerTimes])] = []
            for size in options.sizes {
                let repository = try BenchmarkRepository(
                    findings: size, in: folder, generator: generator, environment: environment)
                let times = try measureLedger(
                    repository, tool: options.tool, beside: options.other, repeats: options.repeats)
                ledgers.append((size, times))
                try FileManager.default.removeItem(atPath: repository.path)
            }
            let report = markdown(machine: machine, date: today, ledgers: ledgers)
            if let output = options.output {
                try report.write(toFile: output, atomically: true, encoding: .utf8)
            } else {
                print(report, terminator: "")
            }
        }
    }

    private static func benchmarkScaling(_ options: Options) throws {
        try withFolder { folder in
            let environment = plainEnvironment(home: folder)
            let machine = try describeMachine(tool: options.tool, environment: environment, in: folder)
            let wanted =
                options.sizes.map { ("ledger", $0) } + [("hostile", 1_000), ("hostile", 10_000), ("hostile", 20_000)]
                + [("hostile-apart", 1_000), ("hostile-apart", 20_000)]
                + [("attacks", 50_000), ("attacks", 500_000)]
            let rows = try wanted.map { kind, count in
                let usage = try require(
                    [try executablePath, "scaling-row", kind, "\(count)"], environment: environment,
                    output: "\(folder)/row")
                let row = try JSONDecoder().decode(
                    ScalingRow.self, from: Data(contentsOf: URL(filePath: "\(folder)/row")))
                return (row, usage.peakMebibytes)
            }
            let report = scalingMarkdown(rows, machine: machine.sentence, date: today)
            print(report, terminator: "")
            try options.output.map { try report.write(toFile: $0, atomically: true, encoding: .utf8) }
        }
    }

    private static var executablePath: String {
        get throws { try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") }
    }

    /// Returns an environment that excludes the user's git configuration.
    private static func plainEnvironment(home: String) -> [String: String] {
        [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": home,
            "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C", "OPENBLAS_NUM_THREADS": "1",
        ]
    }

    private static func benchmarkKernels(_ options: KernelOptions) throws {
        try withFolder { folder in
            let bench = KernelBench(
                tool: options.tool, python: ProcessInfo.processInfo.environment["PYTHON"] ?? "python3",
                programs: "Benchmarks/pytorch", folder: folder, seeds: options.seeds,
                pyTorchSeeds: max(1, options.pyTorchSeeds ?? options.seeds), steps: options.steps)
            let pyTorch = bench.pyTorchVersion()
            let results = try options.presets.map { preset in
                try bench.result(preset, hasPyTorch: pyTorch != nil) {
                    FileHandle.standardError.write(Data("\(preset.name): \($0)\n".utf8))
                }
            }
            let report = kernelMarkdown(
                machine: try describeMachine(tool: options.tool, environment: bench.toolEnvironment, in: folder),
                date: today, bench: bench, pyTorch: pyTorch, results: results)
            print(report, terminator: "")
            try options.output.map { try report.write(toFile: $0, atomically: true, encoding: .utf8) }
        }
    }

    private static func benchmarkCauses(_ options: CauseOptions) throws {
        let results = try PlantedScenario.all.map { scenario in
            let outcomes = try simulatePlanted(scenario, quantities: options.quantities, seed: options.seed)
            FileHandle.standardError.write(
                Data("\(scenario.kind.rawValue), noise \(scenario.noise), unrecorded \(scenario.unrecorded)\n".utf8))
            return (scenario, outcomes)
        }
        let report = causesMarkdown(results, quantities: options.quantities, seed: options.seed)
        if let output = options.output {
            try report.write(toFile: output, atomically: true, encoding: .utf8)
        } else {
            print(report, terminator: "")
        }
    }

    private static var today: String { String(Date.now.ISO8601Format().prefix(10)) }

    /// Calls `body` with a temporary folder.
    private static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "arbor-ledger-bench-\(getpid())").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }
}
