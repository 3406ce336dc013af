import Foundation
import Merging
import Words

/// The maximum number of runs that a method may use for one quantity.
let plantedRunLimit = 12

/// A kind of world and the error rates of its findings.
struct PlantedScenario {
    var kind: PlantedWorld.Kind
    var noise: Double
    var unrecorded: Double

    static let all = PlantedWorld.Kind.allCases.flatMap { kind in
        [(0, 0), (0.05, 0), (0.1, 0), (0, 0.1), (0, 0.3), (0.05, 0.1), (0.1, 0.3)].map { noise, unrecorded in
            PlantedScenario(kind: kind, noise: noise, unrecorded: unrecorded)
        }
    }
}

/// Compares the explanations of a disagreement with the planted causes.
struct CauseRecovery {
    /// Whether the set of causes is an explanation.
    var isListed = false
    /// Whether some explanation contains only causes.
    var isPartListed = false
    /// Whether the set of causes is the only smallest explanation.
    var isAlone = false
    /// Whether every explanation contains all causes.
    var isInCore = false
    /// Whether no set of up to `explanationSizeLimit` conditions is an explanation.
    var isUnexplained = false
    /// Whether the set of causes is the only explanation.
    var isOnly = false

    init(_ found: Disagreement, causes: [String]) {
        let real = found.explanations.filter { !$0.identifies }
        let sets = (real.isEmpty ? found.explanations : real).map(\.conditions)
        let fewest = sets.map(\.count).min() ?? 0
        isListed = sets.contains(causes)
        isPartListed = sets.contains { Set(causes).isSuperset(of: $0) }
        isAlone = sets.filter { $0.count == fewest } == [causes]
        isUnexplained = found.explanations.isEmpty
        isOnly = found.explanations.map(\.conditions) == [causes]
        isInCore = !found.core.isEmpty && Set(found.core).isSuperset(of: causes)
    }
}

/// The results on one world.
struct PlantedOutcome {
    struct MethodOutcome {
        var end: CauseRecovery
        /// The number of runs after which the causes were the only smallest explanation; `plantedRunLimit` if they
        /// never were.
        var runs: Int
        /// The number of runs after which the causes were the only explanation; `plantedRunLimit` if they never were.
        var coreRuns: Int
        /// Whether the causes were the only smallest explanation after 0, 1, 2, … runs.
        var isAlone: [Bool]
    }

    var hasConflict = false
    /// The comparison before any run; nil if the findings did not disagree.
    var start: CauseRecovery?
    var methods: [RunStrategy: MethodOutcome] = [:]
    /// Whether the greedy tree, grown on all findings and runs, splits on exactly the causes.
    var isTreeRight = false
}

func simulatePlanted(_ scenario: PlantedScenario, seed: Int, index: Int) throws(ChildFailure) -> PlantedOutcome {
    let world = PlantedWorld(
        scenario.kind, noise: scenario.noise, unrecorded: scenario.unrecorded, seed: seed, index: index)
    let ledger = try PlantedLedger(world)
    var outcome = PlantedOutcome()
    guard let found = ledger.disagreement(suggests: true) else { return outcome }
    outcome.hasConflict = found.hasConflict
    outcome.start = CauseRecovery(found, causes: ledger.causes)
    for method in RunStrategy.allCases {
        var random = SplitMix64(stream: "causes/\(scenario.kind.rawValue)/\(seed)/\(method.rawValue)", index: index)
        var (ledger, found) = (ledger, found)
        var recovery = CauseRecovery(found, causes: ledger.causes)
        var isAlone = [recovery.isAlone]
        while isAlone.count <= plantedRunLimit, !recovery.isOnly,
            let cell = method.cell(for: found, in: ledger, &random)
        {
            ledger.add(world.run(at: cell, offset: random.integer(-30...30)))
            guard let next = ledger.disagreement(suggests: method == .deciding) else { break }
            found = next
            recovery = CauseRecovery(found, causes: ledger.causes)
            isAlone.append(recovery.isAlone)
        }
        if method == .tree { outcome.isTreeRight = GreedyTree(ledger.findings).conditions == world.causes }
        outcome.methods[method] = PlantedOutcome.MethodOutcome(
            end: recovery, runs: isAlone.firstIndex(of: true) ?? plantedRunLimit,
            coreRuns: recovery.isOnly ? isAlone.count - 1 : plantedRunLimit, isAlone: isAlone)
    }
    return outcome
}

/// Simulates all quantities of a scenario, on all cores.
func simulatePlanted(_ scenario: PlantedScenario, quantities: Int, seed: Int) throws -> [PlantedOutcome] {
    try (0..<quantities).concurrentMap { index in Result { try simulatePlanted(scenario, seed: seed, index: index) } }
        .map { try $0.get() }
}
