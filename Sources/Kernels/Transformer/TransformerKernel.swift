import KernelInterface

/// The config of a kernel that trains a transformer.
protocol TransformerKernelConfig: SendableMetatype {
    static var parameters: [Parameter] { get }

    var transformer: TransformerConfig { get }
    var shape: TransformerShape { get }

    init(_ config: Settings) throws(ConfigMistake)

    func cost(_ measurement: String?, _ settings: Settings) throws(ConfigMistake) -> RunCost
}

extension TransformerKernelConfig {
    /// Reads the config of a job; throws for mistakes, which `cost` normally finds first.
    init(_ job: KernelJob) throws(KernelFailure) {
        do throws(ConfigMistake) {
            try self.init(job.config)
        } catch {
            throw KernelFailure(reason: error.message)
        }
    }

    /// Reads the config of a job. Also throws if the measurement is impossible with the job's settings.
    init(checking job: KernelJob) throws(KernelFailure) {
        do throws(ConfigMistake) {
            try self.init(job.config)
            _ = try cost(job.measurement, job.settings)
        } catch {
            throw KernelFailure(reason: error.message)
        }
    }

    /// Decodes the network of a checkpoint; throws if the checkpoint is not of this kernel and config.
    static func network(
        _ job: KernelJob, of checkpoint: [UInt8], kernel: String
    ) throws(KernelFailure) -> TrainedTransformer {
        try TrainedTransformer(checkpoint, kernel: kernel, Self(job).shape)
    }

    /// Returns the job's network, untrained or trained.
    func network(
        _ job: KernelJob, train: (Transformer) throws(KernelFailure) -> TrainedTransformer
    ) throws(KernelFailure) -> TrainedTransformer {
        let model = transformer.model(shape, seed: job.seed)
        return job.settings.word("network") == "untrained" ? TrainedTransformer(untrained: model) : try train(model)
    }
}

/// A network from a checkpoint, together with fresh data for a kernel's measurements.
protocol NetworkEvaluation: SendableMetatype {
    init(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure)
}

extension NetworkEvaluation {
    /// Returns a measurement on a trained network or, as a control, an untrained one.
    static func measurement(
        _ name: String, _ quantities: [String], _ settings: [Parameter], trainingSettings: [String] = ["network"],
        _ measure:
            @escaping @Sendable (_ evaluation: Self, _ settings: Settings) throws(KernelFailure) -> [String: Double]
    ) -> KernelMeasurement {
        KernelMeasurement(
            name: name, quantities: quantities, settings: settings, trainingSettings: trainingSettings
        ) { job, checkpoint throws(KernelFailure) in
            try measure(Self(job, of: checkpoint), job.settings)
        }
    }
}

extension KernelDescription {
    init(
        name: String, version: Int, summary: String, _ config: (some TransformerKernelConfig).Type,
        measurements: [KernelMeasurement]
    ) {
        self.init(
            name: name, version: version, summary: summary, parameters: config.parameters, measurements: measurements,
            cost: { settings, measurement, measured throws(ConfigMistake) in
                try config.init(settings).cost(measurement, measured)
            })
    }
}
