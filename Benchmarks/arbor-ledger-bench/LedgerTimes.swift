import Foundation

/// A synthetic ledger in a temporary repository.
struct BenchmarkRepository {
    let path: String
    let environment: [String: String]
    /// The path of the file with all blob ids, which is the input of `git cat-file --batch`.
    var blobList: String { "\(path)/.git/bench-blobs" }

    init(findings: Int, in folder: String, generator: String, environment: [String: String]) throws {
        path = "\(folder)/\(findings)"
        self.environment = environment
        let stream = "\(folder)/stream"
        try require([generator, "ledger", "\(findings)"], environment: environment, output: stream)
        try require(["git", "init", "--quiet", "--initial-branch=main", path], environment: environment)
        try git("fast-import", "--quiet", "--done", input: stream)
        try FileManager.default.removeItem(atPath: stream)
        try git("reset", "--quiet", "--hard")
        try git("gc", "--quiet")
        try git("ls-tree", "-r", "--format=%(objectname)", "HEAD", output: blobList)
    }

    func git(_ arguments: String..., input: String = "/dev/null", output: String = "/dev/null") throws(ChildFailure) {
        try require(["git", "-C", path] + arguments, environment: environment, input: input, output: output)
    }

    /// Removes the tool's caches.
    func removeCaches() throws {
        let cache = "\(path)/.git/arbor-ledger"
        if FileManager.default.fileExists(atPath: cache) { try FileManager.default.removeItem(atPath: cache) }
    }

    /// Commits a copy of a finding to main under a new name. Does not update the index and the work tree.
    func commitCopy(of text: String, as slug: String) throws {
        let stream = "\(path)/.git/bench-commit"
        let message = "One more finding\n"
        try """
        commit refs/heads/main
        committer Benchmark <benchmark@example.org> 1735689600 +0000
        data \(message.utf8.count)
        \(message)
        from refs/heads/main^0
        M 100644 inline Findings/\(slug).yaml
        data \(text.utf8.count)
        \(text)
        done

        """.write(toFile: stream, atomically: false, encoding: .utf8)
        try git("fast-import", "--quiet", "--done", input: stream)
    }

    /// Writes a file, and waits long enough that a later change of the file gets a different modification time.
    func write(_ text: String, to file: String) throws {
        try text.write(toFile: "\(path)/\(file)", atomically: false, encoding: .utf8)
        usleep(100_000)
    }

    func firstFinding() throws -> String {
        let files = FileManager.default.enumerator(atPath: "\(path)/Findings")
        while let file = files?.nextObject() as? String { if file.hasSuffix(".yaml") { return "Findings/\(file)" } }
        throw ChildFailure(description: "\(path) has no finding")
    }
}

/// The times of one command on one ledger.
struct LedgerTimes {
    var command: String
    var own: Timing
    /// The times of another build, which is run alternately with this one; nil for git.
    var other: Timing?
}

struct Timing {
    var first: Usage
    /// The median over all runs except the first.
    var medianSeconds: Double
    var medianCPUSeconds: Double
    var peakMebibytes: Double

    init(_ runs: [Usage]) {
        let later = runs.dropFirst()
        first = runs[0]
        medianSeconds = median(later.map(\.seconds))
        medianCPUSeconds = median(later.map(\.cpuSeconds))
        peakMebibytes = runs.map(\.peakMebibytes).max() ?? 0
    }
}

/// Times how long git takes to read all blobs, then times every report. If `other` is given, it is run alternately with
/// the tool.
func measureLedger(
    _ repository: BenchmarkRepository, tool: String, beside other: String?, repeats: Int
) throws -> [LedgerTimes] {
    func times(
        _ name: String, _ arguments: [String], extra: [String: String] = [:], keepsCaches: Bool = false,
        before: (Int) throws -> Void = { _ in }
    ) throws -> LedgerTimes {
        if !keepsCaches { try repository.removeCaches() }
        let environment = repository.environment.merging(extra) { $1 }
        var runs: (own: [Usage], other: [Usage]) = ([], [])
        for number in 0...repeats {
            try before(number)
            func run(_ tool: String) throws -> Usage {
                try require([tool, "-C", repository.path] + arguments, environment: environment)
            }
            runs.own.append(try run(tool))
            if let other { runs.other.append(try run(other)) }
        }
        return LedgerTimes(command: name, own: Timing(runs.own), other: other == nil ? nil : Timing(runs.other))
    }
    let rawRead = ["git", "-C", repository.path, "cat-file", "--batch", "--buffer"]
    // The first run warms the page cache and is not counted.
    let raw = try (0...repeats + 1).map { _ in
        try require(rawRead, environment: repository.environment, input: repository.blobList)
    }
    var all = [LedgerTimes(command: "git cat-file --batch", own: Timing(Array(raw.dropFirst())), other: nil)]
    let finding = try repository.firstFinding()
    let text = try String(contentsOfFile: "\(repository.path)/\(finding)", encoding: .utf8)
    for report in ["check", "merge", "conflicts", "tasks"] {
        all.append(try times("\(report), cold", [report], extra: ["ARBOR_LEDGER_NO_CACHE": "1"]))
        all.append(try times("\(report), repeated", [report]))
        all.append(
            try times("\(report), after one changed finding", [report], keepsCaches: true) { number in
                try repository.write(text + "# Changed \(number).\n", to: finding)
            })
        try repository.write(text, to: finding)
    }
    for report in ["check", "merge", "conflicts"] {
        let arguments = [report, "--at", "HEAD"]
        all.append(try times("\(report) --at HEAD, cold", arguments, extra: ["ARBOR_LEDGER_NO_CACHE": "1"]))
        all.append(try times("\(report) --at HEAD, repeated", arguments))
        all.append(
            try times("\(report) --at HEAD, after one new finding", arguments, keepsCaches: true) { number in
                try repository.commitCopy(of: text, as: "one-more-for-\(report)-\(number)")
            })
    }
    try repository.git("reset", "--quiet", "--hard")
    try repository.write(text + "# Staged.\n", to: finding)
    try repository.git("add", finding)
    all.append(try times("hook run, one finding", ["hook", "run"]))
    try repository.git("reset", "--quiet", "--hard")
    all.append(try times("--version", ["--version"]))
    return all
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.indices.last else { return .nan }
    return (sorted[last / 2] + sorted[(last + 1) / 2]) / 2
}
