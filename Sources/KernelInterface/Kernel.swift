/// A program that trains a toy model and measures it.
///
/// Everything random in it comes from the seed: same seed and same machine give the same bytes.
package protocol Kernel: Sendable {
    var description: KernelDescription { get }

    /// Trains one network and returns its checkpoint; `progress` is called with the finished share, 0 to 1.
    func train(_ job: KernelJob, progress: (Double) -> Void) throws(KernelFailure) -> [UInt8]

    /// What can be seen in a checkpoint that `train` made for a job of the same config, seed and training settings; of
    /// the job's other settings nothing is asked.
    func pictures(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [Picture]
}

extension Kernel {
    /// No pictures, unless the kernel draws its own.
    package func pictures(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [Picture] { [] }

    /// Measures a checkpoint with the function of the job's measurement; every value is finite.
    package func measure(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [String: Double] {
        guard let measurement = description.measurement(named: job.measurement) else {
            throw KernelFailure(reason: "unknown measurement \"\(job.measurement)\"")
        }
        let values = try measurement.measure(job, checkpoint)
        if let broken = values.filter({ !$0.value.isFinite }).keys.min() {
            throw KernelFailure(reason: "\"\(broken)\" is not finite")
        }
        return values
    }
}

/// What one run is asked to do.
package struct KernelJob: Sendable, Equatable {
    /// Every parameter of the kernel with its canonical value.
    package var config: Settings
    package var measurement: String
    /// The claim's conditions, and the control where there is one, for every setting of the measurement.
    package var settings: Settings
    package var seed: UInt64

    package init(config: Settings, measurement: String, settings: Settings, seed: UInt64) {
        self.config = config
        self.measurement = measurement
        self.settings = settings
        self.seed = seed
    }
}

/// Why a run has no value: a miss of the kernel's own doing, never a lost machine.
package struct KernelFailure: Error, Equatable {
    package var reason: String

    package init(reason: String) {
        self.reason = reason
    }
}

/// Named values in canonical text (`0.3`, `200`, `untrained`), checked against `Parameter`s before a kernel sees them.
package struct Settings: Sendable, Equatable {
    package var values: [String: String]

    package init(_ values: [String: String]) {
        self.values = values
    }

    package func integer(_ name: String) -> Int {
        guard let value = Int(text(name)) else { preconditionFailure("setting \(name) was not checked as an integer") }
        return value
    }

    package func number(_ name: String) -> Double {
        guard let value = Double(text(name)) else { preconditionFailure("setting \(name) was not checked as a number") }
        return value
    }

    package func word(_ name: String) -> String {
        text(name)
    }

    /// One of a closed set of words.
    package func choice<Choice: RawRepresentable<String>>(_ name: String) -> Choice {
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
package struct Parameter: Sendable, Equatable {
    package enum Domain: Sendable, Equatable {
        case integers(ClosedRange<Int>)
        case numbers(ClosedRange<Double>)
        case words([String])
    }

    package var name: String
    package var domain: Domain
    /// In canonical text; nil where the record must say.
    package var defaultValue: String?
    /// What it is, with its unit.
    package var summary: String

    package init(_ name: String, _ domain: Domain, default defaultValue: String?, _ summary: String) {
        self.name = name
        self.domain = domain
        self.defaultValue = defaultValue
        self.summary = summary
    }
}

/// One thing that a kernel measures: its name, its inputs and outputs, and its function.
package struct KernelMeasurement: Sendable {
    /// Takes a checkpoint that the kernel's `train` made for a job of the same config, seed and training settings; returns
    /// one value per quantity.
    package typealias Function =
        @Sendable (_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> [String: Double]

    package var name: String
    /// What one run returns: a value for each of these quantities.
    package var quantities: [String]
    /// Conditions and controls that it understands.
    package var settings: [Parameter]
    /// Names of the settings that lead to another trained network; the others only change how it is measured.
    package var trainingSettings: [String]
    package var measure: Function

    package init(
        name: String, quantities: [String], settings: [Parameter], trainingSettings: [String],
        measure: @escaping Function
    ) {
        self.name = name
        self.quantities = quantities
        self.settings = settings
        self.trainingSettings = trainingSettings
        self.measure = measure
    }
}

/// What one run is expected to take.
package struct RunCost: Sendable, Equatable {
    /// On one core of a server of 2024.
    package var trainingSeconds: Double
    /// Beyond the training.
    package var measuringSeconds: Double
    /// The most memory that it holds at once.
    package var bytes: Double

    package init(trainingSeconds: Double, measuringSeconds: Double, bytes: Double) {
        self.trainingSeconds = trainingSeconds
        self.measuringSeconds = measuringSeconds
        self.bytes = bytes
    }
}

/// Parameters or settings that are in range one by one but do not go together.
package struct ConfigMistake: Error, Equatable {
    /// The parameter or setting to correct.
    package var name: String
    package var message: String
    package var fix: String

    package init(_ name: String, _ message: String, fix: String) {
        self.name = name
        self.message = message
        self.fix = fix
    }
}

package struct KernelDescription: Sendable {
    /// Of a complete config; of its training alone where no measurement is named. Settings may be only some of the
    /// measurement's: then those are held against the config.
    package typealias Cost =
        @Sendable (_ config: Settings, _ measurement: String?, _ settings: Settings) throws(ConfigMistake) -> RunCost

    package var name: String
    /// Raised exactly when recorded values change beyond rounding.
    package var version: Int
    package var summary: String
    package var parameters: [Parameter]
    package var measurements: [KernelMeasurement]
    /// What a run takes; throws where it could not be run at all.
    package var cost: Cost

    package init(
        name: String, version: Int, summary: String, parameters: [Parameter], measurements: [KernelMeasurement],
        cost: @escaping Cost
    ) {
        self.name = name
        self.version = version
        self.summary = summary
        self.parameters = parameters
        self.measurements = measurements
        self.cost = cost
    }

    package func measurement(named name: String) -> KernelMeasurement? {
        measurements.first { $0.name == name }
    }
}
