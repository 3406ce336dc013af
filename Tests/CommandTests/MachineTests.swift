import Foundation
import Testing

/// Runs commands on simulated machines that lack something. A test fails if this machine lacks a tool for the sandbox.
@Suite struct MachineTests {
    /// Runs the command in a sandbox that differs from this machine only by the given options.
    private func run(_ arguments: [String], of ledger: TemporaryLedger, _ options: [String]) throws -> ProcessResult {
        try RunningProcess(
            "/usr/bin/bwrap", ["--dev-bind", "/", "/"] + options + ["--", binary] + arguments, in: ledger.path,
            ledger.environment
        ).wait()
    }

    /// Swift reads a program's arguments from /proc. Without /proc, `check` would print the help and exit successfully.
    @Test(arguments: [
        ["check"], ["check", "HEAD..HEAD"], ["merge"], ["verify"], ["doctor"], ["hook", "run", "pre-commit"],
    ])
    func everyCommandFailsWithoutProc(arguments: [String]) throws {
        let ledger = try TemporaryLedger.example()
        try ledger.edit(exampleFinding, "dimensions-per-feature", "dimension-per-feature")
        expect(
            try run(arguments, of: ledger, ["--tmpfs", "/proc"]),
            says: """
                ! arbor-ledger: /proc is not mounted here, and this program's threads need it
                !   -> mount -t proc proc /proc, or in a sandbox: bwrap --proc /proc
                exit 2

                """)
    }

    /// Arguments are not read from /proc/self/cmdline.
    @Test func readsArgumentsFromTheCall() throws {
        let ledger = try TemporaryLedger.example()
        let file = "\(ledger.root)/empty"
        try ledger.write(file, "")
        let silent = ["--proc", "/proc", "--ro-bind", file, "/proc/self/cmdline"]
        expect(try run(["--version"], of: ledger, silent), says: "0.1.0\n")
    }

    /// The library file that is found first is empty. Only runs are rejected, before they start; records can still be
    /// read.
    @Test func rejectsOnlyRunsWithoutOpenBLAS() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("\(ledger.root)/libraries/libopenblas.so.0", "")
        let reason = "OpenBLAS cannot be loaded (\(ledger.root)/libraries/libopenblas.so.0: file too short)"
        let refused = "! arbor-ledger: \(reason)\n!   -> install libopenblas0-pthread\nexit 2\n"
        func run(_ arguments: String...) throws -> ProcessResult {
            try ledger.run(arguments, extra: ["LD_LIBRARY_PATH": "\(ledger.root)/libraries"])
        }
        expect(try run("verify"), says: refused)
        expect(try run("show", "superposition-geometry", "--train"), says: refused)
        let tried = finding("New", value: "[0.4, 0.6]", more: "verify: superposition-geometry/dimensionality")
        try ledger.write("Findings/new.yaml", tried)
        let submitted = try run("submit", "Findings/new.yaml")
        #expect(submitted.status == 2)
        #expect(submitted.errors.contains(reason))
        let shown = try run("show", "superposition-geometry")
        #expect(shown.status == 0)
        #expect(shown.errors == "arbor-ledger: networks are not drawn: \(reason)\n")
        #expect(try run("check").status == 0)
        #expect(try run("merge").status == 0)
        let examined = try run("doctor", "--format", "json")
        #expect(examined.status == 1)
        let blas = try examined.json()["checks"].first("name", "blas")
        #expect(
            [blas["state"].text, blas["message"].text, blas["remedy"].text]
                == ["broken", reason, "install libopenblas0-pthread"])
    }

    #if arch(x86_64)
        /// qemu emulates these processors. None of them has AVX2, and one has AVX.
        @Test(arguments: ["Nehalem", "IvyBridge", "qemu64"]) func rejectsOnlyRunsWithoutAVX2(processor: String)
            throws
        {
            let ledger = try TemporaryLedger.example()
            func run(_ arguments: String...) throws -> ProcessResult {
                // qemu warns of other features that it does not emulate.
                var printed = try RunningProcess(
                    "/usr/bin/qemu-x86_64", ["-cpu", processor, binary] + arguments, in: ledger.path, ledger.environment
                ).wait()
                let lines = printed.errors.split(separator: "\n").filter { !$0.hasPrefix("qemu-x86_64: warning: ") }
                printed.errors = lines.map { $0 + "\n" }.joined()
                return printed
            }
            for command in ["check", "merge", "conflicts"] {
                #expect(try run(command).description == ledger.run(command).description)
            }
            try ledger.edit(exampleFinding, "dimensions-per-feature", "dimension-per-feature")
            #expect(try run("check").status == 1)
            #expect(try run("doctor").status == 0)
            let reason = "the kernels need a processor with AVX2 and FMA (x86-64-v3: Intel since 2013, AMD since 2015)"
            expect(
                try run("show", "superposition-geometry", "--train", "--at", "HEAD"),
                says:
                    "! arbor-ledger: \(reason)\n!   -> use another machine for runs; everything else works here\nexit 2\n"
            )
            // `doctor` asks a child process, which here runs on this machine's own processor.
            #expect(try run("__machine").json()["cpuProblem"]["reason"].text == reason)
        }

        /// If several targets emit the same function, the linker takes the first copy. The code for AVX2 must therefore
        /// come last.
        @Test func linksCodeForAVX2Last() throws {
            let list = URL(fileURLWithPath: binary).deletingLastPathComponent()
                .appending(path: "arbor-ledger.product/Objects.LinkFileList")
            let objects = try String(contentsOf: list, encoding: .utf8).split(separator: "\n")
            let first = try #require(objects.firstIndex { $0.contains("/vector_kernels.build/") })
            #expect(objects[first...].allSatisfy { $0.contains("/vector_kernels.build/") }, "\(objects[first...])")
        }
    #endif

    /// Compares the version with the kernel's own answer, which a Perl script requests.
    @Test func doctorReportsTheKernelsLandlockVersion() throws {
        let ledger = try TemporaryLedger.example()
        let asking =
            "my $version = syscall(444, 0, 0, 1); print $version > 0 ? qq(Landlock, version $version) : \"no Landlock\""
        let answer = try RunningProcess("/usr/bin/perl", ["-e", asking], in: ledger.path, ledger.environment).wait()
            .output
        let message = try ledger.run("doctor", "--format", "json").json()["checks"].first("name", "sandbox")["message"]
            .text
        #expect(message.hasSuffix("; \(answer)"), "\(message)")
    }
}
