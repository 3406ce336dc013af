import Foundation
import Testing

/// Commands on machines that lack something; a command that is missing here fails its test.
@Suite struct MachineTests {
    /// Runs the command in a sandbox in which nothing but what these options say differs from here.
    private func run(_ arguments: [String], of ledger: TemporaryLedger, _ options: [String]) throws -> Printed {
        try Started(
            "/usr/bin/bwrap", ["--dev-bind", "/", "/"] + options + ["--", binary] + arguments, in: ledger.path,
            ledger.environment
        ).wait()
    }

    /// Swift reads its arguments from /proc: without, `check` would print the help and pass.
    @Test(arguments: [
        ["check"], ["check", "HEAD..HEAD"], ["merge"], ["verify"], ["doctor"], ["hook", "run", "pre-commit"],
    ])
    func withoutProcNothingPasses(arguments: [String]) throws {
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

    /// What stands in /proc/self/cmdline is not asked.
    @Test func argumentsAreThoseOfTheCall() throws {
        let ledger = try TemporaryLedger.example()
        let file = "\(ledger.root)/empty"
        try ledger.write(file, "")
        let silent = ["--proc", "/proc", "--ro-bind", file, "/proc/self/cmdline"]
        expect(try run(["--version"], of: ledger, silent), says: "0.1.0\n")
    }

    /// Held against the kernel's own answer, as Perl asks for it.
    @Test func doctorAsksTheKernelForLandlock() throws {
        let ledger = try TemporaryLedger.example()
        let asking =
            "my $version = syscall(444, 0, 0, 1); print $version > 0 ? qq(Landlock, version $version) : \"no Landlock\""
        let answer = try Started("/usr/bin/perl", ["-e", asking], in: ledger.path, ledger.environment).wait().output
        let told = try ledger.run("doctor", "--format", "json").json()["checks"].first("name", "sandbox")["message"]
            .text
        #expect(told.hasSuffix("; \(answer)"), "\(told)")
    }
}
