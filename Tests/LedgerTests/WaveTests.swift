import Evidence
import Testing

/// Runs that are made side by side on many machines.
@Suite struct WaveTests {
    /// For any outcomes of the runs: no run is planned twice. The number of runs of a study is 8, then 16, 32, 64 and 128.
    /// Controls wait until the claim is verified. The waves end when the claim is decided or has 128 runs.
    @Test(arguments: 0..<40) func wavesDouble(seed: Int) throws {
        var random = SeededGenerator(UInt64(seed))
        let share = Double(seed) / 40
        var plan = planned(baseLedger)
        var seen: Set<PlannedRun> = []
        var counts: [Int: Int] = [:]
        while true {
            let wave = plan.startWave()
            guard !wave.isEmpty else { break }
            for run in wave { #expect(seen.insert(run).inserted) }
            for (study, runs) in Dictionary(grouping: wave, by: \.study) {
                counts[study, default: 0] += runs.count
                #expect([8, 16, 32, 64, 128].contains(counts[study] ?? 0))
                if plan.studies[study].study.isControl {
                    #expect(plan.tallies(of: 1 - study).map(\.count.verdict) == [.verified])
                }
            }
            for run in wave.shuffled(using: &random) {
                let isHit = Double.random(in: 0..<1, using: &random) < share
                plan.finish(run, plan.done(run, isHit ? 0.5 : 0.9), seconds: 1, trainingSeconds: 1)
            }
        }
        let main = try #require(plan.studies.firstIndex { !$0.study.isControl })
        let tally = try #require(plan.tallies(of: main).first)
        #expect(tally.count.isDecided || counts[main] == 128)
        #expect(plan.cellTallies.count { !$0.isDecided } == 0)
    }
}
