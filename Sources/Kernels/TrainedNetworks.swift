internal import Foundation
import KernelInterface

// Besides its measurements, every kernel with a network returns whether the training diverged, and an export.

extension Othello {
    package func hasDiverged(_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> Bool {
        try OthelloConfig.network(job, of: checkpoint, kernel: "othello").hasDiverged
    }

    package func export(_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> ExportedNetwork? {
        try OthelloConfig.network(job, of: checkpoint, kernel: "othello").model.export
    }
}

extension ChainOfThought {
    package func hasDiverged(_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> Bool {
        try ChainOfThoughtConfig.network(job, of: checkpoint, kernel: "chain-of-thought").hasDiverged
    }

    package func export(_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> ExportedNetwork? {
        try ChainOfThoughtConfig.network(job, of: checkpoint, kernel: "chain-of-thought").model.export
    }
}

extension TreeSearch {
    package func hasDiverged(_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> Bool {
        try TreeSearchConfig.network(job, of: checkpoint, kernel: "tree-search").hasDiverged
    }

    package func export(_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> ExportedNetwork? {
        try TreeSearchConfig.network(job, of: checkpoint, kernel: "tree-search").model.export
    }
}

extension CountdownKernel {
    /// Returns whether the imitation diverged.
    package func hasDiverged(_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> Bool {
        try CountdownNetworks(job, of: checkpoint).imitating.hasDiverged
    }

    /// Returns the network after reinforcement, or after imitation if there was no reinforcement.
    package func export(_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> ExportedNetwork? {
        try CountdownNetworks(job, of: checkpoint).final.model.export
    }
}

extension ModularAddition {
    package func hasDiverged(_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> Bool {
        try TrainedAdder(checkpoint, ModularAdditionConfig(job)).network.hasDiverged
    }

    package func export(_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> ExportedNetwork? {
        try TrainedAdder(checkpoint, ModularAdditionConfig(job)).network.model.export
    }
}

extension TrainedTransformer {
    /// Whether the mean loss over an interval of the training exceeded twice the loss of uniform predictions. False for
    /// an untrained network.
    ///
    /// With learning rates of 1 to 100, the loss rises to at least ten times that of uniform predictions. It can fall
    /// again when the schedule lowers the rate, so the loss at the end is no criterion. The loss at the start is none
    /// either, because it can rise within the first interval.
    var hasDiverged: Bool {
        let uniform = Float(log(Double(model.shape.vocabulary)))
        return curve.contains { $0 > 2 * uniform }
    }
}

extension Superposition {
    /// Returns whether a network is worse on fresh samples than a network without weights, whose output is 0.
    package func hasDiverged(_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> Bool {
        let config = try SuperpositionConfig(job)
        guard config.steps > 0 else { return false }
        let networks = try SuperpositionCheckpoint(checkpoint, config: config).networks
        let tasks: [(density: Double, importance: [Float])] =
            config.isPhaseDiagram
            ? PhaseDiagram.cells(config).map { ($0.density, [1, Float($0.relativeImportance)]) }
            : [(job.settings.number("density"), config.importance)]
        return zip(networks, tasks).contains { network, task in
            // This gives a few thousand active features, unless they need more than four million inputs.
            let samples = max(1, min(1 << 22, Int(4000 / task.density)) / config.features)
            var batch = SparseBatch(samples: samples, features: config.features)
            var inputs = SparseInputs(density: task.density, seed: job.seed, name: "divergence")
            inputs.draw(&batch, samples: samples)
            let zeros = SuperpositionNetwork(
                features: config.features, dimensions: config.dimensions,
                weights: [Float](repeating: 0, count: network.weights.count),
                biases: [Float](repeating: 0, count: config.features))
            return network.summedLoss(on: batch, importance: task.importance)
                > zeros.summedLoss(on: batch, importance: task.importance)
        }
    }

    /// Returns the networks with the names and shapes of the paper's notebook.
    package func export(_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> ExportedNetwork? {
        let networks = try SuperpositionCheckpoint(checkpoint, config: SuperpositionConfig(job)).networks
        let (count, features, dimensions) = (networks.count, networks[0].features, networks[0].dimensions)
        var stream = RandomStream(seed: job.seed, name: "example")
        let input = stream.normals(features)
        return ExportedNetwork(
            tensors: [
                .init("W", [count, features, dimensions], networks.flatMap(\.weights)),
                .init("b_final", [count, features], networks.flatMap(\.biases)),
            ],
            properties: [
                "architecture": .word("superposition"), "n_instances": .integer(count),
                "n_features": .integer(features), "n_hidden": .integer(dimensions),
            ],
            example: .init(input: input.map(Double.init), output: networks.map { $0.output(of: input) }),
            loader: superpositionLoader)
    }
}
