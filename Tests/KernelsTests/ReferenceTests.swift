import Foundation
import Testing

@testable import vector_kernels

/// Compares full training runs with values from independent programs. By default, the tests use one seed and a few
/// densities. With ARBOR_REFERENCE=1, they use eight seeds and all densities, and they print a table with processor
/// seconds.
@Suite(.serialized) struct ReferenceTests {
    static let everything = ProcessInfo.processInfo.environment["ARBOR_REFERENCE"] == "1"
    static let seeds: ClosedRange<UInt64> = 0...(everything ? 7 : 0)

    struct Expected: Sendable {
        var density: String
        var dimensionsPerFeature: ClosedRange<Double>
        var represented: Double?
        var alwaysRun = false
    }

    @Test(arguments: [
        Expected(density: "1", dimensionsPerFeature: 0.99...1.01, represented: 2, alwaysRun: true),
        Expected(density: "0.2", dimensionsPerFeature: 0.48...0.50, represented: 4, alwaysRun: true),
        Expected(density: "0.1", dimensionsPerFeature: 0.32...0.34, represented: 5, alwaysRun: true),
    ])
    func introduction(expected: Expected) throws {
        for seed in Self.seeds {
            let values = try read(intro, ["density": expected.density], seed, "intro")
            #expect(values["features-represented"] == expected.represented)
            #expect(expected.dimensionsPerFeature.contains(values["dimensions-per-feature"]!))
            let mean = ["1": 1, "0.2": 0.5, "0.1": 0.4][expected.density]!
            #expect(abs(values["mean-feature-dimensionality"]! - mean) < 0.01)
        }
    }

    @Test(arguments: [
        Expected(density: "1", dimensionsPerFeature: 0.993...1.013),
        Expected(density: "0.4", dimensionsPerFeature: 0.508...0.568),
        Expected(density: "0.3", dimensionsPerFeature: 0.479...0.519, alwaysRun: true),
        Expected(density: "0.25", dimensionsPerFeature: 0.385...0.505),
        Expected(density: "0.2", dimensionsPerFeature: 0.337...0.397),
        Expected(density: "0.1", dimensionsPerFeature: 0.207...0.227, alwaysRun: true),
        Expected(density: "0.03", dimensionsPerFeature: 0.099...0.109),
    ])
    func geometryOfManyFeatures(expected: Expected) throws {
        guard Self.everything || expected.alwaysRun else { return }
        for seed in Self.seeds {
            let values = try read(geometry, ["density": expected.density], seed, "geometry")
            #expect(expected.dimensionsPerFeature.contains(values["dimensions-per-feature"]!))
            #expect(abs(values["total-dimensionality"]! - 1) < 0.01)
            if expected.density == "0.3" {
                let others = values.filter { $0.key.hasPrefix("share-") && $0.key != "share-digon" }.map(\.value)
                #expect(values["share-digon"]! > others.max()!, "digons are the plurality: \(values)")
            }
        }
    }

    /// For N(0, 1/n) weights,
    ///
    /// W
    ///
    /// ² is m with relative deviation √(2/mn) = 0.022.
    @Test func untrainedGeometry() throws {
        for seed in Self.seeds {
            let values = try read(geometry, ["density": "0.3", "network": "untrained"], seed, "untrained")
            #expect(abs(values["dimensions-per-feature"]! - 1) < 0.09)
            #expect(abs(values["total-dimensionality"]! - 0.91) < 0.02)
            #expect(values["features-represented"]! < 10)
        }
    }

    @Test func phaseDiagram() throws {
        for seed in Self.seeds {
            #expect(try read(phase, [:], seed, "phase", measurement: "phase-agreement")["phase-agreement"]! >= 0.93)
        }
    }

    @Test func untrainedPhaseDiagram() throws {
        let settings = ["network": "untrained"]
        #expect(try read(phase, settings, 0, "phase", measurement: "phase-agreement")["phase-agreement"]! < 0.93)
    }

    private func read(
        _ config: [String: String], _ settings: [String: String], _ seed: UInt64, _ preset: String,
        measurement: String = "dimensionality"
    ) throws -> [String: Double] {
        let start = clock()
        let values = try values(job(config, measurement: measurement, settings: settings, seed: seed))
        let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
        if Self.everything {
            let figures = values.sorted { $0.key < $1.key }.map { "\($0.key) \(String(format: "%.4f", $0.value))" }
            print(
                preset, settings["density"] ?? "", "seed \(seed):", figures.joined(separator: ", "),
                String(format: "%.2f s", seconds))
        }
        return values
    }
}
