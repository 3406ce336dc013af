import Foundation
import Testing

/// The fault that is injected when the command changes a file.
enum Fault: String, CaseIterable {
    case kill
    /// Calls that need space fail with ENOSPC, all others with EIO.
    case error
    /// From this change on, nothing can be written.
    case full
}

/// Makes each file change of a command fail in turn, and starts from the same repository each time.
final class FaultLoop {
    let name: String
    let ledger: TemporaryLedger
    private let command: [String]
    private let checks: Bool
    private let before: RepositorySnapshot
    private let after: RepositorySnapshot
    /// Each file change that the command makes without a fault, written as `call path`.
    let changes: [String]
    /// An additional check after the next run; it returns a description of the problem if it finds one.
    var extraCheck: (TemporaryLedger) throws -> String? = { _ in nil }
    private(set) var table: [FaultTableRow: [String: Int]] = [:]

    /// `checks` says whether the ledger is free of errors at all times.
    init(_ name: String, _ ledger: TemporaryLedger, checks: Bool = true, _ command: String...) throws {
        self.name = name
        self.checks = checks
        self.ledger = ledger
        self.command = command
        try copy(ledger.path, to: "\(ledger.root)/before")
        before = try RepositorySnapshot(of: ledger)
        let counting = try Self.run(ledger, command, nil, at: 0)
        guard counting.printed.status == 0 else { throw Failure(description: "\(name): \(counting.printed)") }
        changes = counting.changes
        after = try RepositorySnapshot(of: ledger)
    }

    /// Makes change `number` (counted from 1) fail. Returns the problems found in the repository afterwards and during
    /// the next run.
    func problems(_ fault: Fault, at number: Int) throws -> [String] {
        try restore()
        let faulty = try Self.run(ledger, command, fault, at: number)
        guard faulty.failed > 0 else { return [] }
        let call = faulty.changes.count >= number ? faulty.changes[number - 1] : "unknown"
        return try problems(faulty.printed, fault, call, "\(name), \(fault.rawValue) at \(number), \(call)")
    }

    /// Runs the command on a disk with the given free space; only root can create such a disk.
    func problemsOnADisk(freeBytes: Int) throws -> [String] {
        try FileManager.default.removeItem(atPath: ledger.path)
        try FileManager.default.createDirectory(atPath: ledger.path, withIntermediateDirectories: true)
        try SmallDisk.mount(at: ledger.path)
        defer { SmallDisk.unmount(ledger.path) }
        try copy("\(ledger.root)/before/.", to: ledger.path)
        let filler = ledger.place(".git/filler")
        try SmallDisk.fill(filler, butFor: freeBytes)
        let printed = try ledger.run(command)
        try FileManager.default.removeItem(atPath: filler)
        return try problems(printed, .full, "disk", "\(name), a disk with \(freeBytes) bytes left")
    }

    private func problems(_ printed: ProcessResult, _ fault: Fault, _ call: String, _ place: String) throws -> [String]
    {
        var found = Problems(place: place)
        let isKilled = printed.status == 128 + SIGKILL
        let outcome = isKilled ? "killed" : printed.status == 0 ? "went on" : "reported"
        let row = FaultTableRow(command: name, call: String(call.prefix { $0 != " " }), fault: fault.rawValue)
        table[row, default: [:]][outcome, default: 0] += 1
        if !isKilled && printed.status != 0 && !printed.errors.contains("arbor-ledger: ") {
            found.add("exit \(printed.status) without a word: \(printed)")
        }
        if !isKilled && fault == .kill && printed.status != 0 { found.add("a killed child: \(printed)") }
        let state = try RepositorySnapshot(of: ledger)
        found.texts += state.differences(between: before, and: after).map { "\(found.place): \($0)" }
        if printed.status == 0 && !state.isComplete(like: after) && !printed.errors.contains("no run of ") {
            found.add("says it succeeded and left \(state.differences(between: after, and: after))")
        }
        try found.add(ledger.damage())

        if checks {
            let checked = try ledger.run("check")
            if checked.status != 0 { found.add("check then says \(checked)") }
        }
        let locks = ledger.locks()
        if !locks.isEmpty {
            if !isKilled && !call.hasPrefix("unlink ") { found.add("left \(locks)") }
            let again = try ledger.run(command)
            let named = locks.contains { again.errors.contains("\($0)' has existed for ") }
            if again.status != 0 && !named && !Self.isDone(again) { found.add("does not name \(locks): \(again)") }
            if again.status != 0 && ledger.locks() != locks { found.add("removed a lock: \(locks)") }
            for lock in locks { try? FileManager.default.removeItem(atPath: lock) }
        }
        let next = try ledger.run(command)
        if next.status != 0 && !Self.isDone(next) { found.add("the next run: \(next)") }
        found.texts += try RepositorySnapshot(of: ledger).differences(between: after, and: after)
            .map { "\(found.place): after the next run \($0)" }
        let rests = ledger.temporaryFiles()
        if !rests.isEmpty { found.add("after the next run there is \(rests)") }
        try found.add(ledger.damage())
        try found.add(extraCheck(ledger))
        return found.texts
    }

    /// Returns the number of changes below the ledger's folder for each kind of call: as seen by `strace`, and as
    /// counted by the loop.
    func changesByKind() throws -> (seen: [String: Int], counted: [String: Int]) {
        try restore()
        let trace = "\(ledger.root)/trace"
        let calls = systemCalls.keys.sorted().joined(separator: ",")
        let run = try Self.run(
            ledger, command, nil, at: 0,
            under: ["/usr/bin/strace", "-f", "-qq", "-y", "-e", "trace=\(calls)", "-o", trace])
        try run.printed.requireSuccess()
        var seen: [String: Int] = [:]
        for line in try ledger.read(trace).split(separator: "\n") {
            // Matches a line such as `1234 openat(AT_FDCWD</where/it/runs>, "/dev/null", O_RDWR) = 3`.
            let text = line.replacing(/AT_FDCWD<[^>]*>, "\//, with: "\"/")
            guard let name = text.firstMatch(of: /^[0-9]+ +([a-z0-9]+)\(/)?.1, let kind = systemCalls[String(name)],
                text.contains(ledger.path), kind != "create" || text.contains(/O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/)
            else { continue }
            seen[kind, default: 0] += 1
        }
        return (seen, Dictionary(run.changes.map { (String($0.prefix { $0 != " " }), 1) }, uniquingKeysWith: +))
    }

    private func restore() throws {
        try FileManager.default.removeItem(atPath: ledger.path)
        try copy("\(ledger.root)/before", to: ledger.path)
    }

    private struct Problems {
        let place: String
        var texts: [String] = []

        mutating func add(_ text: String?) {
            if let text { texts.append("\(place): \(text)") }
        }
    }

    /// Returns whether an earlier `submit` has already committed, so that the command has nothing left to do.
    private static func isDone(_ printed: ProcessResult) -> Bool {
        printed.errors.contains("the last commit already holds this version of the file")
    }

    private struct Run {
        var printed: ProcessResult
        var changes: [String]
        var failed: Int
    }

    private static func run(
        _ ledger: TemporaryLedger, _ command: [String], _ fault: Fault?, at number: Int, under tracer: [String] = []
    ) throws -> Run {
        let (log, count) = ("\(ledger.root)/log", "\(ledger.root)/count")
        try Data().write(to: URL(fileURLWithPath: log))
        try Data(count: 8).write(to: URL(fileURLWithPath: count))
        let words = ["LD_PRELOAD=\(try faultLibrary.get())", binary] + command
        let printed = try RunningProcess(
            "/usr/bin/env", tracer + (tracer.isEmpty ? words : ["/usr/bin/env"] + words), in: ledger.path,
            ledger.environment.merging([
                "FAULT_FOLDER": ledger.path, "FAULT_COUNT": count, "FAULT_LOG": log, "FAULT_AT": "\(number)",
                "FAULT_DO": fault?.rawValue ?? "none",
            ]) { $1 }
        ).wait()
        let changes = try ledger.read(log).split(separator: "\n").map { line in
            String(line.replacing("\(ledger.path)/", with: ""))
        }
        let failed = try Data(contentsOf: URL(fileURLWithPath: count))[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        return Run(printed: printed, changes: changes, failed: failed)
    }
}

private func copy(_ folder: String, to other: String) throws {
    try RunningProcess("/bin/cp", ["-a", folder, other], in: "/", ProcessInfo.processInfo.environment).wait()
        .requireSuccess()
}

/// The calls that change files, named as in `faults.c`.
private let systemCalls = [
    "write": "write", "pwrite64": "write", "writev": "write", "ftruncate": "write", "truncate": "write",
    "fsync": "fsync", "fdatasync": "fsync", "sync_file_range": "fsync", "rename": "rename", "renameat": "rename",
    "renameat2": "rename", "link": "link", "linkat": "link", "symlink": "link", "symlinkat": "link",
    "mkdir": "mkdir", "mkdirat": "mkdir", "unlink": "unlink", "unlinkat": "unlink", "rmdir": "unlink",
    "chmod": "mode", "fchmod": "mode", "fchmodat": "mode", "open": "create", "openat": "create",
    "openat2": "create", "creat": "create",
]

struct FaultTableRow: Hashable {
    var command: String
    var call: String
    var fault: String
}

/// The library built from `Tests/Faults/faults.c`, compiled only once.
private let faultLibrary = Result { () throws -> String in
    let library = try preloadedLibrary("faults")
    atexit { if case .success(let library) = faultLibrary { unlink(library) } }
    return library
}

/// Compiles a library of `Tests/Faults` with the Swift toolchain's C compiler.
func preloadedLibrary(_ name: String) throws -> String {
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Faults/\(name).c").path
    let library = "\(temporaryFolder)/arbor-ledger-\(name)-\(UUID().uuidString).so"
    let compiled = try RunningProcess(
        "/usr/bin/env", ["clang", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", source, "-o", library], in: "/",
        ProcessInfo.processInfo.environment
    ).wait()
    guard compiled.status == 0 else { throw Failure(description: "\(compiled)") }
    return library
}
