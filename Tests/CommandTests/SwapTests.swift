import Foundation
import Testing

/// Changes files and folders while `check` reads the work tree, immediately before a file is opened.
@Suite struct SwapTests {
    struct Swap: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// The path that is replaced.
        var path: String
        /// The name of a file or folder. `path` is replaced just before this name is opened for the first time, in the
        /// next round for the second time, and so on.
        var name: String
        /// A shell script that makes the replacement; `$1` is its path, and `$2` is a folder outside the ledger.
        var script: String

        init(_ path: String, at name: String, _ script: String) {
            (testDescription, self.path, self.name, self.script) = ("\(path) at \(name): \(script)", path, name, script)
        }
    }

    static let swaps = [
        Swap(exampleFinding, at: "half-a-dimension.yaml", #"ln -s "$2/x.yaml" "$1""#),
        Swap(exampleFinding, at: "half-a-dimension.yaml", #"mkfifo "$1""#),
        Swap(exampleFinding, at: "half-a-dimension.yaml", #"mkdir "$1""#),
        Swap(exampleFinding, at: "Findings", #"ln -s "$2/x.yaml" "$1""#),
        Swap("Findings", at: "Findings", #"ln -s "$2" "$1""#),
        Swap("Findings/group", at: "group", #"ln -s "$2" "$1""#),
        Swap("Findings/group", at: "x.yaml", #"ln -s "$2" "$1""#),
        Swap("Findings/group", at: "below", #"ln -s "$2" "$1""#),
        Swap("Findings/group", at: "group", #"mkfifo "$1""#),
        Swap("Findings/group", at: "group", #"cp "$2/x.yaml" "$1""#),
        Swap("Claims/superposition", at: "superposition", #"ln -s "$2" "$1""#),
        Swap("Claims/superposition", at: "README.md", #"ln -s "$2" "$1""#),
        Swap("Claims/superposition/README.md", at: "README.md", #"ln -s "$2/README.md" "$1""#),
        Swap("Claims/superposition/README.md", at: "README.md", #"mkfifo "$1""#),
    ]

    /// `check` reports the ledger as it was before or after the replacement, or names the changed path. It never opens
    /// or prints files outside the ledger.
    @Test(arguments: swaps, [false, true]) func readsAConsistentLedgerDuringAnExchange(swap: Swap, hasStore: Bool)
        throws
    {
        let ledger = try Self.ledger(withSecret: "SECRET")
        let (done, with, log) = ("\(ledger.root)/done", "\(ledger.root)/with", "\(ledger.root)/log")
        try RunningProcess(
            "/bin/sh", ["-ec", swap.script, "sh", with, "\(ledger.root)/outside"], in: "/", ledger.environment
        )
        .wait().requireSuccess()
        let undisturbed = try ledger.run("check", "--all").output
        func exchange() throws {
            let path = ledger.place(swap.path)
            for (from, to) in [(path, "\(with).old"), (with, path), ("\(with).old", with)] {
                try FileManager.default.moveItem(atPath: from, toPath: to)
            }
        }
        try exchange()
        let afterwards = try ledger.run("check", "--all").output
        try exchange()
        var moments = 0
        for moment in 1...100 {
            if !hasStore { try? FileManager.default.removeItem(atPath: ledger.place(".git/arbor-ledger")) }
            let printed = try Self.check(
                ledger,
                [
                    "SWAP_NAME": swap.name, "SWAP_AT": "\(moment)", "SWAP_DONE": done, "SWAP_LOG": log,
                    "SWAP_PATH": ledger.place(swap.path), "SWAP_WITH": with, "SWAP_OUTSIDE": "\(ledger.root)/outside",
                ])
            guard FileManager.default.fileExists(atPath: done) else { break }
            moments += 1
            let output = printed.output + printed.errors
            #expect([0, 1, 2].contains(printed.status), "at \(moment): \(printed)")
            #expect(
                output.contains(swap.path) || [undisturbed, afterwards].contains(output), "at \(moment): \(printed)")
            #expect(!output.contains("SECRET"), "at \(moment): \(printed)")
            #expect((try? ledger.read(log)) == nil, "at \(moment): opened outside")
            try exchange()
            try FileManager.default.removeItem(atPath: done)
        }
        #expect(moments > 0 || hasStore)
    }

    /// If a file grows while it is read, it is either read to its end or rejected as too large.
    @Test(arguments: [(1, "unknown-key"), (150_000, "too-large")]) func stopsReadingAGrowingFile(
        lines: Int, code: String
    ) throws {
        let ledger = try Self.ledger(withSecret: "SECRET")
        let printed = try Self.check(
            ledger,
            [
                "SWAP_PATH": ledger.place(exampleFinding), "SWAP_GROW": "\(lines)",
                // Without this setting, the file would not be opened: the store has contained its content since the
                // READMEs were written.
                "ARBOR_LEDGER_NO_CACHE": "1",
            ])
        #expect(printed.output.contains(exampleFinding), "\(printed)")
        #expect(printed.output.contains("[\(code)]"), "\(printed)")
    }

    private static func ledger(withSecret secret: String) throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/group/x.yaml", finding("In a group"))
        try ledger.write("Findings/group/below/y.yaml", finding("Below a group"))
        try ledger.run("merge", "--write").requireSuccess()
        try ledger.commit("Group")
        let outside = "\(ledger.root)/outside"
        for name in ["x.yaml", "below/y.yaml", "README.md", "question.yaml", "\(secret)/\(secret).yaml"] {
            try ledger.write("\(outside)/\(name)", "\(secret): 1\n")
        }
        return ledger
    }

    /// Runs `check`. If the process hangs, it is ended, which gives another exit status.
    private static func check(_ ledger: TemporaryLedger, _ variables: [String: String]) throws -> ProcessResult {
        try RunningProcess(
            "/usr/bin/timeout",
            ["60", "/usr/bin/env", "LD_PRELOAD=\(try swapLibrary.get())", binary, "check", "--all"], in: ledger.path,
            ledger.environment.merging(variables) { $1 }
        ).wait()
    }
}

/// The library built from `Tests/Faults/swaps.c`, compiled only once.
private let swapLibrary = Result { () throws -> String in
    let library = try preloadedLibrary("swaps")
    atexit { if case .success(let library) = swapLibrary { unlink(library) } }
    return library
}
