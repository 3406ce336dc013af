import KernelInterface

@testable import vector_kernels

/// Returns a job with the kernel's defaults overridden by the given values.
func job(
    _ config: [String: String], measurement: String = "dimensionality", settings: [String: String], seed: UInt64
) -> KernelJob {
    let description = Superposition().description
    let measured = description.measurement(named: measurement)!
    return KernelJob(
        config: filled(config, description.parameters), measurement: measurement,
        settings: filled(settings, measured.settings), seed: seed)
}

/// Trains a network and returns its measured values.
func values(_ job: KernelJob) throws(KernelFailure) -> [String: Double] {
    let checkpoint = try Superposition().train(job) { _ in }
    return try Superposition().measure(job, of: checkpoint)
}

/// Five features in two dimensions; the best of ten restarts is used.
let intro = [
    "features": "5", "dimensions": "2", "importance_decay": "0.9", "restarts": "10", "batch": "1024", "steps": "10000",
    "learning_rate": "0.001", "initial_variance": "2/(m+n)",
]

/// 200 features in 20 dimensions.
let geometry = [
    "features": "200", "dimensions": "20", "batch": "512", "steps": "2000", "learning_rate": "0.003",
    "schedule": "linear", "initial_variance": "1/n",
]

/// Two features in one dimension, for a grid of 9 × 9 settings.
let phase = [
    "features": "2", "dimensions": "1", "batch": "1024", "steps": "5000", "learning_rate": "0.005", "restarts": "8",
    "density_grid": "9", "importance_grid": "9",
]
