import KernelInterface

extension Superposition {
    /// Returns the phase of each cell for a phase diagram, or the directions of the features for a network with two
    /// dimensions. For other networks, returns a histogram of the feature dimensionalities.
    package func pictures(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [Picture] {
        let config = try SuperpositionConfig(job)
        let networks = try SuperpositionCheckpoint(checkpoint, config: config).networks
        if config.isPhaseDiagram { return PhaseDiagram.pictures(networks, config) }
        return [config.dimensions == 2 ? directions(networks[0]) : dimensionalities(networks[0])]
    }

    private func directions(_ network: SuperpositionNetwork) -> Picture {
        let points = (0..<network.features).map { feature in
            let direction = network.direction(feature)
            return Picture.Point(featureLabel(feature), x: direction[0], y: direction[1])
        }
        return Picture("feature directions in the plane (*: several)", .points(items: points))
    }

    /// Returns the label of a feature: the digits 1 to 9, then letters.
    private func featureLabel(_ feature: Int) -> String {
        feature < 35 ? String(feature + 1, radix: 36) : "o"
    }

    /// Returns a histogram. Its bins are centred on multiples of 1/40, which include 2/5, 3/8 and 1/2.
    private func dimensionalities(_ network: SuperpositionNetwork) -> Picture {
        let represented = (0..<network.features).filter {
            squaredNorm(network.direction($0)).squareRoot() > Dimensionality.representedNorm
        }
        let all = Dimensionality.featureDimensionalities(network)
        let bins = represented.map { Int((all[$0] * 40).rounded()) }
        var bars: [Picture.Bar] = []
        if let least = bins.min(), let most = bins.max() {
            bars = (least...most).map { bin in
                Picture.Bar("\(Double(bin) / 40)", Double(bins.count { $0 == bin }))
            }
        }
        return Picture(
            "represented features by their dimensionality D_i",
            .bars(items: bars, from: 0, to: bars.map(\.value).max() ?? 1))
    }
}

extension PhaseDiagram {
    /// Returns two grids: the trained phases, and the phases with the least expected loss.
    static func pictures(_ networks: [SuperpositionNetwork], _ config: SuperpositionConfig) -> [Picture] {
        let importances = relativeImportances(config)
        let best = densities(config).map { density in
            String(
                importances.map { relative -> Character in
                    let phases = bestPhases(density: density, relativeImportance: relative)
                    return phases.count == 1 ? symbol(phases[0]) : "="
                })
        }
        let trained = densities(config).indices.map { row in
            String(importances.indices.map { symbol(phase(of: networks[row * importances.count + $0])) })
        }
        return [
            Picture(
                "represented: feature 1, 2, both (±) or none (0), by density, 0.01 to 1 down, and importance of feature 2, "
                    + "0.1 to 10 across",
                .grids(items: [.init("trained", trained), .init("at the least loss (=: a tie)", best)]))
        ]
    }

    private static func symbol(_ phase: Phase) -> Character {
        switch phase {
        case .neither: "0"
        case .firstOnly: "1"
        case .secondOnly: "2"
        case .both: "±"
        }
    }
}
