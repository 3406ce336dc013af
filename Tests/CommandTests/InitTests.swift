import Foundation
import Testing

@Suite struct InitTests {
    @Test func itBeginsALedgerThatChecksClean() throws {
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
                wrote  .arbor-ledger/schemas/question.json
                wrote  .arbor-ledger/schemas/vote.json
                wrote  .arbor-ledger/schemas/quantity.json
                wrote  .arbor-ledger/schemas/condition.json
                wrote  .arbor-ledger/schemas/condition-value.json
                wrote  .arbor-ledger/schemas/assumption.json
                wrote  .arbor-ledger/schemas/finding.json
                wrote  .arbor-ledger/schemas/verifier.json
                wrote  .arbor-ledger/schemas/receipt.json
                wrote  .arbor-ledger/schemas/settings.json
                wrote  .vscode/settings.json
                Installed \(ledger.path)/.git/hooks/pre-commit.
                Installed \(ledger.path)/.git/hooks/pre-merge-commit.
                Installed \(ledger.path)/.git/hooks/pre-push.
                Next: git add -A && git commit -m 'Begin the ledger', then arbor-ledger verify

                """)
        try ledger.commit("Begin the ledger")
        #expect(try ledger.run("check").status == 0)
        expect(
            try ledger.run("merge"),
            says: """
                How does the model reason?
                  answered (reported only; toys only; 1 of 1 cells); 1 of 1 part answered
                  assuming toy-superposition-is-r1s

                  Do sparse features settle into half a dimension each?
                    supported (reported only; toys only; 1 of 1 cells)
                    assuming toy-superposition-is-r1s
                    bridges: toy-superposition-is-r1s untested
                    + half-a-dimension#1  reported, toy

                Toy claims that no general-model finding answers
                  half-a-dimension#1


                """)
        expect(try ledger.run("conflicts"), says: "No two claims disagree.\n")
        #expect(try ledger.run("show", "half-a-dimension").status == 0)
    }

    @Test func aSecondTimeWritesNothing() throws {
        let ledger = try TemporaryLedger.example()
        expect(
            try ledger.run("init", "--no-hook"),
            says: """
                kept   .arbor-ledger.yaml
                kept   .editorconfig
                kept   .gitattributes
                kept   .github/workflows/ledger.yml
                kept   .arbor-ledger/schemas/question.json
                kept   .arbor-ledger/schemas/vote.json
                kept   .arbor-ledger/schemas/quantity.json
                kept   .arbor-ledger/schemas/condition.json
                kept   .arbor-ledger/schemas/condition-value.json
                kept   .arbor-ledger/schemas/assumption.json
                kept   .arbor-ledger/schemas/finding.json
                kept   .arbor-ledger/schemas/verifier.json
                kept   .arbor-ledger/schemas/receipt.json
                kept   .arbor-ledger/schemas/settings.json
                kept   .vscode/settings.json
                This ledger has records already, so no example was added.
                Next: git add -A && git commit -m 'Begin the ledger', then arbor-ledger verify

                """)
        #expect(try ledger.git("status", "--short") == "")
    }

    @Test func itOverwritesNothing() throws {
        let ledger = try TemporaryLedger()
        let mine = "root = true\n"
        try ledger.write(".editorconfig", mine)
        #expect(try ledger.run("init", "--no-hook").output.contains("kept   .editorconfig\n"))
        #expect(try ledger.read(".editorconfig") == mine)
        #expect(!ledger.exists(".git/hooks/pre-commit"))
    }

    @Test func theBranchThatIsCheckedOutBecomesTheAuditBranch() throws {
        let ledger = try TemporaryLedger()
        try ledger.git("checkout", "-q", "-b", "trunk")
        #expect(
            try ledger.run("init", "--no-hook").output.contains(
                "The audit branch is trunk: tell git with `git config arbor-ledger.auditBranch trunk`\n"))
        #expect(try ledger.read(".arbor-ledger.yaml").hasPrefix("audit_branch: trunk\n"))
    }

    @Test func aBareRepositoryHasNoPlaceForIt() throws {
        let ledger = try TemporaryLedger()
        try ledger.git("init", "-q", "--bare", "bare.git")
        expect(
            try ledger.run(["init"], in: "bare.git"),
            says: """
                ! arbor-ledger: a bare repository has no work tree to write to
                !   -> run in a clone
                exit 2

                """)
    }
}
