import Checking
import Evidence
import Records
import Reports
import Testing

/// Returns the claims that a kernel can re-run.
func auditedClaims(_ ledger: TestLedger) -> [AuditedClaim] {
    let ledger = ledger.check()
    return ledger.state.findings.values.sorted { $0.slug < $1.slug }.flatMap { finding in
        finding.claims.compactMap { claim in
            ledger.verification(of: claim).map {
                AuditedClaim(
                    claim: claim, finding: finding, verification: $0, seeds: SeedSource(salt: TestLedger.auditCommit))
            }
        }
    }
}

func planned(
    _ ledger: TestLedger, recorded: RunSequences = RunSequences(), settled: [Bool: Verdict] = [:],
    isCached: @escaping @Sendable (Network) -> Bool = { _ in false }
) -> AuditPlan {
    let claims = auditedClaims(ledger)
    let studies = studiesToRun(claims, TraceSamples(ledger.check(), AuditTrail()))
    let sequences = studies.map { recorded[$0.study].first ?? emptySequence($0) }
    return AuditPlan(
        claims, studies, sequences: sequences, recorded: recorded, alpha: 0.05,
        settled: { settled[$1.isControl] }, isCached: isCached)
}

private func emptySequence(_ study: StudyToRun) -> RunSequence {
    RunSequence(
        RunSequence.Key(
            seeds: study.seeds, platform: PlatformKind(architecture: "x86_64", blasCore: "Haswell", blas: "0.3.21"),
            runner: .early), seedKey: nil, entry: 0)
}

/// Returns a toy model whose training time depends on its number of features, and a claim on it.
func toy(_ slug: String, features: Int, value: String = "[0.45, 0.55]") -> TestLedger {
    TestLedger(
        """
        --- Verifiers/\(slug)/model.yaml
        title: Toy model \(slug)
        contributors: [A. Handle]
        abstracts: toy
        kernel: toy
        config: {features: \(features)}
        budget: {minutes: 2, memory_gib: 1}
        --- Verifiers/\(slug)/dims.yaml
        measurement: dimensionality
        measures: [dims]
        conditions: [density]

        """
            + finding(
                slug,
                "  - {quantity: dims, value: \(value), tested: {model: \(slug), density: 0.3}, verify: \(slug)/dims}"))
}

/// A second measurement of the base ledger's toy model, without a control.
let secondMeasurement = TestLedger(
    """
    --- Verifiers/toy/again.yaml
    measurement: dimensionality
    measures: [dims]
    conditions: [density]

    """
        + finding(
            "whole", "  - {quantity: dims, value: [0.9, 1], tested: {model: toy, density: 0.3}, verify: toy/again}"))

extension AuditPlan {
    /// The name of a run, such as `toy/dims at density 0.3, seed 4`.
    fileprivate func name(_ run: PlannedRun) -> String { "\(studies[run.study].title), seed \(run.index)" }

    fileprivate mutating func nextName(within seconds: Double = .infinity) -> String? {
        queue.next(within: seconds).map(name)
    }

    fileprivate mutating func take() throws -> PlannedRun {
        let run = queue.next()
        return try #require(run)
    }

    /// Finishes the next planned run with this value and returns the name of the run.
    fileprivate mutating func doNext(_ value: Double?, seconds: Double = 21, trainingSeconds: Double? = 20) -> String {
        guard let run = queue.next() else { return "nothing" }
        if trainingSeconds != nil { queue.networkIsReady(of: run) }
        finish(run, done(run, value), seconds: seconds, trainingSeconds: trainingSeconds)
        return name(run)
    }

    func done(_ run: PlannedRun, _ value: Double?) -> Statement.Run {
        Statement.Run(
            index: run.index, seed: studies[run.study].network(run.index).seed, seconds: 1,
            values: value.map { ["dims": Statement.Run.Value($0)] }, failure: value == nil ? "it diverged" : nil)
    }
}

@Suite struct AuditPlanTests {
    @Test func plansNothingWithoutAVerifier() {
        let plan = planned(
            baseLedger
                + TestLedger(
                    finding("half", "  - {quantity: dims, value: [0.4, 0.6], tested: {model: r1, density: 0.3}}")))
        #expect(plan.queue.workload(cores: 2) == Workload(cores: 2))
    }

    /// The plan announces the smallest number of runs that can decide the claim. It includes the control's runs, which
    /// are needed if the claim is verified.
    @Test func announcesTheWorkload() {
        let plan = planned(baseLedger)
        #expect(plan.queue.workload(cores: 2).phrase == "16 runs of 2 studies, 8 trainings, about 88 s on 2 cores")
        // The two claims and the control share eight networks.
        let both = planned(baseLedger + secondMeasurement)
        #expect(both.queue.workload(cores: 2).phrase == "24 runs of 3 studies, 8 trainings, about 2 min on 2 cores")
        #expect(both.queue.workload(cores: 1).phrase == "24 runs of 3 studies, 8 trainings, about 3 min on 1 core")
        // A single run never uses several cores.
        #expect(both.queue.workload(cores: 64).phrase == "24 runs of 3 studies, 8 trainings, about 21 s on 64 cores")
    }

    /// One hit more or less can decide whether an audit runs up to the limit. The largest number of runs is therefore
    /// announced too.
    @Test func announcesTheMostRuns() throws {
        #expect(
            planned(baseLedger).announcement(cores: 2)
                == "at least 16 runs of 2 studies, 8 trainings, about 88 s on 2 cores; at most 256 runs, about 23 min")
        let exact = AuditPlan(
            exactly: [PlannedRun(study: 0, index: 0)],
            of: studiesToRun(auditedClaims(baseLedger), TraceSamples(baseLedger.check(), AuditTrail()))
        ) {
            _ in
            false
        }
        #expect(exact.announcement(cores: 2) == exact.queue.workload(cores: 2).phrase)
    }

    @Test func aCachedNetworkNeedsNoTraining() {
        let plan = planned(baseLedger) { $0.index < 6 }
        #expect(plan.queue.workload(cores: 1).phrase == "16 runs of 2 studies, 2 trainings, about 56 s on 1 core")
    }

    @Test func theFirstRunTrainsTheNetworkForTheOthers() throws {
        var plan = planned(baseLedger + secondMeasurement)
        let first = try plan.take()
        #expect(plan.name(first) == "toy/dims at density 0.3, seed 0")
        #expect(plan.queue.expectedSeconds(of: first) == 21)
        // The network for seed 0 is still being trained, so the next run uses another network.
        let second = try plan.take()
        #expect(plan.name(second) == "toy/dims at density 0.3, seed 1")
        plan.queue.networkIsReady(of: first)
        #expect(plan.queue.expectedSeconds(of: first) == 1)
        let third = try plan.take()
        #expect(plan.name(third) == "toy/again at density 0.3, seed 0")
        #expect(plan.queue.expectedSeconds(of: third) == 1)
        #expect(plan.nextName() == "toy/dims at density 0.3, seed 2")
    }

    /// If the process that trains a network crashes or is stopped, the next run on this network trains it again.
    @Test func theNextRunRepeatsAnUnfinishedTraining() throws {
        var plan = planned(baseLedger + secondMeasurement)
        let before = plan.queue.workload(cores: 2)
        let stopped = try plan.take()
        plan.queue.requeue(stopped)
        #expect(plan.queue.workload(cores: 2) == before)
        let crashed = try plan.take()
        #expect(crashed == stopped)
        plan.finish(crashed, plan.done(crashed, nil), seconds: 1, trainingSeconds: nil)
        let other = try plan.take()
        #expect(plan.name(other) == "toy/again at density 0.3, seed 0")
        #expect(plan.queue.expectedSeconds(of: other) == 21)
    }

    @Test func controlWaitsUntilItsClaimIsVerified() {
        var plan = planned(baseLedger)
        for seed in 0..<8 {
            #expect(plan.queue.workload(cores: 1).runs == 16 - seed)
            #expect(plan.doNext(0.5) == "toy/dims at density 0.3, seed \(seed)")
        }
        for seed in 0..<8 {
            #expect(
                plan.doNext(1.9, seconds: 1, trainingSeconds: nil) == "toy/dims at density 0.3, control, seed \(seed)")
        }
        #expect(plan.nextName() == nil)
        #expect(plan.queue.workload(cores: 1) == Workload(cores: 1))
    }

    @Test func aRefutedClaimNeedsNoControl() {
        var plan = planned(baseLedger)
        for _ in 0..<8 { _ = plan.doNext(1.9) }
        #expect(plan.nextName() == nil)
        #expect(plan.queue.workload(cores: 1) == Workload(cores: 1))
    }

    /// Two claims share a study and a control; only one of them is verified.
    @Test func aSharedControlRunsIfOneClaimNeedsIt() {
        let wrong = finding(
            "whole", "  - {quantity: dims, value: [0.9, 1], tested: {model: toy, density: 0.3}, verify: toy/dims}")
        var plan = planned(baseLedger + TestLedger(wrong))
        #expect(plan.queue.workload(cores: 1).runs == 16)
        for _ in 0..<8 { _ = plan.doNext(0.5) }
        #expect(plan.nextName() == "toy/dims at density 0.3, control, seed 0")
    }

    @Test func aMissPlansMoreRuns() {
        var plan = planned(baseLedger)
        _ = plan.doNext(nil)
        // Seven more misses would refute the claim; verifying it would take more hits.
        #expect(plan.queue.workload(cores: 1).runs == 7 + 8)
        for _ in 0..<7 { _ = plan.doNext(0.5) }
        // With 11 hits in 12 runs, the claim is verified.
        #expect(plan.queue.workload(cores: 1).runs == 4 + 8)
    }

    /// A claim of kind `witness` is audited one run at a time until the first hit.
    @Test func runsAWitnessUntilItHits() {
        let claim = "  - {quantity: dims, value: [0.45, 0.55], tested: {model: toy, density: 0.3}, kind: witness}"
        let ledger = baseLedger + TestLedger(finding("half", claim))
        var plan = planned(ledger)
        #expect(
            plan.announcement(cores: 1)
                == "at least 1 run of 1 study, 1 training, about 21 s on 1 core; at most 128 runs, about 45 min")
        for seed in 0..<3 { #expect(plan.doNext(1.9) == "toy/dims at density 0.3, seed \(seed)") }
        #expect(plan.doNext(0.5) == "toy/dims at density 0.3, seed 3")
        #expect(plan.nextName() == nil)
        var recorded = RunSequences()
        recorded.set(plan.sequences[0], of: plan.studies[0].study)
        let report = VerifyReport(
            auditedClaims(ledger), recorded, ledger.trail(ledger.check()), TraceSamples(ledger.check(), AuditTrail()),
            left: Workload(cores: 1), alpha: 0.05)
        #expect(report.verdicts.map(\.evidence.verdict) == [.verified])
    }

    @Test func skipsRecordedRuns() throws {
        var ledger = baseLedger
        for first in [0, 1, 3] { try ledger.addRuns(of: "half", [0.5], from: first) }
        let plan = planned(ledger, recorded: ledger.sequences())
        #expect(plan.queue.workload(cores: 1).runs == 5 + 8)
        #expect(plan.sequences[0].runs[3] != nil)
    }

    /// A claim that others have verified at this runner's grade needs only its control, unless that is decided too.
    @Test func plansNoRunsForWhatOthersHaveSettled() {
        #expect(planned(baseLedger, settled: [false: .verified]).queue.workload(cores: 1).runs == 8)
        #expect(planned(baseLedger, settled: [false: .verified, true: .refuted]).queue.workload(cores: 1).runs == 0)
        #expect(planned(baseLedger, settled: [false: .refuted]).queue.workload(cores: 1).runs == 0)
        #expect(planned(baseLedger, settled: [false: .split]).queue.workload(cores: 1).runs == 0)
        #expect(planned(baseLedger, settled: [true: .refuted]).queue.workload(cores: 1).runs == 8)
    }

    /// All runs on the cheapest network come first. Each claim is finished before the next one begins.
    @Test func runsTheCheapestNetworksFirst() {
        var plan = planned(baseLedger + toy("small", features: 2) + toy("large", features: 200))
        let order = (0..<24).map { _ in plan.doNext(0.5) }
        #expect(order[..<8].allSatisfy { $0.hasPrefix("small/dims ") })
        #expect(order[8..<16].allSatisfy { $0.hasPrefix("toy/dims ") })
        // The control measures the same networks.
        #expect(order[16...].allSatisfy { $0.hasPrefix("toy/dims at density 0.3, control, ") })
        #expect(plan.nextName() == "large/dims at density 0.3, seed 0")
    }

    /// The plan starts only runs that are expected to end in time.
    @Test func startsOnlyRunsThatFitTheTime() {
        var plan = planned(baseLedger + secondMeasurement + toy("large", features: 200))
        #expect(plan.nextName(within: 20.9) == nil)
        #expect(plan.nextName(within: 21) == "toy/dims at density 0.3, seed 0")
        #expect(plan.nextName(within: 200) == "toy/dims at density 0.3, seed 1")
        plan.queue.networkIsReady(of: PlannedRun(study: 0, index: 1))
        #expect(plan.nextName(within: 5) == "toy/again at density 0.3, seed 1")
        #expect(plan.nextName(within: 5) == nil)
    }

    /// If runs show that the machine is three times as slow as assumed, the estimates for other toy models change too.
    @Test func finishedRunsCalibrateTheEstimates() throws {
        var plan = planned(baseLedger + toy("large", features: 200))
        for _ in 0..<4 { _ = plan.doNext(0.5, seconds: 63, trainingSeconds: 60) }
        let next = try plan.take()
        #expect(abs(plan.queue.expectedSeconds(of: next) - 63) < 1)
        let other = PlannedRun(study: 2, index: 0)
        #expect(plan.name(other) == "large/dims at density 0.3, seed 0")
        #expect(abs(plan.queue.expectedSeconds(of: other) - 603) < 10)
        // The remaining work consists of 4 runs of this toy model, 8 runs of its control without training, and 8 runs
        // of the other model.
        plan.queue.requeue(next)
        #expect(abs(plan.queue.workload(cores: 1).seconds - (4 * 63 + 8 * 3 + 8 * 603)) < 100)
    }

    /// The recorded runs come from a machine three times as slow as assumed. One of them used a cached network.
    @Test func recordedRunsCalibrateTheEstimates() throws {
        let study = planned(baseLedger).studies[0]
        var sequence = emptySequence(study)
        for (index, seconds) in [60.0, 66, 63, 0.5].enumerated() {
            let run = Statement.Run(
                index: index, seed: "", seconds: seconds, values: ["dims": .init(0.5)], failure: nil)
            sequence.add(run)
        }
        var recorded = RunSequences()
        recorded.set(sequence, of: study.study)
        let plan = planned(baseLedger, recorded: recorded)
        #expect(abs(plan.queue.expectedSeconds(of: PlannedRun(study: 0, index: 4)) - 63) < 1)
    }

    /// If starting a process takes much longer than a run itself, that run hardly changes the estimates for long runs.
    @Test func tinyRunsHardlyCalibrateLongOnes() {
        var plan = planned(baseLedger + toy("tiny", features: 1) + toy("large", features: 200))
        for _ in 0..<8 { _ = plan.doNext(0.5, seconds: 2, trainingSeconds: nil) }
        let large = PlannedRun(study: 2, index: 0)
        #expect(plan.name(large) == "large/dims at density 0.3, seed 0")
        #expect(plan.queue.expectedSeconds(of: large) < 210)
    }

    /// If training fails, every study of this network is dropped; if a measurement fails, only its own study is.
    @Test(arguments: [(false, ["small"]), (true, ["small", "toy/again"])])
    func dropsStudiesThatCannotRun(_ isTrained: Bool, _ left: [String]) throws {
        var plan = planned(baseLedger + secondMeasurement + toy("small", features: 30))
        let run = try plan.take()
        #expect(plan.name(run) == "toy/dims at density 0.3, seed 0")
        if isTrained { plan.queue.networkIsReady(of: run) }
        plan.markFailed(run)
        var names: Set<String> = []
        while let name = plan.nextName() { names.insert(name) }
        #expect(names.count == 8 * left.count)
        #expect(names.allSatisfy { name in left.contains { name.hasPrefix($0) } })
    }

    /// The order in which runs finish does not matter: each run is done once, no two runs train a network at the same
    /// time, and every claim is decided or still open at the limit.
    @Test(arguments: 0..<20) func endsForEveryOrderOfCompletion(_ seed: Int) {
        var random = SeededGenerator(UInt64(seed))
        let ledger =
            baseLedger + secondMeasurement + toy("small", features: 2, value: "[0, 0.5]")
            + toy("large", features: 200, value: "[0.4, 2]")
        var plan = planned(ledger) { $0.index.isMultiple(of: 5) }
        var done: Set<PlannedRun> = []
        var running: [PlannedRun] = []
        var ready: Set<Network> = []
        var stops = 50
        let studies = plan.studies
        func network(_ run: PlannedRun) -> Network { studies[run.study].network(run.index) }
        while true {
            while running.count < 5, random.chance(0.7) || running.isEmpty, let run = plan.queue.next() {
                if !ready.contains(network(run)) && !network(run).index.isMultiple(of: 5) {
                    #expect(!running.map(network).contains(network(run)))
                }
                running.append(run)
            }
            guard !running.isEmpty else { break }
            let run = running.remove(at: Int.random(in: 0..<running.count, using: &random))
            if stops > 0, random.chance(0.2) {
                stops -= 1
                plan.queue.requeue(run)
            } else if ready.insert(network(run)).inserted {
                plan.queue.networkIsReady(of: run)
                running.append(run)
            } else {
                #expect(done.insert(run).inserted)
                let value = Double.random(in: 0...1, using: &random)
                plan.finish(run, plan.done(run, value), seconds: 1, trainingSeconds: nil)
            }
        }
        #expect(plan.queue.workload(cores: 2) == Workload(cores: 2))
        #expect(plan.queue.runCount == 0)
        #expect(abs(plan.queue.seconds) < 1e-6)
        for audited in auditedClaims(ledger) {
            for cell in audited.verification.cells {
                let study = plan.studies.firstIndex { $0.study == cell.study }!
                let outcomes = plan.sequences[study].outcomes(audited.verification.hitRule(of: audited.claim))
                #expect(audited.claim.fewestRunsToDecide(after: outcomes, alpha: 0.05) == nil)
            }
        }
    }
}
