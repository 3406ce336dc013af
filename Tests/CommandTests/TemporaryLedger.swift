import Foundation
import Synchronization

/// A real repository in a temporary folder that is removed at the end. It does not use the user's git settings.
///
/// Dates are fixed, so that commits and audit seeds are the same in every test run.
final class TemporaryLedger: Sendable {
    let root: String
    let path: String

    /// Creates an empty repository whose branch is `main`.
    init(named name: String = "ledger") throws {
        root = "\(temporaryFolder)/command-tests-\(UUID().uuidString)"
        path = "\(root)/\(name)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try git("init", "-q", "-b", "main")
    }

    /// Creates a copy of a repository.
    init(copyOf other: TemporaryLedger) throws {
        root = "\(temporaryFolder)/command-tests-\(UUID().uuidString)"
        path = "\(root)/ledger"
        try FileManager.default.copyItem(atPath: other.root, toPath: root)
    }

    /// Creates a repository with one commit: the files that `init` writes, and a toy model that trains in a few
    /// milliseconds.
    static func example() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger(copyOf: madeExample.get())
        // git compares the inodes of files with those in the index.
        try ledger.git("update-index", "-q", "--refresh")
        return ledger
    }

    /// Hundreds of tests begin with the example, so it is made once and copied.
    private static let madeExample = shared { try makeExample() }

    /// Makes a ledger for all tests of this process. Its folder is removed when the process ends.
    static func shared(_ make: () throws -> TemporaryLedger) -> Result<TemporaryLedger, any Error> {
        Result {
            let ledger = try make()
            sharedFolders.withLock { folders in
                if folders.isEmpty {
                    atexit {
                        for folder in sharedFolders.withLock({ $0 }) {
                            try? FileManager.default.removeItem(atPath: folder)
                        }
                    }
                }
                folders.append(ledger.root)
            }
            return ledger
        }
    }

    private static func makeExample() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger()
        let begun = try ledger.run("init", "--no-hook")
        guard begun.status == 0 else { throw Failure(description: begun.description) }
        try ledger.write("Verifiers/superposition-geometry/model.yaml", smallModel)
        try ledger.commit("Begin")
        return ledger
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    var environment: [String: String] {
        var environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("GIT_") && !["NO_COLOR", "TERM", "CI", "ARBOR_LEDGER_BINARY"].contains($0.key)
        }
        environment["HOME"] = root
        environment["XDG_CONFIG_HOME"] = root
        environment["LC_ALL"] = "C.UTF-8"
        environment["GIT_CONFIG_NOSYSTEM"] = "1"
        for role in ["AUTHOR", "COMMITTER"] {
            environment["GIT_\(role)_NAME"] = "Ada"
            environment["GIT_\(role)_EMAIL"] = "ada@example.org"
            environment["GIT_\(role)_DATE"] = "1700000000 +0000"
        }
        return environment
    }

    /// Runs arbor-ledger in the repository; `without` and `extra` change the environment.
    func run(
        _ arguments: [String], in folder: String = "", without: Set<String> = [], extra: [String: String] = [:]
    ) throws -> ProcessResult {
        try start(arguments, in: folder, without: without, extra: extra).wait()
    }

    func run(_ arguments: String...) throws -> ProcessResult { try run(arguments) }

    func start(
        _ arguments: [String], in folder: String = "", without: Set<String> = [], extra: [String: String] = [:]
    ) throws -> RunningProcess {
        let environment = environment.filter { !without.contains($0.key) }.merging(extra) { $1 }
        return try RunningProcess(binary, arguments, in: place(folder), environment)
    }

    /// Runs git in the repository and returns its result, even if git fails.
    func tryGit(_ arguments: [String], in folder: String = "", extra: [String: String] = [:]) throws -> ProcessResult {
        try RunningProcess("/usr/bin/git", arguments, in: place(folder), environment.merging(extra) { $1 }).wait()
    }

    /// Runs git in the repository and returns its output without the final line end.
    @discardableResult
    func git(_ arguments: String...) throws -> String {
        let printed = try tryGit(arguments)
        guard printed.status == 0 else { throw Failure(description: "git \(arguments): \(printed)") }
        return printed.output.hasSuffix("\n") ? String(printed.output.dropLast()) : printed.output
    }

    func commit(_ message: String) throws {
        try git("add", "-A")
        try git("commit", "-q", "-m", message)
    }

    func write(_ file: String, _ text: String) throws {
        let url = URL(fileURLWithPath: place(file))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func read(_ file: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: place(file))), as: UTF8.self)
    }

    /// Replaces a text that must occur in the file.
    func edit(_ file: String, _ old: String, _ new: String) throws {
        let text = try read(file)
        guard text.contains(old) else { throw Failure(description: "\(file) does not say \(old)") }
        try write(file, text.replacingOccurrences(of: old, with: new))
    }

    func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: place(file)) }

    func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: place(folder))) ?? []).sorted()
    }

    /// Returns the absolute path of a file; relative paths start at the top of the repository.
    func place(_ file: String) -> String { file.hasPrefix("/") ? file : file.isEmpty ? path : "\(path)/\(file)" }
}

let modelFile = "Verifiers/superposition-geometry/model.yaml"
let exampleFinding = "Findings/half-a-dimension.yaml"
let networksFolder = ".git/arbor-ledger/networks"
let receiptsFolder = "Verifiers/superposition-geometry/receipts"

/// For this model, D* is 0.48 to 0.53 with training and 0.86 to 1.08 without.
let smallModel = """
    title: Toy model of superposition, 60 features in 10 dimensions
    contributors: [your name]
    abstracts: superposition
    kernel: superposition
    config:
      features: 60
      dimensions: 10
      batch: 64
      steps: 200
      learning_rate: 3e-2
      schedule: linear
      initial_variance: 1/n
    budget: {minutes: 2, memory_gib: 1}

    """

/// Returns a finding with one claim on the example's quantity.
func finding(
    _ title: String, value: String = "[0.45, 0.55]", tested: String = "{model: superposition-geometry, density: 0.3}",
    more: String = "", rest: String = ""
) -> String {
    """
    title: \(title)
    authors: [B. Body]
    contributors: [B. Body]
    date: 2024-05-06
    source: a note
    north_star: One more measurement of the same thing.
    claims:
      - quantity: dimensions-per-feature
        value: \(value)
        tested: \(tested)
    \(more.split(separator: "\n").map { "    \($0)\n" }.joined())\(rest)
    """
}

/// The changes that are reported if a finding contradicts the example's finding.
func contradictionOutput(by slug: String) -> String {
    """
    Questions
      ~ .
        was answered (reported only; toys only; 1 of 1 cells)
        now contested (reported only; toys only; 1 of 1 cells), contested parts:
          superposition
        by new finding \(slug)
      ~ superposition
        was supported (reported only; toys only; 1 of 1 cells)
        now contested (reported only; toys only; 1 of 1 cells), conflict, not all
          explained
        no longer: bridge toy-superposition-is-r1s untested (1 toy claim for yes)
        by new finding \(slug)

    Claims
      ~ half-a-dimension#1
        pro at superposition -> pro, undecided at superposition
        by new finding \(slug)
      + \(slug)#1
        says dimensions-per-feature is 0.9 to 1.1; reported
        con, undecided at superposition
        by new finding \(slug)

    Disagreements
      + conflict on dimensions-per-feature begins
        half-a-dimension#1 and \(slug)#1; nothing recorded differs
        by new finding \(slug)

    """
}

extension TemporaryLedger {
    /// Adds the toy model `coin`, which lands on heads in 7 of 10 flips, and the share of heads as a measured quantity.
    func addCoin() throws {
        try write(
            "Verifiers/coin/model.yaml",
            """
            title: A coin
            contributors: [your name]
            abstracts: superposition
            kernel: coin
            config: {bias: 0.7}
            budget: {minutes: 2, memory_gib: 1}

            """)
        try write(
            "Verifiers/coin/heads.yaml",
            "measurement: heads\nmeasures: [heads-share]\nconditions: []\ncontrol: {coin: fair}\n")
        try write(
            "Claims/vocabulary/quantities/heads-share.yaml",
            "title: Heads\nrange: [0, 1]\ndefinition: Share of heads.\nconditions: [model]\n")
    }
}

/// The folders of ledgers that all tests share.
private let sharedFolders = Mutex<[String]>([])
