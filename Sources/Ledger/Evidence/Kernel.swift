/// A program that trains a toy model and measures it.
///
/// Everything random in it comes from the seed: same seed and same machine give the same bytes.
public protocol Kernel: Sendable {
    var description: KernelDescription { get }

    /// Trains one network and returns its checkpoint; `progress` is called with the finished share, 0 to 1.
    func train(_ job: KernelJob, progress: (Double) -> Void) throws(KernelFailure) -> [UInt8]

    /// Measures a checkpoint that `train` made for a job of the same config, seed and training settings: one value per
    /// quantity of the job's measurement.
    func measure(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [String: Double]

    /// What can be seen in a checkpoint that `train` made for a job of the same config, seed and training settings; of
    /// the job's other settings nothing is asked.
    func pictures(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [Picture]
}

/// What one run is asked to do.
public struct KernelJob: Sendable, Equatable {
    /// Every parameter of the kernel with its canonical value.
    public var config: Settings
    public var measurement: String
    /// The claim's conditions, and the control where there is one, for every setting of the measurement.
    public var settings: Settings
    public var seed: UInt64

    public init(config: Settings, measurement: String, settings: Settings, seed: UInt64) {
        self.config = config
        self.measurement = measurement
        self.settings = settings
        self.seed = seed
    }
}

/// Why a run has no value: a miss of the kernel's own doing, never a lost machine.
public struct KernelFailure: Error, Equatable {
    public var reason: String

    public init(reason: String) {
        self.reason = reason
    }
}

/// Named values in canonical text (`0.3`, `200`, `untrained`), checked against `Parameter`s before a kernel sees them.
public struct Settings: Sendable, Equatable {
    public var values: [String: String]

    public init(_ values: [String: String]) {
        self.values = values
    }

    public func integer(_ name: String) -> Int {
        guard let value = Int(text(name)) else { preconditionFailure("setting \(name) was not checked as an integer") }
        return value
    }

    public func number(_ name: String) -> Double {
        guard let value = Double(text(name)) else { preconditionFailure("setting \(name) was not checked as a number") }
        return value
    }

    public func word(_ name: String) -> String {
        text(name)
    }

    /// One of a closed set of words.
    public func choice<Choice: RawRepresentable<String>>(_ name: String) -> Choice {
        guard let choice = Choice(rawValue: text(name)) else {
            preconditionFailure("setting \(name) was not checked to be a \(Choice.self)")
        }
        return choice
    }

    private func text(_ name: String) -> String {
        guard let value = values[name] else { preconditionFailure("setting \(name) is missing") }
        return value
    }
}

/// One named value that a kernel or a measurement takes.
public struct Parameter: Sendable, Equatable {
    public enum Domain: Sendable, Equatable {
        case integers(ClosedRange<Int>)
        case numbers(ClosedRange<Double>)
        case words([String])
    }

    public var name: String
    public var domain: Domain
    /// In canonical text; nil where the record must say.
    public var defaultValue: String?
    /// What it is, with its unit.
    public var summary: String

    public init(_ name: String, _ domain: Domain, default defaultValue: String?, _ summary: String) {
        self.name = name
        self.domain = domain
        self.defaultValue = defaultValue
        self.summary = summary
    }
}

public struct MeasurementDescription: Sendable, Equatable {
    public var name: String
    /// What one run returns: a value for each of these quantities.
    public var quantities: [String]
    /// Conditions and controls that it understands.
    public var settings: [Parameter]
    /// Names of the settings that lead to another trained network; the others only change how it is measured.
    public var trainingSettings: [String]

    public init(name: String, quantities: [String], settings: [Parameter], trainingSettings: [String]) {
        self.name = name
        self.quantities = quantities
        self.settings = settings
        self.trainingSettings = trainingSettings
    }
}

/// What one run is expected to take.
public struct RunCost: Sendable, Equatable {
    /// On one core of a server of 2024.
    public var trainingSeconds: Double
    /// Beyond the training.
    public var measuringSeconds: Double
    /// The most memory that it holds at once.
    public var bytes: Double

    public init(trainingSeconds: Double, measuringSeconds: Double, bytes: Double) {
        self.trainingSeconds = trainingSeconds
        self.measuringSeconds = measuringSeconds
        self.bytes = bytes
    }
}

/// Parameters or settings that are in range one by one but do not go together.
public struct ConfigMistake: Error, Equatable {
    /// The parameter or setting to correct.
    public var name: String
    public var message: String
    public var fix: String

    public init(_ name: String, _ message: String, fix: String) {
        self.name = name
        self.message = message
        self.fix = fix
    }
}

public struct KernelDescription: Sendable {
    /// Of a complete config; of its training alone where no measurement is named. Settings may be only some of the
    /// measurement's: then those are held against the config.
    public typealias Cost =
        @Sendable (_ config: Settings, _ measurement: String?, _ settings: Settings) throws(ConfigMistake) -> RunCost

    public var name: String
    /// Raised exactly when recorded values change beyond rounding.
    public var version: Int
    public var summary: String
    public var parameters: [Parameter]
    public var measurements: [MeasurementDescription]
    /// What a run takes; throws where it could not be run at all.
    public var cost: Cost

    public init(
        name: String, version: Int, summary: String, parameters: [Parameter], measurements: [MeasurementDescription],
        cost: @escaping Cost
    ) {
        self.name = name
        self.version = version
        self.summary = summary
        self.parameters = parameters
        self.measurements = measurements
        self.cost = cost
    }
}
