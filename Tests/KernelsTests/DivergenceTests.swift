import KernelInterface
import Testing

@testable import vector_kernels

/// A learning rate that is a thousand times too large leaves finite weights in most kernels.
@Suite struct DivergenceTests {
    private static let names = [
        "superposition", "othello", "countdown", "chain-of-thought", "tree-search", "modular-addition",
    ]

    @Test(arguments: names) func largeLearningRatesDiverge(name: String) throws {
        #expect(try hasDiverged(name, learningRate: "1"))
        #expect(try hasDiverged(name, learningRate: "100"))
    }

    /// The loss can blow up within the first interval of the curve and fall to that of uniform predictions.
    @Test func aBlowUpAtTheStartIsADivergence() throws {
        #expect(try hasDiverged("modular-addition", learningRate: "0.3", steps: "1000"))
    }

    @Test(arguments: names) func usualLearningRatesDoNotDiverge(name: String) throws {
        #expect(try !hasDiverged(name, learningRate: nil))
        #expect(try !hasDiverged(name, learningRate: "100", network: "untrained"))
    }

    private func hasDiverged(_ name: String, learningRate: String?, network: String = "trained", steps: String = "60")
        throws
        -> Bool
    {
        let kernel = try #require(kernels.first { $0.description.name == name })
        let (parameters, measurement) = (kernel.description.parameters, kernel.description.measurements[0])
        var config = [
            "steps": steps, "traces": "1000", "games": "1000", "features": "20", "dimensions": "5",
        ]
        config["learning_rate"] = learningRate
        let known = config.filter { key, _ in parameters.contains { $0.name == key } }
        let job = KernelJob(
            config: filled(known, parameters), measurement: measurement.name,
            settings: filled(["network": network, "density": "0.2"], measurement.settings), seed: 1)
        do throws(KernelFailure) {
            return try kernel.hasDiverged(job, try kernel.train(job) { _ in })
        } catch {
            return error.isDivergence
        }
    }
}
