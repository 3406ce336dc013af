/// A claim that runs can decide, with the salt that its seeds derive from.
public struct AuditedClaim: Sendable {
    public var claim: Claim
    public var finding: Finding
    public var verification: Verification
    public var salt: String

    public init(claim: Claim, finding: Finding, verification: Verification, salt: String) {
        self.claim = claim
        self.finding = finding
        self.verification = verification
        self.salt = salt
    }
}

/// What makes one network of each seed: studies that agree in it share their networks.
public struct Training: Hashable, Sendable {
    public var modelDigest: String
    public var salt: String
    /// Those settings of the measurement that lead to another network.
    public var settings: [String: String]
    /// The OpenBLAS core type, which decides the last bits; nil for the best that the machine has.
    public var coreType: String?
}

/// One trained network.
public struct Network: Hashable, Sendable {
    public var training: Training
    public var index: Int

    public var seed: String { seedText(modelDigest: training.modelDigest, salt: training.salt, index: index) }
}

/// A study with all that it takes to run it.
public struct StudyToRun: Sendable {
    public var study: Study
    public var cell: [String: String]
    public var verification: Verification
    public var training: Training
    /// Of one run by itself, the start of its process included.
    public var cost: RunCost

    public init(
        _ study: Study, cell: [String: String], _ verification: Verification, salt: String, coreType: String? = nil
    ) {
        self.study = study
        self.cell = cell
        self.verification = verification
        let name = verification.measurement.measurement.value
        let trainingSettings = verification.kernel.measurements.first { $0.name == name }?.trainingSettings ?? []
        training = Training(
            modelDigest: study.modelDigest, salt: salt,
            settings: study.settings.filter { trainingSettings.contains($0.key) }, coreType: coreType)
        let config = verification.model.completeConfig(verification.kernel)
        // What cannot be run costs nothing to find out.
        cost =
            (try? verification.kernel.cost(config, name, Settings(study.settings)))
            ?? RunCost(trainingSeconds: 0, measuringSeconds: 0, bytes: 0)
        cost.measuringSeconds += Self.startSeconds
    }

    /// To start a process; a power of two, so that sums of it are exact.
    private static let startSeconds = 0.0625

    public var salt: String { training.salt }

    public func network(_ index: Int) -> Network { Network(training: training, index: index) }

    /// `superposition-geometry/dimensionality at density 0.3, control`.
    public var title: String {
        verification.measurement.id + cellSuffix(cell) + (study.isControl ? ", control" : "")
    }
}

/// ` at density 0.3, layer 2`; nothing for a measurement without conditions.
public func cellSuffix(_ cell: [String: String]) -> String {
    cell.isEmpty ? "" : " at " + cell.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
}

/// One run that is to be done.
public struct PlannedRun: Hashable, Sendable {
    /// Its place among the studies of its plan.
    public var study: Int
    public var index: Int

    public init(study: Int, index: Int) {
        self.study = study
        self.index = index
    }
}
