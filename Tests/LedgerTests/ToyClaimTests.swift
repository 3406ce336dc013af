import Merging
import Records
import Testing

@Suite struct ToyClaimTests {
    /// A claim answers a toy claim if it is on the same quantity and was tested on a general model or on a bridge's
    /// target model.
    @Test func listsToyClaimsWithoutAGeneralModel() {
        #expect(baseLedger.merge().unansweredToyClaims().map(\.description) == ["half#1"])
        func answered(by model: String) -> [String] {
            let claim = "  - quantity: dims\n    value: [0.4, 0.6]\n    tested: {model: \(model), density: 0.3}"
            return (baseLedger + TestLedger(finding("other", claim))).merge().unansweredToyClaims().map(\.description)
        }
        #expect(answered(by: "r1") == [])
        #expect(answered(by: "cd3b") == ["half#1"])
        #expect(answered(by: "toy") == ["half#1", "other#1"])
    }
}
