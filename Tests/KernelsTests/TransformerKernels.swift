import Checking
import Foundation
import KernelInterface
import Testing

@testable import vector_kernels

/// A kernel with settings so small that training takes only a moment.
struct TinyKernel: Sendable, CustomTestStringConvertible {
    var kernel: any Kernel
    var config: [String: String]
    /// The settings with which each measurement is run.
    var settings: [String: [[String: String]]]

    var testDescription: String { kernel.description.name }

    /// Returns a job with the kernel's defaults overridden by the given values.
    func job(_ measurement: String, _ settings: [String: String], seed: UInt64 = 1, _ changes: [String: String] = [:])
        -> KernelJob
    {
        let description = kernel.description
        let measured = description.measurement(named: measurement)!
        return KernelJob(
            config: filled(config.merging(changes) { $1 }, description.parameters), measurement: measurement,
            settings: filled(settings, measured.settings), seed: seed)
    }

    var anyJob: KernelJob {
        let name = settings.keys.min()!
        return job(name, settings[name]![0])
    }

    var allJobs: [KernelJob] {
        settings.sorted { $0.key < $1.key }.flatMap { name, all in all.map { job(name, $0) } }
    }
}

func filled(_ values: [String: String], _ parameters: [Parameter]) -> Settings {
    let defaults = parameters.compactMap { parameter in parameter.defaultValue.map { (parameter.name, $0) } }
    return Settings(Dictionary(defaults) { $1 }.merging(values) { $1 })
}

/// Every kernel that uses a transformer, with each of its measurements at least once.
let tinyKernels = [
    tinyOthello, tinyCountdown, tinyChainOfThought, tinyTreeSearch, tinyModularAddition,
]

/// Every kernel with a file of recorded values.
let recordedKernels = tinyKernels + [tinyCoin]

@Suite struct RecordedKernelTests {
    /// If the values change by more than rounding, the kernel needs a new version. `RECORD=1 swift test` records them
    /// again.
    @Test(arguments: recordedKernels) func recordedValues(tiny: TinyKernel) throws {
        var found = ""
        var checkpoints: [String: [UInt8]] = [:]
        for job in tiny.allJobs {
            let description = tiny.kernel.description.measurement(named: job.measurement)!
            let training = job.settings.values.filter { description.trainingSettings.contains($0.key) }
            let key = training.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            let checkpoint = try checkpoints[key] ?? tiny.kernel.train(job) { _ in }
            checkpoints[key] = checkpoint
            let settings = job.settings.values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            found += "\(job.measurement) at \(settings.joined(separator: ", "))\n"
            for (quantity, value) in try tiny.kernel.measure(job, of: checkpoint).sorted(by: { $0.key < $1.key }) {
                found += String(format: "  %@ %.6f\n", quantity, value)
            }
        }
        let file = recordedValuesFolder.appending(path: "\(tiny.kernel.description.name).txt")
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try found.write(to: file, atomically: true, encoding: .utf8)
        }
        let recorded = try String(contentsOf: file, encoding: .utf8)
        let (old, new) = (recorded.split(separator: "\n"), found.split(separator: "\n"))
        #expect(old.count == new.count)
        for (old, new) in zip(old, new) where old != new {
            let (a, b) = (
                old.split(separator: " ").last.map(String.init), new.split(separator: " ").last.map(String.init)
            )
            #expect(old.split(separator: " ").dropLast() == new.split(separator: " ").dropLast())
            let difference = abs((Double(a ?? "") ?? .nan) - (Double(b ?? "") ?? .nan))
            #expect(difference < 1e-3, "\(new), recorded: \(old)")
        }
    }

    @Test(arguments: recordedKernels) func everyMeasurementIsRecordedAndReturnsItsQuantities(tiny: TinyKernel) throws {
        let description = tiny.kernel.description
        #expect(tiny.settings.keys.sorted() == description.measurements.map(\.name).sorted())
        let job = tiny.anyJob
        let quantities = description.measurement(named: job.measurement)!.quantities
        let checkpoint = try tiny.kernel.train(job) { _ in }
        #expect(try tiny.kernel.measure(job, of: checkpoint).keys.sorted() == quantities.sorted())
    }

    @Test(arguments: recordedKernels) func sameSeedGivesTheSameBytes(tiny: TinyKernel) throws {
        var job = tiny.anyJob
        let first = try tiny.kernel.train(job) { _ in }
        let values = try tiny.kernel.measure(job, of: first)
        #expect(try tiny.kernel.train(job) { _ in } == first)
        #expect(try tiny.kernel.measure(job, of: first) == values)
        job.seed += 1
        #expect(try tiny.kernel.train(job) { _ in } != first)
    }

    @Test(arguments: recordedKernels) func rejectsDamagedCheckpoints(tiny: TinyKernel) throws {
        let job = tiny.anyJob
        let checkpoint = try tiny.kernel.train(job) { _ in }
        for index in [0, 20, checkpoint.count / 2, checkpoint.count - 1] {
            var damaged = checkpoint
            damaged[index] ^= 1
            #expect(throws: KernelFailure.self) { try tiny.kernel.measure(job, of: damaged) }
        }
        for damaged in [[], Array(checkpoint.dropLast()), checkpoint + [0]] {
            #expect(throws: KernelFailure.self) { try tiny.kernel.measure(job, of: damaged) }
        }
    }

    @Test(arguments: recordedKernels) func everyDefaultIsInItsDomain(tiny: TinyKernel) {
        let description = tiny.kernel.description
        for parameter in description.parameters + description.measurements.flatMap(\.settings) {
            if let value = parameter.defaultValue { #expect(parameter.mistake(in: value) == nil, "\(parameter.name)") }
        }
        for measurement in description.measurements {
            let names = measurement.settings.map(\.name)
            #expect(measurement.trainingSettings.allSatisfy(names.contains))
        }
    }
}

@Suite struct TransformerKernelTests {
    @Test(arguments: tinyKernels) func divergingTrainingFails(tiny: TinyKernel) {
        let name = tiny.settings.keys.min()!
        let job = tiny.job(name, tiny.settings[name]![0], ["learning_rate": "1000000000"])
        let failure = #expect(throws: KernelFailure.self) { try tiny.kernel.train(job) { _ in } }
        #expect(failure?.reason.hasPrefix("training diverged: ") == true, "\(failure?.reason ?? "")")
    }

    @Test(arguments: tinyKernels) func rejectsImpossibleShapes(tiny: TinyKernel) {
        let job = tiny.anyJob
        let mistake = #expect(throws: ConfigMistake.self) {
            try tiny.kernel.description.cost(
                Settings(job.config.values.merging(["width": "20", "heads": "1"]) { $1 }), job.measurement, job.settings
            )
        }
        #expect(mistake?.name == "heads")
    }
}

/// The folder for the kind of OpenBLAS code that runs use here. After a training run of a few steps, the network has
/// not converged, so the last bits of its values depend on the kind.
private let recordedValuesFolder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Recorded")
    .appending(path: ["Haswell", "Zen"].contains(BLAS.coreName) ? "Haswell" : "SkylakeX")
