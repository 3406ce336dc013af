import Checking
import Evidence
import Records
import Reports
import Testing

@Suite struct RepeatPlanTests {
    private func ledger(_ cores: [String]) throws -> TestLedger {
        var ledger = baseLedger
        for core in cores { try ledger.addRuns(of: "half", [0.5, nil], blasCore: core) }
        return ledger
    }

    /// Returns lines with the number of runs, the core type that repeats them, and the core types that recorded them.
    private func outline(_ recorded: [String], here: [String]) throws -> [String] {
        let ledger = try ledger(recorded)
        let plan = RepeatPlan(
            auditedClaims(ledger), ledger.check().state.receipts, ledger.trail(ledger.check()),
            TraceSamples(ledger.check(), ledger.trail(ledger.check())), coreTypes: here)
        return Dictionary(grouping: plan.recorded) { plan.studies[$0.key.study].training.coreType ?? "its own" }
            .map { core, runs in
                "\(runs.count) on \(core): \(Set(runs.flatMap { $0.value.map(\.platform.blasCore) }).sorted().joined(separator: " "))"
            }.sorted()
    }

    @Test func repeatsRunsOnTheirCoreType() throws {
        let both = ["SkylakeX", "Haswell"]
        #expect(try outline(["Haswell"], here: both) == ["2 on Haswell: Haswell"])
        #expect(try outline(["SkylakeX"], here: both) == ["2 on SkylakeX: SkylakeX"])
        #expect(
            try outline(["SkylakeX", "Haswell"], here: both) == ["2 on Haswell: Haswell", "2 on SkylakeX: SkylakeX"])
        #expect(try outline(["SkylakeX"], here: ["Haswell"]) == ["2 on Haswell: SkylakeX"])
        #expect(try outline(["SkylakeX", "Haswell"], here: ["Haswell"]) == ["2 on Haswell: Haswell SkylakeX"])
        #expect(try outline(["neoversen1"], here: []) == ["2 on its own: neoversen1"])
    }

    /// A run is made once, although several receipts record it. Receipts that repeat others are not repeated.
    @Test func repeatsEachRunOnce() throws {
        var ledger = baseLedger
        let first = try ledger.addRuns(of: "half", [0.5, nil], runBy: "A. Auditor")
        try ledger.addRuns(of: "half", [1.5], runBy: "C. Auditor")
        try ledger.addRuns(of: "half", [0.5], repeats: first)
        var plan = RepeatPlan(
            auditedClaims(ledger), ledger.check().state.receipts, ledger.trail(ledger.check()),
            TraceSamples(ledger.check(), ledger.trail(ledger.check())), coreTypes: ["Haswell"])
        #expect(plan.recorded[PlannedRun(study: 0, index: 0)]?.count == 2)
        #expect(plan.recorded[PlannedRun(study: 0, index: 1)]?.count == 1)
        #expect(plan.plan { _ in false }.queue.workload(cores: 1).runs == 2)
        var random = SeededGenerator(1)
        plan.sample(1, using: &random)
        #expect(plan.recorded.count == 1)
    }
}
