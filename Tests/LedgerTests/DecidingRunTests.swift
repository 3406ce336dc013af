import Records
import Testing

@testable import Merging

/// Tests that suggested runs are possible and cheap.
@Suite struct DecidingRunTests {
    private func claim(_ value: String, _ model: String, _ task: String, _ layer: Int = 4) -> String {
        "  - {quantity: accuracy, value: \(value), tested: {model: \(model), task: \(task), layer: \(layer)}}"
    }

    private func decidingRun(_ claims: [(slug: String, claim: String)], _ more: String = "") -> String? {
        var ledger = baseLedger
        ledger.files.removeAll { $0.path == "Findings/solved.yaml" }
        let findings = claims.map { finding($0.slug, $0.claim) }.joined()
        return (ledger + TestLedger(findings + more)).merge().disagreement(on: "accuracy")?.decidingRun?.phrase
    }

    private let low = "[0.1, 0.3]"
    private let high = "[0.6, 0.8]"

    @Test func aConstraintExcludesCells() {
        let claims = [("low", claim(low, "cd3b", "countdown")), ("high", claim(high, "r1", "maze"))]
        #expect(decidingRun(claims) == "repeat high#1 with model cd3b")
        let constraint = """
            --- Claims/vocabulary/constraints/cd3b-tasks.yaml
            when: {model: [cd3b]}
            only: {task: [countdown]}

            """
        #expect(decidingRun(claims, constraint) == "repeat high#1 with task countdown")
    }

    @Test func aModelHasNoLayerBeyondItsBlocks() {
        let claims = [("low", claim(low, "r1", "countdown", 10)), ("high", claim(high, "cd3b", "countdown", 8))]
        #expect(decidingRun(claims) == "repeat high#1 with layer 10")
        let small = """
            --- Claims/vocabulary/conditions/model/cd3b.yaml
            title: Qwen2.5-3B trained on countdown
            family: qwen2.5
            size: 3B
            blocks: 9

            """
        #expect(decidingRun(claims, small) == "repeat high#1 with model r1")
    }

    /// The kernel of the toy cannot run at density 0, so the run is made on the other model.
    @Test func aToyRunsOnlyWhereItsKernelCan() throws {
        func run(_ density: String) throws -> DecidingRun {
            func dims(_ value: String, _ model: String, _ density: String) -> String {
                "  - {quantity: dims, value: \(value), tested: {model: \(model), density: \(density)}}"
            }
            let merge =
                (baseLedger
                + TestLedger(
                    """
                    --- Claims/vocabulary/conditions/density.yaml
                    title: Share of features that are on
                    values: [0, 0.3, 0.9]

                    """ + finding("half", dims("[0.1, 0.2]", "toy", "0.9"))
                        + finding("real", dims("[1.5, 1.6]", "r1", density))))
                .merge()
            return try #require(merge.disagreement(on: "dims")?.decidingRun)
        }
        let possible = try run("0.3")
        #expect(possible.cell == ["model": "toy", "density": "0.3"] && possible.verifier == "toy/dims")
        let impossible = try run("0")
        #expect(impossible.cell == ["model": "r1", "density": "0.9"] && impossible.verifier == nil)
    }

    /// A run of the cell with both new settings changes two of `high`, but only one of `high-too`.
    @Test func aChallengeChangesAsLittleAsPossible() {
        let claims = [
            ("high", claim(high, "r1", "maze")), ("high-too", claim(high, "cd3b", "maze")),
            ("low", claim(low, "r1", "countdown")), ("other", claim(low, "cd3b", "countdown", 8)),
        ]
        #expect(decidingRun(claims) == "repeat high-too#1 with layer 8")
    }
}
