import Foundation

private let usage = """
    usage: arbor-ledger-bench run TOOL [--sizes 1000,10000,100000] [--repeats 5] [--no-kernels] [--output FILE]
           arbor-ledger-bench ledger COUNT    a made-up ledger, as a stream for `git fast-import --done`
           arbor-ledger-bench kernels         seconds a seed of each toy model

    """

/// Times `arbor-ledger` from outside on made-up ledgers, beside git reading the same blobs.
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
            writeFastImport(MadeUpLedger(findingCount: count))
        case "kernels" where arguments.count == 1: try printKernelTimes()
        case "run" where arguments.count >= 2: try benchmark(Options(arguments.dropFirst()))
        default: throw ChildFailure(description: usage)
        }
    }

    private struct Options {
        var tool: String
        var sizes = [1000, 10_000, 100_000]
        var repeats = 5
        var timesKernels = true
        var output: String?

        init(_ arguments: ArraySlice<String>) throws {
            var rest = arguments
            tool = rest.removeFirst()
            while let option = rest.popFirst() {
                switch (option, rest.first) {
                case ("--no-kernels", _):
                    timesKernels = false
                    continue
                case ("--sizes", let text?): sizes = text.split(separator: ",").compactMap { Int($0) }
                case ("--repeats", let text?): repeats = max(1, Int(text) ?? repeats)
                case ("--output", let text?): output = text
                default: throw ChildFailure(description: usage)
                }
                rest.removeFirst()
            }
        }
    }

    private static func benchmark(_ options: Options) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "arbor-ledger-bench-\(getpid())").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // Nothing of the user's git configuration changes what is measured.
        let environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder,
            "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C", "OPENBLAS_NUM_THREADS": "1",
        ]
        let machine = try describeMachine(tool: options.tool, environment: environment, in: folder)
        let myself = "/proc/self/exe"
        let generator = try FileManager.default.destinationOfSymbolicLink(atPath: myself)
        var ledgers: [(findings: Int, times: [LedgerTimes])] = []
        for size in options.sizes {
            let repository = try BenchmarkRepository(
                findings: size, in: folder, generator: generator, environment: environment)
            ledgers.append((size, try measureLedger(repository, tool: options.tool, repeats: options.repeats)))
            try FileManager.default.removeItem(atPath: repository.path)
        }
        var kernels: [Double] = []
        if options.timesKernels {
            try require([generator, "kernels"], environment: environment, output: "\(folder)/kernels")
            kernels = try String(contentsOfFile: "\(folder)/kernels", encoding: .utf8).split(separator: "\n").compactMap
            { Double($0) }
        }
        let date = String(Date.now.ISO8601Format().prefix(10))
        let report = markdown(machine: machine, date: date, ledgers: ledgers, kernels: kernels)
        if let output = options.output {
            try report.write(toFile: output, atomically: true, encoding: .utf8)
        } else {
            print(report, terminator: "")
        }
    }
}
