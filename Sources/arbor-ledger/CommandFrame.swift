import ArgumentParser
import Checking
import FoundationEssentials
import Git
import Records
import Words

/// Opens the workspace and runs a command. An error becomes a message with a remedy and an exit status. Status 2 means
/// that the tool failed.
func withWorkspace(_ body: (Workspace) async throws -> ExitCode) async throws {
    try await reportingErrors {
        let workspace = try Workspace(
            environment: ProcessInfo.processInfo.environment, startDirectory: FileManager.default.currentDirectoryPath,
            commandLine: Array(programArguments().dropFirst()))
        globalOptions.withLock { $0.root = workspace.root }
        return try await body(workspace)
    }
}

/// Runs a command without a workspace, and reports its errors.
func reportingErrors(_ body: () async throws -> ExitCode) async throws {
    let code: ExitCode
    do {
        code = try await body()
    } catch let error as GitError {
        fail(error.message, remedy: error.remedy)
        throw ExitCode(exitCode(of: error))
    } catch let error as FileError {
        fail(error.description, remedy: nil)
        throw ExitCode(2)
    } catch let error as Refusal {
        fail(error.message, remedy: error.remedy)
        throw ExitCode(error.exitCode)
    }
    if let problem = outputProblem() {
        fail(problem, remedy: nil)
        throw ExitCode(2)
    }
    if code != .success { throw code }
}

/// An exceeded limit is a mistake in the ledger, and an unknown revision one in the command line. Other errors are failures
/// of the tool.
private func exitCode(of error: GitError) -> Int32 {
    switch error.code {
    case .tooLarge: 1
    case .unknownRevision, .wrongKind: 64
    case .notARepository, .foreignOwner, .unsupportedRepository, .unsupportedIndex, .bareRepository, .missingObject,
        .conflictedIndex, .locked, .moved, .exists, .unchanged, .detachedHead, .unbornHead, .operationInProgress,
        .missingIdentity, .invalidName, .failed:
        2
    }
}

/// An error that ends a command, with a remedy and an exit status.
struct Refusal: Error {
    var message: String
    var remedy: String?
    var exitCode: Int32 = 1
}

func fail(_ message: String, remedy: String?) {
    writeError("arbor-ledger: \(escapeHidden(message))\n")
    if let remedy { writeError("  -> \(escapeHidden(remedy))\n") }
}

/// Warns that a report leaves out records with errors.
func warnAboutErrors(_ ledger: CheckedLedger, in state: String? = nil) {
    if let note = errorNote(ledger, in: state) { writeError(note) }
}

/// Says how kernels can run again whose programs changed. Their models are left out until then.
func warnAboutChangedPrograms(_ ledger: CheckedLedger) {
    let paths = Set(ledger.errors.filter { $0.code == .changedProgram }.map(\.path))
    for path in paths.sorted() {
        guard case .kernel(let name)? = RecordPlace(path: path) else { continue }
        fail(
            "the program of the kernel \(name) is not the recorded one",
            remedy: "run `arbor-ledger fix`, then `arbor-ledger allow \(name)`")
    }
}

func errorNote(_ ledger: CheckedLedger, in state: String? = nil) -> String? {
    guard ledger.hasErrors else { return nil }
    let files = Set(ledger.errors.map(\.path)).count
    let place = state.map { " of \(escapeHidden($0))" } ?? ""
    return
        "arbor-ledger: \(files) file\(files == 1 ? "" : "s")\(place) with errors left out; see `arbor-ledger check`\n"
}
