import Foundation
import Testing

/// `list`, `find`, the overview, and the spellings of `show`.
@Suite struct LookingAroundTests {
    private func rows(_ printed: ProcessResult, _ key: String) throws -> [[String: Any]] {
        let object = try JSONSerialization.jsonObject(with: Data(printed.output.utf8)) as? [String: Any]
        return try #require(object?[key] as? [[String: Any]])
    }

    private static let kinds = [
        "questions", "findings", "claims", "quantities", "models", "kernels", "measurements", "assumptions",
        "conditions", "tasks", "traces", "codebooks", "resources",
    ]

    /// Every record with a file of this kind is listed, in each format.
    @Test(arguments: kinds) func listsEveryRecordOfAKind(_ kind: String) throws {
        let ledger = try ShippedLedger.unchanged()
        let listed = try rows(ledger.run("list", kind, "--format", "json"), "records").compactMap {
            $0["id"] as? String
        }
        #expect(!listed.isEmpty)
        #expect(Set(listed).count == listed.count)
        let csv = try ledger.run("list", kind, "--format", "csv").output.split(separator: "\n")
        #expect(csv.count == listed.count + 1)
        let text = try ledger.run("list", kind).output
        #expect(text.contains("\n\(listed.count) "))
        for id in listed.prefix(20) { #expect(text.contains(id)) }
    }

    @Test func listCountsAsManyRecordsAsThereAreFiles() throws {
        let ledger = try ShippedLedger.unchanged()
        func files(_ folder: String, _ isWanted: (String) -> Bool) throws -> Int {
            try FileManager.default.subpathsOfDirectory(atPath: "\(ledger.path)/\(folder)").count(where: isWanted)
        }
        func listed(_ kind: String) throws -> Int {
            try rows(ledger.run("list", kind, "--format", "json"), "records").count
        }
        #expect(try listed("findings") == files("Findings") { $0.hasSuffix(".yaml") })
        #expect(try listed("questions") == files("Claims") { $0.hasSuffix("question.yaml") })
        #expect(try listed("quantities") == files("Claims/vocabulary/quantities") { $0.hasSuffix(".yaml") })
        #expect(try listed("traces") == files("Traces") { $0.hasSuffix("trace.yaml") })
        #expect(try listed("resources") == files("Resources") { $0.hasSuffix(".yaml") })
    }

    @Test func listSelectsBySettingAndPerson() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write(
            "Claims/vocabulary/conditions/model/r1.yaml", "title: DeepSeek-R1\ngeneral: true\nfamily: deepseek\n")
        try ledger.write("Claims/vocabulary/conditions/model/qwq.yaml", "title: QwQ\ngeneral: true\nfamily: qwen\n")
        for model in ["r1", "qwq"] {
            try ledger.write(
                "Findings/\(model).yaml",
                finding(model, value: "[0.4, 0.6]", tested: "{model: \(model), density: 0.3}"))
        }
        func ids(_ arguments: String...) throws -> [String] {
            try rows(ledger.run(["list"] + arguments + ["--format", "json"]), "records").compactMap {
                $0["id"] as? String
            }
        }
        #expect(try ids("findings", "--where", "model=r1") == ["r1"])
        #expect(try ids("findings", "--where", "model.family=qwen") == ["qwq"])
        #expect(try ids("claims", "--where", "model=r1") == ["r1#1"])
        #expect(try ids("models", "--where", "model=qwq") == ["qwq"])
        #expect(try ids("findings", "--by", "nobody of this name") == [])
        let all = try ids("findings")
        #expect(try ids("findings", "--by", "elhage").count < all.count)
        #expect(try !ids("findings", "--by", "elhage").isEmpty)
    }

    @Test(arguments: [
        (["findings", "--where", "model=r2"], "model has no value \"r2\""),
        (["findings", "--where", "modle=r1"], "did you mean \"model\"?"),
        (["findings", "--where", "model.famly=qwen"], "no value of model has the attribute \"famly\""),
        (["findings", "--where", "model"], "write it as condition=value"),
        (["kernels", "--where", "model=superposition-geometry"], "--where cannot select kernels"),
        (["kernels", "--by", "ada"], "--by cannot select kernels"),
    ])
    func listRefusesWhatItCannotUse(_ arguments: [String], _ message: String) throws {
        let printed = try TemporaryLedger.example().run(["list"] + arguments)
        #expect(printed.status == 64)
        #expect(printed.output == "")
        #expect(printed.errors.contains(message), "\(printed)")
    }

    @Test func findRanksNamesAboveTexts() throws {
        let ledger = try ShippedLedger.unchanged()
        func hits(_ words: String...) throws -> [String] {
            try rows(ledger.run(["find"] + words + ["--format", "json"]), "hits").compactMap { $0["id"] as? String }
        }
        #expect(try hits("r1").first == "model/r1")
        #expect(try hits("superposition-geometry").first == "superposition-geometry")
        // Beginnings of words are enough, in any order and case.
        #expect(try hits("DIMENS", "feat").contains("dimensions-per-feature"))
        // An author is found by the text of the finding.
        #expect(try hits("nanda").contains("othello-linear-board"))
        #expect(try hits("kernel", "othello").isEmpty == hits("othello", "kernel").isEmpty)
        // The second search reads the stored table.
        #expect(try hits("wait") == hits("wait"))
        let printed = try ledger.run("find", "superpositon")
        #expect(printed.status == 0)
        #expect(printed.output.contains("did you mean \"superposition\"?"))
        #expect(try ledger.run("find", "…").status == 64)
    }

    /// A search finds a changed record under its new words only, although the words of the old state are stored.
    @Test func findFollowsChanges() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/x.yaml", finding("Zebras count stripes"))
        #expect(try ledger.run("find", "zebras").output.hasPrefix("x"))
        try ledger.write("Findings/x.yaml", finding("Giraffes count spots"))
        #expect(try ledger.run("find", "giraffes").output.hasPrefix("x"))
        #expect(try ledger.run("find", "zebras").output.hasPrefix("No record"))
    }

    @Test func overviewNamesDisputesErrorsAndNewFindings() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/half.yaml", finding("A rival", value: "[0.9, 0.95]"))
        try ledger.commit("Add a rival")
        let text = try ledger.run([]).output
        #expect(text.contains("half: A rival"))
        #expect(text.contains("Next: arbor-ledger "))
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 26)
        try ledger.write("Findings/bad.yaml", finding("Bad", value: "[0.9, 3]"))
        let after = try ledger.run([])
        #expect(after.output.contains("1 error; their files are left out here"))
        #expect(after.output.contains("Next: arbor-ledger check"))
        let json = try JSONSerialization.jsonObject(with: Data(ledger.run(["--format", "json"]).output.utf8))
        #expect((json as? [String: Any])?["errors"] as? Int == 1)
    }

    @Test func withoutALedgerTheHelpIsShown() throws {
        let ledger = try TemporaryLedger()
        let printed = try ledger.run([])
        #expect(printed.status == 0)
        #expect(printed.output.contains("USAGE:"))
    }

    @Test(arguments: [
        ("r1", "DeepSeek-R1\n  value model/r1"), ("model:r1", "DeepSeek-R1\n  value model/r1"),
        ("model/r1", "DeepSeek-R1\n  value model/r1"), ("value:model/r1", "DeepSeek-R1\n  value model/r1"),
        ("kernel:othello", "  kernel othello"), ("model:superposition-geometry", "  toy model superposition-geometry"),
        ("Findings/origin/tinyzero.yaml", "  finding tinyzero"), ("Claims/question.yaml", "  question ."),
        ("Verifiers/superposition-geometry/model.yaml", "  toy model superposition-geometry"),
        ("Claims/vocabulary/conditions/model/r1.yaml", "  value model/r1"),
    ])
    func showFindsEverySpelling(_ spelling: String, _ expected: String) throws {
        let printed = try ShippedLedger.unchanged().run("show", spelling)
        #expect(printed.status == 0)
        #expect(printed.output.contains(expected), "\(printed)")
    }

    @Test func showOfAKernelListsSettingsMeasurementsAndCost() throws {
        let text = try TemporaryLedger.example().run("show", "kernel:superposition").output
        for words in [
            "features: n, the number", "measurement dimensionality", "gives dimensions-per-feature", "toy models",
        ] {
            #expect(text.contains(words))
        }
        let coin = try ShippedLedger.unchanged().run("show", "kernel:othello").output
        #expect(coin.contains("s to measure"))
    }

    @Test func showOfATaskHasItsCommand() throws {
        let ledger = try ShippedLedger.unchanged()
        let first = try #require(rows(ledger.run("list", "tasks", "--format", "json"), "records").first)
        let id = try #require(first["id"] as? String)
        for spelling in [id, "task:\(id)"] {
            let text = try ledger.run("show", spelling).output
            #expect(text.contains("  task \(id)"))
            #expect(text.contains("importance"))
        }
        #expect(try ledger.run("show", "deciding-run:no-such-quantity").status == 64)
    }
}

/// Names of questions, branches or models in places where another kind of name is usual.
@Suite struct NameKindTests {
    @Test func mergeOfAQuestionHasOnlyItsSubtree() throws {
        let ledger = try ShippedLedger.unchanged()
        let whole = try ledger.run("merge", "--format", "csv").output.split(separator: "\n")
        let part = try ledger.run("merge", "search", "--format", "csv").output.split(separator: "\n")
        #expect(part.dropFirst().allSatisfy { $0.hasPrefix("search,") || $0.hasPrefix("search/") })
        #expect(
            part.dropFirst() == whole.dropFirst().filter { $0.hasPrefix("search,") || $0.hasPrefix("search/") }[...])
        #expect(try !ledger.run("merge", "search").output.contains("Behaviours without a toy model"))
        #expect(try ledger.run("merge", "question:search").output == ledger.run("merge", "search").output)
        let wrong = try ledger.run("merge", "serch")
        #expect(wrong.status == 64)
        #expect(wrong.errors.contains("did you mean \"search\"?"))
    }

    @Test func aNameOfAQuestionAndABranchNeedsItsKind() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.git("branch", "superposition")
        let printed = try ledger.run("merge", "superposition")
        #expect(printed.status == 64)
        #expect(printed.errors.contains("write question:superposition or branch:superposition"))
        #expect(try ledger.run("merge", "branch:superposition").output.contains("already"))
        #expect(try ledger.run("merge", "question:superposition").output.contains("Do sparse features"))
    }

    @Test func verifyExplainsNamesOfOtherKinds() throws {
        let ledger = try TemporaryLedger.example()
        let model = try ledger.run("verify", "superposition-geometry")
        #expect(model.status == 64)
        #expect(model.errors.contains("it is a toy model; name its claims: half-a-dimension#1"))
        #expect(try ledger.run("verify", "superposition").errors.contains("it is a question"))
    }

    @Test func listTakesTheSingular() throws {
        let ledger = try TemporaryLedger.example()
        #expect(try ledger.run("list", "finding").output == ledger.run("list", "findings").output)
        #expect(try ledger.run("list", "quantity").output == ledger.run("list", "quantities").output)
        #expect(try ledger.run([]).output.contains("Next: arbor-ledger verify (re-runs 1 claim for the first time)"))
    }
}
