import Foundation
import Ledger
import Testing

@testable import Kernels

@Suite(.serialized) struct ReferenceTests {
    static let everySeed = ProcessInfo.processInfo.environment["ARBOR_REFERENCE"] == "1"
    static let seeds: ClosedRange<UInt64> = 0...(everySeed ? 7 : 0)

    @Test(.enabled(if: everySeed)) func introduction() throws {
        for density in ["1", "0.2", "0.1"] {
            for seed in Self.seeds {
                let start = ContinuousClock.now
                let v = try values(job(intro, settings: ["density": density], seed: seed))
                print("intro", density, seed, v["features-represented"]!, v["dimensions-per-feature"]!, v["mean-feature-dimensionality"]!, v["total-dimensionality"]!, ContinuousClock.now - start)
            }
        }
    }
    @Test(.enabled(if: everySeed)) func geometries() throws {
        for density in ["1", "0.4", "0.3", "0.25", "0.2", "0.1", "0.03"] {
            for seed in Self.seeds {
                let start = ContinuousClock.now
                let v = try values(job(geometry, settings: ["density": density], seed: seed))
                print("geometry", density, seed, v["features-represented"]!, v["dimensions-per-feature"]!, v["share-digon"]!, v["total-dimensionality"]!, ContinuousClock.now - start)
            }
        }
    }
    @Test(.enabled(if: everySeed)) func phases() throws {
        for seed in Self.seeds {
            let start = ContinuousClock.now
            let v = try values(job(phase, measurement: "phase-agreement", settings: [:], seed: seed))
            print("phase", seed, v, ContinuousClock.now - start)
        }
    }
}
