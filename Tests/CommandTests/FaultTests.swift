import Foundation
import Testing

/// After any failure or kill, a ledger is in the state before or after the command. The next run succeeds or names the
/// lock that blocks it.
///
/// `make test-faults` makes every change of every command fail; an ordinary test run covers only the most important
/// changes.
@Suite(.serialized) struct FaultTests {
    /// Selects the commands to test: `all`, or the name of one command.
    private static let chosen = ProcessInfo.processInfo.environment["ARBOR_LEDGER_FAULTS"]
    private static var takesAll: Bool { chosen != nil }

    /// Returns a ledger that also contains committed, staged and untracked files of another contributor.
    private static func ledger() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        // With this alpha, four hits are enough to verify a claim, which saves runs.
        try ledger.edit(".arbor-ledger.yaml", "alpha: 0.05", "alpha: 0.5")
        try ledger.write("Findings/others.yaml", finding("Another's"))
        try ledger.commit("Another's")
        try ledger.write("Findings/mine.yaml", finding("Mine", value: "[0.4, 0.55]"))
        try ledger.write("staged", "another's work")
        try ledger.git("add", "staged")
        try ledger.write("staged", "another's work, and more of it")
        return ledger
    }

    private static func submitting() throws -> FaultLoop {
        try FaultLoop("submit", ledger(), "submit", "Findings/mine.yaml", "--self-check", takesAll ? "1" : "0")
    }

    private static func submittingOnABranch() throws -> FaultLoop {
        let ledger = try ledger()
        try ledger.git("checkout", "-q", "-b", "work")
        return try FaultLoop(
            "submit on a branch", ledger, "submit", "Findings/mine.yaml", "--self-check", takesAll ? "1" : "0")
    }

    private static func verifying() throws -> FaultLoop {
        let loop = try FaultLoop("verify", ledger(), "verify", "half-a-dimension")
        func state(_ ledger: TemporaryLedger) throws -> String {
            try ledger.run("verify", "half-a-dimension", "--format", "json").json()["verdicts"].description
        }
        let reference = try state(loop.ledger)
        loop.extraCheck = { ledger in
            let found = try state(ledger)
            return found == reference ? nil : "\(found) instead of \(reference)"
        }
        return loop
    }

    private static func writingReadmes() throws -> FaultLoop {
        let ledger = try ledger()
        try ledger.run("merge", "--write").requireSuccess()
        // The command will change one page, add one and remove one.
        try ledger.write("Claims/README.md", ledger.read("Claims/README.md") + "\nold\n")
        try FileManager.default.removeItem(atPath: ledger.place("Claims/superposition/README.md"))
        try ledger.write("Claims/vanished/README.md", ledger.read("Claims/README.md"))
        return try FaultLoop("merge --write", ledger, "merge", "--write")
    }

    private static func previewing() throws -> FaultLoop {
        let ledger = try ledger()
        try ledger.git("branch", "side")
        return try FaultLoop("merge BRANCH", ledger, "merge", "side")
    }

    private static func reporting() throws -> FaultLoop {
        try FaultLoop("merge --at", ledger(), "merge", "--at", "HEAD")
    }

    private static func hooked() throws -> TemporaryLedger {
        let ledger = try ledger()
        try ledger.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 0\n")
        chmod(ledger.place(".git/hooks/pre-commit"), 0o755)
        return ledger
    }

    private static func installing() throws -> FaultLoop {
        try FaultLoop("hook install", hooked(), "hook", "install")
    }

    private static func uninstalling() throws -> FaultLoop {
        let ledger = try hooked()
        try ledger.run("hook", "install").requireSuccess()
        return try FaultLoop("hook uninstall", ledger, "hook", "uninstall")
    }

    private static func beginning() throws -> FaultLoop {
        try FaultLoop("init", TemporaryLedger(), checks: false, "init")
    }

    @Test(.enabled(if: takesAll, "takes minutes: make test-faults"))
    func everyCommandSurvivesAFaultAtEveryChange() throws {
        let loops: [(name: String, make: () throws -> FaultLoop)] = [
            ("submit", Self.submitting), ("submit on a branch", Self.submittingOnABranch), ("verify", Self.verifying),
            ("merge --write", Self.writingReadmes), ("merge BRANCH", Self.previewing), ("merge --at", Self.reporting),
            ("hook install", Self.installing), ("hook uninstall", Self.uninstalling), ("init", Self.beginning),
        ]
        let taken = loops.filter { Self.chosen == "all" || Self.chosen == $0.name }
        #expect(!taken.isEmpty, "there is none called \(Self.chosen ?? "")")
        for loop in try taken.map({ try $0.make() }) {
            print("\(loop.name): \(loop.changes.count) changes")
            for fault in Fault.allCases {
                for number in loop.changes.indices { try loop.expectNoProblem(fault, at: number + 1) }
            }
            print(loop.tableText)
        }
    }

    /// Kills the command at changes that are visible from outside, makes syncs to disk fail, and makes the disk full
    /// from a certain change on. For commands that resemble each other, only some of the changes are tested.
    @Test(arguments: [
        ("submit", 1), ("submit on a branch", 5), ("merge --write", 2), ("hook install", 1), ("init", 8),
    ])
    func commandIsAtomicUnderKillsAndAFullDisk(_ name: String, _ step: Int) throws {
        let loop =
            switch name {
            case "submit": try Self.submitting()
            case "submit on a branch": try Self.submittingOnABranch()
            case "merge --write": try Self.writingReadmes()
            case "hook install": try Self.installing()
            default: try Self.beginning()
            }
        let seen = loop.changes.indices.filter { !loop.changes[$0].contains("/objects/") }
        func take(_ calls: String..., fault: Fault) throws {
            let chosen = seen.filter { number in calls.contains { loop.changes[number].hasPrefix("\($0) ") } }
            for position in stride(from: 0, to: chosen.count, by: step) {
                try loop.expectNoProblem(fault, at: chosen[position] + 1)
            }
        }
        try take("rename", "link", "unlink", fault: .kill)
        try take("fsync", fault: .error)
        for number in stride(from: 0, to: loop.changes.count, by: 9 + 3 * step) {
            try loop.expectNoProblem(.full, at: number + 1)
        }
        #expect(loop.table.values.contains { $0["killed"] != nil })
    }

    /// The loop intercepts functions of the C library; a trace of the system calls shows whether it misses any change.
    @Test(.enabled(if: access("/usr/bin/strace", X_OK) == 0, "strace is not installed"))
    func loopInterceptsEveryChange() throws {
        for loop in try [Self.submitting(), Self.verifying(), Self.writingReadmes(), Self.installing()] {
            let (seen, counted) = try loop.changesByKind()
            #expect(seen == counted, "\(loop.name)")
            #expect(counted.values.reduce(0, +) > 5)
        }
    }

    @Test(.enabled(if: SmallDisk.canBeMade, "only root can mount a disk that is small enough to be full"))
    func fullDiskDamagesNothing() throws {
        for loop in try [Self.submitting(), Self.verifying(), Self.writingReadmes(), Self.installing()] {
            for pages in [0, 1, 2, 4, 8, 12, 20, 40] {
                for problem in try loop.problemsOnADisk(freeBytes: pages * 4096) { Issue.record("\(problem)") }
            }
            #expect(loop.table.values.contains { $0["reported"] != nil }, "\(loop.tableText)")
        }
    }

    @Test(arguments: [["check"], ["merge"], ["conflicts", "--format", "json"], ["hook", "install"], ["init"]])
    func unwritableReportIsAFailure(_ command: [String]) throws {
        let ledger = try TemporaryLedger.example()
        for (place, reason) in [("> /dev/full", "No space left on device"), (">&-", "Bad file descriptor")] {
            let printed = try RunningProcess(
                "/bin/sh", ["-c", "exec \"$0\" \"$@\" \(place)", binary] + command, in: ledger.path, ledger.environment
            ).wait()
            expect(printed, says: "! arbor-ledger: cannot write to standard output: \(reason)\nexit 2\n")
        }
        let closed = try RunningProcess(
            "/bin/sh", ["-c", "\"$0\" \"$@\" 2>&1 | true", binary] + command, in: ledger.path, ledger.environment
        ).wait()
        expect(closed, says: "")
        #expect(try ledger.run("check").status == 0)
    }

    /// If a child ends before it reads its request, the parent cannot write the request. The error then gives the
    /// child's exit status.
    @Test func childThatEndsBeforeReadingIsNoRun() throws {
        let library = try preloadedLibrary("unread")
        defer { unlink(library) }
        let ledger = try Self.ledger()
        let printed = try RunningProcess(
            "/usr/bin/env", ["LD_PRELOAD=\(library)", binary, "verify", "half-a-dimension"], in: ledger.path,
            ledger.environment
        ).wait()
        #expect(printed.status == 2, "\(printed)")
        #expect("\(printed)".contains("child process ended with 3"), "\(printed)")
    }

    /// If standard streams are closed, no file of the repository is opened under their descriptors, where output would
    /// overwrite it.
    @Test func closedStreamsDamageNothing() throws {
        let ledger = try Self.ledger()
        let printed = try RunningProcess(
            "/bin/sh", ["-c", "exec \"$0\" submit Findings/mine.yaml --self-check 0 <&- >&- 2>&-", binary],
            in: ledger.path, ledger.environment
        ).wait()
        expect(printed, says: "exit 2\n")
        #expect(try ledger.damage() == nil)
        #expect(try ledger.git("log", "-1", "--format=%s %D") == "Mine HEAD -> finding/mine")
    }
}

extension FaultLoop {
    func expectNoProblem(
        _ fault: Fault, at number: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for problem in try problems(fault, at: number) {
            Issue.record("\(problem)", sourceLocation: sourceLocation)
        }
    }

    /// One line for each kind of call and fault, with the number of changes and their outcomes.
    var tableText: String {
        let rows = table.sorted { ($0.key.call, $0.key.fault) < ($1.key.call, $1.key.fault) }
        return rows.map { row, outcomes in
            let counts = outcomes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            return "| \(row.command) | \(row.call) | \(row.fault) | \(outcomes.values.reduce(0, +)) | \(counts) |"
        }.joined(separator: "\n")
    }
}

extension ProcessResult {
    func requireSuccess() throws {
        guard status == 0 else { throw Failure(description: description) }
    }
}
