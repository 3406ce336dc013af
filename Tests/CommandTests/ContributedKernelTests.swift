import Foundation
import Testing

/// Tests kernels that a ledger holds: consent, the protocol, and the receipts of their runs.
@Suite struct ContributedKernelTests {
    private let sandboxes = ["full", "partial"]

    // MARK: Consent

    @Test func nothingStartsWithoutConsent() throws {
        let mark = "\(temporaryFolder)/arbor-ran-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: mark) }
        let kernel = try KernelLedger(describe: "open('\(mark)', 'w')")
        for command in [
            ["try", KernelLedger.measurement, "--sandbox", "off"], ["traces", "plain-model", "--sandbox", "off"],
        ] {
            let refused = try kernel.ledger.run(command)
            #expect(refused.status == 1 && refused.output == "", "\(refused)")
            #expect(refused.errors.contains("you have not allowed the kernel plain to run"))
            #expect(refused.errors.contains("-> read what it is, and allow it: arbor-ledger allow plain"))
        }
        let audit = try kernel.ledger.run("verify", "plain", "--sandbox", "off")
        #expect(audit.output.contains("you have not allowed the kernel plain to run"), "\(audit)")
        #expect(!kernel.ledger.exists("Verifiers/plain-model/receipts"))
        for command in [["check"], ["merge"], ["conflicts"], ["show", "kernel:plain"], ["show", "plain"]] {
            #expect(try kernel.ledger.run(command).status == 0)
        }
        #expect(!kernel.ledger.exists(mark))
        #expect(!kernel.ledger.exists("allowed.json") && !kernel.ledger.exists("\(kernel.ledger.root)/arbor-ledger"))
    }

    /// The mark of the test above appears if the program runs.
    @Test func startsWithConsent() throws {
        let mark = "\(temporaryFolder)/arbor-ran-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: mark) }
        let kernel = try KernelLedger(describe: "open('\(mark)', 'w')")
        try kernel.allow()
        #expect(try kernel.tried("--sandbox", "off").status == 0)
        #expect(kernel.ledger.exists(mark))
    }

    @Test func showsWhatIsAllowedAndAsksOnlyOnATerminal() throws {
        let kernel = try KernelLedger()
        let shown = try kernel.ledger.run("allow", "plain-model")
        #expect(shown.status == 64)
        #expect(shown.output.hasPrefix("plain: A plain kernel\n  by        Ada <ada@example.org>\n"))
        #expect(shown.output.contains("  command   python3 plain.py\n  files     Kernels/plain/plain.py, "))
        #expect(shown.output.contains("  models    plain-model\n"))
        #expect(shown.errors.contains("without a terminal nothing is asked"))
        let wrong = try kernel.ledger.run("allow", "plain", "--digest", String(repeating: "0", count: 64))
        #expect(wrong.status == 1 && wrong.errors.contains("not the given one"), "\(wrong)")
        try kernel.allow()
        let file = "\(kernel.ledger.root)/arbor-ledger/allowed.json"
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try kernel.ledger.run("allow", "--list").output.hasPrefix("plain  \(kernel.digest)  allowed on "))
        #expect(try kernel.tried().status == 0)
        #expect(try kernel.ledger.run("allow", "plain", "--withdraw").status == 0)
        #expect(try kernel.tried().status == 1)
    }

    @Test(arguments: [
        ("Kernels/plain/plain.py", "n = 0", "n = 00"),
        (KernelLedger.kernelFile, "command: [python3, plain.py]", "command: [python3, -B, plain.py]"),
    ])
    func aChangedByteAsksAgain(file: String, old: String, new: String) throws {
        let kernel = try KernelLedger()
        try kernel.allow()
        try kernel.ledger.edit(file, old, new)
        let before = try kernel.tried()
        #expect(before.status != 0, "\(before)")
        _ = try kernel.ledger.run("fix", "--yes")
        let after = try kernel.tried()
        #expect(after.errors.contains("you have not allowed the kernel plain to run"), "\(after)")
    }

    @Test func refusesConsentsThatOthersCanWrite() throws {
        let kernel = try KernelLedger()
        try kernel.allow()
        let file = "\(kernel.ledger.root)/arbor-ledger/allowed.json"
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file)
        #expect(try kernel.tried().status != 0)
        #expect(try kernel.ledger.run("allow", "--list").errors.contains("chmod go-w"))
    }

    // MARK: Runs

    @Test(arguments: ["full", "partial", "off"]) func theSameSeedsGiveTheSameValues(sandbox: String) throws {
        let kernel = try KernelLedger()
        try kernel.allow()
        let printed = try kernel.tried("--sandbox", sandbox, "--format", "json")
        #expect(printed.status == 0, "\(printed)")
        let other = try kernel.tried("--sandbox", "off", "--format", "json")
        let values = [printed, other].map { $0.output.matches(of: /0\.9[0-9]+/).map { String($0.0) } }
        #expect(values[0] == values[1] && values[0].count >= 3)
        let own = try kernel.ledger.run(
            ["try", KernelLedger.measurement, "--sandbox", sandbox], extra: ["TMPDIR": kernel.ledger.root])
        #expect(own.status == 0, "\(own)")
        #expect(kernel.ledger.names(in: kernel.ledger.root).filter { $0.hasPrefix("arbor-kernel-") } == [])
    }

    @Test func writesReceiptsThatNameThePlatformAndTheSandbox() throws {
        let kernel = try KernelLedger()
        try kernel.allow()
        let printed = try kernel.ledger.run("verify", "plain")
        #expect(printed.status == 0, "\(printed)")
        let folder = "Verifiers/plain-model/receipts"
        let name = try #require(kernel.ledger.names(in: folder).first)
        let receipt = try JSON(JSONSerialization.jsonObject(with: Data(kernel.ledger.read("\(folder)/\(name)").utf8)))
        let predicate = receipt["predicate"]
        #expect(predicate["platform"]["program"]["python"].text == "3")
        #expect(predicate["platform"].keys == ["architecture", "operatingSystem", "program", "tool"])
        #expect(predicate["sandbox"].text.hasPrefix("full (bubblewrap, seccomp); 1 min, 0.5 GiB"))
        #expect(predicate["runs"].items.allSatisfy { $0["sample"].text.count == 64 })
        try kernel.ledger.commit("Audit")
        #expect(try kernel.ledger.run("check").status == 0)
        #expect(try kernel.ledger.run("show", "plain", "--format", "json").output.contains("own run"))
        let repeated = try kernel.ledger.run("verify", "--sample", "4", "plain")
        #expect(repeated.status == 0, "\(repeated)")
    }

    @Test func runsWithoutASandboxCountOnlyIfTheSettingsSaySo() throws {
        let kernel = try KernelLedger()
        try kernel.allow()
        #expect(try kernel.ledger.run("verify", "plain", "--sandbox", "off").status == 0)
        try kernel.ledger.commit("Audit")
        let checked = try kernel.ledger.run("check", "--all")
        #expect(checked.output.contains("[unsandboxed-receipt]"), "\(checked)")
        func verdict() throws -> String { try kernel.ledger.run("show", "plain", "--format", "json").output }
        #expect(try !verdict().contains("own run"))
        let settings = kernel.ledger.exists(".arbor-ledger.yaml") ? try kernel.ledger.read(".arbor-ledger.yaml") : ""
        try kernel.ledger.write(".arbor-ledger.yaml", settings + "count_unsandboxed_runs: true\n")
        try kernel.ledger.commit("Count them")
        #expect(try verdict().contains("own run"))
    }

    @Test func aChangedProgramUnderCountedRunsIsRefused() throws {
        let kernel = try KernelLedger()
        try kernel.allow()
        #expect(try kernel.ledger.run("verify", "plain").status == 0)
        try kernel.ledger.commit("Audit")
        try kernel.ledger.git("checkout", "-q", "-b", "side")
        try kernel.ledger.edit("Kernels/plain/plain.py", "0.9 +", "0.8 +")
        #expect(try kernel.ledger.run("check").output.contains("[changed-program]"))
        #expect(try kernel.ledger.run("fix", "--yes").status == 0)
        try kernel.ledger.commit("Change the program")
        let checked = try kernel.ledger.run("check", "main..side", "--format", "json")
        #expect(checked.status == 1 && checked.output.contains("\"changed-verifier\""), "\(checked)")
        #expect(checked.output.contains("the program of its kernel changed"))
    }

    @Test func writesTraces() throws {
        let kernel = try KernelLedger()
        try kernel.allow()
        let printed = try kernel.ledger.run("traces", "plain-model", "--count", "2")
        #expect(printed.status == 0, "\(printed)")
        #expect(kernel.ledger.names(in: "Traces").count == 2)
        #expect(try kernel.ledger.run("check").status == 0)
    }

    @Test(arguments: [
        ("values={'accuracy': 'nan'}", "\"accuracy\" is not finite"), ("failed='no luck'", "no luck"),
    ])
    func aNumberThatIsNotFiniteAndAFailureAreMisses(answer: String, reason: String) throws {
        let kernel = try KernelLedger(behave: "say(id=m['id'], \(answer), sample=sample); continue")
        try kernel.allow()
        #expect(try kernel.tried().output.contains(reason))
        let audit = try kernel.ledger.run("verify", "plain")
        #expect(audit.output.contains("0 of 8 hit"), "\(audit)")
    }

    /// The program in the work tree may differ from that of the commit.
    @Test func anotherProgramThanThatOfTheCommitDoesNotRun() throws {
        let kernel = try KernelLedger()
        try kernel.ledger.edit("Kernels/plain/plain.py", "0.9 +", "0.8 +")
        #expect(try kernel.ledger.run("fix", "--yes").status == 0)
        try kernel.allow()
        let printed = try kernel.ledger.run("verify", "--at", "HEAD", "plain")
        #expect(
            printed.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                .contains("is another program than the one to run"), "\(printed)")
        #expect(!kernel.ledger.exists("Verifiers/plain-model/receipts"))
    }

    @Test func aVisibleFolderDoesNotReplaceTheSandbox() throws {
        let kernel = try KernelLedger()
        let folder = "\(kernel.ledger.root)/environment"
        try kernel.ledger.write(
            "\(folder)/bin/bwrap", "#!/bin/sh\ntouch \(folder)/escaped\nexec /usr/bin/bwrap \"$@\"\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/bin/bwrap")
        let allowed = try kernel.ledger.run("allow", "plain", "--digest", kernel.digest, "--visible", folder)
        #expect(allowed.status == 0, "\(allowed)")
        #expect(try kernel.tried("--sandbox", "full").status == 0)
        #expect(!kernel.ledger.exists("\(folder)/escaped"))
    }

    @Test func textsOfACommandCannotBeReadInTwoWays() throws {
        let kernel = try KernelLedger()
        let digests = try [#"["a", "b\nargument c"]"#, #"["a\nargument b", "c"]"#, #"["a", "b", "c"]"#].map { command in
            try kernel.ledger.edit(KernelLedger.kernelFile, "command: [python3, plain.py]", "command: \(command)")
            defer {
                _ = try? kernel.ledger.edit(
                    KernelLedger.kernelFile, "command: \(command)", "command: [python3, plain.py]")
            }
            return try kernel.digest
        }
        #expect(Set(digests).count == 3)
    }

    @Test(arguments: ["full", "partial", "off"]) func nothingOutlivesTheWorker(sandbox: String) throws {
        let name = "\(Int.random(in: 100_000...999_999))"
        let start = "import subprocess\nsubprocess.Popen(['sleep', '\(name)'], stdin=-3, stdout=-3, stderr=-3)"
        let kernel = try KernelLedger(behave: start)
        try kernel.allow()
        #expect(try kernel.tried("--sandbox", sandbox).status == 0)
        let found = try RunningProcess(
            "/usr/bin/pgrep", ["-f", "sleep \(name)"], in: "/", ["PATH": "/usr/bin:/bin"]
        ).wait()
        #expect(found.output == "", "\(found)")
    }

    /// A program could describe new platforms until a sequence of runs decides as it likes.
    @Test func onlyTheFirstPlatformOfARunnerCounts() throws {
        let folder = "/tmp/arbor-platform-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let mode = "open('\(folder)/mode').read()"
        let kernel = try KernelLedger(
            behave: "if \(mode) == 'b': value = (0.1 + drawn.digest()[0] / 2550).hex()",
            describe: "about['platform'] = {'mode': \(mode)}")
        try kernel.ledger.write("\(folder)/mode", "a")
        let allowed = try kernel.ledger.run("allow", "plain", "--digest", kernel.digest, "--visible", folder)
        #expect(allowed.status == 0, "\(allowed)")
        for platform in ["a", "b"] {
            try kernel.ledger.write("\(folder)/mode", platform)
            let audit = try kernel.ledger.run("verify", "--again", "plain")
            #expect(audit.status == 0, "\(audit)")
            try kernel.ledger.commit("Audit on platform \(platform)")
        }
        #expect(kernel.ledger.names(in: "Verifiers/plain-model/receipts").count == 2)
        let shown = try kernel.ledger.run("show", "plain")
        #expect(shown.output.contains("plain#1: accuracy is 0.89 to 1, own run"), "\(shown)")
    }

    // MARK: Faults of kernels

    private static let faults: [(behave: String, message: String)] = [
        ("sample = 'f' * 64", "chose the same sample for two seeds"),
        ("say(id=m['id'], values={'accuracy': 0.95}); continue", "gave the same values for two seeds"),
        ("value = (0.9 + n / 1000).hex()", "gave different values for one seed"),
        ("say(id=m['id'] + 1, values={'accuracy': 0.95}); continue", "which was not the one asked"),
        ("say(id=m['id'], values={'other': 0.95}); continue", "it gave other, not accuracy"),
        ("print('hello', flush=True)", "it wrote \"hello\", which is not an answer"),
        ("print('x' * 5000000, flush=True)", "it wrote a line of more than"),
        ("sys.stdout.buffer.write(b'\\xff\\xfe\\n'); sys.stdout.flush()", "it wrote a line that is not UTF-8"),
        ("say(id=m['id'], values={'accuracy': 0.95}, sample='short'); continue", "is not a SHA-256"),
        ("say(id=m['id'], unsupported='no graphics processor'); continue", "no graphics processor"),
        ("say(id=m['id'], values={'accuracy': value}, sample=sample)", "which was not the one asked"),
        ("say(error='what?'); continue", "it reported: what?"),
        ("sys.stdout.close(); os.close(1); time.sleep(60)", "exceeded the time of its budget"),
    ]

    @Test(arguments: faults) func sayWhatAKernelDidWrong(behave: String, message: String) throws {
        let kernel = try KernelLedger(behave: behave, minutes: behave.contains("sleep") ? "0.05" : "1")
        try kernel.allow()
        let printed = try kernel.tried()
        #expect(printed.status == 1, "\(printed)")
        #expect(printed.errors.contains(message), "\(printed)")
    }

    @Test func aHangEndsWithTheBudget() throws {
        let kernel = try KernelLedger(behave: "time.sleep(600)", minutes: "0.02")
        try kernel.allow()
        let printed = try kernel.tried()
        #expect(printed.status == 1 && printed.errors.contains("exceeded the time of its budget"), "\(printed)")
    }

    @Test(arguments: ["full", "partial"]) func memoryBeyondTheBudgetIsNoRun(sandbox: String) throws {
        let kernel = try KernelLedger(
            behave: "big = []\nwhile True:\n    big.append(bytearray(b'x') * (8 << 20))\n    time.sleep(0.01)")
        try kernel.allow()
        let printed = try kernel.tried("--sandbox", sandbox)
        #expect(printed.status == 1 && printed.errors.contains("exceeded the memory of its budget"), "\(printed)")
    }

    @Test func aCrashThatRepeatsIsAMiss() throws {
        let kernel = try KernelLedger(behave: "os.abort()")
        try kernel.allow()
        let printed = try kernel.tried()
        #expect(printed.output.contains("crashed twice with"), "\(printed)")
    }

    private static let lies: [(describe: String, message: String)] = [
        ("about['kernel'] = 'other'", "kernel.yaml: the program calls itself \"other\", not \"plain\""),
        ("about['version'] = 2", "says that it has version 2, not 1"),
        ("about['same_seed'] = 'hits'", "says same_seed is hits, not bytes"),
        ("about['measurements'] = {}", "has no measurement \"mean\""),
        ("about['measurements']['mean']['settings'] = []", "says that \"mean\" takes"),
        ("about['arbor'] = 2", "speaks version 2 of the protocol"),
        ("about = {'arbor': 1, 'error': 'torch is missing'}", "cannot start: torch is missing"),
        ("sys.exit('no module named torch')", "ended with status 1 before it said what it is"),
        ("time.sleep(600)", "it did not say what it is within 20 s"),
    ]

    @Test(arguments: lies) func comparesTheProgramWithItsRecord(describe: String, message: String) throws {
        let kernel = try KernelLedger(describe: describe)
        try kernel.ledger.edit(
            KernelLedger.modelFile, "start_seconds: 20",
            describe.contains("sleep") ? "start_seconds: 1" : "start_seconds: 20")
        try kernel.allow()
        let printed = try kernel.tried()
        let expected = describe.contains("sleep") ? message.replacingOccurrences(of: "20 s", with: "1 s") : message
        #expect(printed.status == 1 && printed.errors.contains(expected), "\(printed)")
    }

    @Test func aKernelThatRepeatsOnlyHitsIsComparedByHits() throws {
        let kernel = try KernelLedger(behave: "value = (0.95 + os.getpid() % 97 / 1e6).hex()", sameSeed: "hits")
        try kernel.allow()
        #expect(try kernel.ledger.run("verify", "plain").status == 0)
        try kernel.ledger.commit("Audit")
        let repeated = try kernel.ledger.run("verify", "--sample", "3", "plain")
        #expect(repeated.status == 0, "\(repeated)")
    }

    // MARK: Scaffold

    @Test func theScaffoldRunsAsItIs() throws {
        let ledger = try TemporaryLedger.example()
        let printed = try ledger.run(
            "new", "kernel", "my-coin", "--title", "A coin", "--gives", "dimensions-per-feature")
        #expect(printed.status == 0, "\(printed)")
        #expect(ledger.names(in: "Kernels/my-coin") == ["arbor_kernel.py", "kernel.yaml", "my_coin.py"])
        try ledger.write(
            "Verifiers/coin-model/model.yaml",
            "title: A coin\ncontributors: [Ada <ada@example.org>]\nabstracts: superposition\nkernel: my-coin\n"
                + "budget: {minutes: 1, memory_gib: 1}\n")
        try ledger.write(
            "Verifiers/coin-model/heads.yaml", "measurement: heads\nmeasures: [dimensions-per-feature]\n")
        #expect(try ledger.run("check").status == 0)
        let shown = try ledger.run("allow", "my-coin")
        let digest = String(try #require(shown.output.firstMatch(of: /digest +([0-9a-f]{64})/)).1)
        #expect(try ledger.run("allow", "my-coin", "--digest", digest).status == 0)
        let tried = try ledger.run("try", "coin-model/heads")
        #expect(tried.status == 0 && tried.output.contains("5 runs"), "\(tried)")
        let again = try ledger.run("new", "kernel", "my-coin", "--gives", "dimensions-per-feature")
        #expect(again.status == 1 && again.errors.contains("already exists"))
        let unknown = try ledger.run("new", "kernel", "other", "--gives", "dimension-per-feature")
        #expect(unknown.status == 64 && unknown.errors.contains("dimensions-per-feature"), "\(unknown)")
    }
}
