import Foundation
import Testing

/// Tests what the tool says about kernels that may not run, cannot start, or are changed.
@Suite struct KernelConsentTests {
    // MARK: Consent

    @Test func compiledKernelsNeedNoConsent() throws {
        let ledger = try TemporaryLedger.example()
        for name in ["superposition", "superposition-geometry"] {
            let refused = try ledger.run("allow", name)
            #expect(refused.status == 64 && refused.output == "", "\(refused)")
            #expect(
                refused.errors.hasPrefix(
                    "arbor-ledger: the kernel superposition is part of this program and needs no consent\n"),
                "\(refused)")
        }
        #expect(try ledger.run("allow", "superpositions").errors.contains("there is no kernel \"superpositions\""))
    }

    @Test func theSameProgramKeepsItsFolders() throws {
        let kernel = try KernelLedger()
        let (first, second) = ("\(kernel.ledger.root)/first", "\(kernel.ledger.root)/second")
        for folder in [first, second] { try kernel.ledger.write("\(folder)/file", "") }
        func allow(_ options: String...) throws -> String {
            let allowed = try kernel.ledger.run(["allow", "plain", "--digest", kernel.digest] + options)
            #expect(allowed.status == 0, "\(allowed)")
            return allowed.output
        }
        func readable() throws -> [String] {
            try kernel.ledger.run("allow", "--list").output.split(separator: "\n").filter {
                $0.hasPrefix("  can read ")
            }
            .map(String.init)
        }
        #expect(try allow("--visible", first).contains("  can read  \(first)\n"))
        #expect(try allow().contains("  can read  \(first)\n"))
        #expect(try readable() == ["  can read \(first)"])
        _ = try allow("--visible", second)
        #expect(try readable() == ["  can read \(second)"])
        try kernel.ledger.edit("Kernels/plain/plain.py", "n = 0", "n = 00")
        #expect(try kernel.ledger.run("fix", "--yes").status == 0)
        let changed = try allow()
        #expect(
            changed.contains(
                "An earlier version can read \(second). This one cannot, unless you add --visible FOLDER.\n"),
            "\(changed)")
        #expect(try readable() == ["  can read \(second)"])
        #expect(try allow("--visible", second).contains("  can read  \(second)\n"))
    }

    @Test func aChangedProgramSaysHowToAllowItAgain() throws {
        let kernel = try KernelLedger()
        try kernel.allow()
        try kernel.ledger.edit("Kernels/plain/plain.py", "n = 0", "n = 00")
        let steps = "run `arbor-ledger fix`, then `arbor-ledger allow plain`"
        #expect(try kernel.tried().errors.contains("\n  -> \(steps)\n"))
        #expect(try kernel.ledger.run("allow", "plain").errors.contains("\n  -> \(steps)\n"))
        #expect(try kernel.ledger.run("verify", "plain").errors.contains("\n  -> \(steps)\n"))
        #expect(try kernel.ledger.run("fix", "--yes").status == 0)
        let refused = try kernel.tried()
        #expect(
            refused.errors.contains(
                "you have not allowed the kernel plain to run; it changed since you allowed it on 20"), "\(refused)")
        let audit = try kernel.ledger.run("verify", "plain")
        #expect(audit.status == 2 && audit.output.contains("Not audited:"), "\(audit)")
    }

    // MARK: Launchers that fail

    /// Runs `try` where the launcher of the full sandbox is a script.
    private func tried(_ kernel: KernelLedger, launcher: String, _ options: String...) throws -> ProcessResult {
        let file = "\(kernel.ledger.root)/launcher"
        try kernel.ledger.write(file, "#!/bin/sh\n\(launcher)\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        return try RunningProcess(
            "/usr/bin/bwrap",
            [
                "--dev-bind", "/", "/", "--ro-bind", file, "/usr/bin/bwrap", "--", binary, "try",
                KernelLedger.measurement,
            ]
                + options, in: kernel.ledger.path, kernel.ledger.environment
        ).wait()
    }

    @Test func saysWhyThereIsNoFullSandbox() throws {
        let kernel = try KernelLedger()
        try kernel.allow()
        let printed = try tried(kernel, launcher: "echo 'bwrap: no room' >&2; exit 1", "--sandbox", "full")
        #expect(
            printed.errors == """
                arbor-ledger: this machine has no full sandbox: bwrap: no room
                  -> see `arbor-ledger doctor`

                """)
    }

    /// The launcher works in the first test of the sandbox and for the first `count` workers.
    @Test(arguments: [0, 1]) func saysWhyALauncherFails(count: Int) throws {
        let kernel = try KernelLedger()
        try kernel.allow()
        let started = "\(kernel.ledger.root)/started"
        let real = "\(kernel.ledger.root)/bwrap"
        try FileManager.default.copyItem(atPath: "/usr/bin/bwrap", toPath: real)
        try kernel.ledger.write(started, "")
        let printed = try tried(
            kernel,
            launcher: """
                for last; do true; done
                [ "$last" = true ] && exit 0
                echo >> \(started)
                [ $(wc -l < \(started)) -le \(count) ] && exec \(real) "$@"
                echo 'bwrap: no room' >&2
                exit 1
                """)
        #expect(printed.status == 1, "\(printed)")
        #expect(printed.errors.contains("the program ended with status 1 before it said what it is"), "\(printed)")
        #expect(printed.errors.contains("it wrote: bwrap: no room"), "\(printed)")
    }

    // MARK: Kernels that train nothing

    @Test func doesNotSpeakOfTrainings() throws {
        let kernel = try KernelLedger()
        try kernel.allow()
        let tried = try kernel.tried()
        #expect(tried.errors.hasPrefix("3 runs of 1 study, about "), "\(tried)")
        let audit = try kernel.ledger.run("verify", "plain")
        #expect(audit.errors.hasPrefix("at least 8 runs of 1 study, about "), "\(audit)")
        let shown = [["show", "plain-model"], ["show", "kernel:plain"]].map { try? kernel.ledger.run($0).output }
        for text in [tried.output, tried.errors, audit.output, audit.errors] + shown {
            #expect(text?.contains("train") == false, "\(text ?? "")")
        }
        let refused = try kernel.ledger.run("show", "plain-model", "--train")
        #expect(refused.status == 64, "\(refused)")
        #expect(refused.errors.contains("the kernel of \"plain-model\" trains no network"))
    }

    // MARK: Names of new kernels

    @Test(arguments: [
        ("json", "the program json.py would replace the module \"json\", which is part of Python"),
        ("concurrent", "the program concurrent.py would replace the module \"concurrent\", which is part of Python"),
        (
            "arbor-kernel",
            "the program arbor_kernel.py would replace the module \"arbor_kernel\", which speaks the protocol"
        ),
    ])
    func aProgramDoesNotReplaceAModule(name: String, message: String) throws {
        let ledger = try TemporaryLedger.example()
        let refused = try ledger.run("new", "kernel", name, "--gives", "dimensions-per-feature")
        #expect(refused.status == 64 && refused.output == "", "\(refused)")
        #expect(
            refused.errors == "arbor-ledger: \(message)\n  -> choose another name, such as \(name)-kernel\n",
            "\(refused)")
        #expect(!ledger.exists("Kernels/\(name)"))
    }

    /// Compares the list with the Python of this machine.
    @Test func knowsThePythonModulesOfThisMachine() throws {
        let script = "import sys; print(*sorted(m for m in sys.stdlib_module_names if m[0] != '_' and m.islower()))"
        let printed = try RunningProcess("/usr/bin/env", ["python3", "-c", script], in: "/", ["PATH": "/usr/bin"])
            .wait()
        let top = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let source = try String(
            contentsOf: top.appending(path: "Sources/arbor-ledger/Scaffold/PythonModules.swift"), encoding: .utf8)
        let known = Set(source.split(whereSeparator: \.isWhitespace).map(String.init))
        let names = printed.output.split(whereSeparator: \.isWhitespace).map(String.init)
        #expect(names.count > 150 && names.filter { !known.contains($0) } == [])
    }
}
