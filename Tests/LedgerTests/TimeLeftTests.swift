import Checking
import Evidence
import Records
import Testing

/// An audit on a made-up machine with a made-up clock.
private struct Simulation {
    private struct Active {
        var run: PlannedRun
        var start: Double
        var trainingSeconds: Double
        var measuringSeconds: Double
        var isTrained = false

        var end: Double { start + trainingSeconds + measuringSeconds }
    }

    var plan: AuditPlan
    let cores: Int
    /// The ratio of actual to estimated seconds.
    var slowness: (training: Double, measuring: Double)
    private var active: [Active] = []
    private(set) var now = 0.0
    private(set) var finished = 0
    private var trained: Set<Network> = []

    init(_ plan: AuditPlan, cores: Int, slowness: (training: Double, measuring: Double)) {
        (self.plan, self.cores, self.slowness) = (plan, cores, slowness)
    }

    /// The time that is announced now.
    var announced: Double {
        let runs = active.map { run in
            run.isTrained
                ? ActiveRun(run.run, seconds: now - run.start - run.trainingSeconds, share: 0)
                : ActiveRun(
                    run.run, seconds: now - run.start,
                    share: run.trainingSeconds > 0 ? (now - run.start) / run.trainingSeconds : 0)
        }
        return plan.queue.secondsLeft(runs, cores: cores)
    }

    /// Advances the clock until one more run is finished. Returns false if none is left.
    mutating func finishOne() -> Bool {
        let before = finished
        while finished == before {
            while active.count < cores, let run = plan.queue.next() { start(run) }
            guard let next = active.indices.min(by: { time(active[$0]) < time(active[$1]) }) else { return false }
            now = time(active[next])
            if active[next].isTrained { end(next) } else { markTrained(next) }
        }
        while active.count < cores, let run = plan.queue.next() { start(run) }
        return true
    }

    private func time(_ run: Active) -> Double { run.isTrained ? run.end : run.start + run.trainingSeconds }

    private mutating func start(_ run: PlannedRun) {
        let study = plan.studies[run.study]
        let trains = !trained.contains(study.network(run.index))
        active.append(
            Active(
                run: run, start: now,
                trainingSeconds: trains ? study.cost.trainingSeconds * slowness.training : 0,
                measuringSeconds: study.cost.measuringSeconds * slowness.measuring))
    }

    private mutating func markTrained(_ index: Int) {
        active[index].isTrained = true
        trained.insert(plan.studies[active[index].run.study].network(active[index].run.index))
        plan.queue.networkIsReady(of: active[index].run)
    }

    private mutating func end(_ index: Int) {
        let done = active.remove(at: index)
        let study = plan.studies[done.run.study]
        let value = study.study.isControl ? 1.9 : 0.5
        plan.finish(
            done.run,
            Statement.Run(
                index: done.run.index, seed: study.network(done.run.index).seed, seconds: now - done.start,
                values: ["dims": Statement.Run.Value(value)], failure: nil),
            seconds: now - done.start, trainingSeconds: done.trainingSeconds > 0 ? done.trainingSeconds : nil)
        finished += 1
    }
}

@Suite struct TimeLeftTests {
    private static let ledgers = [
        baseLedger, baseLedger + secondMeasurement,
        baseLedger + toy("tiny", features: 1) + toy("large", features: 200),
    ]

    /// After three finished runs, the announced time is within a factor of 1.5 of the time that the audit then takes.
    @Test(arguments: [(2.5, 2.5), (1, 1), (0.4, 0.4), (2.5, 0.5), (0.3, 3), (10, 10)], [1, 2])
    func learnsFromThreeRuns(_ slowness: (Double, Double), _ cores: Int) {
        for ledger in Self.ledgers {
            var audit = Simulation(planned(ledger), cores: cores, slowness: (slowness.0, slowness.1))
            var announced: (time: Double, seconds: Double)?
            while audit.finishOne() {
                if audit.finished == 3 { announced = (audit.now, audit.announced) }
            }
            guard let announced else {
                Issue.record("the audit ended early")
                continue
            }
            let ratio = announced.seconds / (audit.now - announced.time)
            #expect(ratio < 1.5 && ratio > 1 / 1.5, "announced \(announced), took until \(audit.now)")
        }
    }

    /// Runs that an interrupted audit saved correct the estimate from the start.
    @Test func learnsFromRunsWithoutAReceipt() {
        let claims = auditedClaims(baseLedger)
        let studies = studiesToRun(claims, TraceSamples(baseLedger.check(), AuditTrail()))
        var sequences = planned(baseLedger).sequences
        for index in 0..<3 {
            let seed = studies[0].network(index).seed
            sequences[0].add(
                Statement.Run(index: index, seed: seed, seconds: 63, values: ["dims": .init(0.5)], failure: nil))
        }
        let plan = AuditPlan(
            claims, studies, sequences: sequences, recorded: RunSequences(), alpha: 0.05, settled: { _, _ in nil },
            isCached: { _ in false })
        #expect(abs(plan.queue.expectedSeconds(of: PlannedRun(study: 0, index: 3)) - 63) < 1)
    }
}
