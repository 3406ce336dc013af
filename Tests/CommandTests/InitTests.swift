import Foundation
import Testing

@Suite struct InitTests {
    @Test func createsALedgerWithoutErrors() throws {
        let ledger = try TemporaryLedger()
        expect(
            try ledger.run("init"),
            says: """
                wrote  .arbor-ledger.yaml
                wrote  Claims/question.yaml
                wrote  Claims/superposition/question.yaml
                wrote  Claims/vocabulary/quantities/dimensions-per-feature.yaml
                wrote  Claims/vocabulary/conditions/density.yaml
                wrote  Claims/vocabulary/conditions/model.yaml
                wrote  Claims/vocabulary/conditions/model/r1.yaml
                wrote  Claims/vocabulary/assumptions/toy-superposition-is-r1s.yaml
                wrote  Findings/half-a-dimension.yaml
                wrote  Verifiers/superposition-geometry/model.yaml
                wrote  Verifiers/superposition-geometry/dimensionality.yaml
                wrote  .editorconfig
                wrote  .gitattributes
                wrote  .github/workflows/ledger.yml
                wrote  .github/workflows/atlas.yml
                wrote  .github/workflows/atlas-comment.yml
                wrote  .gitlab-ci.yml
                wrote  .arbor-ledger/schemas/question.json
                wrote  .arbor-ledger/schemas/vote.json
                wrote  .arbor-ledger/schemas/quantity.json
                wrote  .arbor-ledger/schemas/condition.json
                wrote  .arbor-ledger/schemas/condition-value.json
                wrote  .arbor-ledger/schemas/assumption.json
                wrote  .arbor-ledger/schemas/constraint.json
                wrote  .arbor-ledger/schemas/finding.json
                wrote  .arbor-ledger/schemas/verifier.json
                wrote  .arbor-ledger/schemas/receipt.json
                wrote  .arbor-ledger/schemas/trace.json
                wrote  .arbor-ledger/schemas/annotation.json
                wrote  .arbor-ledger/schemas/codebook.json
                wrote  .arbor-ledger/schemas/kernel.json
                wrote  .arbor-ledger/schemas/resource.json
                wrote  .arbor-ledger/schemas/settings.json
                wrote  .vscode/settings.json
                Installed \(ledger.path)/.git/hooks/pre-commit.
                Installed \(ledger.path)/.git/hooks/pre-merge-commit.
                Installed \(ledger.path)/.git/hooks/pre-push.
                For CI, replace OWNER in .github/workflows/ledger.yml, atlas.yml and atlas-comment.yml, or in .gitlab-ci.yml.
                Next: git add -A && git commit -m 'Begin the ledger', then arbor-ledger verify

                """)
        try ledger.commit("Begin the ledger")
        #expect(try ledger.run("check").status == 0)
        expect(
            try ledger.run("merge"),
            says: """
                How does the model reason?
                  answered (reported only; toys only; 1 of 1 cells); 1 of 1 part answered
                  general models: open; special-purpose models: answered

                  Do sparse features settle into half a dimension each?
                    supported (reported only; toys only; 1 of 1 cells)
                    general models: open; special-purpose models: supported
                    bridges: toy-superposition-is-r1s untested (1 toy claim for yes)
                    + half-a-dimension#1  reported, toy

                Toy claims without a finding on a general model
                  half-a-dimension#1


                """)
        expect(try ledger.run("conflicts"), says: "No two claims disagree.\n")
        #expect(try ledger.run("show", "half-a-dimension").status == 0)
    }

    /// The workflow checks pull requests from forks on a hosted runner, and its job that can write runs no code of theirs.
    @Test func workflowChecksARangeOnAHostedRunner() throws {
        let ledger = try TemporaryLedger.example()
        let workflow = try ledger.read(".github/workflows/ledger.yml")
        #expect(workflow.contains("\npermissions: {contents: read}\n"))
        #expect(workflow.contains("    runs-on: ubuntu-latest #"))
        for word in ["self-hosted", "pull_request_target", "secrets"] { #expect(!workflow.contains(word)) }
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/gate.md")
        #expect(try String(contentsOf: page, encoding: .utf8).contains("```yaml\n\(workflow)```\n"))
        #expect(workflow.contains("with: {command: gate, report: ledger.sarif}"))
        // The script that the action calls for this command.
        let gate = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Scripts/forge/gate.sh")
        try ledger.write("Findings/new.yaml", finding("New").replacing("quantity: dim", with: "quantity: dims"))
        try ledger.commit("New")
        try FileManager.default.createDirectory(atPath: "\(ledger.root)/bin", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: "\(ledger.root)/bin/arbor-ledger", withDestinationPath: binary)
        let variables = [
            "BASE": "HEAD~1", "TIP": "HEAD", "REF": "refs/pull/1/merge", "GITHUB_ACTIONS": "true",
            "PATH": "\(ledger.root)/bin:\(ledger.environment["PATH"] ?? "")",
        ]
        let judged = try RunningProcess(
            "/bin/sh", [gate.path(percentEncoded: false)], in: ledger.path,
            ledger.environment.merging(variables) { $1 }
        ).wait()
        #expect(judged.status == 1)
        #expect(judged.output.contains("::error file=Findings/new.yaml,line=8"), "\(judged)")
    }

    @Test func secondInitWritesNothing() throws {
        let ledger = try TemporaryLedger.example()
        expect(
            try ledger.run("init", "--no-hook"),
            says: """
                exists .arbor-ledger.yaml
                exists .editorconfig
                exists .gitattributes
                exists .github/workflows/ledger.yml
                exists .github/workflows/atlas.yml
                exists .github/workflows/atlas-comment.yml
                exists .gitlab-ci.yml
                exists .arbor-ledger/schemas/question.json
                exists .arbor-ledger/schemas/vote.json
                exists .arbor-ledger/schemas/quantity.json
                exists .arbor-ledger/schemas/condition.json
                exists .arbor-ledger/schemas/condition-value.json
                exists .arbor-ledger/schemas/assumption.json
                exists .arbor-ledger/schemas/constraint.json
                exists .arbor-ledger/schemas/finding.json
                exists .arbor-ledger/schemas/verifier.json
                exists .arbor-ledger/schemas/receipt.json
                exists .arbor-ledger/schemas/trace.json
                exists .arbor-ledger/schemas/annotation.json
                exists .arbor-ledger/schemas/codebook.json
                exists .arbor-ledger/schemas/kernel.json
                exists .arbor-ledger/schemas/resource.json
                exists .arbor-ledger/schemas/settings.json
                exists .vscode/settings.json
                This ledger has records already, so no example was added.
                For CI, replace OWNER in .github/workflows/ledger.yml, atlas.yml and atlas-comment.yml, or in .gitlab-ci.yml.
                Next: git add -A && git commit -m 'Begin the ledger', then arbor-ledger verify

                """)
        #expect(try ledger.git("status", "--short") == "")
    }

    @Test func overwritesNothing() throws {
        let ledger = try TemporaryLedger()
        let mine = "root = true\n"
        try ledger.write(".editorconfig", mine)
        #expect(try ledger.run("init", "--no-hook").output.contains("exists .editorconfig\n"))
        #expect(try ledger.read(".editorconfig") == mine)
        #expect(!ledger.exists(".git/hooks/pre-commit"))
    }

    @Test func currentBranchBecomesTheAuditBranch() throws {
        let ledger = try TemporaryLedger()
        try ledger.git("checkout", "-q", "-b", "trunk")
        #expect(
            try ledger.run("init", "--no-hook").output.contains(
                "The audit branch is trunk: run `git config arbor-ledger.auditBranch trunk`\n"))
        #expect(try ledger.read(".arbor-ledger.yaml").hasPrefix("audit_branch: trunk\n"))
    }

    @Test func rejectsABareRepository() throws {
        let ledger = try TemporaryLedger()
        try ledger.git("init", "-q", "--bare", "bare.git")
        expect(
            try ledger.run(["init"], in: "bare.git"),
            says: """
                ! arbor-ledger: a bare repository has no work tree
                !   -> run in a clone
                exit 2

                """)
    }
}
