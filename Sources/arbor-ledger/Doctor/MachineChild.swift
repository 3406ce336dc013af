import ArgumentParser
import Foundation
import Kernels

/// What the processor and the linear algebra of a run are like.
struct MachineAnswer: Codable {
    var cpu: String
    var cpuProblem: String?
    var blas: String
    var blasCore: String
    var blasThreads: Int
    var blasProblem: String?
}

/// The child's side of `doctor`: loads what a run loads and says what that is.
struct MachineChild: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "__machine", shouldDisplay: false)

    func run() throws {
        // Name and version; the rest are options of its build.
        let version = BLAS.configuration.split(separator: " ").prefix(2).joined(separator: " ")
        var answer = MachineAnswer(
            cpu: machineArchitecture, blas: version,
            blasCore: BLAS.coreName, blasThreads: BLAS.threadCount)
        if !CPU.blasCoreTypes.isEmpty { answer.cpu += "; runs as \(CPU.blasCoreTypes.joined(separator: " or "))" }
        do { try CPU.requireSupport() } catch { answer.cpuProblem = error.reason }
        do { try BLAS.requireSupport() } catch { answer.blasProblem = error.reason }
        writeOutput(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self) + "\n")
    }
}
