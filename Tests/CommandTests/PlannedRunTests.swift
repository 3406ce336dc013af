import Foundation
import Records
import Testing
import Words

/// Runs that are planned in a ledger and made elsewhere, with real keys. Tests/slurm tests the same on a real cluster.
@Suite struct PlannedRunTests {
    private func community() throws -> TemporaryLedger { try TemporaryLedger.community(runners: ["ada", "bob"]) }

    /// Makes one shard like a machine that has neither the ledger nor a key.
    private func makeShard(_ shard: String, of folder: String, in ledger: TemporaryLedger) throws -> ProcessResult {
        let node = "\(ledger.root)/node"
        try FileManager.default.createDirectory(atPath: node, withIntermediateDirectories: true)
        return try ledger.run(
            ["verify", "--shard", shard, "--into", folder, "--jobs", "2"], in: node, extra: ["HOME": node])
    }

    private func results(in folder: String, of ledger: TemporaryLedger) -> [String] {
        ledger.names(in: "\(folder)/results")
    }

    /// Writes a file for the same run as another one, with the digest of its content in its name.
    private func save(_ content: Data, as file: String, in plan: String, of ledger: TemporaryLedger) throws {
        let run = file.prefix { $0 != "." }
        try content.write(
            to: URL(fileURLWithPath: "\(plan)/results/\(run).\(sha256(of: Array(content)).prefix(12)).json"))
    }

    @Test func shardsMakeTheRunsOfAPlan() throws {
        let ledger = try community()
        let bob = ledger.person("bob")
        let plan = "\(ledger.root)/plan"
        let printed = try bob.run("verify", "--plan", plan)
        #expect(printed.output.contains("8 runs of 1 study planned in \(plan)"), "\(printed)")
        for shard in ["2/3", "1/3", "3/3", "3/3"] {
            #expect(try makeShard(shard, of: plan, in: ledger).status == 0)
        }
        #expect(results(in: plan, of: ledger).count == 8)

        // The plan has Bob's seeds, which he alone can use.
        let foreign = try ledger.person("ada").run("verify", "--collect", plan)
        #expect(foreign.status == 1)
        #expect(foreign.errors.contains("the seeds of this plan are those of \(try bob.key.text)"), "\(foreign)")
        #expect(try ledger.git("status", "--porcelain") == "")

        let collected = try bob.run("verify", "--collect", plan)
        #expect(collected.errors.contains("8 results of 8 runs in \(plan); 8 in no receipt yet"), "\(collected)")
        #expect(collected.output.words.contains("1 receipt, signed, written under Verifiers/"))
        #expect(collected.output.words.contains("plan them with `arbor-ledger verify --plan FOLDER`"))
        let receipts = try ledger.receipts(of: bob)
        #expect(receipts.flatMap(\.statement.predicate.runs).map(\.index).sorted() == Array(0..<8))
        // The values are those of runs on this machine.
        let repeated = try bob.run("verify", "--repeat")
        #expect(repeated.output.words.contains("8 of 8 repeated values identical to the last bit"), "\(repeated)")
        try bob.commit("Runs of a plan")
        try ledger.expectStanding("+ re-run, toy")
        #expect(try ledger.errors() == [])
        #expect(try ledger.run("check", "HEAD~1..HEAD").status == 0)

        // Nothing is collected twice.
        let again = try bob.run("verify", "--collect", plan)
        #expect(again.errors.contains("8 results of 8 runs in \(plan); 0 in no receipt yet"), "\(again)")
        #expect(try ledger.git("status", "--porcelain") == "")

        // The next plan has the runs of the control; the one after that has none.
        for (number, runs) in [(2, 8), (3, 0)] {
            let next = "\(ledger.root)/plan-\(number)"
            let printed = try bob.run("verify", "--plan", next)
            #expect(
                printed.output.contains(runs == 0 ? "No claim needs runs." : "\(runs) runs of 1 study"), "\(printed)")
            #expect(try makeShard("1/1", of: next, in: ledger).status == 0)
            #expect(try bob.run("verify", "--collect", next).status == 0)
            try bob.git("add", "-A")
            try bob.git("commit", "-q", "--allow-empty", "-m", "Wave \(number)")
        }
        try ledger.expectStanding("+ controlled, toy")
    }

    /// A plan contains neither the key nor the token, from which later seeds could be computed.
    @Test func aPlanHoldsNoSecret() throws {
        let ledger = try community()
        let bob = ledger.person("bob")
        try bob.run("verify", "--plan", "\(ledger.root)/plan").requireSuccess()
        let text = try ledger.read("\(ledger.root)/plan/plan.json")
        try makeShard("1/1", of: "\(ledger.root)/plan", in: ledger).requireSuccess()
        try bob.run("verify", "--collect", "\(ledger.root)/plan").requireSuccess()
        let seeding = try #require(try ledger.receipts(of: bob).first).statement.predicate.seeding
        let signature = try #require(seeding?.signature)
        #expect(!text.contains(signature))
        let secret = try ledger.read(bob.keyFile).split(separator: "\n")
        #expect(secret.dropFirst().dropLast().allSatisfy { !text.contains($0) })
        let mode = try FileManager.default.attributesOfItem(atPath: "\(ledger.root)/plan")[.posixPermissions]
        #expect(mode as? Int == 0o700)
    }

    /// A file in the folder of results counts only if it is the result of a planned run.
    @Test func otherFilesAreNoResults() throws {
        let ledger = try community()
        let bob = ledger.person("bob")
        let plan = "\(ledger.root)/plan"
        try bob.run("verify", "--plan", plan).requireSuccess()
        try makeShard("1/1", of: plan, in: ledger).requireSuccess()
        let files = results(in: plan, of: ledger)
        let texts = try files.map { try ledger.read("\(plan)/results/\($0)") }
        for file in files { try FileManager.default.removeItem(atPath: "\(plan)/results/\(file)") }
        func changed(_ number: Int, _ key: String, _ change: (inout [String: Any]) -> Void) throws {
            var object = try #require(
                JSONSerialization.jsonObject(with: Data(texts[number].utf8)) as? [String: Any])
            if key.isEmpty {
                change(&object)
            } else {
                var part = try #require(object[key] as? [String: Any])
                change(&part)
                object[key] = part
            }
            try save(try JSONSerialization.data(withJSONObject: object), as: files[number], in: plan, of: ledger)
        }
        try changed(0, "run") { $0["seed"] = "0123456789abcdef" }
        try changed(1, "run") { $0["index"] = 77 }
        try changed(2, "") { $0["study"] = String(repeating: "a", count: 64) }
        try changed(3, "run") { $0["values"] = [String: Any]() }
        try changed(4, "run") { run in
            var values = run["values"] as? [String: Any]
            values?["dimensions-per-feature"] = ["decimal": "0.5", "hex": "0x1p+9"]
            run["values"] = values
        }
        try save(Data(texts[5].prefix(40).utf8), as: files[5], in: plan, of: ledger)
        try ledger.write("\(plan)/results/\(files[6])", "")
        try ledger.write("\(plan)/results/\(files[7])", texts[7] + "\n")
        let printed = try bob.run("verify", "--collect", plan)
        #expect(printed.status == 0)
        #expect(printed.errors.contains(".json is not a result"), "\(printed)")
        #expect(printed.errors.contains("\(files[6]) was changed after its shard wrote it"), "\(printed)")
        #expect(printed.errors.contains("\(files[7]) was changed after its shard wrote it"), "\(printed)")
        #expect(printed.errors.contains("; 0 in no receipt yet"))
        #expect(try ledger.git("status", "--porcelain") == "")
        // The runs whose files cannot be read are made again.
        try makeShard("1/1", of: plan, in: ledger).requireSuccess()
        #expect(try bob.run("verify", "--collect", plan).errors.contains("; 3 in no receipt yet"))
    }

    /// Two different results of one run contradict each other. Both are kept, and none is chosen.
    @Test func contradictingResultsAreBothRecorded() throws {
        let ledger = try community()
        let bob = ledger.person("bob")
        let plan = "\(ledger.root)/plan"
        try bob.run("verify", "--plan", plan).requireSuccess()
        try makeShard("1/1", of: plan, in: ledger).requireSuccess()
        let file = try #require(results(in: plan, of: ledger).first)
        let text = try ledger.read("\(plan)/results/\(file)")
        // A second result with the same values, as from a node that was wrongly reported as dead.
        try save(Data((text + "\n").utf8), as: file, in: plan, of: ledger)
        #expect(try bob.run("verify", "--collect", plan).errors.contains("9 results of 8 runs"))
        #expect(try ledger.receipts(of: bob).count == 1)
        var object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        var run = try #require(object["run"] as? [String: Any])
        var values = try #require(run["values"] as? [String: Any])
        values["dimensions-per-feature"] = ["decimal": "0.75", "hex": "0x1.8p-1"]
        run["values"] = values
        object["run"] = run
        try save(try JSONSerialization.data(withJSONObject: object), as: file, in: plan, of: ledger)
        let disputed = try bob.run("verify", "--collect", plan)
        #expect(disputed.errors.contains("1 result differs from another result of the same run"), "\(disputed)")
        #expect(try ledger.receipts(of: bob).count == 2)
        // The printed count equals the count that the ledger gives after the commit.
        let counted = try #require(disputed.output.firstMatch(of: /density 0.3: (\d of \d) hit/))
        try bob.commit("Both")
        #expect(try ledger.run("show", "half-a-dimension#1").output.contains("density 0.3: \(counted.1) hit"))
        #expect(try ledger.run("merge").output.contains("half-a-dimension#1"))
        #expect(try bob.run("verify", "--collect", plan).errors.contains("; 0 in no receipt yet"))
    }

    @Test func changedRecordsOfAPlanAreRefused() throws {
        let ledger = try community()
        let plan = "\(ledger.root)/plan"
        try ledger.person("bob").run("verify", "--plan", plan).requireSuccess()
        try ledger.edit("\(plan)/records/\(modelFile)", "steps: 200", "steps: 100")
        let printed = try makeShard("1/1", of: plan, in: ledger)
        #expect(printed.status == 2)
        #expect(printed.errors.contains("is not the one of the plan\n  -> make a new plan"), "\(printed)")
        #expect(results(in: plan, of: ledger) == [])
    }

    /// A plan from another person cannot name files outside its folder or switch a sandbox off.
    @Test(arguments: [
        ("\"seed\":\"", "\"seed\":\"x/../../../y"), ("\"digest\":\"", "\"digest\":\"../../z"),
        ("\"index\":0,", "\"index\":-1,"), ("\"study\":0}", "\"study\":-1}"), ("\"runs\":[", "\"runs\":[7,"),
    ]) func oddPlansAreRefused(old: String, new: String) throws {
        let ledger = try community()
        let plan = "\(ledger.root)/plan"
        try ledger.person("bob").run("verify", "--plan", plan).requireSuccess()
        try ledger.edit("\(plan)/plan.json", old, new)
        let printed = try makeShard("1/1", of: plan, in: ledger)
        #expect(printed.status == 2)
        #expect(printed.errors.contains("plan.json cannot be read"), "\(printed)")
        #expect(results(in: plan, of: ledger) == [])
        #expect(!ledger.exists("\(ledger.root)/y") && !ledger.exists("\(plan)/z"))
    }

    /// Results of another kind of platform do not continue the earlier sequence, so the next plan contains their runs
    /// again.
    @Test func anotherPlatformContinuesNothing() throws {
        let ledger = try community()
        let bob = ledger.person("bob")
        for number in 1...2 {
            try bob.run("verify", "--plan", "\(ledger.root)/plan-\(number)").requireSuccess()
            try makeShard("1/1", of: "\(ledger.root)/plan-\(number)", in: ledger).requireSuccess()
            if number == 1 { try bob.run("verify", "--collect", "\(ledger.root)/plan-1").requireSuccess() }
        }
        let plan = "\(ledger.root)/plan-2"
        let changed = results(in: plan, of: ledger).sorted().prefix(4)
        for file in changed {
            let text = try ledger.read("\(plan)/results/\(file)").replacing("OpenBLAS ", with: "OtherBLAS ")
            try FileManager.default.removeItem(atPath: "\(plan)/results/\(file)")
            let digest = sha256(Array(text.utf8)).prefix(12)
            try ledger.write("\(plan)/results/\(file.prefix(33)).\(digest).json", text)
        }
        let printed = try bob.run("verify", "--collect", plan)
        #expect(
            printed.errors.contains("4 results are from another kind of platform than the runs before"), "\(printed)")
        #expect(printed.errors.contains("; 8 in no receipt yet"))
        try bob.run("verify", "--plan", "\(ledger.root)/plan-3").requireSuccess()
        let next = try ledger.read("\(ledger.root)/plan-3/plan.json")
        #expect(
            next.matches(of: /"seed":"([0-9a-f]+)"/).map { String($0.1) }.sorted()
                == changed.map { String($0.dropFirst(17).prefix(16)) }.sorted())
    }

    /// Collecting runs of other machines does not lose finished runs of this machine.
    @Test func collectingKeepsFinishedRunsOfThisMachine() throws {
        let ledger = try community()
        let bob = ledger.person("bob")
        let plan = "\(ledger.root)/plan"
        try bob.run("verify", "--plan", plan).requireSuccess()
        try makeShard("1/1", of: plan, in: ledger).requireSuccess()
        try bob.run("verify", "--budget", "0.000001").requireSuccess()
        let folder = ".git/arbor-ledger/runs"
        let before = ledger.names(in: folder)
        try bob.run("verify", "--collect", plan).requireSuccess()
        #expect(ledger.names(in: folder) == before)
    }

    @Test func aFolderHoldsOnePlan() throws {
        let ledger = try community()
        let bob = ledger.person("bob")
        let plan = "\(ledger.root)/plan"
        try bob.run("verify", "--plan", plan).requireSuccess()
        expect(
            try bob.run("verify", "--plan", plan),
            says: """
                ! arbor-ledger: \(plan) holds a plan already
                !   -> name a new folder
                exit 1

                """)
        expect(
            try bob.run("verify", "--collect", "\(ledger.root)/none"),
            says: """
                ! arbor-ledger: \(ledger.root)/none holds no plan
                !   -> make one: arbor-ledger verify --plan FOLDER
                exit 1

                """)
    }

    // MARK: Profiles

    @Test func mistakesOfAProfileAreShownWithTheirLine() throws {
        let ledger = try community()
        let profile = "\(ledger.root)/arbor-ledger/clusters/lab.yaml"
        func expectMistake(_ text: String, _ message: String, line: Int) throws {
            try ledger.write(profile, text)
            let printed = try ledger.person("bob").run("verify", "--on", "lab", "--status")
            #expect(printed.status == 1)
            #expect(printed.errors.contains("\(profile):\(line): \(message)"), "\(printed)")
        }
        try expectMistake("scheduler: slurn\n", "\"scheduler\" cannot be \"slurn\"", line: 1)
        try expectMistake("scheduler: slurm\nslots: 0\n", "\"slots\" must be", line: 2)
        try expectMistake("scheduler: slurm\nslot: 3\n", "a cluster profile has no key \"slot\"", line: 2)
        try expectMistake(
            "scheduler: slurm\nfolder: scratch\n", "\"folder\" must be an absolute path, not scratch", line: 2)
        try expectMistake(
            "scheduler: pbs\nsubmit: [qsub]\n", "\"submit\" is only for `scheduler: other`", line: 2)
        try expectMistake(
            "scheduler: other\n", "a cluster profile with `scheduler: other` needs \"submit\"", line: 1)
        try expectMistake("slots: 3\n", "a cluster profile needs \"scheduler\"", line: 1)
        let unknown = try ledger.person("bob").run("verify", "--on", "lap", "--status")
        #expect(
            unknown.errors.contains("there is no cluster profile \"lap\"\n  -> did you mean \"lab\"?"), "\(unknown)")
    }

    /// New files of many users can be changed by their group. The folders of jobs must not be changed by others.
    @Test func othersCannotChangeTheFoldersOfJobs() throws {
        let ledger = try community()
        try ledger.write("\(ledger.root)/arbor-ledger/clusters/lab.yaml", lab + "folder: \(ledger.root)/shared\n")
        try FileManager.default.createDirectory(atPath: "\(ledger.root)/shared", withIntermediateDirectories: true)
        // Configures the key of the signatures.
        try ledger.person("ada").run("verify", "--on", "lab", "--status").requireSuccess()
        let printed = try RunningProcess(
            "/bin/sh", ["-c", "umask 002; exec \(binary) verify --on lab --detach"], in: ledger.path,
            ledger.environment
        ).wait()
        #expect(printed.errors.contains("no-such-program is not installed here"), "\(printed)")
        let own = try #require(ledger.names(in: "\(ledger.root)/shared").first)
        for folder in [own, "\(own)/lab"] {
            let mode = try FileManager.default.attributesOfItem(atPath: "\(ledger.root)/shared/\(folder)")[
                .posixPermissions]
            #expect((mode as? Int).map { $0 & 0o022 } == 0)
        }
        // A link in place of the folder leads elsewhere.
        try FileManager.default.removeItem(atPath: "\(ledger.root)/shared/\(own)")
        try FileManager.default.createSymbolicLink(
            atPath: "\(ledger.root)/shared/\(own)", withDestinationPath: "\(ledger.root)/shared")
        let refused = try ledger.person("ada").run("verify", "--on", "lab", "--detach")
        #expect(refused.status == 2)
        #expect(refused.errors.contains("shared/\(own) is not a folder of your own"), "\(refused)")
    }

    @Test func aMissingSchedulerIsNamed() throws {
        let ledger = try community()
        let bob = ledger.person("bob")
        try ledger.write("\(ledger.root)/arbor-ledger/clusters/lab.yaml", lab)
        let printed = try bob.run("verify", "--on", "lab")
        #expect(printed.status == 2)
        #expect(printed.errors.contains("no-such-program is not installed here, so that no job can be submitted"))
        let status = try bob.run("verify", "--on", "lab", "--status")
        #expect(status.output.contains("half-a-dimension#1 at density 0.3: 0 of 0 hit, 8 planned"), "\(status)")
    }
}

/// A profile whose scheduler is not installed.
private let lab =
    "scheduler: other\nsubmit: [no-such-program]\nstatus: [no-such-program]\nindex: N\nrunning: [R]\n"
