import Foundation
import Testing

@Suite struct DivergedRunTests {
    /// With such a learning rate, training fails, so the runs say nothing about the claim.
    @Test func aRefutationBecauseEveryTrainingDivergedIsNoEvidence() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.edit(modelFile, "learning_rate: 3e-2", "learning_rate: 100")
        try ledger.commit("Train too fast")
        #expect(
            try ledger.run("verify").output == """
                half-a-dimension#1
                  dimensions-per-feature is 0.45 to 0.55, by
                    superposition-geometry/dimensionality
                  density 0.3: 0 of 8 hit, but every training diverged, which is no evidence
                    about the claim
                  open: every training diverged; change the toy model's settings
                1 receipt written under Verifiers/; they count once they are committed on the
                audit branch.
                Next: git add Verifiers && git commit -m 'Add runs', then arbor-ledger merge

                """)
        try ledger.commit("Audit")
        #expect(try ledger.run("merge").output.contains("half-a-dimension#1  open, every training diverged, toy"))
        #expect(try ledger.run("merge", "--fail-on", "refuted").status == 0)
        let shown = try ledger.run("show", "half-a-dimension#1").output.split(whereSeparator: \.isWhitespace)
        #expect(shown.joined(separator: " ").contains("no evidence about the claim"))
        #expect(try ledger.run("verify").output.contains("receipt") == false)
    }
}
