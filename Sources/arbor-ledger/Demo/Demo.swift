import FoundationEssentials
import Words

/// The demo: two people, a conflict, its explanation, the run that decides, and the answer.
struct Demo {
    let stage: DemoStage
    let story: DemoStory
    private let ada = DemoStage.Person(id: "ada", name: "Ada")
    private let bo = DemoStage.Person(id: "bo", name: "Bo")
    private let question = "superposition"

    func play() async throws {
        try await stage.prepare([ada, bo])
        stage.narrate(
            "Two people, one question",
            """
            Ada and Bo study toy networks that store more features than they have dimensions. They share a ledger in git. \
            Every command below is real and runs in a temporary folder; lines that matter less are cut (…).
            """)
        try await beginLedger()
        try await submit(
            story.adasFinding, by: ada, "Ada's finding",
            """
            Ada measured the small network where 30 % of the features are on. She believes that the same holds where only \
            10 % are on. `submit` tries a few seeds before it commits.
            """)
        try await stage.clone(for: bo)
        try await submit(
            story.bosFinding, by: bo, "Bo's finding",
            """
            Bo, in his clone, measured the large network where 10 % of the features are on. He believes that the small one \
            behaves the same way.
            """)
        stage.narrate("Do they disagree?", "The ledger compares what the findings claim and where they were tested.")
        try await stage.run(bo, [.tool("conflicts", "--all")])
        let before: DemoConflicts = try await stage.json(bo, ["conflicts"])
        stage.narrate(nil, narrated(before))
        var bosFindings = [story.bosFinding]
        if let found = before.conflict, found.decidingRun?.verifier != nil {
            bosFindings.append(try await makeDecidingRun("deciding-run:\(found.quantity)", before))
        }
        try await audit(bosFindings.map(slug))
        stage.narrate("The answer", "This is the tree of questions, recomputed from all findings and receipts.")
        try await stage.run(bo, [.tool("merge")], showing: [("", 14)])
        stage.narrate(nil, narrated(try await stage.json(bo, ["merge"]), question))
    }

    private func beginLedger() async throws {
        stage.narrate(
            "Ada begins the ledger",
            """
            `init` writes a ledger with an example. Ada replaces the example by her own question and two toy models, and \
            lists the keys with which she and Bo sign their runs.
            """)
        try await stage.clone(for: ada)
        try await stage.run(ada, [.tool("init")], showing: [("", 3)])
        let root = "\(stage.folder)/\(ada.id)"
        for path in ["Findings", "Verifiers", "Claims/vocabulary/assumptions"] {
            try FileManager.default.removeItem(atPath: "\(root)/\(path)")
        }
        for record in story.ledger { try stage.write(record, of: ada) }
        for person in [ada, bo] {
            try await stage.run(
                ada, [.tool("signers", "add", person.address, "../keys/\(person.id).pub")], showing: [])
        }
        try await stage.run(
            ada,
            [.git("add", "-A"), .git("commit", "-q", "-m", "Begin the ledger"), .git("push", "-q", "origin", "main")])
    }

    /// Shows a finding's claim, submits the finding and merges its branch.
    private func submit(
        _ record: DemoStory.Record, by person: DemoStage.Person, _ heading: String?, _ text: String
    ) async throws {
        stage.narrate(heading, text)
        try stage.write(record, of: person)
        stage.show(record, of: person, showing: [("claims:", 6)])
        try await stage.run(
            person, [.tool("submit", record.path)], showing: [("Self-check", 2), ("  ~ \(question)", 4)])
        try await stage.run(
            person,
            [
                .git("switch", "-q", "main"), .git("merge", "-q", "finding/\(slug(of: record))"),
                .git("push", "-q", "origin", "main"),
            ])
    }

    /// Makes the run and submits its draft as a finding, which is returned.
    private func makeDecidingRun(_ task: String, _ before: DemoConflicts) async throws -> DemoStory.Record {
        stage.narrate(
            "The deciding run",
            "Bo makes it. The tool trains the network, measures it and drafts a finding. That is no evidence yet.")
        try await stage.run(bo, [.tool("tasks", "run", task)])
        let planned = "Findings/planned"
        let folder = "\(stage.folder)/\(bo.id)/\(planned)"
        guard let file = try listFolder(folder).map(\.name).sorted().first,
            case .bytes(let bytes) = try readFile("\(folder)/\(file)", limit: 1 << 16)
        else { throw Refusal(message: "`tasks run` wrote no draft", exitCode: 2) }
        let draft = DemoStory.Record(
            path: "\(planned)/\(file)", text: signedOff(String(decoding: bytes, as: UTF8.self)))
        try await submit(
            draft, by: bo, nil,
            "He reviews the draft, removes `status` and `until`, and submits it as a finding of his.")
        stage.narrate(nil, narrated(try await stage.json(bo, ["conflicts"]), after: before))
        return draft
    }

    /// Returns the text of a planned finding as a published finding: without `status` and `until`.
    private func signedOff(_ draft: String) -> String {
        let lines = draft.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let kept = lines.filter { line in
            !["status:", "until:", "  To sign off:"].contains { line.startsWithBytes($0) }
        }
        return kept.map { $0.startsWithBytes("title:") ? $0.replacing("Planned: ", with: "") : $0 }
            .joined(separator: "\n")
    }

    /// Each person runs the claims of the other.
    private func audit(_ bosClaims: [String]) async throws {
        stage.narrate(
            "Evidence",
            """
            Own runs rest on trust. So each runs the claims of the other, with seeds that derive from a signature: nobody \
            else can know them before. Runs with an untrained network are the control; they must miss the claimed range.
            """)
        for (person, claims) in [(bo, [slug(of: story.adasFinding)]), (ada, bosClaims)] {
            let pull = DemoStage.Call.git("pull", "-q", "origin", "main")
            let verify = DemoStage.Call(program: "arbor-ledger", arguments: ["verify"] + claims)
            try await stage.run(person, [pull])
            try await stage.run(person, [verify], showing: claims.map { ("\($0)#1", 5) })
            try await stage.run(
                person,
                [
                    .git("add", "Verifiers"), .git("commit", "-q", "-m", "Runs by \(person.name)"),
                    .git("push", "-q", "origin", "main"),
                ])
            let verdicts: DemoVerdicts = try await stage.json(person, ["verify"] + claims)
            stage.narrate(nil, narrated(verdicts))
        }
        try await stage.run(bo, [.git("pull", "-q", "origin", "main")])
    }

    private func slug(of record: DemoStory.Record) -> String {
        record.path.split(separator: "/").last.map { String($0.dropLast(".yaml".utf8.count)) } ?? ""
    }
}
