import Foundation
import Testing

@Suite struct VerifyTests {
    private func runs(_ printed: ProcessResult) throws -> [JSON] { try printed.json()["runs"].items }

    @Test func eightHitsOfEightVerifyAClaim() throws {
        let ledger = try TemporaryLedger.example()
        let printed = try ledger.run("verify")
        #expect(
            printed.output == """
                half-a-dimension#1
                  dimensions-per-feature is 0.45 to 0.55, by
                    superposition-geometry/dimensionality
                  density 0.3: 8 of 8 hit, decisive; control refuted: 0 of 8
                  verified: own run, control refuted

                1 verdict at alpha 0.05: at most 0.03 expected to be wrong.
                2 receipts written under Verifiers/; they count once they are committed on the
                audit branch.
                Own runs rest on trust in the contributors. To make these claims re-run:
                1. `arbor-ledger signers add NAME KEY`: list another person's key on main.
                2. `arbor-ledger verify`: that person, in a clone, with that key.
                3. `git add Verifiers && git commit`: their receipts, to be merged into main.
                Next: git add Verifiers && git commit -m 'Add runs', then arbor-ledger merge

                """)
        #expect(printed.status == 0)
        #expect(ledger.names(in: receiptsFolder).count == 2)
    }

    @Test func namesReceiptsByTheirContent() throws {
        let ledger = try TemporaryLedger.example()
        #expect(try ledger.run("verify").status == 0)
        for name in ledger.names(in: receiptsFolder) {
            let sum = try RunningProcess("/usr/bin/sha256sum", [name], in: ledger.place(receiptsFolder), [:]).wait()
            #expect(sum.output == "\(name.dropLast(".json".count))  \(name)\n")
        }
        #expect(try ledger.run("check").status == 0)
    }

    @Test func runsCountOnceTheyAreOnTheAuditBranch() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.git("checkout", "-q", "-b", "audit")
        _ = try ledger.run("verify")
        func word() throws -> String {
            try ledger.run("merge").output.split(separator: "\n").first { $0.contains("half-a-dimension#1") }
                .map { $0.split(separator: " ", maxSplits: 2).last.map(String.init) ?? "" } ?? ""
        }
        #expect(try word() == " 8 runs offered, toy")
        try ledger.commit("Audit")
        #expect(try word() == " 8 runs offered, toy")
        expect(
            try ledger.run("check", "--all"),
            says: """
                Findings/half-a-dimension.yaml
                  10:5    note    [unverified]
                          8 runs offered, and none counts yet
                          -> merge their receipts into the audit branch

                1 finding, 1 claim, 2 questions, 1 verifier: 0 errors, 0 warnings

                """)
        try ledger.git("checkout", "-q", "main")
        try ledger.git("merge", "-q", "audit")
        #expect(try word() == " own run, control refuted, toy")
        expect(
            try ledger.run("merge"),
            says: """
                How does the model reason?
                  answered (own runs; toys only; 1 of 1 cells); 1 of 1 part answered
                  general models: open; special-purpose models: answered

                  Do sparse features settle into half a dimension each?
                    supported (own runs; toys only; 1 of 1 cells)
                    general models: open; special-purpose models: supported
                    bridges: toy-superposition-is-r1s untested (1 toy claim for yes)
                    + half-a-dimension#1  own run, control refuted, toy

                Toy claims without a finding on a general model
                  half-a-dimension#1

                1 claim decided by 1 sequence of runs (alpha 0.05): at most 0.03 wrong verdicts
                expected. 1 by own runs only, which rest on trust in their contributors. To get
                independent re-runs, list runners: see `arbor-ledger signers add --help`.

                """)
    }

    @Test func secondVerifyDoesNothing() throws {
        let ledger = try TemporaryLedger.example()
        let first = try ledger.run("verify", "--format", "json").json()
        let again = try ledger.run("verify", "--format", "json")
        #expect(again.errors == "")
        let second = try again.json()
        #expect(second["receipts"].items.isEmpty)
        #expect(second["runs"].description == first["runs"].description)
        #expect(ledger.names(in: receiptsFolder).count == 2)
    }

    @Test func jsonHoldsRunsAndVerdicts() throws {
        let ledger = try TemporaryLedger.example()
        let report = try ledger.run("verify", "--format", "json").json()
        #expect(
            report.keys == [
                "failures", "left", "outlooks", "receipts", "remarks", "runs", "settled", "signature_problem",
                "skipped",
                "unsettled", "verdicts",
            ])
        #expect(report["left"].keys == ["cores", "runs", "seconds", "studies", "trainings"])
        #expect(["runs", "seconds", "studies", "trainings"].allSatisfy { report["left"][$0].number == 0 })
        let runs = report["runs"].items
        #expect(
            runs[0].keys == [
                "cell", "claim", "control", "diverged", "failure", "grade", "hit", "index", "runner", "sample",
                "seconds", "seed", "value",
            ])
        #expect(runs.map { "\($0["control"]) \($0["index"]) \($0["hit"])" }.sorted().count == 16)
        #expect(Set(runs.map(\.["seed"].text)).count == 8, "a control has the seeds of its claim")
        #expect(runs.allSatisfy { $0["seed"].text.wholeMatch(of: /[0-9a-f]{16}/) != nil })
        for run in runs {
            let value = try #require(run["value"].number)
            #expect((0.45...0.55).contains(value) == (run["hit"].description == "1"))
        }
        let verdict = report["verdicts"].items[0]
        #expect(
            verdict.keys == [
                "claim", "diverged", "e_against", "e_for", "evidence", "hits", "level", "missing_traces", "runners",
                "runs", "uninformative", "verdict",
            ])
        #expect(
            ["claim", "verdict", "level", "evidence"].map { verdict[$0].text }
                == ["half-a-dimension#1", "verified", "controlled", "own-run"])
    }

    @Test func refutedClaimCountsAsItsComplement() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.edit(exampleFinding, "[0.45, 0.55]", "[0.9, 1.1]")
        try ledger.edit("Claims/superposition/question.yaml", "yes: [0.45, 0.55]", "yes: [0.95, 1.05]")
        try ledger.commit("Claim more")
        _ = try ledger.run("verify")
        try ledger.commit("Audit")
        expect(
            try ledger.run("merge"),
            says: """
                How does the model reason?
                  answered (own runs; toys only; 1 of 1 cells); 1 of 1 part answered
                  general models: open; special-purpose models: answered

                  Do sparse features settle into half a dimension each?
                    refuted (own runs; toys only; 1 of 1 cells)
                    general models: open; special-purpose models: refuted
                    bridges: toy-superposition-is-r1s untested (1 toy claim for no)
                    - half-a-dimension#1  refuted by own run, toy

                Toy claims without a finding on a general model
                  half-a-dimension#1

                1 claim decided by 1 sequence of runs (alpha 0.05): at most 0.03 wrong verdicts
                expected. 1 by own runs only, which rest on trust in their contributors. To get
                independent re-runs, list runners: see `arbor-ledger signers add --help`.

                """)
        #expect(try ledger.run("merge", "--fail-on", "refuted").status == 1)
        #expect(try ledger.run("conflicts", "--fail-on", "refuted").status == 1)
        #expect(try ledger.run("merge", "--fail-on", "conflict").status == 0)
    }

    @Test func claimWithHalfTheHitsStaysOpen() throws {
        let ledger = try TemporaryLedger.example()
        // About every second run gives a value in this range.
        try ledger.edit(exampleFinding, "[0.45, 0.55]", "[0.45, 0.5]")
        try ledger.commit("Claim less")
        let verdict = try ledger.run("verify", "--format", "json").json()["verdicts"].items[0]
        #expect(try #require(verdict["runs"].number) > 8)
    }

    @Test func editingTheClaimStartsANewAudit() throws {
        let ledger = try TemporaryLedger.example()
        let first = try Set(runs(ledger.run("verify", "--format", "json")).map(\.["seed"].text))
        try ledger.commit("Audit")
        // A change to the prose does not change the claim.
        try ledger.edit(exampleFinding, "All features are equally important.", "Equal importance only.")
        try ledger.commit("Say it shorter")
        #expect(try ledger.run("merge").output.contains("+ half-a-dimension#1  own run, control refuted, toy\n"))

        try ledger.edit(exampleFinding, "[0.45, 0.55]", "[0.44, 0.55]")
        try ledger.commit("Widen")
        let check = try ledger.run("check", "--all").output
        #expect(check.contains("this claim can be re-run, but no run counts yet\n"))
        #expect(
            check.components(separatedBy: "the claim or toy model that it was made for has changed or was removed\n")
                .count == 3,
            "both receipts are stale")
        let second = try Set(runs(ledger.run("verify", "--format", "json")).map(\.["seed"].text))
        #expect(first.isDisjoint(with: second))
        try ledger.commit("Audit again")
        #expect(ledger.names(in: receiptsFolder).count == 4)
        #expect(try ledger.run("show", "half-a-dimension#1").output.contains("    version 2 of this claim\n"))
        // The claim has its first version again, so its old receipts count again.
        try ledger.edit(exampleFinding, "[0.44, 0.55]", "[0.45, 0.55]")
        try ledger.commit("Back")
        #expect(try ledger.run("merge").output.contains("+ half-a-dimension#1  own run, control refuted, toy\n"))
    }

    @Test func reportsAnAlteredByte() throws {
        let ledger = try TemporaryLedger.example()
        _ = try ledger.run("verify")
        try ledger.commit("Audit")
        let path = "\(receiptsFolder)/\(ledger.names(in: receiptsFolder)[0])"
        try ledger.edit(path, "\"runBy\" : \"Ada ", "\"runBy\" : \"Ida ")
        let check = try ledger.run("check", "--format", "json")
        #expect(check.status == 1)
        let found = try check.json()["diagnostics"].items.filter { $0["severity"].text == "error" }
        #expect(found.map(\.["path"].text) == [path])
        #expect(found[0]["code"].text == "bad-receipt")
        #expect(found[0]["message"].text.hasPrefix("the receipt was altered: the digest of its content is "))
    }

    @Test func repeatedRunsAreIdentical() throws {
        let ledger = try TemporaryLedger.example()
        expect(
            try ledger.run("verify", "--repeat"),
            says: """
                ! arbor-ledger: these claims have no recorded runs
                !   -> run `arbor-ledger verify` first
                exit 1

                """)
        _ = try ledger.run("verify")
        let printed = try ledger.run("verify", "--repeat")
        let lines = printed.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "half-a-dimension#1")
        for (seed, line) in lines[1...8].enumerated() {
            #expect(line.hasPrefix("  density 0.3, seed \(seed): 0."))
            #expect(line.hasSuffix("identical"))
        }
        #expect(
            lines[9...].joined(separator: "\n") == """

                16 of 16 repeated values identical to the last bit (controls included); no hit
                flips.
                Next: arbor-ledger merge

                """)
        #expect(ledger.names(in: receiptsFolder).count == 2)
        let json = try ledger.run("verify", "--repeat", "--format", "json").json()
        #expect(json.keys == ["contradictions", "failures", "left", "receipts", "repeats", "signature_problem"])
        #expect(json["repeats"].items.count == 16)
    }

    @Test func retrainsADamagedNetwork() throws {
        let ledger = try TemporaryLedger.example()
        func values() throws -> [String] {
            try runs(ledger.run("verify", "--format", "json")).map { "\($0["index"]) \($0["value"])" }
        }
        let first = try values()
        let folder = networksFolder
        let names = ledger.names(in: folder)
        #expect(names.count == 16)
        func content() throws -> [Data] {
            try names.map { try Data(contentsOf: URL(fileURLWithPath: ledger.place("\(folder)/\($0)"))) }
        }
        let whole = try content()
        for (index, name) in names.enumerated() {
            var bytes = whole[index]
            switch index % 3 {
            case 0: bytes[bytes.count / 2] ^= 1
            case 1: bytes = bytes.prefix(bytes.count / 2)
            default: bytes = Data()
            }
            try bytes.write(to: URL(fileURLWithPath: ledger.place("\(folder)/\(name)")))
        }
        try FileManager.default.removeItem(atPath: ledger.place(receiptsFolder))
        #expect(try values() == first)
        #expect(try content() == whole)
    }

    /// A run that exceeds its budget counts as evidence neither for nor against the claim.
    @Test(arguments: [
        (["steps: 200": "steps: 200000", "minutes: 2": "minutes: 0.0166"], "exceeded the time of its budget"),
        (
            ["features: 60": "features: 1000", "batch: 64": "batch: 8192", "memory_gib: 1": "memory_gib: 0.065"],
            "exceeded the memory of its budget"
        ),
    ]) func runsBeyondTheBudgetAreNotCounted(_ edits: [String: String], _ reason: String) throws {
        let ledger = try TemporaryLedger.example()
        for (old, new) in edits { try ledger.edit(modelFile, old, new) }
        try ledger.commit("Ask for too much")
        let printed = try ledger.run("verify", "--jobs", "8", "--format", "json")
        let verdict = try printed.json()["verdicts"].items[0]
        #expect(["verdict", "hits", "runs"].map { verdict[$0].text } == ["none", "0", "0"])
        #expect(!ledger.exists(receiptsFolder))
        let title = "superposition-geometry/dimensionality at density 0.3"
        for seed in 0..<8 { #expect(printed.errors.contains("no run of \(title), seed \(seed): \(reason)\n")) }
    }

    /// Two people audit at the same time and get the same salt, seeds and values.
    @Test func auditsOfOneClaimMerge() throws {
        let ledger = try TemporaryLedger.example()
        for person in ["ada", "ida"] {
            try ledger.git("checkout", "-q", "-b", person, "main")
            _ = try ledger.run(["verify"], extra: ["GIT_AUTHOR_NAME": person])
            try ledger.commit("Audit by \(person)")
        }
        try ledger.git("checkout", "-q", "main")
        try ledger.git("merge", "-q", "-m", "Merge", "ada", "ida")
        #expect(ledger.names(in: receiptsFolder).count == 4)
        #expect(
            try ledger.run("show", "half-a-dimension#1").output.contains(
                "    density 0.3: 8 of 8 hit, decisive; control refuted: 0 of 8\n"))
    }

    /// Another receipt of the same runs with another value has no effect: the first receipt that entered counts.
    @Test func aForgedReceiptTakesNothingAway() throws {
        let ledger = try TemporaryLedger.example()
        let report = try ledger.run("verify", "--format", "json").json()
        try ledger.commit("Audit")
        let run = try #require(report["runs"].items.first { $0["index"].text == "3" && $0["control"].text == "0" })
        for name in ledger.names(in: receiptsFolder) {
            let text = try ledger.read("\(receiptsFolder)/\(name)")
            guard text.contains("\"decimal\" : \"\(run["value"])\"") else { continue }
            let value = Double(run["value"].text) ?? 0
            let forged = text.replacingOccurrences(of: "\"\(run["value"])\"", with: "\"0.75\"")
                .replacingOccurrences(of: "\"\(hexadecimal(value))\"", with: "\"0x1.8p-1\"")
            try ledger.write("forged", forged)
            let digest = try RunningProcess("/usr/bin/sha256sum", ["forged"], in: ledger.path, [:]).wait().output
                .prefix(64)
            try FileManager.default.moveItem(
                atPath: ledger.place("forged"), toPath: ledger.place("\(receiptsFolder)/\(digest).json"))
        }
        try ledger.commit("Forge a receipt")
        #expect(ledger.names(in: receiptsFolder).count == 3)
        let check = try ledger.run("check")
        #expect(check.status == 0)
        #expect(check.output.contains("[disputed-run]"))
        #expect(try ledger.run("merge").output.contains("half-a-dimension#1  own run, control refuted, toy\n"))
    }

    private func hexadecimal(_ value: Double) -> String {
        String(format: "%a", value)
    }

    /// Claims added in one commit share their salt, seeds and runs.
    @Test func claimsOnOneToyModelShareRuns() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/wide.yaml", finding("Wide", value: "[0.4, 0.6]"))
        try ledger.write("Findings/high.yaml", finding("High", value: "[0.9, 1.1]"))
        try ledger.git("add", "-A")
        try ledger.git("commit", "-q", "--amend", "-m", "Begin")
        let report = try ledger.run("verify", "--format", "json").json()
        #expect(
            report["verdicts"].items.map { "\($0["claim"].text) \($0["verdict"].text)" }
                == ["half-a-dimension#1 verified", "high#1 refuted", "wide#1 verified"])
        #expect(report["receipts"].items.count == 2)
        #expect(Set(report["runs"].items.map(\.["seed"].text)).count == 8)
        #expect(ledger.names(in: networksFolder).count == 16)
    }

    @Test func namesSelectClaims() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/wide.yaml", finding("Wide", value: "[0.4, 0.6]"))
        try ledger.write("Findings/elsewhere.yaml", finding("Elsewhere", tested: "{model: r1, density: 0.3}"))
        try ledger.commit("More")
        let report = try ledger.run("verify", "wide#1", "elsewhere", "--format", "json").json()
        #expect(report["verdicts"].items.map(\.["claim"].text) == ["wide#1"])
        #expect(report["skipped"].description == "[{claim: elsewhere#1, reason: no verifier can measure it}]")
        // Something was done, and then nothing.
        #expect(try ledger.run("verify", "wide#1", "elsewhere").status == 0)
        #expect(try ledger.run("verify", "elsewhere").status == 2)
        expect(
            try ledger.run("verify", "half-a-dimensions"),
            says: """
                ! arbor-ledger: there is no finding or claim "half-a-dimensions"
                !   -> did you mean "half-a-dimension"?
                exit 64

                """)
        #expect(try ledger.run("verify", "--jobs", "0").status == 64)
    }
}
