import Foundation
import Testing

/// Tests a hostile `.git` folder. The tool runs none of its commands and does not trust its stored results.
@Suite struct HostileRepositoryTests {
    /// Covers hooks, all settings that make git run a command, and filters set by a tracked attributes file.
    @Test func runsNoConfiguredCommand() throws {
        let ledger = try TemporaryLedger.example()
        let witness = "\(ledger.root)/witness"
        let command = "touch \(witness); false"
        let script = "\(ledger.root)/evil"
        try Data("#!/bin/sh\n\(command)\n".utf8).write(to: URL(fileURLWithPath: script))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        try ledger.write(".gitattributes", "* filter=evil diff=evil merge=evil\n")
        try ledger.write("Findings/hostile.yaml", finding("Another"))
        try ledger.commit("Attributes")
        try ledger.write(
            ".git/evil",
            """
            [core]
            \tfsmonitor = \(script)
            \thooksPath = \(ledger.root)/hooks
            \tpager = \(script)
            \teditor = \(script)
            \tsshCommand = \(script)
            \tgitProxy = \(script)
            \taskPass = \(script)
            \talternateRefsCommand = \(script)
            [filter "evil"]
            \tclean = \(script)
            \tsmudge = \(script)
            \tprocess = \(script)
            \trequired = true
            [diff]
            \texternal = \(script)
            [diff "evil"]
            \ttextconv = \(script)
            \tcommand = \(script)
            [merge "evil"]
            \tdriver = \(script)
            [alias]
            \tstatus = !\(script)
            \tcommit = !\(script)
            [gpg]
            \tprogram = \(script)
            [commit]
            \tgpgSign = true
            [credential]
            \thelper = !\(script)
            [sequence]
            \teditor = \(script)
            [pager]
            \tlog = \(script)

            """)
        try ledger.write(
            ".git/config",
            try ledger.read(".git/config") + "[include]\n\tpath = evil\n[includeIf \"gitdir:**\"]\n\tpath = evil\n")
        for hook in ["pre-commit", "post-commit", "post-checkout", "reference-transaction", "post-index-change"] {
            try FileManager.default.createDirectory(
                atPath: "\(ledger.root)/hooks", withIntermediateDirectories: true)
            for folder in ["\(ledger.root)/hooks", ledger.place(".git/hooks")] {
                try? FileManager.default.removeItem(atPath: "\(folder)/\(hook)")
                try FileManager.default.copyItem(atPath: script, toPath: "\(folder)/\(hook)")
            }
        }
        try ledger.write("Findings/new.yaml", finding("A third"))
        for arguments in [
            ["check"], ["check", "--staged"], ["check", "--at", "HEAD"], ["hook", "run"], ["merge"], ["merge", "main"],
            ["merge", "--at", "HEAD"], ["merge", "--write"], ["conflicts"], ["tasks"], ["show", "half-a-dimension"],
            ["diff", "HEAD~1"], ["diff", "HEAD~1", "HEAD"], ["verify", "half-a-dimension"],
            ["submit", "--self-check", "0", "Findings/new.yaml"], ["hook", "install"], ["hook", "uninstall"],
        ] {
            let printed = try ledger.run(arguments)
            #expect([0, 1].contains(printed.status), "\(arguments): \(printed)")
            #expect(!FileManager.default.fileExists(atPath: witness), "\(arguments) ran a command")
        }
    }

    @Test(arguments: [
        ["check", "--at", "--upload-pack=touch"], ["check", "--at", ""], ["diff", "--output=x"], ["diff", "-O/etc"],
        ["merge", "-C"], ["show", "half-a-dimension#-9223372036854775808"], ["check", "\u{1B}[2J"],
        ["show", "\u{1B}]0;x\u{7}"], ["\u{9B}31m"], ["check", "--\u{1B}[31m"], ["check", "--at", "x\u{202E}y"],
        ["merge", "--without", "\u{1B}c"], ["conflicts", "../../etc"], ["-C", "\u{1B}[31m", "check"],
    ])
    func argumentsAreNotTakenAsOptionsOrTerminalControls(arguments: [String]) throws {
        let ledger = try TemporaryLedger.example()
        let printed = try ledger.run(arguments)
        #expect([2, 64].contains(printed.status), "\(printed)")
        #expect(hiddenCharacters(printed.output + printed.errors) == [])
    }

    // MARK: Stored results

    /// Replaces the stored report and gives it all digests that can be computed without the user's key.
    @Test func recomputesAlteredReports() throws {
        let ledger = try TemporaryLedger.example()
        let expected = try ledger.run("merge", "--at", "HEAD")
        let folder = ".git/arbor-ledger/store"
        let names = ledger.names(in: folder)
        #expect(!names.isEmpty)
        for change in [
            { (bytes: [UInt8]) in bytes.dropLast() + [0x21] }, { $0.dropLast(9) }, { _ in [] }, { $0 + $0 },
        ] as [([UInt8]) -> [UInt8]] {
            for name in names {
                let url = URL(fileURLWithPath: ledger.place("\(folder)/\(name)"))
                try Data(change(Array(try Data(contentsOf: url)))).write(to: url)
            }
            expect(try ledger.run("merge", "--at", "HEAD"), says: expected.description)
        }
    }

    @Test func ignoresKeysThatOthersCanRead() throws {
        let ledger = try TemporaryLedger.example()
        let expected = try ledger.run("merge", "--at", "HEAD")
        let key = "\(ledger.root)/.local/state/arbor-ledger/key"
        #expect(try Data(contentsOf: URL(fileURLWithPath: key)).count == 32)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
        expect(try ledger.run("merge", "--at", "HEAD"), says: expected.description)
        try FileManager.default.removeItem(atPath: key)
        try FileManager.default.createSymbolicLink(atPath: key, withDestinationPath: "/etc/hostname")
        expect(try ledger.run("merge", "--at", "HEAD"), says: expected.description)
    }

    /// If a cache folder were replaced by a link, clearing the cache would delete files elsewhere.
    @Test(arguments: ["", "/store", "/networks", "/runs"]) func rejectsLinkedCaches(folder: String) throws {
        let ledger = try TemporaryLedger.example()
        try FileManager.default.createDirectory(atPath: "\(ledger.root)/mine", withIntermediateDirectories: true)
        for number in 0..<40 { try Data().write(to: URL(fileURLWithPath: "\(ledger.root)/mine/\(number)")) }
        let path = ledger.place(".git/arbor-ledger\(folder)")
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(ledger.root)/mine")
        let printed = try ledger.run("merge", "--at", "HEAD")
        #expect(printed.status == 2 && printed.errors.contains("is a symbolic link"), "\(printed)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(ledger.root)/mine").count == 40)
    }
}
