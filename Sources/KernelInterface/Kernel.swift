/// A program that trains a toy model and measures it.
///
/// All randomness derives from the seed, so that the same seed on the same machine gives the same bytes.
package protocol Kernel: Sendable {
    var description: KernelDescription { get }

    /// Trains one network and returns its checkpoint. Calls `progress` with the share of the training that is finished,
    /// from 0 to 1.
    func train(_ job: KernelJob, progress: (Double) -> Void) throws(KernelFailure) -> [UInt8]

    /// Returns pictures of a checkpoint that `train` made for the same config, seed and training settings; other
    /// settings of the job may be missing.
    func pictures(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [Picture]

    /// Returns whether the training of a checkpoint diverged although all numbers stayed finite.
    func hasDiverged(_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> Bool

    /// Returns the network of a checkpoint for other programs; nil if the kernel trains no network.
    func export(_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> ExportedNetwork?
}

extension Kernel {
    /// Returns no pictures by default.
    package func pictures(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [Picture] { [] }

    /// Returns false by default.
    package func hasDiverged(_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> Bool { false }

    /// Returns nil by default.
    package func export(_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> ExportedNetwork? { nil }

    /// Measures a checkpoint with the function of the job's measurement. Throws if a value is not finite.
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

/// A kernel whose networks write texts.
package protocol WritingKernel: Kernel {
    var writing: KernelWriting { get }

    /// Returns what the network of a checkpoint wrote about the first `count` problems of the job's seed. The settings of
    /// the job are those of `writing`, and its measurement is empty. A text does not depend on `count`.
    func texts(_ count: Int, _ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [WrittenText]
}

/// How the networks of a kernel write texts.
package struct KernelWriting: Sendable {
    /// The task: a value of the condition `task`.
    package var task: String
    /// The sampling temperature in canonical text; 0 if the most likely token is always taken.
    package var temperature: String
    /// The settings that a text depends on, including all that change the trained network. Each has a default.
    package var settings: [Parameter]
    /// Names of the settings that change the trained network.
    package var trainingSettings: [String]

    package init(task: String, temperature: String, settings: [Parameter], trainingSettings: [String]) {
        self.task = task
        self.temperature = temperature
        self.settings = settings
        self.trainingSettings = trainingSettings
    }
}

/// A text that a network wrote about one problem.
package struct WrittenText: Sendable, Equatable, Codable {
    /// The problem in words; the network did not write it.
    package var prompt: String
    /// What the network wrote, with one step per line; each line ends in a line feed.
    package var text: String

    package init(prompt: String, text: String) {
        self.prompt = prompt
        self.text = text
    }
}

/// The job of one run.
package struct KernelJob: Sendable, Equatable {
    /// Every parameter of the kernel with its canonical value.
    package var config: Settings
    package var measurement: String
    /// A value for every setting of the measurement; the values come from the claim's conditions and from the control.
    package var settings: Settings
    package var seed: UInt64
    /// The batch of traces that a sampling kernel measures. Empty for a kernel that trains a network.
    package var sample: [UInt8]

    package init(config: Settings, measurement: String, settings: Settings, seed: UInt64, sample: [UInt8] = []) {
        self.config = config
        self.measurement = measurement
        self.settings = settings
        self.seed = seed
        self.sample = sample
    }
}

/// The reason why a run has no value. A run with this failure counts as a miss; a run that fails because of the machine
/// does not.
package struct KernelFailure: Error, Equatable {
    package var reason: String
    /// Whether the training diverged. If all trainings of a study diverge, its runs say nothing about a claim.
    package var isDivergence: Bool

    package init(reason: String, isDivergence: Bool = false) {
        self.reason = reason
        self.isDivergence = isDivergence
    }

    /// Returns the failure of a training whose loss or weights are not finite.
    package static func divergence(_ detail: String) -> KernelFailure {
        KernelFailure(reason: "training diverged: \(detail)", isDivergence: true)
    }
}

/// Named values in canonical text (`0.3`, `200`, `untrained`). They are validated against `Parameter`s before a kernel
/// gets them.
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

    /// Returns the value of a setting whose type is a closed set of words.
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
        /// Names of records or values of conditions.
        case names
    }

    package var name: String
    package var domain: Domain
    /// The default in canonical text; nil if the record must give a value.
    package var defaultValue: String?
    /// A description with the unit.
    package var summary: String

    package init(_ name: String, _ domain: Domain, default defaultValue: String?, _ summary: String) {
        self.name = name
        self.domain = domain
        self.defaultValue = defaultValue
        self.summary = summary
    }
}

extension [Parameter] {
    /// The parameters that have a default, with their defaults.
    package var defaults: [String: String] {
        Dictionary(compactMap { parameter in parameter.defaultValue.map { (parameter.name, $0) } }) { $1 }
    }
}

/// One measurement of a kernel: its name, inputs, outputs and function.
package struct KernelMeasurement: Sendable {
    /// Measures a checkpoint that `train` made for the same config, seed and training settings; returns one value per
    /// quantity.
    package typealias Function =
        @Sendable (_ job: KernelJob, _ checkpoint: [UInt8]) throws(KernelFailure) -> [String: Double]

    package var name: String
    /// The quantities for which one run returns a value.
    package var quantities: [String]
    /// The conditions and controls that the measurement supports.
    package var settings: [Parameter]
    /// Names of the settings that change the trained network. All other settings change only how the network is
    /// measured.
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

/// The expected cost of one run.
package struct RunCost: Sendable, Equatable {
    /// The training time on one server core of 2024.
    package var trainingSeconds: Double
    /// The seconds of the run beyond the training.
    package var measuringSeconds: Double
    /// The peak memory.
    package var bytes: Double

    package init(trainingSeconds: Double, measuringSeconds: Double, bytes: Double) {
        self.trainingSeconds = trainingSeconds
        self.measuringSeconds = measuringSeconds
        self.bytes = bytes
    }
}

/// A mistake in parameters or settings: each value is in range, but the values are not valid together.
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
    /// Returns the cost of a run, or of the training alone if no measurement is named. Settings may be missing; the
    /// given ones are validated against the config.
    package typealias Cost =
        @Sendable (_ config: Settings, _ measurement: String?, _ settings: Settings) throws(ConfigMistake) -> RunCost

    package var name: String
    /// The version, which is raised if and only if recorded values change by more than rounding.
    package var version: Int
    package var summary: String
    package var parameters: [Parameter]
    package var measurements: [KernelMeasurement]
    /// Whether the kernel trains nothing, but measures annotated traces of the ledger. Run i measures batch i, so its
    /// seed has no effect.
    package var samplesTraces: Bool
    /// The digest of the program that a ledger's record describes; nil for a kernel that is compiled into this program.
    package var program: String?
    /// Whether a seed gives the same values to the last bit on the same kind of platform, and not only the same hits.
    package var repeatsBytes = true
    /// Estimates the cost of a run. Throws if a run with the config or the settings is impossible.
    package var cost: Cost

    package init(
        name: String, version: Int, summary: String, parameters: [Parameter], measurements: [KernelMeasurement],
        samplesTraces: Bool = false, program: String? = nil, cost: @escaping Cost
    ) {
        self.samplesTraces = samplesTraces
        self.program = program
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
