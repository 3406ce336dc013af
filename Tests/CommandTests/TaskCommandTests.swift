import Foundation
import Testing

private let deciding = "deciding-run:dimensions-per-feature"
private let decidingFile = "Findings/planned/deciding-run-dimensions-per-feature.yaml"

@Suite struct TaskCommandTests {
    /// Returns the example with a second finding, which has another value at another density, on a general model. The
    /// two findings thus differ in both model and density.
    private func ledger() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Claims/vocabulary/conditions/model/r1.yaml", "title: R1\ngeneral: true\n")
        try ledger.write(
            "Findings/whole.yaml",
            finding(#""Dense: \"whole\" \\ é # dimensions""#, value: "[0.9, 1.1]", tested: "{model: r1, density: 1}"))
        try ledger.commit("Add another")
        return ledger
    }

    private func ids(_ ledger: TemporaryLedger) throws -> [String] {
        try ledger.run("tasks", "--format", "json").json()["tasks"].items.map(\.["id"].text)
    }

    @Test func takesAndSubmitsEveryTask() throws {
        let ledger = try ledger()
        let ids = try ids(ledger)
        #expect(
            ids == [
                deciding, "needs-general-run:superposition", "test-bridge:toy-superposition-is-r1s",
                "test-caveat:half-a-dimension/1",
            ])
        for id in ids {
            try ledger.git("checkout", "-q", "main")
            let taken = try ledger.run("tasks", "take", id)
            #expect(taken.status == 0, "\(taken)")
            let file = String(taken.output.split(separator: "\n")[0].dropFirst("wrote  ".count))
            #expect(try ledger.run("check", file).status == 0)
            let submitted = try ledger.run("submit", file)
            #expect(submitted.status == 0, "\(submitted)")
            #expect(try ledger.git("status", "--porcelain") == "")
        }
    }

    @Test func runsADecidingRun() throws {
        let ledger = try ledger()
        let run = try ledger.run("tasks", "run", deciding, "--seeds", "3")
        #expect(run.status == 0, "\(run)")
        #expect(run.output.contains("0 of 3 on the side of half-a-dimension#1 (0.45 to 0.55)"))
        #expect(run.output.contains("3 of 3 on the side of whole#1 (0.9 to 1.1)"))
        #expect(run.output.contains("Remaining explanations: density.\nRuled out: model.\n"))
        let filed = try ledger.read(decidingFile)
        #expect(filed.contains("    value: [0.9, 1.1]\n    tested: {model: superposition-geometry, density: 1}\n"))
        #expect(filed.contains(", seeds: 3}\n"))
        #expect(filed.contains("status: planned\n"))
        #expect(try ledger.run("check").status == 0)
        // These runs do not count as an audit.
        #expect(ledger.names(in: receiptsFolder) == [])
        let again = try ledger.run("tasks", "run", deciding, "--seeds", "1")
        #expect(again.errors.contains("already taken by deciding-run-dimensions-per-feature"))
        #expect(ledger.exists(decidingFile.replacingOccurrences(of: ".yaml", with: "-2.yaml")))
    }

    @Test func rejectsImpossibleTasks() throws {
        let ledger = try ledger()
        func refused(_ arguments: String...) throws -> String { try ledger.run(["tasks"] + arguments).description }
        #expect(
            try refused("take", "deciding-run:dimensions-per-featur") == """
                ! arbor-ledger: there is no task "deciding-run:dimensions-per-featur"
                !   -> did you mean "\(deciding)"?
                exit 64

                """)
        #expect(
            try refused("run", "needs-general-run:superposition") == """
                ! arbor-ledger: no kernel can run "needs-general-run:superposition"
                !   -> reserve it with `arbor-ledger tasks take needs-general-run:superposition`
                exit 1

                """)
        for value in ["nonsense", "[0.5, 0.4]", "[0.4, 0.5]\nkind: witness", "{any_of: [a]}", "[3, 4]"] {
            #expect(try refused("take", deciding, "--expect", value).hasSuffix("exit 64\n"))
        }
        for date in ["yesterday", "2020-01-01", "2027-02-31", ""] {
            #expect(try refused("take", deciding, "--until", date).hasSuffix("exit 64\n"))
        }
        #expect(!ledger.exists("Findings/planned"))
        try ledger.write(decidingFile, "Something else.\n")
        #expect(
            try refused("take", deciding) == """
                ! arbor-ledger: \(decidingFile) already exists
                !   -> edit it, or move it aside
                exit 1

                """)
        #expect(try ledger.read(decidingFile) == "Something else.\n")
    }

    @Test func rejectsABareRepository() throws {
        let ledger = try ledger()
        try ledger.git("clone", "-q", "--bare", ".", "../bare.git")
        for command in [["take", deciding], ["run", deciding, "--seeds", "1"]] {
            expect(
                try ledger.run(["-C", "../bare.git", "tasks"] + command),
                says: """
                    ! arbor-ledger: a bare repository has no work tree
                    !   -> run in a clone
                    exit 2

                    """)
        }
        #expect(try ledger.run("-C", "../bare.git", "tasks", "--at", "main").status == 0)
    }

    // MARK: Without an assumption

    @Test func listsConclusionsThatDependOnAssumptions() throws {
        let ledger = try ledger()
        try ledger.write("Claims/vocabulary/assumptions/linear.yaml", "statement: Features are linear.\n")
        try ledger.write(
            "Findings/other.yaml", finding("Other", value: "[0.45, 0.6]", more: "assumes: [linear]"))
        try ledger.commit("Assume something else")
        let bridge = "toy-superposition-is-r1s"
        func status(_ arguments: [String]) throws -> String {
            let questions = try ledger.run(["merge", "--format", "json"] + arguments).json()["questions"]
            let claims = questions.first("id", "superposition")["claims"].items.map {
                "\($0["claim"]) \($0["standing"])"
            }
            return "\(questions.first("id", "superposition")["status"].text) \(claims)"
        }
        #expect(try status([]) == #"supported ["half-a-dimension#1 in", "other#1 in"]"#)
        #expect(try status(["--without", bridge]) == #"open ["half-a-dimension#1 out", "other#1 in"]"#)
        #expect(
            try status(["--without", bridge, "--without", "linear"])
                == #"open ["half-a-dimension#1 out", "other#1 out"]"#)
        #expect(try status(["--without", bridge, "--at", "HEAD~1"]) == #"open ["half-a-dimension#1 out"]"#)
        let text = try ledger.run("merge", "--without", bridge, "--without", "linear").output
        #expect(text.contains("~ superposition\n    was supported"))
        #expect(text.contains("pro at superposition -> pro, out at superposition"))
        expect(
            try ledger.run("merge", "--without", "linaer"),
            says: """
                ! arbor-ledger: there is no assumption "linaer"
                !   -> did you mean "linear"?
                exit 64

                """)
        #expect(try ledger.run("merge", "--without", "linear", "--at", "HEAD~1").status == 64)
        #expect(try ledger.run("merge", "--without", "linear", "main").status == 64)
    }
}
