import ArgumentParser
import FoundationEssentials
import Kernels
import Records

/// The processor and the linear algebra library that runs use.
struct MachineReport: Codable {
    var cpu: String
    var cpuProblem: Problem?
    var blas: String
    var blasCore: String
    var blasThreads: Int
    var blasProblem: Problem?
    /// The platform of runs on this machine. nil if it cannot make runs.
    var platform: Statement.Platform?

    struct Problem: Codable {
        var reason: String
        var remedy: String

        init(_ machine: UnsupportedMachine) { (reason, remedy) = (machine.reason, machine.remedy) }
    }
}

/// The child process of `doctor`. It loads the libraries that runs use and reports their versions.
struct MachineChild: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "__machine", shouldDisplay: false)

    func run() throws {
        var answer = MachineReport(cpu: machineArchitecture, blas: "", blasCore: "", blasThreads: 0)
        if !CPU.blasCoreTypes.isEmpty { answer.cpu += "; runs as \(CPU.blasCoreTypes.joined(separator: " or "))" }
        do { try CPU.requireSupport() } catch { answer.cpuProblem = MachineReport.Problem(error) }
        do {
            try BLAS.requireSupport()
            // Only the name and version are reported, without the build options.
            answer.blas = BLAS.configuration.split(separator: " ").prefix(2).joined(separator: " ")
            (answer.blasCore, answer.blasThreads) = (BLAS.coreName, BLAS.threadCount)
            if answer.cpuProblem == nil { answer.platform = .current }
        } catch {
            answer.blasProblem = MachineReport.Problem(error)
        }
        writeOutput(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self) + "\n")
    }
}
