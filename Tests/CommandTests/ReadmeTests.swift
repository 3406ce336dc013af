import Foundation
import Testing

/// Compares the README with the tool and the tree.
@Suite struct ReadmeTests {
    private let root = ShippedLedger.root
    private static let hasHistory = FileManager.default.fileExists(atPath: "\(ShippedLedger.root)/.git")

    private func read(_ file: String) throws -> String {
        try String(contentsOf: URL(fileURLWithPath: "\(root)/\(file)"), encoding: .utf8)
    }

    @Test func firstFindingOfTheReadmeIsVerified() throws {
        let section = try #require(try read("README.md").components(separatedBy: "\n## A first finding").last)
        let script = try #require(
            section.components(separatedBy: "```sh\n").dropFirst().first?.components(separatedBy: "```").first)
        #expect(script.split(separator: "\n").count == 12)
        let ledger = try TemporaryLedger()
        var environment = ledger.environment
        environment["PATH"] = URL(fileURLWithPath: binary).deletingLastPathComponent().path + ":/usr/bin:/bin"
        let printed = try RunningProcess("/bin/sh", ["-e", "-c", script], in: ledger.root, environment).wait()
        #expect(printed.status == 0, "\(printed)")
        for line in [
            "  density 0.1: 8 of 8 hit, decisive", "  verified: own run, control refuted",
            "  dimensions-per-feature: depends on density in five-share-one and",
        ] {
            #expect(printed.output.contains(line), "\(printed)")
        }
    }

    /// The map lists exactly the top-level entries of the tree and the folders in Sources.
    @Test(.enabled(if: hasHistory, "only git knows which files belong to the tree"))
    func mapOfTheReadmeMatchesTheTree() throws {
        let section = try #require(try read("README.md").components(separatedBy: "\n## Map").last)
        let map = try #require(section.components(separatedBy: "```\n").dropFirst().first)
        var mapped: (top: [String], sources: [String]) = ([], [])
        var isInSources = false
        for line in map.split(separator: "\n") {
            let indentation = line.prefix { $0 == " " }.count
            guard indentation == 0 || indentation == 2 else { continue }
            let names = line.drop { $0 == " " }.components(separatedBy: "  ")[0].split(separator: " ")
                .map { String($0.hasSuffix("/") ? $0.dropLast() : $0) }
            if indentation == 0 {
                mapped.top += names
                isInSources = names == ["Sources"]
            } else if isInSources {
                mapped.sources += names
            }
        }
        let files = try git(["ls-files", "-z"]).output.split(separator: "\0")
            .map { $0.split(separator: "/").map(String.init) }
        #expect(mapped.top.sorted() == Set(files.map { $0[0] }).sorted())
        #expect(mapped.sources.sorted() == Set(files.filter { $0[0] == "Sources" }.map { $0[1] }).sorted())
    }
}

/// Tests the diffs that CONTRIBUTING.md explains.
@Suite struct RecipeTests {
    /// Applies the diffs one after the other, since a contributor may apply all of them; `make test-recipes` builds and
    /// runs the result. CONTRIBUTING.md describes how to repair a diff.
    @Test func recipesApply() throws {
        let folder = "docs/recipes"
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(ShippedLedger.root)/\(folder)").sorted()
        #expect(names == ["add-a-check.patch", "add-a-format.patch", "add-a-kernel.patch"])
        expect(try git(["apply", "--check"] + names.map { "\(folder)/\($0)" }), says: "")
    }
}

/// Runs git in this repository.
private func git(_ arguments: [String]) throws -> ProcessResult {
    let environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("GIT_") }
    return try RunningProcess(
        "/usr/bin/git", ["-c", "safe.directory=*"] + arguments, in: ShippedLedger.root, environment
    )
    .wait()
}
