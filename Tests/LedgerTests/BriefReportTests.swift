import Testing

@testable import Merging
@testable import Reports

@Suite struct BriefReportTests {
    private func brief(_ text: String) -> BriefReport {
        var ledger = baseLedger
        ledger.files.removeAll { $0.path.hasPrefix("Findings/") }
        return BriefReport((ledger + TestLedger(text)).merge(), today: TestLedger.today)
    }

    private func accuracy(_ value: String, model: String, _ more: String = "") -> String {
        "  - {quantity: accuracy, value: \(value), tested: {model: \(model), task: maze, layer: 4}\(more)}"
    }

    /// Each leaf is listed once: with its answer for general models, else with that for special-purpose models, else as
    /// open.
    @Test func listsEachLeafByWhatIsKnownOfIt() {
        let report = brief(
            finding("general", accuracy("[0.6, 0.8]", model: "r1", ", assumes: [probe-is-faithful]"))
                + finding("half", "  - {quantity: dims, value: [1.5, 1.6], tested: {model: toy, density: 0.3}}"))
        let text = report.written()
        #expect(
            text.contains(
                """
                What can the models do?
                  open
                  general models: yes: countdown
                  open: 1 of 2: order
                  evidence: reported only; general models
                  next: nobody-has-looked:skill/order: no claim is about it yet: measure order

                Do sparse features settle into half a dimension each?
                  refuted
                  only special-purpose models: no: toy
                  evidence: reported only; toys only
                  next: untested-cell:toy: test density 0.9; 1 of 2 cells untested
                """), "\(text)")
    }

    @Test func namesDisputesAndDependences() {
        let dispute = brief(
            finding("low", accuracy("[0.1, 0.2]", model: "r1")) + finding("high", accuracy("[0.8, 0.9]", model: "r1")))
        #expect(dispute.written().contains("  general models: in dispute: countdown\n"))
        let dependence = brief(
            finding("low", accuracy("[0.1, 0.2]", model: "r1"))
                + finding("high", accuracy("[0.8, 0.9]", model: "r1").replacing("layer: 4", with: "layer: 5")))
        #expect(dependence.written().contains("  general models: depends on settings: countdown\n"))
        #expect(dependence.written("json").contains("\"depends\" : [\n          \"skill/countdown\""))
    }
}
