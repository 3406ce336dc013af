import Foundation
import Testing

/// Runs several processes at once in one repository and its work trees. Nothing is lost, and a rejected process states
/// the reason.
@Suite(.serialized) struct ConcurrencyTests {
    /// Starts all commands at once, then repeats the rejected ones until every command has succeeded.
    private func runUntilAllSucceed(_ ledger: TemporaryLedger, _ commands: [[String]], mayWaitFor reasons: [String])
        throws
    {
        var left = commands
        while !left.isEmpty {
            let started = try left.map { ($0, try ledger.start($0)) }
            let ended = try started.map { ($0, try $1.wait()) }
            let refused = ended.filter { $1.status != 0 }
            for (command, printed) in refused {
                #expect(reasons.contains { printed.errors.contains($0) }, "\(command): \(printed)")
            }
            // At least one of several conflicting commands must succeed.
            guard refused.count < left.count else { throw Failure(description: "nobody got through: \(refused)") }
            left = refused.map(\.0)
        }
    }

    private static let count = 8

    private func ledgerWithDrafts() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        for number in 1...Self.count { try ledger.write("Findings/mine-\(number).yaml", finding("Mine, \(number)")) }
        return ledger
    }

    private func submit(_ number: Int) -> [String] {
        ["submit", "Findings/mine-\(number).yaml", "--self-check", "0"]
    }

    @Test func concurrentSubmitsToOneBranch() throws {
        let ledger = try ledgerWithDrafts()
        try ledger.git("checkout", "-q", "-b", "work")
        try runUntilAllSucceed(
            ledger, (1...Self.count).map(submit),
            mayWaitFor: [".lock' has existed for ", "the branch 'work' was moved by another process"])
        let subjects = try ledger.git("log", "--format=%s", "main..work").split(separator: "\n").sorted()
        #expect(subjects == (1...Self.count).map { "Mine, \($0)" })
        #expect(try ledger.git("status", "--porcelain") == "")
        #expect(try ledger.damage() == nil)
        #expect(ledger.locks() == [])
        #expect(ledger.temporaryFiles() == [])
    }

    @Test func concurrentSubmitsInSeparateWorkTrees() throws {
        let ledger = try ledgerWithDrafts()
        let started = try (1...Self.count).map { number in
            try ledger.git("worktree", "add", "-q", "-b", "work-\(number)", "../work-\(number)")
            let file = "Findings/mine-\(number).yaml"
            try ledger.write("\(ledger.root)/work-\(number)/\(file)", ledger.read(file))
            return try ledger.start(["-C", "../work-\(number)"] + submit(number))
        }
        for process in started { #expect(try process.wait().status == 0) }
        for number in 1...Self.count {
            #expect(try ledger.git("log", "--format=%s", "main..work-\(number)") == "Mine, \(number)")
            #expect(try ledger.git("-C", "../work-\(number)", "status", "--porcelain") == "")
        }
        #expect(try ledger.damage() == nil)
    }

    @Test func concurrentVerifiesOfTheSameClaims() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.git("worktree", "add", "-q", "--detach", "../linked")
        let places = ["", "", "../linked", "../linked"]
        let started = try places.map { try ledger.start(["-C", $0.isEmpty ? "." : $0, "verify", "--format", "json"]) }
        let verdicts = try started.map { process in
            let printed = try process.wait()
            #expect(printed.status == 0, "\(printed)")
            return try printed.json()["verdicts"].description
        }
        #expect(Set(verdicts).count == 1)
        #expect(verdicts.first?.contains("verdict: verified") == true)
        #expect(ledger.storedRuns() == [])
        #expect(ledger.temporaryFiles() == [])

        // Together, the receipts of both work trees contain everything that the processes printed.
        for file in ledger.names(in: "../linked/\(receiptsFolder)") {
            try ledger.write("\(receiptsFolder)/\(file)", ledger.read("../linked/\(receiptsFolder)/\(file)"))
        }
        try ledger.commit("Receipts")
        let after = try ledger.run("verify", "--format", "json")
        #expect(try after.json()["verdicts"].description == verdicts.first)
        #expect(try after.json()["receipts"].items.isEmpty)
        #expect(try ledger.run("check").status == 0)
    }

    @Test func concurrentHookInstalls() throws {
        let ledger = try TemporaryLedger.example()
        let former = "#!/bin/sh\necho former >&2\n"
        try ledger.write(".git/hooks/pre-commit", former)
        chmod(ledger.place(".git/hooks/pre-commit"), 0o755)
        try runUntilAllSucceed(ledger, Array(repeating: ["hook", "install"], count: Self.count), mayWaitFor: [])
        #expect(try ledger.read(".git/hooks/pre-commit.before-arbor-ledger") == former)
        #expect(try ledger.read(".git/hooks/pre-commit").contains("# arbor-ledger hook"))
        #expect(ledger.temporaryFiles() == [])
        #expect(try ledger.run("hook", "uninstall").status == 0)
        #expect(try ledger.read(".git/hooks/pre-commit") == former)
    }

    @Test(arguments: [["merge", "--write"], ["init"]]) func concurrentWritesOfTheSameFiles(_ command: [String]) throws {
        let alone = try command == ["init"] ? TemporaryLedger() : TemporaryLedger.example()
        let ledger = try command == ["init"] ? TemporaryLedger() : TemporaryLedger.example()
        try alone.run(command).requireSuccess()
        try runUntilAllSucceed(ledger, Array(repeating: command, count: Self.count), mayWaitFor: [])
        let (one, many) = (try RepositorySnapshot(of: alone), try RepositorySnapshot(of: ledger))
        #expect(many.differences(between: one, and: one) == [])
        #expect(ledger.temporaryFiles() == [])
    }

    /// A file lock shows that a network is being trained. The lock ends with the process, even if its file remains.
    @Test func killedTrainingBlocksNoOtherProcess() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.trainLonger()
        let first = try ledger.start(["verify", "--jobs", "1"])
        let deadline = Date.now.addingTimeInterval(60)
        while children(of: first.id).isEmpty && Date.now < deadline { usleep(2000) }
        let second = try ledger.start(["verify", "--format", "json"])
        for child in children(of: first.id) { kill(child, SIGKILL) }
        kill(first.id, SIGKILL)
        _ = try first.wait()
        let printed = try second.wait()
        #expect(try printed.json()["verdicts"].items.map(\.["verdict"].text) == ["verified"], "\(printed)")
    }

    @Test func removesTemporaryFilesOfEndedProcessesOnly() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.run("merge", "--write").requireSuccess()
        let folders = [receiptsFolder, "Claims", networksFolder]
        for folder in folders {
            for name in ["dead.7-1.tmp", "living.7-2.tmp"] { try ledger.write("\(folder)/\(name)", "half") }
        }
        let held = folders.map { open(ledger.place("\($0)/living.7-2.tmp"), O_RDONLY) }
        defer { for file in held { close(file) } }
        for file in held { #expect(flock(file, LOCK_EX | LOCK_NB) == 0) }
        let checked = try ledger.run("check")
        #expect(checked.status == 0 && !checked.output.contains("tmp"), "\(checked)")
        try ledger.run("verify").requireSuccess()
        try ledger.commit("Receipts")
        try ledger.run("merge", "--write").requireSuccess()
        #expect(
            ledger.allFiles().filter(TemporaryLedger.isTemporary) == folders.map { "\($0)/living.7-2.tmp" }.sorted())
    }

    /// A stored file that is truncated or has an older format is treated as absent.
    @Test(arguments: ["", "arbor-ledger network 0\n", "half"]) func rebuildsDamagedCaches(_ text: String) throws {
        let ledger = try TemporaryLedger.example()
        try ledger.trainLonger()
        let verify = try ledger.start(["verify", "--jobs", "1"])
        while ledger.storedRuns().count < 2 && verify.isRunning { usleep(2000) }
        kill(verify.id, SIGKILL)
        _ = try verify.wait()
        let stored = ledger.storedRuns() + ledger.names(in: networksFolder).map { "\(networksFolder)/\($0)" }
        #expect(stored.count >= 4)
        for path in stored {
            let whole = try Data(contentsOf: URL(fileURLWithPath: ledger.place(path)))
            let damaged = text == "half" ? whole.prefix(whole.count / 2) : Data(text.utf8)
            try damaged.write(to: URL(fileURLWithPath: ledger.place(path)))
        }
        let report = try ledger.run("verify", "--format", "json").json()
        #expect(
            report["verdicts"].items.map { "\($0["verdict"].text) \($0["hits"]) \($0["runs"])" } == ["verified 8 8"])
        #expect(report["receipts"].items.count == 2)
        #expect(ledger.storedRuns() == [])
    }
}
