import KernelInterface
import Records

/// The waiting runs, grouped by the network that they measure. Runs of the cheapest networks start first. The first run
/// of a group trains the network, and the other runs only measure it. Two runs never train the same network at the same
/// time.
package struct RunQueue: Sendable {
    /// The waiting runs of one network.
    private struct Group {
        enum Network { case untrained, inTraining, ready }

        var network: Network
        var runs: [PlannedRun] = []
        /// The waiting runs of studies that are on hold.
        var held: [PlannedRun] = []

        /// Whether a waiting run will train the network.
        var trainsNetwork: Bool { network == .untrained && !(runs.isEmpty && held.isEmpty) }
    }

    /// The networks that differ only in their seed. Each group is stored under the seed index of its network.
    private struct Batch {
        var training: Training
        var trainingSeconds: Double
        var groups: [Int: Group] = [:]
        /// The number of waiting runs that are not on hold.
        var runCount = 0
        /// The batch's index in `order`.
        var rank = 0
    }

    private let studies: [StudyToRun]
    private let isCached: @Sendable (Network) -> Bool
    private var batches: [Batch] = []
    private let batchOfStudy: [Int]
    /// The indices of the batches, the cheapest first.
    private var order: [Int]
    /// An index in `order`. Every waiting run of an earlier batch is on hold.
    private var firstRank = 0
    private var heldStudies: Set<Int> = []
    /// The runs that have started. The value tells whether the run trains its network.
    private var running: [PlannedRun: Bool] = [:]
    /// The number of waiting runs of each study.
    private var waitingRuns: [Int]
    /// For each batch, the number of networks that waiting runs will train.
    private var waitingTrainings: [Int] = []
    private var trainingCalibration = CostCalibration()
    private var measuringCalibration = CostCalibration()
    /// The number of waiting runs, including those on hold.
    package private(set) var runCount = 0

    /// `isCached` returns whether a network has already been trained.
    init(_ studies: [StudyToRun], isCached: @escaping @Sendable (Network) -> Bool) {
        self.studies = studies
        self.isCached = isCached
        var batchOfTraining: [Training: Int] = [:]
        var batchOfStudy: [Int] = []
        for study in studies {
            let batch = batchOfTraining[study.training] ?? batches.count
            if batch == batches.count {
                batchOfTraining[study.training] = batch
                batches.append(Batch(training: study.training, trainingSeconds: 0))
            }
            batches[batch].trainingSeconds = max(batches[batch].trainingSeconds, study.cost.trainingSeconds)
            batchOfStudy.append(batch)
        }
        self.batchOfStudy = batchOfStudy
        waitingRuns = Array(repeating: 0, count: studies.count)
        waitingTrainings = Array(repeating: 0, count: batches.count)
        order = Array(batches.indices)
    }

    /// Calibrates the estimates with earlier runs of the studies, which may be from other machines. Runs that finish on
    /// this machine soon outweigh them.
    mutating func calibrate(from earlier: [[Statement.Run]]) {
        var calibration = CostCalibration()
        var networks: Set<Network> = []
        for (number, (study, runs)) in zip(studies, earlier).enumerated() {
            for run in runs.sorted(by: { ($0.index, $0.seconds) < ($1.index, $1.seconds) }) {
                let training = networks.contains(study.network(run.index)) ? 0 : study.cost.trainingSeconds
                var work = measuring(number)
                work.expected += training
                // If a run took far less time than expected, its network was already trained for a study outside this
                // plan.
                guard run.seconds > work.expected / 8 else { continue }
                networks.insert(study.network(run.index))
                calibration.learn(work, actual: run.seconds)
            }
        }
        trainingCalibration = calibration.asPrior
        measuringCalibration = calibration.asPrior
    }

    /// Sorts the batches by the mean time that the waiting runs of one network take. Later changes of the queue do not
    /// change this order.
    mutating func sortBatches() {
        let seconds = batches.map { batch in
            let load = batch.groups.values.reduce(into: 0.0) { $0 += uncalibratedSeconds($1, in: batch) }
            return load / Double(max(1, batch.groups.count))
        }
        order.sort { (seconds[$0], $0) < (seconds[$1], $1) }
        for (rank, batch) in order.enumerated() { batches[batch].rank = rank }
        firstRank = 0
    }

    mutating func add(_ run: PlannedRun) {
        edit(batchOfStudy[run.study], run.index) { [isHeld = heldStudies.contains(run.study)] group in
            if isHeld { group.held.append(run) } else { group.runs.append(run) }
        }
    }

    /// Puts a study on hold: runs that are added later are counted but not started.
    mutating func hold(_ study: Int) { heldStudies.insert(study) }

    mutating func release(_ study: Int) {
        guard heldStudies.remove(study) != nil else { return }
        editAll(of: study) { group in
            group.runs += group.held.filter { $0.study == study }
            group.held.removeAll { $0.study == study }
        }
    }

    /// Removes the waiting runs of a study.
    mutating func drop(_ study: Int) {
        editAll(of: study) { group in
            group.runs.removeAll { $0.study == study }
            group.held.removeAll { $0.study == study }
        }
    }

    /// Starts the next run whose expected duration is at most `seconds`.
    package mutating func next(within seconds: Double = .infinity) -> PlannedRun? {
        while firstRank < order.count, batches[order[firstRank]].runCount == 0 { firstRank += 1 }
        for batch in order[firstRank...] where batches[batch].runCount > 0 {
            for (index, group) in batches[batch].groups.sorted(by: { $0.key < $1.key })
            where group.network != .inTraining {
                guard let run = group.runs.first(where: { expectedSeconds(of: $0) <= seconds }) else { continue }
                running[run] = group.network == .untrained
                edit(batch, index) { group in
                    group.runs.removeAll { $0 == run }
                    if group.network == .untrained { group.network = .inTraining }
                }
                return run
            }
        }
        return nil
    }

    /// Marks the network of a running run as trained, so that other runs can measure it.
    package mutating func networkIsReady(of run: PlannedRun) {
        edit(batchOfStudy[run.study], run.index) { $0.network = .ready }
    }

    /// Removes a finished run and calibrates the estimates with its duration.
    ///
    /// `trainingSeconds` is nil if the network was cached.
    mutating func finish(_ run: PlannedRun, seconds: Double, trainingSeconds: Double?) {
        guard let trains = running[run] else { return }
        stop(run)
        // If the run trained its network unexpectedly, or unexpectedly did not train it, its duration is no basis for
        // an estimate. The cause is another process that uses the same networks.
        guard trains == (trainingSeconds != nil) else { return }
        if let trainingSeconds {
            trainingCalibration.learn(training(batchOfStudy[run.study]), actual: trainingSeconds)
        }
        measuringCalibration.learn(measuring(run.study), actual: max(0, seconds - (trainingSeconds ?? 0)))
    }

    /// Puts a stopped run back into the queue.
    package mutating func requeue(_ run: PlannedRun) {
        stop(run)
        edit(batchOfStudy[run.study], run.index) { $0.runs.insert(run, at: 0) }
    }

    /// Removes a running run. Returns whether the run was training a network that is still untrained.
    @discardableResult
    mutating func stop(_ run: PlannedRun) -> Bool {
        guard running.removeValue(forKey: run) == true else { return false }
        var isUntrained = false
        edit(batchOfStudy[run.study], run.index) { group in
            isUntrained = group.network == .inTraining
            if isUntrained { group.network = .untrained }
        }
        return isUntrained
    }

    /// Returns whether a run of the study is waiting or running.
    package func contains(study: Int) -> Bool {
        running.keys.contains { $0.study == study }
            || batches[batchOfStudy[study]].groups.values.contains { group in
                (group.runs + group.held).contains { $0.study == study }
            }
    }

    /// Returns the expected duration of a waiting or running run. Includes the training of the network if this run has
    /// to do it.
    package func expectedSeconds(of run: PlannedRun) -> Double {
        let batch = batches[batchOfStudy[run.study]]
        let trains =
            switch batch.groups[run.index]?.network {
            case .untrained: true
            case .inTraining: running[run] == true
            case .ready, nil: false
            }
        return measuringCalibration.seconds(measuring(run.study))
            + (trains ? trainingCalibration.seconds(training(batchOfStudy[run.study])) : 0)
    }

    /// The expected duration of all waiting runs on one core.
    package var seconds: Double {
        let trainings = waitingTrainings.indices.reduce(0) { sum, batch in
            let count = waitingTrainings[batch]
            return count == 0 ? sum : sum + Double(count) * trainingCalibration.seconds(training(batch))
        }
        return waitingRuns.indices.reduce(trainings) { sum, study in
            let count = waitingRuns[study]
            return count == 0 ? sum : sum + Double(count) * measuringCalibration.seconds(measuring(study))
        }
    }

    private func training(_ batch: Int) -> CostCalibration.Work {
        CostCalibration.Work(
            index: batch, modelDigest: batches[batch].training.modelDigest, expected: batches[batch].trainingSeconds)
    }

    private func measuring(_ study: Int) -> CostCalibration.Work {
        CostCalibration.Work(
            index: study, modelDigest: studies[study].study.modelDigest,
            expected: studies[study].cost.measuringSeconds)
    }

    /// The expected duration of the longest waiting run, approximately.
    package var longestSeconds: Double {
        guard let batch = order.last(where: { batches[$0].runCount > 0 }) else { return 0 }
        return batches[batch].groups.values.flatMap(\.runs).map(expectedSeconds).max() ?? 0
    }

    /// Returns the workload of the waiting runs.
    package func workload(cores: Int) -> Workload {
        var workload = Workload(cores: cores)
        var waiting: Set<Int> = []
        var longest = 0.0
        for batch in batches {
            for group in batch.groups.values {
                let runs = group.runs + group.held
                guard !runs.isEmpty else { continue }
                workload.runs += runs.count
                waiting.formUnion(runs.map(\.study))
                if group.network == .untrained, batch.trainingSeconds > 0 { workload.trainings += 1 }
                longest = max(longest, runs.map(expectedSeconds).max() ?? 0)
            }
        }
        workload.studies = waiting.count
        // The kernels of contributors train nothing.
        workload.measuresNetworks =
            waiting.isEmpty || waiting.contains { studies[$0].verification.kernel.program == nil }
        workload.seconds = max(seconds / Double(cores), longest)
        return workload
    }

    private func uncalibratedSeconds(_ group: Group, in batch: Batch) -> Double {
        let runs = group.runs + group.held
        return (group.trainsNetwork ? batch.trainingSeconds : 0)
            + runs.reduce(0) { $0 + studies[$1.study].cost.measuringSeconds }
    }

    /// Changes one group and updates all sums over groups.
    private mutating func edit(_ batch: Int, _ index: Int, _ change: (inout Group) -> Void) {
        let training = batches[batch].training
        var group =
            batches[batch].groups[index]
            ?? Group(network: isCached(Network(training: training, index: index)) ? .ready : .untrained)
        let before = (group.runs.count, group.held.count)
        count(group, in: batch, times: -1)
        change(&group)
        count(group, in: batch, times: 1)
        batches[batch].runCount += group.runs.count - before.0
        runCount += group.runs.count - before.0 + group.held.count - before.1
        batches[batch].groups[index] = group
        if batches[batch].runCount > 0 { firstRank = min(firstRank, batches[batch].rank) }
    }

    private mutating func editAll(of study: Int, _ change: (inout Group) -> Void) {
        let batch = batchOfStudy[study]
        for index in batches[batch].groups.keys.sorted() { edit(batch, index, change) }
    }

    private mutating func count(_ group: Group, in batch: Int, times factor: Int) {
        if group.trainsNetwork { waitingTrainings[batch] += factor }
        for run in group.runs { waitingRuns[run.study] += factor }
        for run in group.held { waitingRuns[run.study] += factor }
    }
}
