import Foundation

/// A made-up ledger in a temporary repository, ready to be read.
struct BenchmarkRepository {
    let path: String
    let environment: [String: String]
    /// Blob ids of every file, one a line, as `git cat-file --batch` wants them.
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

    /// What the tool keeps from earlier runs.
    func removeCaches() throws {
        let cache = "\(path)/.git/arbor-ledger"
        if FileManager.default.fileExists(atPath: cache) { try FileManager.default.removeItem(atPath: cache) }
    }

    /// Commits a copy of a finding under a new name on main; index and work tree stay behind.
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

    func firstFinding() throws -> String {
        let files = FileManager.default.enumerator(atPath: "\(path)/Findings")
        while let file = files?.nextObject() as? String { if file.hasSuffix(".yaml") { return "Findings/\(file)" } }
        throw ChildFailure(description: "\(path) has no finding")
    }
}

/// One command's figures on one ledger.
struct LedgerTimes {
    var command: String
    var first: Usage
    /// Of several runs after the first.
    var medianSeconds: Double
    var medianCPUSeconds: Double
    var peakMebibytes: Double
}

/// Every report on one ledger, the raw read of the same blobs first.
func measureLedger(_ repository: BenchmarkRepository, tool: String, repeats: Int) throws -> [LedgerTimes] {
    func times(
        _ name: String, _ arguments: [String], input: String = "/dev/null", extra: [String: String] = [:],
        keepsCaches: Bool = false, before: (Int) throws -> Void = { _ in }
    ) throws -> LedgerTimes {
        if !keepsCaches { try repository.removeCaches() }
        let environment = repository.environment.merging(extra) { $1 }
        let runs = try (0...repeats).map { number in
            try before(number)
            return try require(arguments, environment: environment, input: input)
        }
        let later = runs.dropFirst()
        return LedgerTimes(
            command: name, first: runs[0], medianSeconds: median(later.map(\.seconds)),
            medianCPUSeconds: median(later.map(\.cpuSeconds)), peakMebibytes: runs.map(\.peakMebibytes).max() ?? 0)
    }
    let rawRead = ["git", "-C", repository.path, "cat-file", "--batch", "--buffer"]
    // Once unmeasured: the first figures are of a warm page cache.
    try require(rawRead, environment: repository.environment, input: repository.blobList)
    var all = [try times("git cat-file --batch", rawRead, input: repository.blobList)]
    for report in [["check"], ["check", "--at", "HEAD"], ["merge"], ["conflicts"]] {
        all.append(try times(report.joined(separator: " "), [tool, "-C", repository.path] + report))
    }
    let copied = try String(contentsOfFile: "\(repository.path)/\(repository.firstFinding())", encoding: .utf8)
    for report in ["merge", "conflicts"] {
        let name = "\(report) --at HEAD"
        let arguments = [tool, "-C", repository.path, report, "--at", "HEAD"]
        all.append(try times(name, arguments, extra: ["ARBOR_LEDGER_NO_CACHE": "1"]))
        // The first run is from all records, and leaves what the later ones begin from.
        all.append(try times("\(name), repeated", arguments))
        all.append(
            try times("\(name), after one new finding", arguments, keepsCaches: true) { number in
                try repository.commitCopy(of: copied, as: "one-more-for-\(report)-\(number)")
            })
    }
    try repository.git("reset", "--quiet", "--hard")
    let hook = [tool, "-C", repository.path, "hook", "run"]
    // A tool without the command ends with 64.
    if try measure(hook, environment: repository.environment).exitCode == 0 {
        let finding = try repository.firstFinding()
        let text = try String(contentsOfFile: "\(repository.path)/\(finding)", encoding: .utf8)
        try (text + "# Looked at again.\n").write(
            toFile: "\(repository.path)/\(finding)", atomically: false, encoding: .utf8)
        try repository.git("add", finding)
        all.append(try times("hook run, one finding", hook))
        try repository.git("reset", "--quiet", "--hard")
    }
    return all
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.indices.last else { return .nan }
    return (sorted[last / 2] + sorted[(last + 1) / 2]) / 2
}
