internal import Foundation
import KernelInterface

/// Measures which of two features a single dimension represents. This depends on the density and on the relative
/// importance of the features (Elhage et al. 2022, "Superposition as a phase change").
enum PhaseDiagram {
    static let measurement = KernelMeasurement(
        name: "phase-agreement",
        quantities: ["phase-agreement"],
        settings: [SuperpositionConfig.networkParameter],
        trainingSettings: ["network"]
    ) { job, checkpoint throws(KernelFailure) in
        let config = try SuperpositionConfig(job)
        return measure(try SuperpositionCheckpoint(checkpoint, config: config).networks, config)
    }

    enum Phase: Equatable {
        case neither, firstOnly, secondOnly, both
    }

    /// Trains one network per cell, in ascending order of density and, for each density, of relative importance.
    static func train(
        _ config: SuperpositionConfig, seed: UInt64, progress: (Double) -> Void
    ) throws(KernelFailure) -> [SuperpositionNetwork] {
        var networks: [SuperpositionNetwork] = []
        let densities = densities(config)
        for (row, density) in densities.enumerated() {
            networks += try config.trainBest(
                importances: relativeImportances(config).map { [1, Float($0)] }, density: density, seed: seed,
                name: "density \(row), cell "
            ) { progress((Double(row) + $0) / Double(densities.count)) }
        }
        return networks
    }

    /// Returns the share of cells whose trained phase has the least expected loss.
    static func measure(_ networks: [SuperpositionNetwork], _ config: SuperpositionConfig) -> [String: Double] {
        let cells = cells(config)
        let agreeing = zip(networks, cells).count { network, cell in
            bestPhases(density: cell.density, relativeImportance: cell.relativeImportance)
                .contains(phase(of: network))
        }
        return ["phase-agreement": Double(agreeing) / Double(cells.count)]
    }

    static func phase(of network: SuperpositionNetwork) -> Phase {
        let represented = (0..<2).map {
            squaredNorm(network.direction($0)).squareRoot() > Dimensionality.representedNorm
        }
        switch (represented[0], represented[1]) {
        case (false, false): return .neither
        case (true, false): return .firstOnly
        case (false, true): return .secondOnly
        case (true, true): return .both
        }
    }

    /// Returns the phase with the least expected loss if feature 1 has importance 1 and feature 2 has importance
    /// `relativeImportance`. Returns several phases if they tie.
    ///
    /// A dropped feature costs its variance p/3 - p²/4, because b is its mean. An antipodal pair loses the smaller
    /// input if both features are active. Since E[min²] = 1/6, the pair costs p² (1 + r) / 6.
    static func bestPhases(density p: Double, relativeImportance: Double) -> [Phase] {
        let dropped = p / 3 - p * p / 4
        let losses: [(phase: Phase, loss: Double)] = [
            (.firstOnly, relativeImportance * dropped),
            (.secondOnly, dropped),
            (.both, p * p * (1 + relativeImportance) / 6),
        ]
        let least = losses.map(\.loss).reduce(.infinity, min)
        return losses.filter { $0.loss <= least * (1 + 1e-9) }.map(\.phase)
    }

    /// Returns the cells of the diagram in the order of the networks.
    static func cells(_ config: SuperpositionConfig) -> [(density: Double, relativeImportance: Double)] {
        densities(config).flatMap { density in relativeImportances(config).map { (density, $0) } }
    }

    static func densities(_ config: SuperpositionConfig) -> [Double] {
        logarithmicGrid(from: 0.01, through: 1, count: config.densityGrid)
    }

    static func relativeImportances(_ config: SuperpositionConfig) -> [Double] {
        logarithmicGrid(from: 0.1, through: 10, count: config.importanceGrid)
    }

    private static func logarithmicGrid(from low: Double, through high: Double, count: Int) -> [Double] {
        (0..<count).map { index in
            index == count - 1 ? high : low * pow(high / low, Double(index) / Double(count - 1))
        }
    }
}
