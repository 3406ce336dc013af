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
    /// That of a job; a mistake that only `cost` should have found is a failure of the run.
    init(_ job: KernelJob) throws(KernelFailure) {
        do throws(ConfigMistake) {
            try self.init(job.config)
        } catch {
            throw KernelFailure(reason: error.message)
        }
    }

    /// The network that a job asks for: as it is drawn, or trained from there.
    func network(
        _ job: KernelJob, train: (Transformer) throws(KernelFailure) -> TrainedTransformer
    ) throws(KernelFailure) -> TrainedTransformer {
        let model = transformer.model(shape, seed: job.seed)
        return job.settings.word("network") == "untrained" ? TrainedTransformer(untrained: model) : try train(model)
    }
}

extension KernelDescription {
    init(
        name: String, version: Int, summary: String, _ config: (some TransformerKernelConfig).Type,
        measurements: [MeasurementDescription]
    ) {
        self.init(
            name: name, version: version, summary: summary, parameters: config.parameters, measurements: measurements,
            cost: { settings, measurement, measured throws(ConfigMistake) in
                try config.init(settings).cost(measurement, measured)
            })
    }
}
