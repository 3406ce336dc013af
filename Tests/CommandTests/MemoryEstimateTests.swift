import Foundation
import KernelInterface
import Kernels
import Testing

/// Compares the estimated memory of runs with the memory limits under which the real child process finishes.
///
/// By default, the tests use one small and one large case. With ARBOR_REFERENCE=1, they use all cases. No case has
/// networks with two features: they fit in the memory that the process has before its limit is set, so they finish
/// under any limit.
@Suite(.serialized) struct MemoryEstimateTests {
    static let everything = ProcessInfo.processInfo.environment["ARBOR_REFERENCE"] == "1"

    static let large = MemoryCase(
        "superposition", "dimensionality",
        ["features": "1024", "dimensions": "256", "batch": "8192", "steps": "1"], ["density": "0.1"])

    static let cases: [MemoryCase] = [
        MemoryCase(
            "superposition", "dimensionality",
            ["features": "5", "dimensions": "2", "steps": "10", "restarts": "10"], ["density": "0.1"]),
        MemoryCase(
            "superposition", "dimensionality",
            ["features": "200", "dimensions": "20", "batch": "512", "steps": "10"], ["density": "0.3"]),
        MemoryCase(
            "superposition", "dimensionality",
            [
                "features": "1024", "dimensions": "64", "batch": "64", "steps": "1", "restarts": "64",
                "selection_batch": "16",
            ], ["density": "0.1"]),
        MemoryCase(
            "superposition", "dimensionality",
            [
                "features": "1024", "dimensions": "256", "batch": "1024", "steps": "1", "restarts": "16",
                "selection_batch": "16",
            ], ["density": "0.1"]),
        MemoryCase(
            "modular-addition", "accuracy",
            ["modulus": "3", "width": "8", "heads": "1", "hidden_width": "8", "steps": "2"]),
        MemoryCase("modular-addition", "progress-measures", ["steps": "10"]),
        MemoryCase(
            "modular-addition", "progress-measures",
            ["modulus": "127", "width": "256", "hidden_width": "1024", "steps": "1"]),
        MemoryCase("othello", "legality", ["steps": "5"]),
        MemoryCase(
            "othello", "board-probe", ["steps": "5"], ["encoding": "colour", "probe": "softmax", "layer": "2"]),
        MemoryCase("othello", "board-probe", ["steps": "5"], ["encoding": "colour", "probe": "mlp256", "layer": "2"]),
        MemoryCase(
            "othello", "board-probe", ["steps": "5", "board": "8", "moves": "40", "probe_games": "2000"],
            ["encoding": "colour", "probe": "ridge", "layer": "2"]),
        MemoryCase("countdown", "verdict", ["steps": "50"]),
        MemoryCase("countdown", "search", ["steps": "5"], ["split": "seen"]),
        MemoryCase("countdown", "verdict-lead", ["steps": "5"], ["probe": "ridge", "layer": "2"]),
        MemoryCase(
            "countdown", "verdict", ["steps": "5", "numbers": "4", "most_number": "60", "most_value": "200"]),
        MemoryCase("chain-of-thought", "answer-accuracy", ["steps": "5"], ["difficulty": "all", "chain": "full"]),
        MemoryCase(
            "chain-of-thought", "early-answering",
            ["steps": "2", "maps": "30", "states": "24", "layers": "4", "width": "128", "hidden_width": "512"],
            ["difficulty": "6"]),
        MemoryCase("tree-search", "path", ["steps": "5"]),
        MemoryCase(
            "tree-search", "path-probe", ["steps": "5"],
            ["node": "parent", "position": "goal", "probe": "softmax", "layer": "3"]),
        MemoryCase(
            "tree-search", "path-probe", ["steps": "5", "nodes": "16", "readings": "40000"],
            ["node": "parent", "position": "goal", "probe": "mlp256", "layer": "3"]),
    ]

    @Test(arguments: everything ? cases + [large] : [cases[0], large])
    func estimateIsNearTheSmallestLimit(of run: MemoryCase) throws {
        let estimate = try run.estimatedBytes
        let finishes = try run.finishes(limit: estimate * 1.2)
        // The process has this memory before the limit is set, so a lower limit stops no run.
        let finishesWithLess = estimate > 1.2 * 48e6 ? try run.finishes(limit: estimate / 1.2) : false
        guard !finishes || finishesWithLess else { return }
        let (estimated, smallest) = (Int(estimate) >> 20, Int(try run.smallestLimit()) >> 20)
        Issue.record("\(run): estimated \(estimated) MiB, but the smallest limit that works is \(smallest) MiB")
    }
}

/// A run of a kernel with the kernel's defaults overridden by the given values.
struct MemoryCase: CustomStringConvertible {
    private let kernel: KernelDescription
    private let measurement: KernelMeasurement
    private let config: [String: String]
    private let settings: [String: String]
    let description: String

    init(
        _ kernel: String, _ measurement: String, _ config: [String: String] = [:], _ settings: [String: String] = [:]
    ) {
        self.kernel = kernels.map(\.description).first { $0.name == kernel }!
        self.measurement = self.kernel.measurement(named: measurement)!
        self.config = self.kernel.parameters.defaults.merging(config) { $1 }
        self.settings = self.measurement.settings.defaults.merging(settings) { $1 }
        let changes = (config.merging(settings) { $1 }).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        description = ([kernel, measurement] + changes).joined(separator: ", ")
    }

    var estimatedBytes: Double {
        get throws { try kernel.cost(Settings(config), measurement.name, Settings(settings)).bytes }
    }

    /// Returns whether a child process that may use `limit` bytes trains and measures a network.
    func finishes(limit: Double) throws -> Bool {
        let folder = "\(temporaryFolder)/memory-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let own: [String: Any] = [
            "purpose": "use", "kernel": kernel.name, "networkPath": "\(folder)/network",
            "hmacKey": ["key": [Int](repeating: 0, count: 32)], "timeLimitSeconds": 300, "memoryLimitBytes": Int(limit),
        ]
        let request: [String: Any] = [
            "do": "run", "id": 0, "config": config, "measurement": measurement.name, "settings": settings,
            "seed": "0000000000000001", "compiled": own,
        ]
        try JSONSerialization.data(withJSONObject: request).write(to: URL(fileURLWithPath: "\(folder)/request"))
        // The same environment as in a run of `verify`.
        let environment = [
            "PATH": "/usr/bin:/bin", "HOME": folder, "LC_ALL": "C", "OPENBLAS_NUM_THREADS": "1",
            "SWIFT_BACKTRACE": "enable=no", "MIMALLOC_EAGER_COMMIT": "0",
        ]
        let printed = try RunningProcess(
            "/bin/sh", ["-c", "exec \"$0\" __kernel < \"$1\"", binary, "\(folder)/request"], in: folder, environment
        ).wait()
        return printed.status == 0 && printed.output.contains("\"values\"")
    }

    /// Returns the smallest limit under which the run finishes, to two percent.
    func smallestLimit() throws -> Double {
        var (low, high) = (16.0 * 1_048_576, 16.0 * 1_073_741_824)
        while high > 1.02 * low {
            let middle = (low * high).squareRoot()
            if try finishes(limit: middle) { high = middle } else { low = middle }
        }
        return high
    }
}
